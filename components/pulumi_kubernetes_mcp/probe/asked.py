"""What a command line asks for, as an endpoint to be watched, or what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from ..eras import NAMES, Era
from ..measuring.target import HEADER_OF_VARIABLE, check_url
from ..settings.probe_file import LEAST_BYTES, LEAST_TIMEOUT, MOST_AFFINITY, MOST_BYTES, MOST_TIMEOUT
from .expectation_file import read_expectation
from .refused import ProbeError
from .versions import VERSIONS, fits
from .watched import Call, Check, Watched


def asked(
    url: str,
    *,
    eras: Sequence[str] = (),
    version: str | None = None,
    schema: Path | None = None,
    strict: bool = False,
    tool: str | None = None,
    arguments: str | None = None,
    checks: Sequence[str] = (),
    affinity: int = 0,
    timeout: float,
    slow: float | None = None,
    max_bytes: int,
    keep_cookies: bool = False,
) -> Watched:
    """The endpoint in the words of the options."""
    _bounded("--timeout", timeout, LEAST_TIMEOUT, MOST_TIMEOUT, "seconds; clients wait no longer either")
    _bounded("--affinity", affinity, 0, MOST_AFFINITY, "requests; more are a load test")
    _bounded("--max-bytes", max_bytes, LEAST_BYTES, MOST_BYTES, "bytes of one answer are held in memory")
    if slow is not None and not 0 < slow < timeout:
        raise ProbeError(
            f"--slow is {slow:g} s and --timeout is {timeout:g} s. A round that takes longer than its timeout is not "
            "slow, but has failed: give less than the timeout."
        )
    known = tuple(Era(_known("--era", name, NAMES)) for name in eras)
    check_version(version, known, "--protocol-version")
    check_looks(known, affinity, checks, "--{}")
    if arguments is not None and tool is None:
        raise ProbeError("--arguments belong to a tool. Name it with --tool, or leave them out.")
    if strict and schema is None:
        raise ProbeError("--strict compares with the file of --schema. Name it, or leave --strict out.")
    return Watched(
        url=check_url(url, "URL", HEADER_OF_VARIABLE),
        name=url.partition("?")[0],
        eras=known,
        version=version,
        expectation=None if schema is None else read_expectation(schema, strict=strict),
        call=None if tool is None else Call(tool, _arguments(arguments)),
        checks=frozenset(Check(_known("--check", name, [check.value for check in Check])) for name in checks),
        affinity=affinity,
        timeout_seconds=timeout,
        slow_seconds=slow,
        max_bytes=max_bytes,
        keep_cookies=keep_cookies,
    )


def check_version(version: str | None, eras: Sequence[Era], option: str) -> None:
    """Refuse a version that does not exist, or that none of the expected eras speaks."""
    if version is None:
        return
    if version not in VERSIONS:
        raise ProbeError(f"{option} '{version[:40]}' does not exist. The versions of MCP are: {', '.join(VERSIONS)}")
    if eras and not any(fits(version, era) for era in eras):
        raise ProbeError(
            f"{option} {version} is spoken by none of the eras that are expected ({', '.join(eras)}). Take one of them "
            "out, or the version."
        )


def check_looks(eras: Sequence[str], affinity: int, checks: Sequence[str], option: str) -> None:
    """Refuse a look that is not made over a stream, where nothing else is spoken.

    :param option: how an option is written, with ``{}`` for its name.
    """
    if not eras or set(eras) != {Era.SSE}:
        return
    looks = [option.format("affinity")] if affinity else []
    word = option.format("check" if option.startswith("-") else "checks")
    looks += [f"{word} {one}" for one in checks if one != Check.AUTHORIZATION]
    if looks:
        raise ProbeError(
            f"Not looked at over HTTP+SSE, the only era: {', '.join(looks)}. Leave it out, or expect another era."
        )


def _arguments(text: str | None) -> dict[str, object]:
    try:
        value = json.loads("{}" if text is None else text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise ProbeError(
            '--arguments are not a JSON object. Write them in single quotes, such as --arguments \'{"text": "a"}\''
        )
    return value


def _bounded(option: str, value: float, least: float, most: float, why: str) -> None:
    if not least <= value <= most:
        raise ProbeError(f"{option} is {value:g}. Give {least:g} to {most:g} {why}.")


def _known(option: str, value: str, known: Sequence[str]) -> str:
    if value not in known:
        raise ProbeError(f"{option} '{value[:40]}' is not known. Use one of: {', '.join(known)}")
    return value
