"""What a component refuses when a program gives it nonsense: in exact words, before anything is registered."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, get_args

import pulumi
import pytest

import pulumi_kubernetes_mcp as package
from pulumi_kubernetes_mcp import ArgumentsError, FindingsError
from pulumi_kubernetes_mcp.settings.keys.edge import Affinity, Implementation
from pulumi_kubernetes_mcp.testing import Recording, record
from tests.table import table

_PARTS = (
    "Give parts of letters, digits and '._~-', none of them '.' or '..', behind one '/' each, such as "
    "'/mcp' or '/mcp/'."
)
LEAST: dict[str, dict[str, Any]] = {
    "McpNamespace": {},
    "McpService": {
        "image": "registry.example/mcp:1.2.0",
        "namespace": "orders",
        "health_path": "/healthz",
        "allow_from": [{"port": 8000, "namespace": "edge"}],
    },
    "McpAutoscaling": {"namespace": "orders", "target": "server", "max_replicas": 6},
    "McpIngress": {"namespace": "orders", "host": "mcp.example.com", "service_name": "server"},
    "McpLoadTest": {
        "namespace": "orders",
        "server_name": "orders",
        "url": "https://mcp.example.com/mcp",
        "scenario": "peak",
        "sessions": 10,
        "environment": "staging",
        "tools": [{"name": "search", "share_percent": 100.0}],
    },
    "McpChaos": {
        "namespace": "orders",
        "server_name": "orders",
        "url": "https://mcp.example.com/mcp",
        "experiment": "kill-pod",
        "image": "registry.example/chaos:1.0.0",
        "environment": "staging",
    },
    "McpProbe": {
        "namespace": "orders",
        "image": "registry.example/probe:1.0.0",
        "watcher": "east",
        "endpoints": [{"name": "orders", "url": "https://mcp.example.com/mcp"}],
    },
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


NONSENSE: list[tuple[str, dict[str, Any], str, str]] = [
    ("McpService", {"imgae": "x"}, "imgae: There is no such argument.", "Did you mean 'image'?"),
    (
        "McpNamespace",
        {"zzz": 1},
        "zzz: There is no such argument.",
        "Known arguments: platform, resolvers, create_namespace, namespace_objects, operators, accept, patches, "
        "namespace, environment, quota.",
    ),
    ("McpService", {"namespace": None}, "namespace: It is missing.", "Add it. Namespace of all objects."),
    (
        "McpService",
        {"eras": ["modren"]},
        "eras[0]: It is 'modren', but takes one of modern, legacy-stateless, legacy-stateful, sse.",
        "Did you mean 'modern'?",
    ),
    (
        "McpService",
        {"eras": []},
        "eras: It has too few items: 0, but must have at least 1.",
        "Protocol eras that the server serves on its URL. All regions behind one host must serve the same.",
    ),
    ("McpService", {"eras": "modern"}, "eras: It is 'modern', but takes a list.", "Give a list."),
    (
        "McpService",
        {"min_replicas": "3"},
        "min_replicas: It is '3', but takes a whole number.",
        "Write it without quotes.",
    ),
    (
        "McpService",
        {"min_replicas": 2.5},
        "min_replicas: It is the number 2.5, but takes a whole number.",
        "Number of pods to start with; two are the least that survives the loss of one.",
    ),
    (
        "McpService",
        {"autoscaled": 1},
        "autoscaled: It is the number 1, but takes true or false.",
        "Give True or False.",
    ),
    (
        "McpService",
        {"port": True},
        "port: It is true, but takes a whole number.",
        "Port that the server listens on; 8000 is that of the Python SDK.",
    ),
    (
        "McpService",
        {"port": 0},
        "port: It is 0, but must be at least 1.",
        "Give a number from 1 to 65,535. Port that the server listens on; 8000 is that of the Python SDK.",
    ),
    (
        "McpService",
        {"metrics_port": 70_000},
        "metrics_port: It is 70000, but must be at most 65,535.",
        "Give a number from 1 to 65,535. Port of the metrics. Derived: the port of the server.",
    ),
    (
        "McpService",
        {"max_tool_seconds": -5},
        "max_tool_seconds: It is -5, but must be at least 1.",
        "Give a number from 1 to 86,400. Duration of the slowest tool call, in seconds. The drain waits for it; "
        "no route may be shorter.",
    ),
    (
        "McpService",
        {"user_id": 0},
        "user_id: It is 0, but must be at least 1.",
        "Give a number from 1 to 2,147,483,647. Numeric user and group of the process. Above 10000, so that it "
        "owns nothing on a node after an escape.",
    ),
    ("McpService", {"image": 7}, "image: It is the number 7, but takes text.", "Put it in quotes."),
    (
        "McpService",
        {"namespace": ""},
        "namespace: It is '', which is not a DNS label.",
        "Use at most 63 lower-case letters, digits and '-', beginning and ending with a letter or digit.",
    ),
    (
        "McpService",
        {"port": lambda: pulumi.Output.from_input(80)},
        "port: It is an Output, and has to be known in the preview.",
        "Give a plain value.",
    ),
    ("McpService", {"resources": []}, "resources: It is a list, but takes a map of keys.", "Give a dictionary."),
    (
        "McpService",
        {"resources": {"request": {}}},
        "resources.request: There is no such argument.",
        "Did you mean 'requests'?",
    ),
    (
        "McpService",
        {"resources": {"requests": {"cpu": True}}},
        "resources.requests.cpu: It is true, but takes text.",
        "Put it in quotes.",
    ),
    ("McpService", {"env": {"LEVEL": 3}}, "env.LEVEL: It is a number, but takes text.", "Put it in quotes."),
    (
        "McpService",
        {"writable_paths": ["tmp"]},
        "writable_paths[0].path: It is 'tmp', which is not a directory below the root.",
        "Give an absolute path without spaces, ':' and '..', such as '/tmp'.",
    ),
    (
        "McpService",
        {"health_path": "healthz"},
        "health_path: It is 'healthz', which is not a path.",
        "Begin with '/', such as '/mcp' or '/mcp/'.",
    ),
    (
        "McpService",
        {"secret_env": [{"variable": "A", "key": "a"}]},
        "secret_name: It is missing.",
        "Name the Secret whose keys secret_env refers to.",
    ),
    (
        "McpService",
        {"secret_name": "s", "env": {"A": "1"}, "secret_env": [{"variable": "A", "key": "a"}]},
        "secret_env: The variable 'A' is given twice, in env or here.",
        "Keep one of the two.",
    ),
    (
        "McpService",
        {"secret_name": "s", "secret_env": [{"variable": "A"}]},
        "secret_env[0].key: It is missing.",
        "Add it. Key of the Secret.",
    ),
    (
        "McpService",
        {"allow_from": [{"port": 1}]},
        "allow_from[0]: It has none of cidrs, namespace, pod_labels, workload.",
        "Give exactly one of cidrs, namespace, pod_labels, workload; namespace and pod_labels go together.",
    ),
    (
        "McpService",
        {"allow_to": [{"port": 1, "cidrs": [], "workload": "w"}]},
        "allow_to[0]: It has cidrs and workload.",
        "Give exactly one of cidrs, namespace, pod_labels, internet, workload; namespace and pod_labels go together.",
    ),
    (
        "McpAutoscaling",
        {"kind": "kedaa"},
        "kind: It is 'kedaa', but takes one of auto, hpa, keda.",
        "Did you mean 'keda'?",
    ),
    (
        "McpAutoscaling",
        {"cpu_percent": 0},
        "cpu_percent: It is 0, but must be at least 1.",
        "Give a number from 1 to 100,000. CPU at which pods are added, in percent of the request (above 100 is "
        "allowed); 80 leaves a fifth for the time that a new pod takes to start.",
    ),
    (
        "McpAutoscaling",
        {"session_minutes": 0.0},
        "session_minutes: It is 0, but must be at least 0.001.",
        "Give a number from 0.001 to 1,440. Mean length of a session, in minutes; scale-in waits for it.",
    ),
    (
        "McpAutoscaling",
        {"scale_down_window_seconds": 3601},
        "scale_down_window_seconds: It is 3601, but must be at most 3,600.",
        "Give a number from 0 to 3,600. Stabilisation window of scale-in, in seconds; scale_down.window_seconds "
        "says the same. Derived: 300, or the length of a session, 600 to 3600.",
    ),
    (
        "McpIngress",
        {"kind": "ingres"},
        "kind: It is 'ingres', but takes one of gateway, ingress, route, none.",
        "Did you mean 'ingress'?",
    ),
    (
        "McpIngress",
        {"implementation": "treafik"},
        "implementation: It is 'treafik', but takes one of envoy-gateway, istio, cilium, kgateway, agentgateway, "
        "nginx-gateway-fabric, traefik, gke, alb, nginx, haproxy, openshift, other.",
        "Did you mean 'traefik'?",
    ),
    *(
        (
            "McpIngress",
            {key: word},
            f"{key}: It is '{word}', but takes one of {', '.join(get_args(choices))}.",
            f"Did you mean '{meant}'?",
        )
        for key, choices, word, meant in (
            ("affinity", Affinity, "ClientIP", "source-ip"),
            ("affinity", Affinity, "client-ip", "source-ip"),
            ("implementation", Implementation, "ingress-nginx", "nginx"),
            ("implementation", Implementation, "aws-load-balancer-controller", "alb"),
        )
    ),
    (
        "McpIngress",
        {"kind": "none"},
        "kind: There is no way in to make.",
        "Leave McpIngress out: McpService has the Service of the server.",
    ),
    (
        "McpIngress",
        {"path": "/a/../b"},
        "path: It is '/a/../b', which is not a path.",
        _PARTS,
    ),
    (
        "McpIngress",
        {"path": "/mcp//"},
        "path: It is '/mcp//', which is not a path.",
        _PARTS,
    ),
    (
        "McpIngress",
        {"host": "https://mcp.example.com"},
        "host: It is 'https://mcp.example.com', which is not a host name.",
        "Give it without scheme, port or path, such as 'mcp.example.com'.",
    ),
    (
        "McpSecrets",
        {"source": "vault"},
        "source: It is 'vault', but takes one of existing, external, config.",
        "'existing' names a Secret that is there, 'external' has the External Secrets Operator fill one, 'config'"
        " makes one from values that are Pulumi secrets.",
    ),
    (
        "McpSecrets",
        {"source": "external", "store_name": "s", "remote": [{"secret_key": "a", "remote_key": "b"}] * 2},
        "remote: The key 'a' is given twice.",
        "Keep one of the two.",
    ),
    (
        "McpPgBouncer",
        {"instances": 0},
        "instances: It is 0, but must be at least 1.",
        "Give a number from 1 to 50. Number of PgBouncer pods; two, so that one may be lost.",
    ),
    (
        "McpPgBouncer",
        {"server_tls_mode": "yes"},
        "server_tls_mode: It is 'yes', but takes one of disable, prefer, require, verify-ca, verify-full.",
        "TLS towards the database, in libpq's words; 'require', which encrypts and verifies nothing, because managed "
        "databases offer it. Of a host in the pod itself (localhost, 127.0.0.1), where a sidecar leads on and "
        "encrypts, 'disable' where this is left out. The server gets the word that its driver reads: to node-postgres "
        "require is no-verify.",
    ),
    (
        "McpService",
        {"allow_from": [{"port": 1, "namespace": "a"}, {"port": 1, "namespace": "b", "name": "Edge"}]},
        "allow_from[1].name: It is 'Edge', which is not a DNS label.",
        "Use at most 63 lower-case letters, digits and '-', beginning and ending with a letter or digit, "
        "for example 'edge'.",
    ),
    (
        "McpPgBouncer",
        {"allow_from": [{"port": 1, "namespace": "a", "name": "a.b"}]},
        "allow_from[0].name: It is 'a.b', which is not a DNS label.",
        "Use at most 63 lower-case letters, digits and '-', beginning and ending with a letter or digit, "
        "for example 'a-b'.",
    ),
    ("McpNamespace", {"quota": {"cpu": "1", "memory": "1Gi"}}, "quota.pods: It is missing.", "Add it. Number of pods."),
]


@pytest.mark.grid
@table(
    "component, change, words, remedy",
    NONSENSE,
    ids=[f"{component}-{words[:30]}" for component, _, words, _ in NONSENSE],
)
def test_nonsense_is_refused_in_words(component: str, change: dict[str, Any], words: str, remedy: str) -> None:
    with pytest.raises(ArgumentsError) as refused:
        make(component, change)
    assert str(refused.value) == f'{component} "x" cannot be used: 1 problem.\n  {words}\n    {remedy}'
    assert isinstance(refused.value, pulumi.RunError)


def test_all_problems_are_said_at_once() -> None:
    with pytest.raises(ArgumentsError) as refused:
        make("McpService", {"port": 0, "eras": ["x"], "pot": 1})
    assert len(refused.value.problems) == 3
    assert str(refused.value).startswith('McpService "x" cannot be used: 3 problems.\n  port: ')


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
    assert str(refused.value).endswith("The arguments are text.\n    Give a dictionary, or keywords.")


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
        ("McpChaos", "image", "registry.example/chaos:latest", "MCP101"),
        ("McpProbe", "image", "registry.example/probe:latest", "MCP101"),
        ("McpLoadTest", "runner_image", "registry.example/k6:latest", "MCP101"),
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


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"source": "external"}, [("MCP701", "store_name"), ("MCP705", "remote")]),
        ({"source": "external", "store_name": "s"}, [("MCP705", "remote")]),
        ({"source": "config"}, [("MCP705", "values")]),
    ],
)
def test_a_secret_of_nothing_is_a_finding_beside_the_others(
    change: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    with pytest.raises(FindingsError) as refused:
        make("McpSecrets", change)
    assert [(one.code, one.path) for one in refused.value.findings] == expected
    assert all("'none'" not in one.remedy for one in refused.value.findings)


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
    assert [(one.path, one.remedy) for one in refused.value.problems] == [
        ("accept.no-helth-route", "The nearest is 'no-health-route'."),
        ("accept.MCP999", "'mcp-stack explain' lists all of them."),
    ]


def test_an_error_cannot_be_accepted() -> None:
    with pytest.raises(FindingsError):
        make(
            "McpService", {"image": "registry.example/mcp:latest", "accept": {"MCP101": "We like to live dangerously."}}
        )


FORM_AND_SENSE: list[tuple[str, dict[str, Any], list[str]]] = [
    ("McpService", {"image": "r.example/mcp:latest", "port": "x", "annotations": {"a/b": 4}},
     ["annotations[\"a/b\"]", "port", "image MCP101"]),
    ("McpService", {"image": "r.example/mcp:latest", "namespace": None}, ["namespace", "image MCP101"]),
    ("McpService", {"image": "Registry/Mcp", "min_available": 2}, ["image", "min_available MCP207"]),
    ("McpService", {"image": "r.example/mcp:latest", "sidecars": [{"name": "a"}]},
     ["sidecars[0].image", "image MCP101"]),
    ("McpAutoscaling", {"max_replicas": 1, "cpu_percent": "5", "prometheus_addres": "http://p:9090",
                        "eras": ["legacy-stateful"]},
     ["cpu_percent", "prometheus_addres", "max_replicas MCP201"]),
]  # fmt: skip


@pytest.mark.parametrize(("component", "change", "told"), FORM_AND_SENSE)
def test_mistakes_of_form_hide_none_that_a_rule_finds(component: str, change: dict[str, Any], told: list[str]) -> None:
    with pytest.raises(ArgumentsError) as refused:
        make(component, change)
    assert sorted(f"{one.path} {one.code}".strip() for one in refused.value.problems) == sorted(told)


def test_mistakes_of_form_hide_none_that_a_rule_finds_in_a_region() -> None:
    def build() -> None:
        package.McpRegion(
            "orders",
            region={"name": "us-1"},
            workload={"peak_sessions": 100},
            edge={"host": "https://x"},  # Has to be there.
            server={"image": "registry.example/mcp:latest", "prot": 8000},  # type: ignore[typeddict-unknown-key]
            scaling={"min_replicas": 9, "max_replicas": 3},
        )

    with pytest.raises(package.SettingsError) as refused:
        record(build)
    assert [f"{one.path} {one.code}".strip() for one in refused.value.problems] == [
        "server.prot", "edge.host", "scaling.max_replicas MCP201", "server.image MCP101",
    ]  # fmt: skip
