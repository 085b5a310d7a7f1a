"""What McpRegion says in a program: names of arguments, as one writes them there, and none of a stack file."""

from __future__ import annotations

import re
from typing import Any

import pulumi
import pytest

from pulumi_kubernetes_mcp import FindingsError, McpRegion, SettingsError
from pulumi_kubernetes_mcp.rules.catalogue import rule
from pulumi_kubernetes_mcp.rules.model import Finding
from pulumi_kubernetes_mcp.settings.models import Settings
from pulumi_kubernetes_mcp.settings.program_words import argument_of, in_arguments_of_region
from pulumi_kubernetes_mcp.settings.tree import keys
from pulumi_kubernetes_mcp.testing import record
from tests.rules.test_pages import CODES, PLAYED_ELSEWHERE, run
from tests.table import table

LEAST: dict[str, Any] = {
    "region": {"name": "us-east"},
    "server": {"image": "registry.example/orders:1.4.2", "health_path": "/healthz"},
    "workload": {"daily_users": 500},
    "edge": {"host": "mcp.example.com", "implementation": "envoy-gateway"},
}
CAMEL = {key.info.alias for key in keys(Settings) if key.info.alias != key.name}
QUOTED = r"(?<!\w)'[^']*'(?!\w)"


def with_groups(**groups: Any) -> dict[str, Any]:
    """The least region with more in its groups."""
    return {**LEAST, **{name: {**LEAST.get(name, {}), **group} for name, group in groups.items()}}


@table(
    "path, argument",
    [
        ("mcp:server.resources.limits.hugepages2Mi", "server.resources.limits.hugepages2_mi"),
        ("mcp:server.env.maxReplicas", "server.env.maxReplicas"),
        ("mcp:server.envValueFrom.nodeName.fieldRef", "server.env_value_from.nodeName.field_ref"),
        ("mcp:secrets.remote.apiKey.property", "secrets.remote.apiKey.property"),
        ("mcp:servers.maxReplicas.edge.clientCidrs[0]", "servers.maxReplicas.edge.client_cidrs[0]"),
        ('mcp:server.nodeSelector["a.b/c"]', 'server.node_selector["a.b/c"]'),
        ("mcp:scaling.maxReplica", "scaling.max_replica"),
        ("mcp:stateStore", "state_store"),
    ],
)
def test_a_path_is_that_of_the_argument(path: str, argument: str) -> None:
    assert argument_of(path) == argument


@table(
    "text, words",
    [
        ("Set mcp:scaling.maxReplicas to 4.", "Set scaling.max_replicas to 4."),
        ("Give dns.healthCheckId, or maxSurge.", "Give dns.health_check_id, or max_surge."),
        ("It is 'maxReplicas', mcp:server.name's word.", "It is 'maxReplicas', server.name's word."),
        ("The image 'mcp:server' of 'x' has host.", "The image 'mcp:server' of 'x' has host."),
        ("spec.minReplicas of a patch; /maxReplicas", "spec.minReplicas of a patch; /maxReplicas"),
        ("terminationGracePeriodSeconds, preStop.sleep", "terminationGracePeriodSeconds, preStop.sleep"),
        ("(maxReplicas: 3); minReplicas.", "(maxReplicas: 3); min_replicas."),
    ],
)
def test_a_text_names_arguments_and_keeps_what_was_given(text: str, words: str) -> None:
    (found,) = in_arguments_of_region([Finding("mcp:server.env or mcp:secrets.env", text, text)])
    assert (found.problem, found.remedy, found.path) == (words, words, "server.env or secrets.env")


def test_fields_of_kubernetes_are_called_as_they_are_there() -> None:
    container = {"name": "server", "x": 1}
    server = {"patches": [{"kind": "Pod", "patch": {"spec": {"containers": [container]}}}]}
    beside = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {"containers": [container]}}
    with pytest.raises(FindingsError) as refused:
        record(lambda: McpRegion("shop", **with_groups(server=server), extra_objects=[beside]))
    told = {one.code: one.remedy for one in refused.value.findings}
    assert all("env, envFrom, image, imagePullPolicy," in told[code] for code in ("MCP171", "MCP177")), told


@pytest.mark.grid
@table(
    "groups, told",
    [
        ({"scaling": {"max_replica": 3}}, "scaling.max_replica: There is no such argument. Did you mean 'max_repl"),
        ({"scalin": {}}, "scalin: There is no such argument. Did you mean 'scaling'?"),
        ({"workload": {"daily_users": None}}, "workload: No load is given. Give daily_users, or sessions_by_hour"),
        ({"server": {"serves_tls": "yes"}}, "server.serves_tls: It is 'yes', but takes true or false. Give True or"),
        ({"server": {"command": "run"}}, "server.command: It is 'run', but takes a list. Give a list."),
        (
            {"secrets": {"source": "config", "values": {"token": "abc"}}},
            "secrets.values.token: It is given in clear. Give a secret Output, such as pulumi.Config().require_secret",
        ),
        ({"servers": {"a": {"region": {}}}}, "servers.a.region: It is about the whole region. Move it to region."),
    ],
)  # fmt: skip
def test_a_refusal_names_arguments(groups: dict[str, Any], told: str) -> None:
    with pytest.raises(SettingsError) as refused:
        record(lambda: McpRegion("shop", **with_groups(**groups)))
    (problem,) = refused.value.problems
    assert f"{problem.path}: {problem.problem} {problem.remedy}".startswith(told)


def test_findings_name_arguments() -> None:
    with pytest.raises(FindingsError) as refused:
        record(lambda: McpRegion("shop", **with_groups(scaling={"min_replicas": 5, "max_replicas": 1})))
    assert {one.path for one in refused.value.findings} == {"scaling.max_replicas"}


@pytest.mark.grid
def test_a_warning_is_logged_with_the_region_and_its_argument() -> None:
    given = with_groups(workload={"peak_sessions": 60}, server={"writable_root": True})
    texts = [one.text for one in record(lambda: McpRegion("shop", **given)).messages]
    assert any(text.startswith('MCP140 McpRegion "shop": server.writable_root: ') for text in texts), texts
    assert any(text.startswith('MCP521 McpRegion "shop": workload.daily_users: daily_users does') for text in texts)


@pytest.mark.grid
def test_an_object_beside_the_region_is_named_by_its_argument() -> None:
    def build() -> None:
        data = {"note": pulumi.Output.secret("hidden")}
        one = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "notes"}, "data": data}
        McpRegion("shop", **LEAST, extra_objects=[one])

    with pytest.raises(FindingsError) as refused:
        record(build)
    assert [one.path for one in refused.value.findings] == ["extra_objects[0].data.note"]


@pytest.mark.grid
@table("code", [one for one in CODES if one not in PLAYED_ELSEWHERE and rule(one).language == "yaml"])
def test_no_rule_speaks_of_a_stack_file_in_a_program(code: str) -> None:
    for one in in_arguments_of_region(run(code, "Fails")):
        words = re.sub(QUOTED, "", f"{one.path} {one.problem} {one.remedy}")
        assert "mcp:" not in words
        assert not CAMEL & set(re.findall(r"\w+", words)), words
