"""What advice cannot be made of, in words."""

import pulumi


class AdviseError(pulumi.RunError):
    """Metrics that cannot be read, or that say nothing; the message says what to give instead."""
