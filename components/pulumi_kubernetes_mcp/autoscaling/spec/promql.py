"""Whether a PromQL expression returns one series: KEDA takes exactly one number, and fails on a second.

A small reading of the language, honest about its limits: what it does not know is unknown, and not an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum


class Series(Enum):
    """How many series an expression returns at most."""

    NUMBER = "a number"
    """No vector at all, such as ``scalar(...)``; KEDA cannot decode such an answer."""
    BARE = "one series without labels"
    """What an aggregation over everything leaves."""
    ONE = "one series"
    SEVERAL = "several series"
    UNKNOWN = "unknown"

    @property
    def single(self) -> bool:
        """Whether KEDA gets one number from it."""
        return self in (Series.BARE, Series.ONE)


@dataclass(frozen=True)
class Reading:
    """What can be said about an expression without asking Prometheus."""

    series: Series
    averages: bool = False
    """It divides by the number of pods itself, which an average target does a second time."""
    hides_outage: bool = False
    """It gives a number where the metric is missing, so KEDA never learns of the outage."""
    partial: bool = False
    """It takes one of several series, which is no total unless the series is one already."""
    part: str = ""
    """The function that averages or takes one of several; empty for a total."""
    hider: str = ""
    """The function that answers where the metric is missing; empty where none does."""
    filters: bool = False
    """It has no answer while a comparison does not hold."""
    wrong: str = ""
    """Why nobody can read it, in a sentence; empty where that is not certain."""


class _UnreadableError(ValueError):
    """What is wrong for certain, in a sentence; empty where it is only unknown here."""


AGGREGATIONS = frozenset({"sum", "min", "max", "avg", "group", "stddev", "stdvar", "count", "quantile"})
SELECTIONS = frozenset({"topk", "bottomk", "limitk"})
"""Aggregations that keep so many of the series, with their labels."""
NO_TOTALS = frozenset({"avg", "quantile", "stddev", "stdvar"})
"""Aggregations that are never a total."""
ONES = SELECTIONS | {"min", "max"}
"""Aggregations that take one of the series, or some: a total only where the series is one."""
NUMBERS = frozenset({"scalar", "time", "pi"})
BARE_FUNCTIONS = frozenset(
    {"vector", "minute", "hour", "month", "year", "day_of_week", "day_of_month", "day_of_year", "days_in_month"}
)
ABSENCE = frozenset({"absent", "absent_over_time"})
RANGE_FUNCTIONS = frozenset({"rate", "irate", "increase", "delta", "idelta", "deriv", "predict_linear", "changes"})
ELEMENTWISE = RANGE_FUNCTIONS | frozenset(
    {"abs", "ceil", "floor", "round", "exp", "ln", "log2", "log10", "sqrt", "sgn", "clamp", "clamp_min", "clamp_max",
     "timestamp", "resets", "sort", "sort_desc", "label_replace", "label_join"}
)  # fmt: skip
"""Functions that return as many series as their argument has."""
_TOKEN = re.compile(
    r"""\s+|\#[^\n]*
    |(?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`)
    |(?P<duration>(?:\d+(?:ms|[smhdwy]))+)
    |(?P<number>0[xX][0-9a-fA-F]+|\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)
    |(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)
    |(?P<sign>==|!=|<=|>=|=~|!~|[-+*/%^<>=(){}\[\],@])""",
    re.VERBOSE,
)
_STRENGTH = {"or": 1, "and": 2, "unless": 2, "atan2": 5, "*": 5, "/": 5, "%": 5, "^": 6, "+": 4, "-": 4}
_COMPARISONS = frozenset({"==", "!=", "<=", ">=", "<", ">"})


@dataclass(frozen=True)
class _Value:
    series: Series
    kind: str = ""
    """Name of the outermost aggregation or function, empty for anything else."""
    grouped: tuple[str, ...] = ()
    hides: str = ""
    averages: str = ""
    part: str = ""
    filters: bool = False
    span: bool = False
    """Whether it is a range, of samples and not of a moment."""


def read(query: str) -> Reading:
    """What a query returns. Unknown for what this does not understand, also where Prometheus would refuse it."""
    try:
        parser = _Parser(query)
        if unbalanced := _unbalanced(parser.tokens):
            return Reading(Series.UNKNOWN, wrong=unbalanced)
        value = parser.expression(0)
        parser.expect_end()
    except _UnreadableError as error:
        return Reading(Series.UNKNOWN, wrong=str(error))
    return Reading(
        value.series,
        bool(value.averages),
        bool(value.hides),
        bool(value.part and not value.averages),
        value.averages or value.part,
        value.hides,
        value.filters,
        "It returns a range of samples, and KEDA takes one number." if value.span else "",
    )


_BRACKETS = {")": "(", "]": "[", "}": "{"}


def _unbalanced(tokens: Sequence[str]) -> str:
    """What is missing in an expression that cannot be whole; empty where nothing is."""
    if not tokens:
        return "The query is empty."
    opened: list[str] = []
    for token in tokens:
        if token in _BRACKETS.values():
            opened.append(token)
        elif token in _BRACKETS and (not opened or opened.pop() != _BRACKETS[token]):
            return f"A '{token}' closes nothing."
    return f"A '{opened[-1]}' is not closed." if opened else ""


def single_series(query: str) -> bool | None:
    """Whether a query returns one series at most; ``None`` where that cannot be said."""
    series = read(query).series
    return None if series is Series.UNKNOWN else series.single


class _Parser:
    """Recursive descent over the operators' strengths."""

    def __init__(self, text: str) -> None:
        self.tokens = list(_tokens(text))
        self.place = 0

    def expression(self, least: int) -> _Value:
        """An expression whose operators bind at least so strongly."""
        left = self.unary()
        while (strength := self.strength()) is not None and strength >= least:
            operator = self.next()
            matched, boolean = self.modifiers()
            # '^' is the only operator that groups to the right.
            right = self.expression(strength if operator == "^" else strength + 1)
            left = _combined(operator, left, right, matched)
            if operator in _COMPARISONS and not boolean:
                left = replace(left, filters=True)
        return left

    def strength(self) -> int | None:
        """How strongly the operator that comes next binds; ``None`` where none comes."""
        token = self.peek()
        return 3 if token in _COMPARISONS else _STRENGTH.get(token.lower())

    def unary(self) -> _Value:
        """An operand with its signs, then ranges, offsets and instants, which leave the series as they are."""
        while self.peek() in ("+", "-"):
            self.next()
        value = self.operand()
        while self.peek() in ("[", "@", "offset"):
            value = replace(value, span=value.span or self.peek() == "[")
            self.suffix()
        return value

    def operand(self) -> _Value:
        """A number, a text, a group, a function, an aggregation or a selector."""
        token = self.next()
        if token == "(":
            value = self.expression(0)
            self.expect(")")
            return value
        if token == "{":
            self.skip_braces()
            return _Value(Series.SEVERAL)
        if token[:1].isdigit() or token[:1] in ".\"'`" or token.lower() in ("inf", "nan"):
            return _Value(Series.NUMBER)
        if not re.match(r"[a-zA-Z_:]", token):
            raise _UnreadableError
        if token in AGGREGATIONS | SELECTIONS | {"count_values"} and self.peek() in ("(", "by", "without"):
            return self.aggregation(token)
        if self.peek() == "(":
            return _called(token, self.arguments())
        if self.peek() == "{":
            self.next()
            self.skip_braces()
        return _Value(Series.SEVERAL)

    def aggregation(self, name: str) -> _Value:
        """An aggregation, with its grouping before or after its arguments."""
        grouping = self.grouping()
        values = self.arguments()
        grouping = grouping or self.grouping()
        if not values:
            raise _UnreadableError
        hides = _first(value.hides for value in values)
        inner = values[-1]
        # Of one series without labels each of them is that series.
        whole = inner.series is Series.BARE
        averages = inner.averages if whole else name if name in NO_TOTALS else ""
        part = inner.part if whole else name if name in ONES else ""
        filters = inner.filters and whole
        if grouping is None or grouping == ("by",):
            if name in SELECTIONS:
                few = values[0].kind == "1" or values[-1].series.single
                series = Series.ONE if few else Series.SEVERAL
                return _Value(series, name, hides=hides, averages=averages, part=part, filters=filters)
            if name == "count_values":
                return _Value(Series.SEVERAL, name)
            return _Value(Series.BARE, name, hides=hides, averages=averages, part=part, filters=filters)
        if grouping == ("without",) and values[-1].series is not Series.BARE:
            return _Value(Series.SEVERAL, name)
        return _Value(Series.BARE if values[-1].series is Series.BARE else Series.SEVERAL, name, grouping, hides)

    def grouping(self) -> tuple[str, ...] | None:
        """``by`` or ``without`` and its labels."""
        if self.peek() not in ("by", "without"):
            return None
        word = self.next()
        self.expect("(")
        labels = []
        while (token := self.next()) != ")":
            if token != ",":
                labels.append(token)
        return (word, *labels)

    def arguments(self) -> list[_Value]:
        """The values between parentheses; a plain number has its text as kind."""
        self.expect("(")
        values: list[_Value] = []
        while self.peek() != ")":
            first = self.place
            value = self.expression(0)
            if self.place == first + 1 and value.series is Series.NUMBER:
                value = _Value(Series.NUMBER, self.tokens[first])
            values.append(value)
            if self.peek() == ",":
                self.next()
        self.expect(")")
        return values

    def modifiers(self) -> tuple[bool, bool]:
        """Skip ``bool``, and how vectors are matched; whether something is said about matching, and ``bool``."""
        matched = boolean = False
        while self.peek() in ("bool", "on", "ignoring", "group_left", "group_right"):
            if self.next() == "bool":
                boolean = True
                continue
            matched = True
            if self.peek() == "(":
                self.skip_group()
        return matched, boolean

    def suffix(self) -> None:
        """Skip a range, a subquery, an offset or an instant."""
        token = self.next()
        if token == "[":
            while self.next() != "]":
                pass
            return
        while self.peek() in ("+", "-"):
            self.next()
        if self.next() in ("start", "end"):
            self.skip_group()

    def skip_group(self) -> None:
        """Skip ``( ... )`` without another one inside."""
        self.expect("(")
        while self.next() != ")":
            pass

    def skip_braces(self) -> None:
        """Skip the matchers after an opening brace."""
        while self.next() != "}":
            pass

    def peek(self) -> str:
        """The token that comes next; empty at the end."""
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def next(self) -> str:
        """The token that comes next, taken."""
        token = self.peek()
        if not token:
            raise _UnreadableError
        self.place += 1
        return token

    def expect(self, token: str) -> None:
        """Take this token, or give up."""
        if self.next() != token:
            raise _UnreadableError

    def expect_end(self) -> None:
        """Give up if something is left."""
        if self.peek():
            raise _UnreadableError


def _tokens(text: str) -> Sequence[str]:
    found, place = [], 0
    # The words colon and equals inside brackets and braces are signs of their own.
    text = re.sub(r"\[([^\]]*)\]", lambda match: "[" + match[1].replace(":", " ") + "]", text)
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise _UnreadableError("A quote is not closed." if text[place] in "\"'`" else "")
        if match.lastgroup is not None:
            found.append(match[0])
        place = match.end()
    return found


def _called(name: str, values: list[_Value]) -> _Value:
    vectors = [value for value in values if value.series is not Series.NUMBER]
    hides = _first(value.hides for value in values)
    if name in NUMBERS:
        counted = name == "scalar" and values[:1] and values[0].kind == "count"
        return _Value(Series.NUMBER, "count" if counted else name, hides=hides)
    if name in BARE_FUNCTIONS and not vectors:
        return _Value(Series.BARE, name, hides=name if name == "vector" else "")
    if name in ABSENCE:
        return _Value(Series.ONE, name, hides=name)
    if name == "histogram_quantile" and len(vectors) == 1:
        by_bucket = vectors[0].grouped == ("by", "le")
        return _Value(Series.BARE if by_bucket else vectors[0].series, name, hides=hides, averages=name)
    if (name in ELEMENTWISE or name.endswith("_over_time")) and len(vectors) == 1:
        # What is asked over a time is a moment again.
        return replace(vectors[0], kind=name, grouped=(), hides=hides, span=False)
    return _Value(Series.UNKNOWN, name)


def _combined(operator: str, left: _Value, right: _Value, matched: bool) -> _Value:
    """The value of two values with an operator between them."""
    operator = operator.lower()
    hides = left.hides or right.hides
    averages, part = _shared(operator, left, right)
    filters = left.filters or right.filters
    if operator in ("and", "unless"):
        return replace(left, kind="", grouped=(), filters=filters, span=False)
    if operator == "or":
        bare = left.series is Series.BARE and right.series is Series.BARE
        several = Series.SEVERAL in (left.series, right.series)
        series = Series.BARE if bare else Series.SEVERAL if several else Series.UNKNOWN
        hider = right.hides and f"or {right.hides.removeprefix('or ')}"
        return _Value(
            series, hides=hider, part=left.part, averages=left.averages, filters=left.filters and right.filters
        )
    series = _arithmetic(left.series, right.series, matched)
    return _Value(series, hides=hides, averages=averages, part=part, filters=filters)


def _shared(operator: str, left: _Value, right: _Value) -> tuple[str, str]:
    """What averages, and what takes one of several, of two operands: a plain number beside it changes nothing."""
    if operator == "/" and left.kind == "sum" and right.kind == "count":
        return "sum( ) / count", ""
    if operator == "*" and "count" in (left.kind, right.kind):
        return "", ""
    for value, other in ((left, right), (right, left)):
        if other.series is Series.NUMBER:
            return value.averages, value.part
    return "", ""


def _first(words: Iterable[str]) -> str:
    return next(filter(None, words), "")


def _arithmetic(left: Series, right: Series, matched: bool) -> Series:
    """Series that two operands give, element by element."""
    pair = {left, right}
    if Series.UNKNOWN in pair or matched:
        return Series.UNKNOWN
    if Series.NUMBER in pair:
        return left if right is Series.NUMBER else right
    if Series.SEVERAL in pair:
        return Series.SEVERAL if pair == {Series.SEVERAL} else Series.UNKNOWN
    return Series.BARE if pair == {Series.BARE} else Series.ONE
