"""The load that a stack is planned for, its tools, and prices."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from ..fields import EraName, Filled, Group, MissingValueError, Percent, Positive
from ..keys.scaling import SessionKeys


class ToolSettings(Group):
    """One tool, and what a call of it costs. What a measured profile says of a tool of that name stands in for what is
    left out here."""

    name: Filled
    """Name of the tool."""
    share_percent: Percent
    """Its part of all calls, in percent; the shares of all tools add up to 100."""
    duration_milliseconds: Annotated[float, Field(ge=0.001, le=86_400_000)] | None = None
    """Mean duration of a call without waiting, in milliseconds. Required unless the profile has it."""
    p95_milliseconds: Annotated[float, Field(ge=0.001, le=86_400_000)] | None = None
    """95th percentile of the duration. Derived: of an exponential, three times the mean; heavier tails wait longer."""
    cpu_milliseconds: Annotated[float, Field(ge=0, le=86_400_000)] | None = None
    """CPU of a call, in milliseconds, without the protocol's. Derived: 20."""
    response_kib: Annotated[float, Field(ge=0, le=1e6)] | None = None
    """Size of the answer, in KiB. Derived: 16."""
    queries: Annotated[float, Field(ge=0, le=10_000)] = 1
    """Database queries of a call."""
    query_milliseconds: Annotated[float, Field(ge=0.001, le=3_600_000)] | None = None
    """Mean time that a query holds a connection, in milliseconds. Derived: that of mcp:database."""


class WorkloadSettings(SessionKeys):
    """The load to plan for. Give `daily_users`, or what was measured: `sessions_by_hour` or `peak_sessions`. Of several
    that are given `peak_sessions` counts before `sessions_by_hour`, and that before `daily_users`; beside
    `peak_sessions` the hours say only how the day runs."""

    daily_users: Annotated[float, Field(gt=0, le=1e9)] | None = None
    """Users on a working day."""
    sessions_per_user: Positive = 3
    """Sessions per user and day."""
    session_p95_minutes: Annotated[float, Field(ge=0.001, le=100_000)] | None = None
    """95th percentile of a session's length, in minutes. Derived: of an exponential, three times the mean."""
    peak_factor: Annotated[float, Field(ge=1, le=1000)] = 3
    """Load of the busiest hour over the mean of the day."""
    headroom_percent: Annotated[float, Field(ge=0, le=1000)] = 30
    """Reserve above the peak, in percent."""
    peak_sessions: Positive | None = None
    """Measured sessions at the peak, instead of the estimate from users."""
    sessions_by_hour: Annotated[list[Annotated[float, Field(ge=0, le=1e9)]], Field(min_length=24, max_length=24)] = []
    """Measured sessions that begin in each hour of the day: 24 numbers, from midnight on."""
    era_percent: dict[EraName, Annotated[float, Field(ge=0, le=100)]] = {}
    """Part of the sessions by protocol era that the server serves, in percent, adding up to 100; an era that is left
    out has none. Derived: all are of the era that costs most among those the server serves."""
    sessions_per_pod: Annotated[int, Field(ge=1, le=100_000)] = 50
    """Sessions that one pod is sized for."""
    tools: Annotated[list[ToolSettings], Field(max_length=1000)] = []
    """The tools that are called. Calls in flight, CPU, responses and connections then follow from them."""
    think_seconds: Annotated[float, Field(ge=0, le=86_400)] = 10
    """Mean pause of a session between the end of a call and its next, in seconds: the model and the person think.
    Used with tools."""
    concurrent_calls: Annotated[int, Field(ge=1, le=100_000)] | None = None
    """Tool calls in flight in one pod at that many sessions, at its busiest: 99 % of the time at most that many.
    Derived from the tools; 40 % of the sessions without."""
    heavy_calls: Annotated[int, Field(ge=0, le=100_000)] | None = None
    """Calls of the heaviest tool in flight in one pod at the same time, at its busiest. Derived from the tools; 20 % of
    the sessions without."""
    heavy_call_cpu_milliseconds: Annotated[float, Field(ge=0, le=1e6)] | None = None
    """CPU that one call of the heaviest tool takes per second of wall time, in milliseconds. Derived from the tools;
    200 without."""
    response_kib: Annotated[float, Field(ge=0, le=1e6)] | None = None
    """Size of one response in flight, in KiB. Derived from the tools; 16 without."""
    session_mib: Annotated[float, Field(ge=0, le=1e5)] | None = None
    """Memory that the server's own objects take per session, in MiB. Derived: 1, or 0 with a profile, whose sessions
    were measured with them."""
    workers: Annotated[int, Field(ge=1, le=1000)] | None = None
    """Processes or worker threads that run calls in one pod. Derived: the number of processes that `command`, `args` or
    `env` say; else 1 for the SDKs of Python and TypeScript, whose
    own code uses one core however many the limit allows; otherwise as many as the limit has cores."""
    call_slots: Annotated[int, Field(ge=1, le=100_000)] | None = None
    """Calls that a pod runs at the same time, where the server limits them (a thread pool, a semaphore); more wait."""
    wait_p95_milliseconds: Annotated[float, Field(ge=0.001, le=3_600_000)] = 1000
    """The objective: 95 % of the calls wait at most this long in a pod, in milliseconds."""

    @model_validator(mode="after")
    def _has_a_load(self) -> Self:
        if self.daily_users is None and self.peak_sessions is None and not self.sessions_by_hour:
            raise MissingValueError(
                "no load is given: give dailyUsers, or sessionsByHour or peakSessions where they were measured"
            )
        if self.sessions_by_hour and not any(self.sessions_by_hour):
            raise ValueError("no session begins in any hour of sessionsByHour: give the numbers of a working day")
        return self


class PricesSettings(Group):
    """What the cluster's owner pays for requests; the plan then says what it costs. No price is built in."""

    core_per_hour: Annotated[float, Field(ge=0, le=1e6)]
    """Price of one CPU core for an hour."""
    gib_per_hour: Annotated[float, Field(ge=0, le=1e6)]
    """Price of one GiB of memory for an hour."""
    currency: Annotated[str, Field(pattern=r"^[A-Za-z$€£¥]{1,8}$")] = "USD"
    """Currency of the prices, for the eye."""
