"""The defaults are those of the settings, and numbers that no plan can be made from are refused in words."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from pydantic import BaseModel

from pulumi_kubernetes_mcp.planning import RUNTIMES, Bounds, Database, PlanInputError, Workload, runtime
from pulumi_kubernetes_mcp.settings import models


@pytest.mark.parametrize(
    ("planned", "model"), [(Workload, models.WorkloadSettings), (Database, models.DatabaseSettings)]
)
def test_defaults_equal_those_of_the_settings(planned: Any, model: type[BaseModel]) -> None:
    ours = {field.name: field.default for field in fields(planned)}
    theirs = {name: field.default for name, field in model.model_fields.items() if name in ours}
    assert ours == theirs


def test_bounds_equal_those_of_the_settings() -> None:
    assert Bounds().zones == models.RegionSettings.model_fields["zones"].default
    scaling = models.ScalingSettings()
    assert Bounds().cpu_percent_of_limit == scaling.cpu_percent_of_limit
    assert (Bounds().min_replicas, Bounds().max_replicas) == (scaling.min_replicas, scaling.max_replicas)


def test_every_runtime_of_the_settings_has_a_profile() -> None:
    assert set(RUNTIMES) == set(models.Runtime.__args__)  # type: ignore[attr-defined]
    assert all(name == profile.name for name, profile in RUNTIMES.items())


def test_an_unknown_runtime_lists_the_known_ones() -> None:
    with pytest.raises(KeyError, match="unknown runtime 'java'; known are python-v1, python-v2, fastmcp"):
        runtime("java")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Workload(), "give daily_users, or peak_sessions where the peak was measured"),
        (lambda: Workload(daily_users=0), "daily_users is 0, but must be above 0 and at most 1e+09"),
        (lambda: Workload(daily_users=float("nan")), "daily_users is nan, but must be above 0 and at most 1e+09"),
        (lambda: Workload(peak_sessions=float("inf")), "peak_sessions is inf, but must be above 0 and at most 1e+09"),
        (
            lambda: Workload(daily_users=1, sessions_per_pod=0),
            "sessions_per_pod is 0, but must lie between 1 and 100000",
        ),
        (lambda: Workload(daily_users=1, peak_factor=0.5), "peak_factor is 0.5, but must lie between 1 and 1000"),
        (lambda: Database(kind="mysql"), "kind is 'mysql', but must be 'postgres' or 'sqlite'"),
        (lambda: Database(pooler="odyssey"), "pooler is 'odyssey', but must be 'none' or 'pgbouncer'"),
        (lambda: Database(shared_by_regions=0), "shared_by_regions is 0, but must lie between 1 and 100"),
        (lambda: Bounds(zones=0), "zones is 0, but must lie between 1 and 10"),
        (lambda: Bounds(max_replicas=0), "max_replicas is 0, but must lie between 1 and 100000"),
    ],
)
def test_refused_in_words(make: Any, message: str) -> None:
    with pytest.raises(PlanInputError) as refused:
        make()
    assert str(refused.value) == message


MEASURED = {
    # name: resident MiB at 0 and at 1000 sessions, each with its open stream
    "python-v1": (53, 175),
    "python-v2": (69, 172),
    "typescript-v1": (76, 179),
}


@pytest.mark.parametrize(("name", "measured"), MEASURED.items())
def test_profiles_predict_the_measured_memory(name: str, measured: tuple[float, float]) -> None:
    profile = RUNTIMES[name]
    assert profile.baseline_mib == measured[0]
    assert profile.baseline_mib + 1000 * profile.session_kib / 1024 == pytest.approx(measured[1], rel=0.02)


def test_switches_of_the_runtimes() -> None:
    python = {"python-v1", "python-v2", "fastmcp"}
    assert {name for name, profile in RUNTIMES.items() if profile.python} == python
    assert {name for name, profile in RUNTIMES.items() if profile.drains_by_env} == python
    heap = {name for name, profile in RUNTIMES.items() if profile.heap_flag}
    assert heap == {"node", "typescript-v1", "typescript-v2"}
