"""Whether what patches and further objects say is newer than the cluster, at the keys of the stack file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...kubernetes.api import kinds
from ...kubernetes.patches import POD, ROLLOUT, TEMPLATE, read_as
from ...kubernetes.since import KINDS, Minor, minor, newer_fields
from ...settings.keys.patches import Patch
from .. import newer as rules
from ..model import Finding


def patch_findings(version: str | None, patches: Sequence[Patch], *, path: str) -> Iterator[Finding]:
    """MCP136 and MCP183 for the fields of patches."""
    known = minor(version)
    for place, one in enumerate(patches if known is not None else ()):
        for api_version, kind in _read_as(one.kind):
            yield from _fields(api_version, kind, one.patch, known, f"{path}[{place}].patch")


def object_findings(version: str | None, objects: Sequence[Mapping[str, Any]], *, path: str) -> Iterator[Finding]:
    """MCP136 and MCP183 for the kinds and the fields of further objects."""
    known = minor(version)
    for place, one in enumerate(objects if known is not None else ()):
        api_version, kind = str(one.get("apiVersion")), str(one.get("kind"))
        named, here = f"{api_version} {kind}", f"{path}[{place}]"
        late = [] if known is None else rules.kind_findings(named, KINDS.get(named), version=known, path=f"{here}.kind")
        yield from late or _fields(api_version, kind, one, known, here)


def _read_as(kind: str) -> list[tuple[str, str]]:
    """What a patch of a kind is a patch of: the newest version of Kubernetes' own, a Rollout, the pods."""
    if kind in (POD, ROLLOUT[1]):
        return [("", POD) if kind == POD else ROLLOUT]
    found = [one.split(" ") for one in kinds() if one.endswith(f" {kind}")]
    return [(version, name) for version, name in found[-1:]]


def _fields(api_version: str, kind: str, body: Any, version: Minor | None, path: str) -> Iterator[Finding]:
    type_, read = (TEMPLATE, body) if (api_version, kind) == ("", POD) else read_as(api_version, kind, body)
    if type_ is None or version is None:
        return
    for one in newer_fields(read, type_, version):
        yield from rules.newer_findings(one, version=version, path=path)


__all__ = ["object_findings", "patch_findings"]
