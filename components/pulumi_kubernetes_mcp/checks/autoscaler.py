"""Whether what a stack says about its autoscaler is read by anything."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic.alias_generators import to_camel

from .. import wiring
from ..arguments.autoscaling import autoscaler_spec, chosen_kind
from ..design import Design
from ..findings import scaling
from ..findings.model import Finding

AUTOSCALERS = (
    "follow", "target_per_pod", "dialect", "query", "sessions_metric", "authentication", "metrics", "schedules",
    "fallback_replicas", "fallback_failures", "polling_seconds", "scale_up", "scale_down", "scale_down_window_seconds",
    "memory_percent_of_request", "hpa_name",
)  # fmt: skip
"""Keys of mcp:scaling that only an autoscaler reads. Not the address of Prometheus, which promises nothing."""
KEDAS = ("dialect", "sessions_metric", "authentication", "fallback_failures", "hpa_name")
"""Those that only KEDA reads, and about which no other rule speaks."""
QUERIES = ("dialect", "sessions_metric", "authentication", "fallback_failures")
"""Those that count only where something is asked of Prometheus."""


def unread_findings(this: Design) -> list[Finding]:
    """Keys of mcp:scaling that are given and that nothing reads."""
    if not this.autoscaled:
        return _findings(this, AUTOSCALERS, "autoscaler is 'none'", "choose another autoscaler")
    args = wiring.autoscaling_args(this, this.namespace, this.settings.server.name)
    if chosen_kind(args) == "hpa":
        return _findings(this, KEDAS, "a HorizontalPodAutoscaler scales the server", "choose autoscaler 'keda'")
    if autoscaler_spec(args).source is None:
        return _findings(this, QUERIES, "KEDA asks Prometheus nothing", "say what to follow")
    return []


def _findings(this: Design, keys: Iterable[str], why: str, instead: str) -> list[Finding]:
    given = this.settings.scaling.model_fields_set
    return scaling.unread_findings(
        [to_camel(key) for key in keys if key in given and getattr(this.settings.scaling, key) not in (None, [])],
        why=why,
        instead=instead,
        path="mcp:scaling",
    )
