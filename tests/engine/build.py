"""Build the Pulumi CLI and the Kubernetes provider from their Go modules: `python -m tests.engine.build`.

The CLI as its module has it. The provider's module lacks two files that its own build makes: its schema in one line,
with a version, and a mapping in one line. Both are made here, in a copy of the module.
"""

from __future__ import annotations

import json
import shutil
import sys
import zipfile
from importlib.metadata import version
from pathlib import Path

from tests.cluster.build import Build, binaries, build_missing
from tests.cluster.gomodules import MissingError, Module, archive, cache_root

SOURCES = Path(__file__).parent / "go"
BUILD_COMMAND = "python -m tests.engine.build"
CLI_VERSION = "3.274.1"
CLI = Build(
    "pulumi",
    f"v{CLI_VERSION}",
    {"pulumi": "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"},
    (f"github.com/pulumi/pulumi/sdk/v3/go/common/version.Version={CLI_VERSION}",),
    SOURCES,
)
PROVIDER_SOURCE = "v4.0.0-20260115033456-f47bc2d6f199"
"""The only version of the module that can be had: the source of 2026-01-15, older than the SDK that is locked."""
PROVIDER_MODULE = Module(
    "github.com/pulumi/pulumi-kubernetes/provider/v4",
    PROVIDER_SOURCE,
    "h1:j2bphCf7c2YhnBrhwht2f3TNRRgcMImltUlAgzxr9H4=",
)
PROGRAM = "cmd/pulumi-resource-kubernetes"
MADE = {"schema.json": "schema-embed.json", "terraform-mapping.json": "terraform-mapping-embed.json"}


def provider_build() -> Build:
    """The provider, which calls itself what the locked SDK asks for: the engine compares."""
    stamp = f"{PROVIDER_MODULE.path}/pkg/version.Version=v{version('pulumi-kubernetes')}"
    return Build(
        "provider",
        PROVIDER_SOURCE,
        {"pulumi-resource-kubernetes": f"{PROVIDER_MODULE.path}/{PROGRAM}"},
        (stamp,),
        SOURCES,
    )


def programs() -> dict[str, Path]:
    """Name to path of both; raises `MissingError` where one has not been built."""
    return binaries((CLI, provider_build()), BUILD_COMMAND)


def provider_modfile() -> Path:
    """A go.mod that takes the provider from a folder with the files that its build makes."""
    folder = cache_root() / "files" / f"provider-{PROVIDER_SOURCE}"
    shutil.rmtree(folder, ignore_errors=True)
    with zipfile.ZipFile(archive(PROVIDER_MODULE)) as opened:
        opened.extractall(folder)
    module = folder / str(PROVIDER_MODULE)
    for given, made in MADE.items():
        content = json.loads(module.joinpath(PROGRAM, given).read_text(encoding="utf-8"))
        if given == "schema.json":
            content["version"] = version("pulumi-kubernetes")
        module.joinpath(PROGRAM, made).write_text(json.dumps(content, separators=(",", ":")), encoding="utf-8")
    lock = SOURCES / "provider"
    path = folder / "go.mod"
    own = lock.joinpath("go.mod").read_text(encoding="utf-8")
    path.write_text(f"{own}\nreplace {PROVIDER_MODULE.path} => {module}\n", encoding="utf-8")
    shutil.copy(lock / "go.sum", folder / "go.sum")
    return path


def main() -> int:
    """Build, and exit 2 when this machine lacks what building needs."""
    try:
        seconds = build_missing((CLI,)) + build_missing((provider_build(),), modfile=provider_modfile())
    except MissingError as error:
        print(f"cannot build the engine: {error}", file=sys.stderr)
        return 2
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"engine ready after {seconds:.0f} s")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
