"""KEDA's own cron scaler, asked: `go/keda` built, started once, fed with windows and moments, and read."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from tests.cluster.build import KEDA, binaries
from tests.cluster.keda_files import need_time_zones

LIMIT_S = 120


@dataclass(frozen=True)
class Asked:
    """A cron trigger's metadata, and moments in ascending order, after the year 2000."""

    start: str
    end: str
    time_zone: str
    at: tuple[datetime, ...] = ()
    replicas: str = "5"


@dataclass(frozen=True)
class Answer:
    """What KEDA's scaler said: per moment, or why it said nothing."""

    metric: str
    target: str
    values: tuple[int, ...]
    active: tuple[bool, ...]
    refused: str
    """Why there is no scaler; the ScaledObject is never ready."""
    error: str
    """Why the scaler has no answer; the ScaledObject is ready, and the metric fails."""


def ask(cases: Sequence[Asked]) -> list[Answer]:
    """The answers to the cases, in their order; `MissingError` when the program has not been built."""
    need_time_zones()
    program = binaries([KEDA])["keda-cron-oracle"]
    lines = "".join(json.dumps(_request(case)) + "\n" for case in cases)
    done = subprocess.run([program], input=lines, capture_output=True, text=True, timeout=LIMIT_S)
    if done.returncode:
        raise RuntimeError(f"the oracle ended with {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    return [_answer(json.loads(line)) for line in done.stdout.splitlines()]


def _request(case: Asked) -> dict[str, object]:
    metadata = {
        "start": case.start,
        "end": case.end,
        "timezone": case.time_zone,
        "desiredReplicas": case.replicas,
    }
    moments = [moment.astimezone(UTC) for moment in case.at]
    assert moments == sorted(moments)
    return {"metadata": metadata, "at": [moment.isoformat().replace("+00:00", "Z") for moment in moments]}


def _answer(found: dict[str, object]) -> Answer:
    values, active = found["values"] or [], found["active"] or []
    assert isinstance(values, list)
    assert isinstance(active, list)
    texts = [str(found[key]) for key in ("metric", "target", "refused", "error")]
    return Answer(texts[0], texts[1], tuple(int(value) for value in values), tuple(active), texts[2], texts[3])
