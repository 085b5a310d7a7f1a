"""What a server is told of its database: names by preset, words by driver, authorities, other kinds than PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from pulumi_kubernetes_mcp import database_env, wiring
from pulumi_kubernetes_mcp.pooler.spec import pgbouncer_ini
from pulumi_kubernetes_mcp.region import McpRegion
from pulumi_kubernetes_mcp.region_plan import RegionPlan, load, plan_region
from pulumi_kubernetes_mcp.rules.model import errors
from pulumi_kubernetes_mcp.settings import SettingsError
from pulumi_kubernetes_mcp.settings.models import DatabaseSettings, WorkloadSettings
from pulumi_kubernetes_mcp.testing import record

WORKLOAD = WorkloadSettings(daily_users=100)
EXISTING = {"source": "existing", "name": "notes-db"}
POOL = {
    "DATABASE_POOL_SIZE": "5",
    "DATABASE_POOL_MIN_IDLE": "2",
    "DATABASE_POOL_IDLE_SECONDS": "30",
    "DATABASE_POOL_ACQUIRE_SECONDS": "2",
    "DATABASE_STATEMENT_SECONDS": "10",
}


def plan(
    database: dict[str, Any],
    *,
    secrets: dict[str, Any] | None = None,
    runtime: str = "python-v1",
    hosts: Sequence[str] = (),
) -> RegionPlan:
    """The case tls-node-direct with another database, Secret and runtime."""
    values = {
        "mcp:region": {"name": "us-east"},
        "mcp:server": {
            "image": "registry.example.com/acme/notes-mcp:2.3.0",
            "name": "notes",
            "runtime": runtime,
            "healthPath": "/healthz",
            "livenessPath": "/livez",
        },
        "mcp:workload": {"dailyUsers": 500},
        "mcp:edge": {"host": "mcp.example.com", "implementation": "envoy-gateway", "hosts": list(hosts)},
        "mcp:database": {"maxConnections": 400, **database} if "urlKey" in database else database,
        "mcp:secrets": EXISTING if secrets is None else secrets,
    }
    return plan_region(load(values, where="here"), rehearse=False)


NOTES = {"host": "notes.abc123.us-east-1.rds.amazonaws.com", "name": "notes", "maxConnections": 400}


def clear(database: dict[str, Any], runtime: str = "other", pooler: tuple[str, int] | None = None) -> dict[str, Any]:
    settings = DatabaseSettings.model_validate(database, by_alias=True)
    return database_env.clear_variables(settings, WORKLOAD, runtime=runtime, pool_size=5, pooler=pooler)


def test_tls_node_direct() -> None:
    """The case of that name: node-postgres reads 'require' as verify, and managed databases sign for themselves."""
    direct = plan(NOTES, runtime="typescript-v1")
    assert errors(direct.findings) == []
    variables = wiring.environment(direct.first, None)
    assert variables["PGSSLMODE"] == "no-verify"
    assert "PGSSLROOTCERT" not in variables
    assert wiring.environment(plan(NOTES).first, None)["PGSSLMODE"] == "require"


@pytest.mark.parametrize(
    ("mode", "node", "libpq"),
    [
        ("disable", "disable", "disable"),
        ("prefer", "no-verify", "prefer"),
        ("require", "no-verify", "require"),
        ("verify-ca", "verify-ca", "verify-ca"),
        ("verify-full", "verify-full", "verify-full"),
    ],
)
def test_a_driver_is_told_in_its_own_word(mode: str, node: str, libpq: str) -> None:
    words = {
        runtime: clear({**NOTES, "tlsMode": mode}, runtime)["PGSSLMODE"] for runtime in ("node", "fastmcp", "other")
    }
    assert words == {"node": node, "fastmcp": libpq, "other": libpq}
    assert clear({**NOTES, "tlsMode": mode}, "node", ("pooler", 6432))["PGSSLMODE"] == "disable"


def test_an_authority_is_named_as_the_driver_reads_it() -> None:
    verifying = {**NOTES, "tlsMode": "verify-full"}
    assert clear(verifying)["PGSSLROOTCERT"] == "/etc/ssl/certs/ca-certificates.crt"
    assert "PGSSLROOTCERT" not in clear(verifying, "node")
    private = {**verifying, "ca": {"configMap": "rds-ca"}}
    assert clear(private)["PGSSLROOTCERT"] == "/etc/mcp/database-ca/ca.crt"
    assert clear(private, "node")["NODE_EXTRA_CA_CERTS"] == "/etc/mcp/database-ca/ca.crt"
    assert {"PGSSLROOTCERT", "NODE_EXTRA_CA_CERTS"}.isdisjoint(clear(private, "node", ("pooler", 6432)))


OPTIONS = "-c statement_timeout=10000 -c search_path=app,\\ public"
PRESETS: dict[str, dict[str, str]] = {
    "libpq": {
        "PGHOST": "db.example.com",
        "PGPORT": "5432",
        "PGDATABASE": "orders",
        "PGSSLMODE": "require",
        "PGOPTIONS": OPTIONS,
        **POOL,
    },
    "sqlalchemy": {
        "DB_HOST": "db.example.com",
        "DB_PORT": "5432",
        "DB_NAME": "orders",
        "DB_POOL_SIZE": "5",
        "DB_POOL_TIMEOUT": "2",
        "DB_POOL_RECYCLE": "30",
        "DB_STATEMENT_TIMEOUT": "10",
        "PGOPTIONS": OPTIONS,
    },
    "django": {
        "DB_HOST": "db.example.com",
        "DB_PORT": "5432",
        "DB_NAME": "orders",
        "CONN_MAX_AGE": "30",
        "PGOPTIONS": OPTIONS,
    },
    "spring": {
        "SPRING_DATASOURCE_URL": "jdbc:postgresql://db.example.com:5432/orders?sslmode=require&options="
        "-c%20statement_timeout%3D10000%20-c%20search_path%3Dapp%2C%5C%20public",
        "SPRING_DATASOURCE_HIKARI_MAXIMUM_POOL_SIZE": "5",
        "SPRING_DATASOURCE_HIKARI_MINIMUM_IDLE": "2",
        "SPRING_DATASOURCE_HIKARI_IDLE_TIMEOUT": "30000",
        "SPRING_DATASOURCE_HIKARI_CONNECTION_TIMEOUT": "2000",
    },
    "generic": {"DB_HOST": "db.example.com", "DB_PORT": "5432", "DB_NAME": "orders", "PGOPTIONS": OPTIONS, **POOL},
    "none": {},
}


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_names_what_its_servers_read(preset: str) -> None:
    database = {
        "host": "db.example.com",
        "name": "orders",
        "preset": preset,
        "parameters": {"search_path": "app, public"},
    }
    assert clear(database) == PRESETS[preset]


FULL = {"host": "db", "name": "o", "tlsMode": "verify-full"}
CA_FILE, BUNDLE = "/etc/mcp/database-ca/ca.crt", "/etc/ssl/certs/ca-certificates.crt"


@pytest.mark.parametrize(
    ("database", "runtime", "told"),
    [
        ({**FULL, "preset": "django"}, "fastmcp", {"PGSSLMODE": "verify-full", "PGSSLROOTCERT": BUNDLE}),
        ({**FULL, "preset": "sqlalchemy", "ca": {"secret": "s"}}, "fastmcp", {"PGSSLROOTCERT": CA_FILE}),
        ({**FULL, "preset": "url", "urlKey": "u"}, "node", {"PGSSLMODE": "verify-full", "PGSSLROOTCERT": None}),
        ({"preset": "url", "urlKey": "u", "tlsMode": "verify-ca", "ca": {"secret": "s"}}, "fastmcp",
         {"PGSSLMODE": "verify-ca", "PGSSLROOTCERT": CA_FILE}),
        # Left out it is the URL's or the settings file's to say: a database in clear goes on.
        ({"host": "db", "preset": "django"}, "fastmcp", {"PGSSLMODE": None, "PGOPTIONS": "-c statement_timeout=10000"}),
        ({"host": "db", "preset": "url", "urlKey": "u"}, "fastmcp", {"PGSSLMODE": None, "PGOPTIONS": None}),
        ({"host": "db", "preset": "url", "urlKey": "u", "parameters": {"jit": "off"}}, "fastmcp",
         {"PGOPTIONS": "-c statement_timeout=10000 -c jit=off"}),
        ({**FULL, "preset": "prisma", "urlKey": "u"}, "node", {"PGSSLMODE": None, "PGOPTIONS": None}),
        ({**FULL, "kind": "mysql", "preset": "sqlalchemy"}, "fastmcp", {"PGSSLMODE": None, "PGOPTIONS": None}),
    ],
)  # fmt: skip
def test_a_driver_of_libpq_is_told_what_no_name_of_the_preset_says(
    database: dict[str, Any], runtime: str, told: dict[str, str | None]
) -> None:
    found = clear(database, runtime)
    assert {name: found.get(name) for name in told} == told


@pytest.mark.parametrize(
    ("database", "url"),
    [
        # pgjdbc takes no authority of its own accord but ~/.postgresql/root.crt, and fails without that file.
        (FULL, "postgresql://db:5432/o?sslmode=verify-full&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory"),
        ({**FULL, "ca": {"configMap": "c"}}, f"postgresql://db:5432/o?sslmode=verify-full&sslrootcert={CA_FILE}"),
        ({"host": "2001:db8::5"}, "postgresql://[2001:db8::5]:5432/postgres?sslmode=require"),
        ({"host": "db", "parameters": {"jit": "off"}}, "postgresql://db:5432/postgres?sslmode=require&options=-c%20jit%3Doff"),
        ({**FULL, "kind": "mysql"}, "mysql://db:3306/o?sslMode=VERIFY_IDENTITY"),
        ({**FULL, "kind": "sqlserver"}, "sqlserver://db:1433;databaseName=o;encrypt=true;trustServerCertificate=false"),
        ({"kind": "sqlserver", "host": "fd00::7"}, "sqlserver://;serverName=fd00::7;portNumber=1433"),
    ],
)  # fmt: skip
def test_a_jdbc_url_is_one_that_its_driver_reads(database: dict[str, Any], url: str) -> None:
    found = clear({**database, "preset": "spring", "statementSeconds": 0})
    assert found["SPRING_DATASOURCE_URL"] == f"jdbc:{url}"


def test_every_name_can_be_another_one() -> None:
    database = {
        **NOTES,
        "preset": "none",
        "variables": {"host": "MY_HOST", "poolIdleMilliseconds": "IDLE", "user": "ME"},
    }
    assert clear(database) == {"MY_HOST": NOTES["host"], "IDLE": "30000"}
    assert database_env.secret_variables(DatabaseSettings.model_validate(database, by_alias=True)) == {"ME": "username"}


@pytest.mark.parametrize(
    ("database", "variables"),
    [
        ({**NOTES}, {"PGUSER": "username", "PGPASSWORD": "password"}),
        ({"urlKey": "url"}, {"DATABASE_URL": "url"}),
        ({"urlKey": "url", "kind": "mongodb"}, {"MONGODB_URI": "url"}),
        ({"urlKey": "url", "kind": "redis"}, {"REDIS_URL": "url"}),
        ({"urlKey": "url", "preset": "prisma"}, {"DATABASE_URL": "url"}),
        ({"urlKey": "url", "preset": "spring"}, {"SPRING_DATASOURCE_URL": "url"}),
        ({"urlKey": "url", "host": "db", "preset": "libpq"}, {"DATABASE_URL": "url"}),
        ({"kind": "mysql", "host": "db"}, {"DB_USER": "username", "DB_PASSWORD": "password"}),
        ({"urlKey": "url", "variables": {"url": "DSN"}}, {"DSN": "url"}),
    ],
)
def test_a_url_needs_one_key_of_the_secret(database: dict[str, Any], variables: dict[str, str]) -> None:
    """Nothing forces keys of user and password that may not exist."""
    made = plan(database)
    assert errors(made.findings) == []
    assert wiring.secret_environment(made.first) == variables


@pytest.mark.parametrize(
    ("kind", "port", "connections"),
    [
        ("postgres", 5432, 100),
        ("mysql", 3306, 151),
        ("mongodb", 27017, 500),
        ("sqlserver", 1433, 1000),
        ("redis", 6379, 10_000),
    ],
)
def test_a_kind_brings_its_port_and_its_connections(kind: str, port: int, connections: int) -> None:
    made = plan({"kind": kind, "host": "db.example.com"}).first
    assert (made.settings.database.port, made.settings.database.max_connections) == (port, connections)  # type: ignore[union-attr]
    assert [(one.port, one.workload) for one in wiring.destinations(made)] == [(port, None)]
    assert made.plan.pool.pool_size is not None
    given = DatabaseSettings.model_validate({"kind": kind, "host": "db", "port": 1, "maxConnections": 7}, by_alias=True)
    assert (given.port, given.max_connections) == (1, 7)


def test_the_budget_of_another_kind_is_held() -> None:
    """And no remedy names a pooler, which no database but PostgreSQL has here."""
    for kind in ("mysql", "mongodb", "sqlserver", "redis"):
        found = plan({"kind": kind, "host": "db", "maxConnections": 1}).findings
        told = [one for one in found if one.code in ("MCP401", "MCP407")]
        assert told
        assert not [one for one in told if "pooler" in one.remedy]


@pytest.mark.parametrize(
    ("database", "secrets", "codes"),
    [
        ({**NOTES, "preset": "prisma"}, None, ["MCP414"]),
        ({**NOTES, "preset": "url"}, None, ["MCP414"]),
        ({"urlKey": "url"}, {"source": "none"}, ["MCP414"]),
        ({**NOTES, "urlKey": "url", "pooler": "pgbouncer"}, None, ["MCP415"]),
        ({**NOTES, "urlKey": "url"}, None, []),
        ({**NOTES, "pooler": "pgbouncer"}, {**EXISTING, "env": {"POSTGRES_URL": "url", "API_KEY": "k"}}, ["MCP415"]),
        ({**NOTES}, {**EXISTING, "env": {"POSTGRES_URL": "url"}}, []),
    ],
)
def test_a_url_that_nobody_can_read_is_told(
    database: dict[str, Any], secrets: dict[str, Any] | None, codes: list[str]
) -> None:
    found = [one.code for one in plan(database, secrets=secrets).findings]
    assert [code for code in found if code in ("MCP414", "MCP415")] == codes


@pytest.mark.parametrize(
    ("database", "told"),
    [
        ({"host": "34.89.12.7"}, {"mcp:database.host"}),
        ({"host": "34.89.12.7", "cidrs": ["34.89.0.0/16"]}, set()),
        ({"host": "34.89.12.7", "pooler": "pgbouncer", "cidrs": ["35.0.0.0/8"]}, {"mcp:database.host"}),
        ({"host": "2001:db8::5"}, {"mcp:database.host"}),
        ({"host": "10.1.2.3"}, set()),
        ({"host": "ep-1.eu-central-1.aws.neon.tech"}, {"mcp:database.host"}),
        ({"host": "ep-1.eu-central-1.aws.neon.tech", "cidrs": ["10.5.0.0/16"]}, set()),
        ({"host": "127.0.0.1"}, set()),
        ({"host": "db.example.com"}, set()),
        ({"host": "34.89.12.7", "namespace": "data"}, set()),
    ],
)
def test_an_address_that_is_closed_is_told(database: dict[str, Any], told: set[str]) -> None:
    found = plan({"maxConnections": 400, **database}).findings
    assert {one.path for one in found if one.code == "MCP418"} == told


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"poolSize": "PGUSER"}, {"mcp:database.variables.poolSize"}),
        ({"host": "A", "port": "A"}, {"mcp:database.variables.port"}),
        ({"user": "ME", "host": "PGUSER"}, set()),
    ],
)
def test_two_things_by_one_variable_are_told(variables: dict[str, str], told: set[str]) -> None:
    found = plan({**NOTES, "variables": variables}).findings
    assert {one.path for one in found if one.code == "MCP116"} == told


@pytest.mark.parametrize(
    "database",
    [
        {"kind": "mysql", "host": "db", "pooler": "pgbouncer"},
        {"kind": "mysql"},
        {"kind": "mysql", "host": "db", "preset": "libpq"},
        {"kind": "mongodb", "host": "db", "preset": "spring"},
        {"pooler": "pgbouncer", "urlKey": "url"},
        {**NOTES, "ca": {}},
        {**NOTES, "ca": {"configMap": "a", "secret": "b"}},
        {**NOTES, "parameters": {"search_path": "a'b"}},
        {**NOTES, "parameters": {"a;b": "c"}},
    ],
)
def test_what_cannot_be_is_refused(database: dict[str, Any]) -> None:
    with pytest.raises(SettingsError):
        plan(database)


@pytest.mark.parametrize(("mean", "given", "seconds"), [(50, None, 10), (2000, None, 20), (50, 0, 0), (50, 3, 3)])
def test_a_statement_is_limited_by_the_slowest_query(mean: int, given: int | None, seconds: int) -> None:
    settings = DatabaseSettings(host="db", query_milliseconds=mean, statement_seconds=given)
    assert database_env.statement_seconds(settings, WORKLOAD) == seconds
    limit = database_env.parameters(settings, WORKLOAD).get("statement_timeout")
    assert limit == (str(seconds * 1000) if seconds else None)


@pytest.mark.parametrize(("text", "seconds"), [("5s", 5), ("2500", 3), ("1min", 60), ("0", 0), ("1.5 s", 2)])
def test_a_statement_is_limited_by_what_the_parameters_say(text: str, seconds: int) -> None:
    """The server and the database are told one limit, whichever of the two keys says it."""
    database = {"host": "pg", "parameters": {"statement_timeout": text}}
    told = clear(database)
    assert told["DATABASE_STATEMENT_SECONDS"] == f"{seconds}"
    assert told["PGOPTIONS"] == "-c statement_timeout=" + text.replace(" ", "\\ ")


@pytest.mark.parametrize(
    ("database", "variable", "value"),
    [
        ({"kind": "mysql", "host": "db"}, "DB_NAME", None),
        ({"kind": "mysql", "host": "db", "name": "orders"}, "DB_NAME", "orders"),
        ({"kind": "mysql", "host": "db", "preset": "spring"}, "SPRING_DATASOURCE_URL", "jdbc:mysql://db:3306/"),
        (
            {"kind": "sqlserver", "host": "db", "preset": "spring"},
            "SPRING_DATASOURCE_URL",
            "jdbc:sqlserver://db:1433",
        ),
        ({"host": "127.0.0.1"}, "PGSSLMODE", "disable"),
        ({"host": "localhost", "tlsMode": "require"}, "PGSSLMODE", "require"),
        ({"host": "db"}, "PGSSLMODE", "require"),
    ],
)
def test_nothing_is_said_that_only_another_database_has(
    database: dict[str, Any], variable: str, value: str | None
) -> None:
    """MySQL has no database 'postgres', and the sidecar of a managed one speaks no TLS in the pod."""
    assert clear(database).get(variable) == value


def test_a_database_behind_a_sidecar_needs_no_way_out() -> None:
    def ports(**more: Any) -> list[int]:
        region = plan({"host": "127.0.0.1", "name": "notes", "maxConnections": 400, **more})
        return [one.port for one in wiring.service_args(region.first, "mcp", "s", None).allow_to]

    assert ports() == []
    assert ports(cidrs=["10.0.0.0/8"]) == [5432]


def test_the_pool_keeps_no_more_than_it_has() -> None:
    settings = DatabaseSettings(host="db", pool_min_idle=9)
    variables = database_env.clear_variables(settings, WORKLOAD, runtime="other", pool_size=5, pooler=None)
    assert variables["DATABASE_POOL_MIN_IDLE"] == "5"


def test_the_pooler_sets_parameters_and_drops_none_in_silence() -> None:
    text = pgbouncer_ini(
        database_host="db",
        database_port=5432,
        database_name="orders",
        pool_size=5,
        reserve_pool_size=0,
        max_client_conn=10,
        server_tls_mode="verify-full",
        server_ca_file="/etc/mcp/database-ca/ca.crt",
        parameters={"statement_timeout": "10000", "search_path": "app, public"},
    )
    limit, schemas = "''statement_timeout'', ''10000'', false", "''search_path'', ''app, public'', false"
    query = f"select set_config({limit}), set_config({schemas})"
    assert f"orders = host=db port=5432 dbname=orders connect_query='{query}'\n" in text
    assert "ignore_startup_parameters = extra_float_digits\n" in text
    assert "track_extra_parameters = IntervalStyle\n" in text
    assert "server_tls_ca_file = /etc/mcp/database-ca/ca.crt\n" in text


VOLUME = {
    "configMap": {"name": "database-ca", "configMap": {"name": "rds", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
    "secret": {"name": "database-ca", "secret": {"secretName": "rds", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
}
MOUNT = {"name": "database-ca", "mountPath": "/etc/mcp/database-ca", "readOnly": True}


@pytest.mark.grid
@pytest.mark.parametrize("source", VOLUME)
@pytest.mark.parametrize("pooled", [False, True])
def test_the_authority_is_mounted_where_the_connection_begins(source: str, pooled: bool) -> None:
    """In the server, or in the pooler where there is one."""
    database = {**NOTES, "tlsMode": "verify-full", "ca": {source: "rds"}, "pooler": "pgbouncer" if pooled else "none"}
    made = record(lambda: McpRegion.planned("r", plan(database)))
    pods = {name: made.manifest("Deployment", name)["spec"]["template"]["spec"] for name in _workloads(pooled)}
    with_volume = {name for name, pod in pods.items() if VOLUME[source] in pod["volumes"]}
    with_mount = {name for name, pod in pods.items() if MOUNT in pod["containers"][0]["volumeMounts"]}
    assert with_volume == with_mount == {"notes-pooler" if pooled else "notes"}


def _workloads(pooled: bool) -> list[str]:
    return ["notes", "notes-pooler"] if pooled else ["notes"]


def test_the_public_name_is_one_that_the_server_lets_in() -> None:
    assert wiring.environment(plan(NOTES).first, None)["MCP_ALLOWED_HOSTS"] == "mcp.example.com"
    told = wiring.environment(plan(NOTES, hosts=["mcp.example.org", "old.example.com"]).first, None)[
        "MCP_ALLOWED_HOSTS"
    ]
    assert told == "mcp.example.com,mcp.example.org,old.example.com"
