"""What holds between the objects of each stack; and that each rule sees what it is there for."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pulumi_kubernetes_mcp.evaluate import inspect_stack
from tests.rendered import invariants, invariants_within
from tests.rendered.objects import Objects
from tests.rendered.sets import OWN, SETS, STACKS, each_set, objects, stack_file
from tests.table import table

ACROSS: tuple[Callable[[Objects], Iterator[str]], ...] = (
    invariants.dangling_services,
    invariants.dangling_autoscalers,
    invariants.two_autoscalers,
    invariants.dangling_policies,
    invariants.one_sided_policies,
    invariants.dangling_budgets,
    invariants.dangling_accounts,
    invariants.dangling_routes,
    invariants.tight_quotas,
    invariants_within.strange_namespaces,
)
"""Rules about objects that only a whole region has."""
WITHIN: tuple[Callable[[Objects], Iterator[str]], ...] = (
    invariants_within.broken_containers,
    invariants_within.slow_drains,
    invariants_within.unsafe_pods,
    invariants_within.odd_quantities,
    invariants_within.odd_labels,
    invariants_within.snake_keys,
    invariants_within.empty_values,
)
"""Rules that every component keeps by itself."""
REGIONS = (*STACKS, *OWN, *(name for name in SETS if name.startswith("McpRegion")))


@table("rule", [*ACROSS, *WITHIN], ids=lambda rule: rule.__name__)
@each_set(REGIONS)
def test_a_region_is_whole(name: str, rule: Callable[[Objects], Iterator[str]]) -> None:
    assert list(rule(objects(name))) == []


ELSEWHERE = {
    "McpRegion-full": [
        *("qq-license", "qq-more", "qq-authorities", "qq-key", "qq-tls", "qq-publish", "qq-data", "qq-proxy"),
        *("qq-migrate", "qq-registry", "qq-view", "qq-edit", "orders-authority", "qq-tokens", "qq-schemas"),
    ],
    "McpRegion-internal": ["orders", "orders-authority"],
}
"""What a case only names: Secrets, ConfigMaps, a claim and roles that are made elsewhere."""


def outside(name: str) -> list[str]:
    """What a stack or a case only names."""
    if name not in (*STACKS, *OWN):
        return ELSEWHERE.get(name, [])
    secrets = inspect_stack(stack_file(name)).shared.secrets
    return [secret.name for secret in secrets if secret.settings.source == "existing"]


@pytest.mark.grid
def test_the_secret_that_a_stack_only_names_is_known() -> None:
    assert {name: outside(name) for name in STACKS if outside(name)} == {STAGING: ["mcp-orders-staging"]}


@pytest.mark.parametrize("name", REGIONS)
def test_a_region_refers_to_what_is_there(name: str) -> None:
    assert list(invariants.dangling_references(objects(name), outside(name))) == []


def test_what_is_made_elsewhere_is_needed() -> None:
    """So that no name stays on the list that nothing needs any more."""
    for name, known in ELSEWHERE.items():
        said = list(invariants.dangling_references(objects(name)))
        assert [one for one in known if not any(one in words.replace(",", "").split() for words in said)] == []


@table("rule", WITHIN, ids=lambda rule: rule.__name__)
@each_set(name for name in SETS if name not in REGIONS)
def test_a_component_is_whole(name: str, rule: Callable[[Objects], Iterator[str]]) -> None:
    assert list(rule(objects(name))) == []


US = "production-us-east"
STAGING = "staging"
FULL = "McpRegion-full"
SERVER, POOLER = "mcp-orders", "mcp-orders-pooler"


def one(everything: list[Any], kind: str, name: str | None = None) -> Any:
    """The one object of a kind and name."""
    (found,) = [body for body in everything if body["kind"] == kind and name in (None, body["metadata"]["name"])]
    return found


def pod(everything: list[Any], name: str = SERVER) -> Any:
    """The pod of a workload."""
    return one(everything, "Deployment", name)["spec"]["template"]["spec"]


def pod_labels(everything: list[Any], name: str) -> Any:
    """The labels of the pods of a workload."""
    return one(everything, "Deployment", name)["spec"]["template"]["metadata"]["labels"]


def volume(everything: list[Any], name: str) -> Any:
    """A volume of the server of the full region."""
    (found,) = [body for body in pod(everything, "orders")["volumes"] if body["name"] == name]
    return found


def without(kind: str, name: str | None = None) -> Callable[[list[Any]], None]:
    """Take an object away."""
    return lambda everything: everything.remove(one(everything, kind, name))


def policy(everything: list[Any], name: str = SERVER) -> Any:
    """The spec of a NetworkPolicy."""
    return one(everything, "NetworkPolicy", name)["spec"]


Rule = Callable[[Objects], Iterator[str]]
Change = Callable[[list[Any]], Any]
HPA = "HorizontalPodAutoscaler"
BROKEN: list[tuple[Rule, str, Change, str]] = [
    (
        invariants.dangling_services,
        US,
        lambda all_: one(all_, "Service", SERVER)["spec"]["selector"].update(x="y"),
        "Service mcp-orders selects 0 workloads",
    ),
    (
        invariants.dangling_services,
        US,
        lambda all_: one(all_, "Service", SERVER)["spec"]["ports"][0].update(targetPort="web"),
        "Service mcp-orders sends to the port web, which no container has",
    ),
    (
        invariants.dangling_autoscalers,
        US,
        lambda all_: one(all_, HPA)["spec"]["scaleTargetRef"].update(name="other"),
        "HorizontalPodAutoscaler mcp-orders scales Deployment other, which is not there",
    ),
    (
        invariants.dangling_autoscalers,
        STAGING,
        lambda all_: one(all_, "ScaledObject")["spec"]["triggers"][1]["metadata"].update(containerName="web"),
        "ScaledObject mcp-orders measures the container web, which is not there",
    ),
    (
        invariants.dangling_autoscalers,
        US,
        lambda all_: pod(all_)["containers"][0]["resources"]["requests"].pop("cpu"),
        "HorizontalPodAutoscaler mcp-orders scales on cpu, of which nothing is requested",
    ),
    (
        invariants.two_autoscalers,
        US,
        lambda all_: one(all_, "Deployment", SERVER)["spec"].update(replicas=3),
        "Deployment mcp-orders must have either a count or an autoscaler",
    ),
    (
        invariants.two_autoscalers,
        US,
        lambda all_: all_.append(one(all_, HPA)),
        "mcp-orders has two autoscalers",
    ),
    (
        invariants.dangling_policies,
        US,
        lambda all_: policy(all_)["podSelector"]["matchLabels"].update(x="y"),
        "NetworkPolicy mcp-orders selects 0 workloads",
    ),
    (
        invariants.dangling_policies,
        US,
        lambda all_: policy(all_)["ingress"][0]["ports"][0].update(port=1),
        "NetworkPolicy mcp-orders opens the port 1, which no container has",
    ),
    (
        invariants.dangling_policies,
        US,
        lambda all_: policy(all_, f"{SERVER}-to-6432")["egress"][0]["ports"][0].update(port=1),
        "NetworkPolicy mcp-orders-to-6432 lets connect to the port 1, which no container there has",
    ),
    (
        invariants.dangling_policies,
        US,
        lambda all_: policy(all_)["ingress"][0].update({"from": []}),
        "NetworkPolicy mcp-orders has a rule for everybody",
    ),
    (
        invariants.dangling_policies,
        FULL,
        lambda all_: pod_labels(all_, "orders").pop("istio.io/dataplane-mode"),
        "NetworkPolicy orders opens the port 15008, which no container has",
    ),
    (
        invariants.dangling_policies,
        FULL,
        lambda all_: policy(all_, "orders-to-6333")["egress"][0]["to"][0]["namespaceSelector"]["matchLabels"].update(
            {"kubernetes.io/metadata.name": "orders-eu"}
        ),
        "NetworkPolicy orders-to-6333 opens to {'app': 'qdrant'}, which are not there",
    ),
    (
        invariants.dangling_policies,
        US,
        without("Deployment", POOLER),
        "NetworkPolicy mcp-orders-to-6432 opens to {'app.kubernetes.io/component': 'pooler', "
        "'app.kubernetes.io/name': 'mcp-orders-pooler'}, which are not there",
    ),
    (
        invariants.one_sided_policies,
        US,
        lambda all_: policy(all_, POOLER).pop("ingress"),
        "only one side lets mcp-orders connect to mcp-orders-pooler at 6432",
    ),
    (
        invariants.dangling_budgets,
        US,
        lambda all_: one(all_, "PodDisruptionBudget", SERVER)["spec"].update(minAvailable=3),
        "PodDisruptionBudget mcp-orders wants 3 of 3 pods, so that no drain ends",
    ),
    (
        invariants.dangling_budgets,
        STAGING,
        lambda all_: one(all_, "PodDisruptionBudget", SERVER)["spec"].update(maxUnavailable=0),
        "PodDisruptionBudget mcp-orders lets no pod go",
    ),
    (
        invariants.dangling_budgets,
        US,
        without("Deployment", POOLER),
        "PodDisruptionBudget mcp-orders-pooler selects 0 workloads",
    ),
    (
        invariants.dangling_accounts,
        US,
        without("ServiceAccount", SERVER),
        "Deployment mcp-orders runs as mcp-orders, which is not there",
    ),
    (
        invariants.dangling_accounts,
        US,
        lambda all_: pod(all_).pop("automountServiceAccountToken"),
        "Deployment mcp-orders mounts a token",
    ),
    (
        invariants.dangling_accounts,
        US,
        lambda all_: pod(all_).update(automountServiceAccountToken=True),
        "Deployment mcp-orders mounts a token",
    ),
    (
        invariants.dangling_accounts,
        FULL,
        lambda all_: pod(all_, "orders").update(automountServiceAccountToken=False),
        "Deployment orders has rights and no token",
    ),
    (
        invariants.dangling_accounts,
        FULL,
        lambda all_: one(all_, "ClusterRoleBinding", "orders-eu-orders")["subjects"][0].update(name="other"),
        "other has rights and is not there",
    ),
    (
        invariants.dangling_references,
        US,
        without("Role"),
        "RoleBinding operators binds operator, which is not there",
    ),
    (
        invariants.dangling_references,
        FULL,
        without("ClusterRole"),
        "ClusterRoleBinding orders-eu-orders binds orders-eu-orders, which is not there",
    ),
    (
        invariants.dangling_references,
        FULL,
        without("PersistentVolumeClaim"),
        "Deployment orders mounts the PersistentVolumeClaim orders-files-shared, which nothing makes",
    ),
    (
        invariants.dangling_references,
        FULL,
        lambda all_: volume(all_, "files-etc-mcp")["configMap"].pop("optional"),
        "Deployment orders mounts the ConfigMap qq-config, which nothing makes",
    ),
    (
        invariants.dangling_references,
        US,
        without("ExternalSecret"),
        "Deployment mcp-orders reads the Secret mcp-orders-secrets, which nothing makes",
    ),
    (
        invariants.dangling_references,
        US,
        lambda all_: one(all_, "ExternalSecret")["spec"]["data"].pop(0),
        "Deployment mcp-orders reads api-token of mcp-orders-secrets, which has no such key",
    ),
    (
        invariants.dangling_references,
        US,
        lambda all_: one(all_, "ConfigMap")["metadata"].update(name="other"),
        "Deployment mcp-orders-pooler mounts the ConfigMap ",
    ),
    (
        invariants.dangling_routes,
        US,
        lambda all_: one(all_, "HTTPRoute")["spec"]["rules"][0]["backendRefs"][0].update(port=8080),
        "HTTPRoute mcp-orders sends to mcp-orders at 8080, which is not there",
    ),
    (
        invariants.dangling_routes,
        "McpRegion-aware",
        lambda all_: one(all_, "AgentgatewayBackend")["spec"]["mcp"]["targets"][0]["static"].update(port=8080),
        "AgentgatewayBackend mcp-server sends to mcp-server at 8080, which is not there",
    ),
    (
        invariants.dangling_routes,
        "McpRegion-aware",
        without("AgentgatewayBackend"),
        "HTTPRoute mcp-server sends to AgentgatewayBackend mcp-server, which is not there",
    ),
    (
        invariants.dangling_routes,
        STAGING,
        without("Service"),
        "Ingress mcp-orders sends to mcp-orders at http, which is not there",
    ),
    (
        invariants.dangling_routes,
        STAGING,
        lambda all_: one(all_, "Ingress")["spec"].pop("tls"),
        "Ingress mcp-orders serves mcp.staging.example.com without TLS",
    ),
    (
        invariants.dangling_routes,
        FULL,
        without("HTTPRoute"),
        "BackendTrafficPolicy orders is for HTTPRoute orders, which is not there",
    ),
    (
        invariants_within.broken_containers,
        US,
        lambda all_: pod(all_)["containers"][0]["readinessProbe"]["httpGet"].update(port="web"),
        "Deployment mcp-orders, container server, is tested at the port web, which it does not have",
    ),
    (
        invariants_within.broken_containers,
        US,
        lambda all_: pod(all_).pop("volumes"),
        "Deployment mcp-orders, container server, mounts scratch-tmp, which is not there",
    ),
    (
        invariants_within.broken_containers,
        US,
        lambda all_: pod(all_)["containers"][0]["env"].append(pod(all_)["containers"][0]["env"][0]),
        "Deployment mcp-orders, container server, has PGPASSWORD twice",
    ),
    (
        invariants_within.slow_drains,
        US,
        lambda all_: pod(all_).update(terminationGracePeriodSeconds=19),
        "Deployment mcp-orders is killed after 19 s, within its drain",
    ),
    (
        invariants_within.slow_drains,
        US,
        lambda all_: one(all_, "Deployment", SERVER)["spec"]["strategy"]["rollingUpdate"].update(maxUnavailable=1),
        "Deployment mcp-orders takes pods away before new ones are ready",
    ),
    (
        invariants_within.unsafe_pods,
        US,
        lambda all_: pod(all_, POOLER)["initContainers"][0]["securityContext"].pop("capabilities"),
        "Deployment mcp-orders-pooler, container user-list, has capabilities None",
    ),
    (
        invariants_within.unsafe_pods,
        FULL,
        lambda all_: volume(all_, "files-data").update(hostPath={"path": "/"}),
        "Deployment orders has the volume files-data",
    ),
    (
        invariants_within.broken_containers,
        FULL,
        lambda all_: pod(all_, "orders")["initContainers"][0]["startupProbe"]["httpGet"].update(port=5434),
        "Deployment orders, container proxy, is tested at the port 5434, which it does not have",
    ),
    (
        invariants_within.odd_quantities,
        US,
        lambda all_: pod(all_)["containers"][0]["resources"]["requests"].update(cpu="1000m"),
        "Deployment mcp-orders: .spec.template.spec.containers[0].resources.requests.cpu is 1000m, which is stored as",
    ),
    (
        invariants_within.odd_quantities,
        US,
        lambda all_: pod(all_)["containers"][0]["resources"]["requests"].update(memory="1Gi"),
        "Deployment mcp-orders, container server, requests more memory than its limit",
    ),
    (
        invariants_within.odd_quantities,
        US,
        lambda all_: one(all_, "ResourceQuota")["spec"]["hard"].update({"requests.memory": "10240Mi"}),
        "ResourceQuota capacity: .spec.hard.requests.memory is 10240Mi, which is stored as 10Gi",
    ),
    (
        invariants.tight_quotas,
        US,
        lambda all_: one(all_, "ResourceQuota")["spec"]["hard"].update(pods="40"),
        "ResourceQuota capacity gives 40 pods, and 41 are needed",
    ),
    (
        invariants_within.odd_labels,
        US,
        lambda all_: one(all_, "Role")["metadata"].pop("labels"),
        "Role operator has no app.kubernetes.io/name",
    ),
    (
        invariants_within.odd_labels,
        US,
        lambda all_: one(all_, "Deployment", SERVER)["spec"]["selector"]["matchLabels"].update(
            {"app.kubernetes.io/version": "1.4.2"}
        ),
        "Deployment mcp-orders selects by app.kubernetes.io/component, app.kubernetes.io/name, app",
    ),
    (
        invariants_within.strange_namespaces,
        US,
        lambda all_: one(all_, "Role")["metadata"].update(namespace="default"),
        "Role operator is in default, which is not there",
    ),
    (
        invariants_within.strange_namespaces,
        FULL,
        lambda all_: one(all_, "ClusterRole")["metadata"].update(namespace="orders-eu"),
        "ClusterRole orders-eu-orders is in orders-eu, and belongs to no namespace",
    ),
    (
        invariants_within.strange_namespaces,
        US,
        lambda all_: one(all_, "Namespace")["metadata"]["labels"].clear(),
        "Namespace mcp-prod-us-east does not enforce restricted",
    ),
    (
        invariants_within.empty_values,
        US,
        lambda all_: pod(all_)["containers"][0].update(env=[]),
        "Deployment mcp-orders: .spec.template.spec.containers[0].env is empty",
    ),
    (
        invariants_within.snake_keys,
        US,
        lambda all_: one(all_, "HTTPRoute")["spec"]["rules"][0].update(backend_refs=[]),
        "HTTPRoute mcp-orders: spec.rules[0].backend_refs",
    ),
]


@pytest.mark.grid
@table("rule, name, change, words", BROKEN, ids=[f"{rule.__name__}-{words[:40]}" for rule, _, _, words in BROKEN])
def test_a_rule_sees_what_it_is_there_for(rule: Rule, name: str, change: Change, words: str) -> None:
    everything = copy.deepcopy(list(objects(name)))
    change(everything)
    found = list(rule(everything))
    assert any(problem.startswith(words) for problem in found), found


def test_every_rule_is_tried() -> None:
    assert {rule for rule, _, _, _ in BROKEN} == {*ACROSS, *WITHIN, invariants.dangling_references}
