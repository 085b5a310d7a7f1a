"""Arguments of McpNamespace.

Generated from the declarations of the keys: `python -m tools.argument_types --write`.
"""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi

from .shared import PatchArgs


class QuotaArgs(TypedDict):
    """What all pods of the namespace may request together."""

    cpu: str
    """Sum of CPU requests, such as '40'. Plain, because it is checked against the plan at preview."""
    memory: str
    """Sum of memory requests, such as '64Gi'."""
    pods: int
    """Number of pods."""
    extended_resources: NotRequired[Mapping[str, int]]
    """Extended resources by name, such as nvidia.com/gpu: 8. What is not named is not limited. Default: none."""


class McpNamespaceArgs(TypedDict):
    """Arguments of McpNamespace."""

    namespace: NotRequired[pulumi.Input[str]]
    """Name of the namespace, a DNS label. Derived: the name of the component."""
    environment: NotRequired[str]
    """Environment for the label 'kubernetes-mcp/environment'; any word, since nothing else follows from it here.
    Default: 'production'."""
    quota: NotRequired[QuotaArgs]
    """Limit on the sum of requests; room for the greatest number of pods and a rollout's surge. Default: none."""
    operators: NotRequired[list[str]]
    """Groups (as the cluster's identity provider names them) that may read the namespace and delete pods. Default:
    none."""
    accept: NotRequired[Mapping[str, str]]
    """Codes or names of warnings that are accepted, each with its reason. Default: none."""
    patches: NotRequired[list[PatchArgs]]
    """Patches of the namespace and of what is in it for all: quota, limits, policies, roles. Default: none."""


HELP = """The keys, as a mapping or as keywords. 'Output' says that a value may come later.

namespace: str or Output
    Name of the namespace, a DNS label. Derived: the name of the component.

environment: str
    Environment for the label 'kubernetes-mcp/environment'; any word, since nothing else follows
    from it here. Default: 'production'.

quota: group
    Limit on the sum of requests; room for the greatest number of pods and a rollout's surge.
    Default: none.

quota.cpu: str, required
    Sum of CPU requests, such as '40'. Plain, because it is checked against the plan at preview.

quota.memory: str, required
    Sum of memory requests, such as '64Gi'.

quota.pods: int, required
    Number of pods.

quota.extended_resources: mapping of str to int
    Extended resources by name, such as nvidia.com/gpu: 8. What is not named is not limited.
    Default: none.

operators: list of str
    Groups (as the cluster's identity provider names them) that may read the namespace and delete
    pods. Default: none.

accept: mapping of str to str
    Codes or names of warnings that are accepted, each with its reason. Default: none.

patches: list of group
    Patches of the namespace and of what is in it for all: quota, limits, policies, roles. Default:
    none.

patches[].kind: str, required
    Kind of the object, such as 'Deployment' or 'Service'; 'Pod' is the template of its pods.

patches[].name: str
    Name of the object. Left out: all objects of the kind that the component makes.

patches[].patch: mapping of str to anything, required
    What is changed, in the fields of Kubernetes: a strategic merge patch for its own kinds (lists
    are merged by the keys of its API; `$patch` and its other directives are understood), a JSON
    merge patch for custom resources.
"""
"""What help() shows of the constructor."""
