"""The worked example of the sizing guide, and strategies over everything that a plan accepts."""

from __future__ import annotations

from hypothesis import strategies as st

from pulumi_kubernetes_mcp.planning import RUNTIMES, Bounds, Database, Workload

GUIDE = Workload(daily_users=500, response_kib=12.8)
"""500 users; 20 responses of 12.8 KiB are the guide's 0.25 MiB in flight."""
SLOW = Database(query_milliseconds=500)


def _numbers(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high, allow_nan=False, allow_infinity=False)


workloads = st.builds(
    Workload,
    daily_users=_numbers(0.01, 1e6),
    sessions_per_user=_numbers(0.01, 100),
    session_minutes=_numbers(0.1, 1440),
    peak_factor=_numbers(1, 100),
    headroom_percent=_numbers(0, 300),
    peak_sessions=st.none() | _numbers(0.01, 1e6),
    sessions_per_pod=st.integers(1, 5000),
    concurrent_calls=st.integers(1, 1000),
    heavy_calls=st.integers(0, 100),
    heavy_call_cpu_milliseconds=_numbers(0, 1000),
    response_kib=_numbers(0, 10_000),
    session_mib=_numbers(0, 100),
)
databases = st.builds(
    Database,
    kind=st.sampled_from(["postgres", "postgres", "postgres", "sqlite"]),
    max_connections=st.integers(1, 20_000),
    reserved_connections=st.integers(0, 200),
    share_percent=_numbers(0.5, 100),
    shared_by_regions=st.integers(1, 5),
    query_milliseconds=_numbers(0.1, 60_000),
    pool_size=st.none() | st.integers(1, 500),
    pooler=st.sampled_from(["none", "pgbouncer"]),
    pooler_instances=st.integers(1, 10),
    pooler_pool_size=st.none() | st.integers(1, 200),
)
_sizes = st.none() | st.integers(0, 64_000)
_memories = st.none() | st.integers(0, 2**37)
bounds = st.builds(
    Bounds,
    min_replicas=st.none() | st.integers(0, 50),
    max_replicas=st.none() | st.integers(1, 500),
    production=st.booleans(),
    zones=st.integers(1, 10),
    cpu_percent_of_limit=_numbers(0.5, 100),
    surge_percent=st.integers(0, 100),
    quota_pods=st.none() | st.integers(0, 1000),
    quota_cpu_millicores=st.none() | st.integers(0, 1_000_000),
    quota_memory_bytes=_memories,
    cpu_request_millicores=_sizes,
    cpu_limit_millicores=_sizes,
    memory_request_bytes=_memories,
    memory_limit_bytes=_memories,
)
runtimes = st.sampled_from(list(RUNTIMES.values()))
