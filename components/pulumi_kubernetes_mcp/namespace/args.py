"""What McpNamespace is made from: the rules applied to what a program says."""

from dataclasses import replace

from ..rules import workload
from ..rules.model import Finding
from .keys import NamespaceKeys


def namespace_findings(keys: NamespaceKeys) -> list[Finding]:
    """Every rule that the arguments can break, but for the name, which may be an Output."""
    if keys.quota is None:
        return []
    quota = {"cpu": keys.quota.cpu, "memory": keys.quota.memory}
    found = workload.resource_findings(requests=quota, limits={}, path="quota")
    return [replace(finding, path=finding.path.replace("quota.requests", "quota")) for finding in found]
