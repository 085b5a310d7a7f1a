"""What a server is told of its database, and under which names."""

from typing import Annotated, Literal

from pydantic import Field

from ..fields import Count, DataKey, Duration, EnvName, Group

Preset = Literal["libpq", "url", "prisma", "sqlalchemy", "django", "spring", "generic", "none"]
ParameterName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,62}(\.[A-Za-z_][A-Za-z0-9_]{0,62})?$")]
ParameterValue = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.,$\" /+-]{1,200}$")]


class VariableNames(Group):
    """Names of the variables that a server reads, each over that of the preset. What a preset does not name, and
    nobody names here, is not emitted."""

    host: EnvName | None = None
    """Host of the database, or of the pooler."""
    port: EnvName | None = None
    """Its port."""
    name: EnvName | None = None
    """Name of the database."""
    user: EnvName | None = None
    """The user, from `user_key` of the Secret."""
    password: EnvName | None = None
    """The password, from `password_key` of the Secret."""
    url: EnvName | None = None
    """The whole URL, from `url_key` of the Secret."""
    jdbc_url: EnvName | None = None
    """A JDBC URL without user and password."""
    tls: EnvName | None = None
    """What is checked of the certificate, in the word that the driver of the runtime reads."""
    ca: EnvName | None = None
    """Path of the file with the authority's certificate."""
    options: EnvName | None = None
    """Parameters of each connection in libpq's form, '-c statement_timeout=10000'. Beside a pooler they are in its
    configuration instead."""
    pool_size: EnvName | None = None
    """Connections of one process."""
    pool_min_idle: EnvName | None = None
    """Connections that a process keeps open at least."""
    pool_idle_seconds: EnvName | None = None
    """After how many seconds an idle connection beyond that is closed."""
    pool_idle_milliseconds: EnvName | None = None
    """The same in milliseconds."""
    pool_acquire_seconds: EnvName | None = None
    """How many seconds a call waits for a connection."""
    pool_acquire_milliseconds: EnvName | None = None
    """The same in milliseconds."""
    statement_seconds: EnvName | None = None
    """How many seconds a statement may take."""
    statement_milliseconds: EnvName | None = None
    """The same in milliseconds."""


class ServerSideKeys(Group):
    """How the server uses its database."""

    url_key: DataKey | None = None
    """Key of the Secret that holds one URL with everything in it. No keys of user and password are read then, and
    `host` may be left out."""
    preset: Preset | None = None
    """Whose names the variables have: 'libpq' (PGHOST and its like, read by psycopg, asyncpg and node-postgres),
    'url' (DATABASE_URL; MONGODB_URI, REDIS_URL), 'prisma', 'sqlalchemy', 'django', 'spring', 'generic' (DB_HOST and
    its like), or 'none'. Derived: url with a `url_key`; without one libpq for PostgreSQL, else generic."""
    variables: VariableNames = VariableNames()
    """Names that differ from those of the preset."""
    pool_min_idle: Count = 2
    """Connections that a process keeps open at least, never more than its pool; two, so that a call after a pause does
    not wait for TLS and sign-in."""
    pool_idle_seconds: Duration = 30
    """After how many seconds an idle connection beyond that is closed."""
    pool_acquire_seconds: Duration = 2
    """How many seconds a call waits for a connection before it fails: longer means that the pool is too small."""
    statement_seconds: Duration | None = None
    """How many seconds a statement may take (statement_timeout of PostgreSQL); 0 is no limit. Derived: what
    `parameters` says of statement_timeout; else 10, or ten times the slowest mean query where that is more."""
