"""How the fake nodes and pods live: kwok's own stages, read from its Go module, with one change."""

from __future__ import annotations

from typing import Any

import yaml

from tests.cluster.gomodules import Module, folder_of

KWOK_VERSION = "v0.8.0"
KWOK = Module("sigs.k8s.io/kwok", KWOK_VERSION, "h1:OTIOTwgROqPMovcTwxICx2eYQ4AwLpSx5EpjbDKF4SQ=")
FOLDERS = ("pod/fast", "node/fast", "node/heartbeat-with-lease", "volume/fast")
POD_READY_AFTER_MS = 800


def stage_documents() -> list[dict[str, Any]]:
    """The stages and what goes with them; a pod needs a moment to become ready, so that a dip can be seen."""
    documents: list[dict[str, Any]] = []
    for folder in FOLDERS:
        for path in sorted(folder_of(KWOK, f"kustomize/stage/{folder}").glob("*.yaml")):
            documents += [one for one in yaml.safe_load_all(path.read_bytes()) if one]
    for document in documents:
        if document.get("metadata", {}).get("name") == "pod-ready":
            document["spec"]["delay"] = {"durationMilliseconds": POD_READY_AFTER_MS}
    return [one for one in documents if one["kind"] != "Kustomization"]
