"""Rules about the image: whether it is the same one tomorrow."""

from __future__ import annotations

import re

from ...kubernetes.grammar import IMAGE as GRAMMAR
from ..model import Finding, Rule, Severity

IMAGE = Rule(
    code="MCP101",
    slug="image-not-pinned",
    severity=Severity.ERROR,
    title="an image without a fixed version",
    meaning="""
        The image has no tag, an empty tag, the tag `latest`, or a digest that cannot be read; or it is no image
        reference at all, which a plain value is told before. The colon of a registry's port is not a tag; a digest
        outweighs any tag.
        """,
    why="""
        'latest' and a missing tag name another image tomorrow: pods of one rollout then differ, and a rollback brings
        back nothing.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:latest
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
        """,
)


MOVING = Rule(
    code="MCP161",
    slug="image-tag-moves",
    severity=Severity.WARNING,
    title="a tag that is made to move",
    meaning="""
        There is no digest, and the tag of an image is a word that names a branch or a channel (`main`, `edge`,
        `nightly`, `dev`, `stable`, and their like), or a major version alone (`1`, `v2`, `16`), with the name of a
        system behind it or without (`22-alpine`). Any other tag, such as `main-3f9c2e1`, `1.4` or `20261130`, passes.
        """,
    why="""
        Such a tag names another image after the next build. A pod that is replaced at night then runs other code than
        those beside it, and a rollback to the manifest of yesterday brings back today's image.
        """,
    fails="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:main
        """,
    passes="""
        mcp:server:
          image: ghcr.io/acme/mcp-server:1.4.2
        """,
    note="""
        Accept it where the registry keeps such a tag still, as where the number is that of a build, or where pods may
        differ, as in development.
        """,
)


_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")


_TAG = re.compile(r"\w[\w.-]{0,127}", re.ASCII)


_MOVING_TAG = "latest"
_CHANNELS = frozenset({
    "alpha", "beta", "canary", "current", "dev", "devel", "develop", "development", "edge", "head", "latest", "lts",
    "main", "master", "next", "nightly", "prod", "production", "rc", "release", "rolling", "snapshot",
    "stable", "staging", "test", "testing", "trunk", "unstable",
})  # fmt: skip
"""Tags that projects move with each build or release."""
_SYSTEM = re.compile(
    r"(?:-(?:alpine|slim|bookworm|bullseye|buster|trixie|jammy|noble|focal|debian|ubuntu|ubi|distroless|community)"
    r"[0-9.]*)+"
)
"""What official images put behind a version to say what they are built upon."""
_MAJOR = re.compile(r"[vV]?[0-9]{1,2}")
"""A major version alone, which moves with each release of it. One of more digits is the number of a build, or a day."""


def image_findings(image: str, *, path: str) -> list[Finding]:
    """MCP101 unless ``image`` has a digest, or a tag other than ``latest``; MCP161 for one that moves.

    A colon before the last slash belongs to the port of the registry. A digest outweighs any tag.
    """
    repository, at, digest = image.strip().partition("@")
    if at:
        if _DIGEST.fullmatch(digest) and repository:
            return _reference_findings(image, path)
        return [
            IMAGE.at(
                path,
                f"'{image}' has a digest that cannot be read.",
                "A digest is 'sha256:' and 64 hexadecimal digits; copy it from the registry, or use a fixed tag.",
            )
        ]
    head, slash, last = repository.rpartition("/")
    name, colon, tag = last.partition(":")
    if name and _TAG.fullmatch(tag) and tag != _MOVING_TAG:
        moving = _moving_findings(image, tag, f"{head}{slash}{name}", path)
        return _reference_findings(image, path) or moving
    return [IMAGE.at(path, _image_problem(image, name, tag, bool(colon)), _image_remedy(f"{head}{slash}{name}", name))]


def _moving_findings(image: str, tag: str, repository: str, path: str) -> list[Finding]:
    version = _SYSTEM.sub("", tag.lower())
    if _MAJOR.fullmatch(version):
        problem = f"'{image}' has the tag '{tag}', which is moved to each new release of that major version."
        return [MOVING.at(path, problem, f"Give a whole version, or a digest, such as '{repository}@sha256:...'.")]
    if version not in _CHANNELS:
        return []
    problem = f"'{image}' has the tag '{tag}', which is moved to another image with the next build or release."
    return [MOVING.at(path, problem, f"Give a fixed tag, or a digest, such as '{repository}@sha256:...'.")]


def _reference_findings(image: str, path: str) -> list[Finding]:
    """A fixed version of something that no registry can hold: an Output, whose value no form has checked."""
    if GRAMMAR.takes(image):
        return []
    return [IMAGE.at(path, f"'{image}' is not {GRAMMAR.is_not}.", f"{GRAMMAR.use[0].upper()}{GRAMMAR.use[1:]}.")]


def _image_problem(image: str, name: str, tag: str, colon: bool) -> str:
    if not name:
        return f"'{image}' names no image."
    if not tag:
        return f"'{image}' has {'an empty' if colon else 'no'} tag, which means 'latest'."
    if tag == _MOVING_TAG:
        return f"'{image}' has the tag 'latest', which names another image tomorrow."
    return f"'{image}' has a tag that cannot be read."


def _image_remedy(repository: str, name: str) -> str:
    if not name or not GRAMMAR.takes(f"{repository}:1.4.2"):
        return "Give an image with a fixed tag or a digest, such as 'ghcr.io/acme/mcp-server:1.4.2'."
    return f"Give a fixed tag, such as '{repository}:1.4.2', or a digest, such as '{repository}@sha256:...'."


RULES = (IMAGE, MOVING)
