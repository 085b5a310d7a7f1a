"""The external scanners: where they are, how they are run offline, and what they say, in one form.

Versions are pinned in `requirements.txt` (checkov), `pyright/package-lock.json` and `go-tools.txt` (the others);
`scripts/scanners` installs them.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
CLUSTER_VERSION = "1.34"
"""The oldest Kubernetes that the project supports; kube-score judges API versions for it."""
_TIMEOUT_S = 300
_WARNING, _CRITICAL = 5, 1
"""Grades of kube-score; 7 and 10 are good."""


class MissingToolError(RuntimeError):
    """A scanner that is not installed; the message names it."""


@dataclass(frozen=True, order=True)
class Found:
    """One thing that a scanner holds against one object."""

    scanner: str
    rule: str
    object: str
    """``Kind/name``, or a file name where there is no object."""
    message: str = ""
    severity: str = "fail"
    """``critical`` or ``warning`` for kube-score; ``fail`` for the others."""


@dataclass(frozen=True)
class Report:
    """What a scanner says about a folder of manifests."""

    found: tuple[Found, ...]
    passed: int
    """Checks that passed (checkov, kube-score), or objects that are valid (kubeconform)."""

    def count(self, severity: str) -> int:
        """How many findings have that severity."""
        return sum(found.severity == severity for found in self.found)


def checkov(folder: Path) -> Report:
    """Checkov's Kubernetes rules. Without a key, an upload or a download it opens no connection."""
    flags = ["--framework", "kubernetes", "--skip-download", "--skip-results-upload", "--compact", "--output", "json"]
    answer = json.loads(_run([program("checkov"), "--directory", str(folder), *flags], {0, 1}))
    summary = answer.get("summary", answer)
    if summary["parsing_errors"] or not summary["passed"]:
        raise RuntimeError(f"checkov could not read the manifests: {summary}")
    failed = answer["results"]["failed_checks"]
    return Report(
        found=tuple(
            Found("checkov", one["check_id"], _checkov_object(one["resource"]), one["check_name"]) for one in failed
        ),
        passed=summary["passed"],
    )


def kube_score(folder: Path) -> Report:
    """kube-score with its default rules. It reads all files together, so that it sees what selects what."""
    flags = ["--output-format", "json", "--kubernetes-version", f"v{CLUSTER_VERSION}"]
    files = [str(path) for path in sorted(folder.glob("*.yaml"))]
    objects = json.loads(_run([program("kube-score"), "score", *flags, *files], {0, 1}))
    checks = [
        (f"{one['type_meta']['kind']}/{one['object_meta']['name']}", check)
        for one in objects
        for check in one["checks"] or []
        if not check["skipped"]
    ]
    bad = [(where, check) for where, check in checks if check["grade"] <= _WARNING]
    return Report(
        found=tuple(
            Found(
                "kube-score",
                check["check"]["id"],
                where,
                "; ".join(comment["summary"] for comment in check["comments"] or []),
                "critical" if check["grade"] <= _CRITICAL else "warning",
            )
            for where, check in bad
        ),
        passed=len(checks) - len(bad),
    )


def kubeconform(folder: Path, schemas: Path, version: str) -> Report:
    """Strict schema validation with local schemas; an object without a schema is a finding too."""
    location = f"{schemas}/{{{{.ResourceKind}}}}{{{{.KindSuffix}}}}.json"
    flags = ["-strict", "-output", "json", "-verbose", "-kubernetes-version", version, "-schema-location", location]
    answer = json.loads(_run([program("kubeconform"), *flags, str(folder)], {0, 1}))
    resources = answer["resources"]
    return Report(
        found=tuple(
            Found("kubeconform", one["status"].removeprefix("status"), f"{one['kind']}/{one['name']}", one["msg"])
            for one in resources
            if one["status"] != "statusValid"
        ),
        passed=sum(one["status"] == "statusValid" for one in resources),
    )


def actionlint(files: Iterable[Path]) -> tuple[Found, ...]:
    """What is wrong with GitHub workflows. shellcheck and pyflakes stay off: not every machine has them."""
    flags = ["-shellcheck=", "-pyflakes=", "-format", "{{json .}}"]
    answer = json.loads(_run([program("actionlint"), *flags, *map(str, files)], {0, 1}) or "null") or []
    return tuple(
        Found("actionlint", one["kind"], f"{Path(one['filepath']).name}:{one['line']}", one["message"])
        for one in answer
    )


def pyright(folder: Path) -> tuple[Found, ...]:
    """What an editor underlines in the programs of a folder, as it comes: no configuration but this interpreter."""
    flags = ["--pythonpath", sys.executable, "--outputjson"]
    answer = json.loads(_run([program("pyright"), *flags, str(folder)], {0, 1}))
    looked, there = answer["summary"]["filesAnalyzed"], len(list(folder.glob("*.py")))
    if looked != there:
        raise RuntimeError(f"pyright looked at {looked} of {there} files in {folder}")
    return tuple(
        Found("pyright", one.get("rule", "syntax"), Path(one["file"]).stem, one["message"], one["severity"])
        for one in answer["generalDiagnostics"]
    )


@cache
def program(name: str) -> str:
    """Path of an installed scanner in its pinned version. MissingToolError if it is not there."""
    path, version = _places()[name]
    if not path.is_file():
        raise MissingToolError(f"{name} {version} is not installed; scripts/scanners installs it")
    return str(path)


def _places() -> Mapping[str, tuple[Path, str]]:
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pulumi-kubernetes-mcp"
    pinned = re.findall(r"^checkov==(\S+)", (HERE / "requirements.in").read_text(), re.MULTILINE)
    places = {"checkov": (base / "checkov-venv" / "bin" / "checkov", pinned[0])}
    lock = (HERE / "pyright" / "package-lock.json").read_bytes()
    editor = base / "scanners" / f"pyright-{hashlib.sha256(lock).hexdigest()[:16]}"
    version = json.loads(lock)["packages"]["node_modules/pyright"]["version"]
    places["pyright"] = (editor / "node_modules" / ".bin" / "pyright", version)
    for line in (HERE / "go-tools.txt").read_text().split():
        name, _, version = line.rpartition("/")[2].partition("@")
        places[name] = (base / "scanners" / f"{name}-{version}" / name, version)
    return places


def _run(command: list[str], good: set[int]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT_S)
    if done.returncode not in good:
        raise RuntimeError(f"{Path(command[0]).name} ended with {done.returncode}: {done.stderr or done.stdout}")
    return done.stdout


def _checkov_object(resource: str) -> str:
    kind, _, name = resource.split(".", 2)
    return f"{kind}/{name}"


def as_object(data: Any) -> str:
    """``Kind/name`` of a manifest."""
    return f"{data['kind']}/{data['metadata']['name']}"
