"""The servers of one stack: each has the stack's groups, and its own under ``mcp:servers.<name>`` merged over them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from .fields import DNS_LABEL, Group
from .layers import SERVERS as SERVERS_GROUP
from .layers import Layer, Merged, merge
from .load import layered, placed, settings_in
from .models import DatabaseSettings, SecretsSettings, ServerSettings, Settings
from .problems import NAMESPACE, Problem, SettingsError, join, quoted, suggest
from .sources import Sources

G = TypeVar("G", bound=Group)

SERVERS = f"{NAMESPACE}:{SERVERS_GROUP}"
"""The key that maps the name of each server to its groups."""
HELP = "Name of each of several servers to its groups, each merged over those of the stack."
SERVER_GROUPS = (
    "server",
    "workload",
    "edge",
    "scaling",
    "database",
    "stateStore",
    "secrets",
    "monitoring",
    "accept",
)
"""Groups that one of several servers may have of its own. The others are about the region: where it is, what it waits
for, what its machines cost."""
MOST_SERVERS = 200
"""More servers in one namespace are refused: a stack of thousands of objects is slow to preview and to undo."""
_NAME = re.compile(DNS_LABEL)
_STEP = re.compile(r"[^.\[\]]+|\[\d+\]")


@dataclass(frozen=True, kw_only=True)
class StackSettings:
    """What a stack says: the settings of each of its servers, whole, and what they share."""

    servers: Mapping[str, Settings]
    """Name of each server to its settings, in the order of the names; one where the stack does not name several."""
    many: bool
    """Whether the stack names its servers under ``mcp:servers``."""
    in_program: bool = False
    """Whether a program says it, in the arguments of McpRegion."""
    shared_name: str
    """What is shared is named after it: ``mcp:server.name`` of the stack itself."""
    shared_secrets: SecretsSettings | None = None
    """The stack's own group ``mcp:secrets``, which servers without another one share."""
    shared_database: DatabaseSettings | None = None
    """The stack's own group ``mcp:database``."""
    merged: Merged = field(default_factory=lambda: merge([]), repr=False, compare=False)
    """What was given, before anything was filled in, and where."""

    @property
    def values(self) -> dict[str, Any]:
        """What was given, before anything was filled in: full key to plain data."""
        return {f"{NAMESPACE}:{group}": value for group, value in self.merged.values.items()}

    @property
    def first(self) -> Settings:
        """The settings of the first server: those of the region are the same in all."""
        return next(iter(self.servers.values()))

    def place(self, server: str, path: str) -> str:
        """Where one server's value at ``path`` is changed for that server alone: ``mcp:scaling.maxReplicas`` is
        ``mcp:servers.<name>.scaling.maxReplicas`` of one of several. What is about the region stays where it is."""
        group = path.removeprefix(f"{NAMESPACE}:")
        if not self.many or group == path or _STEP.findall(group)[0] not in SERVER_GROUPS:
            return path
        return f"{join(SERVERS, server)}.{group}"


def load_stack(
    values: Mapping[str, object], *, where: str, directory: Path | None = None, sources: Sources | None = None
) -> StackSettings:
    """The settings of every server in ``values`` (full key, such as ``mcp:server``, to plain data).

    :param where: the name of the file, for the heading of the error.
    :param directory: what the path of a profile begins at. Default: that of the running program.
    :param sources: the files that the values come from. Default: not known, so that no problem names a line.
    :raises SettingsError: with every problem of every server, each once and where it was written.
    """
    merged, problems = layered(values, sources)
    return stack_in(merged, where=where, directory=directory, problems=problems)


def stack_in(
    merged: Merged,
    *,
    where: str,
    directory: Path | None = None,
    problems: Iterable[Problem] = (),
    in_stack: bool = True,
) -> StackSettings:
    """The settings of every server in merged groups; see :func:`~.load.settings_in` for the arguments.

    :raises SettingsError: with every problem of every server, each once and where it was written.
    """
    if SERVERS_GROUP not in merged.values:
        settings = settings_in(merged, where=where, directory=directory, problems=problems, in_stack=in_stack)
        return replace(single(settings, merged), in_program=not in_stack)
    shared = {f"{NAMESPACE}:{group}": value for group, value in merged.values.items() if group != SERVERS_GROUP}
    servers, of_the_map = _named(merged.values[SERVERS_GROUP])
    told = [placed(problem, merged) for problem in (*problems, *of_the_map)]
    found: dict[str, Settings] = {}
    for name, groups in servers.items():
        try:
            found[name] = settings_in(effective(merged, name), where=where, directory=directory, in_stack=in_stack)
        except SettingsError as error:
            told += [_placed(problem, name, shared, groups) for problem in error.problems]
    if told:
        raise SettingsError(list(dict.fromkeys(told)), where=where)
    named = shared.get(f"{NAMESPACE}:server")
    shared_name = named.get("name") if isinstance(named, Mapping) else None
    return StackSettings(
        servers={name: found[name] for name in sorted(found)},
        many=True,
        in_program=not in_stack,
        shared_name=shared_name if isinstance(shared_name, str) else str(ServerSettings.model_fields["name"].default),
        shared_secrets=_alone(SecretsSettings, shared.get(f"{NAMESPACE}:secrets")),
        shared_database=_alone(DatabaseSettings, shared.get(f"{NAMESPACE}:database")),
        merged=merged,
    )


def single(settings: Settings, merged: Merged | None = None) -> StackSettings:
    """A stack of one server, which needs no map."""
    return StackSettings(
        servers={settings.server.name: settings},
        many=False,
        shared_name=settings.server.name,
        shared_secrets=settings.secrets,
        shared_database=settings.database,
        merged=merge([]) if merged is None else merged,
    )


def effective(merged: Merged, name: str) -> Merged:
    """The groups of one server: the stack's with the server's merged over them, and its name."""
    groups = merged.server(name, SERVER_GROUPS)
    if not isinstance(groups.values.get("server", {}), Mapping):
        return groups
    named = Layer(name="servers", values={"server": {"name": name}}, under=join(SERVERS, name))
    return merge([groups, named])


def same_secret(one: SecretsSettings, other: SecretsSettings | None) -> bool:
    """Whether both groups are about one Secret; who reads which of its keys does not count."""
    if other is None:
        return False
    names = ("source", "name", "store", "remote", "refresh_interval", "values", "patches")
    return all(getattr(one, name) == getattr(other, name) for name in names)


def _alone(group: type[G], given: object) -> G | None:
    """A group of the stack by itself; ``None`` where only the servers make it whole."""
    if not isinstance(given, Mapping):
        return None
    try:
        return group.model_validate(given, by_alias=True, by_name=False)
    except ValidationError:
        return None


def _named(given: object) -> tuple[dict[str, Mapping[str, Any]], list[Problem]]:
    """Name of each server to the groups it gives, and what is wrong with the map itself."""
    if not isinstance(given, Mapping):
        return {}, [Problem(SERVERS, "It is not a map.", "Write the name of each server, and below it its groups.")]
    if not given:
        return {}, [Problem(SERVERS, "It names no server.", f"Name one, or leave {SERVERS} out.")]
    if len(given) > MOST_SERVERS:
        problem = f"It names {len(given)} servers; a region has at most {MOST_SERVERS}."
        return {}, [Problem(SERVERS, problem, "Divide them over several stacks.")]
    servers: dict[str, Mapping[str, Any]] = {}
    problems: list[Problem] = []
    for name, groups in given.items():
        place = join(SERVERS, str(name))
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            remedy = "Use lower-case letters, digits and '-', at most 63, beginning and ending with a letter or digit."
            problems.append(Problem(place, f"{quoted(str(name))} is not a DNS label.", remedy))
        elif groups is None:
            servers[name] = {}
        elif not isinstance(groups, Mapping):
            problems.append(Problem(place, "It is not a map.", f"Give groups, such as 'server' ({_words()})."))
        else:
            servers[name], found = _groups(name, groups, place)
            problems += found
    return servers, problems


def _groups(name: str, groups: Mapping[str, Any], place: str) -> tuple[dict[str, Any], list[Problem]]:
    problems = []
    for group in groups:
        if group not in SERVER_GROUPS:
            known = f"{NAMESPACE}:{group}" if group in _of_the_region() else None
            problem = "There is no such group." if known is None else "It is about the whole region."
            remedy = suggest(str(group), SERVER_GROUPS, "groups") if known is None else f"Move it to {known}."
            problems.append(Problem(join(place, str(group)), problem, remedy))
    kept = {group: value for group, value in groups.items() if group in SERVER_GROUPS}
    server = kept.get("server")
    if isinstance(server, Mapping) and server.get("name", name) != name:
        problem = f"It is {quoted(str(server['name']))}, and the server is named '{name}' in {SERVERS}."
        problems.append(Problem(f"{place}.server.name", problem, "Remove it: the key is the name."))
        kept["server"] = {key: value for key, value in server.items() if key != "name"}
    return kept, problems


def _placed(problem: Problem, name: str, shared: Mapping[str, object], groups: Mapping[str, Any]) -> Problem:
    """A problem of one server at the place where its value was written: among its own groups, or the stack's."""
    steps = _STEP.findall(problem.path.removeprefix(f"{NAMESPACE}:"))
    if not steps or steps[0] not in SERVER_GROUPS:
        return problem
    if _given(groups, steps) < len(steps) <= _given({steps[0]: shared.get(f"{NAMESPACE}:{steps[0]}")}, steps):
        return problem
    return replace(problem, path=f"{join(SERVERS, name)}.{problem.path.removeprefix(f'{NAMESPACE}:')}")


def _given(tree: object, steps: list[str]) -> int:
    """How many of the steps lead somewhere in the tree."""
    for count, step in enumerate(steps):
        if isinstance(tree, Mapping) and step in tree:
            tree = tree[step]
        elif isinstance(tree, list) and step.startswith("[") and int(step[1:-1]) < len(tree):
            tree = tree[int(step[1:-1])]
        else:
            return count
    return len(steps)


def _of_the_region() -> list[str]:
    return [field.alias or key for key, field in Settings.model_fields.items()]


def _words() -> str:
    return ", ".join(SERVER_GROUPS)
