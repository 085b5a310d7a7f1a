"""Settings from plain data or from Pulumi's configuration; every mistake in words, all of them at once."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

import pulumi
from pulumi.runtime import config as pulumi_config
from pydantic import ValidationError

from .explain import explain_all, keys_at
from .models import Settings
from .problems import Problem, SettingsError, join, nearest, suggest
from .stack_file import NAMESPACE, SECRET_PLACEHOLDER, seal
from .yaml_text import MAX_DEPTH

SECRET_VALUES = f"{NAMESPACE}:secrets.values"
"""The only place of a stack file that holds secrets."""

_CONFIGURATION = "Pulumi's configuration"
_SET_SECRET = f"pulumi config set --secret --path '{SECRET_VALUES}.<key>'"


def project_directory() -> Path:
    """The directory of Pulumi.yaml, as the engine names it to a running program; outside of one, the working directory.

    With ``main:`` in Pulumi.yaml a program works in another directory than that of Pulumi.yaml.
    """
    root = Path(pulumi.get_root_directory() or "")
    return root if root.is_absolute() else Path()


def load_settings(values: Mapping[str, object], *, where: str, directory: Path | None = None) -> Settings:
    """The settings in ``values``: full key, such as ``mcp:server``, to data; other namespaces are ignored.

    An encrypted value may be Pulumi's ``{secure: <ciphertext>}``, the placeholder of
    :func:`~.stack_file.read_stack_file`, or a secret Output; each stays secret, and is refused outside of
    ``mcp:secrets.values``.

    :param where: the name of the file, for the heading of the error.
    :param directory: what the path of a profile begins at. Default: :func:`project_directory`.
    :raises SettingsError: with every problem.
    """
    known = keys_at(())
    groups: dict[str, Any] = {}
    problems: list[Problem] = []
    for key, value in values.items():
        namespace, separator, name = key.partition(":")
        if not separator and (key in known or nearest(key, known)):
            problems.append(Problem(key, "It has no namespace.", f"Write '{NAMESPACE}:{nearest(key, known)}'."))
        elif separator and namespace == NAMESPACE and name not in known:
            remedy = suggest(key, [f"{NAMESPACE}:{word}" for word in known], "keys")
            problems.append(Problem(key, "There is no such key.", remedy))
        elif separator and namespace == NAMESPACE:
            groups[name], found = _admit(value, key)
            problems += found
    settings, found = _validate(groups, problems, project_directory() if directory is None else directory)
    problems += found
    if problems or settings is None:
        raise SettingsError(problems, where=where)
    return settings


def read_pulumi_config() -> Mapping[str, object]:
    """The keys of the namespace ``mcp`` that Pulumi handed to this program, as plain data.

    Needs a running Pulumi program (the CLI's or the offline engine's): the values of a secret ``mcp:secrets``
    become secret Outputs. Pulumi says of a whole key that something in it was encrypted, not what; so any
    other key with an encrypted value becomes the placeholder, which :func:`load_settings` refuses.
    """
    environment = _environment("PULUMI_CONFIG", dict)
    secrets = set(_environment("PULUMI_CONFIG_SECRET_KEYS", list))
    names = {*pulumi_config.CONFIG.get(), *environment, *(f"{NAMESPACE}:{name}" for name in keys_at(()))}
    values: dict[str, object] = {}
    for key in sorted(name for name in names if name.startswith(f"{NAMESPACE}:")):
        given = pulumi_config.get_config(key)
        if given is None:
            continue
        value = _decode(key, given)
        secret = key in secrets or pulumi_config.is_config_secret(key)
        values[key] = _secret(key, value) if secret else value
    return values


def _admit(value: object, path: str) -> tuple[Any, list[Problem]]:
    """A key's value, and what is wrong with secrets in it: ``mcp:secrets.values`` holds all of them, encrypted."""
    if _too_deep(value, MAX_DEPTH):
        return None, [Problem(path, f"It is nested more than {MAX_DEPTH} levels deep.", "No setting is that deep.")]
    sealed, _ = seal(value, path)
    problems = [
        Problem(place, "It is encrypted, but only mcp:secrets.values may be.", f"Move it there: {_SET_SECRET}.")
        for place in _encrypted(sealed, path)
        if not place.startswith((f"{SECRET_VALUES}.", f"{SECRET_VALUES}["))
    ]
    if path == f"{NAMESPACE}:secrets" and isinstance(sealed, dict) and isinstance(sealed.get("values"), dict):
        for key, member in sealed["values"].items():
            if not isinstance(member, pulumi.Output) and member != SECRET_PLACEHOLDER:
                place = join(SECRET_VALUES, key)
                problems.append(Problem(place, "It is given in clear.", f"Encrypt it, and change it: {_SET_SECRET}."))
    return sealed, problems


def _validate(
    groups: Mapping[str, Any], reported: list[Problem], directory: Path
) -> tuple[Settings | None, list[Problem]]:
    try:
        return Settings.model_validate(groups, by_alias=True, by_name=False, context={"directory": directory}), []
    except ValidationError as error:
        misspelt = {nearest(problem.path, [f"{NAMESPACE}:{word}" for word in keys_at(())]) for problem in reported}
        explained = explain_all(error.errors(include_url=False), [problem.path for problem in reported])
        return None, [p for p in explained if not (p.path in misspelt and p.path.partition(":")[2] not in groups)]


def _encrypted(value: object, path: str) -> Iterator[str]:
    if isinstance(value, str) and value == SECRET_PLACEHOLDER:
        yield path
    elif isinstance(value, dict):
        for key, member in value.items():
            yield from _encrypted(member, join(path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _encrypted(item, join(path, index))


def _too_deep(value: object, levels: int) -> bool:
    if not isinstance(value, (dict, list)):
        return False
    members = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_too_deep(member, levels - 1) for member in members)


def _secret(key: str, value: object) -> object:
    """A secret key's value: each text in ``mcp:secrets.values`` as a secret Output, the rest as it is."""
    if key != f"{NAMESPACE}:secrets" or not isinstance(value, dict):
        return SECRET_PLACEHOLDER
    members = value.get("values")
    if not isinstance(members, dict):
        return value
    outputs = {
        name: pulumi.Output.secret(member) if isinstance(member, str) else member for name, member in members.items()
    }
    return {**value, "values": outputs}


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
