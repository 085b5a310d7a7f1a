"""What of a call to an address others can read, told before the call is made."""

from __future__ import annotations

from ..report.console import clean, progress
from ..urls import exposures


def tell_exposed(url: str | None, *, sends_secret: bool = False, name: str | None = None) -> None:
    """Say it on standard error, so that a report on standard output is what it was.

    :param sends_secret: whether headers with a secret go with it.
    :param name: what the address is called, where it is one of several.
    """
    about = "" if name is None else f"{name}: "
    for text in [] if url is None else exposures(url, sends_secret=sends_secret):
        progress().print(f"warning: {clean(about + text)}", soft_wrap=True)
