"""What a command does to production it does to what was named: one condition for every verb that asks so."""

from __future__ import annotations

import pulumi

IN_PRODUCTION = "is in production"


class ProductionError(pulumi.RunError):
    """Something in production that nobody named, or another thing than what was named."""


COPY = "a copy of it (mcp:region.environment: staging)"
"""What to take instead of a stack in production."""


def check_named(what: str, name: str, named: str | None, *, doubt: str | None, done: str, otherwise: str) -> None:
    """Refuse what is in production and was not named, and anything where another one was named.

    :param what: ``stack`` or ``namespace``.
    :param named: what ``--production`` says.
    :param doubt: why it is taken for production, to stand behind its name; ``None`` where it is not.
    :param done: what is done to its users.
    :param otherwise: what to do if that is not meant.
    :raises ProductionError: in words that name both.
    """
    if named is not None and named != name:
        raise ProductionError(f"--production names '{named}', and the {what} is '{name}': give one and the same.")
    if doubt is not None and named is None:
        raise ProductionError(
            f"The {what} '{name}' {doubt}, and {done}. {otherwise}, or say so by its name: --production {name}."
        )
