"""Settings from plain data or from Pulumi's configuration; every mistake in words, all of them at once."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import pulumi
from pulumi.runtime import config as pulumi_config
from pydantic import ValidationError

from .explain import REGION, STACK, Door, explain_all, keys_at, places_of
from .layers import SERVERS, Merged, merge
from .models import Settings
from .problems import (
    NAMESPACE,
    SECRET_PLACEHOLDER,
    Problem,
    SettingsError,
    join,
    nearest,
    split,
    suggest,
)
from .secret_values import encrypted, in_secret_values, with_secrets
from .sources import DEFAULTS, Sources, layers_of, replacements
from .stack_file import seal
from .texts import misplaced, storable, unreadable
from .tree import null_values
from .yaml_text import MAX_DEPTH

_JUDGED_BY_A_RULE = re.compile(
    NAMESPACE
    + r":(server\.((sidecars|initContainers)\[\d+\]\.)?(env[.\[]|args\[|command\[)|probe\.endpoints\[\d+\]\.url$)"
)
SECRET_VALUES = f"{NAMESPACE}:secrets.values"
"""The only place of a stack file that holds secrets."""
_GIVE_SECRET = "Give a secret Output, such as pulumi.Config().require_secret('token'); change it if it was committed."

_CONFIGURATION = "Pulumi's configuration"
_SET_SECRET = f"pulumi config set --secret --path '{SECRET_VALUES}.<key>'"


def project_directory() -> Path:
    """The directory of Pulumi.yaml, as the engine names it to a running program; outside of one, the working directory.

    With ``main:`` in Pulumi.yaml a program works in another directory than that of Pulumi.yaml.
    """
    root = Path(pulumi.get_root_directory() or "")
    return root if root.is_absolute() else Path()


def load_settings(
    values: Mapping[str, object], *, where: str, directory: Path | None = None, sources: Sources | None = None
) -> Settings:
    """The settings in ``values``: full key, such as ``mcp:server``, to data; other namespaces are ignored.

    The groups are merged over those of ``mcp:defaults``; only the result has to be complete. An encrypted value may be
    Pulumi's ``{secure: <ciphertext>}``, the placeholder of :func:`~.stack_file.read_stack_file`, or a secret Output;
    each stays secret, and is refused outside of ``mcp:secrets.values``.

    :param where: the name of the file, for the heading of the error.
    :param directory: what the path of a profile begins at. Default: :func:`project_directory`.
    :param sources: the files that the values come from. Default: not known, so that no problem names a line.
    :raises SettingsError: with every problem.
    """
    merged, problems = layered(values, sources)
    return settings_in(merged, where=where, directory=directory, problems=problems)


INTERNAL = "internal"
"""What may stand for the group of an edge that is for other workloads of the cluster."""


def layered(values: Mapping[str, object], sources: Sources | None = None) -> tuple[Merged, list[Problem]]:
    """The groups of ``values`` over the defaults, each value with its origin, and what is wrong with the keys."""
    known = [*keys_at(()), SERVERS, DEFAULTS.partition(":")[2]]
    groups: dict[str, Any] = {}
    problems: list[Problem] = []
    for key, value in values.items():
        namespace, separator, name = key.partition(":")
        if not separator and (key in known or nearest(key, known)):
            problems.append(Problem(key, "It has no namespace.", f"Write '{NAMESPACE}:{nearest(key, known)}'."))
        elif separator and namespace == NAMESPACE and _too_deep(value, MAX_DEPTH):
            groups[name] = None
            problems.append(
                Problem(key, f"It is nested more than {MAX_DEPTH} levels deep.", "No setting is that deep.")
            )
        elif separator and namespace == NAMESPACE:
            groups[name], _ = seal(value, key)
    groups = _spelt_out(groups)
    defaults = _spelt_out(groups.pop(DEFAULTS.partition(":")[2], None))
    if not isinstance(defaults, (dict, type(None))):
        problems.append(Problem(DEFAULTS, "It is no map.", "Write groups below it, such as 'server:'."))
        defaults = None
    files = sources or Sources()
    merged = merge(layers_of(groups, defaults or {}, files), null_values(Settings))
    return merged, [*problems, *replacements(values, files)]


def _spelt_out(groups: Any) -> Any:
    """Groups in which ``edge: internal`` stands for an edge of the kind 'none', those of single servers too."""
    if not isinstance(groups, dict):
        return groups
    made = {**groups, "edge": {"kind": "none"}} if groups.get("edge") == INTERNAL else groups
    servers = made.get(SERVERS)
    if isinstance(servers, dict):
        made = {**made, SERVERS: {name: _spelt_out(own) for name, own in servers.items()}}
    return made


def settings_in(
    merged: Merged,
    *,
    where: str,
    directory: Path | None = None,
    problems: Iterable[Problem] = (),
    in_stack: bool = True,
) -> Settings:
    """The settings that merged groups make.

    :param problems: what is known to be wrong with them; it is raised with the rest.
    :param in_stack: whether the groups are a stack's, whose missing keys may also be given in ``mcp:defaults``.
    :raises SettingsError: with every problem, each with the file and the line of the value that it is about.
    """
    known = keys_at(())
    groups: dict[str, Any] = {}
    told = list(problems)
    for name, value in merged.values.items():
        key = f"{NAMESPACE}:{name}"
        if name in known:
            groups[name] = storable(value)
            told += _admit(value, key, in_stack)
        else:
            told.append(_unknown(name, STACK if in_stack else REGION))
    settings, found = _validate(groups, told, project_directory() if directory is None else directory, in_stack)
    if told or found or settings is None:
        raise SettingsError([placed(problem, merged) for problem in (*told, *found)], where=where)
    return settings


def placed(problem: Problem, merged: Merged) -> Problem:
    """The problem with the file and the line of the value that it is about, where they are known."""
    origin = merged.origin_of(problem.path) if problem.file is None else None
    return problem if origin is None else replace(problem, file=origin.file, line=origin.line)


def read_pulumi_config(sources: Sources | None = None) -> Mapping[str, object]:
    """The keys of the namespace ``mcp`` that Pulumi handed to this program, as plain data.

    Needs a running Pulumi program (the CLI's or the offline engine's): the encrypted texts below ``secrets.values``
    become secret Outputs. Pulumi says of a whole key that something in it was encrypted, not what; so without the files
    any other key with an encrypted value becomes the placeholder, which :func:`load_settings` refuses. Of what stands
    encrypted in Pulumi.yaml it says nothing.

    :param sources: the files that the values come from, which say what in them is encrypted.
    """
    environment = _environment("PULUMI_CONFIG", dict)
    secrets = set(_environment("PULUMI_CONFIG_SECRET_KEYS", list))
    known = (DEFAULTS, *(f"{NAMESPACE}:{name}" for name in (*keys_at(()), SERVERS)))
    names = {*pulumi_config.CONFIG.get(), *environment, *known}
    files = {} if sources is None else {**sources.project, **sources.stack}
    values: dict[str, object] = {}
    for key in sorted(name for name in names if name.startswith(f"{NAMESPACE}:")):
        given = pulumi_config.get_config(key)
        if given is None:
            continue
        secret = key in secrets or pulumi_config.is_config_secret(key)
        value = _decode(key, given)
        values[key] = value if _too_deep(value, MAX_DEPTH) else with_secrets(key, value, secret, files.get(key))
    return values


def _unknown(name: str, door: Door) -> Problem:
    """What is told of a group that does not exist."""
    before = f"{NAMESPACE}:" if door.in_file else ""
    known = [f"{before}{door.shown(key, info)}" for key, info in Settings.model_fields.items()]
    return Problem(
        f"{NAMESPACE}:{name}",
        f"There is no such {door.noun}.",
        suggest(f"{before}{name}", known, f"{door.noun}s", places_of(name, door)),
    )


def _admit(value: object, path: str, in_stack: bool) -> list[Problem]:
    """What is wrong with secrets in a group: ``mcp:secrets.values`` holds all of them, encrypted."""
    problems = [
        Problem(place, "It is encrypted, but only mcp:secrets.values may be.", f"Move it there: {_SET_SECRET}.")
        for place in encrypted(value, path)
        if not in_secret_values(split(place))
    ]
    if path == f"{NAMESPACE}:secrets" and isinstance(value, dict) and isinstance(value.get("values"), dict):
        for key, member in value["values"].items():
            if not isinstance(member, pulumi.Output) and member != SECRET_PLACEHOLDER:
                remedy = f"Encrypt it, and change it: {_SET_SECRET}." if in_stack else _GIVE_SECRET
                problems.append(Problem(join(SECRET_VALUES, key), "It is given in clear.", remedy))
    return [*problems, *unreadable(value, path), *misplaced(value, path, judged_by_a_rule)]


def judged_by_a_rule(path: str) -> bool:
    """Whether a text at a path has a rule of its own about secrets (MCP107, MCP638)."""
    return _JUDGED_BY_A_RULE.match(path) is not None


def _validate(
    groups: Mapping[str, Any], reported: list[Problem], directory: Path, in_stack: bool
) -> tuple[Settings | None, list[Problem]]:
    try:
        return Settings.model_validate(groups, by_alias=True, by_name=False, context={"directory": directory}), []
    except ValidationError as error:
        misspelt = {nearest(problem.path, [f"{NAMESPACE}:{word}" for word in keys_at(())]) for problem in reported}
        explained = explain_all(
            error.errors(include_url=False), [problem.path for problem in reported], STACK if in_stack else REGION
        )
        return None, [p for p in explained if not (p.path in misspelt and p.path.partition(":")[2] not in groups)]


def _too_deep(value: object, levels: int) -> bool:
    if not isinstance(value, (dict, list)):
        return False
    members = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_too_deep(member, levels - 1) for member in members)


def _decode(key: str, given: Any) -> object:
    """A value as Pulumi hands it over: JSON for maps and lists, otherwise text that stays text."""
    if not isinstance(given, str) or not given.startswith(("{", "[", "null")):
        return given
    try:
        return json.loads(given, parse_constant=_not_finite)
    except (ValueError, RecursionError):
        if given.startswith(("{", "[")):
            raise SettingsError(
                [Problem(key, "It is not JSON.", "Set it in the stack file, as a map.")], where=_CONFIGURATION
            ) from None
        return given


def _not_finite(constant: str) -> NoReturn:
    raise ValueError(constant)


def _environment(name: str, kind: type[Any]) -> Any:
    """The JSON that the CLI puts into an environment variable; empty without it."""
    text = os.environ.get(name, "").strip()
    try:
        value = json.loads(text) if text else kind()
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, kind):
        raise SettingsError(
            [Problem(name, "It is not the JSON that Pulumi sets.", "Unset it.")], where="The environment"
        )
    return value
