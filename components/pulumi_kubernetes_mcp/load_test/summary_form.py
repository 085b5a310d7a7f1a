"""The form of a summary, as the script writes it: a file that was cut, edited or made by something else is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from .refused import LoadTestError

TRENDS = ("mcp_call_duration", "mcp_exchange_duration")
"""Metrics whose values are times, in milliseconds."""
PERCENTILES = ("med", "p(95)", "p(99)", "max")
_SHOWN = 3
Finite = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Amount = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0)]


class _Form(BaseModel):
    model_config = ConfigDict(extra="allow")


class _Stage(_Form):
    name: str
    sessions: Amount
    judged: bool
    start: Amount = Field(alias="from")
    to: Amount
    settled: Amount


class _Tool(_Form):
    name: str
    tag: str


class _Era(_Form):
    name: str


class _Plan(_Form):
    stack: str | None
    region: str
    server: str
    scenario: str
    scale: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    pods: Annotated[int, Field(ge=1)]
    sessions_per_pod: Annotated[float, Field(gt=0, allow_inf_nan=False, alias="sessionsPerPod")]
    failed_percent: Amount = Field(alias="failedPercent")
    limit: Amount | None = Field(None, alias="limitMilliseconds")
    stages: list[_Stage]
    points: list[tuple[Amount, Amount]]
    tools: list[_Tool]
    eras: list[_Era]


class _Threshold(_Form):
    ok: bool


class _Metric(_Form):
    values: dict[str, Finite | None]
    thresholds: dict[str, _Threshold] = {}


def _with_percentiles(metrics: dict[str, _Metric]) -> dict[str, _Metric]:
    for name, metric in metrics.items():
        if name.startswith(TRENDS) and metric.values.get("count"):
            for key in PERCENTILES:
                # Of calls that found nobody to connect to the time is 0.
                if (time := metric.values.get(key)) is None or time < 0:
                    raise ValueError(f"'{name}' has no time as its '{key}'")
    return metrics


class _Summary(_Form):
    seconds: Amount
    started_at: str | None = Field(None, alias="startedAt")
    plan: _Plan
    metrics: Annotated[dict[str, _Metric], AfterValidator(_with_percentiles)]
    memory: list[tuple[Amount, Amount]] = []


def _words(said: str) -> str:
    said = said.removeprefix("Value error, ")
    return f"{said[:1].lower()}{said[1:]}"


def check_form(data: Mapping[str, Any], where: str) -> None:
    """:class:`LoadTestError` unless everything that is read of a summary is in it."""
    try:
        _Summary.model_validate(data)
    except ValidationError as error:
        said = "; ".join(
            f"{'.'.join(map(str, one['loc']))}: {_words(one['msg'])}"
            for one in error.errors(include_url=False, include_context=False, include_input=False)[:_SHOWN]
        )
        raise LoadTestError(
            f"{where}: the summary is not as the script writes it: {said}. Give the file as it was written."
        ) from None
