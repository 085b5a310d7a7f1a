"""What the plan says of a release and of the end of a pod: every second is there, in the words of the runtime."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from pulumi_kubernetes_mcp.report.eras import combined
from pulumi_kubernetes_mcp.report.pod_end import end_of_pod
from pulumi_kubernetes_mcp.report.release import release_data, retire_seconds
from pulumi_kubernetes_mcp.server_plan import ServerPlan
from tests.rules.test_checks import inspected


def planned(rollout: dict[str, Any] | None = None, edge: dict[str, Any] | None = None, **server: Any) -> ServerPlan:
    keys = {**server, **({} if rollout is None else {"rollout": rollout})}
    return inspected(rehearse=False, server=keys, edge=edge or {}).first


@pytest.mark.parametrize("eras", [[era.value for era in eras] for eras in combined()], ids="+".join)
def test_every_second_of_the_end_of_a_pod_is_accounted_for(eras: list[str]) -> None:
    given: tuple[dict[str, int], ...] = (
        {},
        {"preStopSeconds": 200},
        {"gracePeriodSeconds": 500},
        {"maxToolSeconds": 1},
    )
    for keys, implementation in product(given, ("envoy-gateway", "gke")):
        server = planned(edge={"implementation": implementation}, eras=eras, **keys)
        parts = list(end_of_pod(server))
        assert sum(one.seconds for one in parts) == server.grace_period_seconds
        assert all(one.seconds >= 0 for one in parts)
        before = [one.seconds for one in parts if one.part.startswith("pre-stop")]
        assert sum(before) == server.pre_stop_seconds


def test_the_parts_by_hand() -> None:
    both = planned(eras=["modern", "legacy-stateless"], maxToolSeconds=60)
    assert [(one.part, one.seconds) for one in end_of_pod(both)] == [
        ("pre-stop sleep: propagation", 10),
        ("pre-stop sleep: calls", 60),
        ("graceful timeout", 60),
        ("margin", 5),
    ]
    # 10 + 1 + 5 are 16; Kubernetes' own least is 30.
    short = planned(eras=["modern"], maxToolSeconds=1)
    assert [one.seconds for one in end_of_pod(short)] == [10, 1, 5, 14]
    assert retire_seconds(both) == 70


@pytest.mark.parametrize(
    ("edge", "server", "said"),
    [
        ({}, {"preStopSeconds": 4}, "the last proxy of Envoy Gateway may go on sending for 10 s, 6 of them after it"),
        ({}, {"eras": ["legacy-stateless"], "preStopSeconds": 200}, "SIGTERM cuts its stream; 130 s more are given"),
        ({}, {"eras": ["legacy-stateless"], "preStopSeconds": 65}, "SIGTERM cuts its stream; 5 s are missing"),
        ({}, {"gracefulTimeoutSeconds": 90}, "which is finished; 30 s more are given"),
        ({"implementation": "gke"}, {}, "until GKE Gateway has heard, and sends no new request"),
        (
            {"kind": "none", "host": None, "implementation": None, "clientNamespace": "agents"},
            {},
            "until the last node or proxy of the clients has heard, and opens no new connection",
        ),
    ],
)
def test_a_part_that_is_given_says_what_it_lacks_or_has_beyond(
    edge: dict[str, Any], server: dict[str, Any], said: str
) -> None:
    texts = " | ".join(
        one.why for one in end_of_pod(planned(edge={"implementation": "envoy-gateway", **edge}, **server))
    )
    assert said in texts


@pytest.mark.parametrize(
    ("runtime", "words", "never"),
    [
        ("python-v2", ["UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN", "timeout_graceful_shutdown=60"], ["2 s", "Node"]),
        ("fastmcp", ["UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN", "mcp.run() ends after 2 s"], ["Node"]),
        ("typescript-v2", ["handler of SIGTERM", "within 60 s"], ["UVICORN"]),
        ("other", ["nothing is known", "within 60 s"], ["UVICORN", "Node reads"]),
    ],
)
def test_how_the_process_learns_its_part(runtime: str, words: list[str], never: list[str]) -> None:
    told = " ".join(release_data(planned(runtime=runtime))["told"])
    assert [word for word in words if word not in told] == []
    assert [word for word in never if word in told] == []


@pytest.mark.parametrize(
    ("edge", "said"),
    [
        ({"implementation": "envoy-gateway"}, "needs no greatest age: Envoy Gateway deals each request anew"),
        ({"implementation": "other", "clientNamespace": "proxies"}, "a greatest age there of less than 70 s"),
        (
            {"kind": "none", "host": None, "clientNamespace": "agents"},
            "busy leads to its pod until SIGTERM, 70 s after the deletion",
        ),
    ],
)
def test_whether_the_drain_needs_an_age_of_connections(edge: dict[str, Any], said: str) -> None:
    python = {"edge": edge, "runtime": "python-v2"}
    told = release_data(planned(**python, eras=["modern", "legacy-stateless"]))["told"]
    assert said in told[-1]
    assert any("subscriptions/listen has no end: a process with one takes all 60 s" in line for line in told)
    alone = release_data(planned(**python, eras=["legacy-stateless"]))["told"]
    assert not any("subscriptions/listen" in line for line in alone)


def test_a_pipeline_learns_which_key_holds_the_image_of_the_idle_colour() -> None:
    def of(**keys: Any) -> dict[str, Any]:
        return release_data(planned({"strategy": "BlueGreen", "blueGreen": keys}))

    first = of()
    assert (first["active"], first["idle"], first["idle_runs"]) == ("blue", "green", False)
    assert first["idle_image_key"] == "mcp:server.rollout.blueGreen.greenImage"
    image = "registry.example.com/mcp:1.3.0"
    after = of(greenImage=image, active="green")
    assert (after["active"], after["idle"], after["idle_runs"]) == ("green", "blue", True)
    assert after["idle_image_key"] == "mcp:server.image"
    assert [one["image"] for one in after["colours"]] == [image, "registry.example.com/mcp:1.2.3"]
    assert "No session is lost" in " ".join(after["texts"])
    assert "idle_image_key" not in release_data(planned())


@pytest.mark.parametrize(
    ("eras", "monitoring", "said"),
    [
        (["modern"], {"rules": "config-map"}, "nothing needs the colour that was left but the way back"),
        (["legacy-stateful"], {"rules": "none"}, "the metric of sessions of these pods says how many there are."),
        (["legacy-stateful"], {"rules": "config-map"}, "do so when server:mcp_sessions:sum{namespace="),
        (["legacy-stateful"], {"rules": "config-map"}, 'server="mcp-server"} is 0'),
    ],
)
def test_when_the_sessions_of_a_colour_that_was_left_have_gone(
    eras: list[str], monitoring: dict[str, Any], said: str
) -> None:
    after = {"greenImage": "registry.example.com/mcp:1.3.0", "active": "green"}
    server = inspected(
        rehearse=False,
        server={"eras": eras, "rollout": {"strategy": "BlueGreen", "blueGreen": after}},
        scaling={"prometheusAddress": "http://prometheus.monitoring:9090"},
        monitoring=monitoring,
    ).first
    assert said in " ".join(release_data(server)["texts"])


@pytest.mark.parametrize(
    ("eras", "affinity", "told"),
    [("legacy-stateful", "envelope", True), ("legacy-stateful", "source-ip", False), ("modern", "none", False)],
)
def test_sessions_that_find_their_pod_until_sigterm_are_told_what_it_cuts(eras: str, affinity: str, told: bool) -> None:
    """As the lab sees it when pods become fewer: 2 of 119 sessions ended in a call."""
    server = planned(edge={"implementation": "envoy-gateway", "affinity": affinity}, eras=[eras])
    said = [line for line in release_data(server)["told"] if "is cut, and later ones" in line]
    assert bool(said) == told
    assert all(f"SIGTERM, {server.pre_stop_seconds} s after" in line for line in said)


def test_an_outage_is_called_one() -> None:
    (text,) = release_data(planned({"strategy": "Recreate"}))["texts"]
    assert "an outage" in text
