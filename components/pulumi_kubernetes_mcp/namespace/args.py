"""What McpNamespace is made from: the rules applied to what a program says."""

from dataclasses import replace

import pulumi

from ..inputs.outputs import plain
from ..kubernetes.made import Made
from ..kubernetes.patches import at, patched
from ..rules import workload
from ..rules.model import Finding
from . import objects as made
from .keys import NamespaceKeys


def namespace_findings(keys: NamespaceKeys) -> list[Finding]:
    """Every rule that the arguments can break, but for the name, which may be an Output."""
    if keys.quota is None:
        return patched_objects("", keys, "", "")[1]
    quota = {"cpu": keys.quota.cpu, "memory": keys.quota.memory}
    of_quota = workload.resource_findings(requests=quota, limits={}, path="quota")
    # Without quantities there is no object to patch.
    found = [] if of_quota else patched_objects("", keys, "", "")[1]
    return found + [replace(finding, path=finding.path.replace("quota.requests", "quota")) for finding in of_quota]


def patched_objects(
    name: str, keys: NamespaceKeys, wanted: pulumi.Input[str], inside: pulumi.Input[str]
) -> tuple[dict[str, Made], list[Finding]]:
    """What the namespace registers, each object by the suffix of its resource, and what is wrong with its patches."""
    return patched(made.namespace_objects(name, keys, wanted, inside), keys.patches, decided=made.DECIDED)


def enforced_level(keys: NamespaceKeys) -> str | None:
    """The Pod Security level that the namespace enforces after its patches; ``None`` where that is not known."""
    if not keys.create_namespace:
        return None
    objects, _ = patched_objects("", keys, "", "")
    labels = at(objects[made.NAMESPACE].body, "metadata.labels") or {}
    return plain(labels.get(made.ENFORCE, "privileged"))
