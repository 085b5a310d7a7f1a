"""Projects of which a program of their own says everything, with the components and without settings."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from .models import Settings
from .problems import NAMESPACE
from .stack_file import StackFile, read_stack_file, stack_path

PROGRAM = "__main__.py"
"""The file of a program, as Pulumi wants it."""
FIRST_STACK = "dev"
"""Name of the stack of a project that has no stack file yet, unless one is given."""

_BESIDE = ("defaults", "servers")
"""Keys that hold groups: those that all stacks share, and those of each of several servers."""


def has_settings(values: Mapping[str, object], *, program: bool, project: str) -> bool:
    """Whether the settings of this package are what describes a stack.

    They are where one group of them is given. Where none is, a program of the project's own says everything; without
    a program it is an empty stack file.

    :param values: full key to value.
    :param program: whether the project has a program of its own.
    :param project: name of the project: in one of that name keys without a group of ours are its own.
    """
    groups = {f"{NAMESPACE}:{name}" for name in _BESIDE} | {
        f"{NAMESPACE}:{field.alias or name}" for name, field in Settings.model_fields.items()
    }
    ours = [key for key in values if key.startswith(f"{NAMESPACE}:")]
    return not program or any(key in groups for key in ours) or (bool(ours) and project != NAMESPACE)


def stack_without_file(project_dir: Path, name: str = FIRST_STACK) -> StackFile:
    """A stack that has only the project's own configuration: Pulumi needs no file for it either.

    :raises SettingsError: for a project that cannot be read.
    """
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch, f"Pulumi.{name}.yaml")
        path.write_text("config: {}\n", encoding="utf-8")
        found = read_stack_file(project_dir, file=path)
    return replace(found, path=stack_path(project_dir, name), where=f"Stack {name}")
