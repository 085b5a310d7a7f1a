"""Namespaces and network policies, by hand."""

from __future__ import annotations

from pulumi_kubernetes_mcp.kubernetes.keys import Egress, IngressFrom
from pulumi_kubernetes_mcp.kubernetes.network import network_policy
from pulumi_kubernetes_mcp.namespace import spec as specs
from pulumi_kubernetes_mcp.namespace.args import patched_objects
from pulumi_kubernetes_mcp.namespace.keys import NamespaceKeys, Quota


def test_a_namespace_is_restricted_in_all_modes() -> None:
    assert specs.namespace_labels("staging") == {
        "pod-security.kubernetes.io/enforce": "restricted",
        "pod-security.kubernetes.io/enforce-version": "latest",
        "pod-security.kubernetes.io/audit": "restricted",
        "pod-security.kubernetes.io/audit-version": "latest",
        "pod-security.kubernetes.io/warn": "restricted",
        "pod-security.kubernetes.io/warn-version": "latest",
        "kubernetes-mcp/environment": "staging",
    }


def test_what_is_in_a_namespace_waits_for_it() -> None:
    """The name that the namespace is given, and the one that is known when it is there."""
    made = patched_objects("orders", NamespaceKeys(), "wanted", "there")[0].values()
    bodies = [(one.kind, one.body["metadata"]) for one in made]
    assert [body["name"] for kind, body in bodies if kind == "Namespace"] == ["wanted"]
    assert {body["namespace"] for kind, body in bodies if kind != "Namespace"} == {"there"}


def test_a_quota_is_written_as_it_is_stored() -> None:
    assert specs.quota(Quota(cpu="40000m", memory="65536Mi", pods=1000)) == {
        "hard": {"requests.cpu": "40", "requests.memory": "64Gi", "pods": "1k"}
    }
    huge = specs.quota(Quota(cpu="1", memory="1Gi", pods=1, hugepages2_mi="1024Mi", extended_resources={"a.b/c": 1}))
    assert huge["hard"]["requests.hugepages-2Mi"] == "1Gi"
    assert huge["hard"]["requests.a.b/c"] == "1"


def test_nothing_is_open_by_default_but_dns() -> None:
    assert specs.default_deny() == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    dns = specs.allow_dns()
    assert dns["policyTypes"] == ["Egress"]
    assert "ingress" not in dns
    (rule,) = dns["egress"]
    assert rule["ports"] == [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}]
    assert rule["to"] == [
        {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}},
        {"ipBlock": {"cidr": "169.254.20.10/32"}},
    ]


def test_people_on_call_read_no_secret_and_write_little() -> None:
    """Whoever patches a Deployment can put any Secret of the namespace into a log."""
    rules = specs.operator_rules()
    said = [{*rule["resources"], *rule["verbs"], *rule["apiGroups"]} for rule in rules]
    assert not [words for words in said if {"secrets", "*"} & words]
    writing = [rule for rule in rules if not {*rule["verbs"]} <= {"get", "list", "watch"}]
    assert writing == [{"apiGroups": [""], "resources": ["pods"], "verbs": ["delete"]}]
    assert specs.group_subjects(["oncall"]) == [
        {"kind": "Group", "name": "oncall", "apiGroup": "rbac.authorization.k8s.io"}
    ]
    assert specs.operator_role() == {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "operator"}


def test_a_policy_opens_what_is_listed() -> None:
    spec = network_policy(
        {"app": "orders"},
        [
            IngressFrom(port=8000, namespace="gateway"),
            IngressFrom(port=8000, cidrs=["10.0.0.0/8", "192.168.0.0/16"]),
            IngressFrom(port=6432, workload="web"),
        ],
        [Egress(port=5432, cidrs=["10.1.0.0/16"]), Egress(port=6432, workload="pool")],
    )
    names = {"matchLabels": {"app.kubernetes.io/name": "web", "app.kubernetes.io/component": "server"}}
    assert spec == {
        "podSelector": {"matchLabels": {"app": "orders"}},
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [
            {
                "from": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "gateway"}}}],
                "ports": [{"protocol": "TCP", "port": 8000}],
            },
            {
                "from": [{"ipBlock": {"cidr": "10.0.0.0/8"}}, {"ipBlock": {"cidr": "192.168.0.0/16"}}],
                "ports": [{"protocol": "TCP", "port": 8000}],
            },
            {"from": [{"podSelector": names}], "ports": [{"protocol": "TCP", "port": 6432}]},
        ],
        "egress": [
            {"to": [{"ipBlock": {"cidr": "10.1.0.0/16"}}], "ports": [{"protocol": "TCP", "port": 5432}]},
            {
                "to": [
                    {
                        "podSelector": {
                            "matchLabels": {
                                "app.kubernetes.io/name": "pool",
                                "app.kubernetes.io/component": "pooler",
                            }
                        }
                    }
                ],
                "ports": [{"protocol": "TCP", "port": 6432}],
            },
        ],
    }


def test_an_empty_list_of_addresses_opens_nothing() -> None:
    """In a NetworkPolicy a rule without peers is for everybody."""
    spec = network_policy({"a": "b"}, [IngressFrom(port=1, cidrs=[])], [Egress(port=2, cidrs=[])])
    assert spec == {"podSelector": {"matchLabels": {"a": "b"}}, "policyTypes": ["Ingress", "Egress"]}
