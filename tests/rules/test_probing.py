"""What an exporter may watch: each boundary from both sides."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_kubernetes_mcp.region_plan import plan_region
from pulumi_kubernetes_mcp.rules.probing import Facts, is_private, probing_findings
from pulumi_kubernetes_mcp.settings.probe_file import WatchedEndpoint
from pulumi_kubernetes_mcp.settings.servers import load_stack

URL = "https://x.example.com/mcp"
FOLDERS = ("/etc/mcp-probe/secrets/", "/etc/mcp-probe/schemas/")


def found(
    *endpoints: dict[str, Any], interval: float = 60, timeout: float = 10, **files: bool
) -> list[tuple[str, str]]:
    listed = [WatchedEndpoint(**{"name": "a", "url": "https://a.example.com/mcp", **one}) for one in endpoints]
    findings = probing_findings(
        [Facts(one, one.timeout_seconds or timeout) for one in listed],
        interval_seconds=interval,
        path="endpoints",
        interval_path="interval_seconds",
        secret=files.get("secret", False),
        schemas=files.get("schemas", False),
        files=FOLDERS,
    )
    return [(finding.code, finding.path) for finding in findings]


@pytest.mark.parametrize(
    ("endpoint", "code", "place"),
    [
        ({"timeout_seconds": 60.0}, None, ""),
        ({"timeout_seconds": 60.5}, "MCP630", ".timeout_seconds"),
        ({"slow_seconds": 9.9}, None, ""),
        ({"slow_seconds": 10.0}, "MCP633", ".slow_seconds"),
        ({"protocol_version": "2025-11-25"}, None, ""),
        ({"protocol_version": "2025-11-26"}, "MCP632", ".protocol_version"),
        ({"protocol_version": "2025-11-25", "eras": ["modern"]}, "MCP632", ".protocol_version"),
        ({"protocol_version": "2025-11-25", "eras": ["modern", "legacy-stateful"]}, None, ""),
        ({"url": "http://a.example.com:8080"}, None, ""),
        ({"url": "a.example.com/mcp"}, "MCP634", ".url"),
        ({"url": "https:///mcp"}, "MCP634", ".url"),
        ({"url": "https://a.example.com:0/mcp"}, "MCP634", ".url"),
        ({"url": "https://a.example.com:99999/mcp"}, "MCP634", ".url"),
        ({"url": "https://me:secret@a.example.com/mcp"}, "MCP634", ".url"),
        ({"url": "https://mcp example.com/mcp"}, "MCP634", ".url"),
        ({"url": "https://a..example.com/mcp"}, "MCP634", ".url"),
        ({"url": "http://orders.mcp.svc:8080/mcp"}, "MCP631", ".url"),
        ({"url": "https://a.example.com/mcp?token=s3cr3t"}, "MCP638", ".url"),
        ({"url": "https://a.example.com/mcp?a=1&X-Api-Key=12345"}, "MCP638", ".url"),
        ({"url": "https://a.example.com/mcp?page=s3cr3tVALUE9f8a7b6c5d4e3f2a9KxP2m"}, "MCP638", ".url"),
        ({"url": "https://a.example.com/mcp?sort_key=name&key=1&auth=1"}, None, ""),
        ({"url": "https://a.example.com/mcp?next=glpat-abcdefghijklmnopqrst"}, "MCP638", ".url"),
        ({"url": "https://a.example.com/mcp?page=2&tokens=9&auth=none&token="}, None, ""),
        ({"url": "https://a.example.com/mcp#token=s3cr3t"}, "MCP638", ".url"),
        ({"schema_file": "/etc/mcp-probe/schemas/a.json"}, "MCP637", ".schema_file"),
        ({"headers": [{"name": "A", "file": "/etc/mcp-probe/secrets/a"}]}, "MCP637", ".headers[0].file"),
        ({"strict_schema": True}, "MCP666", ".strict_schema"),
        ({"eras": ["sse"], "affinity": 1}, "MCP666", ".affinity"),
        ({"eras": ["sse"], "checks": ["authorization", "host"]}, "MCP666", ".checks[1]"),
        ({"eras": ["sse", "modern"], "affinity": 1, "checks": ["host"]}, None, ""),
        ({"eras": ["modern", "modern"]}, "MCP666", ".eras[1]"),
    ],
)
def test_one_endpoint(endpoint: dict[str, Any], code: str | None, place: str) -> None:
    assert found(endpoint) == ([] if code is None else [(code, f"endpoints[0]{place}")])


def test_a_header_with_a_secret_does_not_go_over_plain_http() -> None:
    headers = {"headers": [{"name": "A", "file": "/etc/mcp-probe/secrets/a"}]}
    assert found({"url": "https://a.example.com/mcp", **headers}, secret=True) == []
    assert found({"url": "http://a.example.com/mcp"}, secret=True) == []
    assert found({"url": "http://a.example.com/mcp", **headers}, secret=True) == [("MCP639", "endpoints[0].url")]


def test_a_header_is_not_the_probes_own_and_given_once() -> None:
    places = [{"name": name, "file": "/etc/mcp-probe/secrets/a"} for name in ("Authorization", "authorization", "HOST")]
    assert found({"headers": places[:1]}, secret=True) == []
    assert found({"headers": places}, secret=True) == [
        ("MCP665", "endpoints[0].headers[1].name"),
        ("MCP665", "endpoints[0].headers[2].name"),
    ]


def test_the_timeout_of_all_is_said_at_the_interval() -> None:
    assert found({}, interval=10) == []
    assert found({}, interval=9.5) == [("MCP630", "interval_seconds")]


def test_files_are_taken_from_the_folders_that_are_mounted() -> None:
    schema = {"schema_file": "/etc/mcp-probe/schemas/a.json"}
    header = {"headers": [{"name": "A", "file": "/etc/mcp-probe/secrets/a"}]}
    assert found({**schema, **header}, secret=True, schemas=True) == []
    assert found({"schema_file": "a.json"}, schemas=True) == [("MCP637", "endpoints[0].schema_file")]
    assert found({"headers": [{"name": "A", "file": "/a"}]}, secret=True) == [
        ("MCP637", "endpoints[0].headers[0].file")
    ]


def test_names_are_unique_and_there_is_one() -> None:
    assert found({}, {"name": "b"}) == []
    assert found({}, {"url": "https://b.example.com/mcp"}) == [("MCP635", "endpoints[1].name")]
    assert found() == [("MCP636", "endpoints")]


@pytest.mark.parametrize(
    ("host", "private"),
    [
        ("mcp.example.com", False),
        ("203.0.113.9", True),  # for documentation
        ("8.8.8.8", False),
        ("10.1.2.3", True),
        ("127.0.0.1", True),
        ("fd00::1", True),
        ("2606:4700::1111", False),
        ("localhost", True),
        ("orders.mcp.svc.cluster.local", True),
        ("gateway", True),
    ],
)
def test_which_address_is_not_public(host: str, private: bool) -> None:
    assert is_private(host) is private


PROBE = {"image": "registry.example.com/acme/mcp-probe:1.0.0"}


@pytest.mark.parametrize(
    ("edge", "probe", "expected"),
    [
        ({"host": "orders.internal"}, PROBE, [("MCP631", "mcp:edge.host")]),
        ({"host": "a.example.com", "hosts": ["b.example.com", "orders.lan"]}, PROBE, [("MCP631", "mcp:edge.hosts[1]")]),
        (
            {"host": "orders.internal"},
            {**PROBE, "endpoints": [{"name": "x", "url": "https://10.0.0.4/mcp"}]},
            [("MCP631", "mcp:probe.endpoints[0].url"), ("MCP631", "mcp:edge.host")],
        ),
        (
            {"host": "a.example.com"},
            {**PROBE, "endpoints": [{"name": "orders", "url": "https://b.example.com/mcp"}]},
            [("MCP635", "mcp:probe.endpoints[0].name")],
        ),
        ({"host": "orders.internal"}, {**PROBE, "own": False, "endpoints": [{"name": "x", "url": URL}]}, []),
    ],
)
def test_what_is_wrong_with_an_address_of_the_stack_is_said_where_it_is_given(
    edge: dict[str, Any], probe: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    values = {
        "mcp:region": {"name": "us-east"},
        "mcp:server": {"image": "registry.example/orders:1.2.0", "name": "orders", "healthPath": "/healthz"},
        "mcp:workload": {"dailyUsers": 500},
        "mcp:edge": {"implementation": "envoy-gateway", **edge},
        "mcp:probe": probe,
    }
    plan = plan_region(load_stack(values, where="stack"), rehearse=False)
    found = [(one.code, one.path) for one in plan.findings if one.code.startswith("MCP63")]
    assert sorted(found) == sorted(expected)


def test_of_several_servers_it_is_said_at_the_one_whose_address_it_is() -> None:
    values = {
        "mcp:region": {"name": "us-east"},
        "mcp:server": {"image": "registry.example/orders:1.2.0", "healthPath": "/healthz"},
        "mcp:workload": {"dailyUsers": 500},
        "mcp:edge": {"implementation": "envoy-gateway", "host": "mcp.example.com"},
        "mcp:probe": PROBE,
        "mcp:servers": {
            "a": {"server": {"path": "/a/mcp"}},
            "b": {"server": {"path": "/b/mcp"}, "edge": {"host": "b.internal"}},
        },
    }
    plan = plan_region(load_stack(values, where="stack"), rehearse=False)
    found = [(one.code, one.path) for one in plan.findings if one.code.startswith("MCP63")]
    assert found == [("MCP631", "mcp:servers.b.edge.host")]
