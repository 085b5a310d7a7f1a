"""The image of the exporter installs what its lock holds, and that is what is tested here."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def pins(path: str) -> dict[str, str]:
    return dict(re.findall(r"^([A-Za-z0-9_.-]+)==(\S+)", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE))


def test_the_lock_of_the_image_is_part_of_the_lock_of_the_tests() -> None:
    image = pins("images/probe/requirements.txt")
    assert {"httpx2", "prometheus-client", "pulumi", "pydantic", "typer"} <= set(image)
    assert image.items() <= pins("requirements-dev.txt").items() | pins("requirements.txt").items()
    dockerfile = (ROOT / "images" / "probe" / "Dockerfile").read_text(encoding="utf-8")
    assert "--require-hashes" in dockerfile
    assert re.search(r"^USER \d+:\d+$", dockerfile, re.MULTILINE)
