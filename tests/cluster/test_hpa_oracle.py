"""The simulated HorizontalPodAutoscaler against the real one: every decision, and every pass of whole lives.

Where they differ the real one is right. The seeds are fixed; set `MCP_HPA_SEED` for another draw.
"""

from __future__ import annotations

import os
import platform
import random
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from pulumi_kubernetes_mcp.simulation.hpa import Proposal, from_manifest, milli_value
from pulumi_kubernetes_mcp.simulation.hpa.quantity import approximate_float
from tests.cluster import hpa_oracle
from tests.cluster.gomodules import MissingError
from tests.cluster.hpa_decisions import METHODS, Case, any_case
from tests.cluster.hpa_goldens import GOLDENS, played
from tests.cluster.hpa_manifests import TEXTS, any_manifest, described, unreadable, verdict
from tests.cluster.hpa_scenarios import Scenario, expected, life, swing
from tests.cluster.hpa_worlds import Json
from tests.missing import leave_out

SEED = int(os.environ.get("MCP_HPA_SEED") or 20261121)
DECISIONS = 600
"""For each method of the calculator."""
LIVES = 40
SWINGS = 60
MANIFESTS = 1500
OVERFLOWS_ALIKE = platform.machine().lower() in ("x86_64", "amd64")
"""Go leaves to the processor what a float becomes that does not fit an integer; the simulator does as amd64 does."""

Say = Callable[[str], None]


def ask(cases: Sequence[Json]) -> list[Any]:
    try:
        return hpa_oracle.ask(cases)
    except MissingError as error:
        leave_out(f"HPA oracle cannot run: {error}")


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Prints past pytest, so that the figures are seen when the tests pass."""

    def past(text: str) -> None:
        with capsys.disabled():
            print(f"\n{text}", flush=True)

    return past


def decisions(method: str) -> list[tuple[Case, Json]]:
    """Random cases of one method with the real answers."""
    chance = random.Random(f"{SEED} {method}")
    cases = [any_case(chance, method) for _ in range(DECISIONS)]
    cases = [case for case in cases if OVERFLOWS_ALIKE or not case.beyond]
    return list(zip(cases, ask([case.json() for case in cases]), strict=True))


def in_words(proposal: Proposal | None) -> tuple[int, int, int] | None:
    return None if proposal is None else (proposal.replicas, proposal.usage, proposal.utilization or 0)


@pytest.mark.parametrize("method", METHODS)
def test_every_decision_is_the_real_one(method: str, say: Say) -> None:
    outcomes: Counter[str] = Counter()
    for case, answer in decisions(method):
        real = None if answer["error"] else (answer["replicas"], answer["usage"], answer["utilization"])
        assert in_words(case.simulated()) == real, (answer, case)
        assert in_words(case.simulated(fast=True)) == real, (answer, case)
        outcomes[_outcome(case, answer)] += 1
    for outcome in ("up", "down", "as it is", "error"):
        assert outcomes[outcome] >= 3, f"the cases hardly ever end in {outcome!r}: {outcomes}"
    shown = ", ".join(f"{outcome} {count}" for outcome, count in sorted(outcomes.items()))
    say(f"HPA oracle, {method}: {outcomes.total()} of {outcomes.total()} decisions agree ({shown})")


def _outcome(case: Case, answer: Json) -> str:
    if answer["error"]:
        return "error"
    change = answer["replicas"] - case.current
    return "up" if change > 0 else "down" if change < 0 else "as it is"


def comparable(decision: Json) -> Json:
    """What must be the same; a mean over no pods at all is a float that fits no integer."""
    left_out = ("desired", "error") if OVERFLOWS_ALIKE else ("desired", "error", "usages")
    return {key: value for key, value in decision.items() if key not in left_out}


def compare(scenarios: Sequence[Scenario], name: str, say: Say) -> Counter[str]:
    """Every pass of every scenario; its reasons are counted so that a test can ask for variety."""
    answers = ask([{"scenario": scenario.json} for scenario in scenarios])
    seen: Counter[str] = Counter()
    for number, (scenario, passes) in enumerate(zip(scenarios, answers, strict=True)):
        assert len(passes) == len(scenario.decisions)
        for index, (decision, answer) in enumerate(zip(scenario.decisions, passes, strict=True)):
            real = comparable(answer | {"failed": bool(answer["error"])})
            assert comparable(expected(decision)) == real, f"{name} {number}, pass {index}: {answer}, {decision}"
            if scenario.fast:
                assert comparable(expected(scenario.fast[index])) == real, f"{name} {number}, pass {index}, in groups"
            if not answer["error"]:
                assert decision.desired == answer["desired"]
            seen["passes"] += 1
            seen["changes"] += decision.rescaled
            seen.update(reason for _, reason in decision.conditions.values())
    say(
        f"HPA oracle, {name}: {seen['passes']} of {seen['passes']} passes of {len(scenarios)} scenarios agree "
        f"({seen['changes']} changes, {seen['ScaleUpLimit'] + seen['ScaleDownLimit']} held by a rate, "
        f"{seen['ScaleUpStabilized'] + seen['ScaleDownStabilized']} by a window)"
    )
    return seen


def test_golden_lives_are_the_real_ones(say: Say) -> None:
    scenarios = [played(golden) for golden in GOLDENS]
    for golden, scenario in zip(GOLDENS, scenarios, strict=True):
        assert [decision.desired for decision in scenario.decisions] == list(golden.replicas), golden.name
    compare(scenarios, "golden lives", say)


def test_whole_lives_go_as_the_real_ones(say: Say) -> None:
    seen = compare([life(SEED + number) for number in range(LIVES)], "lives", say)
    wanted = ["FailedGetResourceMetric", "FailedGetExternalMetric", "FailedUpdateScale", "ScaledToZero"]
    wanted += ["ScalingDisabled", "TooFewReplicas", "TooManyReplicas", "ScaleUpStabilized", "ScaleDownStabilized"]
    assert not [reason for reason in wanted if not seen[reason]]
    assert seen["changes"] >= 3 * LIVES


def test_windows_and_policies_work_as_the_real_ones(say: Say) -> None:
    seen = compare([swing(SEED + number) for number in range(SWINGS)], "swings", say)
    assert seen["changes"] >= 10 * SWINGS
    assert min(seen["ScaleUpLimit"], seen["ScaleDownLimit"]) >= 5 * SWINGS


def test_manifests_are_read_as_the_api_server_reads_them(say: Say) -> None:
    chance = random.Random(SEED)
    given = [(any_manifest(chance), chance.random() < 0.5) for _ in range(MANIFESTS)]
    answers = ask([{"manifest": {"hpa": hpa, "scale_to_zero": zero}} for hpa, zero in given])
    ends: Counter[str] = Counter()
    for (hpa, zero), answer in zip(given, answers, strict=True):
        why = answer.pop("refused")
        if why or unreadable(answer, hpa):
            with pytest.raises(ValueError, match=r"^(spec|kind|apiVersion)[^ ]*"):
                from_manifest(hpa, scale_to_zero=zero)
            ends["refused" if why else "unreadable"] += 1
        else:
            assert described(from_manifest(hpa, scale_to_zero=zero)) == verdict(answer), hpa
            ends["taken"] += 1
    assert min(ends["refused"], ends["taken"]) > MANIFESTS // 4
    assert ends["unreadable"]
    say(f"HPA oracle, manifests: {ends.total()} of {ends.total()} agree ({dict(ends)})")


def test_quantities_are_the_real_ones() -> None:
    answers = ask([{"quantity": {"text": text}} for text in TEXTS])
    for text, answer in zip(TEXTS, answers, strict=True):
        if answer["error"]:
            with pytest.raises(ValueError, match="quantity"):
                milli_value(text)
        else:
            assert (milli_value(text), approximate_float(text)) == (answer["milli"], answer["float"]), text
