"""The generated PgBouncer configuration on a real PgBouncer and a real PostgreSQL keeps within its budget."""

from __future__ import annotations

import re
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest

from pulumi_kubernetes_mcp.pooler.spec import DRAIN, ENDPOINT_PROPAGATION_SECONDS, SHUTDOWN_SECONDS

from .conftest import Note
from .postgres import (
    PASSWORD,
    SERVER_SIDE,
    SINCE,
    USER,
    Postgres,
    connect,
    pgbouncer,
    pgbouncer_version,
    postgresql,
    sampled,
)
from .processes import StillRunningError, running, wait_until

QUICKLY = 15.0
"""Idle clients stay for ever in these tests, so any end within this time is an answer to the signal."""


@pytest.fixture(scope="module")
def database() -> Iterator[Postgres]:
    """One PostgreSQL for all tests of this file, with room for 40 connections."""
    with postgresql(max_connections=40) as started:
        yield started


def server_process(connection: Any) -> int:
    """The server process that served one transaction of a client."""
    return int(connection.execute("select pg_backend_pid()").fetchone()[0])


def wait_idle(database: Postgres) -> None:
    """Wait until the server connections of an earlier pooler are gone."""
    with database.admin() as connection:
        wait_until(
            lambda: connection.execute(SERVER_SIDE, [USER]).fetchone() == (0,),
            seconds=20,
            what="no server connection of the application role is left over",
        )


def sleeps(database: Postgres) -> bool:
    """Whether a query of the application role sleeps on the server."""
    active = "select count(*) from pg_stat_activity where usename = %s and wait_event = 'PgSleep'"
    with database.admin() as connection:
        return bool(connection.execute(active, [USER]).fetchone() != (0,))


@pytest.fixture(autouse=True)
def _clean(database: Postgres) -> None:
    wait_idle(database)


def test_only_options_that_are_newer_than_this_version_were_dropped(database: Postgres, note: Note) -> None:
    """The configuration is used as generated, without what an old PgBouncer is too old for."""
    version = pgbouncer_version()
    with pgbouncer(database, pool_size=1) as pooler:
        assert set(pooler.dropped) == {option for option, since in SINCE.items() if version < since}
    note(f"PgBouncer {version[0]}.{version[1]}, dropped options: {', '.join(pooler.dropped) or 'none'}")


def test_clients_beyond_the_pool_all_succeed_within_the_planned_connections(database: Postgres, note: Note) -> None:
    """Two instances: 48 clients, 6 transactions each, and never more than 2 × 4 server connections."""
    pool_size, clients, transactions = 4, 48, 6
    planned = 2 * pool_size
    with ExitStack() as stack:
        ports = [stack.enter_context(pgbouncer(database, pool_size=pool_size)).port for _ in range(2)]
        everyone = threading.Barrier(clients)

        def client(number: int) -> int:
            with connect(ports[number % 2]) as connection:
                everyone.wait(30)
                for _ in range(transactions):
                    connection.execute("select pg_sleep(0.02)")
                everyone.wait(30)
                return transactions

        peak = stack.enter_context(sampled(database))
        start = time.monotonic()
        with ThreadPoolExecutor(clients) as pool:
            done = sum(pool.map(client, range(clients)))
        seconds = time.monotonic() - start
        assert done == clients * transactions
        assert peak() == planned
    note(f"{clients} clients at once, {done} transactions in {seconds:.2f} s, peak {peak()} server connections")


def test_reserve_pool_stays_within_its_cap(database: Postgres, note: Note) -> None:
    """``reserve_pool_size`` opens further connections when clients waited; ``max_db_connections`` ends it."""
    with pgbouncer(database, pool_size=2, reserve_pool_size=2) as pooler, sampled(database) as peak:

        def client(_number: int) -> None:
            with connect(pooler.port) as connection:
                connection.execute("select pg_sleep(1.5)")

        with ThreadPoolExecutor(12) as pool:
            list(pool.map(client, range(12)))
        assert peak() == 4
    note(f"pool 2 + reserve 2, 12 clients of 1.5 s each: peak {peak()} server connections")


def test_a_server_connection_belongs_to_a_transaction_not_to_a_client(database: Postgres) -> None:
    """With one server connection a second client waits for the commit of the first, not for its goodbye."""
    with ExitStack() as stack:
        pooler = stack.enter_context(pgbouncer(database, pool_size=1))
        pool = stack.enter_context(ThreadPoolExecutor(1))
        first, second = (stack.enter_context(connect(pooler.port)) for _ in range(2))
        assert server_process(first) == server_process(second)
        with first.transaction():
            mine = server_process(first)
            other = pool.submit(server_process, second)
            time.sleep(0.3)
            assert not other.done()
        assert other.result(5) == mine


def test_clients_above_max_client_conn_are_refused(database: Postgres) -> None:
    """The cap on clients refuses the next one at once, in words; when one leaves there is room again."""
    import psycopg

    with pgbouncer(database, pool_size=1, max_client_conn=5) as pooler, ExitStack() as stack:
        open_ones = [stack.enter_context(connect(pooler.port)) for _ in range(5)]
        with pytest.raises(psycopg.OperationalError, match="max_client_conn"):
            connect(pooler.port)
        open_ones[0].close()

        def room() -> bool:
            try:
                with connect(pooler.port) as late:
                    return bool(server_process(late))
            except psycopg.OperationalError:
                return False

        wait_until(room, seconds=20, what="PgBouncer has seen that a client left")


def test_scram_with_the_user_list_of_the_init_container(database: Postgres) -> None:
    """The user list is written by the library's own script; a password full of quotes survives it, both ways.

    PgBouncer checks the client against it with SCRAM, and logs in to the server, which speaks SCRAM only.
    """
    import psycopg

    with pgbouncer(database, pool_size=1) as pooler:
        with connect(pooler.port) as connection:
            assert connection.execute("select current_user").fetchone() == (USER,)
            row = connection.execute("select ssl from pg_stat_ssl where pid = pg_backend_pid()").fetchone()
            assert row == (True,), "server_tls_sslmode = require, and the server side is not encrypted"
        for wrong in ({"password": PASSWORD + "x"}, {"user": "postgres"}):
            with pytest.raises(psycopg.OperationalError, match=r"authentication failed|password authentication"):
                connect(pooler.port, **wrong)


def test_named_prepared_statements_need_121(database: Postgres, note: Note) -> None:
    """What ``max_prepared_statements`` is for: before 1.21 named statements break; unnamed ones never do."""
    import psycopg

    def repeat(threshold: int | None) -> None:
        with (
            connect(port, prepare_threshold=threshold) as one,
            connect(port, prepare_threshold=threshold) as two,
        ):
            for _ in range(5):
                for connection in (one, two):
                    connection.execute("select %s::int", [1])

    with pgbouncer(database, pool_size=1) as pooler:
        port = pooler.port
        repeat(None)
        if pgbouncer_version() >= SINCE["max_prepared_statements"]:
            repeat(0)
            note("named prepared statements work in transaction mode")
            return
        with pytest.raises(psycopg.errors.DatabaseError, match="prepared statement") as caught:
            repeat(0)
    note(f"named prepared statements fail here, as expected before 1.21: {str(caught.value).splitlines()[0]}")


def test_sigint_ends_it_although_idle_clients_stay(database: Postgres, note: Note) -> None:
    """Pools of applications keep their connections; SIGINT waits for transactions only."""
    with pgbouncer(database, pool_size=2) as pooler, ExitStack() as stack:
        for _ in range(10):
            server_process(stack.enter_context(connect(pooler.port)))
        pooler.process.send(signal.SIGINT)
        seconds = pooler.process.wait(QUICKLY)
        assert pooler.process.popen.returncode == 0
    note(f"SIGINT with 10 idle clients: exit after {seconds:.2f} s")


def test_sigint_lets_a_running_transaction_finish(database: Postgres, note: Note) -> None:
    """The transaction that runs at SIGINT commits; the process ends with it."""
    with (
        pgbouncer(database, pool_size=2) as pooler,
        connect(pooler.port) as idle,
        connect(pooler.port) as busy,
    ):
        server_process(idle)
        with ThreadPoolExecutor(1) as pool:
            query = pool.submit(lambda: busy.execute("select 'done', pg_sleep(2.5)").fetchone())
            wait_until(lambda: sleeps(database), seconds=20, what="the query runs")
            pooler.process.send(signal.SIGINT)
            assert not query.done(), "the query was not running at SIGINT, so it proves nothing"
            seconds = pooler.process.wait(2.5 + QUICKLY)
            row = query.result(QUICKLY)
        assert row is not None
        assert row[0] == "done"
    note(f"SIGINT with a running query: it finished, exit after {seconds:.2f} s")


def test_sigterm_is_the_wrong_signal(database: Postgres, note: Note) -> None:
    """From 1.23 SIGTERM waits for every client, until the grace period ends; before, it cut queries."""
    import psycopg

    with (
        pgbouncer(database, pool_size=2) as pooler,
        connect(pooler.port) as idle,
        connect(pooler.port) as busy,
    ):
        server_process(idle)
        with ThreadPoolExecutor(1) as pool:
            query = pool.submit(lambda: busy.execute("select 'done', pg_sleep(2.5)").fetchone())
            wait_until(lambda: sleeps(database), seconds=20, what="the query runs")
            pooler.process.send(signal.SIGTERM)
            if pgbouncer_version() >= (1, 23):
                with pytest.raises(StillRunningError):
                    pooler.process.wait(5)
                assert query.result(5) is not None
                note("SIGTERM: still running after 5 s with one idle client")
                return
            seconds = pooler.process.wait(QUICKLY)
            with pytest.raises(psycopg.OperationalError):
                query.result(5)
    note(f"SIGTERM: exit after {seconds:.2f} s, the running query was cut")


def test_the_pre_stop_script_keeps_serving_then_ends_the_pooler(database: Postgres, note: Note) -> None:
    """The pod's own drain script, with the real process id for 1: it serves until propagation ends."""
    with pgbouncer(database, pool_size=2) as pooler, connect(pooler.port) as idle:
        server_process(idle)
        script, changed = re.subn(r"\b(kill -\w+) 1\b", rf"\1 {pooler.process.popen.pid}", DRAIN)
        assert changed == 2, DRAIN
        with running("pre-stop", ["/bin/sh", "-c", script], folder=pooler.process.log.parent) as hook:
            start = time.monotonic()
            served = 0
            while time.monotonic() - start < ENDPOINT_PROPAGATION_SECONDS - 0.5:
                with connect(pooler.port) as late:
                    served += bool(server_process(late))
                time.sleep(0.2)
            pooler.process.wait(0.5 + QUICKLY)
            ended = time.monotonic() - start
            hook.wait(SHUTDOWN_SECONDS)
    note(f"pre-stop script: {served} late clients served, pooler ended {ended:.2f} s after the deletion")
