"""The pooler and the external secret, by hand."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from pulumi_kubernetes_mcp.pooler import exporter
from pulumi_kubernetes_mcp.pooler import spec as specs
from pulumi_kubernetes_mcp.region_plan import plan_region
from pulumi_kubernetes_mcp.secrets.spec import RemoteRef, external_secret
from pulumi_kubernetes_mcp.settings.servers import load_stack
from tests.monitoring.stacks import POOLED

POOLER = specs.PoolerSpec(
    name="pool",
    image="r.example/pgbouncer:1.25.1",
    pull_policy="Always",
    instances=3,
    secret_name="db",
    user_key="user",
    password_key="pass",
)


def test_the_settings_of_pgbouncer() -> None:
    text = specs.pgbouncer_ini(
        database_host="db.example.com",
        database_port=6543,
        database_name="orders",
        pool_size=20,
        reserve_pool_size=4,
        max_client_conn=400,
        server_tls_mode="verify-full",
    )
    assert text == (
        "[databases]\n"
        "orders = host=db.example.com port=6543 dbname=orders\n"
        "\n"
        "[pgbouncer]\n"
        "listen_addr = *\n"
        "listen_port = 6432\n"
        "unix_socket_dir =\n"
        "auth_type = scram-sha-256\n"
        "auth_file = /run/pgbouncer/userlist.txt\n"
        "pool_mode = transaction\n"
        "default_pool_size = 20\n"
        "reserve_pool_size = 4\n"
        "reserve_pool_timeout = 3\n"
        "max_db_connections = 24\n"
        "max_client_conn = 400\n"
        "max_prepared_statements = 200\n"
        "query_wait_timeout = 30\n"
        "server_idle_timeout = 600\n"
        "server_lifetime = 3600\n"
        "server_tls_sslmode = verify-full\n"
        "ignore_startup_parameters = extra_float_digits\n"
        "track_extra_parameters = IntervalStyle\n"
        "log_connections = 0\n"
        "log_disconnections = 0\n"
        "server_tls_ca_file = /etc/ssl/certs/ca-certificates.crt\n"
    )
    parser = configparser.ConfigParser()
    parser.read_string(text)
    assert parser.getint("pgbouncer", "max_db_connections") == 24


def test_only_a_full_check_of_the_certificate_needs_to_know_the_authorities() -> None:
    for mode in ("disable", "prefer", "require"):
        text = specs.pgbouncer_ini(
            database_host="db",
            database_port=5432,
            database_name="o",
            pool_size=1,
            reserve_pool_size=0,
            max_client_conn=1,
            server_tls_mode=mode,
        )
        assert f"server_tls_sslmode = {mode}\n" in text
        assert "ca_file" not in text


def test_the_pods_of_the_pooler() -> None:
    spec = specs.deployment(POOLER, {"x": "y"}, "pool-config-1")
    assert spec["replicas"] == 3
    assert spec["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
    pod = spec["template"]["spec"]
    assert pod["terminationGracePeriodSeconds"] == 45
    assert {"name": "config", "configMap": {"name": "pool-config-1"}} in pod["volumes"]
    (first,) = pod["initContainers"]
    assert first["env"] == [
        {"name": "PGPASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "pass"}}},
        {"name": "PGUSER", "valueFrom": {"secretKeyRef": {"name": "db", "key": "user"}}},
    ]
    (main,) = pod["containers"]
    assert "env" not in main
    assert main["lifecycle"]["preStop"]["exec"]["command"][2].startswith("sleep 10; kill -INT 1; ")
    assert specs.service(POOLER)["ports"] == [
        {"name": "postgres", "port": 6432, "targetPort": "postgres", "protocol": "TCP"}
    ]


@pytest.mark.skipif(shutil.which("sh") is None, reason="no shell")
@pytest.mark.parametrize("password", ["plain", 'with "quotes"', "with $(id) `id` \\ and spaces", "%s %d", "ä'"])
def test_the_user_list_holds_any_password(password: str, tmp_path: object) -> None:
    """The script is run for real; in the file of PgBouncer a quote is doubled and nothing else is special."""
    script = specs.USERLIST.replace(specs.RUN_PATH, str(tmp_path))
    subprocess.run(["sh", "-c", script], check=True, env={**os.environ, "PGUSER": "app", "PGPASSWORD": password})
    with open(f"{tmp_path}/userlist.txt", encoding="utf-8") as file:
        assert file.read() == '"app" "{}"\n'.format(password.replace('"', '""'))
    assert os.stat(f"{tmp_path}/userlist.txt").st_mode & 0o077 == 0


EXPORTED = replace(POOLER, exporter_image="r.example/exporter:0.12.1")


def test_the_exporter_stands_beside_it_and_is_told_no_password() -> None:
    plain, pod = (specs.pod(pooler, "pool-config-1") for pooler in (POOLER, EXPORTED))
    assert [one["name"] for one in plain["containers"]] == ["pgbouncer"]
    main, beside = pod["containers"]
    assert main == plain["containers"][0]
    assert (beside["name"], beside["image"]) == ("exporter", "r.example/exporter:0.12.1")
    assert beside["env"] == [
        {
            "name": "PGBOUNCER_EXPORTER_CONNECTION_STRING",
            "value": "postgres://mcp_exporter@127.0.0.1:6432/pgbouncer?sslmode=disable&connect_timeout=5",
        },
        {"name": "PGPASSFILE", "value": "/run/exporter/pgpass"},
    ]
    # The user list, with the password of the database, is in the folder that it does not have.
    assert beside["volumeMounts"] == [{"name": "exporter", "mountPath": "/run/exporter", "readOnly": True}]
    assert {"name": "exporter", "emptyDir": {"medium": "Memory", "sizeLimit": "1Mi"}} in pod["volumes"]
    assert not {"readinessProbe", "livenessProbe", "startupProbe"} & set(beside)
    assert beside["securityContext"] == main["securityContext"]


def test_only_a_pooler_with_an_exporter_has_a_user_for_it() -> None:
    def text(**more: object) -> str:
        return specs.pgbouncer_ini(
            database_host="db", database_port=5432, database_name="o", pool_size=1, reserve_pool_size=0,
            max_client_conn=1, **more,  # type: ignore[arg-type]
        )  # fmt: skip

    assert "stats_users" not in text()
    assert "stats_users = mcp_exporter\n" in text(exported=True)
    assert "ignore_startup_parameters = extra_float_digits\n" in text(exported=True)
    assert "ignore_startup_parameters = jit,extra_float_digits\n" in text(exported=True, ignored_parameters=["jit"])
    kept = text(exported=True, ignored_parameters=["jit"], tracked_parameters=["extra_float_digits"])
    assert "ignore_startup_parameters = jit\n" in kept


@pytest.mark.skipif(shutil.which("sh") is None, reason="no shell")
def test_the_password_of_the_exporter_is_random_and_the_same_on_both_sides(tmp_path: Path) -> None:
    def made(folder: Path) -> str:
        folder.mkdir()
        script = specs.EXPORTED.replace(specs.RUN_PATH, str(folder)).replace(exporter.FOLDER, str(folder))
        variables = {**os.environ, "PGUSER": "app", "PGPASSWORD": "word"}
        subprocess.run(["sh", "-c", script], check=True, env=variables)
        (address,) = (folder / "pgpass").read_text().splitlines()
        host, port, database, user, password = address.split(":")
        assert (host, port, database, user) == ("127.0.0.1", "6432", "pgbouncer", "mcp_exporter")
        users = (folder / "userlist.txt").read_text().splitlines()
        assert users == ['"app" "word"', f'"mcp_exporter" "{password}"']
        assert (folder / "pgpass").stat().st_mode & 0o077 == 0
        assert "word" not in address
        return password

    first, second = made(tmp_path / "a"), made(tmp_path / "b")
    assert len(first) == len(second) == 64
    assert first != second


def test_what_the_exporter_requests_is_counted_in_the_quota() -> None:
    def need(exported: bool) -> tuple[int, int]:
        values = {**POOLED, "mcp:database": {**POOLED["mcp:database"], "poolerExporter": exported}}
        found = plan_region(load_stack(values, where="stack"), rehearse=False).shared.need
        return found.cpu_millicores, found.memory_bytes

    # Two instances, in both generations of a rollout.
    assert need(True)[0] - need(False)[0] == 4 * 10
    assert need(True)[1] - need(False)[1] == 4 * 32 * 2**20


def test_an_external_secret_outlives_its_source() -> None:
    assert external_secret(
        secret_name="orders",
        store={"name": "platform", "kind": "ClusterSecretStore"},
        refresh_interval="1h",
        refs=[
            RemoteRef(secret_key="token", remote_key="mcp/orders", remote_property="token"),
            RemoteRef(secret_key="whole", remote_key="mcp/whole", remote_property=None),
        ],
    ) == {
        "refreshPolicy": "Periodic",
        "refreshInterval": "1h",
        "secretStoreRef": {"name": "platform", "kind": "ClusterSecretStore"},
        "target": {"name": "orders", "creationPolicy": "Orphan", "deletionPolicy": "Retain"},
        "data": [
            {
                "secretKey": "token",
                "remoteRef": {
                    "key": "mcp/orders",
                    "property": "token",
                    "conversionStrategy": "Default",
                    "decodingStrategy": "None",
                    "metadataPolicy": "None",
                },
            },
            {
                "secretKey": "whole",
                "remoteRef": {
                    "key": "mcp/whole",
                    "conversionStrategy": "Default",
                    "decodingStrategy": "None",
                    "metadataPolicy": "None",
                },
            },
        ],
    }
