"""Arguments of McpNamespace: what a caller may say, the defaults put in, the rules applied."""

from collections.abc import Mapping
from dataclasses import replace
from typing import NotRequired, TypedDict

import pulumi

from ..rules import workload
from ..rules.model import Finding


class QuotaArgs(TypedDict):
    """What all pods of the namespace may request together."""

    cpu: str
    """Sum of CPU requests, such as '40'. Plain, because it is checked against the plan at preview."""
    memory: str
    """Sum of memory requests, such as '64Gi'."""
    pods: int
    """Number of pods."""


class McpNamespaceArgs(TypedDict):
    """Arguments of McpNamespace."""

    namespace: NotRequired[pulumi.Input[str]]
    """Name of the namespace, a DNS label. Default: the name of the component."""
    environment: NotRequired[str]
    """Environment for the label 'kubernetes-mcp/environment'. Default: production."""
    quota: NotRequired[QuotaArgs]
    """Limit on the sum of requests; room for the greatest number of pods and a rollout's surge. Default: none."""
    operators: NotRequired[list[str]]
    """Groups that may read the namespace and delete pods. Default: none."""
    accept: NotRequired[Mapping[str, str]]
    """Codes or names of warnings that are accepted, each with its reason. Default: none."""


def namespace_findings(args: McpNamespaceArgs) -> list[Finding]:
    """Every rule that the arguments can break, but for the name, which may be an Output."""
    if "quota" not in args:
        return []
    quota = {"cpu": args["quota"]["cpu"], "memory": args["quota"]["memory"]}
    found = workload.resource_findings(requests=quota, limits={}, path="quota")
    return [replace(finding, path=finding.path.replace("quota.requests", "quota")) for finding in found]
