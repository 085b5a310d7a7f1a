"""What the tools use: the database and the state store, and what each allows."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from ..fields import Cidr, Count, Group, Label, MissingValueError, Percent, Port
from ..keys.databases import ServerSideKeys
from ..keys.network import PodLabels
from ..keys.stores import DatabaseKeys
from ..names import is_loopback

_WITHOUT_CONNECTIONS = {"sqlite": "SQLite", "duckdb": "DuckDB", "single-writer": "a file of one process"}

STATEMENT_TIMEOUT = "statement_timeout"
_TIME = re.compile(r" *(?P<number>[0-9]+(\.[0-9]+)?) *(?P<unit>us|ms|s|min|h|d)? *")
_MILLISECONDS = {"us": 0.001, "ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}
"""Units of a time in PostgreSQL; milliseconds where statement_timeout has none."""


class Stock(NamedTuple):
    """What a kind of database has where nothing else is said."""

    port: int
    connections: int


STOCK: Mapping[str, Stock] = {
    "mysql": Stock(3306, 151),
    "mongodb": Stock(27017, 500),
    "sqlserver": Stock(1433, 1000),
    "redis": Stock(6379, 10_000),
}
"""Networked kinds but PostgreSQL. MySQL and Redis as they come; MongoDB and SQL Server take what memory allows, and
their numbers are those of small managed sizes."""


PRESETS_OF: Mapping[str, tuple[str, ...]] = {
    "libpq": ("postgres",),
    "sqlalchemy": ("postgres", "mysql", "sqlserver"),
    "prisma": ("postgres", "mysql", "sqlserver", "mongodb"),
    "spring": ("postgres", "mysql", "sqlserver"),
}
"""Preset to the kinds that its servers reach by such names: libpq knows PostgreSQL, SPRING_DATASOURCE_URL is JDBC."""


class DatabaseSettings(ServerSideKeys, DatabaseKeys):
    """The database that the tools use, and what it allows."""

    kind: Literal["postgres", "mysql", "mongodb", "sqlserver", "redis", "sqlite", "duckdb", "single-writer"] = (
        "postgres"
    )
    """Kind of database. All but PostgreSQL are planned without a pooler. SQLite, DuckDB and whatever else is a file of
    one process ('single-writer') have one writer, so they allow one replica."""
    max_connections: Annotated[int, Field(ge=1, le=1_000_000)] = 100
    """max_connections of the database. 100 is the stock value of PostgreSQL. Of another kind, where this is left out:
    151 (MySQL), 500 (MongoDB), 1000 (SQL Server), 10000 (Redis)."""
    reserved_connections: Count = 3
    """superuser_reserved_connections plus what is reserved for maintenance."""
    share_percent: Percent = 50
    """Part of max_connections that this service may use, in percent."""
    shared_by_regions: Annotated[int, Field(ge=1, le=100)] = 1
    """Number of region stacks that use this database at the same time."""
    region_share_percent: Percent | None = None
    """Part of the service's connections that this region may use, in percent, where regions take unequal parts.
    Derived: an equal one, 100 / `shared_by_regions`."""
    query_milliseconds: Annotated[float, Field(gt=0, le=3_600_000)] = 50
    """Mean time that a tool call holds a connection, in milliseconds."""
    pool_size: Annotated[int, Field(ge=1, le=100_000)] | None = None
    """Connections per pod instead of the planned number, of all its processes together."""
    pooler: Literal["none", "pgbouncer"] = "none"
    """'pgbouncer' puts a transaction-mode PgBouncer between the pods and the database."""
    pooler_pool_size: Annotated[int, Field(ge=1, le=100_000)] | None = None
    """Database connections per PgBouncer pod instead of the planned number."""

    @property
    def networked(self) -> bool:
        """Whether pods connect to it over the network."""
        return self.kind not in _WITHOUT_CONNECTIONS

    @property
    def in_pod(self) -> bool:
        """Whether it is reached at an address of the pod itself, where a sidecar leads on to it."""
        return isinstance(self.host, str) and is_loopback(self.host)

    @property
    def statement_timeout_milliseconds(self) -> float | None:
        """The limit of a statement that the parameters say, in milliseconds; ``None`` where they say none."""
        text = next((value for name, value in self.parameters.items() if name.lower() == STATEMENT_TIMEOUT), None)
        given = None if text is None else _TIME.fullmatch(text)
        return None if given is None else float(given["number"]) * _MILLISECONDS[given["unit"] or "ms"]

    @model_validator(mode="after")
    def _says_one_limit(self) -> Self:
        said = [value for name, value in self.parameters.items() if name.lower() == STATEMENT_TIMEOUT]
        if said and self.statement_timeout_milliseconds is None:
            raise ValueError(
                f"`parameters` has {STATEMENT_TIMEOUT} '{said[0]}', which PostgreSQL does not read: give "
                "`statement_seconds`, or a time such as '5s'"
            )
        if said and self.statement_seconds is not None:
            limit = self.statement_timeout_milliseconds
            if limit != self.statement_seconds * 1000:
                raise ValueError(
                    f"`statement_seconds` is {self.statement_seconds}, and {STATEMENT_TIMEOUT} in `parameters` "
                    f"'{said[0]}': give one of the two"
                )
        return self

    @model_validator(mode="after")
    def _is_read_by_its_preset(self) -> Self:
        kinds = PRESETS_OF.get(self.preset or "", (self.kind,))
        if self.networked and self.kind not in kinds:
            raise ValueError(
                f"the preset '{self.preset}' is that of {' and '.join(kinds)}, and servers of it reach no "
                f"{self.kind} by them: set preset to 'generic' or 'url', or to 'none' with names under `variables`"
            )
        return self

    @model_validator(mode="after")
    def _is_reachable(self) -> Self:
        if self.networked and self.host is None and self.url_key is None:
            raise MissingValueError("no host is given: give host, the name or address of the database")
        if self.networked and self.pooler != "none" and self.host is None:
            raise MissingValueError("no host is given, which the pooler connects to: give host")
        if self.kind in STOCK and self.pooler != "none":
            raise ValueError(f"a pooler is asked for, and PgBouncer knows no {self.kind}: set pooler to 'none'")
        if self.networked and self.pooler != "none" and self.in_pod:
            raise ValueError(
                f"a pooler is asked for, which runs in pods of its own, where '{self.host}' leads to no sidecar: "
                "set pooler to 'none', or give as host the address that the sidecar leads to"
            )
        stock = STOCK.get(self.kind)
        for key, value in zip(("port", "max_connections"), stock or (), strict=False):
            if key not in self.model_fields_set:
                self.__dict__[key] = value  # As a default does, which no declaration can make depend on another key.
        if self.in_pod and "tls_mode" not in self.model_fields_set:
            self.__dict__["tls_mode"] = "disable"
        if self.kind in _WITHOUT_CONNECTIONS and self.pooler != "none":
            words = _WITHOUT_CONNECTIONS[self.kind]
            raise ValueError(f"a pooler is asked for, and {words} has no connections to pool: set pooler to 'none'")
        return self


class StateStoreSettings(Group):
    """The Redis or Valkey that the server uses, and what it allows. The plan holds the pods against it; the stack does
    not make it. Its address ranges, or its namespace and labels, open the way to it; so does mcp:server.egress."""

    port: Port = 6379
    """Port of the store."""
    cidrs: list[Cidr] = []
    """Address ranges that the store is reached at, where it runs outside of the cluster."""
    namespace: Label | None = None
    """Namespace of the store's pods, where it runs in the cluster. Left out: none is opened."""
    pod_labels: PodLabels | None = None
    """Labels of the store's pods, in `namespace` or, without one, in that of the server. Left out: all pods there."""

    max_clients: Annotated[int, Field(ge=1, le=10_000_000)] = 10_000
    """maxclients of the store. 10000 is the stock value of Redis and Valkey; managed sizes allow other numbers."""
    reserved_clients: Annotated[int, Field(ge=0, le=10_000_000)] = 10
    """Clients that are kept for replicas of the store, exporters and people."""
    connections_per_pod: Annotated[int, Field(ge=1, le=100_000)] = 10
    """Connections that one pod opens: its pool, and one per subscription."""
    share_percent: Percent = 50
    """Part of maxclients that this service may use, in percent."""
    shared_by_regions: Annotated[int, Field(ge=1, le=100)] = 1
    """Number of region stacks that use this store at the same time."""
