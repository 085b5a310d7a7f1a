"""What the servers of a region share: Secrets, databases with their poolers, the state store, and the quota. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from .planning.connections import connection_budget, connection_ceiling
from .planning.pooler import Pooler, pooler
from .region_needs import Need, further_need, needed, pooler_need, probe_need
from .server_plan import ServerPlan, figure
from .settings.servers import same_secret

if TYPE_CHECKING:
    from .planning import Database
    from .settings.models import DatabaseSettings, SecretsSettings, Settings
    from .settings.servers import StackSettings

POOLER_ENDING = "-pooler"
"""What the name of a pooler has besides that of the server, or of its database."""
DatabaseKey = tuple[object, int]
"""Host and port: two databases of one database server share its connections."""


@dataclass(frozen=True, kw_only=True)
class SharedSecret:
    """One Secret, and the servers that read it."""

    suffix: str
    """What tells its resources from those of the region's other Secrets; empty for the stack's own."""
    name: str
    settings: SecretsSettings
    servers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SharedPooler:
    """One PgBouncer, sized for all servers that connect through it."""

    suffix: str
    """What tells its resources from those of the region's other poolers; empty for that of the stack's database."""
    name: str
    database: DatabaseSettings
    secret: SharedSecret | None
    """The Secret with the user and the password."""
    servers: tuple[str, ...]
    budget: int
    """Connections to the database that this pooler may open."""
    figures: Pooler


@dataclass(frozen=True, kw_only=True)
class SharedDatabase:
    """One database server: the servers of the region that use it, and whether it bears them all at their maximum."""

    settings: DatabaseSettings
    inputs: Database
    """What it allows, for all servers of the region together."""
    servers: tuple[str, ...]
    budget: int
    """Connections that the region may open."""
    ceiling: int
    """Connections of this region that are not reserved."""
    at_maximum: int
    """Connections of all servers at their maximum, through poolers where there are some."""
    with_surge: int
    """The same during a rollout of all servers."""
    poolers: tuple[SharedPooler, ...]


@dataclass(frozen=True, kw_only=True)
class Shared:
    """Everything that belongs to more than one server, or to the region as a whole."""

    secrets: tuple[SharedSecret, ...]
    databases: tuple[SharedDatabase, ...]
    need: Need
    """The greatest sum of requests: every server at its maximum with a rollout's surge, the poolers, and the probe."""
    need_draining: Need
    """The same while old pods still end, which is what the quota has room for."""

    @property
    def poolers(self) -> tuple[SharedPooler, ...]:
        """All poolers of the region."""
        return tuple(one for database in self.databases for one in database.poolers)

    def secret_of(self, server: str) -> SharedSecret | None:
        """The Secret that a server reads."""
        return next((secret for secret in self.secrets if server in secret.servers), None)


def listener_key(settings: Settings) -> tuple[object, ...]:
    """What tells one listener from another, as a route names it."""
    gateway = settings.edge.gateway
    return gateway.namespace, gateway.name, gateway.section


def listener_tellers(stack: StackSettings) -> frozenset[str]:
    """The servers whose route says what their listener is told. What several say alike is said by the first: of two
    objects that say it, one is not applied."""
    told: list[tuple[object, ...]] = []
    found = set()
    for name, settings in stack.servers.items():
        said = (*listener_key(settings), settings.edge.client_address)
        if said not in told:
            found.add(name)
            told.append(said)
    return frozenset(found)


def database_key(settings: Settings) -> DatabaseKey | None:
    """What tells one database server from another; ``None`` without a networked database."""
    database = settings.database
    if database is None or not database.networked:
        return None
    if database.host is None:
        # A URL says where it is: the same key of the same Secret is the same database.
        return f"{settings.secrets.name} {database.url_key}", database.port
    return (database.host if isinstance(database.host, str) else id(database.host)), database.port


def secrets_of(stack: StackSettings) -> tuple[SharedSecret, ...]:
    """The Secrets of a stack: one for all servers whose secrets are the stack's own, and one for each other server."""
    own: list[str] = []
    others: list[SharedSecret] = []
    for name, settings in stack.servers.items():
        secrets = settings.secrets
        if secrets.source == "none":
            continue
        if same_secret(secrets, stack.shared_secrets):
            own.append(name)
        else:
            others.append(
                SharedSecret(suffix=name, name=secrets.name or f"{name}-secrets", settings=secrets, servers=(name,))
            )
    if not own or stack.shared_secrets is None:
        return tuple(others)
    shared = stack.shared_secrets
    name = shared.name or f"{stack.shared_name}-secrets"
    return (SharedSecret(suffix="", name=name, settings=shared, servers=tuple(own)), *others)


def pooler_names(stack: StackSettings) -> Mapping[str, tuple[str, str]]:
    """Server to the suffix and the name of its pooler, for servers that ask for one.

    The pooler of the stack's own database is called after the stack's server name, as it is of a single server.
    Another database gives its name and a digest of its address, so that a new server renames no pooler.
    """
    own = stack.shared_database
    names = {}
    for name, settings in stack.servers.items():
        database = settings.database
        if database is None or database.pooler != "pgbouncer":
            continue
        place = (database.host, database.port, database.name)
        if own is not None and (own.host, own.port, own.name) == place:
            names[name] = ("", f"{stack.shared_name}{POOLER_ENDING}")
        else:
            host = database.host if isinstance(database.host, str) else name
            digest = sha256(f"{host}:{database.port}/{database.name}".encode()).hexdigest()[:8]
            label = "".join(c if c.isalnum() else "-" for c in database.name.lower()).strip("-")[:40].strip("-")
            suffix = f"{label or 'database'}-{digest}"
            names[name] = (suffix, f"{suffix}{POOLER_ENDING}")
    return names


def database_shares(stack: StackSettings) -> Mapping[str, int]:
    """Server to the number of servers of this region that use the same database server; at least 1."""
    keys = {name: database_key(settings) for name, settings in stack.servers.items()}
    counts: dict[DatabaseKey, int] = {}
    for key in keys.values():
        if key is not None:
            counts[key] = counts.get(key, 0) + 1
    return {name: 1 if key is None else counts[key] for name, key in keys.items()}


def share(stack: StackSettings, servers: Sequence[ServerPlan]) -> Shared:
    """What the planned servers of a stack share."""
    secrets = secrets_of(stack)
    databases = tuple(_databases(stack, servers, secrets))
    poolers = [one for database in databases for one in database.poolers]
    return Shared(
        secrets=secrets,
        databases=databases,
        need=_sum(servers, poolers, draining=False),
        need_draining=_sum(servers, poolers, draining=True),
    )


def _sum(servers: Sequence[ServerPlan], poolers: Sequence[SharedPooler], *, draining: bool) -> Need:
    total = Need(pods=0, cpu_millicores=0, memory_bytes=0)
    for server in servers:
        total += needed(server, draining=draining)
    for one in poolers:
        total += pooler_need(one.database.pooler_instances, servers[0].settings)
    return total + probe_need(servers[0].settings) + further_need(servers[0].settings)


def _databases(
    stack: StackSettings, servers: Sequence[ServerPlan], secrets: tuple[SharedSecret, ...]
) -> Iterable[SharedDatabase]:
    groups: dict[DatabaseKey, list[ServerPlan]] = {}
    for server in servers:
        key = database_key(server.settings)
        if key is not None and server.inputs.database is not None and not server.inputs.database.single_writer:
            groups.setdefault(key, []).append(server)
    names = pooler_names(stack)
    for members in groups.values():
        yield _database(members, names, secrets)


def _database(
    members: Sequence[ServerPlan], names: Mapping[str, tuple[str, str]], secrets: tuple[SharedSecret, ...]
) -> SharedDatabase:
    settings = members[0].settings.database
    inputs = members[0].inputs.database
    if settings is None or inputs is None:
        raise ValueError("a shared database has servers that use it")
    whole = replace(inputs, shared_by_servers=1)
    budget, ceiling = int(connection_budget(whole).value), int(connection_ceiling(whole).value)
    direct = [server for server in members if server.name not in names]
    at_maximum = sum(figure(server.plan.connections.connections_at_maximum) for server in direct)
    with_surge = sum(figure(server.plan.connections.connections_with_surge) for server in direct)
    through: dict[tuple[str, str], list[ServerPlan]] = {}
    for server in members:
        if server.name in names:
            through.setdefault(names[server.name], []).append(server)
    each = max(0, budget - at_maximum) // max(1, len(through))
    poolers = tuple(_pooler(name, users, each, secrets) for name, users in through.items())
    opened = sum(int(one.figures.server_connections.value) for one in poolers)
    return SharedDatabase(
        settings=settings,
        inputs=whole,
        servers=tuple(server.name for server in members),
        budget=budget,
        ceiling=ceiling,
        at_maximum=at_maximum + opened,
        with_surge=with_surge + opened,
        poolers=poolers,
    )


def _pooler(
    name: tuple[str, str], users: Sequence[ServerPlan], budget: int, secrets: tuple[SharedSecret, ...]
) -> SharedPooler:
    settings, inputs = users[0].settings.database, users[0].inputs.database
    if settings is None or inputs is None:
        raise ValueError("a pooler has servers that connect through it")
    clients = sum(figure(server.plan.connections.connections_with_surge) for server in users)
    largest = max(figure(server.plan.pool.pool_size) for server in users)
    return SharedPooler(
        suffix=name[0],
        name=name[1],
        database=settings,
        secret=next((secret for secret in secrets if users[0].name in secret.servers), None),
        servers=tuple(server.name for server in users),
        budget=budget,
        figures=pooler(inputs, budget=budget, clients=clients, size=largest),
    )
