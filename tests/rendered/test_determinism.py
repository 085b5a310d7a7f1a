"""The same stack file gives the same files, letter for letter, whatever the order of sets and of registration."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import pytest

from pulumi_kubernetes_mcp.offline.manifests import files, manifests
from tests.rendered.sets import ROOT, STACKS, deployment
from tests.table import first

PROGRAM = """
import hashlib, sys
sys.path[:0] = [".", "components"]
from tests.rendered.test_determinism import digest
print(*(digest(name) for name in sys.argv[1:]))
"""


def digest(name: str) -> str:
    """One number for all files of a stack, names and contents."""
    content = sorted(files(manifests(deployment(name))).items())
    return hashlib.sha256(repr(content).encode()).hexdigest()


@pytest.mark.grid
@pytest.mark.parametrize("name", first(1, STACKS))
def test_a_second_run_gives_the_same_files(name: str) -> None:
    before = files(manifests(deployment(name)))
    deployment.cache_clear()
    assert files(manifests(deployment(name))) == before


@pytest.mark.grid  # `make check` has an order of its own each time, and compares with what is committed.
@pytest.mark.parametrize("seed", ["4711", "0"])
def test_another_order_of_sets_gives_the_same_files(seed: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *STACKS],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [digest(name) for name in STACKS]


@pytest.mark.grid
def test_no_file_names_a_time_or_a_place() -> None:
    for name in STACKS:
        text = "".join(files(manifests(deployment(name))).values())
        assert str(ROOT) not in text
        assert "0x" not in text
