"""The profile file of a stack: read where the stack file names it, every mistake in words, none of its values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, PlainValidator, ValidationError, ValidationInfo
from pydantic_core import ErrorDetails, PydanticKnownError

from .files import RefusedFileError, read_text
from .problems import quoted
from .profile import FORMAT_VERSION, Profile
from .yaml_text import RefusedYamlError, parse_yaml

RELATIVE_PATH = r"^(?!/)(?!(.*/)?\.\.(/|$)).+$"
"""What :func:`_inside` takes, for editors."""


@dataclass(frozen=True)
class ProfileFile:
    """A profile, and the path that named it."""

    path: str
    content: Profile


class RefusedProfileError(ValueError):
    """A profile file that cannot be used.

    Either ``problem``, at ``place`` in the file (``""`` for the file itself), and a remedy if measuring again is none;
    or ``errors``, those of its model.
    """

    def __init__(
        self,
        path: str,
        problem: str = "",
        remedy: str = "",
        *,
        place: str = "",
        errors: list[ErrorDetails] | None = None,
    ) -> None:
        """``path`` as the stack file has it; the other words as sentences."""
        self.path = path
        self.problem = problem
        self.remedy = remedy
        self.place = place
        self.errors = errors or []
        super().__init__(f"{path}: {problem}")

    def at(self, place: str) -> str:
        """The file, and a place in it, as a problem's path names them."""
        name = quoted(self.path)[1:-1]
        return f"({name}: {place})" if place else f"({name})"

    @property
    def measure(self) -> str:
        """What writes the file anew."""
        return f"mcp-stack measure URL --output {quoted(self.path)[1:-1]}"


def read_profile(path: str, directory: Path) -> ProfileFile:
    """The profile in the file ``path`` below ``directory``.

    :raises RefusedProfileError: for everything that cannot be read, or is no profile of this version.
    """
    data = _data(path, directory)
    if not isinstance(data, Mapping) or "version" not in data:
        raise RefusedProfileError(path, "It is not a profile: it has no version.", "Name a file that measuring wrote.")
    version = data["version"]
    if isinstance(version, bool) or version != FORMAT_VERSION:
        raise RefusedProfileError(path, f"Its format is not version {FORMAT_VERSION}.", place="version")
    try:
        return ProfileFile(path, Profile.model_validate(data, by_alias=True, by_name=False))
    except ValidationError as error:
        raise RefusedProfileError(path, errors=error.errors(include_url=False)) from None


def _data(path: str, directory: Path) -> Any:
    again = "A profile is a few KiB; name another file."
    try:
        return parse_yaml(read_text(directory / path, if_directory="Name the file inside it.", if_too_large=again))
    except RefusedFileError as error:
        raise RefusedProfileError(path, _sentence(error.problem), error.remedy, place=error.place) from None
    except RefusedYamlError as error:
        raise RefusedProfileError(path, _sentence(error.problem), place=error.place) from None


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}"


def _inside(path: str) -> str:
    """The path, if it stays below the project: every copy of the project then reads the same file."""
    if PurePosixPath(path).is_absolute() or PureWindowsPath(path).is_absolute():
        raise ValueError(
            f"'{path}' is an absolute path: give it relative to the directory of Pulumi.yaml, such as "
            "'profiles/orders.yaml'"
        )
    if ".." in (*PurePosixPath(path).parts, *PureWindowsPath(path).parts):
        raise ValueError(
            f"'{path}' leads out of the project: keep the file below the directory of Pulumi.yaml, so that every copy "
            "of the project reads the same"
        )
    return path


def _read(value: Any, info: ValidationInfo) -> ProfileFile:
    if not isinstance(value, str):
        raise PydanticKnownError("string_type")
    if not value:
        raise PydanticKnownError("string_too_short", {"min_length": 1})
    return read_profile(_inside(value), (info.context or {}).get("directory", Path()))


if TYPE_CHECKING:
    MeasuredProfile = ProfileFile
else:
    MeasuredProfile = Annotated[
        ProfileFile,
        PlainValidator(_read, json_schema_input_type=Annotated[str, Field(pattern=RELATIVE_PATH, min_length=1)]),
    ]
