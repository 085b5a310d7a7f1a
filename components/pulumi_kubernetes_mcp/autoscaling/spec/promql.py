"""Whether a PromQL expression returns one series: KEDA takes exactly one number, and fails on a second.

The language is read by ``promql-parser``, the Python binding of a parser in Rust. What no Prometheus can read is wrong;
a function or a form that another version of it may know is unknown here, and no error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
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
    unread: str = ""
    """Why it could not be read here, in a sentence; empty where it was, and where it is ``wrong``."""

    @property
    def single(self) -> bool | None:
        """Whether it returns one series at most; ``None`` where that cannot be said."""
        return None if self.series is Series.UNKNOWN else self.series.single


MOST_PARTS = 200
"""Operators and brackets of a query that is read. The parser takes stack for each level of its tree, and ends the
process where none is left: 200 levels take less than 512 KiB and 0.06 s, 5000 more than the 8 MiB that Linux gives."""
_PARTS = re.compile(
    r"""(?P<other>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|\#[^\n]*)
    |[-+*/%^(\[]|[=!]=|[<>]|\b(?:and|or|unless|atan2)\b""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_WORDS = (
    (re.compile("no expression found"), "The query is empty."),
    (re.compile("unclosed left parenthesis"), "A '(' is not closed."),
    (re.compile("unexpected end of input inside braces"), "A '{' is not closed."),
    (re.compile("unexpected end of input inside brackets"), "A '[' is not closed."),
    (re.compile(r"unexpected right \w+ '(.)'"), r"A '\1' closes nothing."),
    (re.compile("unterminated quoted string"), "A quote is not closed."),
    (re.compile("invalid promql query"), "It is no expression of PromQL."),
    (re.compile("(.*)", re.DOTALL), r"Prometheus cannot read it: \1."),
)
"""What the parser says of a query that nobody can read, to a sentence of ours."""
_UNSURE = (
    (re.compile("unknown function with name ('.*')"), r"It has the function \1, which is not known here."),
    # Rust and Go do not read all regular expressions alike: '[[]' and '\Qa\E' are Go's alone.
    (re.compile("illegal regex for (.*)"), r"It has the regular expression '\1', which cannot be read here."),
    # Arithmetic of durations is an experiment of Prometheus 3.
    (re.compile("duration|inside brackets: '[-+*/%^(a-z]'"), "It has a duration that cannot be read here."),
)
"""What the parser says of a query that it cannot read, and that a Prometheus may."""
_NEWER = re.compile(
    r"\b(?:smoothed|anchored|keep_metric_names|default|if|ifnot|with)\b|\boffset\s*[-+]?\s*[(a-z]", re.IGNORECASE
)
"""Words that the parser does not have: of experiments of Prometheus 3, and of what VictoriaMetrics adds."""


def read(query: str) -> Reading:
    """What a query returns. Unknown for what the parser does not know, and what Prometheus would refuse is wrong."""
    if sum(match["other"] is None for match in _PARTS.finditer(query)) > MOST_PARTS:
        return Reading(Series.UNKNOWN, unread=f"It has more than {MOST_PARTS} operators and brackets.")
    # The parser is 5 MB of machine code, and few stacks have a query of their own.
    import promql_parser

    from .promql_series import value_of

    try:
        value = value_of(promql_parser.parse(query))
    except ValueError as error:
        return _refused(query, str(error))
    except BaseException as error:
        # A panic of the Rust code, for 'x[1e999]': its class is no Exception, and cannot be imported.
        if type(error).__name__ != "PanicException":
            raise
        return Reading(Series.UNKNOWN, unread=f"It cannot be read here: {error}.")
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


def single_series(query: str) -> bool | None:
    """Whether a query returns one series at most; ``None`` where that cannot be said."""
    return read(query).single


def _refused(query: str, message: str) -> Reading:
    """A query that the parser does not take, in our words."""
    if message == "invalid promql query" and (word := _NEWER.search(query)):
        return Reading(Series.UNKNOWN, unread=f"It has '{word[0]}', which is not known here.")
    for pattern, words in _UNSURE:
        if match := pattern.search(message):
            return Reading(Series.UNKNOWN, unread=match.expand(words))
    return Reading(
        Series.UNKNOWN,
        wrong=next(match.expand(words) for pattern, words in _WORDS if (match := pattern.search(message))),
    )
