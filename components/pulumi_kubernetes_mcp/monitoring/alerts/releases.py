"""Alerts about a release: one that failed, and one that stands still."""

from __future__ import annotations

from ..sources import Source
from .model import Alert, Severity, Watched

UNCHANGED_MINUTES = 20
"""How long a StatefulSet, which has no deadline of its own, may replace no pod: twice that of a Deployment."""
FAILED = ("Timeout", "Abort", "Error", "InvalidSpec")
"""Phases of ``rollout_info`` in which the controller goes no further by itself (controller/metrics/rollouts.go)."""
PAUSED = "Paused"
IDLE_DAYS = 3
"""How long an idle colour may run: a release of a Friday is switched to on the Monday."""


def _stalled(watched: Watched) -> str | None:
    if watched.workload == "Deployment":
        failed = ('condition="Progressing"', 'status="false"')
        found = watched.here("kube_deployment_status_condition", f'deployment="{watched.server}"', *failed)
        return f"max({found}) == 1"
    if watched.workload != "StatefulSet":
        return None
    own = f'statefulset="{watched.server}"'
    there, updated = (watched.here(f"kube_statefulset_status_{name}", own) for name in ("replicas", "replicas_updated"))
    # Of the pods that are there, not of those that are wanted: a pod that is not made is no older revision.
    return f"max({updated}) < max({there}) and max(changes({updated}[{UNCHANGED_MINUTES}m])) == 0"


STALLED = Alert(
    name="McpRolloutStalled",
    severity=Severity.WARNING,
    sources=(Source.KUBE_STATE_METRICS,),
    watches="a Deployment or a StatefulSet",
    summary="the rollout of the server makes no progress",
    expression=_stalled,
    hold="5m",
    meaning=f"""
        The condition `Progressing` of the Deployment is false: no new pod came to be available within
        `progressDeadlineSeconds`, or none could be made. A StatefulSet has no such deadline: some of its pods are of an
        older revision, and none was replaced for {UNCHANGED_MINUTES} minutes. The pods that serve go on serving, and
        nobody gets the release. Of two colours each is watched by itself.
        """,
    steps="""
        - `kubectl describe deployment/SERVER -n NAMESPACE` (or `statefulset/SERVER`): reason and message; with
          `ReplicaSetCreateError` or `FailedCreate` the quota or an admission refuses the pods.
        - `kubectl get pods -n NAMESPACE`, and `kubectl describe` of the newest: image, Secret, probes, room on nodes.
        - Back to the old image in the stack file, or `kubectl rollout undo` until then. A StatefulSet does not leave a
          pod that never becomes ready by itself: delete it after the way back. Where a patch gives it a `partition` or
          `OnDelete`, older pods are meant: silence the alert.
        """,
)


def _in_phase(watched: Watched, matcher: str) -> str | None:
    if watched.workload != "Rollout":
        return None
    found = watched.of_controller("rollout_info", f'name="{watched.server}"', matcher)
    return f"max by (phase) ({found}) == 1"


ABORTED = Alert(
    name="McpReleaseFailed",
    severity=Severity.WARNING,
    sources=(Source.ARGO_ROLLOUTS,),
    watches="a Rollout of Argo Rollouts",
    summary="the release by Argo Rollouts has failed: {{ $labels.phase }}",
    expression=lambda watched: _in_phase(watched, f'phase=~"{"|".join(FAILED)}"'),
    hold="5m",
    meaning="""
        The controller of Argo Rollouts goes no further with the release, and says why in one word: `Timeout` (the new
        pods were not available within `progressDeadlineSeconds`), `Abort` (the analysis failed, or somebody ended it),
        `Error` (no ReplicaSet could be made) or `InvalidSpec`. Clients stay with the old pods.
        """,
    steps="""
        - `kubectl argo rollouts get rollout SERVER -n NAMESPACE`: its message, its analysis, the state of the new pods.
        - `kubectl get analysisrun -n NAMESPACE`, and the log of its Job: which check of the new pods failed.
        - The old image in the stack file ends it; `kubectl argo rollouts retry rollout SERVER -n NAMESPACE` tries the
          same image again.
        """,
)

WAITING = Alert(
    name="McpReleaseWaiting",
    severity=Severity.WARNING,
    sources=(Source.ARGO_ROLLOUTS,),
    watches="a Rollout of Argo Rollouts",
    summary="a release by Argo Rollouts has waited for an hour to be promoted",
    expression=lambda watched: _in_phase(watched, f'phase="{PAUSED}"'),
    hold="1h",
    meaning="""
        A release has been paused for an hour: it waits for a person (`autoPromotion: false`), its analysis could not
        decide, or somebody paused it. Both revisions run meanwhile, with twice the pods, connections and quota, and
        the next release does not find that room.
        """,
    steps="""
        - Look at the new pods (`mcp-stack probe`, `mcp-stack verify`), then
          `kubectl argo rollouts promote SERVER -n NAMESPACE`, or the old image in the stack file.
        - `kubectl argo rollouts get rollout SERVER -n NAMESPACE` says whether an analysis was inconclusive.
        """,
)


def _idle(watched: Watched) -> str | None:
    if not watched.idle:
        return None
    found = watched.here("kube_deployment_spec_replicas", f'deployment="{watched.server}"')
    return f"max({found}) > 0"


IDLE = Alert(
    name="McpColourWaiting",
    severity=Severity.WARNING,
    sources=(Source.KUBE_STATE_METRICS,),
    watches="an idle colour",
    summary="a colour that no client reaches has run for three days",
    expression=_idle,
    hold=f"{IDLE_DAYS}d",
    meaning=f"""
        Pods of the colour that clients do not reach have run for {IDLE_DAYS} days: a release that nobody has switched
        to, or the old colour that nobody has retired. Both colours run meanwhile, with twice the pods, connections and
        quota. A release that waits so long is older than what was verified of it, and the way back by an old colour
        leads to what the database may no longer fit. The switch to the other colour, its retirement and a restart
        from 0 pods begin the {IDLE_DAYS} days anew.
        """,
    steps="""
        - `mcp-stack plan --stack STACK` says which image is active and which one waits.
        - A release that is wanted: look at it (`mcp-stack probe`, `mcp-stack verify`, by the preview host or header),
          then let `mcp:server.rollout.blueGreen.active` name its colour.
        - One that is not, or an old colour whose sessions have ended: let `blueGreen.retired` name its image. The
          colour comes back with the next image, or once `retired` names another.
        - Where it is meant to stand by for longer, silence the alert with the reason and an end.
        """,
)

ALERTS = (STALLED, ABORTED, WAITING, IDLE)
