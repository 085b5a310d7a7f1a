"""One run reports all mistakes of a file: those of its form, and those the rules find in the rest."""

from __future__ import annotations

import pytest

from pulumi_kubernetes_mcp.region_plan import load
from pulumi_kubernetes_mcp.settings import SettingsError
from pulumi_kubernetes_mcp.settings.problems import Problem
from pulumi_kubernetes_mcp.settings.salvage import covers, salvage

GOOD = {
    "mcp:region": {"name": "us-east"},
    "mcp:server": {"image": "registry.example.com/a/b:1.0.0", "healthPath": "/healthz"},
    "mcp:workload": {"dailyUsers": 500},
    "mcp:edge": {"host": "mcp.example.com"},
}


def problems(**changed: object) -> list[str]:
    values = {**GOOD, **{f"mcp:{key}": value for key, value in changed.items()}}
    with pytest.raises(SettingsError) as caught:
        load(values, where="here")
    return [problem.path for problem in caught.value.problems]


def test_mistakes_of_form_and_of_sense_are_reported_together() -> None:
    found = problems(
        server={"image": "registry.example.com/a/b:latest", "helthPath": "/healthz"},
        scaling={"minReplicas": 9, "maxReplicas": 3},
        accept=[{"code": "nonsense", "reason": "short"}],
    )
    assert found[:3] == ["mcp:server.helthPath", "mcp:accept[0].code", "mcp:accept[0].reason"]
    assert sorted(found[3:]) == ["mcp:scaling.maxReplicas", "mcp:server.image"]


def test_what_a_mistake_entails_is_not_reported_besides() -> None:
    eras = ["legacy-stateful"]
    found = problems(
        server={"image": "registry.example.com/a/b:1.0.0", "healthPath": "/healthz", "eras": eras},
        edge={"host": "mcp.example.com", "implementation": "envoy-gateway"},
        scaling={"prometheusAddress": 9090},
    )
    assert found == ["mcp:scaling.prometheusAddress"]


def test_a_secret_in_clear_is_reported_alone() -> None:
    secrets = {"source": "config", "values": {"token": "x", "user": 5}, "env": {"TOKEN": "token", "USER": "user"}}
    assert problems(secrets=secrets) == ["mcp:secrets.values.token", "mcp:secrets.values.user"]
    assert problems(secrets={**secrets, "env": {"TOKEN": "token", "OTHER": "gone"}}) == [
        "mcp:secrets.values.token",
        "mcp:secrets.values.user",
        "mcp:secrets.env.OTHER",
    ]


LATEST = {"image": "registry.example.com/a/b:latest", "healthPath": "/healthz"}
CROSSED = {"minReplicas": 9, "maxReplicas": 3}


@pytest.mark.parametrize(
    ("changed", "paths"),
    [
        ({"edge": {"host": "https://x"}}, ["mcp:edge.host"]),
        ({"edge": {}}, ["mcp:edge"]),
        ({"edge": 7}, ["mcp:edge"]),
        ({"region": {}}, ["mcp:region.name"]),
        ({"workload": {"dialyUsers": 500}}, ["mcp:workload.dialyUsers"]),
        ({"workload": {"dailyUsers": -1}}, ["mcp:workload.dailyUsers"]),
        ({"database": {"maxConnections": 100, "pooler": "pgbouncer"}}, ["mcp:database"]),
        ({"probe": {"x": 1}}, ["mcp:probe.image", "mcp:probe.x"]),
        ({"server": {**LATEST, "readinessSidecar": {"port": 5}}}, ["mcp:server.readinessSidecar.image"]),
        ({"server": {**LATEST, "annotations": {"a/b": 5}}}, ['mcp:server.annotations["a/b"]']),
    ],
)
def test_a_key_that_has_to_be_there_hides_nothing(changed: dict[str, object], paths: list[str]) -> None:
    """Each with an image and a maximum that rules refuse, and nothing that follows from what stands in for it."""
    found = problems(**{"server": LATEST, "scaling": CROSSED, **changed})
    assert found == [*paths, "mcp:scaling.maxReplicas", "mcp:server.image"]


@pytest.mark.parametrize(("targets", "place"), [(["bad_target!"], "targets[0]"), (5, "targets")])
def test_a_list_is_not_missed_for_its_wrong_items(targets: object, place: str) -> None:
    edge = {"host": "mcp.example.com", "dns": {"form": "endpoint", "targets": targets}}
    assert problems(edge=edge, scaling=CROSSED) == [f"mcp:edge.dns.{place}", "mcp:scaling.maxReplicas"]


def test_two_servers_of_wrong_hosts_do_not_share_one() -> None:
    wrong = {"edge": {"host": "x y"}}
    assert problems(servers={"a": wrong, "b": wrong}) == ["mcp:servers.a.edge.host", "mcp:servers.b.edge.host"]


def test_a_misspelt_key_is_not_missed_besides() -> None:
    edge = {"host": "mcp.example.com", "implementation": "nginx", "kind": "ingress", "clientNamspace": "ingress"}
    assert problems(edge=edge, scaling=CROSSED) == ["mcp:edge.clientNamspace", "mcp:scaling.maxReplicas"]


def test_without_a_required_key_only_its_absence_is_reported() -> None:
    assert problems(server={"healthPath": "/healthz", "port": 3000}) == ["mcp:server.image"]
    assert problems(region={}) == ["mcp:region.name"]
    assert problems(edge={}) == ["mcp:edge"]
    assert problems(server={"image": 5, "healthPath": "/healthz"}) == ["mcp:server.image"]


@pytest.mark.grid
def test_a_required_key_that_is_missing_hides_no_other_mistake() -> None:
    wrong = {"minReplicas": 9, "maxReplicas": 3}
    assert problems(server={"healthPath": "/healthz"}, scaling=wrong) == ["mcp:server.image", "mcp:scaling.maxReplicas"]
    assert problems(server={"image": 5, "healthPath": "/healthz"}, scaling=wrong)[1:] == ["mcp:scaling.maxReplicas"]
    assert problems(region={}, scaling=wrong) == ["mcp:region.name", "mcp:scaling.maxReplicas"]
    assert problems(edge={"clientNamespace": "x"}, scaling=wrong) == ["mcp:edge", "mcp:scaling.maxReplicas"]
    several = {"orders": {"server": {"healthPath": "/healthz"}, "edge": {"host": "a.example.com"}, "scaling": wrong}}
    assert problems(server={}, servers=several) == [
        "mcp:servers.orders.server.image",
        "mcp:servers.orders.scaling.maxReplicas",
    ]


def test_without_a_load_what_does_not_follow_from_it_is_told() -> None:
    wrong = {"minReplicas": 9, "maxReplicas": 3}
    assert problems(workload={}, scaling=wrong) == ["mcp:workload", "mcp:scaling.maxReplicas"]


def test_a_list_item_goes_as_a_whole_and_others_stay() -> None:
    values = {**GOOD, "mcp:accept": [{"code": "x"}, {"code": "MCP105", "reason": "a long enough reason"}]}
    rest = salvage(values, [Problem("mcp:accept[0].code", "", ""), Problem("mcp:accept[0].reason", "", "")])
    assert rest is not None
    (only,) = rest.read.servers.values()
    assert [item.code for item in only.accept] == ["MCP105"]
    assert len(values["mcp:accept"]) == 2


def test_of_many_items_those_with_problems_go_and_no_others() -> None:
    good = {"code": "MCP105", "reason": "a long enough reason"}
    items = [{**good, "reason": f"a reason, number {place:02}"} for place in range(12)]
    wrong = (2, 10)
    values = {**GOOD, "mcp:accept": [{} if place in wrong else item for place, item in enumerate(items)]}
    rest = salvage(values, [Problem(f"mcp:accept[{place}].code", "", "") for place in wrong])
    assert rest is not None
    (only,) = rest.read.servers.values()
    assert [item.reason[-2:] for item in only.accept] == ["00", "01", "03", "04", "05", "06", "07", "08", "09", "11"]


def test_what_a_rule_says_of_a_later_item_is_at_its_own_place() -> None:
    url = "https://{}.example.com/mcp"
    found = problems(
        probe={
            "image": "registry.example.com/a/probe:1.0.0",
            "endpoints": [
                {"name": "a", "url": url.format("a")},
                {"name": "b", "uri": url.format("b")},
                {"name": "c", "url": "c.example.com/mcp"},
                {"name": "d", "url": 5},
                {"name": "e", "url": url.format("e"), "protocolVersion": "2026-13-01"},
            ],
        },
    )
    assert found == [
        "mcp:probe.endpoints[1].url",
        "mcp:probe.endpoints[1].uri",
        "mcp:probe.endpoints[3].url",
        "mcp:probe.endpoints[2].url",
        "mcp:probe.endpoints[4].protocolVersion",
    ]


def test_a_list_that_is_too_short_without_an_item_goes_as_a_whole() -> None:
    hours: list[object] = [5, *["many"] * 2, *[5] * 21]
    found = problems(
        workload={"dailyUsers": 500, "sessionsByHour": hours},
        server={"image": "registry.example.com/a/b:latest", "healthPath": "/healthz"},
    )
    assert found == ["mcp:workload.sessionsByHour[1]", "mcp:workload.sessionsByHour[2]", "mcp:server.image"]


@pytest.mark.parametrize(
    ("problem", "path", "expected"),
    [
        ("mcp:server", "mcp:server.image", True),
        ("mcp:server.resources.limits", "mcp:server.resources", True),
        ("mcp:server.image", "mcp:server.image", True),
        ("mcp:server.image", "mcp:server.port", False),
        ("mcp:server.profile (a.yaml: eras.modern)", "mcp:server.profile", True),
        ("mcp:server.profile (a.yaml: eras.modern)", "mcp:server.port", False),
    ],
)
def test_a_path_is_covered_by_its_own_line_only(problem: str, path: str, expected: bool) -> None:
    assert covers([Problem(problem, "", "")], path) is expected
