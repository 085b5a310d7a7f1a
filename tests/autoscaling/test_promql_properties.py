"""What is read in a query, held against a small Prometheus: random queries over random series.

Each query is drawn together with what it returns, so nothing here reads PromQL: a query is its text, and a function
from the series that there are to the labels of those that it returns. Values are left out: a comparison keeps all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from hypothesis import example, given
from hypothesis import strategies as st

from pulumi_kubernetes_mcp.autoscaling.spec import Series, read

Labels = frozenset[tuple[str, str]]
Answer = frozenset[Labels]
World = Mapping[str, Answer]
"""Metric to the labels of its series."""

METRICS = ("calls", "others", "seconds_bucket")
LABELS = ("pod", "zone", "le")
NONE: Labels = frozenset()
EMPTY: World = dict.fromkeys(METRICS, frozenset())


@dataclass(frozen=True)
class Query:
    """An instant vector: its text, and what it returns."""

    text: str
    answer: Callable[[World], Answer] = field(repr=False)


def picked(name: str, label: str, value: str) -> Query:
    return Query(
        f'{name}{{{label}="{value}"}}', lambda world: frozenset(one for one in world[name] if (label, value) in one)
    )


def selectors() -> st.SearchStrategy[Query]:
    names = st.sampled_from(METRICS)
    whole = names.map(lambda name: Query(name, lambda world: world[name]))
    return whole | st.builds(picked, names, st.sampled_from(LABELS), st.sampled_from(("a", "b")))


numbers = st.sampled_from(["0", "1", "2.5", "-1", "1e3", "time()", "scalar(sum(calls))", "NaN"])


def mapped(before: str, after: str, of: Query) -> Query:
    """A function that leaves the series as they are."""
    return Query(f"{before}{of.text}{after}", of.answer)


def functions(inner: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    shapes = [
        ("abs(", ")"),
        ("-(", ")"),
        ("((", "))"),
        ("clamp_max(", ", 5)"),
        ("rate((", ")[5m:1m])"),
        ("max_over_time((", ")[5m:])"),
        ("quantile_over_time(0.9, (", ")[1h:1m])"),
        ("sort_desc(", ")"),
    ]
    return st.builds(lambda shape, of: mapped(*shape, of), st.sampled_from(shapes), inner)


def kept(labels: Labels, names: tuple[str, ...]) -> Labels:
    return frozenset(label for label in labels if label[0] in names)


def aggregated(name: str, grouping: str, names: tuple[str, ...], before: bool, of: Query) -> Query:
    clause = f" {grouping} ({', '.join(names)}) " if grouping else ""
    text = f"{name}{clause}({of.text})" if before else f"{name}({of.text}){clause}"
    left = names if grouping != "without" else tuple(label for label in LABELS if label not in names)
    return Query(text, lambda world: frozenset(kept(one, left if grouping else ()) for one in of.answer(world)))


def aggregations(inner: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    names = st.sampled_from(("sum", "avg", "max", "min", "count", "stddev", "group"))
    labels = st.lists(st.sampled_from(LABELS), unique=True, max_size=2).map(tuple)
    grouped = st.builds(aggregated, names, st.sampled_from(("by", "without")), labels, st.booleans(), inner)
    return grouped | st.builds(aggregated, names, st.just(""), st.just(()), st.booleans(), inner)


def first(count: int, of: Query) -> Callable[[World], Answer]:
    return lambda world: frozenset(sorted(of.answer(world), key=sorted)[:count])


def others(inner: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    """Functions and aggregations that change the series in a way of their own."""
    return st.one_of(
        st.builds(
            lambda name, count, of: Query(f"{name}({count}, {of.text})", first(count, of)),
            st.sampled_from(("topk", "bottomk", "limitk")),
            st.integers(1, 3),
            inner,
        ),
        inner.map(lambda of: Query(f"absent({of.text})", lambda world: frozenset() if of.answer(world) else {NONE})),
        inner.map(
            lambda of: Query(
                f"histogram_quantile(0.9, {of.text})",
                lambda world: frozenset(
                    kept(one, ("pod", "zone")) for one in of.answer(world) if any(name == "le" for name, _ in one)
                ),
            )
        ),
        inner.map(
            lambda of: Query(
                f"label_replace({of.text}, 'zone', 'all', '', '')",
                lambda world: frozenset(kept(one, ("pod", "le")) | {("zone", "all")} for one in of.answer(world)),
            )
        ),
        inner.map(
            lambda of: Query(
                f"count_values('zone', {of.text})",
                lambda world: frozenset(frozenset({("zone", str(place))}) for place, _ in enumerate(of.answer(world))),
            )
        ),
    )


def matched(operator: str, left: Answer, right: Answer) -> Answer:
    """What two vectors give: those of equal labels, or what a set operator keeps."""
    if operator == "or":
        return left | right
    if operator == "unless":
        return left - right
    if operator == "and on ()":
        return left if right else frozenset()
    if operator == "or on ()":
        return left or right
    if operator == "unless on ()":
        return frozenset() if right else left
    if operator.endswith("fill (0)"):
        return left | right
    if operator.endswith("fill_left (0)"):
        return right
    return left & right


def binaries(inner: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    plain = ["+", "-", "*", "/", "^", "%", "atan2", ">", "== bool", "!=", "<= bool"]
    sets = ["and", "or", "unless", "and on ()", "or on ()", "unless on ()"]
    filled = ["+ fill (0)", "* fill_left (0)"]
    two = st.builds(
        lambda operator, left, right: Query(
            f"({left.text}) {operator} ({right.text})",
            lambda world: matched(operator, left.answer(world), right.answer(world)),
        ),
        st.sampled_from(plain + sets + filled),
        inner,
        inner,
    )
    return st.one_of(
        two,
        st.builds(
            lambda of, sign, number: mapped("(", f") {sign} {number}", of), inner, st.sampled_from(plain), numbers
        ),
        st.builds(
            lambda of, sign, number: mapped(f"{number} {sign} (", ")", of), inner, st.sampled_from(plain), numbers
        ),
    )


def always(_: World) -> Answer:
    """What answers whatever there is: one series without labels."""
    return frozenset({NONE})


numbered = st.sampled_from(["vector(0)", "vector(time())", "hour()"]).map(lambda text: Query(text, always))
queries = st.recursive(
    selectors() | numbered,
    lambda inner: st.one_of(functions(inner), aggregations(inner), others(inner), binaries(inner)),
    max_leaves=6,
)


def series_of(*names: str) -> st.SearchStrategy[Answer]:
    one = st.fixed_dictionaries({name: st.sampled_from(("a", "b")) for name in names})
    return st.frozensets(one.map(lambda labels: frozenset(labels.items())), max_size=6)


worlds = st.fixed_dictionaries(
    {
        "calls": series_of("pod", "zone"),
        "others": series_of("pod", "zone"),
        "seconds_bucket": series_of("pod", "le"),
    }
)
FULL: World = {
    name: frozenset(frozenset({("pod", pod), (other, value)}) for pod in "ab" for value in "ab")
    for name, other in (("calls", "zone"), ("others", "zone"), ("seconds_bucket", "le"))
}


@given(queries)
def test_every_query_of_the_grammar_is_read(query: Query) -> None:
    reading = read(query.text)
    assert (reading.wrong, reading.unread) == ("", "")
    assert reading.series is not Series.NUMBER


@given(queries, worlds)
def test_what_returns_one_series_never_returns_two(query: Query, world: World) -> None:
    if read(query.text).single:
        for there in (world, FULL):
            assert len(query.answer(there)) <= 1, query.text


@given(queries)
@example(Query("(vector(0)) or (sum(calls))", always))
@example(Query("hour()", always))
def test_what_answers_without_any_metric_hides_an_outage(query: Query) -> None:
    if query.answer(EMPTY):
        assert read(query.text).hides_outage, query.text
