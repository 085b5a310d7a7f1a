"""What a load test found: k6's summaries and points, of one runner or of several together, in one form."""

from __future__ import annotations

import gzip
import json
import math
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, TextIO, cast

from .model import OPENING, PHASES, REASONS
from .refused import LoadTestError
from .summary_form import check_form

MARK = '{"mcpLoadTest":'
"""How the line of a summary begins, in whatever a runner's log has around it."""
FORMAT_VERSION = 1
LARGEST_SUMMARY = 50 * 2**20
MOST_LOOKED_AT = 64 * 1024
MOST_MISSING = 0.01
"""Of the calls: k6 that is ended may lose its last points."""
QUANTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
CALL, EXCHANGE, FAILED, LOST = "mcp_call_duration", "mcp_exchange_duration", "mcp_failed", "mcp_sessions_lost"
_VALUES = {"p50": "med", "p95": "p(95)", "p99": "p(99)"}


@dataclass(frozen=True, kw_only=True)
class Times:
    """How long calls took, in milliseconds."""

    count: int
    p50: float
    p95: float
    p99: float
    most: float


@dataclass(frozen=True, kw_only=True)
class StageResult:
    """One stage as it went."""

    name: str
    sessions: float
    """At its end, as planned."""
    mean_sessions: float
    """On the mean of it, as planned."""
    seconds: float
    """As far as it came."""
    judged: bool
    times: Times | None
    """``None`` without a call."""
    openings: Times | None
    """Of handshake and list of tools, as a probe makes them; ``None`` where no session began in it."""
    planned_calls_per_second: float | None
    """With its mean of sessions; ``None`` where no duration is known."""
    failed_percent: float
    """Of all requests."""
    lost_sessions: int

    @property
    def calls_per_second(self) -> float:
        """Calls that were answered in a second."""
        return self.times.count / self.seconds if self.times is not None and self.seconds > 0 else 0.0


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A whole test as it went."""

    plan: Mapping[str, Any]
    """What the script was made from."""
    started_at: str | None
    seconds: float
    runners: int
    exact: bool
    """Whether percentiles are of all calls; else each is the highest of the runners."""
    times: Times | None
    stages: tuple[StageResult, ...]
    tools: Mapping[str, Times]
    exchanges: Mapping[str, Times]
    failures: Mapping[str, int]
    sessions: int
    closed: int
    lost: int
    missed: tuple[str, ...]
    """Thresholds that did not hold."""
    memory: tuple[tuple[float, float], ...] = field(default=(), repr=False)
    """Seconds since the start to bytes of the server's memory, where they were read beside the test."""

    @property
    def stack(self) -> str:
        """Name of the stack that it was made from, or of its region where that is not known."""
        return str(self.plan["stack"] or self.plan["region"])

    @property
    def region(self) -> str:
        """Name of the region."""
        return str(self.plan["region"])

    @property
    def server(self) -> str:
        """Name of the server."""
        return str(self.plan["server"])


def read(paths: Sequence[Path]) -> Outcome:
    """The outcome in some files: summaries, logs of runner pods with a summary in them, and k6's points as NDJSON.

    :raises LoadTestError: for what cannot be read, and for files that are not of one test.
    """
    summaries: list[Mapping[str, Any]] = []
    points = _Points()
    for path in paths:
        summaries += _read_file(path, points)
    names = ", ".join(str(path) for path in paths)
    if not summaries:
        held = "points of k6 without the test they are of" if points.any else _instead(paths)
        raise LoadTestError(
            f"{names}: there is {held}. Give the file that 'mcp-stack loadtest run --output' wrote, or the log of a "
            "runner pod (kubectl logs)."
        )
    first = summaries[0]["plan"]
    for other in (one["plan"] for one in summaries[1:]):
        if other != first:
            raise LoadTestError(
                f"The files are not of one test: {_title(first)}, and {_title(other)}. Give those of the runners of "
                "one."
            )
    calls = _sum([one["metrics"] for one in summaries], CALL, "count")
    if points.any and abs(points.calls - calls) > MOST_MISSING * calls:
        raise LoadTestError(
            f"{names}: the points hold {points.calls:,} calls, and the summaries {calls:,.0f}. Give the points of all "
            "runners of this test, or none."
        )
    return _outcome(summaries, points)


def _instead(paths: Sequence[Path]) -> str:
    """What is in files without a summary, as far as their beginning shows."""
    for path in paths:
        with _opened(path) as file:
            begin = file.read(MOST_LOOKED_AT)
        if begin.startswith("metric_name,"):
            return "nothing but points of k6 as CSV, which are not read: --out json=FILE writes those that are"
        if begin.lstrip().startswith("{") and ('"root_group"' in begin or '"metrics"' in begin):
            return "k6's own summary, which knows neither the stages nor the plan"
    return "no summary of a load test"


def _title(plan: Mapping[str, Any]) -> str:
    return f"'{plan.get('scenario')}' of {plan.get('stack')}/{plan.get('server')}"


def _read_file(path: Path, points: _Points) -> list[Mapping[str, Any]]:
    if not path.is_file():
        why = "it is no file" if path.exists() else "there is no such file"
        raise LoadTestError(f"{path}: {why}; give a summary that 'mcp-stack loadtest run --output' wrote.")
    found = []
    try:
        with _opened(path) as lines:
            for number, line in enumerate(lines, 1):
                begin = line.find(MARK)
                if begin >= 0:
                    found.append(_summary(line[begin:], f"{path}, line {number}"))
                elif number == 1 and line.strip() == "{":
                    return _spread_out(line + lines.read(LARGEST_SUMMARY), str(path))
                elif line.startswith('{"'):
                    points.add(line, f"{path}, line {number}")
    except UnicodeDecodeError:
        raise LoadTestError(f"{path}: it is no text in UTF-8; give a summary or NDJSON of k6.") from None
    except (OSError, EOFError, zlib.error):
        raise LoadTestError(f"{path}: it cannot be read to its end. Copy the file anew.") from None
    return found


def _opened(path: Path) -> TextIO:
    """A file of text, which k6 compresses where its name ends so."""
    with path.open("rb") as file:
        zipped = file.read(2) == b"\x1f\x8b"
    opened = gzip.open if zipped else open
    return cast("TextIO", opened(path, "rt", encoding="utf-8-sig"))


def _spread_out(text: str, where: str) -> list[Mapping[str, Any]]:
    """A summary that somebody has given lines and indentation."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return []
    return [_checked(data, where)] if isinstance(data, dict) and "mcpLoadTest" in data else []


def _summary(text: str, where: str) -> Mapping[str, Any]:
    data: Mapping[str, Any]
    try:
        data, _ = json.JSONDecoder().raw_decode(text)
    except ValueError:
        raise LoadTestError(
            f"{where}: the summary is cut off. Logs of a pod cut long lines in some runtimes: copy the file instead."
        ) from None
    return _checked(data, where)


def _checked(data: Mapping[str, Any], where: str) -> Mapping[str, Any]:
    if data.get("mcpLoadTest") != FORMAT_VERSION:
        raise LoadTestError(
            f"{where}: its format is {data.get('mcpLoadTest')!r}, not {FORMAT_VERSION}. Run the test anew with a "
            "script of this version."
        )
    plan, metrics = data.get("plan"), data.get("metrics")
    if (
        not isinstance(plan, dict)
        or not isinstance(metrics, dict)
        or not {"stages", "stack", "region", "server"} <= set(plan)
    ):
        raise LoadTestError(f"{where}: there is no plan in it, or no metrics: the summary of another script.")
    _check_units(metrics, where)
    check_form(data, where)
    return data


def _check_units(metrics: Mapping[str, Any], where: str) -> None:
    """k6 has its times in milliseconds; another program's summary of the same names may not."""
    for name, metric in metrics.items():
        if name.startswith((CALL, EXCHANGE)) and isinstance(metric, dict) and metric.get("contains") != "time":
            raise LoadTestError(
                f"{where}: {name} holds '{metric.get('contains')}', not times in milliseconds. Keep the trends of the "
                "script as they are written."
            )


class _Points:
    """The values of k6's points that percentiles are made from."""

    def __init__(self) -> None:
        self.stages: dict[str, list[float]] = defaultdict(list)
        self.tools: dict[str, list[float]] = defaultdict(list)
        self.phases: dict[str, list[float]] = defaultdict(list)
        self.openings: dict[str, list[float]] = defaultdict(list)

    @property
    def any(self) -> bool:
        """Whether there are points of a load test."""
        return bool(self.stages)

    @property
    def calls(self) -> int:
        """How many calls there are."""
        return sum(len(values) for values in self.stages.values())

    def add(self, line: str, where: str) -> None:
        """One line of NDJSON; what is no point of ours is passed over."""
        if f'"{CALL}"' not in line and f'"{EXCHANGE}"' not in line:
            return
        try:
            data = json.loads(line)
        except ValueError:
            return
        if data.get("type") != "Point":
            return
        try:
            self._add(str(data["metric"]), float(data["data"]["value"]), data["data"]["tags"])
        except (KeyError, TypeError, ValueError):
            raise LoadTestError(
                f"{where}: a point of {data.get('metric')} without its value or its tags (stage, tool, phase). Give "
                "k6's points as --out json wrote them."
            ) from None

    def _add(self, metric: str, value: float, tags: Mapping[str, str]) -> None:
        if not 0 <= value < math.inf:
            raise ValueError
        if metric == CALL:
            stage, tool = tags["stage"], tags["tool"]
            self.stages[stage].append(value)
            self.tools[tool].append(value)
        elif metric == EXCHANGE:
            self.phases[tags["phase"]].append(value)
            if tags["phase"] == OPENING:
                self.openings[tags["stage"]].append(value)


def times_of(values: Iterable[float]) -> Times | None:
    """Percentiles as k6 has them: straight between the neighbours."""
    ordered = sorted(values)
    if not ordered:
        return None
    return Times(
        count=len(ordered),
        most=ordered[-1],
        **{name: quantile(ordered, share) for name, share in QUANTILES.items()},
    )


def quantile(ordered: Sequence[float], share: float) -> float:
    """A quantile of ascending values."""
    place = share * (len(ordered) - 1)
    low, high = math.floor(place), math.ceil(place)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def _outcome(summaries: Sequence[Mapping[str, Any]], points: _Points) -> Outcome:
    plan = summaries[0]["plan"]
    metrics = [one["metrics"] for one in summaries]
    seconds = max(float(one["seconds"]) for one in summaries)
    tools = {
        tool["name"]: found
        for tool in plan["tools"]
        if (found := _times(metrics, f"{CALL}{{tool:{tool['tag']}}}", points.tools, tool["tag"]))
    }
    every = [value for values in points.stages.values() for value in values]
    return Outcome(
        plan=plan,
        started_at=summaries[0].get("startedAt"),
        seconds=seconds,
        runners=len(summaries),
        exact=len(summaries) == 1 or points.any,
        times=times_of(every) if every else _merged(metrics, CALL),
        stages=tuple(_stages(plan, metrics, points, seconds)),
        tools=tools,
        exchanges={
            phase: found
            for phase in (*PHASES, OPENING)
            if (found := _times(metrics, f"{EXCHANGE}{{phase:{phase}}}", points.phases, phase))
        },
        failures={
            reason: number
            for reason in REASONS
            if (number := round(_sum(metrics, f"mcp_failures{{reason:{reason}}}", "count")))
        },
        sessions=round(_sum(metrics, "mcp_sessions", "count")),
        closed=round(_sum(metrics, "mcp_sessions_closed", "count")),
        lost=round(_sum(metrics, LOST, "count")),
        missed=tuple(_missed(metrics)),
        memory=tuple((float(at), float(size)) for one in summaries for at, size in one.get("memory", ())),
    )


def _stages(
    plan: Mapping[str, Any], metrics: Sequence[Mapping[str, Any]], points: _Points, seconds: float
) -> Iterator[StageResult]:
    for stage in plan["stages"]:
        name = stage["name"]
        end = min(float(stage["to"]), max(seconds, float(stage["from"])))
        if end <= stage["from"]:
            continue
        mean = mean_level(plan["points"], float(stage["from"]), end)
        planned = stage.get("plannedCallsPerSecond")
        level = float(stage["sessions"])
        each = None if planned is None or not level else planned / level
        rates = _rates(metrics, f"{FAILED}{{stage:{name}}}")
        yield StageResult(
            name=name,
            sessions=level,
            mean_sessions=mean,
            seconds=end - float(stage["from"]),
            judged=bool(stage["judged"]),
            times=_times(metrics, f"{CALL}{{stage:{name}}}", points.stages, name),
            openings=_times(metrics, f"{EXCHANGE}{{phase:{OPENING},stage:{name}}}", points.openings, name),
            planned_calls_per_second=None if each is None else each * mean,
            failed_percent=100 * rates[0] / rates[1] if rates[1] else 0.0,
            lost_sessions=round(_sum(metrics, f"{LOST}{{stage:{name}}}", "count")),
        )


def mean_level(points: Sequence[Sequence[float]], start: float, end: float) -> float:
    """Mean number of wanted sessions between two times."""
    area = 0.0
    for (before, low), (after, high) in pairwise(points):
        begin, stop = max(start, before), min(end, after)
        if stop <= begin:
            continue
        slope = (high - low) / (after - before)
        area += (stop - begin) * (low + slope * ((begin + stop) / 2 - before))
    return area / (end - start)


def _times(
    metrics: Sequence[Mapping[str, Any]], name: str, points: Mapping[str, list[float]], key: str
) -> Times | None:
    return times_of(points[key]) if key in points else _merged(metrics, name)


def _merged(metrics: Sequence[Mapping[str, Any]], name: str) -> Times | None:
    """A trend of several runners: percentiles cannot be added, so each is the highest."""
    values = [one[name]["values"] for one in metrics if name in one and one[name]["values"].get("count")]
    if not values:
        return None
    return Times(
        count=sum(int(one["count"]) for one in values),
        most=max(one["max"] for one in values),
        **{name: max(one[key] for one in values) for name, key in _VALUES.items()},
    )


def _sum(metrics: Sequence[Mapping[str, Any]], name: str, key: str) -> float:
    return sum(float(one[name]["values"].get(key, 0)) for one in metrics if name in one)


def _rates(metrics: Sequence[Mapping[str, Any]], name: str) -> tuple[float, float]:
    """Of a rate, those that failed and all: k6 calls 'passes' what was true, which here is a failure."""
    failed = _sum(metrics, name, "passes")
    return failed, failed + _sum(metrics, name, "fails")


def _missed(metrics: Sequence[Mapping[str, Any]]) -> list[str]:
    found = []
    for one in metrics:
        for name, metric in one.items():
            found += [f"{name}: {rule}" for rule, how in metric.get("thresholds", {}).items() if not how["ok"]]
    return sorted(set(found))
