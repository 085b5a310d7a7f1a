"""The reasons and the metrics of the probe, read off their declarations."""

from __future__ import annotations

from pulumi_kubernetes_mcp.probe import metric_names as names
from pulumi_kubernetes_mcp.probe.exporter.collector import PHASES, RoundsCollector
from pulumi_kubernetes_mcp.probe.reasons import EXPLANATIONS
from pulumi_kubernetes_mcp.report.markdown import code

from .regions import table


def metrics() -> str:
    """A row for each metric of the exporter, as it says of itself."""
    rows = []
    for family in RoundsCollector([]).collect():
        name = f"{family.name}_total" if family.type == "counter" else family.name
        labels = _LABELS.get(name)
        rows.append([code(name), family.type, code(labels) if labels else "", family.documentation])
    rows.append([code(names.PHASE_DURATION), "histogram", code(names.PHASE), PHASES])
    return table(["metric", "type", "label besides", "what it says"], rows)


_LABELS = {
    names.FAILURE: names.REASON,
    names.PROTOCOL_VERSION: names.VERSION,
    names.SCHEMA_DRIFT: names.KIND,
    names.ROUNDS: names.RESULT,
}


def reasons() -> str:
    """A row for each reason: what it means, and what to do."""
    return table(
        ["reason", "what it means", "what to do"],
        [[code(reason.value), one.means, one.remedy] for reason, one in EXPLANATIONS.items()],
    )
