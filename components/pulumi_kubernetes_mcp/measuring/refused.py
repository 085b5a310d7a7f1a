"""The one error of a measurement: a sentence that says what is wrong and what to do."""

from __future__ import annotations

import pulumi


def sentence(words: str) -> str:
    """The words with a capital at their beginning."""
    return f"{words[:1].upper()}{words[1:]}"


class MeasureError(pulumi.RunError):
    """A measurement that cannot be made, or that failed, in the user's words; never with a traceback."""
