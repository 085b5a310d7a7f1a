"""The one error of a probe that cannot be made: a sentence that says what is wrong and what to do."""

from __future__ import annotations

import pulumi


class ProbeError(pulumi.RunError):
    """What the probe is asked for cannot be; what a server does wrong is a round that failed."""
