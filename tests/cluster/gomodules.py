"""Go, its module proxy, and the files inside module archives.

Everything this tier needs from outside comes through the ordinary Go module client: the sources of the
control plane (built by `build.py`), the custom resource definitions (`crds.py`) and kwok's life-cycle stages.
Archives are checked against the hash pinned next to their version, so a second download is the first one or
an error.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

MINIMUM_GO = (1, 26)
DOWNLOAD_TIMEOUT_S = 300


class MissingError(RuntimeError):
    """Something this machine lacks; the message says exactly what, and how to get it."""


@dataclass(frozen=True)
class Module:
    """A Go module at one version, with the hash the Go client computes over its archive."""

    path: str
    version: str
    checksum: str

    def __str__(self) -> str:
        return f"{self.path}@{self.version}"


def go_environment() -> dict[str, str]:
    """The caller's environment with the settings that would change what is built taken out."""
    environment = dict(os.environ)
    environment.update(GOFLAGS="", GOWORK="off", GOTOOLCHAIN="local", CGO_ENABLED="0")
    for name in ("GOOS", "GOARCH"):
        environment.pop(name, None)
    return environment


@cache
def go_binary() -> str:
    """Path of a Go tool that is new enough."""
    go = shutil.which("go")
    needed = ".".join(str(part) for part in MINIMUM_GO)
    if go is None:
        raise MissingError(f"Go {needed} or newer is not on the PATH (command `go`)")
    done = subprocess.run([go, "env", "GOVERSION"], capture_output=True, text=True, env=go_environment())
    found = re.match(r"go(\d+)\.(\d+)", done.stdout)
    if found is None or (int(found[1]), int(found[2])) < MINIMUM_GO:
        version = done.stdout.strip() or "an unusable one"
        raise MissingError(f"Go {needed} or newer is needed, this machine has {version}")
    return go


@cache
def archive(module: Module) -> Path:
    """The module's zip in the local module cache, downloaded first if it is not there.

    A module that asks for a newer Go than this one is an error for `go build`, not for reading data files out
    of its archive: the client still reports the verified archive, and that is all that is asked of it here.
    """
    command = [go_binary(), "mod", "download", "-json", str(module)]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            env=go_environment(),
            cwd=tempfile.gettempdir(),
            timeout=DOWNLOAD_TIMEOUT_S,
        )
    except subprocess.TimeoutExpired as error:
        raise MissingError(f"module {module}: no answer within {DOWNLOAD_TIMEOUT_S} s") from error
    answer = json.loads(done.stdout or "{}")
    if "Zip" not in answer:
        raise MissingError(f"module {module} cannot be had: {answer.get('Error') or done.stderr.strip()}")
    if answer["Sum"] != module.checksum:
        raise RuntimeError(f"module {module} has hash {answer['Sum']}, pinned is {module.checksum}")
    return Path(answer["Zip"])


def cache_root() -> Path:
    """The folder for everything that is expensive to make or to fetch, and not worth committing."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "pulumi-kubernetes-mcp"


def folder_of(module: Module, folder: str) -> Path:
    """One folder's YAML files out of a module's archive, laid out in the cache on first use."""
    name = f"{module.path}-{module.version}-{folder}".replace("/", "_")
    target = cache_root() / "files" / name
    if target.is_dir():
        return target
    prefix = f"{module}/{folder}/"
    target.parent.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(dir=target.parent) as scratch,
        zipfile.ZipFile(archive(module)) as opened,
    ):
        whole = Path(scratch) / "whole"
        whole.mkdir()
        for entry in opened.namelist():
            rest = entry.removeprefix(prefix)
            if rest != entry and "/" not in rest and rest.endswith(".yaml"):
                (whole / rest).write_bytes(opened.read(entry))
        with suppress(FileExistsError):
            whole.rename(target)
    return target
