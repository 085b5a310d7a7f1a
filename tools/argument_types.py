"""The argument types of every component, from the declarations of their keys: `python -m tools.argument_types --write`.

Pulumi's schema analyser wants a ``TypedDict`` with a docstring under each key, in a module whose annotations are no
texts; it refuses unions and ``Literal``. So a choice is ``str`` when a program runs, and its words when a type checker
or an editor reads.
"""

from __future__ import annotations

import argparse
import re
import sys
import textwrap
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from pulumi_kubernetes_mcp.settings import amounts, fields
from pulumi_kubernetes_mcp.settings.fields import Group
from pulumi_kubernetes_mcp.settings.help import described, help_of, in_program
from pulumi_kubernetes_mcp.settings.keys.scaling import PrometheusAuthentication, ScalingMetric
from pulumi_kubernetes_mcp.settings.models import RegionSettings, Settings
from pulumi_kubernetes_mcp.settings.named_file import NamedFile
from pulumi_kubernetes_mcp.settings.servers import SERVER_GROUPS
from pulumi_kubernetes_mcp.settings.tree import groups, ordered

from .argument_help import REGION_HEAD, help_text
from .slices import PACKAGE, Slice, declarations, exports, slices

ROOT = Path(__file__).parents[1]
HOME = PACKAGE / "types"
WIDTH = 120
GENERATED = "Generated from the declarations of the keys: `python -m tools.argument_types --write`."

NAMES: Mapping[type[Group], str] = {ScalingMetric: "MetricArgs", PrometheusAuthentication: "AuthenticationArgs"}
"""Groups in the arguments of a component whose argument type is not called like the group."""
REGION_NAMES: Mapping[type[Group], str] = {Settings: "McpRegionArgs", RegionSettings: "RegionPlaceArgs"}
"""Groups of a stack whose argument type is not called like the group."""

QUANTITY = "Quantity"
"""What the type of a quantity is called that is text or a number."""

IN_THE_REGION = ("region",)
"""What is required of a region itself; the rest may stand in each of its servers."""
SERVERS = "Name of each of several servers to its own groups, over those beside. Left out: one server."


@dataclass
class Module:
    """One module of argument types, while it is written."""

    title: str
    names: Mapping[type[Group], str]
    choices: dict[str, tuple[str, ...]] = field(default_factory=dict)
    classes: list[str] = field(default_factory=list)
    needs: set[str] = field(default_factory=set)
    """What the classes need besides ``TypedDict``."""
    imported: Module | None = None
    """The module that other argument types are taken from."""
    help: str = ""
    """What ``help()`` shows of the component's constructor."""

    def text(self) -> str:
        """The module as it is committed."""
        typing = {"TypedDict", *({"Any", "NotRequired", "Required", "TYPE_CHECKING"} & self.needs)}
        if self.choices:
            typing |= {"TYPE_CHECKING", "Literal"}
        parts = [f'"""{self.title}\n\n{GENERATED}\n"""\n']
        imports = "from collections.abc import Mapping\n" if "Mapping" in self.needs else ""
        imports += f"from typing import {', '.join(sorted(typing, key=_as_ruff_sorts))}\n"
        parts.append(imports + ("\nimport pulumi\n" if "pulumi" in self.needs else ""))
        if taken := sorted(name for name in self.needs if name.endswith("Args")):
            parts.append(f"from .shared import {', '.join(taken)}\n")
        if self.choices or QUANTITY in self.needs:
            known = "".join(_assigned(name, words) for name, words in self.choices.items())
            plain = "".join(f"    {name} = str\n" for name in self.choices)
            if QUANTITY in self.needs:
                known, plain = known + f"    {QUANTITY} = str | float\n", plain + f"    {QUANTITY} = Any\n"
            parts.append(f"if TYPE_CHECKING:\n{known}else:\n{plain}")
        return "\n".join(parts) + "".join(f"\n\n{text}" for text in self.classes) + self._help()

    def _help(self) -> str:
        if not self.help:
            return ""
        text = self.help.replace("\\", "\\\\")
        return f'\n\nHELP = """{text}\n"""\n"""What help() shows of the constructor."""\n'

    def add(
        self, group: type[Group], told: Collection[str] = (), *, whole: bool = True, only: Collection[str] = ()
    ) -> None:
        """Write the argument type of a group.

        :param told: keys that another component tells: none of them has to be given, and the type has another name.
        :param whole: whether what is required has to stand in this mapping, and not in one that it is merged with.
        :param only: the keys that one of several servers may have of its own; the type has another name too.
        """
        name = self.names[group]
        shown = f"{name.removesuffix('Args')}ServerArgs" if told or only else name
        text = " ".join((group.__doc__ or "").split()) + (" They go with a server that tells the rest." if told else "")
        text = "One of several servers of a region: its own groups, merged over those of the region." if only else text
        lines = [f"class {shown}(TypedDict):", _docstring(in_program(text)), ""]
        for key in [one for one in ordered(group) if not only or one in only]:
            info = group.model_fields[key]
            kind = self._annotation(hint_of(info), name, key)
            if not info.is_required() or key in told or not (whole or key in IN_THE_REGION):
                self.needs.add("NotRequired")
                kind = f"NotRequired[{kind}]"
            lines += [f"    {key}: {kind}", _docstring(_told(group, key) if key in told else described(group, key))]
        if group is Settings and not only:
            self.needs.add("Mapping")
            lines += [
                f"    servers: NotRequired[Mapping[str, {name.removesuffix('Args')}ServerArgs]]",
                _docstring(SERVERS),
            ]
        if short_form(group) is not None:
            # The analyser knows no unions; what it takes for anything takes both in every language.
            self.needs |= {"TYPE_CHECKING", "Any"}
            either = f"{name.removesuffix('Args')}Or{_camel(str(short_form(group)))}"
            lines += ["", "", "if TYPE_CHECKING:", f"    {either} = str | {name}", "else:", f"    {either} = Any"]
        self.classes.append("\n".join(lines) + "\n")

    def _annotation(self, hint: Any, owner: str, key: str) -> str:
        """The annotation that the analyser takes for the type of a key."""
        bare, output = _bare(hint)
        if _takes_number(hint):
            # The analyser knows no unions; what it takes for anything takes both in every language.
            self.needs |= {"TYPE_CHECKING", "Any", QUANTITY}
            return QUANTITY
        kind = self._plain(bare, owner, key)
        if output:
            self.needs.add("pulumi")
            return f"pulumi.Input[{kind}]"
        return kind

    def _plain(self, hint: Any, owner: str, key: str) -> str:
        origin = get_origin(hint)
        if origin is Literal:
            name = f"{owner.removesuffix('Args').removeprefix('Mcp').removeprefix('Region')}{_camel(key)}"
            self.choices[name] = get_args(hint)
            return name
        if origin is list:
            return f"list[{self._annotation(get_args(hint)[0], owner, key)}]"
        if origin is dict:
            self.needs.add("Mapping")
            return f"Mapping[str, {self._annotation(get_args(hint)[1], owner, key)}]"
        if isinstance(hint, type) and issubclass(hint, NamedFile):
            return "str"
        if hint is Any:
            self.needs.add("Any")
            return "Any"
        if not issubclass(hint, Group):
            return str(hint.__name__)
        if short_form(hint) is not None:
            return f"{self.names[hint].removesuffix('Args')}Or{_camel(str(short_form(hint)))}"
        if self.imported is not None and f"class {self.names[hint]}(" in self.imported.text():
            self.needs.add(self.names[hint])
        return self.names[hint]


def inner_first(root: type[Group]) -> list[type[Group]]:
    """A group and every group below it, each once, after all that are in it: where it is read, they are defined."""
    found = list(reversed(groups(root)))
    result: list[type[Group]] = []
    while found:
        ready = next(one for one in found if not set(groups(one)[1:]) & set(found))
        found.remove(ready)
        result.append(ready)
    return result


def region() -> Module:
    """The argument types of McpRegion: the groups of a stack."""
    names = {group: REGION_NAMES.get(group, _region_name(group)) for group in groups(Settings)}
    module = Module("Arguments of McpRegion: what a stack file says, as types.", names)
    module.help = help_text(Settings, REGION_HEAD)
    # Lists are not merged, but replaced: an item of one is whole.
    kinds = [info.annotation for key, info in Settings.model_fields.items() if _of_a_server(key)]
    merged = [one for one in kinds if get_origin(one) is not list]
    for group in inner_first(Settings)[:-1]:
        module.add(group, whole=all(group not in (one, *get_args(one)) for one in merged))
    module.add(Settings, whole=False, only=[key for key in Settings.model_fields if _of_a_server(key)])
    module.add(Settings, whole=False)
    return module


def _of_a_server(key: str) -> bool:
    return (Settings.model_fields[key].alias or key) in SERVER_GROUPS


def shared() -> Module:
    """The argument types that several components have in theirs."""
    nested = [group for one in slices() for group in groups(one.keys)[1:]]
    module = Module("Argument types that several components have in theirs.", {one: name_of(one) for one in nested})
    for group in dict.fromkeys(one for one in nested if nested.count(one) > 1):
        module.add(group)
    return module


def component(part: Slice, others: Module) -> Module:
    """The argument types of one component, but for those that others have too."""
    name, keys = part.component, part.keys
    names = {group: name_of(group) for group in groups(keys)} | {keys: f"{name}Args"}
    module = Module(f"Arguments of {name}.", names, imported=others, help=help_text(keys))
    for group in inner_first(keys):
        if f"class {names[group]}(" not in others.text():
            module.add(group)
    if part.told:
        module.add(keys, part.told)
    return module


def modules() -> dict[Path, str]:
    """Every generated module with the text that it should have."""
    others = shared()
    made = {HOME / "shared.py": others.text(), HOME / "region.py": region().text()}
    made |= {HOME / f"{one.package}.py": component(one, others).text() for one in slices()}
    types = {path.stem: re.findall(r"^class (\w+)\(", text, re.MULTILINE) for path, text in made.items()}
    return {**made, PACKAGE / "declarations.py": declarations(), PACKAGE / "__init__.py": exports(types)}


def main(arguments: list[str]) -> int:
    """Write the modules, or say which are stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write what is stale")
    write = parser.parse_args(arguments).write
    stale = [path for path, text in modules().items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        if write:
            path.write_text(modules()[path], encoding="utf-8")
        else:
            print(f"{path.relative_to(ROOT)} is out of date: python -m tools.argument_types --write", file=sys.stderr)
    return 1 if stale and not write else 0


def hint_of(info: FieldInfo) -> Any:
    """The type of a key with what is attached to it."""
    return Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation


def takes_output(hint: Any) -> bool:
    """Whether an Output may stand for a value of a type, or for what is in it."""
    bare, output = _bare(hint)
    return output or any(takes_output(part) for part in get_args(bare) if get_origin(bare) in (list, dict))


def _takes_number(hint: Any) -> bool:
    """Whether a number may stand for a text, as for one of cores."""
    origin = get_origin(hint)
    if origin is Annotated:
        inner, *marks = get_args(hint)
        return any(map(amounts.takes_number, marks)) or _takes_number(inner)
    return origin in (Union, UnionType) and any(map(_takes_number, get_args(hint)))


def _bare(hint: Any) -> tuple[Any, bool]:
    """A type without ``None`` and without its checks, and whether an Output may stand for it."""
    origin = get_origin(hint)
    if origin is Annotated:
        inner, *marks = get_args(hint)
        bare, output = _bare(inner)
        return bare, output or any(fields.takes_output(mark) for mark in marks)
    if origin in (Union, UnionType):
        (inner,) = (member for member in get_args(hint) if member is not type(None))
        return _bare(inner)
    return hint, False


def name_of(group: type[Group]) -> str:
    """What the argument type of a group is called among those of components."""
    return NAMES.get(group, f"{group.__name__}Args")


def _region_name(group: type[Group]) -> str:
    name = group.__name__
    for ending in ("Settings", "Reference"):
        name = name.removesuffix(ending)
    return f"Region{name}Args"


def _told(group: type[Group], key: str) -> str:
    return f"{in_program(help_of(group, key))} The server tells it; what is given besides must be the same."


def _docstring(text: str) -> str:
    lines = textwrap.wrap(f'"""{text}"""', WIDTH - 4, break_long_words=False, break_on_hyphens=False)
    return textwrap.indent("\n".join(lines), "    ")


def _assigned(name: str, words: tuple[str, ...]) -> str:
    listed = [f'"{word}"' for word in words]
    line = f"    {name} = Literal[{', '.join(listed)}]\n"
    if len(line) <= WIDTH + 1:
        return line
    return f"    {name} = Literal[\n" + "".join(_wrapped(listed)) + "    ]\n"


def _wrapped(words: list[str]) -> Iterator[str]:
    yield from (f"        {word},\n" for word in words)


def _camel(key: str) -> str:
    return "".join(part.capitalize() for part in key.split("_"))


def short_form(group: type[Group]) -> str | None:
    """The key that a text alone stands for where a group is wanted; ``None`` where a text is refused."""
    return getattr(group, "SHORT", None)


def _as_ruff_sorts(name: str) -> tuple[int, str]:
    """Constants before classes."""
    return (0 if name.isupper() else 1, name)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
