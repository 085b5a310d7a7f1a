"""A stack file read with Pulumi's configuration semantics, without the Pulumi CLI.

Project values (``config:`` of Pulumi.yaml) come first; a key of the stack file replaces the whole value, and
nothing is merged. Nothing is decrypted: every ``secure:`` value becomes a placeholder, its path is recorded.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from .files import RefusedFileError, read_text
from .problems import Problem, SettingsError, join, suggest
from .yaml_text import RefusedYamlError, parse_yaml

SECRET_PLACEHOLDER = "[secret]"
"""Stands for every encrypted value; nothing here decrypts."""
NAMESPACE = "mcp"
"""Namespace of the keys that are read here, and name of the project where there is no Pulumi.yaml."""

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
    environment: bool
    """Whether the stack imports Pulumi ESC environments, whose values are not here."""


@dataclass(frozen=True, kw_only=True)
class _Project:
    name: str
    values: Mapping[str, Any]
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
    root = _read_mapping(path, where)
    if root is None:
        _fail(
            where,
            "",
            "The file is empty.",
            "Begin with 'config:', and below it 'mcp:region:', 'mcp:server:' and others.",
        )
    _check_root(root, where)
    values = {**project.values, **_qualified(root.get("config") or {}, project.name, where)}
    sealed, secrets = _seal_all(values)
    return StackFile(
        name=_stack_of(path),
        path=path,
        where=where,
        directory=project_dir,
        project=project.name,
        values=sealed,
        secret_paths=frozenset(path for paths in secrets.values() for path in paths),
        secret_keys=tuple(sorted(secrets)),
        environment=root.get("environment") is not None,
    )


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


def _seal_all(values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, list[str]]]:
    sealed = {key: seal(value, key) for key, value in values.items()}
    return {key: value for key, (value, _) in sealed.items()}, {
        key: paths for key, (_, paths) in sealed.items() if paths
    }


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _read_project(project_dir: Path) -> _Project:
    path = project_dir / "Pulumi.yaml"
    if not path.exists():
        return _Project(name=NAMESPACE, values={}, stack_dir=project_dir, exists=False)
    where = "Pulumi.yaml"
    root = _read_mapping(path, where) or {}
    name = root.get("name")
    if not isinstance(name, str) or not name:
        _fail(where, "name", "The project has no name.", f"Add 'name: {NAMESPACE}'.")
    config = root.get("config") or {}
    directory = root.get("stackConfigDir") or (config if isinstance(config, str) else "")
    if not isinstance(directory, str):
        _fail(where, "stackConfigDir", "It is not text.", "Give a directory, such as 'stacks'.")
    declared = {} if isinstance(config, str) else _qualified(config, name, where)
    return _Project(name=name, values=_project_values(declared, where), stack_dir=project_dir / directory, exists=True)


def _project_values(declared: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The values among the declarations: a literal, or the ``default`` or ``value`` of a map if it has one."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for key, entry in declared.items():
        if not isinstance(entry, dict):
            values[key] = entry
            continue
        for unknown in entry.keys() - set(_DECLARATION_KEYS):
            remedy = "Put the value under 'default:'. " + suggest(unknown, _DECLARATION_KEYS, "keys")
            problems.append(Problem(join(key, unknown), "Pulumi knows no such key in a declaration.", remedy))
        for source in ("value", "default"):
            if entry.get(source) is not None:
                values[key] = entry[source]
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
        _fail("Pulumi.yaml", "", "No stack is named.", listed)
    path = project.stack_dir / f"Pulumi.{stack.rsplit('/', 1)[-1]}.yaml"
    if stack.rsplit("/", 1)[-1] not in names and not path.is_dir():
        _fail(_where(project_dir, path), "", "The file does not exist.", listed)
    return path


def _names(stack_dir: Path) -> tuple[str, ...]:
    return tuple(sorted(_stack_of(path) for path in stack_dir.glob("Pulumi.?*.yaml") if path.is_file()))


def _stack_of(path: Path) -> str:
    return path.name.removesuffix(path.suffix).removeprefix("Pulumi.")


def _where(project_dir: Path, path: Path) -> str:
    try:
        return str(path.relative_to(project_dir))
    except ValueError:
        return str(path)


def _check_root(root: Mapping[str, Any], where: str) -> None:
    problems = []
    for key in root:
        if key.startswith(f"{NAMESPACE}:"):
            problems.append(
                Problem(key, "It stands beside 'config:', where Pulumi ignores it.", "Indent it below 'config:'.")
            )
        elif key not in _ROOT_KEYS:
            problems.append(Problem(key, "A stack file has no such key.", suggest(key, _ROOT_KEYS, "keys")))
    if problems:
        raise SettingsError(problems, where=where)


def _qualified(config: Any, project: str, where: str) -> dict[str, Any]:
    """Full keys: ``server`` means ``<project>:server``, and the old ``a:config:b`` means ``a:b``."""
    if not isinstance(config, dict):
        _fail(where, "config", "It is not a map.", "Write one key per line below it, such as 'mcp:server:'.")
    qualified: dict[str, Any] = {}
    for key, value in config.items():
        parts = key.split(":")
        if len(parts) == 3 and parts[1] == "config":
            del parts[1]
        full = ":".join(parts if len(parts) > 1 else [project, key])
        if len(parts) > 2 or not all(parts):
            _fail(
                where,
                key,
                "This is not a configuration key.",
                "Write '<namespace>:<name>', such as 'mcp:server'.",
            )
        if full in qualified:
            _fail(where, full, "It is given twice, with and without its namespace.", "Keep one of the two.")
        qualified[full] = value
    return qualified


def _read_mapping(path: Path, where: str) -> dict[str, Any] | None:
    try:
        data = parse_yaml(_read_text(path, where))
    except RefusedYamlError as error:
        _fail(where, error.place, error.problem, error.remedy)
    if data is not None and not isinstance(data, dict):
        kind = "a list" if isinstance(data, list) else "a single value"
        _fail(where, "", f"The file holds {kind} instead of a map.", "Begin with a key, such as 'config:'.")
    return data


def _read_text(path: Path, where: str) -> str:
    try:
        return read_text(
            path,
            if_directory="Name the file inside it, such as Pulumi.<stack>.yaml.",
            if_too_large="A stack file holds settings only.",
        )
    except RefusedFileError as error:
        _fail(where, error.place, error.problem, error.remedy)


def _fail(where: str, path: str, problem: str, remedy: str) -> NoReturn:
    raise SettingsError([Problem(path, problem, remedy)], where=where)
