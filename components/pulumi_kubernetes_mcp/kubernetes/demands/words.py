"""How a demand that is not met is told: the value as a message repeats it, and what may stand there."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from ...rules.forms import HIDDEN, looks_secret
from ..api import Wrong

_MOST = 60
"""Characters of a value that a message repeats."""


def shown(text: str) -> str:
    """A value as a message repeats it: in quotes, cut, and not at all where it can only be a secret."""
    if looks_secret(text):
        return HIDDEN
    cut = text if len(text) <= _MOST else f"{text[:_MOST]}..."
    return f"'{cut}'" if cut.isprintable() else ascii(cut)


def choice(path: str, given: str, known: Sequence[str]) -> Wrong:
    """A word that is none of those that a field takes."""
    near = get_close_matches(given[:_MOST].lower(), {one.lower(): one for one in known}, n=1)
    listed = ", ".join(f"'{one}'" for one in known)
    meant = next((one for one in known if near and one.lower() == near[0]), None)
    hint = f"Did you mean '{meant}'? It takes {listed}." if meant else f"Give one of {listed}."
    return Wrong(path, f"It is {shown(given)}, which Kubernetes does not know here.", hint)
