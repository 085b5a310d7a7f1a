"""What a load test found of the server of a stack, in the file that ``mcp-stack loadtest report`` writes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from .load_result import FORMAT_VERSION, LoadResult
from .named_file import Kind, NamedFile, read_named, validator

KIND = Kind(
    "a result of a load test",
    "loadtest report FILE --write",
    "a load test",
    "Play it again, and write its result",
    "profiles/orders-load.yaml",
)


@dataclass(frozen=True)
class LoadResultFile(NamedFile[LoadResult]):
    """A result, and the path that named it."""


def read_load_result(path: str, directory: Path) -> LoadResultFile:
    """The result in the file ``path`` below ``directory``.

    :raises RefusedNamedFileError: for everything that cannot be read, or is no result of this version.
    """
    return LoadResultFile(path, read_named(path, directory, KIND, LoadResult, FORMAT_VERSION))


if TYPE_CHECKING:
    NamedLoadResult = LoadResultFile
else:
    NamedLoadResult = Annotated[LoadResultFile, validator(KIND, read_load_result)]
