"""Headers whose values are secrets: read where they are kept, anew for each round, and shown nowhere."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..measuring.target import is_header_name, is_header_value
from .messages import is_set_by_clients
from .refused import ProbeError

MOST_BYTES = 16 * 1024
"""Servers refuse larger headers."""
_AUTHORIZATION = "authorization"


class UnreadableHeaderError(Exception):
    """A value that is not to be had, in words without it."""


@dataclass(frozen=True)
class HeaderSource:
    """A header, and the environment variable or the file that holds its value."""

    name: str
    variable: str | None = None
    file: Path | None = None

    def value(self) -> str:
        """The value as it is now. A token alone gets the word 'Bearer' before it, where authorization is meant."""
        text = self._text().strip()
        if not text or not is_header_value(text):
            raise UnreadableHeaderError(f"{self.shown} is empty, or holds what no header can")
        return f"Bearer {text}" if self.name.lower() == _AUTHORIZATION and " " not in text else text

    @property
    def shown(self) -> str:
        """Where the value is kept."""
        return f"the variable '{self.variable}'" if self.file is None else f"the file '{self.file}'"

    def _text(self) -> str:
        if self.file is None:
            return os.environ.get(self.variable or "", "")
        try:
            with self.file.open("rb") as content:
                return content.read(MOST_BYTES).decode()
        except (OSError, UnicodeError) as problem:
            said = problem.strerror if isinstance(problem, OSError) and problem.strerror else "it is no text"
            raise UnreadableHeaderError(f"{self.shown} cannot be read: {said.lower()}") from None


def read_headers(sources: Sequence[HeaderSource]) -> dict[str, str]:
    """The headers as they are now."""
    return {source.name: source.value() for source in sources}


def source(text: str, option: str, *, file: bool) -> HeaderSource:
    """A source from the words of a command line, ``NAME=WHERE``."""
    name, equals, where = text.partition("=")
    example = "Authorization=/run/secrets/token" if file else "Authorization=MCP_TOKEN"
    if not equals or not where or not is_header_name(name):
        # The text is not shown: it may be a token.
        raise ProbeError(f"An {option} is not NAME=WHERE. Write it as {option} {example}")
    if is_set_by_clients(name):
        raise ProbeError(f"The header '{name}' is set by the probe itself. Leave it out.")
    return HeaderSource(name, file=Path(where)) if file else HeaderSource(name, variable=where)
