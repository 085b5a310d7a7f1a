"""What KEDA makes of a parsed PromQL expression: its series, and whether they are a total that shows an outage."""

from __future__ import annotations

from dataclasses import dataclass, replace

from promql_parser import (
    AggModifierType,
    AggregateExpr,
    BinaryExpr,
    BinModifier,
    Call,
    Expr,
    MatrixSelector,
    NumberLiteral,
    ParenExpr,
    StringLiteral,
    SubqueryExpr,
    UnaryExpr,
    ValueType,
    VectorSelector,
)

from .promql import Series

SELECTIONS = frozenset({"topk", "bottomk", "limitk", "limit_ratio"})
"""Aggregations that keep some of the series, with their labels."""
NO_TOTALS = frozenset({"avg", "quantile", "stddev", "stdvar"})
"""Aggregations that are never a total."""
ONES = SELECTIONS | {"min", "max"}
"""Aggregations that take one of the series, or some: a total only where the series is one."""
LABELLERS = frozenset({"label_replace", "label_join", "info"})
"""Functions that may give labels to a series that has none."""
ABSENCE = frozenset({"absent", "absent_over_time"})
OF_BUCKETS = frozenset({"histogram_quantile", "histogram_fraction"})
"""Functions that make one series of all buckets of a histogram."""
OF_HISTOGRAMS = OF_BUCKETS | {"histogram_quantiles", "histogram_avg", "histogram_stddev", "histogram_stdvar"}
"""Functions of what was observed, which are never a total."""
COMPARISONS = frozenset({"==", "!=", "<=", ">=", "<", ">"})


@dataclass(frozen=True)
class Value:
    """What an expression, or a part of one, returns."""

    series: Series
    kind: str = ""
    """Name of the outermost aggregation or function, empty for anything else."""
    by_bucket: bool = False
    """Whether it is grouped by ``le`` and nothing else."""
    hides: str = ""
    averages: str = ""
    part: str = ""
    filters: bool = False
    span: bool = False
    """Whether it is a range, of samples and not of a moment."""


def value_of(node: Expr) -> Value:
    """What an expression returns."""
    match node:
        case ParenExpr() | UnaryExpr():
            return value_of(node.expr)
        case NumberLiteral() | StringLiteral():
            return Value(Series.NUMBER)
        case VectorSelector():
            return Value(Series.SEVERAL)
        case MatrixSelector():
            return Value(Series.SEVERAL, span=True)
        case SubqueryExpr():
            return replace(value_of(node.expr), span=True)
        case AggregateExpr():
            return _aggregated(node)
        case Call():
            return _called(node)
        case BinaryExpr():
            return _combined(node)
    return Value(Series.UNKNOWN)


def _aggregated(node: AggregateExpr) -> Value:
    name, inner = str(node.op), value_of(node.expr)
    # Of one series without labels each of them is that series.
    whole = inner.series is Series.BARE
    by, labels = _grouping(node)
    if name == "count_values":
        return Value(Series.SEVERAL, name, hides=inner.hides)
    if labels if by else not whole:
        series = inner.series if inner.series.single else Series.SEVERAL
        return Value(series, name, by and labels == ["le"], inner.hides)
    series = Series.BARE
    if name in SELECTIONS:
        one = name != "limit_ratio" and isinstance(node.param, NumberLiteral) and node.param.val == 1
        series = Series.ONE if one or inner.series.single else Series.SEVERAL
    return Value(
        series,
        name,
        hides=inner.hides,
        averages=inner.averages if whole else name if name in NO_TOTALS else "",
        part=inner.part if whole else name if name in ONES else "",
        filters=inner.filters and whole,
    )


def _grouping(node: AggregateExpr) -> tuple[bool, list[str]]:
    """Whether it is ``by`` its labels, and not ``without``; all in one is by none."""
    if node.modifier is None:
        return True, []
    return node.modifier.type == AggModifierType.By, node.modifier.labels


def _called(node: Call) -> Value:
    name, values = node.func.name, [value_of(one) for one in node.args]
    vectors = [value for value in values if value.series is not Series.NUMBER]
    if node.func.return_type == ValueType.Scalar:
        # A number alone answers nothing: where the vector beside it is missing, nothing is there.
        counted = name == "scalar" and values[0].kind == "count"
        return Value(Series.NUMBER, "count" if counted else name)
    if not vectors:
        # vector( ), and the clock: hour( ) and its like.
        return Value(Series.BARE, name, hides=name)
    if name in ABSENCE:
        return Value(Series.ONE, name, hides=name)
    if name in OF_HISTOGRAMS:
        one = name in OF_BUCKETS and vectors[0].by_bucket
        series = Series.SEVERAL if name == "histogram_quantiles" else Series.BARE if one else vectors[0].series
        return Value(series, name, hides=vectors[0].hides, averages=name)
    # Each of the others returns as many series as its vector has; what is asked over a time is a moment again.
    series = Series.ONE if name in LABELLERS and vectors[0].series is Series.BARE else vectors[0].series
    return replace(vectors[0], series=series, by_bucket=False, span=False)


def _combined(node: BinaryExpr) -> Value:
    """The value of two values with an operator between them."""
    operator, left, right = str(node.op).lower(), value_of(node.lhs), value_of(node.rhs)
    hides = left.hides or right.hides
    filters = left.filters or right.filters
    if operator in ("and", "unless"):
        return replace(left, kind="", by_bucket=False, filters=filters)
    if operator == "or":
        return _either(left, right)
    averages, part = _shared(operator, left, right)
    how = node.modifier
    if how is not None and _filled(how):
        hides = "fill"
    if operator in COMPARISONS and not (how is not None and how.return_bool):
        filters = True
    series = Series.UNKNOWN if how is not None and _matched(how) else _arithmetic(left.series, right.series)
    return Value(series, hides=hides, averages=averages, part=part, filters=filters)


def _either(left: Value, right: Value) -> Value:
    """The value of ``or``: the second answers where the first does not."""
    pair = {left.series, right.series}
    series = Series.BARE if pair == {Series.BARE} else Series.SEVERAL if Series.SEVERAL in pair else Series.UNKNOWN
    hides = f"or {right.hides.removeprefix('or ')}" if right.hides else left.hides
    return Value(series, hides=hides, part=left.part, averages=left.averages, filters=left.filters and right.filters)


def _filled(modifier: BinModifier) -> bool:
    """Whether a number stands in for a side that is missing."""
    return modifier.fill_values.lhs is not None or modifier.fill_values.rhs is not None


def _matched(modifier: BinModifier) -> bool:
    """Whether something is said about which series belong together, which only their labels could tell."""
    return modifier.matching is not None or modifier.group_labels is not None or _filled(modifier)


def _shared(operator: str, left: Value, right: Value) -> tuple[str, str]:
    """What averages, and what takes one of several, of two operands: a plain number beside it changes nothing."""
    if operator == "/" and left.kind == "sum" and right.kind == "count":
        return "sum( ) / count", ""
    if operator == "*" and "count" in (left.kind, right.kind):
        return "", ""
    for value, other in ((left, right), (right, left)):
        if other.series is Series.NUMBER:
            return value.averages, value.part
    return "", ""


def _arithmetic(left: Series, right: Series) -> Series:
    """Series that two operands give, element by element."""
    pair = {left, right}
    if Series.UNKNOWN in pair:
        return Series.UNKNOWN
    if Series.NUMBER in pair:
        return left if right is Series.NUMBER else right
    if Series.SEVERAL in pair:
        return Series.SEVERAL if pair == {Series.SEVERAL} else Series.UNKNOWN
    return Series.BARE if pair == {Series.BARE} else Series.ONE
