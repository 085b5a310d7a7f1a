"""The one error of a measurement: a sentence that says what is wrong and what to do."""

from __future__ import annotations

import pulumi


class MeasureError(pulumi.RunError):
    """A measurement that cannot be made, or that failed, in the user's words; never with a traceback."""
