"""``python -m pulumi_kubernetes_mcp.cli``: the console script without its installation."""

from . import main

main()
