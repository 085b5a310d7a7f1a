"""The profile file of a stack, which ``mcp-stack measure`` writes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from .named_file import Kind, NamedFile, read_named, validator
from .profile import FORMAT_VERSION, Profile

KIND = Kind("a profile", "measure URL --output", "measuring", "Measure again", "profiles/orders.yaml")


@dataclass(frozen=True)
class ProfileFile(NamedFile[Profile]):
    """A profile, and the path that named it."""


def read_profile(path: str, directory: Path) -> ProfileFile:
    """The profile in the file ``path`` below ``directory``.

    :raises RefusedNamedFileError: for everything that cannot be read, or is no profile of this version.
    """
    return ProfileFile(path, read_named(path, directory, KIND, Profile, FORMAT_VERSION))


if TYPE_CHECKING:
    MeasuredProfile = ProfileFile
else:
    MeasuredProfile = Annotated[ProfileFile, validator(KIND, read_profile)]
