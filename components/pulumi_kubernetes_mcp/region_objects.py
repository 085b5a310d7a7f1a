"""The objects of a region by kind and name, and the further ones that its stack names beside them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from . import wiring
from .chaos_runner import spec as chaos_specs
from .eras import Era
from .kubernetes.extra import PATH, extra_findings
from .kubernetes.objects import labels
from .kubernetes.opened import CILIUM, POLICY, opened, selects
from .kubernetes.untyped import map_of
from .monitoring.args import patched_objects
from .namespace.args import enforced_level
from .namespace.keys import NamespaceKeys
from .pooler.spec import COMPONENT as POOLER
from .rules.edge import object_findings, object_timeout_findings
from .rules.model import Finding
from .rules.openings import policy_findings
from .server import args as service
from .server.objects import service_objects

if TYPE_CHECKING:
    from .region_plan import RegionPlan
    from .server_plan import ServerPlan

OF_A_NAMESPACE = (
    ("LimitRange", "defaults"),
    ("NetworkPolicy", "allow-dns"),
    ("NetworkPolicy", "default-deny"),
    ("ResourceQuota", "capacity"),
    ("Role", "operator"),
    ("RoleBinding", "operators"),
)
OF_AN_EXPERIMENT = ("CronJob", "NetworkPolicy", "Role", "RoleBinding", "ServiceAccount")
OF_A_WORKLOAD = (
    *("Deployment", "NetworkPolicy", "PodDisruptionBudget", "Rollout", "Service", "ServiceAccount", "StatefulSet"),
)
CALLED_AFTER_SERVER = (
    *OF_A_WORKLOAD, "BackendTrafficPolicy", "HTTPRoute", "HorizontalPodAutoscaler", "Ingress", "Route",
    "ScaledObject", "TriggerAuthentication",
)  # fmt: skip
"""Kinds of which an object has the name of a server, whatever of them its stack asks for."""


def made_names(plan: RegionPlan) -> set[tuple[str, str]]:
    """Kind and name of everything that the region makes, or would make with another setting of its keys."""
    return {*OF_A_NAMESPACE, ("Namespace", plan.first.namespace), *_of_servers(plan), *_of_shared(plan)}


def findings(plan: RegionPlan) -> list[Finding]:
    """What is wrong with the further objects of a region."""
    given = plan.settings.extra_objects
    if not given:
        return []
    servers = {server.name: server for server in plan.servers}
    return [
        *extra_findings(given, plan.first.namespace, made_names(plan), enforced(plan)),
        *(finding for place, one in enumerate(given) for finding in _of_the_way(one, servers, f"{PATH}[{place}]")),
        *_openings(plan, given),
    ]


def _openings(plan: RegionPlan, given: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    """Whom further network policies let in to the pods of the region."""
    policies = [(place, one) for place, one in enumerate(given) if one.get("kind") in (POLICY, CILIUM)]
    ours = list(_labels(plan)) if policies else []
    for place, one in policies:
        if selects(one, ours):
            let_in = opened(str(one["kind"]), one.get("spec"))
            path = f"{PATH}[{place}].spec.ingress"
            yield from policy_findings(let_in.cidrs, everybody=let_in.everybody, path=path)


def _labels(plan: RegionPlan) -> Iterator[Mapping[str, Any]]:
    """The labels of the pods of the region's servers and poolers."""
    for server in plan.servers:
        for colour in server.colours:
            args = wiring.service_args(server, server.namespace, server.secret_name, server.pooler_name, colour)
            for made in service.patched_objects(service.server_spec("", args), args)[0].values():
                yield map_of(map_of((made.template or {}).get("metadata")).get("labels"))
    for pooler in plan.shared.poolers:
        yield labels(pooler.name, POOLER)


def enforced(plan: RegionPlan) -> str | None:
    """The Pod Security level of the namespace that the stack makes; what one of others enforces is not known here."""
    region = plan.settings.region
    return enforced_level(NamespaceKeys.model_construct(patches=region.patches)) if region.create_namespace else None


def _of_the_way(one: Mapping[str, Any], servers: Mapping[str, ServerPlan], path: str) -> Iterator[Finding]:
    """What a further object does to calls on their way to a server of the region, which its route is called after."""
    spec, kind = one.get("spec"), str(one.get("kind"))
    met = (
        [servers[name] for name in dict.fromkeys(_named(spec)) if name in servers] if isinstance(spec, Mapping) else []
    )
    if not met:
        return
    yield from object_findings(kind, spec, path=f"{path}.spec")
    yield from object_timeout_findings(
        kind,
        spec,
        max_tool_seconds=max(server.settings.server.max_tool_seconds for server in met),
        sse=any(Era.SSE in server.era_profile.eras for server in met),
        path=f"{path}.spec",
    )


def _named(spec: Mapping[str, Any]) -> Iterator[str]:
    """The objects that a policy is for, and those that a route leads to."""
    backends = [one for rule in _maps(spec.get("rules")) for one in _maps(rule.get("backendRefs"))]
    for one in (*_maps(spec.get("targetRefs")), *_maps([spec.get("targetRef")]), *backends):
        yield str(one.get("name"))


def _maps(items: object) -> list[Mapping[str, Any]]:
    return [one for one in items if isinstance(one, Mapping)] if isinstance(items, list) else []


def _of_servers(plan: RegionPlan) -> Iterator[tuple[str, str]]:
    for server in plan.servers:
        yield from ((kind, server.name) for kind in CALLED_AFTER_SERVER)
        yield "NetworkPolicy", f"{server.name}-solver"
        if server.settings.chaos is not None:
            yield from ((kind, chaos_specs.name_of(server.name)) for kind in OF_AN_EXPERIMENT)
        args = wiring.service_args(server, server.namespace, server.secret_name, server.pooler_name)
        # A stack may have monitors of its own making, as long as it asks for none.
        monitoring = wiring.monitoring_args(server, server.namespace)
        yield from ((made.kind, str(made.name)) for made in patched_objects(monitoring)[0].values())
        for made in service_objects(service.server_spec("", args), args).values():
            yield made.kind, str(made.name)


def _of_shared(plan: RegionPlan) -> Iterator[tuple[str, str]]:
    for pooler in plan.shared.poolers:
        yield from ((kind, pooler.name) for kind in OF_A_WORKLOAD)
    if plan.settings.probe is not None:
        yield from ((kind, wiring.probe_name(plan)) for kind in (*OF_A_WORKLOAD, "ServiceMonitor"))
    for secret in plan.shared.secrets:
        yield "Secret", secret.name
        yield "ExternalSecret", secret.name
