"""What a component refuses when a program gives it nonsense: in exact words, before anything is registered."""

from __future__ import annotations

import ast
import re
import typing
from collections.abc import Callable, Mapping
from typing import Any

import pulumi
import pytest

import pulumi_kubernetes_mcp as package
from pulumi_kubernetes_mcp import ArgumentsError, FindingsError
from pulumi_kubernetes_mcp.inputs import checked
from pulumi_kubernetes_mcp.settings import models
from pulumi_kubernetes_mcp.testing import Recording, record
from tools import source

LEAST: dict[str, dict[str, Any]] = {
    "McpNamespace": {},
    "McpService": {"image": "registry.example/mcp:1.2.0", "namespace": "orders", "health_path": "/healthz"},
    "McpAutoscaling": {"namespace": "orders", "target": "server", "max_replicas": 6},
    "McpIngress": {"namespace": "orders", "host": "mcp.example.com", "service_name": "server"},
    "McpSecrets": {"namespace": "orders", "source": "existing"},
    "McpPgBouncer": {
        "namespace": "orders",
        "database_host": "db.example.com",
        "secret_name": "db",
        "pool_size": 5,
        "max_client_conn": 50,
    },
}


def make(component: str, change: Mapping[str, Any], preview: bool = False) -> Recording:
    """Construct a component from the least arguments and a change; a callable value makes an Output."""

    def build() -> None:
        args = {**LEAST[component], **{key: item() if callable(item) else item for key, item in change.items()}}
        getattr(package, component)("x", args)

    return record(build, preview=preview)


NAMESPACE_KEYS = ("accept", "environment", "namespace", "operators", "quota")
WORDS = "'modern', 'legacy-stateless', 'legacy-stateful', 'sse'"
NONSENSE: list[tuple[str, dict[str, Any], str]] = [
    ("McpService", {"imgae": "x"}, "imgae: There is no such argument. Did you mean 'image'?"),
    ("McpNamespace", {"zzz": 1}, "zzz: There is no such argument. There are: " + ", ".join(NAMESPACE_KEYS) + "."),
    ("McpService", {"namespace": None}, "namespace: It is missing."),
    (
        "McpService",
        {"eras": ["modren"]},
        f"eras[0]: It is 'modren', and has to be one of {WORDS}. Did you mean 'modern'?",
    ),
    ("McpService", {"eras": []}, f"eras: It is empty. Give one of {WORDS} at least."),
    ("McpService", {"eras": "modern"}, "eras: It is text, and has to be a list."),
    ("McpService", {"min_replicas": "3"}, "min_replicas: It is text, and has to be a whole number."),
    ("McpService", {"min_replicas": 2.5}, "min_replicas: It is a number, and has to be a whole number."),
    ("McpService", {"autoscaled": 1}, "autoscaled: It is a number, and has to be true or false."),
    ("McpService", {"port": True}, "port: It is true or false, and has to be a whole number."),
    ("McpService", {"port": 0}, "port: It is 0, and has to be from 1 to 65,535."),
    ("McpService", {"metrics_port": 70_000}, "metrics_port: It is 70000, and has to be from 1 to 65,535."),
    ("McpService", {"max_tool_seconds": -5}, "max_tool_seconds: It is -5, and has to be from 1 to 86,400."),
    ("McpService", {"user_id": 0}, "user_id: It is 0, and has to be from 1 to 2,147,483,647."),
    ("McpService", {"image": 7}, "image: It is a number, and has to be text."),
    ("McpService", {"namespace": ""}, "namespace: It is empty."),
    (
        "McpService",
        {"port": lambda: pulumi.Output.from_input(80)},
        "port: It is an Output, and has to be known in the preview. Give a plain value.",
    ),
    ("McpService", {"resources": []}, "resources: It is a list, and has to be a dictionary."),
    (
        "McpService",
        {"resources": {"request": {}}},
        "resources.request: There is no such argument. Did you mean 'requests'?",
    ),
    (
        "McpService",
        {"resources": {"requests": {"cpu": 1}}},
        "resources.requests.cpu: It is a number, and has to be text.",
    ),
    ("McpService", {"env": {"LEVEL": 3}}, "env.LEVEL: It is a number, and has to be text."),
    ("McpService", {"writable_paths": ["tmp"]}, "writable_paths[0]: It is 'tmp', which is no absolute path."),
    ("McpService", {"writable_paths": ["/tmp", "/tmp"]}, "writable_paths: '/tmp' is given twice."),
    (
        "McpService",
        {"health_path": "healthz"},
        "health_path: It is 'healthz', which is no path of a URL. Begin with '/' and end without one, such as '/mcp'.",
    ),
    (
        "McpService",
        {"secret_env": [{"variable": "A", "key": "a"}]},
        "secret_name: It is missing, and secret_env refers to keys of that Secret.",
    ),
    (
        "McpService",
        {"secret_name": "s", "env": {"A": "1"}, "secret_env": [{"variable": "A", "key": "a"}]},
        "secret_env: The variable 'A' is given twice, in env or here.",
    ),
    ("McpService", {"secret_name": "s", "secret_env": [{"variable": "A"}]}, "secret_env[0].key: It is missing."),
    (
        "McpService",
        {"allow_from": [{"port": 1, "namespace": "a"}, {"port": 1, "namespace": "b", "name": "Edge"}]},
        "allow_from[1].name: It is 'Edge', which is no DNS label. Use lower-case letters, digits and '-', such as "
        "'gateway'.",
    ),
    (
        "McpPgBouncer",
        {"allow_from": [{"port": 1, "namespace": "a", "name": "a.b"}]},
        "allow_from[0].name: It is 'a.b', which is no DNS label. Use lower-case letters, digits and '-', such as "
        "'gateway'.",
    ),
    (
        "McpService",
        {"allow_from": [{"port": 1}]},
        "allow_from[0]: Give exactly one of 'namespace', 'cidrs', 'workload'.",
    ),
    (
        "McpService",
        {"allow_to": [{"port": 1, "cidrs": [], "workload": "w"}]},
        "allow_to[0]: Give exactly one of 'cidrs', 'workload'.",
    ),
    (
        "McpAutoscaling",
        {"kind": "kedaa"},
        "kind: It is 'kedaa', and has to be one of 'auto', 'hpa', 'keda'. Did you mean 'keda'?",
    ),
    ("McpAutoscaling", {"cpu_percent": 0}, "cpu_percent: It is 0, and has to be from 1 to 100,000."),
    ("McpAutoscaling", {"session_minutes": 0.0}, "session_minutes: It is 0, and has to be from 0.01 to 1,440."),
    (
        "McpAutoscaling",
        {"scale_down_window_seconds": 3601},
        "scale_down_window_seconds: It is 3601, and has to be from 0 to 3,600.",
    ),
    (
        "McpIngress",
        {"kind": "ingres"},
        "kind: It is 'ingres', and has to be one of 'gateway', 'ingress'. Did you mean 'ingress'?",
    ),
    (
        "McpIngress",
        {"implementation": "traefik"},
        "implementation: It is 'traefik', and has to be one of 'envoy-gateway', 'nginx', 'other'.",
    ),
    (
        "McpIngress",
        {"path": "/a/../b"},
        "path: It is '/a/../b', which is no path of a URL. Begin with '/' and end without one, such as '/mcp'.",
    ),
    (
        "McpIngress",
        {"path": "/mcp/"},
        "path: It is '/mcp/', which is no path of a URL. Begin with '/' and end without one, such as '/mcp'.",
    ),
    (
        "McpIngress",
        {"host": "https://mcp.example.com"},
        "host: It is 'https://mcp.example.com', which is no host name. "
        "Leave out scheme, port and path: 'mcp.example.com'.",
    ),
    (
        "McpSecrets",
        {"source": "vault"},
        "source: It is 'vault', and has to be one of 'existing', 'external', 'config'.",
    ),
    (
        "McpSecrets",
        {"source": "external", "store_name": "s"},
        "remote: It is missing, and the source 'external' fetches nothing without it.",
    ),
    (
        "McpSecrets",
        {"source": "config"},
        "values: It is missing, and the source 'config' has nothing to make a Secret from.",
    ),
    (
        "McpSecrets",
        {"source": "external", "store_name": "s", "remote": [{"secret_key": "a", "remote_key": "b"}] * 2},
        "remote: The key 'a' is given twice.",
    ),
    ("McpPgBouncer", {"instances": 0}, "instances: It is 0, and has to be from 1 to 50."),
    (
        "McpPgBouncer",
        {"server_tls_mode": "yes"},
        "server_tls_mode: It is 'yes', and has to be one of 'disable', 'prefer', 'require', 'verify-full'.",
    ),
    ("McpNamespace", {"quota": {"cpu": "1", "memory": "1Gi"}}, "quota.pods: It is missing."),
]


@pytest.mark.parametrize(
    ("component", "change", "words"), NONSENSE, ids=[f"{component}-{words[:30]}" for component, _, words in NONSENSE]
)
def test_nonsense_is_refused_in_words(component: str, change: dict[str, Any], words: str) -> None:
    with pytest.raises(ArgumentsError) as refused:
        make(component, change)
    assert str(refused.value) == f'{component} "x" cannot be used: 1 problem.\n  {words}'
    assert isinstance(refused.value, pulumi.RunError)


def test_all_problems_are_said_at_once() -> None:
    with pytest.raises(ArgumentsError) as refused:
        make("McpService", {"port": 0, "eras": ["x"], "pot": 1})
    assert len(refused.value.problems) == 3
    assert str(refused.value).startswith('McpService "x" cannot be used: 3 problems.\n  pot: ')


def test_a_value_is_repeated_only_where_it_is_no_secret() -> None:
    for key, secret in (
        ("env", {"A": {"password": "hunter2"}}),
        ("image", ["hunter2"]),
        ("secret_name", {"hunter2": 1}),
    ):
        with pytest.raises(ArgumentsError) as refused:
            make("McpService", {key: secret})
        assert "hunter2" not in str(refused.value)


def test_nothing_is_registered_when_arguments_are_refused() -> None:
    def build() -> None:
        with pytest.raises(ArgumentsError):
            package.McpService("x", {"image": "registry.example/mcp:1.2.0"})  # type: ignore[typeddict-item]

    assert [one.type for one in record(build).resources] == ["pulumi:pulumi:Stack"]


@pytest.mark.parametrize("component", sorted(LEAST))
def test_arguments_are_a_dictionary(component: str) -> None:
    with pytest.raises(ArgumentsError) as refused:
        record(lambda: getattr(package, component)("x", "orders"))
    assert str(refused.value).endswith("The arguments are text. Give a dictionary.")


def test_none_is_how_a_program_leaves_a_key_out() -> None:
    plain = make("McpService", {})
    assert make("McpService", {"port": None, "env": None, "resources": {"limits": None}}).manifests() != ()
    assert make("McpService", {"port": None, "env": None, "eras": None}).manifests() == plain.manifests()


def test_whole_numbers_may_come_as_floats() -> None:
    """Programs in other languages send every number as one."""
    floats = make("McpService", {"port": 8000.0, "min_replicas": 3.0, "max_tool_seconds": 60.0})
    assert (
        floats.manifests() == make("McpService", {"port": 8000, "min_replicas": 3, "max_tool_seconds": 60}).manifests()
    )


def test_a_tuple_is_a_list() -> None:
    assert make("McpService", {"eras": ("modern",)}).manifests() == make("McpService", {}).manifests()


# The same rules for values that are known later


def output(value: str) -> Callable[[], pulumi.Output[str]]:
    """Makes an Output when the program runs."""
    return lambda: pulumi.Output.from_input(value)


@pytest.mark.parametrize("give", [str, output], ids=["plain", "output"])
@pytest.mark.parametrize(
    ("component", "key", "value", "code"),
    [
        ("McpService", "image", "registry.example/mcp:latest", "MCP101"),
        ("McpService", "image", "registry.example/mcp", "MCP101"),
        ("McpPgBouncer", "image", "registry.example/pgbouncer", "MCP101"),
        ("McpNamespace", "namespace", "Not_A_Label", "MCP108"),
    ],
)
def test_a_rule_holds_for_plain_values_and_for_outputs(
    give: Callable[[str], Any], component: str, key: str, value: str, code: str
) -> None:
    with pytest.raises(FindingsError) as refused:
        make(component, {key: give(value)})
    assert [finding.code for finding in refused.value.findings] == [code]
    assert refused.value.findings[0].path == key
    assert str(refused.value).startswith(f'{component} "x" cannot work:\n  {code} {key}: ')


def test_an_unreadable_quota_is_a_finding() -> None:
    with pytest.raises(FindingsError) as refused:
        make("McpNamespace", {"quota": {"cpu": "many", "memory": "64", "pods": 4}})
    assert [(one.code, one.path) for one in refused.value.findings] == [
        ("MCP111", "quota.cpu"),
        ("MCP111", "quota.memory"),
    ]


def test_a_warning_is_logged_until_it_is_accepted() -> None:
    change = {"health_path": None}
    (message,) = make("McpService", change).messages
    assert message.severity == "warning"
    assert re.match(r'MCP105 McpService "\w+": health_path: ', message.text)
    for name in ("MCP105", "no-health-route"):
        assert make("McpService", {**change, "accept": {name: "The image has none."}}).messages == ()


def test_an_acceptance_of_a_rule_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ArgumentsError) as refused:
        make("McpService", {"accept": {"no-helth-route": "The image has none.", "MCP999": "Unknown."}})
    assert refused.value.problems == (
        "accept.no-helth-route: There is no rule with this code or name. Did you mean 'no-health-route'?",
        "accept.MCP999: There is no rule with this code or name. 'mcp-stack explain' lists all of them.",
    )


def test_an_error_cannot_be_accepted() -> None:
    with pytest.raises(FindingsError):
        make(
            "McpService", {"image": "registry.example/mcp:latest", "accept": {"MCP101": "We like to live dangerously."}}
        )


# The tables of words and ranges


def test_every_choice_and_range_is_for_a_key_that_exists() -> None:
    arguments = source.argument_types()
    keys = {f"{name}.{key}" for name, args in arguments.items() for key in args.__annotations__}
    assert set(checked.CHOICES) <= keys
    last = {key.rpartition(".")[2] for key in keys}
    assert set(checked.RANGES) | set(checked.URL_PATHS) | set(checked.DIRECTORIES) <= last
    assert all(set(names) <= set(arguments[name].__annotations__) for name, names in checked.ONE_OF.items())


def test_every_number_of_a_component_has_a_range() -> None:
    numbers = {
        key
        for name, args in source.argument_types().items()
        if ".types.region" not in args.__module__
        for key, annotation, _ in source.annotated(args)
        if "int" in {node.id for node in ast.walk(annotation) if isinstance(node, ast.Name)}
    }
    assert numbers - set(checked.RANGES) == {"budget", "client_connections"}


def words_of(model: type[Any], field: str) -> tuple[str, ...]:
    """The words that a key of the stack file takes."""
    hint = model.model_fields[field].annotation
    while not all(isinstance(item, str) for item in typing.get_args(hint)):
        hint = typing.get_args(hint)[0]
    return typing.get_args(hint)


@pytest.mark.parametrize(
    ("key", "model", "field", "besides"),
    [
        ("McpAutoscalingArgs.kind", models.ScalingSettings, "autoscaler", {"none"}),
        ("McpAutoscalingArgs.follow", models.ScalingSettings, "follow", set()),
        ("McpAutoscalingArgs.dialect", models.ScalingSettings, "dialect", set()),
        ("McpAutoscalingArgs.implementation", models.EdgeSettings, "implementation", set()),
        ("MetricArgs.type", models.ScalingMetric, "type", set()),
        ("AuthenticationArgs.modes", models.PrometheusAuthentication, "modes", set()),
        ("AuthenticationArgs.existing_kind", models.PrometheusAuthentication, "existing_kind", set()),
        ("ScalingRulesArgs.select", models.ScalingRules, "select", set()),
        ("McpIngressArgs.kind", models.EdgeSettings, "kind", set()),
        ("McpIngressArgs.implementation", models.EdgeSettings, "implementation", set()),
        ("McpIngressArgs.affinity", models.EdgeSettings, "affinity", set()),
        ("McpSecretsArgs.source", models.SecretsSettings, "source", {"none"}),
        ("McpSecretsArgs.store_kind", models.SecretStoreReference, "kind", set()),
        ("McpPgBouncerArgs.server_tls_mode", models.DatabaseSettings, "tls_mode", set()),
        ("McpServiceArgs.eras", models.ServerSettings, "eras", set()),
    ],
)
def test_a_component_takes_the_words_of_a_stack_file(key: str, model: type[Any], field: str, besides: set[str]) -> None:
    assert set(checked.CHOICES[key]) == set(words_of(model, field)) - besides
