"""What was seen of the server of a stack, in the file that ``mcp-stack verify`` writes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from .named_file import Kind, NamedFile, read_named, validator
from .verified import FORMAT_VERSION, Verified

KIND = Kind(
    "a verification", "verify --start COMMAND --write", "verifying", "Verify again", "profiles/orders.verified.yaml"
)


@dataclass(frozen=True)
class VerifiedFile(NamedFile[Verified]):
    """What was seen, and the path that named it."""


def read_verified(path: str, directory: Path) -> VerifiedFile:
    """What was seen, in the file ``path`` below ``directory``.

    :raises RefusedNamedFileError: for everything that cannot be read, or is no verification of this version.
    """
    return VerifiedFile(path, read_named(path, directory, KIND, Verified, FORMAT_VERSION))


if TYPE_CHECKING:
    VerifiedServer = VerifiedFile
else:
    VerifiedServer = Annotated[VerifiedFile, validator(KIND, read_verified)]
