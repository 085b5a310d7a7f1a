"""Where a load test may go."""

from __future__ import annotations

from urllib.parse import urlsplit

from ..production import COPY, IN_PRODUCTION, check_named
from .refused import LoadTestError


def check_target(url: str, option: str = "--target") -> str:
    """An address with its scheme and host, without credentials."""
    shown = url.partition("?")[0]
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        raise LoadTestError(f"{option} '{shown}' is no URL: write it as 'https://mcp.example.com/mcp'.") from None
    if parts.scheme not in ("http", "https"):
        raise LoadTestError(
            f"{option} '{shown}' has no scheme: begin with 'https://', or 'http://' where there is no TLS."
        )
    if not host:
        raise LoadTestError(f"{option} '{shown}' names no host: write it as 'https://mcp.example.com/mcp'.")
    if parts.username is not None or parts.password is not None:
        raise LoadTestError(
            f"{option} holds credentials: give the token in MCP_TOKEN, which no file and no list of processes shows."
        )
    return url


def check_production(stack: str, production: bool, named: str | None) -> None:
    """Refuse a test at a stack in production that was not named, and one at another stack than was named."""
    doubt, done = IN_PRODUCTION if production else None, "a load test takes its capacity from its users"
    check_named("stack", stack, named, doubt=doubt, done=done, otherwise=f"Test {COPY}")
