"""How many pods a stack has, and what moves the number."""

from typing import Annotated, Literal

from pydantic import Field

from ..fields import Count, Group, Percent


class ScalingSettings(Group):
    """How many pods, and what moves the number."""

    autoscaler: Literal["auto", "hpa", "keda", "none"] = "auto"
    """'auto' is KEDA for eras with sessions and the HorizontalPodAutoscaler for others."""
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
    """Memory at which pods are added, in percent of the request. Off: processes do not give memory back."""
    sessions_metric: Annotated[str, Field(pattern=r"^[a-zA-Z_:][a-zA-Z0-9_:]*$")] = "mcp_active_sse_connections"
    """Prometheus gauge of open sessions or streams per pod (autoscaler 'keda')."""
    prometheus_address: Annotated[str, Field(pattern=r"^https?://[^\s@]+$")] | None = None
    """URL of Prometheus, such as 'http://prometheus-operated.monitoring:9090' (autoscaler 'keda')."""
    scale_down_window_seconds: Annotated[int, Field(ge=0, le=3600)] | None = None
    """Stabilisation window of scale-in, in seconds. Derived: 300, or the length of a session, 600 to 3600."""
    min_available: Count | None = None
    """minAvailable of the PodDisruptionBudget. Derived: one less than minReplicas."""
