"""The arguments that tools are called with, from a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..settings.files import RefusedFileError, read_text
from ..settings.yaml_text import RefusedYamlError, parse_yaml
from .of_stack import Arguments
from .refused import LoadTestError

_FORM = "write for each tool a map of its arguments, or a list of such maps, of which each call takes one by chance"


def read_arguments(path: Path) -> Arguments:
    """Tool to its arguments.

    :raises LoadTestError: for everything that cannot be read, without a word of the values.
    """
    try:
        data = parse_yaml(read_text(path, if_directory="Name the file inside it.", if_too_large="Give fewer examples."))
    except RefusedFileError as error:
        raise LoadTestError(f"{path}: {error.problem} {error.remedy}") from None
    except RefusedYamlError as error:
        where = f" ({error.place})" if error.place else ""
        raise LoadTestError(f"{path}{where}: {error.problem}") from None
    return arguments_of(data, str(path))


def arguments_of(data: Any, where: str) -> Arguments:
    """The same from data."""
    if not isinstance(data, Mapping) or not all(isinstance(name, str) for name in data):
        raise LoadTestError(f"{where}: it is no map from tools to arguments: {_FORM}.")
    found = {}
    for name, given in data.items():
        choices = [given] if isinstance(given, Mapping) else given
        if not isinstance(choices, list) or not choices or not all(isinstance(one, Mapping) for one in choices):
            raise LoadTestError(f"{where}: the arguments of '{name}' are no map: {_FORM}.")
        found[name] = [dict(one) for one in choices]
    return found
