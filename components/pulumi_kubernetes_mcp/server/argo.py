"""The workload as a Rollout of Argo Rollouts: all new pods beside the old ones, and then one switch of the Service.

The switch is a label in the selector of the Service, which the controller writes: with ``activeService`` when all pods
of the new revision are available and the release is promoted, with ``previewService`` at once.
"""

from __future__ import annotations

from ..kubernetes.objects import Spec, without_empty
from .spec import ServerSpec, deployment

API_VERSION = "argoproj.io/v1alpha1"
LEAST_DELAY_SECONDS = 30
"""The least that Argo Rollouts recommends between the switch and the end of the old pods: until every node has heard of
the other endpoints."""
WAITING_REVISIONS = 1
"""Revisions that run on after their switch. Without a bound each release within the delay would add one."""
PREVIEW_ENDING = "-preview"
"""What the name of the Service of the new pods has besides that of the server."""
PREVIEW_ARGUMENT = "preview-service"
"""What an AnalysisTemplate calls the Service of the new pods."""


def preview_name(server: ServerSpec) -> str:
    """Name of the Service that leads to the newest pods, whether clients have been led to them or not."""
    return newest_service(server.name)


def newest_service(service_name: str) -> str:
    """The same from the name of the server's own Service."""
    return f"{service_name}{PREVIEW_ENDING}"


def delay_seconds(*, given: int | None, propagation: int, slowest: int) -> int:
    """How long the old pods run on after the switch, in seconds.

    From the switch on their addresses are in no endpoint of the Service: the next request of a session meets a new pod
    whatever the old one still holds, and what is left to wait for is the last proxy and the slowest call.
    """
    return max(LEAST_DELAY_SECONDS, propagation + slowest) if given is None else given


def rollout(server: ServerSpec, labels: Spec) -> Spec:
    """The spec of the Rollout: the pods of a Deployment, and the strategy blueGreen.

    :param labels: those of the object, which its pods have too.
    """
    return {**deployment(server, labels), "strategy": {"blueGreen": blue_green(server)}}


def blue_green(server: ServerSpec) -> Spec:
    """The strategy: which Services are switched, by whom, and how long the old pods run on."""
    given = server.pod.rollout.argo_rollouts
    assert given is not None
    return without_empty(
        {
            "activeService": server.name,
            "previewService": preview_name(server),
            "autoPromotionEnabled": given.auto_promotion,
            "scaleDownDelaySeconds": server.scale_down_delay_seconds,
            "scaleDownDelayRevisionLimit": WAITING_REVISIONS,
            "prePromotionAnalysis": {
                "templates": [{"templateName": name} for name in given.analysis_templates],
                "args": [{"name": PREVIEW_ARGUMENT, "value": preview_name(server)}],
            }
            if given.analysis_templates
            else {},
        }
    )
