"""What others build on: the names of the metrics, and the closed set of reasons."""

from __future__ import annotations

import re

import pytest
from typer.main import get_command

from pulumi_kubernetes_mcp.cli import app
from pulumi_kubernetes_mcp.probe import metric_names
from pulumi_kubernetes_mcp.probe.reasons import EXPLANATIONS, Reason


def test_every_name_is_listed_and_follows_the_conventions_of_prometheus() -> None:
    said = {value for value in vars(metric_names).values() if isinstance(value, str) and value.startswith("mcp_probe_")}
    assert said == set(metric_names.NAMES)
    for name in metric_names.NAMES:
        assert re.fullmatch(r"[a-z_]+", name)
        # The suffixes of other series of a histogram would be taken for them.
        assert not name.endswith(("_bucket", "_sum", "_count"))
    assert list(metric_names.PHASE_BUCKETS) == sorted(set(metric_names.PHASE_BUCKETS))


def test_every_reason_has_its_meaning_and_a_remedy() -> None:
    assert set(EXPLANATIONS) == set(Reason)
    for reason, explanation in EXPLANATIONS.items():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", reason)
        for text in (explanation.means, explanation.remedy):
            assert text.endswith("."), reason
    assert len({explanation.means for explanation in EXPLANATIONS.values()}) == len(Reason)


@pytest.mark.grid
def test_options_that_a_remedy_names_are_those_of_the_command() -> None:
    command = get_command(app).commands["probe"]  # type: ignore[attr-defined]
    known = {option for parameter in command.params for option in parameter.opts}
    named = {option for one in EXPLANATIONS.values() for option in re.findall(r"--[a-z-]+", one.remedy)}
    assert named
    assert named <= known
