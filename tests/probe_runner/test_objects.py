"""What McpProbe makes: a configuration that the exporter takes, a way out, a monitor that keeps its labels."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pytest

from pulumi_kubernetes_mcp import FindingsError, McpProbe
from pulumi_kubernetes_mcp.probe.exporter.configuration import read_configuration
from pulumi_kubernetes_mcp.probe_runner.args import probe_spec
from pulumi_kubernetes_mcp.probe_runner.keys import ProbeKeys
from pulumi_kubernetes_mcp.probe_runner.objects import probe_objects
from pulumi_kubernetes_mcp.probe_runner.spec import FOLDER
from pulumi_kubernetes_mcp.region_plan import plan_region
from pulumi_kubernetes_mcp.settings.servers import load_stack
from pulumi_kubernetes_mcp.testing import record
from pulumi_kubernetes_mcp.wiring import own_endpoints, probe_args, quota

ROOT = Path(__file__).parents[2]
TOOL = {"name": "t", "arguments": {"x_y": 1}}
ENDPOINTS = [
    {"name": "b", "url": "https://b.example.com:8443/mcp", "timeout_seconds": 20.5},
    {"name": "a", "url": "http://a.example.com/mcp", "eras": ["modern"], "tool": TOOL},
]


def made(**keys: Any) -> dict[str, Any]:
    given = {"namespace": "mcp", "image": "registry.example/probe:1.0.0", "watcher": "us", "endpoints": ENDPOINTS}
    known = ProbeKeys.model_validate({**given, **keys})
    return {suffix: one.body for suffix, one in probe_objects(probe_spec("probe", known), known).items()}


def configuration(objects: dict[str, Any], folder: Path) -> Any:
    """What the exporter reads of the ConfigMap."""
    path = folder / "probe.json"
    path.write_text(objects["config"]["data"]["probe.json"])
    return read_configuration(path)


def test_the_exporter_takes_the_configuration_as_it_is_meant(tmp_path: Path) -> None:
    read = configuration(made(interval_seconds=30.0, timeout_seconds=5.0), tmp_path)
    assert (read.watcher, read.interval_seconds) == ("us", 30)
    first, second = (target.watched for target in read.targets)
    assert (first.name, first.url, first.eras, first.timeout_seconds) == (
        "a",
        "http://a.example.com/mcp",
        ("modern",),
        5,
    )
    assert first.call is not None
    assert (first.call.name, dict(first.call.arguments)) == ("t", {"x_y": 1})
    assert (second.name, second.timeout_seconds) == ("b", 20.5)


def test_other_endpoints_are_another_config_map_and_a_rollout_and_their_order_is_not() -> None:
    objects, other = made(), made(endpoints=ENDPOINTS[:1])
    name = objects["config"]["metadata"]["name"]
    assert made(endpoints=ENDPOINTS[::-1])["config"]["metadata"]["name"] == name
    assert other["config"]["metadata"]["name"] != name
    pod = objects["deployment"]["spec"]["template"]["spec"]
    assert [one["configMap"]["name"] for one in pod["volumes"]] == [name]
    assert pod["terminationGracePeriodSeconds"] == 36, (
        "ten seconds of propagation, the longest timeout rounded up, and five"
    )


def test_the_way_out_is_the_ports_of_the_addresses() -> None:
    (egress,) = [made()["network"]["spec"]["egress"]]
    assert [rule["ports"][0]["port"] for rule in egress] == [80, 8443]
    assert egress[0]["to"] == [{"ipBlock": {"cidr": "0.0.0.0/0"}}, {"ipBlock": {"cidr": "::/0"}}]
    assert "ingress" not in made()["network"]["spec"]


@pytest.mark.parametrize(("interval", "scrape"), [(60.0, 30), (10.0, 5), (5.0, 2), (600.0, 30)])
def test_the_monitor_reads_twice_in_an_interval_and_keeps_the_labels(interval: float, scrape: int) -> None:
    monitor = made(service_monitor=True, interval_seconds=interval, monitor_labels={"release": "x"})["monitor"]
    (endpoint,) = monitor["spec"]["endpoints"]
    assert (endpoint["interval"], endpoint["honorLabels"]) == (f"{scrape}s", True)
    assert int(endpoint["scrapeTimeout"][:-1]) <= scrape
    assert monitor["metadata"]["labels"]["release"] == "x"
    assert monitor["spec"]["selector"]["matchLabels"].items() <= made()["service"]["metadata"]["labels"].items()


def test_secrets_and_schemas_are_folders() -> None:
    pod = made(secret_name="tokens", schema_config_map="schemas")["deployment"]["spec"]["template"]["spec"]
    mounts = {one["name"]: one["mountPath"] for one in pod["containers"][0]["volumeMounts"]}
    assert mounts == {name: f"{FOLDER}/{name}" for name in ("config", "secrets", "schemas")}
    assert pod["volumes"][1:] == [
        {"name": "secrets", "secret": {"secretName": "tokens"}},
        {"name": "schemas", "configMap": {"name": "schemas"}},
    ]


STACK: dict[str, Any] = {
    "mcp:region": {"name": "us-east"},
    "mcp:server": {"image": "registry.example/orders:1.0.0", "name": "orders", "healthPath": "/healthz"},
    "mcp:workload": {"dailyUsers": 500},
    "mcp:edge": {"host": "mcp.example.com", "hosts": ["eu.example.com"]},
}
PROBE = {"image": "registry.example/probe:1.0.0"}


def planned(**groups: Any) -> Any:
    return plan_region(load_stack({**STACK, **groups}, where="stack", directory=ROOT), rehearse=False)


def test_a_stack_watches_each_public_host_of_its_own_servers() -> None:
    plan = planned(**{"mcp:probe": PROBE})
    own = own_endpoints(plan)
    assert [(one.name, one.url, one.region) for one in own] == [
        ("orders", "https://mcp.example.com/mcp", "us-east"),
        ("orders/2", "https://eu.example.com/mcp", "us-east"),
    ]
    assert probe_args(plan, "mcp").endpoints == own
    assert not [finding for finding in plan.findings if finding.code.startswith("MCP63")]


def test_eras_and_authorization_of_the_server_are_expected() -> None:
    server = {**STACK["mcp:server"], "eras": ["legacy-stateful", "sse"], "ssePaths": ["/sse"], "authorization": True}
    (one, _) = own_endpoints(planned(**{"mcp:probe": PROBE, "mcp:server": server}))
    assert (one.url, one.eras, one.checks) == (
        "https://mcp.example.com/mcp",
        ["legacy-stateful"],
        ["authorization"],
    )
    (one, _) = own_endpoints(planned(**{"mcp:probe": PROBE, "mcp:server": {**server, "eras": ["sse"]}}))
    assert (one.url, one.eras) == ("https://mcp.example.com/sse", ["sse"])


def test_without_public_hosts_there_is_nothing_to_watch() -> None:
    plan = planned(**{"mcp:probe": PROBE, "mcp:edge": "internal"})
    assert [(one.code, one.path) for one in plan.findings if one.code == "MCP636"] == [
        ("MCP636", "mcp:probe.endpoints")
    ]
    named = {**PROBE, "own": False, "endpoints": [{"name": "x", "url": "https://x.example.com/mcp"}]}
    assert "MCP636" not in {one.code for one in planned(**{"mcp:probe": named}).findings}


@pytest.mark.parametrize(
    ("url", "told"),
    [
        (lambda: pulumi.Output.secret("https://a.example.com/mcp"), "MCP638 endpoints[1].url: It is a secret Output"),
        (
            lambda: pulumi.Output.from_input("https://a.example.com/mcp?token=s3cr3t"),
            "MCP638 endpoints[1].url: A value",
        ),
        (lambda: pulumi.Output.from_input("a.example.com/mcp"), "MCP634 endpoints[1].url: 'a.example.com/mcp'"),
        (lambda: "https://me:s3cr3t@a.example.com/mcp", "MCP634 endpoints[1].url: It holds credentials."),
    ],
)
def test_an_address_that_comes_later_is_judged_before_it_stands_in_clear(url: Callable[[], Any], told: str) -> None:
    def program(*urls: Callable[[], Any]) -> None:
        endpoints = [{"name": f"n{place}", "url": one()} for place, one in enumerate(urls)]
        keys = {"namespace": "mcp", "image": "registry.example/probe:1.0.0", "watcher": "us", "endpoints": endpoints}
        McpProbe("probe", keys)  # type: ignore[call-overload]

    def known() -> Any:
        return pulumi.Output.from_input("https://b.example.com/mcp")

    with pytest.raises(FindingsError) as refused:
        record(lambda: program(known, url))
    assert told in str(refused.value)
    assert "s3cr3t" not in str(refused.value)
    made = record(lambda: program(known)).manifest("ConfigMap")
    assert "b.example.com" in made["data"]["probe.json"]


def test_all_addresses_that_are_wrong_are_told_at_once_in_the_words_of_a_program() -> None:
    def program() -> None:
        urls = ["https://a.example.com/mcp?token=s3cr3t", "nope", "ftp://b.example.com/"]
        endpoints = [
            {"name": f"n{place}", "url": pulumi.Output.from_input(url), "region": "us"}
            for place, url in enumerate(urls)
        ]
        image = pulumi.Output.from_input("registry.example/probe:latest")
        McpProbe("probe", namespace="mcp", image=image, watcher="us", endpoints=endpoints)  # type: ignore[arg-type]

    with pytest.raises(FindingsError) as refused:
        record(program)
    told = [(one.code, one.path) for one in refused.value.findings]
    assert told == [
        *((code, f"endpoints[{at}].url") for at, code in enumerate(("MCP638", "MCP634", "MCP634"))),
        ("MCP101", "image"),
    ]
    assert "(headers, secret_name)" in refused.value.findings[0].remedy


def test_the_quota_has_room_for_both_generations_of_its_pod() -> None:
    without, beside = quota(planned()), quota(planned(**{"mcp:probe": PROBE}))
    assert beside.pods - without.pods == 2
