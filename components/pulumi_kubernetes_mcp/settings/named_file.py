"""A file that a stack file names: read where it is named, every mistake in words, none of its values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Annotated, Any, Generic, TypeVar

from pydantic import Field, PlainValidator, ValidationError, ValidationInfo
from pydantic_core import ErrorDetails, PydanticKnownError

from .fields import Group
from .files import RefusedFileError, read_text
from .problems import quoted
from .yaml_text import RefusedYamlError, parse_yaml

RELATIVE_PATH = r"^(?!/)(?!(.*/)?\.\.(/|$)).+$"
"""What :func:`inside` takes, for editors."""
_TEXT: Any = Annotated[str, Field(pattern=RELATIVE_PATH, min_length=1)]
Content = TypeVar("Content", bound=Group)


@dataclass(frozen=True)
class NamedFile(Generic[Content]):
    """What such a file holds, and the path that named it."""

    path: str
    content: Content


@dataclass(frozen=True)
class Kind:
    """A kind of file: what it is called, which verb writes it, and an example of its path."""

    noun: str
    """With its article, such as 'a profile'."""
    writer: str
    """The verb and its options; the path comes behind it."""
    doing: str
    """What the verb does, such as 'measuring'."""
    again: str
    """What to say before the verb, such as 'Measure again'."""
    example: str


class RefusedNamedFileError(ValueError):
    """A file that cannot be used.

    Either ``problem``, at ``place`` in the file (``""`` for the file itself), and a remedy if writing it again is none;
    or ``errors``, those of its model.
    """

    def __init__(
        self,
        kind: Kind,
        path: str,
        problem: str = "",
        remedy: str = "",
        *,
        place: str = "",
        errors: list[ErrorDetails] | None = None,
    ) -> None:
        """``path`` as the stack file has it; the other words as sentences."""
        self.kind = kind
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
    def again(self) -> str:
        """What writes the file anew, as a remedy."""
        return f"{self.kind.again}: mcp-stack {self.kind.writer} {quoted(self.path)[1:-1]}"


def read_named(path: str, directory: Path, kind: Kind, model: type[Content], version: int) -> Content:
    """The content of the file ``path`` below ``directory``.

    :raises RefusedNamedFileError: for everything that cannot be read, or is not of this kind and version.
    """
    data = _data(path, directory, kind)
    if not isinstance(data, Mapping) or "version" not in data:
        raise RefusedNamedFileError(
            kind, path, f"It is not {kind.noun}: it has no version.", f"Name a file that {kind.doing} wrote."
        )
    found = data["version"]
    if isinstance(found, bool) or found != version:
        raise RefusedNamedFileError(kind, path, f"Its format is not version {version}.", place="version")
    try:
        return model.model_validate(data, by_alias=True, by_name=False)
    except ValidationError as error:
        raise RefusedNamedFileError(kind, path, errors=error.errors(include_url=False)) from None


def _data(path: str, directory: Path, kind: Kind) -> Any:
    large = f"{_sentence(kind.noun)} is a few KiB; name another file."
    try:
        return parse_yaml(read_text(directory / path, if_directory="Name the file inside it.", if_too_large=large))
    except RefusedFileError as error:
        raise RefusedNamedFileError(kind, path, _sentence(error.problem), error.remedy, place=error.place) from None
    except RefusedYamlError as error:
        raise RefusedNamedFileError(kind, path, _sentence(error.problem), place=error.place) from None


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}"


def inside(path: str, example: str) -> str:
    """The path, if it stays below the project: every copy of the project then reads the same file."""
    if PurePosixPath(path).is_absolute() or PureWindowsPath(path).is_absolute():
        raise ValueError(
            f"'{path}' is an absolute path: give it relative to the directory of Pulumi.yaml, such as '{example}'"
        )
    if ".." in (*PurePosixPath(path).parts, *PureWindowsPath(path).parts):
        raise ValueError(
            f"'{path}' leads out of the project: keep the file below the directory of Pulumi.yaml, so that every copy "
            "of the project reads the same"
        )
    return path


def validator(kind: Kind, read: Callable[[str, Path], NamedFile[Any]]) -> PlainValidator:
    """What makes a key of a path: the file is read where the path is given."""

    def value_of(value: Any, info: ValidationInfo) -> NamedFile[Any]:
        if not isinstance(value, str):
            raise PydanticKnownError("string_type")
        if not value:
            raise PydanticKnownError("string_too_short", {"min_length": 1})
        return read(inside(value, kind.example), (info.context or {}).get("directory", Path()))

    return PlainValidator(value_of, json_schema_input_type=_TEXT)
