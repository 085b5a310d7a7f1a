"""What a server is told of its database: variables, their names by preset, words as its driver reads them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import TYPE_CHECKING
from urllib.parse import quote

import pulumi

from .kubernetes import volumes
from .kubernetes.objects import text

if TYPE_CHECKING:
    from .settings.models import DatabaseSettings, WorkloadSettings

STATEMENT_SECONDS = 10
"""The guides' limit of a statement."""
SLOW_FACTOR = 10
"""A query that takes this many times its mean is stuck, not slow."""
NODE = ("typescript-v1", "typescript-v2", "node")
"""Runtimes whose driver is node-postgres, which reads the words of libpq in its own way."""
NODE_TLS: Mapping[str, str] = {
    "disable": "disable",
    "prefer": "no-verify",
    "require": "no-verify",
    "verify-ca": "verify-ca",
    "verify-full": "verify-full",
}
"""libpq's word to that of node-postgres, which takes 'prefer' and 'require' for verify and fails with a private CA:
its 'no-verify' is what libpq calls require. It knows no fallback to a connection in clear."""
NODE_CA = "NODE_EXTRA_CA_CERTS"
"""What Node itself reads beside the authorities that it brings; node-postgres reads no PGSSLROOTCERT."""
VERIFYING = ("verify-ca", "verify-full")

_POOL = {
    "pool_size": "DATABASE_POOL_SIZE",
    "pool_min_idle": "DATABASE_POOL_MIN_IDLE",
    "pool_idle_seconds": "DATABASE_POOL_IDLE_SECONDS",
    "pool_acquire_seconds": "DATABASE_POOL_ACQUIRE_SECONDS",
    "statement_seconds": "DATABASE_STATEMENT_SECONDS",
}
_PARTS = {"host": "DB_HOST", "port": "DB_PORT", "name": "DB_NAME", "user": "DB_USER", "password": "DB_PASSWORD"}
_HIKARI = "SPRING_DATASOURCE_HIKARI_"
PRESETS: Mapping[str, Mapping[str, str]] = {
    "libpq": {
        "host": "PGHOST",
        "port": "PGPORT",
        "name": "PGDATABASE",
        "user": "PGUSER",
        "password": "PGPASSWORD",
        "tls": "PGSSLMODE",
        "ca": "PGSSLROOTCERT",
        "options": "PGOPTIONS",
        "url": "DATABASE_URL",
        **_POOL,
    },
    "url": {"url": "DATABASE_URL", "ca": "DATABASE_CA_FILE", **_POOL},
    "prisma": {"url": "DATABASE_URL"},
    "sqlalchemy": {
        **_PARTS,
        "url": "DATABASE_URL",
        "ca": "DB_SSL_CA",
        "pool_size": "DB_POOL_SIZE",
        "pool_acquire_seconds": "DB_POOL_TIMEOUT",
        "pool_idle_seconds": "DB_POOL_RECYCLE",
        "statement_seconds": "DB_STATEMENT_TIMEOUT",
    },
    "django": {**_PARTS, "url": "DATABASE_URL", "ca": "DB_SSL_CA", "pool_idle_seconds": "CONN_MAX_AGE"},
    "spring": {
        "url": "SPRING_DATASOURCE_URL",
        "jdbc_url": "SPRING_DATASOURCE_URL",
        "user": "SPRING_DATASOURCE_USERNAME",
        "password": "SPRING_DATASOURCE_PASSWORD",
        "pool_size": f"{_HIKARI}MAXIMUM_POOL_SIZE",
        "pool_min_idle": f"{_HIKARI}MINIMUM_IDLE",
        "pool_idle_milliseconds": f"{_HIKARI}IDLE_TIMEOUT",
        "pool_acquire_milliseconds": f"{_HIKARI}CONNECTION_TIMEOUT",
    },
    "generic": {**_PARTS, "url": "DATABASE_URL", "ca": "DB_SSL_CA", **_POOL},
    "none": {},
}
"""Preset to the names of what it emits. Prisma reads the size of its pool from the URL alone."""
URLS = {"mongodb": "MONGODB_URI", "redis": "REDIS_URL"}
"""What the URL of a kind is called where the preset is 'url'."""
_URLS_OF: Mapping[str, tuple[str, ...]] = {
    "postgres": ("POSTGRES_URL", "POSTGRES_URI", "POSTGRESQL_URL", "POSTGRESQL_URI", "PG_URL"),
    "mysql": ("MYSQL_URL",),
    "mongodb": ("MONGODB_URL", "MONGO_URI", "MONGO_URL"),
}
_URLS_OF_ANY = ("DATABASE_URL", "DATABASE_URI", "DB_URL", "DB_URI", "SPRING_DATASOURCE_URL")
BY_URL_ALONE = ("url", "prisma")
"""Presets of servers that read nothing but a URL."""
BY_LIBPQ = ("url", "sqlalchemy", "django", "generic")
"""Presets whose servers reach PostgreSQL by a driver that reads libpq's variables too (psycopg, asyncpg but for
PGOPTIONS, node-postgres), for what the URL or the settings file does not say itself."""
OF_LIBPQ: Mapping[str, str] = {"tls": "PGSSLMODE", "ca": "PGSSLROOTCERT", "options": "PGOPTIONS"}
"""What these say to the driver that a preset has no name for."""
_MYSQL_TLS: Mapping[str, str] = {
    "disable": "DISABLED",
    "prefer": "PREFERRED",
    "require": "REQUIRED",
    "verify-ca": "VERIFY_CA",
    "verify-full": "VERIFY_IDENTITY",
}
"""libpq's word to that of MySQL Connector/J (`sslMode`)."""
_SQLSERVER_TLS: Mapping[str, str] = {
    "disable": ";encrypt=false",
    "prefer": ";encrypt=true;trustServerCertificate=true",
    "require": ";encrypt=true;trustServerCertificate=true",
    "verify-ca": ";encrypt=true;trustServerCertificate=false",
    "verify-full": ";encrypt=true;trustServerCertificate=false",
}
"""libpq's word to the properties of Microsoft's driver, which knows no fallback and always checks the name."""
_JAVA_AUTHORITIES = "org.postgresql.ssl.DefaultJavaSSLFactory"
"""What makes pgjdbc take the authorities of Java: by itself it takes none but a file in the home directory."""


def preset_of(database: DatabaseSettings) -> str:
    """The preset in force."""
    if database.preset is not None:
        return database.preset
    if database.url_key is not None:
        return "url"
    return "libpq" if database.kind == "postgres" else "generic"


def names(database: DatabaseSettings) -> dict[str, str]:
    """What is emitted to the name of its variable: the preset's, and those given over them."""
    preset = preset_of(database)
    found = dict(PRESETS[preset])
    if preset == "url":
        found["url"] = URLS.get(database.kind, found["url"])
    found |= {key: name for key, name in database.variables.model_dump().items() if name is not None}
    left_out = ("user", "password", "jdbc_url") if database.url_key is not None else ("url",)
    return {key: name for key, name in found.items() if key not in left_out}


def named_by_libpq(database: DatabaseSettings) -> tuple[str, ...]:
    """What is said by a variable of libpq beside the preset's own: TLS where the stack says it and does not leave it to
    the URL or the settings file; parameters where it gives some, or no other name tells the limit of a statement."""
    preset = preset_of(database)
    if preset not in BY_LIBPQ or database.kind != "postgres":
        return ()
    called, found = names(database), []
    if "tls_mode" in database.model_fields_set and "tls" not in called:
        found = ["tls", "ca"] if database.tls_mode in VERIFYING else ["tls"]
    limited = not called.keys().isdisjoint({"statement_seconds", "statement_milliseconds"})
    if "options" not in called and (database.parameters or not limited):
        found.append("options")
    return tuple(found)


def told_names(database: DatabaseSettings) -> dict[str, str]:
    """What is emitted to the name of its variable: as the preset has it, or as libpq does."""
    return {**{what: OF_LIBPQ[what] for what in named_by_libpq(database)}, **names(database)}


def statement_seconds(database: DatabaseSettings, workload: WorkloadSettings) -> int:
    """How long a statement may take, in seconds; 0 is no limit."""
    if database.statement_seconds is not None:
        return database.statement_seconds
    given = database.statement_timeout_milliseconds
    if given is not None:
        return ceil(given / 1000)
    slowest = max([database.query_milliseconds, *(tool.query_milliseconds or 0 for tool in workload.tools)])
    return max(STATEMENT_SECONDS, ceil(SLOW_FACTOR * slowest / 1000))


def parameters(database: DatabaseSettings, workload: WorkloadSettings) -> dict[str, str]:
    """Parameters of each connection to PostgreSQL: those given, and the limit of a statement."""
    limit = statement_seconds(database, workload)
    own = {"statement_timeout": f"{limit * 1000}"} if limit and database.kind == "postgres" else {}
    return {**own, **database.parameters}


def is_url(variable: str, database: DatabaseSettings) -> bool:
    """Whether a variable is one that servers read the whole URL of such a database from."""
    kind = database.kind
    known = (*_URLS_OF_ANY, *_URLS_OF.get(kind, ()), URLS.get(kind), database.variables.url)
    return variable in known


def secret_variables(database: DatabaseSettings, *, by_url: bool = False) -> dict[str, str]:
    """Variable to the key of the Secret that it is read from.

    :param by_url: whether the server is given the URL by a variable of the stack's own. A Secret may have no keys
        of user and password then, and a pod that names a key that is not there never starts: those that the stack
        names itself are read.
    """
    found = names(database)
    keys = {"user": database.user_key, "password": database.password_key, "url": database.url_key}
    if by_url:
        said, called = database.model_fields_set, database.variables.model_fields_set
        keys = {what: key for what, key in keys.items() if f"{what}_key" in said or what in called}
    return {found[what]: key for what, key in keys.items() if what in found and key is not None}


def clear_variables(
    database: DatabaseSettings,
    workload: WorkloadSettings,
    *,
    runtime: str,
    pool_size: int | None,
    pooler: tuple[pulumi.Input[str], int] | None,
) -> dict[str, pulumi.Input[str]]:
    """Variable to its value, of what is no secret.

    :param pool_size: connections of one process, where the plan knows it.
    :param pooler: host and port of the pooler, where one stands before the database.
    """
    values = clear_values(database, workload, runtime=runtime, pool_size=pool_size, pooler=pooler)
    called = told_names(database)
    named = {name: value for what, name in called.items() if (value := values.get(what)) is not None}
    if "ca" in named_by_libpq(database) and pooler is None and (file := values["ca"]) is not None:
        named[OF_LIBPQ["ca"]] = file
    if runtime in NODE and pooler is None and database.ca is not None:
        named[NODE_CA] = volumes.authority_file(database.ca)
    return named


def clear_values(
    database: DatabaseSettings,
    workload: WorkloadSettings,
    *,
    runtime: str,
    pool_size: int | None,
    pooler: tuple[pulumi.Input[str], int] | None,
) -> dict[str, pulumi.Input[str] | None]:
    """What a variable can hold to its value, whether the preset names one for it or not; ``None`` where there is
    nothing to say. The parameters are those of :func:`clear_variables`."""
    host, port = (database.host, database.port) if pooler is None else pooler
    # Beside a URL that names the host itself TLS is said where the stack says it.
    tls_unsaid = host is None and "tls" not in named_by_libpq(database)
    limit = statement_seconds(database, workload)
    idle = database.pool_min_idle if pool_size is None else min(database.pool_min_idle, pool_size)
    return {
        "host": host,
        "port": None if host is None else str(port),
        "name": None if host is None else _name(database),
        "jdbc_url": None if host is None else _jdbc(database, workload, host, port, pooled=pooler is not None),
        "tls": None if tls_unsaid else _tls_word(database, runtime, pooled=pooler is not None),
        "ca": _ca(database, runtime) if pooler is None else None,
        "options": _options(parameters(database, workload)) if pooler is None else None,
        "pool_size": None if pool_size is None else str(pool_size),
        "pool_min_idle": str(idle),
        "pool_idle_seconds": str(database.pool_idle_seconds),
        "pool_idle_milliseconds": str(database.pool_idle_seconds * 1000),
        "pool_acquire_seconds": str(database.pool_acquire_seconds),
        "pool_acquire_milliseconds": str(database.pool_acquire_seconds * 1000),
        "statement_seconds": str(limit),
        "statement_milliseconds": str(limit * 1000),
    }


def _name(database: DatabaseSettings) -> str | None:
    """The name of the database; only PostgreSQL has one in any case."""
    known = database.kind == "postgres" or "name" in database.model_fields_set
    return database.name if known else None


def _tls_word(database: DatabaseSettings, runtime: str, *, pooled: bool) -> str:
    if pooled:
        return "disable"
    return NODE_TLS[database.tls_mode] if runtime in NODE else database.tls_mode


def _ca(database: DatabaseSettings, runtime: str) -> str | None:
    """The file of the authority; none where nothing is verified, or where Node brings the public ones."""
    if database.ca is None and (database.tls_mode not in VERIFYING or runtime in NODE):
        return None
    return volumes.authority_file(database.ca)


def _options(given: Mapping[str, str]) -> str | None:
    """libpq's form, in which a space and a backslash of a value are escaped."""
    return " ".join(f"-c {key}={value.replace(' ', chr(92) + ' ')}" for key, value in given.items()) or None


def _jdbc(
    database: DatabaseSettings, workload: WorkloadSettings, host: pulumi.Input[str], port: int, *, pooled: bool
) -> pulumi.Input[str] | None:
    name = _name(database)
    plain_six = isinstance(host, str) and ":" in host
    bracketed = f"[{host}]" if plain_six else host
    if database.kind == "postgres":
        start, ending = "jdbc:postgresql://", f":{port}/{name or ''}?{_pgjdbc(database, workload, pooled=pooled)}"
    elif database.kind == "mysql":
        of_tls = f"?sslMode={_MYSQL_TLS[database.tls_mode]}" if "tls_mode" in database.model_fields_set else ""
        start, ending = "jdbc:mysql://", f":{port}/{name or ''}{of_tls}"
    elif database.kind == "sqlserver":
        of_tls = _SQLSERVER_TLS[database.tls_mode] if "tls_mode" in database.model_fields_set else ""
        of_name = f";databaseName={name}" if name else ""
        start, ending = "jdbc:sqlserver://", f":{port}{of_name}{of_tls}"
        if plain_six:
            # A colon ends the host there, brackets or not.
            return f"{start};serverName={host};portNumber={port}{of_name}{of_tls}"
    else:
        return None
    return text(start, bracketed, ending)


def _pgjdbc(database: DatabaseSettings, workload: WorkloadSettings, *, pooled: bool) -> str:
    """What a JDBC URL says to pgjdbc beside the place: TLS, the authority, parameters of each connection."""
    if pooled:
        return "sslmode=disable"
    said: dict[str, str] = {"sslmode": database.tls_mode}
    if database.tls_mode in VERIFYING:
        own = database.ca is not None
        said |= {"sslrootcert": volumes.authority_file(database.ca)} if own else {"sslfactory": _JAVA_AUTHORITIES}
    if (options := _options(parameters(database, workload))) is not None:
        said["options"] = options
    return "&".join(f"{key}={quote(value, safe='/')}" for key, value in said.items())
