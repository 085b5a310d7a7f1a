"""The file of an exporter as endpoints to be watched; everything that is wrong with it at once, in words."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ...eras import Era
from ...measuring.refused import MeasureError
from ...measuring.target import check_url
from ...settings.explain import Door, explain_all
from ...settings.files import RefusedFileError, read_text
from ...settings.probe_file import ProbeEndpoint, ProbeFile, ProbeHeader
from ...settings.yaml_text import RefusedYamlError, parse_yaml
from ..asked import check_looks, check_version
from ..expectation_file import read_expectation
from ..messages import is_set_by_clients
from ..refused import ProbeError
from ..secret_headers import HeaderSource, UnreadableHeaderError, read_headers
from ..watched import Call, Check, Expectation, Watched

MOST_BYTES = 1024 * 1024
"""What a ConfigMap holds."""
_SHOWN = 12
_DOOR = Door(ProbeFile, stack=True, namespace="")


@dataclass(frozen=True)
class Target:
    """An endpoint with the places of its secrets."""

    watched: Watched
    headers: tuple[HeaderSource, ...] = ()

    def now(self) -> Watched:
        """The endpoint with its headers as they are now; :class:`UnreadableHeaderError` if one is not to be had."""
        return replace(self.watched, headers=read_headers(self.headers)) if self.headers else self.watched


@dataclass(frozen=True)
class Configuration:
    """What an exporter does."""

    watcher: str
    interval_seconds: float
    ca_file: Path | None
    targets: tuple[Target, ...]


def read_configuration(path: Path) -> Configuration:
    """The configuration in a file, YAML or JSON, or :class:`ProbeError` with everything that is wrong."""
    try:
        text = read_text(
            path, if_directory="Name the file.", if_too_large="Give the endpoints to two exporters.", most=MOST_BYTES
        )
        data = json.loads(text) if text.lstrip().startswith("{") else parse_yaml(text)
    except (RefusedFileError, RefusedYamlError) as error:
        raise ProbeError(f"--config '{path}' cannot be used: {error}") from None
    except (ValueError, RecursionError) as error:
        raise ProbeError(f"--config '{path}' cannot be used: it is no JSON ({error}).") from None
    if not isinstance(data, dict):
        raise ProbeError(f"--config '{path}' cannot be used: it holds no map. Write 'watcher:' and 'endpoints:' in it.")
    try:
        file = ProbeFile.model_validate(data, by_alias=True, by_name=False)
    except ValidationError as error:
        problems = [str(problem) for problem in explain_all(error.errors(include_url=False), (), _DOOR)]
        raise _refused(path, [*problems, *_of_the_rest(data, path)]) from None
    return _configuration(file, path)


def _of_the_rest(data: Mapping[str, Any], path: Path) -> Iterator[str]:
    """What is wrong with the endpoints that have the right form, beside others that have not."""
    listed = data.get("endpoints")
    right: dict[int, ProbeEndpoint] = {}
    for number, endpoint in enumerate(listed if isinstance(listed, list) else []):
        with contextlib.suppress(ValidationError):
            right[number] = ProbeEndpoint.model_validate(endpoint, by_alias=True, by_name=False)
    _, problems = _targets(right, ProbeFile.model_fields["timeout_seconds"].default, path)
    yield from problems


def _targets(
    endpoints: Mapping[int, ProbeEndpoint], timeout_seconds: float, path: Path
) -> tuple[list[Target], list[str]]:
    """Endpoints by their number as what is watched, and what is wrong with each that cannot be."""
    schemas: dict[tuple[str, bool], Expectation] = {}
    targets, problems = [], []
    for number, endpoint in endpoints.items():
        try:
            targets.append(_target(endpoint, timeout_seconds, path.parent, schemas))
        except (ProbeError, MeasureError) as error:
            problems.append(f"endpoints[{number}] ({endpoint.name}): {error}")
    return targets, problems


def _configuration(file: ProbeFile, path: Path) -> Configuration:
    targets, wrong = _targets(dict(enumerate(file.endpoints)), file.timeout_seconds, path)
    problems = [*_together(file), *wrong]
    if problems:
        raise _refused(path, problems)
    ca_file = None if file.ca_file is None else path.parent / file.ca_file
    return Configuration(file.watcher, file.interval_seconds, ca_file, tuple(targets))


def _together(file: ProbeFile) -> Iterator[str]:
    """What is wrong between values that are right by themselves."""
    seen: set[str] = set()
    for number, endpoint in enumerate(file.endpoints):
        place = f"endpoints[{number}] ({endpoint.name})"
        if endpoint.name in seen:
            yield f"{place}: Another endpoint has this name. Give each its own, since metrics are told apart by it."
        seen.add(endpoint.name)
        timeout = endpoint.timeout_seconds or file.timeout_seconds
        if timeout > file.interval_seconds:
            yield (
                f"{place}: A round may take {timeout:g} s, and the next begins after {file.interval_seconds:g} s. "
                f"Lower "
                "timeoutSeconds, or raise intervalSeconds."
            )
        if endpoint.slow_seconds is not None and endpoint.slow_seconds >= timeout:
            yield (
                f"{place}: slowSeconds is {endpoint.slow_seconds:g} and the timeout {timeout:g} s, so that no round is "
                "ever slow. Give less than the timeout."
            )


def _target(
    endpoint: ProbeEndpoint, timeout_seconds: float, directory: Path, schemas: dict[tuple[str, bool], Expectation]
) -> Target:
    eras = tuple(Era(era) for era in endpoint.eras)
    check_version(endpoint.protocol_version, eras, "protocolVersion")
    _check_use(endpoint)
    watched = Watched(
        url=check_url(endpoint.url, "url", "headers, each with the variable or the file that holds its value"),
        name=endpoint.name,
        server=endpoint.server or endpoint.name,
        region=endpoint.region or "",
        eras=eras,
        version=endpoint.protocol_version,
        expectation=_expectation(endpoint, directory, schemas),
        call=None if endpoint.tool is None else Call(endpoint.tool.name, endpoint.tool.arguments or {}),
        checks=frozenset(Check(name) for name in endpoint.checks),
        affinity=endpoint.affinity,
        timeout_seconds=endpoint.timeout_seconds or timeout_seconds,
        slow_seconds=endpoint.slow_seconds,
        max_bytes=endpoint.max_bytes,
        keep_cookies=endpoint.cookies,
    )
    return Target(watched, tuple(_header(header, directory) for header in endpoint.headers))


def _check_use(endpoint: ProbeEndpoint) -> None:
    """Refuse what would not be looked at, and a header that is given twice."""
    if endpoint.strict_schema and endpoint.schema_file is None:
        raise ProbeError("strictSchema compares with the file of schemaFile. Name it, or leave strictSchema out.")
    check_looks(endpoint.eras, endpoint.affinity, endpoint.checks, "{}")
    names = [header.name.lower() for header in endpoint.headers]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ProbeError(f"The header '{twice}' is given twice. Keep one of the two.")


def _expectation(
    endpoint: ProbeEndpoint, directory: Path, schemas: dict[tuple[str, bool], Expectation]
) -> Expectation | None:
    """The expectation of an endpoint; those that name one file share it."""
    if endpoint.schema_file is None:
        return None
    key = endpoint.schema_file, endpoint.strict_schema
    if key not in schemas:
        schemas[key] = read_expectation(directory / endpoint.schema_file, strict=endpoint.strict_schema)
    return schemas[key]


def _header(header: ProbeHeader, directory: Path) -> HeaderSource:
    if (header.variable is None) == (header.file is None):
        raise ProbeError(
            f"The header '{header.name}' needs either variable or file, the place of its value. Give one of them."
        )
    if is_set_by_clients(header.name):
        raise ProbeError(f"The header '{header.name}' is set by the probe itself. Leave it out.")
    source = HeaderSource(header.name, header.variable, None if header.file is None else directory / header.file)
    try:
        source.value()
    except UnreadableHeaderError as error:
        raise ProbeError(f"The header '{header.name}' cannot be sent: {error}. Put the value there.") from None
    return source


def _refused(path: Path, problems: list[str]) -> ProbeError:
    count = len(problems)
    lines = [f"--config '{path}' cannot be used: {count} {'problem' if count == 1 else 'problems'}."]
    lines += [f"  {problem}" for problem in problems[:_SHOWN]]
    if count > _SHOWN:
        lines.append(f"  {count - _SHOWN} more are shown when these are mended.")
    return ProbeError("\n".join(lines))
