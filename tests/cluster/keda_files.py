"""What KEDA's installation consists of, read from KEDA's own Go module."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.cluster.crds import SOURCES
from tests.cluster.gomodules import MissingError, folder_of

MODULE = next(source.module for source in SOURCES if source.module.path == "github.com/kedacore/keda/v2")
FOLDERS = tuple(f"config/{name}" for name in ("general", "service_account", "rbac", "metrics-server", "webhooks"))
DEFINITIONS, PATCHES = "config/crd/bases", "config/crd/patches"
TIME_ZONES = Path("/usr/share/zoneinfo")
Manifest = dict[str, Any]


def fetch() -> None:
    """Lay everything out in the cache, so that the tests need neither Go nor a network."""
    for folder in (*FOLDERS, DEFINITIONS, PATCHES):
        folder_of(MODULE, folder)


def need_time_zones() -> None:
    """KEDA's image brings the time zone database; a program without an image reads the machine's."""
    if not (TIME_ZONES / "Asia" / "Kathmandu").exists():
        raise MissingError(f"the time zone database (tzdata) is not in {TIME_ZONES}")


def manifests() -> list[Manifest]:
    """Everything but the definitions and what runs or routes in a cluster: the Deployments and their Services."""
    found = [one for folder in FOLDERS for one in _documents(folder)]
    return [one for one in found if one["kind"] not in ("Deployment", "Service")]


def definitions() -> list[Manifest]:
    """KEDA's six definitions, with the patch that KEDA's release applies to the one of ScaledObjects."""
    found = list(_documents(DEFINITIONS))
    scaled_object = next(one for one in found if one["metadata"]["name"] == "scaledobjects.keda.sh")
    for change in yaml.safe_load((folder_of(MODULE, PATCHES) / "scaledobject_patch.yaml").read_bytes()):
        *parents, last = change["path"].removeprefix("/").split("/")
        cursor: Any = scaled_object
        for key in parents:
            cursor = cursor[int(key) if isinstance(cursor, list) else key]
        assert change["op"] == "add"
        cursor[last] = change["value"]
    return found


def _documents(folder: str) -> Iterator[Manifest]:
    for path in sorted(folder_of(MODULE, folder).glob("*.yaml")):
        for one in yaml.safe_load_all(path.read_bytes()):
            if one and "metadata" in one and one["kind"] != "Kustomization":
                yield one
