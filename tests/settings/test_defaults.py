"""A stack is merged over ``mcp:defaults`` of Pulumi.yaml, offline and under the CLI; nothing is replaced in silence."""

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

from pulumi_kubernetes_mcp.region_plan import load
from pulumi_kubernetes_mcp.settings import (
    Settings,
    SettingsError,
    StackFile,
    layered,
    load_settings,
    read_pulumi_config,
    read_sources,
    read_stack_file,
    settings_from_arguments,
    to_pulumi_config,
)

from .samples import WHERE, project

DEFAULTS = """\
name: mcp
runtime: python
stackConfigDir: stacks
config:
  defaults:
    type: object
    description: what all stacks share
    default:
      server:
        image: registry.example.com/mcp:1.2.3
        name: orders
        port: 3000
        healthPath: /healthz
        env: {LOG: info, ZONE: a}
        egress:
          - {port: 443, cidrs: [0.0.0.0/0]}
      workload: {dailyUsers: 500}
      edge: {host: mcp.example.com}
      database: {host: db.example.com, maxConnections: 400}
"""
ONE_IMAGE = """\
config:
  mcp:region: {name: us-east}
  mcp:server:
    image: registry.example.com/mcp:1.3.0
"""
"""What 'pulumi config set --path mcp:server.image ...' leaves of a stack without mcp:server."""


@pytest.fixture(autouse=True)
def _no_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PULUMI_CONFIG", "PULUMI_CONFIG_SECRET_KEYS"):
        monkeypatch.delenv(name, raising=False)


def within(stack: StackFile, body: Callable[[], Any], **changed: str) -> Any:
    """Run ``body`` in an event loop with what the CLI would hand over for a stack."""
    texts, secret_keys = to_pulumi_config(stack)

    async def program() -> Any:
        set_all_config({**texts, **{f"mcp:{key}": text for key, text in changed.items()}}, secret_keys)
        result = body()
        return await result if asyncio.iscoroutine(result) else result

    return contextvars.copy_context().run(asyncio.run, program())


def from_file(stack: StackFile) -> Settings:
    return load(stack.values, where=stack.where, directory=stack.directory, sources=stack.sources).first


def under_the_cli(directory: Path, stack: str = "dev") -> Settings:
    sources = read_sources(directory, stack)
    return load(read_pulumi_config(sources), where="Stack dev", directory=directory, sources=sources).first


def problems(of: Callable[[], object]) -> list[tuple[str, str, str]]:
    """Place and path, problem and remedy of everything that is told."""
    with pytest.raises(SettingsError) as caught:
        of()
    return [(str(one).partition(": ")[0], one.problem, one.remedy) for one in caught.value.problems]


def test_a_release_that_sets_the_image_changes_only_the_image(tmp_path: Path) -> None:
    stack = read_stack_file(project(tmp_path, pulumi=DEFAULTS, dev=ONE_IMAGE), stack="dev")
    settings = from_file(stack)
    before = load_settings({**stack.values, "mcp:server": {}}, where=WHERE)
    assert settings.server == before.server.model_copy(update={"image": "registry.example.com/mcp:1.3.0"})
    assert (settings.server.name, settings.server.port, settings.server.health_path) == ("orders", 3000, "/healthz")
    assert within(stack, lambda: under_the_cli(tmp_path)) == settings


def test_the_cli_hands_over_the_defaults_as_a_key_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PULUMI_CONFIG as the CLI 3.260 writes it: one text per key, the project's default as JSON."""
    handed = {
        "mcp:defaults": '{"edge":{"host":"a.example.com"},"server":{"image":"x:1","port":3000},'
        '"workload":{"dailyUsers":5}}',
        "mcp:region": '{"name":"us-east"}',
        "mcp:server": '{"image":"x:2"}',
    }
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps(handed))
    nothing = read_stack_file(project(tmp_path, dev="config: {}\n"), stack="dev")
    settings = within(nothing, lambda: load(read_pulumi_config(), where="Stack dev").first)
    assert (settings.server.image, settings.server.port, settings.workload.daily_users) == ("x:2", 3000, 5)


def test_groups_are_merged_deep_lists_whole_and_null_takes_away(tmp_path: Path) -> None:
    text = (
        "config:\n  mcp:region: {name: us-east}\n  mcp:database:\n"
        "  mcp:server: {healthPath: null, env: {LOG: null, MODE: fast}, egress: [{port: 80, cidrs: [10.0.0.0/8]}]}\n"
    )
    settings = from_file(read_stack_file(project(tmp_path, pulumi=DEFAULTS, dev=text), stack="dev"))
    assert settings.server.env == {"ZONE": "a", "MODE": "fast"}
    assert [one.port for one in settings.server.egress] == [80]
    assert settings.server.health_path is None
    assert settings.database is None
    assert "health_path" not in settings.server.model_fields_set


def test_where_null_is_a_value_it_is_that_value(tmp_path: Path) -> None:
    shared = DEFAULTS.replace("edge: {", "edge: {gateway: {name: public, section: https}, ")
    text = ONE_IMAGE + "  mcp:edge: {gateway: {section: null, name: null}}\n"
    gateway = from_file(read_stack_file(project(tmp_path, pulumi=shared, dev=text), stack="dev")).edge.gateway
    assert gateway.section is None
    assert gateway.name == "public"


def test_a_project_of_another_name_shares_under_the_full_key(tmp_path: Path) -> None:
    other = DEFAULTS.replace("name: mcp\n", "name: shop\n").replace("  defaults:", "  mcp:defaults:")
    other = other.replace("    type: object\n", "").replace("    default:", "    value:")
    stack = read_stack_file(project(tmp_path, pulumi=other, dev=ONE_IMAGE), stack="dev")
    assert from_file(stack).server.port == 3000
    assert within(stack, lambda: under_the_cli(tmp_path)) == from_file(stack)


def test_a_key_that_no_layer_gives_names_both_places(tmp_path: Path) -> None:
    missing = DEFAULTS.replace("        image: registry.example.com/mcp:1.2.3\n", "").replace("dailyUsers: 500", "")
    text = "config:\n  mcp:region: {name: us-east}\n  mcp:server: {port: 4000}\n"
    stack = read_stack_file(project(tmp_path, pulumi=missing, dev=text), stack="dev")
    both = "in the stack file, or in mcp:defaults of Pulumi.yaml for all stacks."
    expected = [
        (
            "stacks/Pulumi.dev.yaml:3 mcp:server.image",
            "It is missing.",
            f"Add it {both} Container image with a fixed tag or a digest; 'latest' and no tag are refused.",
        ),
        (
            "Pulumi.yaml:16 mcp:workload",
            "No load is given.",
            "Give dailyUsers, or sessionsByHour or peakSessions where they were measured. I" + both[1:],
        ),
    ]
    assert problems(lambda: from_file(stack)) == expected
    assert within(stack, lambda: problems(lambda: under_the_cli(tmp_path))) == expected


def test_every_problem_names_the_file_and_the_line_of_its_value(tmp_path: Path) -> None:
    shared = DEFAULTS.replace("port: 3000", "port: 70000").replace("443, ", "443, prot: tcp, ") + "      sever: {}\n"
    text = ONE_IMAGE + "    name: Orders\n  mcp:scaling:\n    maxReplicas: many\n  mcp:edgy: {}\n"
    stack = read_stack_file(project(tmp_path, pulumi=shared, dev=text), stack="dev")
    expected = [
        "Pulumi.yaml:20 mcp:sever",
        "stacks/Pulumi.dev.yaml:8 mcp:edgy",
        "Pulumi.yaml:12 mcp:server.port",
        "stacks/Pulumi.dev.yaml:5 mcp:server.name",
        "Pulumi.yaml:16 mcp:server.egress[0].prot",
        "stacks/Pulumi.dev.yaml:7 mcp:scaling.maxReplicas",
    ]
    assert [place for place, *_ in problems(lambda: from_file(stack))] == expected
    assert within(stack, lambda: [place for place, *_ in problems(lambda: under_the_cli(tmp_path))]) == expected


def test_a_finding_beside_the_problems_has_a_line_too(tmp_path: Path) -> None:
    text = ONE_IMAGE + "    prot: 1\n  mcp:scaling: {minReplicas: 9, maxReplicas: 3}\n"
    stack = read_stack_file(project(tmp_path, pulumi=DEFAULTS, dev=text), stack="dev")
    places = [place for place, *_ in problems(lambda: from_file(stack))]
    assert places == ["stacks/Pulumi.dev.yaml:5 mcp:server.prot", "stacks/Pulumi.dev.yaml:6 mcp:scaling.maxReplicas"]


def test_without_the_files_the_layer_is_all_that_is_known(tmp_path: Path) -> None:
    stack = read_stack_file(project(tmp_path, pulumi=DEFAULTS, dev=ONE_IMAGE), stack="dev")
    merged, told = layered(stack.values)
    assert told == []
    assert str(merged.origin_of("mcp:server.image")) == "stack"
    assert str(merged.origin_of("mcp:server.port")) == "defaults"
    assert [place for place, *_ in problems(lambda: load_settings({"mcp:server": {"prot": 1}}, where=WHERE))] == [
        "mcp:region",
        "mcp:server.image",
        "mcp:server.prot",
        "mcp:workload",
        "mcp:edge",
    ]


def test_a_line_is_named_only_where_the_file_says_the_same(tmp_path: Path) -> None:
    """An imported environment is merged into a key of the stack before the program sees it."""
    stack = read_stack_file(project(tmp_path, pulumi=DEFAULTS, dev=ONE_IMAGE + "    port: 1\n"), stack="dev")
    handed: Mapping[str, Any] = {**stack.values, "mcp:server": {"image": "registry.example.com/mcp:1.3.0", "port": 2}}
    merged, _ = layered(handed, stack.sources)
    assert str(merged.origin_of("mcp:server.image")) == "stacks/Pulumi.dev.yaml:4"
    assert str(merged.origin_of("mcp:server.port")) == "stack"


# What Pulumi would replace in silence.

SHARED = (
    DEFAULTS
    + """\
  monitoring:
    type: object
    default:
      namespace: metrics
      port: 9090
"""
)
REPLACED = "It replaces the whole mcp:monitoring of Pulumi.yaml (line 20), and with it namespace."
MOVE = (
    "In Pulumi.yaml, write 'monitoring:' below the groups of the defaults that stand there (line 5), move lines 23 to "
    "24 there, and delete what is left of mcp:monitoring: what stands there is merged with what a stack gives."
)


def test_a_shared_group_that_no_stack_replaces_is_used(tmp_path: Path) -> None:
    stack = read_stack_file(project(tmp_path, pulumi=SHARED, dev=ONE_IMAGE), stack="dev")
    assert from_file(stack).monitoring.namespace == "metrics"
    assert within(stack, lambda: under_the_cli(tmp_path)) == from_file(stack)
    assert str(layered(stack.values, stack.sources)[0].origin_of("mcp:monitoring.port")) == "Pulumi.yaml:24"


def test_a_shared_group_that_the_stack_replaces_is_an_error_with_the_lines_to_move(tmp_path: Path) -> None:
    text = ONE_IMAGE + "  mcp:monitoring: {port: 9091}\n"
    stack = read_stack_file(project(tmp_path, pulumi=SHARED, dev=text), stack="dev")
    expected = [("stacks/Pulumi.dev.yaml:5 mcp:monitoring", REPLACED, MOVE)]
    assert problems(lambda: from_file(stack)) == expected
    assert within(stack, lambda: problems(lambda: under_the_cli(tmp_path))) == expected


def test_so_it_is_where_only_the_values_show_it(tmp_path: Path) -> None:
    """An imported environment, or a stack file elsewhere: what arrives is not what Pulumi.yaml gives."""
    stack = read_stack_file(project(tmp_path, pulumi=SHARED, dev=ONE_IMAGE), stack="dev")
    told = within(stack, lambda: problems(lambda: under_the_cli(tmp_path)), monitoring='{"port": 9091}')
    assert told == [("mcp:monitoring", REPLACED, MOVE)]


def test_in_a_project_of_another_name_the_remedy_names_its_key(tmp_path: Path) -> None:
    other = "name: shop\nstackConfigDir: stacks\nconfig:\n  mcp:edge: {value: {host: a.example.com}}\n"
    stack = read_stack_file(project(tmp_path, pulumi=other, dev="config: {'mcp:edge': {kind: ingress}}\n"), stack="dev")
    (place, problem, remedy), *_ = problems(lambda: from_file(stack))
    assert place == "stacks/Pulumi.dev.yaml:1 mcp:edge"
    assert problem == "It replaces the whole mcp:edge of Pulumi.yaml (line 4), and with it host."
    assert remedy.startswith(
        "In Pulumi.yaml, write 'mcp:defaults:' with 'value:' below it and 'edge:' below that, move line 4 "
    )


def test_defaults_in_a_stack_file_are_an_error(tmp_path: Path) -> None:
    text = ONE_IMAGE + "  mcp:defaults:\n    server: {image: x:2, port: 1}\n"
    stack = read_stack_file(project(tmp_path, pulumi=DEFAULTS, dev=text), stack="dev")
    first, *_ = problems(lambda: from_file(stack))
    assert first == (
        "stacks/Pulumi.dev.yaml:5 mcp:defaults",
        "It stands in a stack file, where it replaces the defaults of Pulumi.yaml.",
        "Write mcp:server instead, which is merged over them: 'pulumi config set --path mcp:server.<key>'. What all "
        "stacks share belongs in Pulumi.yaml.",
    )
    assert within(stack, lambda: problems(lambda: under_the_cli(tmp_path)))[0] == first


def test_defaults_that_are_not_those_of_pulumi_yaml_are_an_error(tmp_path: Path) -> None:
    stack = read_stack_file(project(tmp_path, pulumi=DEFAULTS, dev=ONE_IMAGE), stack="dev")
    first, *_ = within(stack, lambda: problems(lambda: under_the_cli(tmp_path)), defaults='{"server": {"port": 1}}')
    assert first == (
        "mcp:defaults",
        "It replaces the whole mcp:defaults of Pulumi.yaml (line 5), and with it workload, edge and database.",
        "Give the groups themselves in the stack, such as 'mcp:server'; they are merged over the defaults.",
    )


@pytest.mark.parametrize("value", ["[1]", "text", "5"])
def test_defaults_that_are_no_map_are_told(value: str, tmp_path: Path) -> None:
    pulumi_yaml = f"name: mcp\nstackConfigDir: stacks\nconfig:\n  defaults:\n    default: {value}\n"
    stack = read_stack_file(project(tmp_path, pulumi=pulumi_yaml, dev=ONE_IMAGE), stack="dev")
    first, *_ = problems(lambda: from_file(stack))
    assert first[:2] == ("mcp:defaults", "It is no map.")


def test_a_program_has_no_defaults_and_is_not_sent_to_them() -> None:
    told = problems(lambda: settings_from_arguments({"defaults": {}, "server": {}}, where="McpRegion"))
    assert ("defaults", "There is no such argument.") in [one[:2] for one in told]
    assert not any("mcp:defaults of Pulumi.yaml" in remedy for *_, remedy in told)


# Secrets.

SECRETS = DEFAULTS + "      secrets: {source: config, values: {shared: {secure: v1:a}, gone: {secure: v1:b}}}\n"
OWN = ONE_IMAGE + "  mcp:secrets: {values: {own: {secure: v1:c}, gone: null}}\n"


def test_an_encrypted_value_stays_secret_through_the_merge(tmp_path: Path) -> None:
    stack = read_stack_file(project(tmp_path, pulumi=SECRETS, dev=OWN), stack="dev")
    assert from_file(stack).secrets.values == {"shared": "[secret]", "own": "[secret]"}

    async def body() -> dict[str, Any]:
        values = under_the_cli(tmp_path).secrets.values
        assert all(isinstance(value, pulumi.Output) for value in values.values())
        return {key: (await value.is_secret(), await value.future()) for key, value in values.items()}

    decrypted = json.dumps(
        {**stack.values["mcp:defaults"], "secrets": {"source": "config", "values": {"shared": "s", "gone": "g"}}}
    )
    found = within(stack, body, defaults=decrypted, secrets='{"values": {"own": "o", "gone": null}}')
    assert found == {"shared": (True, "s"), "own": (True, "o")}


def test_what_is_encrypted_elsewhere_in_the_defaults_is_refused_and_not_shown(tmp_path: Path) -> None:
    shared = DEFAULTS.replace("LOG: info", "LOG: {secure: v1:a}")
    stack = read_stack_file(project(tmp_path, pulumi=shared, dev=ONE_IMAGE), stack="dev")
    expected = ["Pulumi.yaml:14 mcp:server.env.LOG"]
    assert [place for place, *_ in problems(lambda: from_file(stack))] == expected
    decrypted = json.dumps(
        {
            **stack.values["mcp:defaults"],
            "server": {**stack.values["mcp:defaults"]["server"], "env": {"LOG": "hunter2", "ZONE": "a"}},
        }
    )
    told = within(stack, lambda: problems(lambda: under_the_cli(tmp_path)), defaults=decrypted)
    assert [place for place, *_ in told] == expected
    assert "hunter2" not in str(told)


def test_a_mistake_beside_a_decrypted_value_of_the_defaults_is_at_its_line(tmp_path: Path) -> None:
    """Pulumi hands over the text, and the file has what is encrypted: it is the same value."""
    shared = DEFAULTS + "      secrets:\n        source: config\n        values:\n          a: {secure: v1:a}\n"
    shared += "          'no name': {secure: v1:b}\n"
    stack = read_stack_file(project(tmp_path, pulumi=shared, dev=ONE_IMAGE), stack="dev")
    given = {**stack.values["mcp:defaults"], "secrets": {"source": "config", "values": {"a": "x", "no name": "y"}}}
    told = within(stack, lambda: problems(lambda: under_the_cli(tmp_path)), defaults=json.dumps(given))
    assert [place for place, *_ in told if ".values" in place] == [
        f'Pulumi.yaml:{shared.count(chr(10))} mcp:secrets.values["no name"]'
    ]


def test_of_defaults_that_pulumi_calls_secret_only_the_secrets_are_taken_without_the_file(tmp_path: Path) -> None:
    stack = read_stack_file(project(tmp_path, pulumi=SECRETS, dev=OWN), stack="dev")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    told = within(stack, lambda: problems(lambda: under_the_cli(elsewhere)))
    encrypted = "It is encrypted, but only mcp:secrets.values may be."
    assert ("mcp:server.image", encrypted) not in [one[:2] for one in told]
    assert {one[0] for one in told if one[1] == encrypted} == {"mcp:workload", "mcp:edge", "mcp:database"}
