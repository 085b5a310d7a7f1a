"""What is done to a region in production has to name it: one condition for every rule that asks so."""

from __future__ import annotations

from .model import Finding, Rule


def named_findings(
    rule: Rule, *, production: bool, named: str | None, expected: str, done: str, remedy: str, path: str
) -> list[Finding]:
    """``rule`` in production, unless the region is named; and wherever another one is.

    :param done: what is done, up to the name of the region.
    :param remedy: what to do if it is not meant.
    """
    if named == expected or (named is None and not production):
        return []
    problem = (
        f"{done} the region '{expected}', which is in production."
        if named is None
        else f"It names '{named}', and the region is '{expected}'."
    )
    return [rule.at(path, problem, f"If it is meant, write ⟦production⟧: {expected}; otherwise {remedy}.")]
