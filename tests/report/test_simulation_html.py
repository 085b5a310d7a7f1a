"""The charts of the page of a simulation: whole lines, letters that can be read, names within their chart."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from pulumi_kubernetes_mcp.report import simulation_html
from pulumi_kubernetes_mcp.report.simulation_series import Limit, Line, Panel, Picture


def picture_of(*values: float, mark: float = 0.0) -> Picture:
    line = Line(label="wait", points=tuple(enumerate(values)), colour="#123456")
    panel = Panel(title="Wait", unit="seconds", lines=(line,))
    return Picture(
        name="a",
        title="b",
        seconds=len(values) - 1,
        panels=(panel,),
        marks=((mark, "Prometheus no longer answers"),),
        missed=(),
        missed_label="",
    )


@pytest.mark.parametrize("frame", [simulation_html.WIDE, simulation_html.NARROW])
def test_a_line_at_the_highest_tick_is_whole(frame: simulation_html.Frame) -> None:
    """It lies a few pixels below the upper end of the axis, which is no wider than the line."""
    found = picture_of(10, 10)
    drawn = simulation_html.chart(found.panels[0], found, frame)
    (line,) = re.findall(rf'<path d="M{frame.left} (\d+)L[\d. L]*" fill="none" stroke="#123456"', drawn)
    (axis,) = re.findall(rf'<path d="M{frame.left} (\d+)V', drawn)
    assert int(line) - int(axis) >= 2
    assert ">10</text>" in drawn


def test_letters_on_a_phone_are_as_large_as_the_others() -> None:
    """390 px of a phone less the page's margins: 12 units of a chart are 12 px at least."""
    assert 12 * (390 - 2 * 16) / simulation_html.NARROW.width >= 12
    assert 12 * (390 - 2 * 16) / simulation_html.WIDE.width < 9


@pytest.mark.parametrize("mark", [0, 3, 6, 9])
@pytest.mark.parametrize("frame", [simulation_html.WIDE, simulation_html.NARROW])
def test_the_name_of_a_moment_is_within_its_chart(frame: simulation_html.Frame, mark: float) -> None:
    found = picture_of(*[1.0] * 10, mark=mark)
    drawn = simulation_html.chart(found.panels[0], found, frame)
    at, anchor = re.findall(r'<text x="([\d.]+)" y="34" text-anchor="(\w+)">Prometheus no longer', drawn)[0]
    wide = simulation_html.LETTER * len("Prometheus no longer answers")
    left = float(at) - (wide if anchor == "end" else 0)
    assert frame.left <= left
    assert left + wide <= frame.width


def test_a_panel_of_nothing_but_zeros_is_drawn() -> None:
    found = picture_of(0, 0)
    assert "<svg" in simulation_html.chart(found.panels[0], found)


@pytest.mark.parametrize("value", [0.0019, 5, 999_999, 3_500_000])
@pytest.mark.parametrize("frame", [simulation_html.WIDE, simulation_html.NARROW])
def test_times_and_numbers_of_the_axes_are_whole_and_apart(frame: simulation_html.Frame, value: float) -> None:
    """A day ends at 24:00 at the right end of the axis; a wait of 0.0019 s and a million sessions have long numbers."""
    found = replace(picture_of(value, value), seconds=86_400)
    drawn = simulation_html.chart(found.panels[0], found, frame)
    for at, text in re.findall(
        rf'<text x="([\d.]+)" y="{simulation_html.HEIGHT - 8}" text-anchor="middle">([^<]*)', drawn
    ):
        assert float(at) + simulation_html.LETTER * len(text) / 2 <= frame.width
    numbers = re.findall(r'text-anchor="end">([\d., M]+)<', drawn)
    room = frame.left - 6 - simulation_html.LETTER * max(map(len, numbers))
    assert room >= (simulation_html.UPRIGHT if "rotate" in drawn else 0)
    assert "seconds" in re.sub('aria-label="[^"]*"', "", drawn)


def test_a_limit_above_the_axis_is_not_in_the_legend() -> None:
    low, high = (
        replace(picture_of(value, value).panels[0], limit=Limit(label="objective", value=1.0)) for value in (0.1, 2)
    )
    assert "objective" not in simulation_html._legend(low, picture_of(1))
    assert "objective" in simulation_html._legend(high, picture_of(1))
