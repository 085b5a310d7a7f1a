"""What Pulumi hands to the program becomes plain data again, and what was encrypted stays secret."""

from __future__ import annotations

import asyncio
import contextvars
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime import set_all_config

from pulumi_kubernetes_mcp.settings import (
    SettingsError,
    load_settings,
    read_pulumi_config,
    read_stack_file,
    to_pulumi_config,
)

from .samples import SMALLEST, STACK, WHERE, project

TEXTS = {key: json.dumps(value) for key, value in SMALLEST.items()}
SECRETS = json.dumps({"source": "config", "values": {"password": "hunter2"}})


@pytest.fixture(autouse=True)
def _no_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PULUMI_CONFIG", "PULUMI_CONFIG_SECRET_KEYS"):
        monkeypatch.delenv(name, raising=False)


def within(config: Mapping[str, Any], secret_keys: list[str], body: Callable[[], Any]) -> Any:
    """Run ``body`` in an event loop with that configuration, and leave no configuration behind."""

    async def program() -> Any:
        set_all_config(dict(config), secret_keys)
        result = body()
        return await result if asyncio.iscoroutine(result) else result

    return contextvars.copy_context().run(asyncio.run, program())


def test_the_configuration_of_a_running_program_loads() -> None:
    assert within({**TEXTS, "kubernetes:context": "x"}, [], read_pulumi_config) == SMALLEST


def test_the_environment_that_the_cli_sets_loads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps(TEXTS))
    monkeypatch.setenv("PULUMI_CONFIG_MCP_EDGE", '{"host": "other.example.com"}')
    assert within({}, [], read_pulumi_config) == {**SMALLEST, "mcp:edge": {"host": "other.example.com"}}


@pytest.mark.parametrize("through_the_environment", [True, False])
def test_values_of_a_secret_key_are_secret_outputs(
    through_the_environment: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = {**TEXTS, "mcp:secrets": SECRETS}
    if through_the_environment:
        monkeypatch.setenv("PULUMI_CONFIG", json.dumps(config))
        monkeypatch.setenv("PULUMI_CONFIG_SECRET_KEYS", '["mcp:secrets"]')

    async def body() -> tuple[bool, Any]:
        value = load_settings(read_pulumi_config(), where=WHERE).secrets.values["password"]
        assert isinstance(value, pulumi.Output)
        return await value.is_secret(), await value.future()

    known: tuple[Mapping[str, Any], list[str]] = ({}, []) if through_the_environment else (config, ["mcp:secrets"])
    assert within(*known, body) == (True, "hunter2")


def test_values_of_a_key_that_is_not_secret_are_in_clear() -> None:
    def body() -> None:
        load_settings(read_pulumi_config(), where=WHERE)

    with pytest.raises(SettingsError) as caught:
        within({**TEXTS, "mcp:secrets": SECRETS}, [], body)
    assert [problem.path for problem in caught.value.problems] == ["mcp:secrets.values.password"]
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("text", ['{"image": "hunter2:1"}', "hunter2", "[1]"])
def test_a_secret_anywhere_else_is_refused_and_not_shown(text: str) -> None:
    def body() -> None:
        load_settings(read_pulumi_config(), where=WHERE)

    with pytest.raises(SettingsError) as caught:
        within({**TEXTS, "mcp:server": text}, ["mcp:server"], body)
    assert [(problem.path, problem.problem) for problem in caught.value.problems] == [
        ("mcp:server", "It is encrypted, but only mcp:secrets.values may be.")
    ]
    assert "hunter2" not in str(caught.value)


def test_a_secret_key_may_have_no_values() -> None:
    config = {"mcp:secrets": '{"source": "external"}'}
    assert within(config, ["mcp:secrets"], read_pulumi_config) == {"mcp:secrets": {"source": "external"}}
    assert within({"mcp:secrets": "x"}, ["mcp:secrets"], read_pulumi_config) == {"mcp:secrets": "[secret]"}


def test_text_stays_text_and_null_means_nothing() -> None:
    config = {"mcp:a": "8000", "mcp:b": "null", "mcp:c": "nullable", "mcp:d": "true", "mcp:e": {"already": "data"}}
    expected = {"mcp:a": "8000", "mcp:b": None, "mcp:c": "nullable", "mcp:d": "true", "mcp:e": {"already": "data"}}
    assert within(config, [], read_pulumi_config) == expected


@pytest.mark.parametrize("text", ['{"a": ', "[NaN]", "[" * 5000])
def test_broken_json_is_told_with_its_key(text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        within({"mcp:server": text}, [], read_pulumi_config)
    assert str(caught.value) == (
        "Pulumi's configuration cannot be used: 1 problem.\n"
        "  mcp:server: It is not JSON.\n"
        "    Set it in the stack file, as a map."
    )


@pytest.mark.parametrize("text", ["{", "[]", "5"])
def test_a_broken_environment_is_told(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_CONFIG", text)
    with pytest.raises(SettingsError) as caught:
        within({"mcp:server": "{}"}, [], read_pulumi_config)
    assert [(p.path, p.problem, p.remedy) for p in caught.value.problems] == [
        ("PULUMI_CONFIG", "It is not the JSON that Pulumi sets.", "Unset it.")
    ]


def test_a_stack_file_and_the_program_it_configures_agree(tmp_path: Path) -> None:
    text = STACK + "  mcp:scaling: {minReplicas: 3, cpuPercentOfLimit: 55.5}\n  mcp:database:\n"
    stack = read_stack_file(project(tmp_path, dev=text), stack="dev")
    config, secrets = to_pulumi_config(stack)
    through_pulumi = within(config, secrets, read_pulumi_config)
    assert through_pulumi == stack.values
    assert load_settings(through_pulumi, where=WHERE) == load_settings(stack.values, where=WHERE)
