"""The objects of an autoscaler, each by the suffix of its resource."""

from collections.abc import Mapping

from ..kubernetes import objects as common
from ..kubernetes.made import Made
from . import spec as specs
from .args.spec import chosen_kind
from .keys import AutoscalingKeys

AUTHENTICATION, SCALED_OBJECT, HPA = "authentication", "scaledobject", "hpa"
DECIDED: Mapping[str, str] = {
    "HorizontalPodAutoscaler:spec.minReplicas": "min_replicas",
    "HorizontalPodAutoscaler:spec.maxReplicas": "max_replicas",
    "ScaledObject:spec.minReplicaCount": "min_replicas",
    "ScaledObject:spec.maxReplicaCount": "max_replicas",
}
"""What the plan, the quota and the rehearsal count with: it is said by its key, and by no patch."""


def autoscaling_objects(autoscaler: specs.AutoscalerSpec, keys: AutoscalingKeys) -> dict[str, Made]:
    """Everything that McpAutoscaling registers, before patches."""
    labels = common.labels(keys.target, "autoscaler")

    def made(api_version: str, kind: str, spec: common.Spec, annotations: Mapping[str, str] | None = None) -> Made:
        return Made(
            api_version,
            kind,
            {"metadata": common.metadata(keys.target, keys.namespace, labels, annotations), "spec": spec},
        )

    if chosen_kind(keys) != "keda":
        hpa = specs.horizontal_pod_autoscaler(autoscaler)
        return {HPA: made("autoscaling/v2", "HorizontalPodAutoscaler", hpa, specs.NOT_KEDAS)}
    result = {}
    credentials = autoscaler.authentication
    # Where the credentials are keys of a Secret.
    if credentials is not None and credentials.secret_name is not None and autoscaler.source is not None:
        authentication = specs.trigger_authentication(credentials)
        result[AUTHENTICATION] = made("keda.sh/v1alpha1", "TriggerAuthentication", authentication)
    annotations = {**common.ready_annotations(keys.await_ready), **(specs.TAKE_OVER if autoscaler.take_over else {})}
    result[SCALED_OBJECT] = made("keda.sh/v1alpha1", "ScaledObject", specs.scaled_object(autoscaler), annotations)
    return result
