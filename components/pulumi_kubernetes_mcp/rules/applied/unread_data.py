"""What a stack says of its database and its store, and nothing reads."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from ... import database_env
from ...keys import in_file
from ...settings.fields import Group, given
from ..doors import in_keys
from ..model import Finding
from ..unread import DATA, Unread, unread_findings

if TYPE_CHECKING:
    from ...server_plan import ServerPlan
    from ...settings.models import DatabaseSettings

OF_A_POOLER = (
    "pooler_instances",
    "pooler_pool_size",
    "pooler_image",
    "pooler_exporter",
    "pooler_exporter_image",
    "ignored_parameters",
    "tracked_parameters",
)
POOL: dict[str, tuple[str, ...]] = {
    "pool_min_idle": ("pool_min_idle",),
    "pool_idle_seconds": ("pool_idle_seconds", "pool_idle_milliseconds"),
    "pool_acquire_seconds": ("pool_acquire_seconds", "pool_acquire_milliseconds"),
}
"""Key to what of it a variable can hold."""
NO_FILE = ("kind",)
"""Keys of a database that is a file."""


def data_findings(server: ServerPlan) -> list[Finding]:
    """MCP416 for each key of the database and the store that nothing reads."""
    found: list[Finding] = []
    database, store = server.settings.database, server.settings.state_store
    if database is not None:
        said = given(database)
        said |= {f"variables.{key}": value for key, value in given(database.variables).items()}
        found += in_keys(unread_findings(DATA, _of_database(server, database), said), _keys("database", database))
    if store is not None and not (store.cidrs or store.namespace or store.pod_labels):
        row = Unread(
            keys=("port",),
            why="neither cidrs nor namespace nor podLabels says where the store is, so no way is opened to it",
            instead="give one of them",
        )
        found += in_keys(unread_findings(DATA, [row], given(store)), _keys("state_store", store))
    return found


def _keys(group: str, declared: Group) -> dict[str, str]:
    found = {name: in_file(f"{group}.{name}") for name in type(declared).model_fields}
    variables = getattr(declared, "variables", None)
    if isinstance(variables, Group):
        names = type(variables).model_fields
        found |= {f"variables.{name}": in_file(f"{group}.variables.{name}") for name in names}
    return found


def _of_database(server: ServerPlan, database: DatabaseSettings) -> Iterator[Unread]:
    if not database.networked:
        names = [name for name in type(database).model_fields if name not in NO_FILE and name != "variables"]
        names += [f"variables.{name}" for name in type(database.variables).model_fields]
        yield Unread(keys=tuple(names), why=f"kind '{database.kind}' is a file of the pod")
        return
    if not server.pooled:
        instead = "set pooler to 'pgbouncer'" if database.kind == "postgres" and not database.in_pod else ""
        yield Unread(keys=OF_A_POOLER, why="no pooler stands before the database", instead=instead)
    if database.region_share_percent is not None:
        yield Unread(keys=("shared_by_regions",), why="regionSharePercent says the part of this region")
    yield from _of_variables(server, database)


def _of_variables(server: ServerPlan, database: DatabaseSettings) -> Iterator[Unread]:
    """What reaches the server by a variable, and by nothing else."""
    size = server.plan.pool.pool_size
    values = database_env.clear_values(
        database,
        server.settings.workload,
        runtime=server.settings.server.runtime,
        pool_size=None if size is None else int(size.value),
        pooler=("", 0) if server.pooled else None,
    )
    named = database_env.told_names(database)
    told = {what for what in named if values.get(what) is not None}
    preset = f"the preset '{database_env.preset_of(database)}'"
    instead = "name one under variables"
    for key, kinds in POOL.items():
        if told.isdisjoint(kinds):
            yield Unread(keys=(key,), why=f"{preset} names no variable for it", instead=instead)
    if not server.pooled and told.isdisjoint({"options", "jdbc_url"} if database.kind == "postgres" else {"options"}):
        limits = told & {"statement_seconds", "statement_milliseconds"}
        keys = ("parameters",) if limits else ("parameters", "statement_seconds")
        yield Unread(keys=keys, why=f"{preset} names no variable for it", instead=instead)
    if not server.pooled and told.isdisjoint({"tls", "jdbc_url"}):
        yield Unread(keys=("tls_mode",), why=f"{preset} names no variable for it", instead=instead)
    if not server.pooled and told.isdisjoint({"name", "jdbc_url"}):
        yield Unread(keys=("name",), why=f"{preset} names no variable for it", instead=instead)
    if database.ca is not None and database.ca.file is not None:
        yield from _of_a_file(server, database, told)
    yield from _of_credentials(server, database, named)
    for what in given(database.variables):
        if what not in told and not _from_secret(database, what):
            yield Unread(keys=(f"variables.{what}",), why=_nothing_for(server, database, what))


def _of_a_file(server: ServerPlan, database: DatabaseSettings, told: Collection[str]) -> Iterator[Unread]:
    """The authority in a file of the image, of which nothing is mounted: somebody has to be told of it."""
    if server.pooled and database.tls_mode not in database_env.VERIFYING:
        why = f"tlsMode '{database.tls_mode}' verifies nothing"
        yield Unread(keys=("ca",), why=why, instead="set it to 'verify-full'")
    if not server.pooled and "ca" not in told and server.settings.server.runtime not in database_env.NODE:
        why = f"the preset '{database_env.preset_of(database)}' names no variable for it"
        yield Unread(keys=("ca",), why=why, instead="name one under variables")


def _of_credentials(server: ServerPlan, database: DatabaseSettings, named: Iterable[str]) -> Iterator[Unread]:
    if "url" not in named and database.url_key is not None:
        preset = database_env.preset_of(database)
        why = f"the preset '{preset}' names no variable for it"
        yield Unread(keys=("url_key",), why=why, instead="name one under variables")
    for what in ("user", "password"):
        if what in named or server.pooled:
            continue
        by_url = database.url_key is not None
        preset = database_env.preset_of(database)
        why = "urlKey holds the whole URL" if by_url else f"the preset '{preset}' names no variable for it"
        yield Unread(
            keys=(f"{what}_key",),
            why=why,
            instead="remove urlKey" if by_url else "name one under variables",
        )


def _from_secret(database: DatabaseSettings, what: str) -> bool:
    """Whether a variable is filled from the Secret."""
    if what == "url":
        return database.url_key is not None
    return what in ("user", "password") and database.url_key is None


def _nothing_for(server: ServerPlan, database: DatabaseSettings, what: str) -> str:
    """Why a variable that is named has nothing to hold."""
    if what == "url":
        return "no urlKey says which key of the Secret holds the URL"
    if database.url_key is not None and what in ("user", "password", "jdbc_url"):
        return "urlKey holds the whole URL"
    if server.pooled and what in ("ca", "options"):
        return "the pooler has it, which the server connects to"
    reasons = {
        "jdbc_url": f"there is no JDBC URL of kind '{database.kind}'",
        "ca": "no authority is given by ca, and tlsMode verifies none or Node brings its own",
        "options": "no parameters are given",
        "pool_size": "the plan has no pool of a known size",
    }
    return reasons.get(what, "no host is given")
