"""What an experiment refuses, in words."""

from __future__ import annotations

import pulumi


class ChaosError(pulumi.RunError):
    """What is asked for cannot be done, or must not be; what a server does badly is an experiment that failed."""
