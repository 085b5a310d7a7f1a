"""A project as it was in a revision of its git repository, in a directory of its own."""

from __future__ import annotations

import contextlib
import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pulumi


class RevisionError(pulumi.RunError):
    """A revision that cannot be read; the message says why, and what to do."""


class _NoDirectoryError(RevisionError):
    """The revision does not have the project's directory."""


@contextlib.contextmanager
def project_at(project_dir: Path, revision: str) -> Iterator[Path]:
    """The project's directory as ``revision`` has it, until the end of the block; nothing of the repository changes.

    The whole directory, so that the program, its neighbours, profiles and rendered manifests are those of that
    revision too.

    :raises RevisionError: where there is no git, no repository or no such revision.
    """
    name = _git(project_dir, revision, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    with tempfile.TemporaryDirectory(prefix="mcp-stack-") as scratch:
        root = Path(scratch)
        # Of a project that is new since then nothing was there.
        with contextlib.suppress(_NoDirectoryError):
            _unpack(_git(project_dir, revision, "archive", "--format=tar", name.decode().strip()), root)
        yield root


def is_revision(project_dir: Path, word: str) -> bool:
    """Whether a word names a revision of the project's repository."""
    try:
        _git(project_dir, word, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{word}^{{commit}}")
    except RevisionError:
        return False
    return True


def in_project(project_dir: Path, path: str) -> str:
    """A path of ``REVISION:path`` from the project on: git counts it from the root of the repository."""
    prefix = _git(project_dir, "", "rev-parse", "--show-prefix").decode().strip()
    return path.removeprefix("./").removeprefix(prefix)


def _git(project_dir: Path, revision: str, *words: str) -> bytes:
    """What git prints; ``revision`` is what messages name."""
    try:
        done = subprocess.run(
            ["git", "-C", str(project_dir), *words], capture_output=True, check=False, stdin=subprocess.DEVNULL
        )
    except OSError as problem:
        raise RevisionError(f"git cannot be run: {problem.strerror}. A revision is read with it.") from None
    if not done.returncode:
        return done.stdout
    said = done.stderr.decode(errors="replace")
    if "working directory is untracked" in said:
        raise _NoDirectoryError(said)
    raise RevisionError(_reason(project_dir, revision, said))


def _reason(project_dir: Path, revision: str, said: str) -> str:
    lines = [line.removeprefix("fatal: ") for line in said.strip().splitlines()]
    if "not a git repository" in said:
        return f"{project_dir} lies in no git repository, so that there are no revisions to compare with."
    if not lines:
        return f"There is no revision '{revision}'. 'git fetch' brings those of the remote."
    return f"git cannot read '{revision}': {lines[-1]}"


def _unpack(archive: bytes, root: Path) -> None:
    """Regular files only; nothing is written outside of ``root``."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for member in tar:
            path = PurePosixPath(member.name)
            content = tar.extractfile(member) if member.isfile() else None
            if content is None or path.is_absolute() or ".." in path.parts:
                continue
            target = root.joinpath(*path.parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.read())
