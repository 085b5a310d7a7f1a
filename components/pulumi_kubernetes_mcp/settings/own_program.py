"""Whether a project is described by settings, or by a program of its own that uses the components."""

from __future__ import annotations

from collections.abc import Mapping

from .models import Settings
from .stack_file import NAMESPACE

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
