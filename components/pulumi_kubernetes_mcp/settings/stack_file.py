"""A stack file read with Pulumi's configuration semantics, without the Pulumi CLI.

Project values (``config:`` of Pulumi.yaml) come first, and a key of the stack file replaces the whole value, as Pulumi
does it; only ``mcp:defaults`` is merged later, by :func:`~.load.layered`. Nothing is decrypted: every ``secure:`` value
becomes a placeholder, its path is recorded.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NoReturn

from .files import RefusedFileError, read_text
from .problems import NAMESPACE, SECRET_PLACEHOLDER, Problem, SettingsError, join, nearest, suggest
from .sources import Given, Sources
from .yaml_text import Lines, RefusedScalar, RefusedYamlError, parse_with_lines, refused_in

_ROOT_KEYS = ("config", "environment", "encryptionsalt", "encryptedkey", "secretsprovider")
_DECLARATION_KEYS = ("type", "items", "description", "secret", "default", "value")


@dataclass(frozen=True, kw_only=True)
class StackFile:
    """The configuration of one stack: the project's values with the stack file's over them."""

    name: str
    """Name of the stack: the ``<name>`` of ``Pulumi.<name>.yaml``."""
    path: Path
    """The stack file."""
    where: str
    """The stack file as messages name it: relative to the project where it lies inside."""
    directory: Path
    """Directory of the project, which the path of a profile begins at."""
    project: str
    """Name of the project; 'mcp' where there is no Pulumi.yaml."""
    values: Mapping[str, Any] = field(repr=False)
    """Full key (``mcp:server``, ``kubernetes:context``) to plain data; encrypted values are placeholders."""
    secret_paths: frozenset[str]
    """Paths of the encrypted values, such as ``mcp:secrets.values.password``."""
    secret_keys: tuple[str, ...]
    """Keys with an encrypted value anywhere inside, sorted."""
    sources: Sources = field(repr=False)
    """What each of the two files gives, with its lines."""
    environment: bool
    """Whether the stack imports Pulumi ESC environments, whose values are not here."""


@dataclass(frozen=True, kw_only=True)
class _Project:
    name: str
    given: Mapping[str, Given]
    stack_dir: Path
    exists: bool


def read_stack_file(project_dir: Path, *, stack: str | None = None, file: Path | None = None) -> StackFile:
    """Read one stack of a project, named by ``stack`` or given as ``file`` (which wins; it may lie anywhere).

    Without either, the only stack of the project is taken.

    :raises SettingsError: for everything that cannot be read, and for keys that Pulumi does not know.
    """
    project = _read_project(project_dir)
    path = file if file is not None else _choose(project_dir, project, stack)
    where = _where(project_dir, path)
    root, lines = _read_mapping(path, where)
    if root is None:
        _fail(
            where,
            "",
            "The file is empty.",
            "Begin with 'config:', and below it 'mcp:region:', 'mcp:server:' and others.",
        )
    _check_root(root, lines, where)
    own = _sealed(_qualified(root.get("config") or {}, lines, project.name, where))
    given = {**project.given, **own}
    return StackFile(
        name=_stack_of(path),
        path=path,
        where=where,
        directory=project_dir,
        project=project.name,
        values={key: one.value for key, one in given.items()},
        secret_paths=frozenset(path for one in given.values() for path in one.secrets),
        secret_keys=tuple(sorted(key for key, one in given.items() if one.secrets)),
        sources=Sources(project=project.given, stack=own, name=project.name),
        environment=root.get("environment") is not None,
    )


def read_sources(project_dir: Path, stack: str) -> Sources:
    """What the files of a project give for a stack, as far as they are there and can be read.

    For a program under the Pulumi CLI, which is handed the values and not the places they come from.
    """
    try:
        project = _read_project(project_dir)
    except SettingsError:
        return Sources()
    path = project.stack_dir / f"Pulumi.{stack.rsplit('/', 1)[-1]}.yaml"
    where = _where(project_dir, path)
    try:
        root, lines = _read_mapping(path, where)
        own = _sealed(_qualified((root or {}).get("config") or {}, lines, project.name, where))
    except SettingsError:
        own = {}
    return Sources(project=project.given, stack=own, name=project.name)


def stack_names(project_dir: Path) -> tuple[str, ...]:
    """Names of the stacks that have a file in the project, sorted. SettingsError for a broken Pulumi.yaml."""
    return _names(_read_project(project_dir).stack_dir)


def stack_path(project_dir: Path, stack: str) -> Path:
    """Where the file of a stack lies (it need not exist): ``stackConfigDir`` of Pulumi.yaml is followed.

    Of a qualified name, ``organisation/project/stack``, the last part counts, as for Pulumi.
    """
    return _read_project(project_dir).stack_dir / f"Pulumi.{stack.rsplit('/', 1)[-1]}.yaml"


def to_pulumi_config(stack_file: StackFile) -> tuple[dict[str, str], list[str]]:
    """What the Pulumi CLI would hand to the program: key to text (JSON for maps and lists), and secret keys.

    Maps are sorted by key, as the CLI does. Encrypted values are the placeholder.
    """
    texts = {key: value if isinstance(value, str) else _json(value) for key, value in stack_file.values.items()}
    return texts, list(stack_file.secret_keys)


def seal(value: Any, path: str) -> tuple[Any, list[str]]:
    """``value`` with the placeholder for every ``{secure: <ciphertext>}``, and the paths of those."""
    if isinstance(value, dict):
        if set(value) == {"secure"} and isinstance(value["secure"], str):
            return SECRET_PLACEHOLDER, [path]
        members = {key: seal(member, join(path, key)) for key, member in value.items()}
        return {key: member for key, (member, _) in members.items()}, [
            p for _, paths in members.values() for p in paths
        ]
    if isinstance(value, list):
        items = [seal(item, join(path, index)) for index, item in enumerate(value)]
        return [item for item, _ in items], [p for _, paths in items for p in paths]
    return value, []


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _read_project(project_dir: Path) -> _Project:
    path = project_dir / "Pulumi.yaml"
    if not path.exists():
        return _Project(name=NAMESPACE, given={}, stack_dir=project_dir, exists=False)
    where = "Pulumi.yaml"
    root, lines = _read_mapping(path, where)
    root = root or {}
    name = root.get("name")
    if not isinstance(name, str) or not name:
        _fail(where, "name", "The project has no name.", f"Add 'name: {NAMESPACE}'.")
    config = root.get("config") or {}
    directory = root.get("stackConfigDir") or (config if isinstance(config, str) else "")
    if not isinstance(directory, str):
        _fail(where, "stackConfigDir", "It is not text.", "Give a directory, such as 'stacks'.")
    declared = {} if isinstance(config, str) else _qualified(config, lines, name, where)
    given = _sealed(_project_values(declared, where))
    return _Project(name=name, given=given, stack_dir=project_dir / directory, exists=True)


def _project_values(declared: Mapping[str, Given], where: str) -> dict[str, Given]:
    """The values among the declarations: a literal, or the ``default`` or ``value`` of a map if it has one."""
    values: dict[str, Given] = {}
    problems: list[Problem] = []
    for key, entry in declared.items():
        if not isinstance(entry.value, dict):
            values[key] = entry
            continue
        for unknown in entry.value.keys() - set(_DECLARATION_KEYS):
            remedy = "Put the value under 'default:'. " + suggest(unknown, _DECLARATION_KEYS, "keys")
            line = entry.lines.members[unknown].line
            words = "Pulumi knows no such key in a declaration."
            problems.append(Problem(join(key, unknown), words, remedy, file=where, line=line))
        for source in ("value", "default"):
            if entry.value.get(source) is not None:
                values[key] = replace(entry, value=entry.value[source], lines=entry.lines.members[source])
    if problems:
        raise SettingsError(sorted(problems), where=where)
    return values


def _choose(project_dir: Path, project: _Project, stack: str | None) -> Path:
    if not project.exists:
        _fail(
            str(project_dir),
            "",
            "There is no Pulumi.yaml in this directory.",
            "Go to the directory of the project, or name the stack file itself.",
        )
    names = _names(project.stack_dir)
    listed = f"Stacks of this project: {', '.join(names)}." if names else "This project has no stack file yet."
    if stack is None:
        if len(names) == 1:
            return project.stack_dir / f"Pulumi.{names[0]}.yaml"
        _fail("Pulumi.yaml", "", "No stack is named.", f"Name one with --stack. {listed}" if names else listed)
    path = project.stack_dir / f"Pulumi.{stack.rsplit('/', 1)[-1]}.yaml"
    if stack.rsplit("/", 1)[-1] not in names and not path.is_dir():
        match = nearest(stack.rsplit("/", 1)[-1], names)
        _fail(_where(project_dir, path), "", "The file does not exist.", _meant(match) + listed)
    return path


def _meant(match: str | None) -> str:
    return f"Did you mean '{match}'? " if match else ""


def _names(stack_dir: Path) -> tuple[str, ...]:
    return tuple(sorted(_stack_of(path) for path in stack_dir.glob("Pulumi.?*.yaml") if path.is_file()))


def _stack_of(path: Path) -> str:
    return path.name.removesuffix(path.suffix).removeprefix("Pulumi.")


def _where(project_dir: Path, path: Path) -> str:
    try:
        return str(path.relative_to(project_dir))
    except ValueError:
        return str(path)


_OTHERS: Mapping[str, tuple[str, str]] = {
    "runtime": (
        "It is the file of a project, and not of a stack.",
        "Name Pulumi.<stack>.yaml of that project instead.",
    ),
    "apiVersion": ("It is an object of Kubernetes, and not a stack.", "Name a stack file, Pulumi.<stack>.yaml."),
}
"""A key that only another kind of file has: which that is, and what to do."""


def _check_root(root: Mapping[str, Any], lines: Lines, where: str) -> None:
    other = next((_OTHERS[key] for key in _OTHERS if key in root), None)
    if other is not None and not any(key.startswith(f"{NAMESPACE}:") for key in root):
        _fail(where, "", *other)
    problems = []
    for key in root:
        line = lines.members[key].line
        if key.startswith(f"{NAMESPACE}:"):
            words = "It stands beside 'config:', where Pulumi ignores it."
            problems.append(Problem(key, words, "Indent it below 'config:'.", file=where, line=line))
        elif key not in _ROOT_KEYS:
            remedy = suggest(key, _ROOT_KEYS, "keys")
            problems.append(Problem(key, "A stack file has no such key.", remedy, file=where, line=line))
    if problems:
        raise SettingsError(problems, where=where)


def _qualified(config: Any, root: Lines, project: str, where: str) -> dict[str, Given]:
    """Full keys: ``server`` means ``<project>:server``, and the old ``a:config:b`` means ``a:b``."""
    lines = root.at(["config"]) or root
    if isinstance(config, RefusedScalar):
        _refuse(config, where)
    if not isinstance(config, dict):
        remedy = "Write one key per line below it, such as 'mcp:server:'."
        _fail(where, "config", "It is not a map.", remedy, lines.line)
    qualified: dict[str, Given] = {}
    for key, value in config.items():
        place = lines.members[key]
        parts = key.split(":")
        if len(parts) == 3 and parts[1] == "config":
            del parts[1]
        full = ":".join(parts if len(parts) > 1 else [project, key])
        if len(parts) > 2 or not all(parts):
            remedy = "Write '<namespace>:<name>', such as 'mcp:server'."
            _fail(where, key, "This is not a configuration key.", remedy, place.line)
        if full in qualified:
            words = "It is given twice, with and without its namespace."
            _fail(where, full, words, "Keep one of the two.", place.line)
        if full.partition(":")[0] != NAMESPACE:
            _refuse(value, where)
        qualified[full] = Given(file=where, line=place.line, value=value, lines=place)
    return qualified


def _sealed(given: Mapping[str, Given]) -> dict[str, Given]:
    sealed = {key: (one, *seal(one.value, key)) for key, one in given.items()}
    return {key: replace(one, value=value, secrets=tuple(paths)) for key, (one, value, paths) in sealed.items()}


def _read_mapping(path: Path, where: str) -> tuple[dict[str, Any] | None, Lines]:
    try:
        data, lines = parse_with_lines(_read_text(path, where))
    except RefusedYamlError as error:
        _fail(where, error.place, error.problem, error.remedy, error.line)
    # What is refused among the settings is told with everything else that is wrong with them.
    _refuse({key: value for key, value in data.items() if key != "config"} if isinstance(data, dict) else data, where)
    if data is not None and not isinstance(data, dict):
        kind = "a list" if isinstance(data, list) else "a single value"
        _fail(where, "", f"The file holds {kind} instead of a map.", "Begin with a key, such as 'config:'.")
    return data, lines


def _refuse(data: object, where: str) -> None:
    for _, refused in refused_in(data):
        _fail(where, refused.place, refused.problem, refused.remedy, refused.error.line)


def _read_text(path: Path, where: str) -> str:
    try:
        return read_text(
            path,
            if_directory="Name the file inside it, such as Pulumi.<stack>.yaml.",
            if_too_large="A stack file holds settings only.",
        )
    except RefusedFileError as error:
        _fail(where, error.place, error.problem, error.remedy)


def _fail(where: str, path: str, problem: str, remedy: str, line: int | None = None) -> NoReturn:
    raise SettingsError([Problem(path, problem, remedy, file=where, line=line)], where=where)
