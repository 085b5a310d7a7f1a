"""The locks of the repository, read without pip: what they pin, what they were made from, and what that requires."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PYTHONS = ("3.11", "3.12", "3.13")
PLATFORMS = (("linux", "Linux", "x86_64"), ("linux", "Linux", "aarch64"), ("darwin", "Darwin", "arm64"))
ALWAYS_THERE = frozenset({"pip"})
"""Every environment is made with it, and scripts/install lets it be."""


@dataclass(frozen=True)
class Lock:
    """One lock, and the requirements it was made from."""

    path: str
    """From the root of the repository."""
    roots: tuple[str, ...]
    """Files with one requirement a line, or an optional group of ``pyproject.toml`` (empty: the dependencies)."""

    @property
    def entries(self) -> list[str]:
        """The text of each entry: its first line stands at the margin, what is indented belongs to it."""
        text = (ROOT / self.path).read_text(encoding="utf-8")
        text = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)
        return [entry.strip() for entry in re.split(r"\n(?=\S)", text) if entry.strip()]

    @property
    def pins(self) -> dict[str, str]:
        """Name, as the index knows it, to version."""
        pairs = (entry.split()[0].split("==") for entry in self.entries)
        return {canonicalize_name(name): version for name, version in pairs}

    @property
    def wanted(self) -> list[Requirement]:
        """What it was made from."""
        return [Requirement(text) for root in self.roots for text in _requirements(root)]


SERVERS = "tests/lab/servers"
LOCKS = (
    Lock("requirements.txt", ("pyproject.toml",)),
    Lock("requirements-dev.txt", ("pyproject.toml", "pyproject.toml:dev")),
    Lock("images/probe/requirements.txt", ("pyproject.toml", "pyproject.toml:probe")),
    Lock("examples/server/requirements.txt", ("examples/server/requirements.in",)),
    Lock("scripts/requirements.txt", ("scripts/requirements.in",)),
    Lock("tests/lab/requirements.txt", ("pyproject.toml", "tests/lab/requirements.in")),
    Lock(f"{SERVERS}/conformance/requirements.txt", (f"{SERVERS}/conformance/requirements.in",)),
    Lock(f"{SERVERS}/drivers_python/requirements.txt", (f"{SERVERS}/drivers_python/requirements.in",)),
    Lock(f"{SERVERS}/envoy/requirements.txt", (f"{SERVERS}/envoy/requirements.in",)),
    Lock(f"{SERVERS}/fastmcp/requirements.txt", (f"{SERVERS}/fastmcp/requirements.in",)),
    Lock(f"{SERVERS}/python_v1/requirements.txt", (f"{SERVERS}/python_v1/requirements.in",)),
    Lock("tests/scanners/requirements.txt", ("tests/scanners/requirements.in",)),
)


def _requirements(root: str) -> Iterator[str]:
    name, _, group = root.partition(":")
    path = ROOT / name
    if name == "pyproject.toml":
        project = tomllib.loads(path.read_text(encoding="utf-8"))["project"]
        yield from project["optional-dependencies"][group] if group else project["dependencies"]
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("-r "):
            yield from _requirements(str((path.parent / line[3:]).resolve().relative_to(ROOT)))
        elif line and not line.startswith("#"):
            yield line


@cache
def installed() -> Mapping[str, metadata.Distribution]:
    """What this environment holds, by the name that the index knows."""
    return {canonicalize_name(one.metadata["Name"]): one for one in metadata.distributions()}


def environments() -> Iterator[dict[str, str]]:
    """What a marker may be asked under: each supported Python on each platform that has wheels for all."""
    for python in PYTHONS:
        for system, platform, machine in PLATFORMS:
            here = {name: str(value) for name, value in default_environment().items()}
            version = {"python_version": python, "python_full_version": f"{python}.0", "implementation_version": python}
            yield {**here, **version, "sys_platform": system, "platform_system": platform, "platform_machine": machine}


def unmet(pins: Mapping[str, str], wanted: Iterable[Requirement], environment: Mapping[str, str]) -> set[str]:
    """What a resolver would add to the pins or change in them, as far as the packages are installed here as pinned.

    Extras are followed: a pin without its extra still has to bring what the extra asks for.
    """
    found: set[str] = set()
    seen: set[tuple[str, str]] = set()
    todo = [("", one) for one in wanted] + [("", Requirement(f"{name}=={version}")) for name, version in pins.items()]
    while todo:
        because, one = todo.pop()
        name = canonicalize_name(one.name)
        if name in ALWAYS_THERE:
            continue
        if name not in pins or not one.specifier.contains(pins[name], prereleases=True):
            found.add(f"{one} of {because}" if because else str(one))
            continue
        for extra in {"", *one.extras}:
            if (name, extra) not in seen:
                seen.add((name, extra))
                todo += [(name, inner) for inner in _asked_by(name, pins[name], {**environment, "extra": extra})]
    return found


def _asked_by(name: str, version: str, environment: Mapping[str, str]) -> list[Requirement]:
    return [one for one in _requires(name, version) if one.marker is None or one.marker.evaluate(dict(environment))]


@cache
def _requires(name: str, version: str) -> tuple[Requirement, ...]:
    one = installed().get(name)
    if one is None or one.version != version:
        return ()
    return tuple(Requirement(text) for text in one.requires or ())
