"""Rules about addresses, names of databases, poolers and Secrets: what is refused in which words, and what is not."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_kubernetes_mcp.region_plan import plan_region
from pulumi_kubernetes_mcp.settings import SettingsError, load_settings, stack_file_schema
from pulumi_kubernetes_mcp.wiring import environment, secret_environment
from tests.sizes import examples
from tests.table import table

from .samples import WHERE, stack
from .test_load import BOTH, IMAGE, problems

VALIDATOR = jsonschema.Draft7Validator(stack_file_schema())
DATABASE_CIDRS = "Address ranges that the database is reached at; the default are the private ones of RFC 1918."
EGRESS_CIDRS = (
    "Address ranges of the other side, where it is no pod: several network plugins, Cilium among them, never match "
    "pods by their addresses."
)
WRITE_RANGE = "Write it as '10.20.0.0/16'."
TOO_FEW = "It has too few items: 0, but must have at least 1."
PORT = "Give a number from 1 to 65,535. Port that is open."
NO_FORM = "which has not the right form."


def egress(**changes: Any) -> dict[str, Any]:
    return stack(server={"image": IMAGE, "egress": [{"port": 443, "cidrs": ["0.0.0.0/0"], **changes}]})


def no_range(text: str) -> str:
    return f"It is '{text}', which is not an address range."


REFUSED: list[tuple[str, dict[str, Any], tuple[str, str, str]]] = [
    (
        "name as the range of a destination",
        egress(cidrs=["10.0.0.0/8", "idp.example.com"]),
        ("mcp:server.egress[0].cidrs[1]", no_range("idp.example.com"), WRITE_RANGE),
    ),
    (
        "destination without a range",
        egress(cidrs=[]),
        ("mcp:server.egress[0].cidrs", TOO_FEW, EGRESS_CIDRS),
    ),
    (
        "destination that leaves the range out",
        stack(server={"image": IMAGE, "egress": [{"port": 443}]}),
        (
            "mcp:server.egress[0]",
            "It has none of cidrs, namespace, podLabels, internet.",
            "Give exactly one of cidrs, namespace, podLabels, internet; namespace and podLabels go together.",
        ),
    ),
    (
        "destination that leaves the port out",
        stack(server={"image": IMAGE, "egress": [{"cidrs": ["0.0.0.0/0"]}]}),
        ("mcp:server.egress[0].port", "It is missing.", "Add it. Port that is open."),
    ),
    (
        "destination at a port that does not exist",
        egress(port=65536),
        ("mcp:server.egress[0].port", "It is 65536, but must be at most 65,535.", PORT),
    ),
    (
        "misspelt key of a destination",
        egress(cidr="10.0.0.0/8"),
        ("mcp:server.egress[0].cidr", "There is no such key.", "Did you mean 'cidrs'?"),
    ),
    (
        "mask that IPv4 has not",
        stack(region={"name": "us-east", "nodeCidrs": ["10.0.0.0/33"]}),
        ("mcp:region.nodeCidrs[0]", no_range("10.0.0.0/33"), WRITE_RANGE),
    ),
    (
        "byte that IPv4 has not",
        stack(edge={"host": "mcp.example.com", "clientCidrs": ["10.0.256.0/24"]}),
        ("mcp:edge.clientCidrs[0]", no_range("10.0.256.0/24"), WRITE_RANGE),
    ),
    (
        "address that is cut short",
        stack(database={"host": "db", "cidrs": ["10.0/16"]}),
        ("mcp:database.cidrs[0]", no_range("10.0/16"), WRITE_RANGE),
    ),
    (
        "database at no range",
        stack(database={"host": "db", "cidrs": []}),
        ("mcp:database.cidrs", TOO_FEW, DATABASE_CIDRS),
    ),
    (
        "name of a database with a space",
        stack(database={"host": "db", "name": "orders prod"}),
        (
            "mcp:database.name",
            f"It is 'orders prod', {NO_FORM}",
            "Name of the database. Of another kind than PostgreSQL none is said where this is left out.",
        ),
    ),
    (
        "name of a database that sets a parameter",
        stack(database={"host": "db", "name": "orders=x"}),
        (
            "mcp:database.name",
            f"It is 'orders=x', {NO_FORM}",
            "Name of the database. Of another kind than PostgreSQL none is said where this is left out.",
        ),
    ),
    (
        "name of a database that begins with a dash",
        stack(database={"host": "db", "name": "-orders"}),
        (
            "mcp:database.name",
            f"It is '-orders', {NO_FORM}",
            "Name of the database. Of another kind than PostgreSQL none is said where this is left out.",
        ),
    ),
    (
        "name of a database that PostgreSQL would cut",
        stack(database={"host": "db", "name": "a" * 64}),
        (
            "mcp:database.name",
            "It is text, which has not the right form.",
            "Name of the database. Of another kind than PostgreSQL none is said where this is left out.",
        ),
    ),
    (
        "pooler before SQLite",
        stack(database={"kind": "sqlite", "pooler": "pgbouncer"}),
        (
            "mcp:database",
            "A pooler is asked for, and SQLite has no connections to pool.",
            "Set pooler to 'none'.",
        ),
    ),
    (
        "pooler before SQLite with a host",
        stack(database={"kind": "sqlite", "host": "db", "pooler": "pgbouncer"}),
        (
            "mcp:database",
            "A pooler is asked for, and SQLite has no connections to pool.",
            "Set pooler to 'none'.",
        ),
    ),
    (
        "pooler before DuckDB",
        stack(database={"kind": "duckdb", "pooler": "pgbouncer"}),
        (
            "mcp:database",
            "A pooler is asked for, and DuckDB has no connections to pool.",
            "Set pooler to 'none'.",
        ),
    ),
    (
        "pooler before a file",
        stack(database={"kind": "single-writer", "pooler": "pgbouncer"}),
        (
            "mcp:database",
            "A pooler is asked for, and a file of one process has no connections to pool.",
            "Set pooler to 'none'.",
        ),
    ),
    (
        "pooler before a sidecar",
        stack(database={"host": "localhost", "pooler": "pgbouncer"}),
        (
            "mcp:database",
            "A pooler is asked for, which runs in pods of its own, where 'localhost' leads to no sidecar.",
            "Set pooler to 'none', or give as host the address that the sidecar leads to.",
        ),
    ),
    (
        "PostgreSQL without a host",
        stack(database={"pooler": "pgbouncer"}),
        ("mcp:database", "No host is given.", f"Give host, the name or address of the database. I{BOTH[2:]}."),
    ),
    (
        "name of a Secret that the engine names",
        stack(secrets={"source": "config", "name": "mcp-keys"}),
        (
            "mcp:secrets",
            "A name is given with source 'config'.",
            "Leave name out, the engine names the Secret anew with every change, which restarts the pods.",
        ),
    ),
    (
        "path of the metrics",
        stack(monitoring={"paths": "/metrics"}),
        ("mcp:monitoring.paths", "There is no such key.", "Did you mean 'path'?"),
    ),
]

TAKEN = [
    egress(),
    egress(cidrs=["10.20.0.0/16", "2001:db8::/32", "192.0.2.7", "::/0"]),
    stack(server={"image": IMAGE, "egress": []}),
    stack(region={"name": "us-east", "nodeCidrs": []}),
    stack(edge={"host": "mcp.example.com", "clientCidrs": ["130.211.0.0/22"]}),
    stack(database={"host": "db", "name": "a" * 63}),
    stack(database={"host": "db", "name": "1_Orders$v2.eu-west"}),
    stack(database={"kind": "sqlite", "pooler": "none"}),
    stack(database={"kind": "sqlite", "host": "db"}),
    stack(database={"kind": "duckdb"}),
    stack(database={"kind": "single-writer"}),
    stack(workload={"sessionsByHour": [0] * 23 + [1]}),
    stack(database={"kind": "postgres", "host": "db", "pooler": "pgbouncer"}),
    stack(database={"host": "127.0.0.1", "pooler": "none"}),
    stack(secrets={"source": "config", "name": None}),
    stack(secrets={"source": "existing", "name": "mcp-keys"}),
    stack(secrets={"source": "external", "name": "mcp-keys"}),
    stack(secrets={"name": "mcp-keys"}),
]


def in_schema(values: dict[str, Any]) -> bool:
    return bool(VALIDATOR.is_valid({"config": values}))


@table(
    "values, expected",
    [(values, expected) for _, values, expected in REFUSED],
    ids=[name for name, *_ in REFUSED],
)
def test_what_is_wrong_is_told_once_in_these_words_and_marked_by_an_editor(
    values: dict[str, Any], expected: tuple[str, str, str]
) -> None:
    assert problems(values) == [expected]
    assert in_schema(values) == (BOTH[2:] in expected[2])


@table("values", TAKEN, ids=lambda _: "")
def test_what_is_right_is_taken_by_loading_and_by_an_editor(values: dict[str, Any]) -> None:
    load_settings(values, where=WHERE)
    assert in_schema(values)


@pytest.mark.parametrize(
    ("written", "loaded"),
    [
        ("10.20.30.40/16", "10.20.0.0/16"),
        ("192.0.2.7", "192.0.2.7/32"),
        ("10.0.0.0/255.0.0.0", "10.0.0.0/8"),
        ("2001:DB8:0:0::1/32", "2001:db8::/32"),
    ],
)
def test_a_range_loads_as_the_api_server_takes_it(written: str, loaded: str) -> None:
    (destination,) = load_settings(egress(cidrs=[written]), where=WHERE).server.egress
    assert destination.cidrs == [loaded]
    assert in_schema(egress(cidrs=[written]))


@examples(100)
@given(address=st.ip_addresses(), host_bits=st.integers(min_value=0, max_value=128))
def test_an_editor_marks_no_range_that_loads(address: Any, host_bits: int) -> None:
    values = egress(cidrs=[f"{address}/{max(0, address.max_prefixlen - host_bits)}"])
    load_settings(values, where=WHERE)
    assert in_schema(values)


def test_the_server_connects_nowhere_else_unless_told_to() -> None:
    loaded = load_settings(stack(), where=WHERE)
    assert (loaded.server.egress, loaded.edge.client_cidrs, loaded.region.node_cidrs) == ([], [], [])


def test_a_variable_from_the_secret_takes_the_place_of_the_derived_one() -> None:
    """A host that is kept in the Secret is the host, and the variable stands in the container once."""
    settings = load_settings(
        {
            "mcp:region": {"name": "us-east"},
            "mcp:server": {"image": "registry.example.com/a/b:1.0.0", "healthPath": "/healthz"},
            "mcp:workload": {"dailyUsers": 500},
            "mcp:edge": {"host": "mcp.example.com", "implementation": "envoy-gateway"},
            "mcp:database": {"host": "db.example.com", "maxConnections": 400},
            "mcp:secrets": {"source": "existing", "name": "orders", "env": {"PGHOST": "host"}},
        },
        where="here",
    )
    region = plan_region(settings)
    assert region.findings == ()
    assert "PGHOST" not in environment(region.first, None)
    assert secret_environment(region.first)["PGHOST"] == "host"


def test_an_address_range_has_no_zone() -> None:
    with pytest.raises(SettingsError, match="node"):
        load_settings(
            {
                "mcp:region": {"name": "us-east", "nodeCidrs": ["fe80::%eth0/64"]},
                "mcp:server": {"image": "registry.example.com/a/b:1.0.0"},
                "mcp:workload": {"dailyUsers": 500},
                "mcp:edge": {"host": "mcp.example.com"},
            },
            where="here",
        )


@pytest.mark.parametrize("host", ["db\n[users]\nx = 1", "u:S3cr3t@db", "db.example.com:5432", "postgres://db", "a b"])
def test_a_host_of_a_database_is_a_name_or_an_address_and_is_not_repeated(host: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(stack(database={"host": host}), where=WHERE)
    assert [problem.path for problem in caught.value.problems] == ["mcp:database.host"]
    assert "S3cr3t" not in str(caught.value)


@pytest.mark.parametrize("host", ["db", "orders.us-east.db.example.com", "10.1.2.3", "fd00::1", "my_db"])
def test_names_and_addresses_are_hosts(host: str) -> None:
    assert load_settings(stack(database={"host": host}), where=WHERE).database is not None


@pytest.mark.parametrize(
    ("key", "value"),
    [("prometheusAddress", "prom"), ("prometheusAddress", "http://u:p@prom:9090"), ("sessionsMetric", "bad metric{}")],
)
def test_a_query_that_cannot_work_is_refused(key: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(stack(scaling={key: value}), where=WHERE)
    assert [problem.path for problem in caught.value.problems] == [f"mcp:scaling.{key}"]
    assert "u:p" not in str(caught.value)
