"""A simulation as a page that needs nothing else: no script, no font and no picture from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

from .console import clean
from .document import Facts, Table
from .simulation import answers, simulation_document
from .simulation_series import GREY, MISSED, Line, Panel, Picture, pictures, time_ticks, value_ticks

if TYPE_CHECKING:
    from .document import Block
    from .simulation import Played, SimulatedStack

TOP, BOTTOM, HEIGHT = 22, 26, 168
"""Pixels of a panel: its margins, and the whole."""
ROOM = 4
"""Pixels between the highest tick and the upper end of the axis, so that a line there is whole."""
LETTER = 6.6
"""Pixels of a letter of the charts on the mean, rather too many."""

UPRIGHT = 20
"""Pixels at the left that the name of an upright axis takes."""


@dataclass(frozen=True)
class Frame:
    """One width that panels are drawn for; a page scales them to its own."""

    name: str
    width: int
    left: int
    right: int
    ticks: int
    """Times below the axis at most."""

    @property
    def end(self) -> int:
        """Right end of the axis."""
        return self.width - self.right


WIDE = Frame("wide", 860, 64, 28, 7)
NARROW = Frame("narrow", 340, 54, 10, 4)
"""For a phone: its letters are as large as those of the text around. There is no room for the unit but in the title."""
_STYLE = """
:root { color-scheme: light; }
body { font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; color: #1a1a1a; background: #fff;
  max-width: 1060px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin-bottom: .5rem; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .4rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1.2rem; margin: .6rem 0; }
dt { color: #555; } dd { margin: 0; }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-size: .86rem; margin: .6rem 0; }
th, td { padding: .25rem .7rem .25rem 0; text-align: left; white-space: nowrap; border-bottom: 1px solid #e3e3e3; }
th { color: #555; font-weight: 600; } td.right, th.right { text-align: right; font-variant-numeric: tabular-nums; }
svg { display: block; width: 100%; height: auto; margin: .3rem 0; }
svg.narrow { display: none; }
@media (max-width: 640px) { svg.wide { display: none; } svg.narrow { display: block; } }
svg text { font: 12px system-ui, sans-serif; fill: #333; }
.bars { font-family: ui-monospace, monospace; letter-spacing: 0; }
.legend { font-size: .86rem; color: #333; margin: .2rem 0; } .legend span { margin-right: 1.2rem; white-space: nowrap; }
.legend svg { display: inline-block; width: 34px; height: 10px; margin: 0 .3rem 0 0; vertical-align: middle; }
footer { color: #555; margin-top: 2.5rem; font-size: .86rem; }
@media print { body { max-width: none; margin: 0; } section { break-inside: avoid; } }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def page(simulated: SimulatedStack) -> str:
    """The whole page."""
    document = simulation_document(simulated)
    title = _text(document.title)
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{title}</title>",
        f"<style>{_STYLE}</style>",
        "</head>",
        "<body>",
        f"<h1>{title}</h1>",
        *(_block(block) for block in document.blocks),
    ]
    compared = len(simulated.policies) > 1
    if not compared and len(simulated.played) > 1:
        parts += [_block(block) for block in document.sections[0].blocks]
    for played, picture in zip(simulated.played, pictures(simulated), strict=True):
        parts += _section(simulated, played, picture, document.sections if compared else ())
    parts += ["<footer>", *(f"<p>{_text(note)}</p>" for note in document.notes), "</footer>", "</body>", "</html>"]
    return "\n".join(parts) + "\n"


def _section(simulated: SimulatedStack, played: Played, picture: Picture, tables: Sequence[object]) -> Iterator[str]:
    yield "<section>"
    yield f"<h2>{_text(picture.name)}: {_text(picture.title)}</h2>"
    if tables:
        place = simulated.played.index(played)
        section = simulation_document(simulated).sections[place]
        yield from (_block(block) for block in section.blocks)
    else:
        yield _block(Facts(pairs=tuple(answers(played, len(simulated.seeds)))))
    for panel in picture.panels:
        yield chart(panel, picture, WIDE)
        yield chart(panel, picture, NARROW)
        if len(panel.lines) > 1 or panel.limit is not None:
            yield _legend(panel, picture)
    yield "</section>"


def _block(block: Block) -> str:
    if isinstance(block, Facts):
        rows = "".join(f"<dt>{_text(label)}</dt><dd>{_text(text)}</dd>" for label, text in block.pairs)
        return f"<dl>{rows}</dl>"
    if isinstance(block, Table):
        return _table(block)
    return f"<p>{_text(str(block))}</p>"


def _table(table: Table) -> str:
    kinds = [' class="right"' if column.right else "" for column in table.columns]
    kinds[-1] = ' class="bars"' if table.columns[-1].title == "pods over time" else kinds[-1]
    head = "".join(f"<th{kind}>{_text(column.title)}</th>" for kind, column in zip(kinds, table.columns, strict=True))
    rows = (
        "".join(f"<td{kind}>{_text(cell)}</td>" for kind, cell in zip(kinds, row, strict=True)) for row in table.rows
    )
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _legend(panel: Panel, picture: Picture) -> str:
    keys = [(_swatch(line), line.label) for line in panel.lines]
    if panel.limit is not None and panel.limit.value <= value_ticks(panel.highest)[-1]:
        keys.append((f'<path d="M0 5H34" stroke="{GREY}" stroke-dasharray="3 3"/>', panel.limit.label))
    if picture.missed:
        keys.append((f'<rect width="34" height="10" fill="{MISSED}"/>', picture.missed_label))
    icon = '<svg viewBox="0 0 34 10" aria-hidden="true">'
    spans = (f"<span>{icon}{key}</svg>{_text(label)}</span>" for key, label in keys)
    return f'<p class="legend">{"".join(spans)}</p>'


def _swatch(line: Line) -> str:
    if line.filled:
        return f'<rect width="34" height="10" fill="{line.colour}" fill-opacity=".35"/>'
    return f'<path d="M0 5H34" stroke="{line.colour}" stroke-width="2"{_dashes(line)}/>'


def chart(panel: Panel, picture: Picture, frame: Frame = WIDE) -> str:
    """One panel as inline SVG."""
    across, down = frame.end - frame.left, HEIGHT - TOP - BOTTOM - ROOM
    ticks = value_ticks(panel.highest)
    top = ticks[-1]

    def x(seconds: float) -> float:
        return round(frame.left + across * seconds / max(picture.seconds, 1), 1)

    def y(value: float) -> float:
        return round(TOP + ROOM + down * (1 - min(value, top) / top), 1)

    floor = HEIGHT - BOTTOM
    summary = f"{panel.title}, {panel.unit}, from {_short(0)} to {_short(top)}, over {picture.seconds / 3600:.1f} hours"
    said = panel.unit in panel.title.casefold()
    letters = max(len(_short(value)) for value in ticks)
    # Beside the axis only where the numbers leave room for it.
    upright = frame is WIDE and frame.left - 6 - LETTER * letters >= UPRIGHT
    title = panel.title if upright or said else f"{panel.title}, {panel.unit}"
    parts = [
        f'<svg viewBox="0 0 {frame.width} {HEIGHT}" class="{frame.name}" role="img" aria-label="{_text(summary)}">',
        f'<text x="{frame.left}" y="13" font-weight="600">{_text(title)}</text>',
    ]
    for left, right in picture.missed:
        wide = max(1.0, x(right) - x(left))
        parts.append(f'<rect x="{x(left)}" y="{TOP}" width="{wide:.1f}" height="{floor - TOP}" fill="{MISSED}"/>')
    for value in ticks:
        parts.append(f'<path d="M{frame.left} {y(value)}H{frame.end}" stroke="#e3e3e3"/>')
        parts.append(f'<text x="{frame.left - 6}" y="{y(value) + 4}" text-anchor="end">{_short(value)}</text>')
    if upright:
        parts.append(
            f'<text x="14" y="{(TOP + floor) / 2:.0f}" text-anchor="middle" '
            f'transform="rotate(-90 14 {(TOP + floor) / 2:.0f})">{_text(panel.unit)}</text>'
        )
    for at, text in time_ticks(picture.seconds, frame.ticks):
        parts.append(f'<path d="M{x(at)} {floor}v4" stroke="#888"/>')
        place = min(x(at), round(frame.width - LETTER * len(text) / 2, 1))
        parts.append(f'<text x="{place}" y="{HEIGHT - 8}" text-anchor="middle">{text}</text>')
    if panel.limit is not None and panel.limit.value <= top:
        level = y(panel.limit.value)
        parts.append(f'<path d="M{frame.left} {level}H{frame.end}" stroke="{GREY}" stroke-dasharray="3 3"/>')
    for line in panel.lines:
        parts.append(_path(line, [(x(at), y(value)) for at, value in line.points], x(picture.seconds), floor))
    parts += _marks(picture, x, frame, panel is picture.panels[0])
    parts.append(f'<path d="M{frame.left} {TOP}V{floor}H{frame.end}" fill="none" stroke="#888"/>')
    parts.append("</svg>")
    return "".join(parts)


def _marks(picture: Picture, x: Callable[[float], float], frame: Frame, named: bool) -> Iterator[str]:
    """A line for each moment, with its name in the first panel: beside the line, and whole."""
    for number, (at, text) in enumerate(picture.marks):
        place = x(at)
        yield f'<path d="M{place} {TOP}V{HEIGHT - BOTTOM}" stroke="#000" stroke-dasharray="1 3"/>'
        if named:
            fits = place + 5 + LETTER * len(text) <= frame.width
            anchor, side = ("start", place + 5) if fits else ("end", max(place - 5, frame.left + LETTER * len(text)))
            yield (
                f'<text x="{round(side, 1)}" y="{TOP + 12 + 15 * (number % 2)}" text-anchor="{anchor}">'
                f"{_text(text)}</text>"
            )


def _path(line: Line, points: list[tuple[float, float]], end: float, floor: float) -> str:
    """A line through its points; of steps each value holds until the next one."""
    if not points:
        return ""
    drawn = [points[0]]
    for (_, before), (at, value) in pairwise(points):
        drawn += [(at, before), (at, value)] if line.steps else [(at, value)]
    drawn.append((end, drawn[-1][1]))
    text = "M" + "L".join(f"{at:g} {value:g}" for at, value in drawn)
    if line.filled:
        return f'<path d="{text}V{floor}H{drawn[0][0]:g}Z" fill="{line.colour}" fill-opacity=".35"/>'
    return f'<path d="{text}" fill="none" stroke="{line.colour}" stroke-width="{line.width:g}"{_dashes(line)}/>'


def _dashes(line: Line) -> str:
    return f' stroke-dasharray="{" ".join(map(str, line.dash))}"' if line.dash else ""


def _short(value: float) -> str:
    """A tick: no more digits than it needs, and no more letters than there is room for."""
    if value >= 1_000_000:
        return f"{value / 1_000_000:g} M"
    return f"{value:,.0f}" if value >= 1000 else f"{value:g}"


def _text(text: str) -> str:
    return escape(clean(text), quote=True)
