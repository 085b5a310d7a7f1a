"""The defaults are those of the settings, and numbers that no plan can be made from are refused in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, Field, fields, replace
from typing import Any

import pytest
from pydantic import BaseModel

from pulumi_kubernetes_mcp.planning import (
    ERAS,
    NETWORKED,
    RUNTIMES,
    SINGLE_WRITERS,
    Bounds,
    Database,
    PlanInputError,
    Prices,
    StateStore,
    Tool,
    Workload,
    keepalive_seconds,
    runtime,
)
from pulumi_kubernetes_mcp.settings import models
from tests.table import table

USERS = Workload(daily_users=1)
TOOL = Tool(name="tool", share_percent=100, duration_milliseconds=1)
PARTS: list[tuple[Any, type[BaseModel]]] = [
    (USERS, models.WorkloadSettings),
    (TOOL, models.ToolSettings),
    (Database(), models.DatabaseSettings),
    (StateStore(), models.StateStoreSettings),
    (Bounds(), models.ScalingSettings),
    (Bounds(), models.RegionSettings),
]
DERIVED = {"session_mib": 1, "cpu_milliseconds": 20, "response_kib": 16}
"""What is None in the settings, and what stands for it when nothing was measured."""


def default(field: Field[Any]) -> Any:
    value = field.default if field.default_factory is MISSING else field.default_factory()
    return list(value) if isinstance(value, tuple) else value


@pytest.mark.parametrize(("planned", "model"), PARTS)
def test_defaults_equal_those_of_the_settings(planned: Any, model: type[BaseModel]) -> None:
    ours = {field.name: default(field) for field in fields(planned) if default(field) is not MISSING}
    theirs = {name: field.default for name, field in model.model_fields.items() if name in ours}
    assert len(theirs) >= 2 or model is models.RegionSettings
    for name, value in theirs.items():
        assert ours[name] == (DERIVED[name] if value is None and name in DERIVED and ours[name] is not None else value)


def ends(schema: dict[str, Any]) -> Iterator[float]:
    """The least and the greatest number that a JSON schema accepts."""
    for part in (schema, *schema.get("anyOf", ())):
        if "exclusiveMinimum" in part:
            yield part["exclusiveMinimum"] + 5e-324
        yield from (part[key] for key in ("minimum", "maximum") if key in part)


@pytest.mark.parametrize(("planned", "model"), PARTS)
def test_what_the_settings_accept_has_a_plan(planned: Any, model: type[BaseModel]) -> None:
    names = {field.name for field in fields(planned)}
    tried = 0
    for name, schema in model.model_json_schema(by_alias=False)["properties"].items():
        if name in names:
            for value in ends(schema):
                assert getattr(replace(planned, **{name: value}), name) == value
                tried += 1
    assert tried >= 2


def test_prices_of_the_settings_have_a_plan() -> None:
    for schema in models.PricesSettings.model_json_schema()["properties"].values():
        for value in ends(schema):
            assert Prices(core_hour=value, gib_hour=value)


@pytest.mark.grid
def test_names_equal_those_of_the_settings() -> None:
    schema = models.Settings.model_json_schema()["$defs"]
    assert schema["DatabaseSettings"]["properties"]["kind"]["enum"] == [*NETWORKED, *SINGLE_WRITERS]
    assert schema["ServerSettings"]["properties"]["eras"]["items"]["enum"] == list(ERAS)


def test_every_runtime_of_the_settings_has_a_profile() -> None:
    assert set(RUNTIMES) == set(models.Runtime.__args__)  # type: ignore[attr-defined]
    assert all(name == profile.name for name, profile in RUNTIMES.items())


def test_an_unknown_runtime_lists_the_known_ones() -> None:
    with pytest.raises(KeyError, match="unknown runtime 'java'; known are python-v1, python-v2, fastmcp"):
        runtime("java")


NAN, INF = float("nan"), float("inf")


@table(
    "make, message",
    [
        (lambda: Workload(), "give daily_users, or sessions_by_hour or peak_sessions where they were measured"),
        (lambda: Workload(daily_users=0), "daily_users is 0, but must be above 0 and at most 1e+09"),
        (lambda: Workload(daily_users=NAN), "daily_users is nan, but must be above 0 and at most 1e+09"),
        (lambda: Workload(peak_sessions=INF), "peak_sessions is inf, but must be above 0 and at most 1e+09"),
        (
            lambda: Workload(daily_users=1, sessions_per_pod=0),
            "sessions_per_pod is 0, but must lie between 1 and 100000",
        ),
        (lambda: Workload(daily_users=1, peak_factor=0.5), "peak_factor is 0.5, but must lie between 1 and 1000"),
        (
            lambda: Workload(daily_users=1, headroom_percent=NAN),
            "headroom_percent is nan, but must lie between 0 and 1000",
        ),
        (
            lambda: Workload(daily_users=1, think_seconds=86_401),
            "think_seconds is 86401, but must lie between 0 and 86400",
        ),
        (
            lambda: Workload(daily_users=1, wait_p95_milliseconds=0),
            "wait_p95_milliseconds is 0, but must be above 0 and at most 3.6e+06",
        ),
        (
            lambda: Workload(daily_users=1, session_p95_minutes=0),
            "session_p95_minutes is 0, but must be above 0 and at most 100000",
        ),
        (lambda: Workload(daily_users=1, workers=0), "workers is 0, but must lie between 1 and 100000"),
        (lambda: Workload(daily_users=1, call_slots=0), "call_slots is 0, but must lie between 1 and 100000"),
        (
            lambda: Workload(daily_users=1, heavy_calls=-1),
            "heavy_calls is -1, but must lie between 0 and 100000",
        ),
        (lambda: Workload(daily_users=1, session_mib=-1), "session_mib is -1, but must lie between 0 and 100000"),
        (
            lambda: Workload(sessions_by_hour=(1,) * 23),
            "sessions_by_hour has 23 numbers, but a day has 24 hours",
        ),
        *(
            (
                lambda hour=hour, rest=rest: Workload(sessions_by_hour=(hour,) + (rest,) * 23),
                "sessions_by_hour must hold numbers between 0 and 1e+09, one of them above 0",
            )
            for hour, rest in ((0, 0), (-1, 1), (NAN, 1), (INF, 1), (1.1e9, 1))
        ),
        *(
            (
                lambda share=share: Workload(daily_users=1, era_percent={"modern": share, "sse": 0}),
                "era_percent must hold numbers between 0 and 100, one of them above 0",
            )
            for share in (0, -1, 101, NAN)
        ),
        (
            lambda: Workload(daily_users=1, era_percent={"antique": 1}),
            "there is no era 'antique'; known are modern, legacy-stateless, legacy-stateful, sse",
        ),
        (
            lambda: Workload(daily_users=1, eras=("modern", "antique")),
            "there is no era 'antique'; known are modern, legacy-stateless, legacy-stateful, sse",
        ),
        (lambda: Workload(daily_users=1, tools=(TOOL, TOOL)), "tools holds a name twice"),
        (lambda: replace(TOOL, share_percent=0), "share_percent is 0, but must be above 0 and at most 100"),
        (
            lambda: replace(TOOL, duration_milliseconds=0),
            "duration_milliseconds is 0, but must be above 0 and at most 8.64e+07",
        ),
        (
            lambda: replace(TOOL, p95_milliseconds=0),
            "p95_milliseconds is 0, but must be above 0 and at most 8.64e+07",
        ),
        (
            lambda: replace(TOOL, cpu_milliseconds=NAN),
            "cpu_milliseconds is nan, but must lie between 0 and 8.64e+07",
        ),
        (lambda: replace(TOOL, response_kib=-1), "response_kib is -1, but must lie between 0 and 1e+06"),
        (lambda: replace(TOOL, queries=10_001), "queries is 10001, but must lie between 0 and 10000"),
        (
            lambda: replace(TOOL, query_milliseconds=0),
            "query_milliseconds is 0, but must be above 0 and at most 3.6e+06",
        ),
        (
            lambda: Database(kind="oracle"),
            "kind is 'oracle', but must be one of postgres, mysql, mongodb, sqlserver, redis, sqlite, duckdb, "
            "single-writer",
        ),
        (lambda: Database(pooler="odyssey"), "pooler is 'odyssey', but must be 'none' or 'pgbouncer'"),
        (lambda: Database(shared_by_regions=0), "shared_by_regions is 0, but must lie between 1 and 100"),
        (lambda: Database(max_connections=0), "max_connections is 0, but must lie between 1 and 1e+06"),
        (lambda: Database(share_percent=0), "share_percent is 0, but must be above 0 and at most 100"),
        (lambda: Database(pool_size=0), "pool_size is 0, but must lie between 1 and 100000"),
        (lambda: Database(pooler_instances=51), "pooler_instances is 51, but must lie between 1 and 50"),
        (lambda: Database(colours=3), "colours is 3, but must lie between 1 and 2"),
        (lambda: StateStore(max_clients=0), "max_clients is 0, but must lie between 1 and 1e+07"),
        (lambda: StateStore(connections_per_pod=0), "connections_per_pod is 0, but must lie between 1 and 100000"),
        (lambda: StateStore(share_percent=101), "share_percent is 101, but must be above 0 and at most 100"),
        (lambda: StateStore(colours=0), "colours is 0, but must lie between 1 and 2"),
        (lambda: Prices(core_hour=-1, gib_hour=0), "core_hour is -1, but must lie between 0 and 1e+06"),
        (lambda: Prices(core_hour=0, gib_hour=NAN), "gib_hour is nan, but must lie between 0 and 1e+06"),
        (lambda: Bounds(zones=0), "zones is 0, but must lie between 1 and 10"),
        (lambda: Bounds(max_replicas=0), "max_replicas is 0, but must lie between 1 and 100000"),
        (lambda: Bounds(surge_percent=-1), "surge_percent is -1, but must lie between 0 and 100000"),
        (lambda: Bounds(cpu_percent_of_limit=0), "cpu_percent_of_limit is 0, but must be above 0 and at most 100"),
        (lambda: Bounds(quota_pods=-1), "quota_pods is -1, but must lie between 0 and 9.22337e+18"),
        (lambda: Bounds(memory_limit_bytes=-1), "memory_limit_bytes is -1, but must lie between 0 and 9.22337e+18"),
        (lambda: Bounds(colours=3), "colours is 3, but must lie between 1 and 2"),
    ],
)
def test_refused_in_words(make: Any, message: str) -> None:
    with pytest.raises(PlanInputError) as refused:
        make()
    assert str(refused.value) == message


def test_what_was_given_cannot_change() -> None:
    shares, tools = {"modern": 1.0}, [TOOL]
    load = Workload(daily_users=1, era_percent=shares, tools=tools)  # type: ignore[arg-type]
    shares["modern"], tools[:] = 2.0, []
    assert (load.era_percent, load.tools) == ({"modern": 1.0}, (TOOL,))
    with pytest.raises(TypeError):
        load.era_percent["modern"] = 3.0  # type: ignore[index]
    with pytest.raises(TypeError):
        RUNTIMES["python-v1"].session_kib["modern"] = 1.0  # type: ignore[index]
    with pytest.raises(TypeError):
        RUNTIMES["mine"] = RUNTIMES["node"]  # type: ignore[index]


MEASURED = {
    # name, era: resident MiB at 0 and at 1000 sessions, each with its open stream
    ("python-v1", "legacy-stateful"): (53, 175),
    ("python-v1", "sse"): (53, 157),
    ("python-v2", "legacy-stateful"): (69, 165),
    ("python-v2", "sse"): (69, 172),
    ("python-v2", "modern"): (69, 123),
    ("typescript-v1", "legacy-stateful"): (76, 179),
    ("typescript-v2", "modern"): (73, 122),
}


@pytest.mark.parametrize(("measured", "sizes"), MEASURED.items())
def test_profiles_predict_the_measured_memory(measured: tuple[str, str], sizes: tuple[float, float]) -> None:
    name, era = measured
    profile = RUNTIMES[name]
    assert profile.baseline_mib == sizes[0]
    assert profile.baseline_mib + 1000 * profile.session_kib[era] / 1024 == pytest.approx(sizes[1], rel=0.02)


SPEEDS = {
    # name, era: calls that one process answered in a second
    ("python-v1", "legacy-stateless"): 340,
    ("python-v1", "legacy-stateful"): 575,
    ("python-v2", "modern"): 1550,
    ("python-v2", "legacy-stateless"): 600,
    ("python-v2", "legacy-stateful"): 670,
    ("fastmcp", "modern"): 570,
    ("typescript-v2", "modern"): 955,
}


@pytest.mark.parametrize(("measured", "speed"), SPEEDS.items())
def test_profiles_predict_the_measured_speed(measured: tuple[str, str], speed: float) -> None:
    name, era = measured
    assert 1000 / RUNTIMES[name].call_cpu_milliseconds[era] == pytest.approx(speed, rel=0.025)


@pytest.mark.parametrize("profile", RUNTIMES.values(), ids=RUNTIMES)
def test_each_cost_of_a_profile_is_of_a_known_era(profile: Any) -> None:
    assert set(profile.session_kib) in (set(), set(ERAS))
    assert set(profile.call_cpu_milliseconds) == set(profile.session_kib)
    # A stateless session holds nothing, and every call costs something where calls were measured at all.
    assert profile.session_kib.get("legacy-stateless", 0) == 0
    assert profile.one_loop == bool(profile.session_kib)
    assert profile.base_cpu_millicores == (50 if profile.one_loop else 300)


def test_switches_of_the_runtimes() -> None:
    python = {"python-v1", "python-v2", "fastmcp"}
    assert {name for name, profile in RUNTIMES.items() if profile.python} == python
    assert {name for name, profile in RUNTIMES.items() if profile.drains_by_env} == python
    heap = {name for name, profile in RUNTIMES.items() if profile.heap_flag}
    assert heap == {"node", "typescript-v1", "typescript-v2"}
    assert not any(profile.measured for profile in RUNTIMES.values())


def test_what_no_setting_says_has_its_default() -> None:
    """No pooler takes anything, a rollout adds the quarter that Kubernetes adds, and there is one colour."""
    bounds = Bounds()
    assert (bounds.pooler_cpu_millicores, bounds.pooler_memory_bytes) == (0, 0)
    assert (bounds.surge_percent, bounds.colours) == (25, 1)
    assert (Database().colours, Database().shared_by_servers, StateStore().colours) == (1, 1, 1)


@pytest.mark.parametrize(
    ("runtime", "eras", "seconds"),
    [
        ("python-v2", ["modern", "legacy-stateful", "sse"], 15),
        ("typescript-v2", ["legacy-stateful"], 15),
        ("typescript-v2", ["modern"], 0),
        ("typescript-v2", ["modern", "legacy-stateful"], 0),
        ("typescript-v1", ["legacy-stateful", "sse"], 0),
        ("node", ["modern"], None),
        ("other", ["legacy-stateless"], None),
    ],
)
def test_what_a_runtime_sends_while_a_call_works(runtime: str, eras: list[str], seconds: int | None) -> None:
    """As it was measured; a list is as silent as the most silent of its eras."""
    assert keepalive_seconds(RUNTIMES[runtime], eras) == seconds
