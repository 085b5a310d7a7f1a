"""A text file read within bounds; why it cannot be read, in words."""

from __future__ import annotations

import stat
from pathlib import Path

from .yaml_text import MAX_BYTES


class RefusedFileError(ValueError):
    """A file that is refused: ``place`` is a line or nothing, ``problem`` and ``remedy`` are sentences."""

    def __init__(self, problem: str, remedy: str, *, place: str = "") -> None:
        """Without a place it is the file itself that is wrong."""
        self.place = place
        self.problem = problem
        self.remedy = remedy
        super().__init__(f"{problem} {remedy}")


def read_text(path: Path, *, if_directory: str, if_too_large: str, most: int = MAX_BYTES) -> str:
    """The text of a regular file in UTF-8 of at most ``most`` bytes; nothing else is opened, and nothing waited for.

    :param if_directory: the remedy where it is a directory.
    :param if_too_large: the remedy where it is larger.
    :raises RefusedFileError: for every other.
    """
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise RefusedFileError("It is a directory.", if_directory)
        if not stat.S_ISREG(mode):
            raise RefusedFileError("It is not a regular file.", "Name a file.")
        with path.open("rb") as stream:
            content = stream.read(most + 1)
    except FileNotFoundError:
        raise RefusedFileError("The file does not exist.", "Check the spelling of its name.") from None
    except RefusedFileError:
        raise
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "its name is not a path"
        raise RefusedFileError(f"The file cannot be read: {reason}.", "Check its name and permissions.") from None
    if len(content) > most:
        raise RefusedFileError(f"The file is larger than {most // 1024} KiB.", if_too_large)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise RefusedFileError("the file is not UTF-8.", "Save it as UTF-8.", place=f"line {line}") from None
