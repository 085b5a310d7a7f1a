"""The libraries of the probe, which are no dependency of the package."""

from __future__ import annotations

import importlib.util
import logging
from collections.abc import Sequence

from .refused import ProbeError

HTTP = ("httpx2",)
EXPORTER = ("httpx2", "prometheus_client")


def check_packages(needed: Sequence[str] = HTTP) -> None:
    """Refuse without the libraries, and name what brings them."""
    missing = [name for name in needed if importlib.util.find_spec(name) is None]
    if missing:
        raise ProbeError(
            f"The probe's libraries are not installed: {', '.join(missing)}. Run: pip install "
            "'pulumi-kubernetes-mcp[probe]'"
        )
    # What goes wrong is said in sentences of our own.
    for logger in ("httpx2", "httpcore2"):
        logging.getLogger(logger).setLevel(logging.CRITICAL + 1)
