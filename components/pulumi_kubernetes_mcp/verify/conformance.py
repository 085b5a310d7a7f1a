"""The official conformance suite, a pinned release of it: only the scenarios that need no fixture in the server."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from ..probe.answer import Answer
from .checks import Check
from .observed import Conformance, Observed
from .request import Request
from .wire import Wire, result

PACKAGE = "@modelcontextprotocol/conformance"
RELEASE = "0.2.0-alpha.12"
"""The first line of releases that knows the modern revision; its 'latest' on npm does not."""
LEAST_NODE = 22
"""The release imports fs.globSync, and stops with a SyntaxError on Node 20."""
SCENARIOS = {
    "modern": (
        "2026-07-28",
        ("http-header-validation", "server-stateless", "caching", "resources-list", "prompts-list"),
    ),
    "legacy-stateful": (
        "2025-11-25",
        ("server-initialize", "ping", "server-session-lifecycle", "server-sse-multiple-streams"),
    ),
    "legacy-stateless": ("2025-11-25", ("server-initialize", "ping")),
}
"""Scenarios by era that ask for no tool, prompt or resource of their own."""
OFFERS = {"resources-list": "resources", "prompts-list": "prompts"}
"""Scenarios of what a server need not offer, to the capability that says whether it does."""
OF_A_CAPABILITY = {
    "sep-2549-prompts-list-caching-hints": "prompts",
    "sep-2549-resources-list-caching-hints": "resources",
    "sep-2549-resources-templates-list-caching-hints": "resources",
}
"""The same of single checks: they fail where the method is not there."""
OF_A_FIXTURE = frozenset(
    {
        "sep-2575-server-rejects-undeclared-capability",
        "sep-2575-missing-capability-http-400",
        "sep-2575-http-server-no-independent-requests-on-stream",
        "sep-2575-server-no-log-without-loglevel",
    }
)
"""Checks that call a tool of the suite's own fixture server, and fail with every other one."""
SCENARIO_SECONDS = 60
MOST_CHARACTERS = 160
"""Of what the suite says of a check that failed."""
CHECKS = "checks.json"
"""What the suite leaves of a scenario, in a folder of its own."""
_NODE = re.compile(r"v(\d+)\.")


async def look_at_conformance(request: Request, seen: Observed) -> None:
    """Run the scenarios of the eras that the server speaks."""
    if not request.conformance:
        seen.unseen[Check.CONFORMANCE] = "--conformance was not given, which downloads the suite from npm"
        return
    if request.target.headers:
        seen.unseen[Check.CONFORMANCE] = "the suite cannot send headers, such as a token"
        return
    if (missing := await _missing()) is not None:
        seen.unseen[Check.CONFORMANCE] = missing
        return
    found = Conformance()
    offered = {era: await _offered(request, stateful=era != "modern") for era in seen.eras if era in SCENARIOS}
    for era, capabilities in offered.items():
        version, scenarios = SCENARIOS[era]
        for scenario in scenarios:
            name = f"{scenario} ({version})"
            if OFFERS.get(scenario, scenario) not in (scenario, *capabilities):
                found.not_offered.append(name)
                continue
            checks = await _run(request.target.url, version, scenario)
            if isinstance(checks, str):
                seen.unseen[Check.CONFORMANCE] = checks
                return
            failed = failures(checks, capabilities)
            if failed:
                found.failed.append(f"{name}: {failed[0]}{f' and {len(failed) - 1} more' if failed[1:] else ''}")
            else:
                found.passed.append(name)
    seen.conformance = found


def failures(checks: Iterable[Mapping[str, Any]], offered: Collection[str]) -> list[str]:
    """What failed in a scenario, in the suite's words, without what a server need not have.

    :param checks: the suite's own, with an id, a status and words.
    :param offered: the capabilities that the server declares.
    """
    found = []
    for one in checks:
        name = str(one.get("id"))
        capability = OF_A_CAPABILITY.get(name)
        if one.get("status") != "FAILURE" or name in OF_A_FIXTURE or not (capability is None or capability in offered):
            continue
        words = " ".join(str(one.get("errorMessage") or one.get("description") or "").split())
        found.append(f"{name}, {words[:MOST_CHARACTERS]}" if words else name)
    return found


async def _offered(request: Request, *, stateful: bool) -> frozenset[str]:
    """The capabilities that a server declares; all that are asked for, where it says nothing that can be read."""
    async with Wire(request.target) as wire:
        answer: Answer = await (wire.initialize() if stateful else wire.discover())
        session = answer.headers.get("mcp-session-id")
        if session is not None:
            await wire.delete(session)
    said = (result(answer) or {}).get("capabilities")
    return frozenset(said) if isinstance(said, Mapping) else frozenset(OFFERS.values())


async def _missing() -> str | None:
    """What is not installed."""
    if shutil.which("node") is None or shutil.which("npx") is None:
        return f"node {LEAST_NODE} or newer, with npx, is not installed"
    process = await asyncio.create_subprocess_exec("node", "--version", stdout=subprocess.PIPE)
    out, _ = await process.communicate()
    version = out.decode(errors="replace").strip()
    found = _NODE.match(version)
    if found is None or int(found[1]) < LEAST_NODE:
        return f"{PACKAGE}@{RELEASE} needs node {LEAST_NODE} or newer, and this is {version or 'unknown'}"
    return None


async def _run(url: str, version: str, scenario: str) -> list[dict[str, Any]] | str:
    """The checks of a scenario, or why there are none."""
    with tempfile.TemporaryDirectory(prefix="mcp-stack-") as folder:
        command = ["npx", "--yes", f"{PACKAGE}@{RELEASE}", "server", "--url", url]
        process = await asyncio.create_subprocess_exec(
            *command,
            *("--scenario", scenario, "--spec-version", version, "-o", folder),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(SCENARIO_SECONDS):
                code = await process.wait()
        except TimeoutError:
            return f"the suite did not end its scenario {scenario} within {SCENARIO_SECONDS} s"
        finally:
            if process.returncode is None:
                os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
        for file in Path(folder).rglob(CHECKS):
            found: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
            return found
    return f"the suite left no result of its scenario {scenario}: npx ended with {code}; is the npm registry reached?"
