"""How many pods a stack has, what moves the number, how fast and at which hours."""

from typing import Annotated, Literal

from pydantic import Field

from ..fields import Count, Percent
from ..keys.patches import AutoscalingPatchKeys
from ..keys.scaling import AutoscalerKeys
from ..keys.server import DisruptionKeys, StartKeys


class ScalingSettings(AutoscalingPatchKeys, DisruptionKeys, StartKeys, AutoscalerKeys):
    """How many pods, and what moves the number."""

    autoscaler: Literal["auto", "hpa", "keda", "none"] = "auto"
    """'auto' is KEDA for eras with sessions, for a metric from Prometheus and for schedules, and the
    HorizontalPodAutoscaler for others."""
    min_replicas: Count | None = None
    """Least number of pods. Derived from the plan; never below 2 in production."""
    max_replicas: Annotated[int, Field(ge=1, le=100_000)] | None = None
    """Greatest number of pods. Derived from the plan: three times the steady state, and the burst must fit."""
    colours: Annotated[int, Field(ge=1, le=2)] = 1
    """Colours of this server that run at the same time: 2 where a blue-green switch doubles the pods while it lasts.
    Quota, database connections and the state store's clients are then counted for both."""
    replicas: Count | None = None
    """Fixed number of pods, only with autoscaler 'none'."""
    cpu_percent_of_limit: Percent = 60
    """CPU at which pods are added, in percent of the limit; converted to the share of the request."""
    memory_percent_of_request: Annotated[float, Field(ge=1, le=1000)] | None = None
    """Memory at which pods are added, in percent of the request. Left out: off, since processes do not give memory
    back."""
