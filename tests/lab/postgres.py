"""A real PostgreSQL and real PgBouncers on loopback, each with its own data folder."""

from __future__ import annotations

import re
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pulumi_kubernetes_mcp.pooler import exporter
from pulumi_kubernetes_mcp.pooler.spec import CONSOLE, EXPORTED, PORT, RUN_PATH, USERLIST, pgbouncer_ini

from .processes import (
    LOOPBACK,
    Process,
    folder_of,
    free_port,
    listens,
    program,
    run,
    running,
    unprivileged,
    wait_until,
)

if TYPE_CHECKING:
    import psycopg

USER = "mcp_app"
PASSWORD = 'p "quoted" \\ back\'s $HOME %s #;'
"""A password that a careless writer of ``userlist.txt`` gets wrong."""
DATABASE = "mcp"
SINCE = {"max_prepared_statements": (1, 21), "track_extra_parameters": (1, 20)}
"""Options of the generated configuration that older versions do not know, and the first that does."""
SERVER_SIDE = "select count(*) from pg_stat_activity where usename = %s and backend_type = 'client backend'"
_UNKNOWN = re.compile(r"unknown parameter: pgbouncer/(\w+)")


@dataclass(frozen=True)
class Postgres:
    """A running PostgreSQL."""

    process: Process
    port: int
    authority: str
    """The certificate of the private authority that signed its own (PEM)."""

    def admin(self) -> psycopg.Connection[Any]:
        """A superuser connection that bypasses the pooler."""
        return connect(self.port, user="postgres", dbname="postgres")

    def accepts(self) -> bool:
        """Whether it is past "the database system is starting up", when its port is open already."""
        import psycopg

        try:
            self.admin().close()
        except psycopg.OperationalError:
            return False
        return True


@dataclass(frozen=True)
class PgBouncer:
    """A running PgBouncer, and the options of its configuration that this version does not know."""

    process: Process
    port: int
    dropped: tuple[str, ...]
    password_file: Path | None = None
    """What its exporter signs in with, where it has one."""


def connect(port: int, **options: Any) -> psycopg.Connection[Any]:
    """One connection; the password is the same for every role of the lab."""
    import psycopg

    defaults = {"user": USER, "dbname": DATABASE, "password": PASSWORD, "prepare_threshold": None}
    fixed = {"host": LOOPBACK, "port": port, "connect_timeout": 20, "autocommit": True}
    return psycopg.connect(**{**defaults, **options, **fixed})


@contextmanager
def postgresql(max_connections: int = 40) -> Iterator[Postgres]:
    """A fresh cluster: scram-sha-256 only, TLS offered, a role and a database; ended by a fast shutdown."""
    from psycopg import sql

    initdb = program("initdb", "postgresql")
    server = program("postgres", "postgresql")
    openssl = program("openssl", "openssl")
    user = unprivileged("postgres")
    with folder_of(user) as folder:
        data = str(folder / "data")
        secret, key, certificate = (
            folder / "password",
            str(folder / "key.pem"),
            str(folder / "certificate.pem"),
        )
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        cluster = [initdb, "-D", data, "-U", "postgres", "-A", "scram-sha-256", "-E", "UTF8", "--no-sync"]
        run([*cluster, f"--pwfile={secret}"], folder=folder, user=user)
        authority = [str(folder / "ca.key"), str(folder / "ca.pem")]
        made = [openssl, "req", "-x509", "-days", "1", "-nodes", "-newkey", "rsa:2048"]
        run([*made, "-subj", "/CN=Lab", "-keyout", authority[0], "-out", authority[1]], folder=folder, user=user)
        run(
            [*made, "-CAkey", authority[0], "-CA", authority[1], "-subj", "/CN=localhost", "-keyout", key,
             "-out", certificate, "-addext", f"subjectAltName=DNS:localhost,IP:{LOOPBACK}",
             "-addext", "basicConstraints=critical,CA:FALSE"],
            folder=folder,
            user=user,
        )  # fmt: skip
        port = free_port()
        settings = {
            "listen_addresses": LOOPBACK,
            "port": port,
            "unix_socket_directories": "",
            "max_connections": max_connections,
            "shared_buffers": "16MB",
            "fsync": "off",
            "ssl": "on",
            "ssl_key_file": key,
            "ssl_cert_file": certificate,
        }
        command = [server, "-D", data, *(f"--{name}={value}" for name, value in settings.items())]
        with running("postgres", command, folder=folder, user=user, stop_signal=signal.SIGINT) as process:
            process.wait_for_port(port)
            started = Postgres(process, port, Path(authority[1]).read_text())
            wait_until(started.accepts, seconds=20, what="PostgreSQL accepts sessions")
            with started.admin() as connection:
                role, name, password = sql.Identifier(USER), sql.Identifier(DATABASE), sql.Literal(PASSWORD)
                connection.execute(sql.SQL("create role {} login password {}").format(role, password))
                connection.execute(sql.SQL("create database {} owner {}").format(name, role))
            yield started


@contextmanager
def sampled(database: Postgres) -> Iterator[Callable[[], int]]:
    """Watch the connections of the application role on the server side; the most that were seen at once."""
    stop = threading.Event()
    seen: list[int] = []

    def watch() -> None:
        with database.admin() as connection:
            while not stop.is_set():
                row = connection.execute(SERVER_SIDE, [USER]).fetchone()
                seen.append(row[0] if row else 0)
                stop.wait(0.01)

    with ThreadPoolExecutor(1) as pool:
        watcher = pool.submit(watch)
        try:
            yield lambda: max(seen, default=0)
        finally:
            stop.set()
            watcher.result(10)


def pgbouncer_version() -> tuple[int, int]:
    """Major and minor version of the installed PgBouncer; a skip if there is none."""
    text = run([program("pgbouncer", "pgbouncer"), "--version"], folder=Path("/"))
    found = re.search(r"PgBouncer (\d+)\.(\d+)", text)
    assert found is not None, text
    return int(found[1]), int(found[2])


def write_user_list(folder: Path, user: str | None, exported_port: int | None = None) -> Path:
    """``userlist.txt``, written by the very shell script of the pooler's init container.

    :param exported_port: the port of the PgBouncer, where an exporter signs in too.
    """
    environment = {"PGUSER": USER, "PGPASSWORD": PASSWORD}
    script = USERLIST
    if exported_port is not None:
        assert EXPORTED.count(f" {CONSOLE} {PORT} ") == 1
        script = EXPORTED.replace(f" {CONSOLE} {PORT} ", f" {LOOPBACK} {exported_port} ")
    script = script.replace(RUN_PATH, str(folder)).replace(exporter.FOLDER, str(folder))
    with running("user-list", ["/bin/sh", "-c", script], folder=folder, environment=environment, user=user) as shell:
        shell.wait(10)
        assert shell.popen.returncode == 0, shell.output()
    return folder / "userlist.txt"


@contextmanager
def pgbouncer(
    database: Postgres,
    *,
    pool_size: int,
    reserve_pool_size: int = 0,
    max_client_conn: int = 100,
    exported: bool = False,
    **more: Any,
) -> Iterator[PgBouncer]:
    """A PgBouncer with the configuration that the library generates.

    :param exported: whether an exporter may read its console.

    What differs on loopback are arguments of the library's own function: where it listens, where its user
    list is. Options that the installed version refuses as unknown are dropped and listed, and nothing else.
    """
    binary = program("pgbouncer", "pgbouncer")
    user = unprivileged("postgres")
    with folder_of(user) as folder:
        port = free_port()
        text = pgbouncer_ini(
            database_host=LOOPBACK,
            database_port=database.port,
            database_name=DATABASE,
            pool_size=pool_size,
            reserve_pool_size=reserve_pool_size,
            max_client_conn=max_client_conn,
            listen_address=LOOPBACK,
            listen_port=port,
            auth_file=str(write_user_list(folder, user, port if exported else None)),
            exported=exported,
            **more,
        )
        configuration = folder / "pgbouncer.ini"
        dropped: list[str] = []
        configuration.write_text(text)
        while unknown := _unknown_options(binary, configuration, port, folder, user):  # It ends at the first of them.
            text = re.sub(rf"(?m)^({'|'.join(unknown)}) =.*\n", "", text)
            dropped += unknown
            configuration.write_text(text)
        with running(
            "pgbouncer", [binary, str(configuration)], folder=folder, user=user, stop_signal=signal.SIGQUIT
        ) as process:
            process.wait_for_port(port)
            written = folder / Path(exporter.PASSWORD_FILE).name
            yield PgBouncer(process, port, tuple(dropped), written if exported else None)


def _unknown_options(binary: str, configuration: Path, port: int, folder: Path, user: str | None) -> list[str]:
    """What this PgBouncer itself calls unknown in a configuration: it is started once, and told to end."""
    with running("pgbouncer-check", [binary, str(configuration)], folder=folder, user=user) as process:
        wait_until(lambda: not process.running() or listens(port), seconds=20, what="PgBouncer ends or listens")
        if process.running():
            process.stop(signal.SIGQUIT)
        return sorted(set(_UNKNOWN.findall(process.output())))
