"""The objects of an MCP server, each by the suffix of its resource; what patches change, and what is registered."""

from collections.abc import Mapping
from ipaddress import ip_network
from typing import Any

import pulumi

from ..inputs.outputs import mapped
from ..kubernetes import mesh, network, rights, volumes
from ..kubernetes import objects as common
from ..kubernetes.keys import Egress
from ..kubernetes.made import Made, kept
from ..platforms import IDENTITIES, identity_of
from ..settings.names import is_loopback
from . import argo
from . import spec as specs
from .keys import ServiceKeys

ACCOUNT, DEPLOYMENT, SERVICE, NETWORK, DISRUPTION = "account", "deployment", "service", "network", "disruption"
STATEFUL_SET, HEADLESS = "statefulset", "pods"
ROLLOUT, PREVIEW = "rollout", "preview"
WORKLOADS = (DEPLOYMENT, STATEFUL_SET, ROLLOUT)
"""Suffixes of what makes the pods."""
RBAC = "rbac.authorization.k8s.io/v1"
CLAIM = "PersistentVolumeClaim"
POLICY = ("networking.k8s.io/v1", "NetworkPolicy")
RESOLVER_PORT = 53
_OWN = f"spec.template.spec.containers[{specs.CONTAINER}]"
DECIDED: Mapping[str, str] = {
    **{
        f"{kind}:{field}": key
        for kind in ("Deployment", "StatefulSet", specs.ROLLOUT)
        for field, key in {
            "spec.replicas": "min_replicas",
            "spec.template.spec.terminationGracePeriodSeconds": "grace_period_seconds",
            f"{_OWN}.image": "image",
            f"{_OWN}.resources": "resources",
            f"{_OWN}.lifecycle.preStop": "pre_stop_seconds",
            f"{_OWN}.ports": "port",
        }.items()
    },
    "StatefulSet:spec.podManagementPolicy": "rollout.pod_management",
    "StatefulSet:spec.volumeClaimTemplates": "volumes",
    "Rollout:spec.strategy": "rollout.argo_rollouts",
}
"""What the plan, the quota and the rules about the drain count with: it is said by its key, and by no patch."""


def service_objects(server: specs.ServerSpec, keys: ServiceKeys) -> dict[str, Made]:
    """Everything that McpService registers, before patches."""
    labels = common.labels(server.name, specs.COMPONENT)
    versioned = common.versioned(labels, mapped(server.image, common.image_version))

    def named(name: pulumi.Input[str], object_labels: common.Spec, annotations: Mapping[str, Any] | None = None) -> Any:
        return common.metadata(name, keys.namespace, object_labels, annotations)

    def policy(suffix: str, spec: common.Spec) -> Made:
        name = server.name if suffix == NETWORK else f"{server.name}-{suffix}"
        return Made(*POLICY, {"metadata": named(name, labels), "spec": spec})

    ambient = keys.mesh == mesh.AMBIENT
    result = {
        ACCOUNT: Made(
            "v1",
            "ServiceAccount",
            {
                "metadata": named(server.name, labels, keys.service_account_annotations or None),
                "automountServiceAccountToken": False,
            },
        )
    }
    for suffix, named_origins in openings(keys).items():
        result[suffix] = policy(
            suffix, network.opening_policy(server.match, named_origins, server.port_names, ambient=ambient)
        )
    origins = [*keys.allow_from, *mesh.origins(keys.mesh, server.port)]
    result[NETWORK] = policy(
        NETWORK, network.network_policy(server.match, origins, [], server.port_names, ambient=ambient)
    )
    for suffix, destination in network.destination_names(destinations(keys)).items():
        result[suffix] = policy(suffix, network.egress_policy(server.match, destination, ambient=ambient))
    if server.replicas > 1:
        budget = common.disruption_budget(
            server.match,
            min_available=server.min_available,
            max_unavailable=1 if _counts_going(server) and keys.min_available is None else None,
        )
        result[DISRUPTION] = Made(
            "policy/v1", "PodDisruptionBudget", {"metadata": named(server.name, labels), "spec": budget}
        )
    for suffix, (name, claim) in volumes.made_claims(server.name, keys.volumes).items():
        result[f"claim-{suffix}"] = Made(
            "v1",
            CLAIM,
            {"metadata": named(name, labels, common.SKIP_AWAIT), "spec": volumes.claim_spec(claim)},
        )
    result.update(_rights(server, keys, named, labels))
    own = {**keys.annotations, **({} if keys.autoscaled else specs.FORCE)}
    if server.workload == specs.ROLLOUT:
        own |= common.waiting_for("condition=Available")
    metadata = named(server.name, {**keys.labels, **versioned}, own or None)
    led = Made(
        "v1", "Service", {"metadata": named(server.name, labels, common.SKIP_AWAIT), "spec": specs.service(server)}
    )
    if server.workload == "StatefulSet":
        result[HEADLESS] = Made(
            "v1",
            "Service",
            {
                "metadata": named(specs.headless_name(server), labels, common.SKIP_AWAIT),
                "spec": specs.headless_service(server),
            },
        )
        spec = specs.stateful_set(server, versioned)
        result[STATEFUL_SET] = Made("apps/v1", "StatefulSet", {"metadata": metadata, "spec": spec})
    elif server.workload == specs.ROLLOUT:
        # The controller takes no Rollout whose Services are not there.
        result[SERVICE] = led
        result[PREVIEW] = Made(
            "v1",
            "Service",
            {
                "metadata": named(argo.preview_name(server), labels, common.SKIP_AWAIT),
                "spec": specs.service(server),
            },
        )
        spec = argo.rollout(server, versioned)
        result[ROLLOUT] = Made(argo.API_VERSION, specs.ROLLOUT, {"metadata": metadata, "spec": spec})
    else:
        spec = specs.deployment(server, versioned)
        result[DEPLOYMENT] = Made("apps/v1", "Deployment", {"metadata": metadata, "spec": spec})
    return kept({**result, SERVICE: led}, policies=keys.pod_policies)


def _counts_going(server: specs.ServerSpec) -> bool:
    """Whether the disruption budget counts the pods that go instead of those that stay: one pod with sessions at a
    time, and of two revisions beside each other one pod too, since a number that stays might be met by the pods that
    nobody reaches."""
    return server.sessions or server.workload == specs.ROLLOUT


def destinations(keys: ServiceKeys) -> list[Egress]:
    """Where the pods may connect to: what the arguments name, what the identity and the mesh of the pods need, and the
    resolvers that they are told to ask."""
    known = IDENTITIES.get(identity_of(keys.workload_identity, keys.service_account_annotations))
    of_identity = [] if known is None else [Egress(port=port, cidrs=list(cidrs)) for port, cidrs in known.openings]
    given = [] if keys.dns_config is None else keys.dns_config.nameservers
    named = [one for one in given if not is_loopback(one)]
    of_resolvers = [
        Egress(port=RESOLVER_PORT, protocol=protocol, cidrs=[f"{ip_network(one)}" for one in named])
        for protocol in (("UDP", "TCP") if named else ())
    ]
    return [*keys.allow_to, *of_identity, *of_resolvers, *mesh.destinations(keys.mesh)]


def _rights(server: specs.ServerSpec, keys: ServiceKeys, named: Any, labels: common.Spec) -> dict[str, Made]:
    """What the server may do in the cluster: its own roles, and who has them."""
    api, result = keys.kubernetes_api, {}
    if api is None:
        return {}
    wide = rights.cluster_name(keys.namespace, server.name)

    def in_namespace(suffix: str, name: str, kind: str, role: pulumi.Input[str]) -> None:
        bound = rights.binding(kind, role, server.name, keys.namespace)
        result[suffix] = Made(RBAC, "RoleBinding", {"metadata": named(name, labels), **bound})

    def in_cluster(suffix: str, name: pulumi.Input[str], role: pulumi.Input[str]) -> None:
        bound = rights.binding("ClusterRole", role, server.name, keys.namespace)
        result[suffix] = Made(RBAC, "ClusterRoleBinding", {"metadata": common.metadata(name, None, labels), **bound})

    if api.rules:
        rules = [rights.rule(one) for one in api.rules]
        result["role"] = Made(RBAC, "Role", {"metadata": named(server.name, labels), "rules": rules})
        in_namespace("rights", server.name, "Role", server.name)
    if api.cluster_rules:
        rules = [rights.rule(one) for one in api.cluster_rules]
        metadata = common.metadata(wide, None, labels)
        result["cluster-role"] = Made(RBAC, "ClusterRole", {"metadata": metadata, "rules": rules})
        in_cluster("cluster-rights", wide, wide)
    for place, one in enumerate(api.roles):
        if rights.is_cluster_wide(one):
            name = f"{wide}-{place}" if isinstance(wide, str) else pulumi.Output.concat(wide, f"-{place}")
            in_cluster(f"cluster-rights-{place}", name, one.name)
        else:
            in_namespace(f"rights-{place}", f"{server.name}-{place}", one.kind, one.name)
    return result


def openings(keys: ServiceKeys) -> dict[str, Any]:
    """The origins that have a policy of their own, by the suffix of its resource."""
    if not keys.pod_policies:
        return {}
    return {f"from-{name}": origins for name, origins in network.named_origins(keys.allow_from).items()}
