"""The containers in an object or a patch, wherever they are, and what is wrong with what they say. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..inputs.outputs import plain
from ..rules import environment, workload
from ..rules.model import Finding
from .untyped import maps_of


def containers_in(node: Any, path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every container in an object, wherever its template is, with its path."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            place = f"{path}.{key}"
            if key in ("containers", "initContainers") and isinstance(value, (list, tuple)):
                for index, one in enumerate(value):
                    if isinstance(one, Mapping):
                        yield f"{place}[{index}]", one
            else:
                yield from containers_in(value, place)
    elif isinstance(node, (list, tuple)):
        for index, value in enumerate(node):
            yield from containers_in(value, f"{path}[{index}]")


def container_findings(node: Any, path: str) -> Iterator[Finding]:
    """MCP101 and MCP107: images without a fixed version, secrets in the environment and in command lines."""
    for place, container in containers_in(node, path):
        image = plain(container.get("image"))
        if image is not None:
            yield from workload.image_findings(image, path=f"{place}.image")
        given = {
            str(one.get("name")): text for one in maps_of(container.get("env")) if (text := plain(one.get("value")))
        }
        yield from workload.env_findings(given, path=f"{place}.env", by=workload.BY_REFERENCE)
        yield from environment.command_findings(container, path=place)
