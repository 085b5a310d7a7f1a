"""A region that is lost or drained: who takes its clients, and what a person reads of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from pulumi_kubernetes_mcp.cli import app
from pulumi_kubernetes_mcp.planned_stacks import PlannedStack
from pulumi_kubernetes_mcp.region_takeover import drains, takeovers
from tests.region.test_stack_agreement import LEAST, planned

WEIGHTED = {"routing": "weighted", "healthCheckId": "a1"}


def stack(name: str, sessions: int, maximum: int = 30, dns: dict[str, Any] | None = None, **more: Any) -> PlannedStack:
    edge = {**LEAST["mcp:edge"], **({} if dns is None else {"dns": dns}), **more.pop("edge", {})}
    scaling = {"maxReplicas": maximum, **more.pop("scaling", {})}
    return planned(name, edge=edge, workload={"peakSessions": sessions}, scaling=scaling, **more)


def test_two_regions_of_which_one_is_small() -> None:
    """A pod serves 50 sessions, and 30 % are headroom: 1,000 sessions are 26 pods, 1,500 are 39, 500 are 13."""
    east, west = takeovers([stack("us-east", 1000, 40), stack("eu-west", 500, 20)])
    assert (east.lost, east.sessions, east.carried) == ("us-east", 1000, False)
    (share,) = east.shares
    assert (share.stack, share.own_sessions, share.taken_sessions) == ("eu-west", 500, 1000)
    assert (share.own_pods, share.needed_pods, share.max_pods, share.carries) == (13, 39, 20, False)
    (share,) = west.shares
    assert (share.needed_pods, share.max_pods, west.carried) == (39, 40, True)


def test_clients_go_by_weight_where_weights_say_it() -> None:
    stacks = [
        stack("a", 800, dns={**WEIGHTED, "weight": 10}),
        stack("b", 100, dns={**WEIGHTED, "weight": 30}),
        stack("c", 100, dns={**WEIGHTED, "weight": 10}),
        stack("d", 100, dns={**WEIGHTED, "weight": 90, "drained": True}),
    ]
    lost = takeovers(stacks)[0]
    # The 100 of d, which is drained, went to a, b and c by 10, 30 and 10; the 820 of a go to b and c by 30 and 10.
    assert lost.sessions == 820
    assert [(one.stack, one.own_sessions, one.taken_sessions) for one in lost.shares] == [
        ("b", 160, 615),
        ("c", 120, 205),
        ("d", 100, 0),
    ]


@pytest.mark.grid
def test_regions_that_are_drained_one_after_the_other_end_at_the_last_one() -> None:
    """Nobody is lost on the way: the last of three bears the clients of all, whatever the weights are."""
    for drained in ({"drained": True}, {}):
        stacks = [
            stack("a", 600, dns={**WEIGHTED, "weight": 10}),
            stack("b", 500, dns={**WEIGHTED, "weight": 20}),
            stack("c", 600, dns={**WEIGHTED, "weight": 30, **drained}),
        ]
        shares = {one.stack: one for one in takeovers(stacks)[0].shares}
        found = (shares["b"].own_sessions, shares["b"].taken_sessions, shares["b"].needed_pods)
        # 1,700 × 1.3 / 50 = 44.2, and 740 × 1.3 / 50 = 19.24
        assert found == ((900, 800, 45) if drained else (500, 240, 20))


def test_by_latency_what_is_drained_may_be_where_the_loss_is() -> None:
    near = {"routing": "latency", "awsRegion": "us-east-1", "healthCheckId": "a1"}
    stacks = [stack("a", 100, dns=near), stack("b", 200, dns=near), stack("c", 400, dns={**near, "drained": True})]
    lost = takeovers(stacks)[0]
    assert lost.sessions == 500
    assert [(one.stack, one.own_sessions, one.taken_sessions) for one in lost.shares] == [
        ("b", 200, 500),
        ("c", 400, 0),
    ]


def test_the_nearest_region_has_to_bear_all() -> None:
    stacks = [stack(name, 100) for name in ("a", "b", "c")]
    assert [(one.stack, one.taken_sessions) for one in takeovers(stacks)[0].shares] == [("b", 100), ("c", 100)]


def test_nobody_is_left() -> None:
    first = {**WEIGHTED, "weight": 10}
    lost = takeovers([stack("a", 100, dns=first), stack("b", 100, dns={**first, "drained": True})])[0]
    assert (lost.shares[0].taken_sessions, lost.carried) == (0, False)


def test_one_region_and_other_hosts_are_no_takeover() -> None:
    other = planned("b", edge={"host": "other.example.com"}, workload={"peakSessions": 10})
    assert takeovers([stack("a", 100)]) == takeovers([stack("a", 100), other]) == ()


@pytest.mark.parametrize(
    ("eras", "empty"), [(["modern"], 30), (["legacy-stateful"], 30 + 20 * 60), (["modern", "legacy-stateful"], 1230)]
)
def test_a_drained_region_is_empty_when_its_sessions_have_ended(eras: list[str], empty: int) -> None:
    server = {**LEAST["mcp:server"], "eras": eras}
    scaling = {"prometheusAddress": "http://prometheus.monitoring:9090"}
    stacks = [
        stack(name, 100, dns={**WEIGHTED, "weight": 50, "ttlSeconds": 30}, server=server, scaling=scaling)
        for name in ("a", "b")
    ]
    (drained,) = drains(stacks, "a")
    assert (drained.empty_after_seconds, drained.withdrawn) == (empty, False)


def project(folder: Path, **stacks: dict[str, Any]) -> None:
    folder.joinpath("Pulumi.yaml").write_text("name: mcp\nruntime: python\n")
    for name, groups in stacks.items():
        config = {**LEAST, "mcp:region": {"name": name}, **{f"mcp:{key}": value for key, value in groups.items()}}
        folder.joinpath(f"Pulumi.{name}.yaml").write_text(yaml.safe_dump({"config": config}))


def run(folder: Path, *words: str) -> Any:
    return CliRunner().invoke(app, ["region", *words, "-C", str(folder)], env={"COLUMNS": "160"})


def groups(sessions: int, maximum: int, **dns: Any) -> dict[str, Any]:
    return {
        "workload": {"peakSessions": sessions},
        "scaling": {"maxReplicas": maximum},
        "edge": {**LEAST["mcp:edge"], "dns": {**WEIGHTED, "weight": 50, **dns}},
    }


@pytest.mark.grid
def test_a_loss_that_nobody_carries_fails_with_the_remedy(tmp_path: Path) -> None:
    project(tmp_path, east=groups(1000, 40), west=groups(500, 20))
    result = run(tmp_path)
    assert result.exit_code == 1
    assert "19 pods short" in result.stdout
    assert "west: set mcp:scaling.maxReplicas to 39 or more (it is 20)" in result.stdout
    found = json.loads(run(tmp_path, "loss", "--json").stdout)["lost"]
    assert [(one["lost"], one["carried"]) for one in found] == [("east", False), ("west", True)]


@pytest.mark.grid
def test_a_drain_says_the_change_and_what_becomes_of_sessions(tmp_path: Path) -> None:
    project(tmp_path, east=groups(100, 40), west=groups(100, 40))
    result = run(tmp_path, "drain", "east")
    assert result.exit_code == 0
    assert "pulumi config set --path mcp:edge.dns.drained true --stack east" in result.stdout
    assert "its weight is 0" in result.stdout
    assert "--stack east" in run(tmp_path, "restore", "east").stdout
    assert json.loads(run(tmp_path, "drain", "east", "--json").stdout)["servers"][0]["carried"] is True


def test_a_drain_says_that_sessions_are_lost_and_calls_without_are_not(tmp_path: Path) -> None:
    """The lab's ``test_region_drain`` sees it: a session's client follows the name with its next connection."""
    said = {}
    for era in ("legacy-stateful", "modern"):
        here = tmp_path / era
        here.mkdir()
        one = {
            **groups(100, 40),
            "server": {**LEAST["mcp:server"], "eras": [era]},
            "scaling": {"maxReplicas": 40, "prometheusAddress": "http://prometheus.monitoring:9090"},
        }
        project(here, east=one, west=one)
        said[era] = " ".join(run(here, "drain", "east").stdout.split())
    assert "up to 100 open ones are lost" in said["legacy-stateful"]
    assert "none lives in a pod" in said["modern"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("drain", "north"), "There is no stack 'north' in this project; there are east."),
        (("drain", "east"), "east shares no host with another stack"),
        (("drain",), "drain takes the name of a stack."),
        (("loss", "east"), "loss takes no stack."),
        (("lose",), "'lose' is none of loss, drain, restore."),
    ],
)
def test_what_cannot_be_asked(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    project(tmp_path, east=groups(100, 40))
    result = run(tmp_path, *words)
    assert result.exit_code != 0
    assert said in " ".join(result.output.replace("│", " ").split())


@pytest.mark.grid
def test_what_is_wrong_with_several_stacks_is_told_at_once(tmp_path: Path) -> None:
    wrong = {"workload": {"peakSession": 3}}
    project(tmp_path, east=wrong, north=groups(100, 40), west={"scaling": {"maxReplica": 3}})
    result = run(tmp_path)
    assert result.exit_code == 1
    assert "Pulumi.east.yaml" in result.output
    assert "Pulumi.west.yaml" in result.output
    assert "Pulumi.north.yaml" not in result.output


def test_a_host_that_regions_share_beside_their_own_is_shared() -> None:
    east, west = (
        stack(name, sessions, edge={"host": f"{name}.example.com", "hosts": ["all.example.com"]})
        for name, sessions in (("east", 100), ("west", 50))
    )
    found = [(one.host, one.lost, one.sessions) for one in takeovers([east, west])]
    assert found == [("all.example.com", "east", 100), ("all.example.com", "west", 50)]
