"""Rules about the machines of a platform: what it raises pods to, and how long one that is taken away leaves them."""

from __future__ import annotations

from collections.abc import Mapping

from ..kubernetes import quantities as units
from ..platforms import SPOT
from .model import Finding, Rule, Severity

RAISED = Rule(
    code="MCP163",
    slug="requests-raised",
    severity=Severity.WARNING,
    title="a platform that raises what the pods request",
    meaning="""
        `mcp:region.platform` is `gke-autopilot`, and a pod of the server requests less than that takes: 50m of CPU,
        52Mi of memory, 1 GiB to 6.5 GiB of memory to a core. Planned memory is raised here already. A pod that names a
        class of machines (`cloud.google.com/compute-class`) or devices has other limits, and is not looked at.
        """,
    why="""
        Autopilot changes the pods as they are made. An autoscaler then compares with another request than the plan, and
        the bill is of the greater one. Quota, maximum and cost of the plan count what it raises them to.
        """,
    fails="""
        mcp:region: {name: us-east, platform: gke-autopilot}
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          resources:
            requests: {cpu: 400m, memory: 256Mi}
            limits: {cpu: "1", memory: 512Mi}
        """,
    passes="""
        mcp:region: {name: us-east, platform: gke-autopilot}
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          resources:
            requests: {cpu: 400m, memory: 410Mi}
            limits: {cpu: "1", memory: 512Mi}
        """,
)

TAKEN_AWAY = Rule(
    code="MCP164",
    slug="drain-longer-than-notice",
    severity=Severity.WARNING,
    title="machines that are taken away before the pods have drained",
    meaning="""
        The pods ask for spot or preemptible machines, or bear their taint, by the labels of GKE, AKS, EKS or Karpenter,
        and their grace period is longer than the notice that such a machine gives.
        """,
    why="""
        The cloud takes the machine back when the notice is over, whatever the grace period says: calls that are still
        open are cut, and sessions in the pod are lost, however long the drain is planned.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          nodeSelector: {cloud.google.com/gke-spot: "true"}
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          nodeSelector: {node-pool: steady}
        """,
    note="""
        Accept it where the calls are short and no session lives in a pod, or where clients begin anew. A disruption
        budget does not hold such a machine.
        """,
)


LOADED = Rule(
    code="MCP165",
    slug="loaded-image-pulled",
    severity=Severity.WARNING,
    title="images that are loaded into the nodes are asked of a registry",
    meaning="""
        `mcp:region.platform` is `kind` or `k3s`, and `mcp:server.imagePullPolicy` is 'Always', there or for a container
        beside the server.
        """,
    why="""
        What `kind load` or an import puts into the nodes is in no registry: the kubelet asks one for it in spite of
        that, and no container starts (ErrImagePull).
        """,
    fails="""
        mcp:region: {name: local, platform: kind}
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
          imagePullPolicy: Always
        """,
    passes="""
        mcp:region: {name: local, platform: kind}
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
        """,
    note="Accept it where the images come from a registry there too.",
)


def pull_findings(policies: Mapping[str, str | None], *, usual: str) -> list[Finding]:
    """MCP165 for each place that asks for 'Always' where images are ``usual``ly not pulled."""
    return [
        LOADED.at(
            path,
            "It is 'Always', and an image that is loaded into the nodes is in no registry.",
            f"Leave it out: it is '{usual}' then.",
        )
        for path, policy in policies.items()
        if policy == "Always" != usual
    ]


def raised_findings(
    *, asked: tuple[int, int], admitted: tuple[int, int], own: tuple[int, int], path: str
) -> list[Finding]:
    """MCP163 for a pod that is admitted with more than it asks for: millicores and bytes.

    :param own: what the server's own container requests of it, which more is to be added to.
    """
    if asked == admitted:
        return []
    wanted = tuple(mine + most - less for mine, less, most in zip(own, asked, admitted, strict=True))
    memory = -(-wanted[1] // units.MIB) * units.MIB
    return [
        RAISED.at(
            path,
            f"A pod requests {_amounts(asked)}, and Autopilot raises that to {_amounts(admitted)}.",
            f"Ask for that: cpu '{units.format_cpu(wanted[0])}' and memory '{units.format_memory(memory)}'.",
        )
    ]


def notice_findings(
    *, node_selector: Mapping[str, object], tolerated: Mapping[str, object], grace_seconds: int, path: str
) -> list[Finding]:
    """MCP164 for pods that may run on machines which leave them less than their grace period.

    :param tolerated: keys of the taints that they bear, to their values; ``None`` bears any.
    """
    for label, spot in SPOT.items():
        selected = str(node_selector.get(label, "")).lower() == spot.value
        borne = label in tolerated and str(tolerated[label] or spot.value).lower() == spot.value
        if (selected or borne) and grace_seconds > spot.notice_seconds:
            key = f'nodeSelector["{label}"]' if selected else "tolerations"
            return [
                TAKEN_AWAY.at(
                    f"{path}.{key}",
                    f"Machines of '{label}' are gone {spot.notice_seconds} s after the cloud says so, and the pods "
                    f"have {grace_seconds} s to drain.",
                    "Keep the server on machines that stay, or accept this with the reason why cut calls do no harm.",
                )
            ]
    return []


def _amounts(amounts: tuple[int, int]) -> str:
    mib = -(-amounts[1] // units.MIB)
    return f"{amounts[0]}m of CPU and {mib}Mi of memory"


RULES = (RAISED, TAKEN_AWAY, LOADED)
