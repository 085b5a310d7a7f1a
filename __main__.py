"""The stack program. A checkout runs it as it is: `pulumi install` brings what it imports."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "components"))

from pulumi_kubernetes_mcp import program

program.run()
