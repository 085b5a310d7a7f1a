"""Rules about where the server's secrets come from. They see names of keys, never values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from .model import Finding, Rule, Severity

NO_STORE = Rule(
    code="MCP701",
    slug="no-secret-store",
    severity=Severity.ERROR,
    title="external secrets without a store",
    meaning="The source is `external`, and no store is named.",
    why="The External Secrets Operator reads from the store that an ExternalSecret names; there is no default one.",
    fails="""
        mcp:secrets:
          source: external
          env: {OPENAI_API_KEY: openai}
          remote:
            openai: {key: mcp/openai}
        """,
    passes="""
        mcp:secrets:
          source: external
          store: {name: vault}
          env: {OPENAI_API_KEY: openai}
          remote:
            openai: {key: mcp/openai}
        """,
)


UNKNOWN_KEY = Rule(
    code="MCP702",
    slug="unknown-secret-key",
    severity=Severity.ERROR,
    title="the environment refers to a key that the Secret does not have",
    meaning="""
        `env` refers to a key that is not under `remote` (source `external`) or `values` (source `config`). What an
        existing Secret holds is not known before it is read.
        """,
    why="""
        The kubelet does not start a container whose environment refers to a missing key: the pod stays in
        CreateContainerConfigError.
        """,
    fails="""
        mcp:secrets:
          source: external
          store: {name: vault}
          env: {OPENAI_API_KEY: open-ai}
          remote:
            openai: {key: mcp/openai}
        """,
    passes="""
        mcp:secrets:
          source: external
          store: {name: vault}
          env: {OPENAI_API_KEY: openai}
          remote:
            openai: {key: mcp/openai}
        """,
)


EMPTY_SECRET = Rule(
    code="MCP705",
    slug="empty-secret",
    severity=Severity.ERROR,
    title="a Secret is made of nothing",
    meaning="""
        The source `external` fetches the keys under `remote`, and `config` those under `values`. There are none.
        """,
    why="The operator refuses an ExternalSecret without a key, and a Secret without one is of no use to a pod.",
    fails="""
        mcp:secrets:
          source: external
          store: {name: vault}
        """,
    passes="""
        mcp:secrets:
          source: external
          store: {name: vault}
          env: {OPENAI_API_KEY: openai}
          remote:
            openai: {key: mcp/openai}
        """,
)


UNUSED_SECRETS = Rule(
    code="MCP703",
    slug="unused-secrets",
    severity=Severity.WARNING,
    title="secrets that nothing uses",
    meaning="""
        `env`, `remote` or `values` is given, and the source does not use it: `none` uses nothing, `existing` the
        environment, `external` that and `remote`, `config` that and `values`. The same of `store` and
        `refreshInterval`, which only `external` reads, and of a name or a version where there is no Secret; and of a
        key under `remote` or `values` that no variable, no pooler and nothing that names the whole Secret reads.
        """,
    why="What the source does not read never reaches the server; it usually means that the source was forgotten.",
    fails="""
        mcp:secrets:
          env: {OPENAI_API_KEY: openai}
        """,
    passes="""
        mcp:secrets:
          source: existing
          name: mcp-keys
          env: {OPENAI_API_KEY: openai}
        """,
)


POOLER_WITHOUT_SECRET = Rule(
    code="MCP704",
    slug="pooler-without-credentials",
    severity=Severity.ERROR,
    title="a pooler without credentials",
    meaning="`mcp:database.pooler` asks for PgBouncer, and `mcp:secrets.source` names no Secret.",
    why="PgBouncer authenticates its clients and itself: it needs the database's user and password from a Secret.",
    fails="""
        mcp:database:
          host: db.example.com
          pooler: pgbouncer
        """,
    passes="""
        mcp:database:
          host: db.example.com
          pooler: pgbouncer
        mcp:secrets:
          source: existing
          name: orders-database
        """,
)


_USED = {
    "none": frozenset[str](),
    "existing": frozenset({"env"}),
    "external": frozenset({"env", "remote"}),
    "config": frozenset({"env", "values"}),
}
"""What each source reads."""


def pooler_secret_findings(*, source: str, path: str) -> list[Finding]:
    """MCP704: a pooler is wanted, and no Secret is named that it could authenticate with."""
    if source != "none":
        return []
    return [
        POOLER_WITHOUT_SECRET.at(
            path,
            "The source is 'none', and a pooler is asked for, which needs the user and the password of the database.",
            "Use 'existing' or 'external'; or take the pooler away, where the connections of all pods fit without it.",
        )
    ]


def secrets_findings(
    *,
    source: str,
    has_store: bool,
    env_keys: Mapping[str, str],
    remote_keys: Sequence[str],
    value_keys: Sequence[str],
    path: Callable[[str], str],
) -> list[Finding]:
    """MCP701, MCP702, MCP703 and MCP705: whether the source of the secrets, its keys and their uses fit together.

    ``env_keys`` are variables and the keys of the Secret that they refer to, ``remote_keys`` those read from
    the store (source ``external``), ``value_keys`` those kept in the configuration (source ``config``).
    What an ``existing`` Secret holds is not known here. ``path`` spells the place of ``store_name``, ``env``,
    ``remote`` and ``values``.
    """
    found = []
    if source == "external" and not has_store:
        found.append(
            NO_STORE.at(
                path("store_name"),
                "The source is 'external', and no store is named.",
                "Name the SecretStore or ClusterSecretStore of the External Secrets Operator.",
            )
        )
    if source in ("external", "config"):
        key, defined = ("remote", remote_keys) if source == "external" else ("values", value_keys)
        found += _unknown_keys(source, env_keys, defined, key, path)
        if not defined and not env_keys:
            found.append(
                EMPTY_SECRET.at(
                    path(key),
                    f"The source '{source}' makes a Secret of what is under '{key}', which is empty.",
                    f"Give its keys under '{key}', or use 'existing' for a Secret that is there.",
                )
            )
    used = _USED.get(source, frozenset())
    for key, given in (("env", list(env_keys)), ("remote", remote_keys), ("values", value_keys)):
        if given and key not in used:
            found.append(
                UNUSED_SECRETS.at(
                    path(key),
                    f"The source is '{source}', which does not use '{key}' ({len(set(given))} given).",
                    _unused_remedy(key, has_store),
                )
            )
    return found


def unread_key_findings(keys: Sequence[str], *, key: str, path: str) -> list[Finding]:
    """MCP703 for keys of the Secret that the stack fills and that nothing reads; ``key`` is 'remote' or 'values'."""
    return [
        UNUSED_SECRETS.at(
            f"{path}.{name}",
            f"The key '{name}' of the Secret is filled, and nothing reads it.",
            f"Name the variable that has it under mcp:secrets.env, or remove it from '{key}'; accept this where "
            "something outside of the stack reads the Secret.",
        )
        for name in keys
    ]


def _unknown_keys(
    source: str, wanted: Mapping[str, str], defined: Sequence[str], key: str, path: Callable[[str], str]
) -> list[Finding]:
    """The key that is referred to is not repeated: what stands there may be the secret itself."""
    has = ", ".join(f"'{name}'" for name in dict.fromkeys(defined)) or "none"
    return [
        UNKNOWN_KEY.at(
            f"{path('env')}.{variable}",
            f"{variable} refers to a key that the source '{source}' does not define; it defines {has}.",
            f"Refer to a key that is there, or add it under '{key}'.",
        )
        for variable, name in wanted.items()
        if name not in defined
    ]


def _unused_remedy(key: str, has_store: bool) -> str:
    """What would use it, with what that needs besides; or to take it out."""
    external = f"'external'{'' if has_store else ' and name a store'}"
    fitting = {
        "env": "'existing', or to 'external' or 'config' with the keys that it refers to",
        "remote": external,
        "values": "'config'",
    }[key]
    return f"Set the source to {fitting}, or remove '{key}'."


RULES = (
    NO_STORE,
    UNKNOWN_KEY,
    UNUSED_SECRETS,
    EMPTY_SECRET,
    POOLER_WITHOUT_SECRET,
)
