"""A simulation as a picture in a file, drawn with matplotlib, which is no dependency of the package."""

from __future__ import annotations

import importlib.util
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .simulation_series import GREY, MISSED, Line, Panel, Picture, pictures, time_ticks

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from .simulation import SimulatedStack

NARROW, WIDE = 58, 120
"""Characters of a title above one of three columns, and above one that is alone."""


def missing() -> str | None:
    """What to do if nothing can be drawn here; ``None`` if all is well."""
    if importlib.util.find_spec("matplotlib") is not None:
        return None
    return "--plot draws with matplotlib, which is not installed. Run: pip install 'pulumi-kubernetes-mcp[plot]'"


def draw(simulated: SimulatedStack, path: Path) -> None:
    """Draw every scenario into the file ``path``; its end says the format."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    shown = pictures(simulated)
    alone = len(shown) == 1
    # Names of policies and files are texts: a dollar sign in them begins no formula.
    with rc_context({"text.parse_math": False, "svg.fonttype": "none", "font.size": 9}):
        count = len(shown[0].panels)
        size = (11.0, 2.6 * count + 0.7) if alone else (5.0 * count, 2.6 * len(shown) + 1.2)
        figure = Figure(figsize=size, layout="constrained")
        axes = figure.subplots(count if alone else len(shown), 1 if alone else count, squeeze=False)
        figure.suptitle(
            f"Simulation of {simulated.stack}: {simulated.peak:,.0f} sessions at the peak", fontweight="bold"
        )
        for row, picture in enumerate(shown):
            panels = [axes[place][0] if alone else axes[row][place] for place in range(count)]
            for place, (panel, axis) in enumerate(zip(picture.panels, panels, strict=True)):
                _panel(axis, panel, picture, last=place == count - 1 if alone else row == len(shown) - 1)
            _title(panels, picture, WIDE if alone else NARROW)
        _legend(figure)
        figure.savefig(path, dpi=120)


def _legend(figure: Figure) -> None:
    """One legend for all panels, below them: it hides nothing."""
    found: dict[str, Any] = {}
    for axis in figure.axes:
        handles, labels = axis.get_legend_handles_labels()
        found |= dict(zip(labels, handles, strict=True))
    columns = min(6, len(found))
    figure.legend(
        handles=list(found.values()), labels=list(found), loc="outside lower center", ncols=columns, frameon=False
    )


def _title(panels: list[Axes], picture: Picture, width: int) -> None:
    """A title above each panel, and that of the scenario above the first, no wider than its column."""
    lines = "\n".join(textwrap.wrap(f"{picture.name}: {picture.title}", width))
    for place, (axis, panel) in enumerate(zip(panels, picture.panels, strict=True)):
        title = panel_title(panel)
        axis.set_title(title if place else f"{lines}\n{title}", loc="left", fontsize=9)


def panel_title(panel: Panel) -> str:
    """What a panel shows; where its limit is far above everything that is drawn, that too."""
    limit = panel.limit
    if limit is None or limit.value <= panel.highest:
        return panel.title
    return f"{panel.title}; {limit.label} {limit.value:g}, far above"


def _panel(axis: Axes, panel: Panel, picture: Picture, *, last: bool) -> None:
    for line in panel.lines:
        _line(axis, line, picture.seconds)
    if panel.limit is not None and panel.limit.value <= panel.highest:
        axis.axhline(panel.limit.value, color=GREY, linewidth=1, linestyle=(0, (3, 3)), label=panel.limit.label)
    for number, (left, right) in enumerate(picture.missed):
        axis.axvspan(left, right, color=MISSED, linewidth=0, zorder=0, label=None if number else picture.missed_label)
    for place, (at, text) in enumerate(picture.marks):
        axis.axvline(at, color="black", linewidth=0.8, linestyle=(0, (1, 2)))
        if panel is picture.panels[0]:
            axis.annotate(
                text,
                (at, 1.0 - 0.11 * (place % 2)),
                xycoords=("data", "axes fraction"),
                xytext=(3, -3),
                textcoords="offset points",
                va="top",
                fontsize=7.5,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0},
            )
    axis.set_ylim(0, panel.highest * 1.05)
    axis.set_xlim(0, picture.seconds)
    ticks = time_ticks(picture.seconds)
    axis.set_xticks([at for at, _ in ticks], [text for _, text in ticks])
    axis.set_ylabel(panel.unit)
    axis.grid(alpha=0.25)
    axis.spines[["top", "right"]].set_visible(False)
    if last:
        axis.set_xlabel("time since the start, hours:minutes")


def _line(axis: Axes, line: Line, seconds: float) -> None:
    points = [*line.points, (seconds, line.points[-1][1])] if line.points else []
    times, values = [at for at, _ in points], [value for _, value in points]
    style = (0, line.dash) if line.dash else "-"
    if line.filled:
        axis.fill_between(times, values, step="post", color=line.colour, alpha=0.35, linewidth=0, label=line.label)
    elif line.steps:
        axis.step(
            times, values, where="post", color=line.colour, linestyle=style, linewidth=line.width, label=line.label
        )
    else:
        axis.plot(times, values, color=line.colour, linestyle=style, linewidth=line.width, label=line.label)
