"""What a load test refuses, in words."""

import pulumi


class LoadTestError(pulumi.RunError):
    """A load test that cannot be made, or a result that cannot be read; the message says what to give instead."""
