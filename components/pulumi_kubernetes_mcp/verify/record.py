"""What was seen, as the file that a stack names, and as a table. Pure."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

import yaml
from rich.table import Table
from rich.text import Text

from ..report.console import clean
from ..rules.forms import HIDDEN, redacted
from ..settings.verified import Outcome, Verified, VerifiedCheck
from .judge import FAIL, PASS, UNKNOWN, Verdict
from .observed import Observed
from .request import Request

_COLOURS: dict[Outcome, str] = {PASS: "green", FAIL: "bold red", UNKNOWN: "yellow"}
_MOST = 1000
_NAMES_A_SECRET = re.compile(r"pass|secret|token|key|credential|auth|dsn|database.?url", re.IGNORECASE)


def record(seen: Observed, verdicts: Sequence[Verdict], request: Request, when: datetime) -> Verified:
    """The file of what was seen. It holds no header, and no secret of the command."""
    command = _plain(shown(request.start)) if request.start else None
    return Verified(
        server=_plain(seen.server),
        verified_at=when.strftime("%Y-%m-%dT%H:%M:%SZ"),
        command=command,
        image=request.image,
        eras=cast(Any, list(seen.eras)),
        start_seconds=seen.start_seconds,
        memory_mib=seen.memory_mib,
        listens_on=seen.listens_on,
        routes=seen.routes,
        metrics=seen.metrics,
        hosts=seen.hosts,
        sessions=seen.sessions,
        authorization=seen.authorization,
        drain=seen.drain,
        state=seen.state,
        checks=[
            VerifiedCheck(check=one.check.value, outcome=one.outcome, seen=_plain(redacted(one.seen))[:_MOST])
            for one in verdicts
        ],
    )


def text(made: Verified) -> str:
    """The file: YAML with the keys of a stack file."""
    head = "# What 'mcp-stack verify' saw. A stack file names it: mcp:server.verified\n"
    return head + yaml.safe_dump(data(made), sort_keys=False, allow_unicode=True, width=120)


def data(made: Verified) -> dict[str, Any]:
    """The file as plain data."""
    return made.model_dump(mode="json", by_alias=True, exclude_none=True)


def shown(command: Sequence[str]) -> str:
    """A command without what is, or may be, a secret: what an option is given whose name says so, too."""
    words, hide = [], False
    for word in command:
        name, equals, value = word.partition("=")
        if hide and not word.startswith("-"):
            word = HIDDEN
        elif equals and value and _NAMES_A_SECRET.search(name):
            word = f"{name}={HIDDEN}"
        hide = word.startswith("-") and not equals and bool(_NAMES_A_SECRET.search(word))
        words.append(word)
    return redacted(shlex.join(words))


def _plain(words: str) -> str:
    return " ".join(clean(words).split())


def table(verdicts: Sequence[Verdict]) -> Table:
    """Every line of the contract: whether it is kept, what was seen, what it is for and what to change."""
    made = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    made.add_column("Check", no_wrap=True)
    made.add_column("", no_wrap=True)
    made.add_column("What was seen")
    made.add_column("What it means, and what to change")
    for one in verdicts:
        words = one.means if not one.remedy else f"{one.means}. {one.remedy}"
        made.add_row(
            one.check.value,
            Text(one.outcome.replace("-", " "), style=_COLOURS[one.outcome]),
            Text(clean(one.seen)),
            Text(words if one.outcome != PASS else "", style="" if one.outcome == FAIL else "dim"),
        )
    return made


def counted(verdicts: Sequence[Verdict]) -> str:
    """How many lines are kept, in a sentence."""
    number = {outcome: sum(one.outcome == outcome for one in verdicts) for outcome in (PASS, FAIL, UNKNOWN)}
    return f"{number[PASS]} passed, {number[FAIL]} failed, {number[UNKNOWN]} not verified."
