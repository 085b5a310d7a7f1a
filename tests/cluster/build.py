"""Build the control plane from Go modules: `python -m tests.cluster.build`.

The binaries go to a folder outside the work tree, one per version and lock file, so that a second run has
nothing to do and a changed `go.mod` never meets an old binary.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.cluster.crds import crd_files
from tests.cluster.gomodules import MissingError, cache_root, go_binary, go_environment
from tests.cluster.keda_files import MODULE as KEDA_MODULE
from tests.cluster.keda_files import fetch as fetch_keda
from tests.cluster.stages import KWOK_VERSION, stage_documents

SOURCES = Path(__file__).parent / "go"
KUBERNETES_VERSION = "v1.36.3"
ETCD_VERSION = "v3.6.14"
BUILD_COMMAND = "python -m tests.cluster.build"
PROGRESS_EVERY_S = 20.0
NICENESS = 5


@dataclass(frozen=True)
class Build:
    """One Go module of ours and the programs built from it."""

    name: str
    version: str
    programs: dict[str, str]
    stamps: tuple[str, ...] = ()
    sources: Path = SOURCES

    @property
    def source(self) -> Path:
        """The folder that holds the module's go.mod and go.sum."""
        return self.sources / self.name

    @property
    def linker_flags(self) -> str:
        """What `-ldflags` receives: no debug tables, and the version the program shall report."""
        return " ".join(["-s", "-w", *(f"-X {stamp}" for stamp in self.stamps)])

    @property
    def target(self) -> Path:
        """Where the binaries are kept."""
        digest = hashlib.sha256(self.linker_flags.encode())
        for name in ("go.mod", "go.sum", *sorted(path.name for path in self.source.glob("*.go"))):
            digest.update((self.source / name).read_bytes())
        return cache_root() / "bin" / f"{self.name}-{self.version}-{digest.hexdigest()[:8]}"


def _version_stamps(version: str) -> tuple[str, ...]:
    major, minor, _ = version.removeprefix("v").split(".")
    values = {"gitVersion": version, "gitMajor": major, "gitMinor": minor, "gitTreeState": "clean"}
    packages = ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
    return tuple(f"{package}.{key}={value}" for package in packages for key, value in values.items())


BUILDS = (
    Build("etcd", ETCD_VERSION, {"etcd": "go.etcd.io/etcd/server/v3"}),
    Build("kwok", KWOK_VERSION, {"kwok": "sigs.k8s.io/kwok/cmd/kwok"}),
    Build(
        "kubernetes",
        KUBERNETES_VERSION,
        {
            name: f"k8s.io/kubernetes/cmd/{name}"
            for name in ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl")
        },
        _version_stamps(KUBERNETES_VERSION),
    ),
)

ORACLE = Build("hpa", KUBERNETES_VERSION, {"hpa-oracle": "."})
"""A program of ours around the real controller: see `hpa_oracle.py`."""

KEDA = Build(
    "keda",
    KEDA_MODULE.version,
    {
        **{f"keda-{name}": f"github.com/kedacore/keda/v2/cmd/{name}" for name in ("operator", "adapter", "webhooks")},
        "keda-cron-oracle": ".",
    },
    (f"github.com/kedacore/keda/v2/version.Version={KEDA_MODULE.version.removeprefix('v')}",),
)
"""KEDA's three programs, and one of ours around its cron scaler: see `keda.py` and `keda_cron.py`."""


def binaries(builds: Sequence[Build] = BUILDS, command: str = BUILD_COMMAND) -> dict[str, Path]:
    """Path of every program; raises `MissingError` naming those that have not been built, and what builds them."""
    paths = {name: build.target / name for build in builds for name in build.programs}
    absent = sorted(name for name, path in paths.items() if not os.access(path, os.X_OK))
    if absent:
        try:
            go_binary()
            how = f"run `{command}`"
        except MissingError as error:
            how = f"{error}; with it, run `{command}`"
        raise MissingError(f"binaries not built: {', '.join(absent)}; {how}")
    return paths


@contextmanager
def _only_one_builder(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def build_missing(builds: Sequence[Build] = (*BUILDS, ORACLE, KEDA), *, modfile: Path | None = None) -> float:
    """Build what is not in the cache and return the seconds it took.

    :param modfile: what stands in the place of a go.mod, see `go help build`.
    """
    jobs = int(os.environ.get("MCP_BUILD_JOBS") or min(2, os.cpu_count() or 1))
    limit_s = float(os.environ.get("MCP_BUILD_LIMIT_S") or 3600)
    started = time.monotonic()
    with _only_one_builder(cache_root() / "bin"):
        for build in builds:
            build.target.mkdir(parents=True, exist_ok=True)
            for program, package in build.programs.items():
                path = build.target / program
                if os.access(path, os.X_OK):
                    print(f"{program} {build.version}: already built")
                    continue
                left = limit_s - (time.monotonic() - started)
                _compile(build, program, package, jobs=jobs, limit_s=left, modfile=modfile)
    return time.monotonic() - started


def _compile(
    build: Build, program: str, package: str, *, jobs: int, limit_s: float, modfile: Path | None = None
) -> None:
    """One `go build`, into a temporary file that takes its name only when it is whole."""
    go, started = go_binary(), time.monotonic()
    with tempfile.TemporaryDirectory(dir=build.target) as scratch:
        output = Path(scratch) / program
        flags = ["-mod=readonly", "-trimpath", "-buildvcs=false", "-v", f"-p={jobs}"]
        if modfile is not None:
            flags.append(f"-modfile={modfile}")
        command = ["nice", "-n", str(NICENESS), go, "build", *flags]
        command += ["-ldflags", build.linker_flags, "-o", str(output), package]
        process = subprocess.Popen(
            command,
            cwd=build.source,
            env=go_environment(),
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        lines: list[str] = []
        reader = threading.Thread(target=_follow, args=(process, program, lines, started), daemon=True)
        reader.start()
        try:
            process.wait(max(1.0, limit_s))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise RuntimeError(f"{program}: not built within the time limit (MCP_BUILD_LIMIT_S)") from None
        finally:
            reader.join(10)
        if process.returncode:
            raise RuntimeError(f"{program}: go build failed\n" + "\n".join(lines[-30:]))
        output.replace(build.target / program)
    size = (build.target / program).stat().st_size / 2**20
    seconds = time.monotonic() - started
    what = f"{len(lines)} packages, {size:.0f} MiB"
    print(f"{program} {build.version}: built in {seconds:.0f} s, {what}", flush=True)


def _follow(process: subprocess.Popen[str], program: str, lines: list[str], started: float) -> None:
    """Count the packages `go build -v` names, and say so now and then."""
    last = started
    assert process.stderr is not None
    with process.stderr as stream:
        for line in stream:
            lines.append(line.rstrip())
            if time.monotonic() - last >= PROGRESS_EVERY_S:
                last = time.monotonic()
                print(f"{program}: {len(lines)} packages, {last - started:.0f} s, at {lines[-1]}", flush=True)


def main() -> int:
    """Build, and exit 2 when this machine lacks what building needs."""
    try:
        seconds = build_missing()
        stage_documents()
        fetch_keda()
        print(f"{len(crd_files())} custom resource definitions at hand")
    except MissingError as error:
        print(f"cannot build the control plane: {error}", file=sys.stderr)
        return 2
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"control plane ready after {seconds:.0f} s")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
