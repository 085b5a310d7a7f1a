"""The worked example of the sizing guide, and strategies over everything that a plan accepts."""

from __future__ import annotations

from hypothesis import strategies as st

from pulumi_kubernetes_mcp.planning import (
    ERAS,
    RUNTIMES,
    SINGLE_WRITERS,
    Bounds,
    Database,
    Figure,
    Inputs,
    Plan,
    Prices,
    RuntimeProfile,
    StateStore,
    Tool,
    Workload,
    plan,
    runtime,
)

GUIDE = Workload(daily_users=500, response_kib=12.8)
"""500 users; 20 responses of 12.8 KiB are the guide's 0.25 MiB in flight."""
SLOW = Database(query_milliseconds=500)
NODE = runtime("node")
MIB = 2**20


def planned(
    workload: Workload = GUIDE,
    database: Database | None = SLOW,
    bounds: Bounds | None = None,
    sdk: str | RuntimeProfile = NODE,
    *,
    store: StateStore | None = None,
    prices: Prices | None = None,
) -> Plan:
    """The guide's plan with what is given put in its place."""
    profile = runtime(sdk) if isinstance(sdk, str) else sdk
    return plan(
        Inputs(
            workload=workload,
            runtime=profile,
            database=database,
            store=store,
            bounds=bounds or Bounds(),
            prices=prices,
        )
    )


def number(figure: Figure | None) -> float:
    """The value of a figure that must be there."""
    assert figure is not None
    return figure.value


@st.composite
def _mostly(
    draw: st.DrawFn, usual: st.SearchStrategy[float], ends: tuple[float, float], all_of_them: st.SearchStrategy[float]
) -> float:
    """What is usual eight times in ten: with every number at an end no two would ever be compared."""
    pick = draw(st.integers(0, 9))
    return draw(usual if pick < 8 else all_of_them if pick == 8 else st.sampled_from(ends))


def numbers(low: float, high: float, *, usual: tuple[float, float]) -> st.SearchStrategy[float]:
    """Numbers from ``low`` to ``high``, both included."""
    return _mostly(st.floats(*usual), (low, high), st.floats(low, high))


def positive(high: float, *, usual: tuple[float, float]) -> st.SearchStrategy[float]:
    """The same from the least number above 0."""
    return numbers(5e-324, high, usual=usual)


def whole(low: int, high: int, *, usual: tuple[int, int]) -> st.SearchStrategy[int]:
    """Whole numbers."""
    return _mostly(st.integers(*usual), (low, high), st.integers(low, high))  # type: ignore[return-value]


_counts = whole(1, 100_000, usual=(1, 200))
tools = st.lists(
    st.builds(
        Tool,
        name=st.text("abcdefgh", min_size=1, max_size=3),
        share_percent=positive(100, usual=(0.1, 100)),
        duration_milliseconds=positive(86_400_000, usual=(1, 20_000)),
        p95_milliseconds=st.none() | positive(86_400_000, usual=(1, 60_000)),
        cpu_milliseconds=numbers(0, 86_400_000, usual=(0, 2000)),
        response_kib=numbers(0, 1e6, usual=(0, 500)),
        queries=numbers(0, 10_000, usual=(0, 10)),
        query_milliseconds=st.none() | positive(3_600_000, usual=(1, 1000)),
    ),
    max_size=4,
    unique_by=lambda tool: tool.name,
).map(tuple)
era_shares = st.dictionaries(st.sampled_from(ERAS), numbers(0, 100, usual=(1, 100))).filter(
    lambda shares: not shares or any(shares.values())
)
days = st.lists(numbers(0, 1e9, usual=(0, 500)), min_size=24, max_size=24).filter(any).map(tuple)
loads = st.one_of(
    st.fixed_dictionaries({"daily_users": positive(1e9, usual=(1, 1e5))}),
    st.fixed_dictionaries({"peak_sessions": positive(1e9, usual=(1, 1e5))}),
    st.fixed_dictionaries({"sessions_by_hour": days}),
    st.fixed_dictionaries({"sessions_by_hour": days, "peak_sessions": positive(1e9, usual=(1, 1e5))}),
)
workloads = st.builds(
    lambda load, **rest: Workload(**load, **rest),
    loads,
    sessions_per_user=positive(1e9, usual=(0.1, 20)),
    session_minutes=positive(1440, usual=(1, 240)),
    session_p95_minutes=st.none() | positive(100_000, usual=(1, 1000)),
    peak_factor=numbers(1, 1000, usual=(1, 10)),
    headroom_percent=numbers(0, 1000, usual=(0, 100)),
    eras=st.lists(st.sampled_from(ERAS), unique=True).map(tuple),
    era_percent=era_shares,
    sessions_per_pod=_counts,
    tools=tools,
    think_seconds=numbers(0, 86_400, usual=(0, 60)),
    concurrent_calls=st.none() | _counts,
    heavy_calls=st.none() | whole(0, 100_000, usual=(0, 50)),
    heavy_call_cpu_milliseconds=st.none() | numbers(0, 1e6, usual=(0, 1000)),
    response_kib=st.none() | numbers(0, 1e6, usual=(0, 500)),
    session_mib=numbers(0, 100_000, usual=(0, 10)),
    workers=st.none() | whole(1, 100_000, usual=(1, 16)),
    call_slots=st.none() | _counts,
    wait_p95_milliseconds=positive(3_600_000, usual=(10, 10_000)),
)
databases = st.builds(
    Database,
    kind=st.sampled_from(["postgres"] * 6 + list(SINGLE_WRITERS)),
    max_connections=whole(1, 1_000_000, usual=(20, 5000)),
    reserved_connections=whole(0, 1_000_000, usual=(0, 20)),
    share_percent=positive(100, usual=(10, 100)),
    shared_by_regions=whole(1, 100, usual=(1, 3)),
    query_milliseconds=positive(3_600_000, usual=(1, 2000)),
    pool_size=st.none() | whole(1, 100_000, usual=(1, 50)),
    pooler=st.sampled_from(["none", "pgbouncer"]),
    pooler_instances=whole(1, 50, usual=(1, 5)),
    pooler_pool_size=st.none() | whole(1, 100_000, usual=(1, 100)),
)
stores = st.builds(
    StateStore,
    max_clients=whole(1, 10_000_000, usual=(50, 20_000)),
    reserved_clients=whole(0, 10_000_000, usual=(0, 50)),
    connections_per_pod=_counts,
    share_percent=positive(100, usual=(10, 100)),
    shared_by_regions=whole(1, 100, usual=(1, 3)),
)
prices = st.builds(
    Prices,
    core_hour=numbers(0, 1e6, usual=(0, 1)),
    gib_hour=numbers(0, 1e6, usual=(0, 1)),
    currency=st.sampled_from(["", "EUR"]),
)
_sizes = st.none() | whole(0, 2**63, usual=(0, 64_000))
_memories = st.none() | whole(0, 2**63, usual=(0, 2**37))
bounds = st.builds(
    Bounds,
    min_replicas=st.none() | whole(0, 100_000, usual=(0, 50)),
    max_replicas=st.none() | whole(1, 100_000, usual=(1, 100)),
    production=st.booleans(),
    zones=st.integers(1, 10),
    cpu_percent_of_limit=positive(100, usual=(30, 90)),
    surge_percent=st.integers(0, 100),
    quota_pods=_sizes,
    quota_cpu_millicores=_sizes,
    quota_memory_bytes=_memories,
    cpu_request_millicores=_sizes,
    cpu_limit_millicores=_sizes,
    memory_request_bytes=_memories,
    memory_limit_bytes=_memories,
    beside_cpu_millicores=whole(0, 2**63, usual=(0, 1000)),
    beside_memory_bytes=whole(0, 2**63, usual=(0, 2**30)),
    starting_cpu_millicores=whole(0, 2**63, usual=(0, 4000)),
    starting_memory_bytes=whole(0, 2**63, usual=(0, 2**32)),
    in_memory_bytes=whole(0, 2**63, usual=(0, 2**30)),
    pooler_cpu_millicores=whole(0, 2**63, usual=(0, 1000)),
    pooler_memory_bytes=whole(0, 2**63, usual=(0, 2**30)),
    colours=st.integers(1, 2),
)
_by_era = st.dictionaries(st.sampled_from(ERAS), numbers(0, 1e9, usual=(0, 200)))
runtimes = st.sampled_from(list(RUNTIMES.values())) | st.builds(
    RuntimeProfile,
    name=st.just("measured"),
    baseline_mib=numbers(0, 1e9, usual=(20, 500)),
    registry_mib=numbers(0, 1e9, usual=(0, 50)),
    session_kib=_by_era,
    call_cpu_milliseconds=_by_era,
    base_cpu_millicores=numbers(0, 1e9, usual=(0, 400)),
    baseline_descriptors=st.none() | numbers(0, 1e9, usual=(5, 100)),
    session_descriptors=_by_era,
    heap_flag=st.booleans(),
    one_loop=st.booleans(),
    measured=st.booleans(),
    source=st.just("measured"),
)


def _together(
    workload: Workload,
    profile: RuntimeProfile,
    database: dict[str, object] | None,
    store: dict[str, object] | None,
    limits: Bounds,
    paid: Prices | None,
) -> Inputs:
    """Inputs in which the colours are the same everywhere."""
    both = {"colours": limits.colours}
    return Inputs(
        workload=workload,
        runtime=profile,
        database=None if database is None else Database(**{**database, **both}),  # type: ignore[arg-type]
        store=None if store is None else StateStore(**{**store, **both}),  # type: ignore[arg-type]
        bounds=limits,
        prices=paid,
    )


inputs = st.builds(
    _together,
    workloads,
    runtimes,
    st.none() | databases.map(vars),
    st.none() | stores.map(vars),
    bounds,
    st.none() | prices,
)
"""Everything that can be put together."""


def _crowded(database: dict[str, object], limits: dict[str, object], colours: int, users: float) -> Inputs:
    return Inputs(
        workload=Workload(daily_users=users),
        runtime=NODE,
        database=Database(**database, colours=colours),  # type: ignore[arg-type]
        bounds=Bounds(**limits, colours=colours),  # type: ignore[arg-type]
        prices=Prices(core_hour=0.03, gib_hour=0.004),
    )


crowded = st.builds(
    _crowded,
    st.fixed_dictionaries(
        {
            "max_connections": st.integers(1, 400),
            "reserved_connections": st.integers(0, 20),
            "share_percent": st.floats(10, 100),
            "shared_by_regions": st.integers(1, 3),
            "query_milliseconds": st.floats(10, 3000),
            "pool_size": st.none() | st.integers(1, 60),
            "pooler": st.sampled_from(["none", "none", "pgbouncer"]),
            "pooler_instances": st.integers(1, 8),
            "pooler_pool_size": st.none() | st.integers(1, 60),
        }
    ),
    st.fixed_dictionaries(
        {
            "min_replicas": st.none() | st.integers(0, 10),
            "max_replicas": st.none() | st.integers(1, 40),
            "production": st.booleans(),
            "surge_percent": st.integers(0, 100),
        }
    ),
    st.integers(1, 2),
    st.floats(1, 3000),
)
"""Inputs whose budget closes rarely."""
