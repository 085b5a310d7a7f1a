"""How many series a PromQL expression returns, as far as it can be said without asking."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pulumi_kubernetes_mcp.autoscaling.spec import Reading, Series, read, single_series
from pulumi_kubernetes_mcp.autoscaling.spec.promql import MOST_PARTS
from tests.table import table

ONE = [
    'sum(calls{namespace="shop",pod=~"orders-[a-z0-9]+-[a-z0-9]{5}"})',
    "sum( calls )",
    "sum(rate(calls_total[5m]))",
    "sum(rate(calls_total[5m:30s]))",
    "sum(max_over_time(calls[10m])) * 2 + 1",
    "2 * sum(calls)",
    "-sum(calls)",
    "sum(a) + sum(b)",
    "sum(a) / 3",
    "sum(a) + sum(b) or sum(c)",
    "sum(calls offset 5m)",
    "sum(calls offset -5m)",
    "sum(calls @ end()) + sum(calls @ 1700000000)",
    "sum(calls) / step()",
    "max(calls)",
    "quantile(0.9, calls)",
    "count(up == 1)",
    "sum by () (calls)",
    "sum(calls) by ()",
    "sum without (pod) (sum(calls))",
    "sum by (pod) (sum(calls))",
    "topk(1, calls)",
    "ceil(sum(calls))",
    "clamp_max(sum(calls), 100)",
    "label_replace(sum(calls), 'a', 'b', 'c', 'd')",
    "histogram_quantile(0.95, sum by (le) (rate(seconds_bucket[5m])))",
    "vector(3)",
    "vector(scalar(sum(calls)))",
    "sum(calls) > 5",
    "sum(calls) > bool 5",
    "sum(calls) and on () vector(1)",
    "((sum(calls)))",
    "sum(mcp:calls:sum) # a recording rule",
    "absent(calls)",
    "sum(calls{tool='a,b(c)'})",
    "sum(calls{tool=`{`})",
    'sum({"mcp.calls", "mcp.tool"="a"})',
    "SUM(calls)",
    "topk(3, sum(calls))",
    "sum(histogram_count(rate(seconds[5m])))",
    "double_exponential_smoothing(sum(calls)[5m:], 0.5, 0.5)",
    "deg(sum(calls))",
    "sum without (pod) (label_replace(sum(calls), 'a', 'b', 'c', 'd'))",
]
SEVERAL = [
    "calls",
    '{__name__="calls"}',
    'calls{pod="a"}',
    "rate(calls[5m])",
    "sum by (pod) (calls)",
    "sum(calls) by (pod)",
    "sum without (instance) (calls)",
    "topk(3, calls)",
    "count_values('version', build_info)",
    "calls * 2",
    "2 * calls",
    "calls + calls",
    "sum by (pod) (calls) / 2",
    "histogram_quantile(0.95, sum by (le, pod) (rate(seconds_bucket[5m])))",
    "histogram_quantile(0.95, seconds_bucket)",
    "histogram_quantile(0.95, rate(seconds_bucket[5m]))",
    "histogram_quantile(0.95, sum without (le) (rate(seconds_bucket[5m])))",
    "calls or sum(calls)",
    "calls and sum(calls)",
    "label_replace(calls, 'a', 'b', 'c', 'd')",
    "calls offset 5m",
    "topk((1), calls)",
    "limit_ratio(1, calls)",
    "info(calls)",
    "histogram_quantiles(sum by (le) (rate(seconds_bucket[5m])), 'q', 0.5, 0.9)",
    "sum(count_values('version', build_info)) or calls",
]
NUMBERS = ["scalar(sum(calls))", "3", "time()", "scalar(sum(calls)) + 1", "0x1F", "1e3", "Inf", "'text'", "5m", "-pi()"]
UNKNOWN = [
    "",
    "sum(",
    "sum()",
    "sum(calls))",
    "sum(calls) sum(calls)",
    "calls * sum(calls)",
    "sum(a) / on () sum(b)",
    "sum(a) / ignoring (x) group_left sum by (y) (b)",
    "topk(1, calls) or sum(calls)",
    "topk(1, a) + sum(b) or sum(c)",
    "holt(sum(calls))",
    "sum(calls) §",
    "sum by (pod",
    "sum(calls{pod=",
    "~sum(calls)",
    "sum(calls) offset 5m",
    "sum(a) + fill (0) sum(b)",
    "label_replace(sum(a), 'a', 'b', 'c', 'd') or sum(b)",
]


@table("query", ONE)
def test_one_series(query: str) -> None:
    assert single_series(query) is True


@table("query", SEVERAL)
def test_several_series(query: str) -> None:
    assert single_series(query) is False
    assert read(query).series is Series.SEVERAL


@pytest.mark.parametrize("query", NUMBERS)
def test_a_number_is_no_series(query: str) -> None:
    """KEDA decodes vectors only: the answer to a scalar has another shape."""
    assert single_series(query) is False
    assert read(query).series is Series.NUMBER


@table("query", UNKNOWN)
def test_what_is_not_known_is_no_error(query: str) -> None:
    assert single_series(query) is None


@table(
    "query, averages",
    [
        ("avg(calls)", True),
        ("sum(calls) / count(calls)", True),
        ("sum(calls) / count(up)", True),
        ("ceil(avg(calls))", True),
        ("ceil(sum(calls)) / count(calls)", True),
        ("max_over_time(sum(calls)[10m:]) / count(calls)", True),
        ("avg(calls) * 10", True),
        ("(sum(calls)) / (count(calls))", True),
        ("sum(calls)", False),
        ("sum(calls) / 2", False),
        ("sum(calls) * count(calls)", False),
        ("sum(avg by (pod) (calls))", False),
        ("avg_over_time(calls[5m])", False),
        ("sum(avg_over_time(calls[5m]))", False),
        ("max(calls)", False),
    ],
)
def test_averages(query: str, averages: bool) -> None:
    assert read(query).averages is averages


@table(
    "query, hides",
    [
        ("sum(calls) or vector(0)", True),
        ("sum(calls or vector(0))", True),
        ("max(sum(calls) or vector(0))", True),
        ("sum(calls) + vector(0)", True),
        ("absent(calls)", True),
        ("vector(0) or sum(calls)", True),
        ("sum(calls or vector(0)) without (pod)", True),
        ("sum(count_values('v', calls or vector(0)))", True),
        ("sum(calls) or hour()", True),
        ("sum(a) + fill (0) sum(b)", True),
        ("sum(a) + fill_left (0) sum(b)", True),
        ("sum(a) + fill_right (0) sum(b)", True),
        ("hour(sum(calls))", False),
        ("clamp_max(sum(calls), scalar(vector(5)))", False),
        ("sum(calls) + scalar(vector(5))", False),
        ("sum(calls) or sum(others)", False),
        ("sum(calls)", False),
        ("scalar(sum(calls))", False),
        ("sum(calls) and vector(1)", False),
    ],
)
def test_an_outage_that_does_not_show(query: str, hides: bool) -> None:
    assert read(query).hides_outage is hides


@table(
    "query, averages, part",
    [
        ("quantile(0.9, calls)", True, "quantile"),
        ("stddev(calls)", True, "stddev"),
        ("stdvar(calls)", True, "stdvar"),
        ("histogram_quantile(0.95, sum by (le) (rate(seconds_bucket[5m])))", True, "histogram_quantile"),
        ("histogram_fraction(0, 0.2, sum by (le) (rate(seconds_bucket[5m])))", True, "histogram_fraction"),
        ("histogram_avg(sum(rate(seconds[5m])))", True, "histogram_avg"),
        ("histogram_stddev(sum(rate(seconds[5m])))", True, "histogram_stddev"),
        ("histogram_stdvar(sum(rate(seconds[5m])))", True, "histogram_stdvar"),
        ("histogram_quantiles(sum(rate(seconds[5m])), 'q', 0.5)", True, "histogram_quantiles"),
        ("histogram_sum(sum(rate(seconds[5m])))", False, ""),
        ("limitk(1, calls)", False, "limitk"),
        ("limit_ratio(0.5, calls)", False, "limit_ratio"),
        ("sum(x) / scalar(count(y))", True, "sum( ) / count"),
        ("2 * avg(calls)", True, "avg"),
        ("avg(calls) or sum(others)", True, "avg"),
        ("max(calls) or sum(others)", False, "max"),
        ("sum(calls) or max(others)", False, ""),
        ("max(avg(calls))", True, "avg"),
        ("max(calls)", False, "max"),
        ("ceil(min(calls)) * 2", False, "min"),
        ("topk(1, calls)", False, "topk"),
        ("bottomk(1, calls)", False, "bottomk"),
        # The total of one series is that series, and the average times the count is the sum.
        ("max(sum(calls))", False, ""),
        ("max(max_over_time(sum(calls)[10m:]))", False, ""),
        ("avg(calls) * scalar(count(calls))", False, ""),
        ("sum(max by (pod) (calls))", False, ""),
        ("count(up == 1)", False, ""),
        ("sum(calls)", False, ""),
    ],
)
def test_what_is_no_total(query: str, averages: bool, part: str) -> None:
    reading = read(query)
    assert (reading.averages, reading.part, reading.partial) == (averages, part, bool(part) and not averages)


@pytest.mark.parametrize(
    ("query", "filters"),
    [
        ("sum(x) > 10", True),
        ("10 < sum(x)", True),
        ("(sum(x) > 10) * 2", True),
        ("ceil(sum(x) == 3)", True),
        ("sum(sum(x) > 10)", True),
        ("sum(x) and sum(y) > 5", True),
        ("sum(x) > bool 10", False),
        ("sum(x) > 10 or sum(x) * 0", False),
        ("count(up == 1)", False),
        ("sum(x)", False),
    ],
)
def test_a_comparison_drops_what_it_does_not_hold_for(query: str, filters: bool) -> None:
    assert read(query).filters is filters


@table(
    "query, wrong",
    [
        ("", "The query is empty."),
        ("  ", "The query is empty."),
        ("# a comment", "The query is empty."),
        ("sum(x", "A '(' is not closed."),
        ("sum(x{pod='a'", "A '{' is not closed."),
        ("sum(rate(x[5m", "A '[' is not closed."),
        ("sum(x{pod='a')", "Prometheus cannot read it: unexpected character inside braces: ')'."),
        ("sum(x))", "A ')' closes nothing."),
        ("sum(x)]", "A ']' closes nothing."),
        ("sum(x)}", "A '}' closes nothing."),
        ("sum(x{pod='a})", "A quote is not closed."),
        ("sum(x) sum(x)", "It is no expression of PromQL."),
        ("sum(x) by pod", "It is no expression of PromQL."),
        ("sum(x) §", "Prometheus cannot read it: unexpected character: '§'."),
        ("sum(rate(x[$__rate_interval]))", "Prometheus cannot read it: unexpected character inside brackets: '$'."),
        ("sum(rate(x))", "Prometheus cannot read it: expected type matrix in call to function 'rate', got vector."),
        (
            "sum(x) offset 5m",
            "Prometheus cannot read it: offset modifier must be preceded by an vector selector or matrix selector or a "
            "subquery.",
        ),
        ("sum(x)[5m:1m]", "It returns a range of samples, and KEDA takes one number."),
        ("(x[5m])", "It returns a range of samples, and KEDA takes one number."),
        ("x[5m] offset 5m", "It returns a range of samples, and KEDA takes one number."),
        ("max_over_time(sum(x)[5m:1m])", ""),
        ("sum(rate(x[5m]))", ""),
        ("sum(x{pod=~'(('})", ""),
        ("holt(sum(x))", ""),
    ],
)
def test_what_nobody_can_read(query: str, wrong: str) -> None:
    reading = read(query)
    assert reading.wrong == wrong
    if wrong and not wrong.startswith("It returns a range"):
        assert reading == Reading(Series.UNKNOWN, False, False, False, "", "", False, wrong=wrong)


@pytest.mark.parametrize(
    ("query", "unread"),
    [
        ("sum(holt(x))", "It has the function 'holt', which is not known here."),
        ("sum(x{pod=~'(('})", "It has the regular expression '((', which cannot be read here."),
        # Go reads this one.
        ("sum(x{pod=~'[[]'})", "It has the regular expression '[[]', which cannot be read here."),
        ("sum(rate(x[5m * 2]))", "It has a duration that cannot be read here."),
        ("sum(rate(x[step()]))", "It has a duration that cannot be read here."),
        ("sum(rate(x[1.5m]))", "It has a duration that cannot be read here."),
        ("sum(x offset (5m))", "It has 'offset (', which is not known here."),
        ("sum(rate(x[5m] smoothed))", "It has 'smoothed', which is not known here."),
        ("sum(x) keep_metric_names", "It has 'keep_metric_names', which is not known here."),
        ("sum(x)", ""),
        ("sum(x", ""),
    ],
)
def test_what_another_prometheus_may_read(query: str, unread: str) -> None:
    reading = read(query)
    assert reading.unread == unread
    if unread:
        assert reading == Reading(Series.UNKNOWN, False, False, False, "", "", False, unread=unread)


@pytest.mark.grid
def test_a_panic_of_the_parser_is_no_traceback() -> None:
    """Its class is no ``Exception``; Prometheus refuses such a duration as well."""
    assert read("sum(rate(x[1e999]))").unread.startswith("It cannot be read here: cannot convert float seconds")


@pytest.mark.parametrize(
    "shape",
    [
        lambda many: "(" * many + "sum(x)" + ")" * many,
        lambda many: "-" * many + "sum(x)",
        lambda many: " + ".join(["sum(x)"] * (many // 2 + 1)),
        lambda many: "ceil(" * many + "sum(x)" + ")" * many,
        lambda many: " or ".join(["sum(x)"] * (many // 2 + 1)),
        lambda many: "sum(x) > " + " ^ ".join(["2"] * (many - 1)),
    ],
)
def test_a_tree_too_deep_for_the_parser_is_not_read(shape: Callable[[int], str]) -> None:
    assert read(shape(MOST_PARTS - 1)).single is True
    for many in (2 * MOST_PARTS, 20_000):
        reading = read(shape(many))
        assert (reading.series, reading.unread) == (
            Series.UNKNOWN,
            f"It has more than {MOST_PARTS} operators and brackets.",
        )


def test_what_is_text_makes_no_tree_deep() -> None:
    noise = "(+ or -)" * MOST_PARTS
    assert read(f"sum(x{{a='{noise}',b!=\"\\\"{noise}\",c=`{noise}`}}) # don't {noise}").single is True


@pytest.mark.grid
def test_the_parser_is_imported_only_for_a_query() -> None:
    code = (
        "import sys, pulumi_kubernetes_mcp.cli, pulumi_kubernetes_mcp.autoscaling.spec as spec\n"
        "assert 'promql_parser' not in sys.modules\n"
        "assert spec.read('sum(x)').single and 'promql_parser' in sys.modules\n"
    )
    subprocess.run(
        [sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    )


@pytest.mark.parametrize(
    ("query", "hider"),
    [
        ("sum(x) or vector(0)", "or vector"),
        ("sum(x or vector(0))", "or vector"),
        ("vector(5)", "vector"),
        ("absent(x)", "absent"),
        ("absent_over_time(x[5m])", "absent_over_time"),
        ("vector(5) or sum(x)", "vector"),
        ("sum(x) or hour()", "or hour"),
        ("sum(x) + fill (0) sum(y)", "fill"),
        ("sum(x)", ""),
    ],
)
def test_what_hides_an_outage_is_named(query: str, hider: str) -> None:
    assert read(query).hider == hider


words = st.sampled_from(
    ["sum", "calls", "(", ")", "by", "without", "{", "}", "[", "]", "5m", "or", "/", "+", "-", ",", "'a'", "1", "pod",
     "offset", "@", "on", "bool", "rate", "topk", "=", ">", "^"]
)  # fmt: skip


@pytest.mark.grid
@given(st.lists(words, max_size=14).map(" ".join) | st.text(max_size=30))
@example("# '\n" + "x + " * 5_000 + "x # '")
@example("sum(x) offset NaN")
@example("x\ud800")
def test_no_text_breaks_it(query: str) -> None:
    reading = read(query)
    assert single_series(query) is reading.single
    assert not (reading.wrong and reading.unread)
    assert reading.single is None or not reading.unread
