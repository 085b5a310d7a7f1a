"""The stack program: what a stack file says, and nothing else."""

from pulumi_kubernetes_mcp import program

program.run()
