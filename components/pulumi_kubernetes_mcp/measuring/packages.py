"""The MCP clients, which are no dependency of the package."""

from __future__ import annotations

import importlib.metadata
import logging

from .refused import MeasureError

_NEEDED = (("mcp", 2), ("httpx2", 2))


def check_packages() -> None:
    """Refuse without the clients, and name what brings them."""
    for name, least in _NEEDED:
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            version = ""
        if not version or int(version.partition(".")[0]) < least:
            found = f"{name} {version} is too old" if version else f"the package '{name}' is missing"
            raise MeasureError(
                f"The MCP clients are not installed: {found}. Run: pip install 'pulumi-kubernetes-mcp[measure]'"
            )
    # What goes wrong is said in sentences of our own.
    for logger in ("mcp", "httpx2", "httpcore2"):
        logging.getLogger(logger).setLevel(logging.CRITICAL + 1)
