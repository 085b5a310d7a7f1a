"""What a rule says for itself, for programs: everything that its page under ``docs/findings`` has."""

from __future__ import annotations

from collections.abc import Iterable

from .catalogue import AREAS, CATALOGUE, find, nearest
from .model import Rule


class UnknownRuleError(ValueError):
    """No rule has this code or name. ``near`` holds those that are spelt most like it, the best first."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.near = tuple(nearest(name))
        meant = f"Did you mean {' or '.join(self.near)}?" if self.near else "'mcp-stack explain' lists all of them."
        super().__init__(f"There is no rule with the code or name '{name[:60]}'. {meant}")


def named(name: str) -> Rule:
    """The rule with this code or slug.

    :raises UnknownRuleError: with the nearest ones.
    """
    found = find(name)
    if found is None:
        raise UnknownRuleError(name)
    return found


def rule_data(rule: Rule) -> dict[str, str]:
    """A rule as plain data that JSON can hold; texts are Markdown."""
    return {
        "code": rule.code,
        "slug": rule.slug,
        "severity": str(rule.severity),
        "area": AREAS[rule.code[3]],
        "title": rule.title,
        "meaning": rule.meaning,
        "why": rule.why,
        "language": rule.language,
        "fails": rule.fails,
        "passes": rule.passes,
        "note": rule.note,
    }


def summaries(rules: Iterable[Rule] = CATALOGUE) -> list[dict[str, str]]:
    """Code, slug, severity and title of every rule."""
    return [
        {"code": rule.code, "slug": rule.slug, "severity": str(rule.severity), "title": rule.title} for rule in rules
    ]
