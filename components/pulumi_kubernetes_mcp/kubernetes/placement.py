"""Where pods run, how they resolve names, and how the kubelet asks them: from keys to parts of a pod. Pure."""

from collections.abc import Mapping

from ..settings.keys.pod import AddressKeys, HardwareKeys, PlacementKeys, ProbeTiming, Rollout, Toleration
from .objects import Spec, without_empty, without_none

ARCHITECTURE = "kubernetes.io/arch"
"""The label that every kubelet puts on its node."""


def placement(keys: PlacementKeys) -> Spec:
    """The part of a pod that says where it may run and who may pull its image. Affinity is apart: :func:`affinity`."""
    return without_none(
        {
            "imagePullSecrets": [{"name": name} for name in keys.image_pull_secrets],
            "nodeSelector": dict(keys.node_selector),
            "tolerations": [toleration(one) for one in keys.tolerations],
            "priorityClassName": keys.priority_class_name,
        }
    )


def affinity(keys: PlacementKeys, apart: Spec) -> Spec:
    """The affinity of a pod: apart from its like, and on nodes of its architecture."""
    if keys.architecture == "any":
        return apart
    term = {"matchExpressions": [{"key": ARCHITECTURE, "operator": "In", "values": [keys.architecture]}]}
    return {
        **apart,
        "nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}},
    }


def toleration(keys: Toleration) -> Spec:
    """A toleration as the API has it."""
    return without_none(
        {
            "key": keys.key,
            "operator": keys.operator,
            "value": keys.value,
            "effect": keys.effect,
            "tolerationSeconds": keys.toleration_seconds,
        }
    )


def hardware(keys: HardwareKeys) -> Spec:
    """The part of a pod that says what runs it."""
    return without_none({"runtimeClassName": keys.runtime_class_name})


def resolution(keys: AddressKeys) -> Spec:
    """The part of a pod that says how it resolves names."""
    config = keys.dns_config
    return without_none(
        {
            "hostAliases": [{"ip": one.ip, "hostnames": list(one.hostnames)} for one in keys.host_aliases],
            "dnsPolicy": keys.dns_policy,
            "dnsConfig": None
            if config is None
            else without_empty(
                {
                    "nameservers": list(config.nameservers),
                    "searches": list(config.searches),
                    "options": [
                        {"name": name} if value == "" else {"name": name, "value": value}
                        for name, value in sorted(config.options.items())
                    ],
                }
            ),
        }
    )


def families(keys: AddressKeys) -> Spec:
    """The part of a Service that says which addresses it has."""
    return without_none({"ipFamilyPolicy": keys.ip_family_policy, "ipFamilies": list(keys.ip_families)})


def probe(action: Spec, defaults: Mapping[str, int], given: ProbeTiming) -> Spec:
    """A probe: what it asks, unless a command does, and how often."""
    asked: Spec = action if given.command is None else {"exec": {"command": list(given.command)}}
    timing = {
        "periodSeconds": given.period_seconds,
        "failureThreshold": given.failure_threshold,
        "timeoutSeconds": given.timeout_seconds,
    }
    return {**asked, **defaults, **{key: value for key, value in timing.items() if value is not None}}


def startup(defaults: Mapping[str, int], given: ProbeTiming, seconds: int) -> dict[str, int]:
    """The timing of the start-up probe: as many failures as fit into so many seconds."""
    period = given.period_seconds or defaults["periodSeconds"]
    return {**defaults, "failureThreshold": max(1, -(-seconds // period))}


def strategy(keys: Rollout, *, max_surge: str) -> Spec:
    """The strategy of a Deployment."""
    if keys.strategy == "Recreate":
        return {"type": "Recreate"}
    return {
        "type": "RollingUpdate",
        "rollingUpdate": {
            "maxSurge": amount(keys.max_surge or max_surge),
            "maxUnavailable": amount(keys.max_unavailable or "0"),
        },
    }


def amount(text: str) -> int | str:
    """A number of pods as a number, a percentage as it is."""
    return text if text.endswith("%") else int(text)
