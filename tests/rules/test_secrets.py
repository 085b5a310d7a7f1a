"""The source of the secrets, its keys and their uses must fit together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from pulumi_kubernetes_mcp.rules import secrets
from pulumi_kubernetes_mcp.rules.model import Severity
from pulumi_kubernetes_mcp.rules.secrets import secrets_findings


def found(
    source: str,
    *,
    store: bool = False,
    env: Mapping[str, str] = {},
    remote: Sequence[str] = (),
    values: Sequence[str] = (),
) -> list[str]:
    return [
        f"{finding.code} {finding.path}"
        for finding in secrets_findings(
            source=source,
            has_store=store,
            env_keys=env,
            remote_keys=remote,
            value_keys=values,
            path=lambda key: f"s.{key}",
        )
    ]


def test_sources_that_fit() -> None:
    assert found("none") == []
    assert found("existing", env={"TOKEN": "token"}) == []
    assert found("external", store=True, env={"TOKEN": "token"}, remote=["token", "other"]) == []
    assert found("config", env={"TOKEN": "token", "ALSO": "token"}, values=["token"]) == []


def test_an_external_source_needs_a_store() -> None:
    assert found("external", env={"A": "a"}, remote=["a"]) == ["MCP701 s.store_name"]


def test_a_missing_key_is_refused_at_its_variable_and_not_repeated() -> None:
    assert found("external", store=True, env={"A": "a", "B": "b"}, remote=["b"]) == ["MCP702 s.env.A"]
    (finding,) = secrets_findings(
        source="config", has_store=False, env_keys={"A": "a-hunter2"}, remote_keys=[], value_keys=["b", "c"], path=str
    )
    assert str(finding) == (
        "error MCP702 at env.A: A refers to a key that the source 'config' does not define; it defines 'b', 'c'. "
        "Refer to a key that is there, or add it under 'values'."
    )
    assert found("config", env={"A": "a"}, remote=["a"]) == ["MCP702 s.env.A", "MCP703 s.remote"]
    assert found("config") == ["MCP705 s.values"]
    assert found("external", store=True) == ["MCP705 s.remote"]


def test_what_the_source_does_not_use_is_a_warning() -> None:
    assert found("none", env={"A": "a"}, remote=["b"], values=["c"]) == [
        "MCP703 s.env",
        "MCP703 s.remote",
        "MCP703 s.values",
    ]
    assert found("existing", env={"A": "a"}, remote=["a"]) == ["MCP703 s.remote"]
    assert found("external", store=True, remote=["a"], values=["a"]) == ["MCP703 s.values"]
    (finding,) = secrets_findings(
        source="none", has_store=False, env_keys={"A": "a"}, remote_keys=[], value_keys=[], path=str
    )
    assert finding.severity is Severity.WARNING
    assert finding.problem == "The source is 'none', which does not use 'env' (1 given)."
    assert finding.remedy == (
        "Set the source to 'existing', or to 'external' or 'config' with the keys that it refers to, or remove 'env'."
    )


@pytest.mark.parametrize(
    ("store", "remedy"),
    [
        (True, "Set the source to 'external', or remove 'remote'."),
        (False, "Set the source to 'external' and name a store, or remove 'remote'."),
    ],
)
def test_the_other_source_comes_with_the_store_that_it_needs(store: bool, remedy: str) -> None:
    (finding,) = secrets_findings(
        source="existing", has_store=store, env_keys={}, remote_keys=["a"], value_keys=[], path=str
    )
    assert finding.remedy == remedy


@pytest.mark.parametrize(
    ("source", "codes"), [("none", ["MCP704"]), ("existing", []), ("external", []), ("config", [])]
)
def test_a_pooler_needs_credentials(source: str, codes: list[str]) -> None:
    assert [f.code for f in secrets.pooler_secret_findings(source=source, path="s.source")] == codes
