"""What a panel and a dashboard are, and their JSON as Grafana reads it. Pure.

Fields: Grafana's dashboard JSON model, schemaVersion 39 (Grafana 10.4 and newer, which migrate older forms).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ..alerts.model import Watched
from ..sources import Source

Json = dict[str, Any]
SCHEMA_VERSION = 39
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
COLUMNS, HEIGHT, STAT_HEIGHT = 24, 8, 4
"""Grafana's grid has 24 columns; a row of it is 30 pixels."""
GREEN, AMBER, RED = "green", "orange", "red"
Kind = Literal["timeseries", "stat"]


@dataclass(frozen=True)
class Query:
    """One query of a panel, and what its line is called; ``{{pod}}`` stands for a label."""

    legend: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One panel: what it shows, in which unit, and where the plan's bounds are."""

    title: str
    help: str
    """What to see in it, and what a line means."""
    unit: str
    """Grafana's name of the unit."""
    queries: Sequence[Query]
    sources: tuple[Source, ...]
    """Who has to be scraped for it."""
    kind: Kind = "timeseries"
    warn: float | None = None
    """From where on it is amber."""
    limit: float | None = None
    """From where on it is red; the plan's bound, where it has one."""
    low_is_bad: bool = False
    width: int = 12
    most: float | None = None
    """Top of the scale. Left out: by the data."""

    def shown(self, watched: Watched) -> bool:
        """Whether all that it reads is scraped."""
        return bool(self.queries) and set(self.sources) <= watched.sources

    @property
    def height(self) -> int:
        """Rows of the grid."""
        return STAT_HEIGHT if self.kind == "stat" else HEIGHT


@dataclass(frozen=True, kw_only=True)
class Dashboard:
    """One dashboard, with the panels that a stack has something for."""

    name: str
    title: str
    help: str
    panels: Sequence[Panel]


def document(dashboard: Dashboard, watched: Watched) -> Json:
    """The JSON of a dashboard."""
    return {
        "uid": uid(dashboard.name, watched),
        "title": f"MCP {watched.server}: {dashboard.title}",
        "description": dashboard.help,
        "tags": ["mcp", watched.server],
        "schemaVersion": SCHEMA_VERSION,
        "version": 1,
        "editable": False,
        "graphTooltip": 1,
        "refresh": "1m",
        "time": {"from": "now-6h", "to": "now"},
        "timezone": "browser",
        "annotations": {"list": []},
        "links": [],
        "templating": {
            "list": [
                {
                    "name": "datasource",
                    "label": "Prometheus",
                    "type": "datasource",
                    "query": "prometheus",
                    "refresh": 1,
                    "hide": 0,
                    "multi": False,
                    "includeAll": False,
                }
            ]
        },
        "panels": _placed([panel for panel in dashboard.panels if panel.shown(watched)]),
    }


def text_of(dashboard: Dashboard, watched: Watched) -> str:
    """The same as the text of a file."""
    return json.dumps(document(dashboard, watched), indent=1, ensure_ascii=False) + "\n"


def uid(name: str, watched: Watched) -> str:
    """A stable identity: links stay, and two stacks in one Grafana do not meet. Grafana takes 40 characters."""
    whole = f"{watched.namespace}/{watched.server}/{name}"
    return f"mcp-{name}-{hashlib.sha256(whole.encode()).hexdigest()[:12]}"


def _placed(panels: Sequence[Panel]) -> list[Json]:
    """The panels from left to right, in rows as high as their highest."""
    found: list[Json] = []
    x = y = row = 0
    for number, panel in enumerate(panels, start=1):
        if x + panel.width > COLUMNS:
            x, y, row = 0, y + row, 0
        place = {"x": x, "y": y, "w": panel.width, "h": panel.height}
        found.append(_panel(panel, number, place))
        x, row = x + panel.width, max(row, panel.height)
    return found


def _panel(panel: Panel, number: int, place: Json) -> Json:
    defaults: Json = {
        "unit": panel.unit,
        "min": 0,
        "thresholds": {"mode": "absolute", "steps": _steps(panel)},
        "color": {"mode": "palette-classic" if panel.kind == "timeseries" else "thresholds"},
    }
    if panel.most is not None:
        defaults["max"] = panel.most
    if panel.kind == "timeseries":
        bounded = panel.warn is not None or panel.limit is not None
        defaults["custom"] = {
            "drawStyle": "line",
            "lineWidth": 1,
            "fillOpacity": 10,
            "showPoints": "never",
            "spanNulls": False,
            "thresholdsStyle": {"mode": "dashed" if bounded else "off"},
        }
    return {
        "id": number,
        "type": panel.kind,
        "title": panel.title,
        "description": panel.help,
        "gridPos": place,
        "datasource": DATASOURCE,
        "targets": [_target(query, place) for place, query in enumerate(panel.queries)],
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "options": _options(panel),
    }


def _steps(panel: Panel) -> list[Json]:
    """Colours from below: the first has no value, each other begins at its own."""
    colours = (RED, AMBER, GREEN) if panel.low_is_bad else (GREEN, AMBER, RED)
    steps: list[Json] = [{"color": colours[0], "value": None}]
    if panel.warn is not None:
        steps.append({"color": colours[1], "value": panel.warn})
    if panel.limit is not None:
        steps.append({"color": colours[2], "value": panel.limit})
    return steps


def _target(query: Query, place: int) -> Json:
    return {
        "refId": chr(ord("A") + place),
        "datasource": DATASOURCE,
        "expr": query.text,
        "legendFormat": query.legend,
        "range": True,
        "instant": False,
        "editorMode": "code",
    }


def _options(panel: Panel) -> Json:
    if panel.kind == "stat":
        return {
            "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
            "colorMode": "value",
            "graphMode": "area",
            "justifyMode": "auto",
            "orientation": "auto",
            "textMode": "auto",
        }
    return {
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []},
        "tooltip": {"mode": "multi", "sort": "desc"},
    }
