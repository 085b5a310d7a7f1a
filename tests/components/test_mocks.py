"""Components in a program whose own tests use Pulumi's mocks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

UNDER_MOCKS = """
import pulumi
from pulumi.runtime import Mocks, set_mocks
from pulumi_kubernetes_mcp import McpSecrets

names, answer = [], {answer}

class Given(Mocks):
    def new_resource(self, args):
        if args.typ == "kubernetes:core/v1:Secret":
            names.append(args.inputs["metadata"]["name"])
        return args.name, answer(args.inputs)

    def call(self, args):
        return args.args

def program():
    values = {{"token": pulumi.Output.secret("hidden")}}
    McpSecrets("keys", namespace="mcp", source="config", values=values)

set_mocks(Given())
pulumi.runtime.test(program)()
print(names)
"""


@pytest.mark.grid
@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ("dict", "keys"),
        ("lambda inputs: {}", "keys"),
        ("lambda inputs: {**inputs, 'hex': '0a1b'}", "keys-0a1b"),
    ],
)
def test_mocks_may_say_nothing_of_what_a_provider_adds(answer: str, name: str) -> None:
    """In a process of its own: mocks are of the whole of it."""
    code = UNDER_MOCKS.format(answer=answer)
    root = Path(__file__).parents[2]
    ran = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, timeout=300)
    assert ran.stdout.strip() == f"['{name}']", ran.stderr[-2000:]
