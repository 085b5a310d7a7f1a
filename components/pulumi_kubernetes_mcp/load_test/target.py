"""Where a load test may go."""

from __future__ import annotations

from ..production import COPY, IN_PRODUCTION, check_named
from ..urls import fault, shown
from .refused import LoadTestError


def check_target(url: str, option: str = "--target") -> str:
    """An address with its scheme and host, without credentials."""
    found = fault(url)
    if found is not None and found.credentials:
        raise LoadTestError(
            f"{option} holds credentials: give the token in MCP_TOKEN, which no file and no list of processes shows."
        )
    if found is not None:
        raise LoadTestError(f"{option} '{shown(url)}' is not the address of a server: it {found.why}. {found.remedy}")
    return url


def check_production(stack: str, production: bool, named: str | None, *, at: str | None = None) -> None:
    """Refuse a test at a stack in production that was not named, and one at another stack than was named.

    :param at: the address that leads to the stack, where it is another one than was asked for.
    """
    doubt, done = IN_PRODUCTION if production else None, "a load test takes its capacity from its users"
    if doubt is not None and at is not None:
        doubt = f"answers at {shown(at)} and {doubt}"
    check_named("stack", stack, named, doubt=doubt, done=done, otherwise=f"Test {COPY}")
