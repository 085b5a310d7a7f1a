"""Arguments as they were given, checked by the declaration of their keys before the rules about what they mean.

A TypedDict checks nothing when a program runs. So each component validates what it is given, and reads the result.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

import pulumi
from pydantic import ValidationError

from ..rules.model import Finding
from ..settings.fields import OPAQUE_KEYS, Group
from ..settings.problems import Problem, Refused, SettingsError, an, kind_of
from ..settings.texts import misplaced
from .at_once import AtOnce, outputs_in
from .later import Later

T = TypeVar("T", bound=Group)

NOT_GIVEN: Any = None
"""The arguments of a component that was given keywords. The analyser refuses a type that says so."""
ITSELF = "args"
_AT_ONCE = "_at_once"
_FOR_SECRETS = re.compile(
    r"(values|((sidecars|init_containers)\[\d+\]\.)?(env|args|command)|(probe\.)?endpoints\[\d+\]\.url)\b"
)
"""Arguments whose values are secrets, or that a rule judges (MCP107, MCP638)."""
"""The parameter that takes a mapping; McpService has a key of that name too."""


class ArgumentsError(Refused):
    """Arguments that cannot be used. ``problems`` holds all of them; the message lists each with its path."""

    def __init__(self, problems: Iterable[Problem], component: str) -> None:
        self.problems = tuple(problems)
        self.component = component
        """Who refused, class and name."""
        count = f"{len(self.problems)} {'problem' if len(self.problems) == 1 else 'problems'}"
        lines = [f"{component} cannot be used: {count}.", *(f"  {problem}" for problem in self.problems)]
        super().__init__("\n".join(lines))


def called(kind: str, name: object) -> str:
    """A component as messages call it, class and name.

    :raises ArgumentsError: for a name that is none, before it is put into the names of objects.
    """
    if isinstance(name, str) and name:
        return f'{kind} "{name}"'
    wrong = (
        "It is an Output"
        if isinstance(name, pulumi.Output)
        else "It is empty"
        if not name
        else f"It is {kind_of(name)}"
    )
    remedy = "Give the plain text by which Pulumi remembers the component; `server_name` and its like may differ."
    raise ArgumentsError([Problem("name", f"{wrong}, but takes plain text.", remedy)], kind)


def expected(component: str, argument: str, value: object, kind: type) -> None:
    """Refuse what is no component of a class where one is taken whole.

    :raises ArgumentsError: with what it is, and what to give instead.
    """
    if value is None or isinstance(value, kind):
        return
    remedy = f"Give the {kind.__name__} itself, or leave it out and give what it would tell."
    wrong = f"It is {kind_of(value)}, but takes {an(kind.__name__)}."
    raise ArgumentsError([Problem(argument, wrong, remedy)], component)


def _nothing(_: Any) -> list[Finding]:
    return []


def checked(
    group: type[T],
    component: str,
    args: object,
    keywords: Mapping[str, Any] | None = None,
    judge: Callable[[T], list[Finding]] = _nothing,
) -> T:
    """The arguments of a component: the mapping and the keywords together, each key once.

    ``None`` is how a program leaves a key out. A whole number may come as a float: other languages send every number
    as one. What is such a declaration already, because a plan made it, is taken as it is.

    :param component: class and name, for the message.
    :param judge: what the rules say of the arguments. It is asked here only of those that are left without mistakes of
        form, so that one run reports all; whoever calls asks it of what is returned.
    :raises ArgumentsError: with every problem, and with every error that the rules find in the rest.
    """
    made = args if isinstance(args, group) and not keywords else _made(group, component, args, keywords or {}, judge)
    contradictions = tuple(made.contradictions())
    if contradictions:
        raise ArgumentsError(contradictions, component)
    return made


def _made(
    group: type[T],
    component: str,
    args: object,
    keywords: Mapping[str, Any],
    judge: Callable[[T], list[Finding]],
) -> T:
    given = together(group, component, args, keywords)
    problems = list(misplaced(given, "", _for_secrets))
    at_once = AtOnce(partial(ArgumentsError, component=component), outputs_in(given))
    later = Later(group=group, at_once=at_once, spared=_for_secrets)
    held = later.held(_plain(given))
    try:
        made = _read(group, held)
    except ValidationError as error:
        # Only who has made a mistake waits for the words.
        from ..settings.explain import arguments_problems

        problems += arguments_problems(error, group, [problem.path for problem in problems])
    if problems:
        raise ArgumentsError([*problems, *_of_the_rest(group, held, problems, judge)], component)
    vars(made)[_AT_ONCE] = at_once
    return made


def at_once_of(keys: Group, component: str) -> AtOnce:
    """What is refused together: all that the arguments of a component were checked with."""
    return vars(keys).get(_AT_ONCE) or AtOnce(partial(ArgumentsError, component=component))


def _read(group: type[T], given: Mapping[str, Any]) -> T:
    return group.model_validate(given, by_alias=False, by_name=True)


def _of_the_rest(
    group: type[T], held: Mapping[str, Any], problems: list[Problem], judge: Callable[[T], list[Finding]]
) -> list[Problem]:
    """What the rules refuse in the arguments without those whose form is wrong."""
    from ..settings.explain import arguments_problems
    from ..settings.salvage import besides, rest_of

    def read(rest: Mapping[str, Any]) -> T:
        try:
            return _read(group, rest)
        except ValidationError as error:
            raise SettingsError(arguments_problems(error, group), where="the rest") from None

    return besides(rest_of(held, problems, read, partial(_not_known, group)), problems, judge)


def _not_known(group: type[Group], argument: str) -> pulumi.Output[str] | None:
    """What stands for an argument that has to be given: a value that no rule can look at."""
    info = group.model_fields.get(argument)
    if info is None or not info.is_required() or not Later.takes(group, argument):
        return None
    try:
        return pulumi.Output.from_input("")
    except RuntimeError:
        # Outside of a program there are no Outputs.
        return None


def _for_secrets(path: str) -> bool:
    return _FOR_SECRETS.match(path) is not None


def repeated(words: Iterable[str]) -> list[str]:
    """The words that are given more than once."""
    return sorted(word for word, times in Counter(words).items() if times > 1)


def together(group: type[Group], component: str, args: object, keywords: Mapping[str, Any]) -> Mapping[str, Any]:
    """The mapping and the keywords of a component as one, unchecked.

    :raises ArgumentsError: for what is no mapping, and for a key that is given twice.
    """
    if args is None:
        return keywords
    if ITSELF in group.model_fields and isinstance(args, Sequence) and not isinstance(args, str):
        return {**keywords, ITSELF: args}
    if not isinstance(args, Mapping):
        wrong = f"The arguments are {kind_of(args)}."
        raise ArgumentsError([Problem(ITSELF, wrong, "Give a dictionary, or keywords.")], component)
    twice = [key for key in keywords if key in args]
    if twice:
        remedy = "Give it in the dictionary or as a keyword."
        raise ArgumentsError([Problem(key, "It is given twice.", remedy) for key in twice], component)
    return {**args, **keywords}


def _plain(value: Any, nulls: bool = False) -> Any:
    """The value as a declaration takes it: no ``None`` in a mapping, lists, and whole numbers.

    :param nulls: whether ``None`` is a value, as in a patch, where it removes a field.
    """
    if isinstance(value, Mapping):
        return {
            key: _plain(item, nulls or key in OPAQUE_KEYS) for key, item in value.items() if nulls or item is not None
        }
    if isinstance(value, (list, tuple)):
        return [_plain(item, nulls) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
