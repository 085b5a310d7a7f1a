"""The real HorizontalPodAutoscaler, asked: `go/hpa` built, started once, fed with cases and read."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from typing import Any

from tests.cluster.build import ORACLE, binaries

LIMIT_S = 300


def ask(cases: Sequence[dict[str, Any]]) -> list[Any]:
    """The answers to the cases, in their order; `MissingError` when the program has not been built."""
    program = binaries([ORACLE])["hpa-oracle"]
    lines = "".join(json.dumps(case) + "\n" for case in cases)
    done = subprocess.run([program], input=lines, capture_output=True, text=True, timeout=LIMIT_S)
    if done.returncode:
        raise RuntimeError(f"the oracle ended with {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    if len(answers) != len(cases):
        raise RuntimeError(f"{len(cases)} cases, {len(answers)} answers")
    return answers
