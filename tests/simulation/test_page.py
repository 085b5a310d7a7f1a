"""docs/simulation.md shows what is so: its output, its scenarios, its options, and the numbers that it names."""

from __future__ import annotations

import re

import pytest
import typer.main

from pulumi_kubernetes_mcp.cli import app
from pulumi_kubernetes_mcp.rehearsal import START_SECONDS
from pulumi_kubernetes_mcp.simulation import fleet, hpa, metrics, pods, result, run, traffic
from pulumi_kubernetes_mcp.simulation.scenarios import scenarios
from pulumi_kubernetes_mcp.simulation.waits import STEP
from tools.docs import simulation as page

TEXT = page.PAGE.read_text(encoding="utf-8")
PROSE = " ".join(TEXT.split())


@pytest.mark.grid
def test_the_output_is_up_to_date() -> None:
    """``make docs`` writes it."""
    assert page.page() == TEXT


@pytest.mark.parametrize("name", page.SHOWN)
def test_every_output_is_shown(name: str) -> None:
    assert f"<!-- simulation: {name} -->\n```text\n$ mcp-stack simulate" in TEXT


def test_every_scenario_is_named() -> None:
    section = TEXT.split("## The scenarios")[1].split("##")[0]
    assert [name for name in scenarios(peak=1) if f"`{name}`" not in section] == []


@pytest.mark.grid
def test_every_option_exists() -> None:
    command = typer.main.get_command(app).commands["simulate"]  # type: ignore[attr-defined]
    known = {option for parameter in command.params for option in parameter.opts}
    assert set(re.findall(r"--[a-z][a-z-]+", re.sub(r"```text.*?```", "", TEXT, flags=re.DOTALL))) <= known


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (STEP, "in steps of five seconds"),
        (START_SECONDS, "answer after 20 s"),
        (pods.PROPAGATION_SECONDS, "noticed, 5 s after the deletion"),
        (pods.BOOT_SHARE, "The first half they are Pending"),
        (fleet.UNNOTICED_SECONDS, "noticed after 50 s"),
        (fleet.TOLERATED_SECONDS, "replaced after another 300"),
        (metrics.RESOURCE_PERIOD, "the mean of the 15 s"),
        (metrics.RESOURCE_PERIOD, "that ended at most 15 s ago"),
        ((run.PASS_NANOSECONDS + hpa.KUBERNETES_1_36.sync_period * 1e9) / 1e9, "begin 15.01 s apart"),
        (run.Options(session_seconds=1).scrape_seconds, "at most 15 s"),
        (run.Options(session_seconds=1).retry_seconds, "try again after 5 s"),
        (traffic.LONGEST_PAUSE, "up to a minute"),
        (result.QUIET_SECONDS, "met for two minutes"),
        (result.MISSED_SHARE, "more than one call in twenty"),
    ],
)
def test_the_numbers_are_those_of_the_code(value: float, words: str) -> None:
    assert words in PROSE
    meant = {
        "five": 5,
        "half": 0.5,
        "a minute": 60,
        "two minutes": 120,
        "twenty": 1 / 20,
    }
    found = [number for word, number in meant.items() if word in words] or [
        float(number) for number in re.findall(r"\d+(?:\.\d+)?", words)
    ]
    assert found[0] == value
