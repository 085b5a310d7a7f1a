"""Argument types that several components have in theirs.

Generated from the declarations of the keys: `python -m tools.argument_types --write`.
"""

from typing import NotRequired, TypedDict

import pulumi


class IngressFromArgs(TypedDict):
    """One origin that may connect to the pods."""

    port: int
    """TCP port of the pods."""
    namespace: NotRequired[pulumi.Input[str]]
    """Namespace whose pods may connect. Default: none."""
    cidrs: NotRequired[list[str]]
    """Address ranges that may connect, instead of a namespace. Default: none."""
    workload: NotRequired[pulumi.Input[str]]
    """Name of a workload of the same namespace that may connect, instead of a namespace. Default: none."""
    component: NotRequired[str]
    """Component label of that workload. Default: 'server'."""
    name: NotRequired[str]
    """End of the name of a NetworkPolicy of its own, a DNS label; origins of one name share it. What changes its name
    is open before the old one closes. Left out: a rule of the workload's own NetworkPolicy."""
