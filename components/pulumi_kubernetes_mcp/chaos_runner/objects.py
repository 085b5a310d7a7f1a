"""The objects of an experiment, each by the suffix of its resource."""

from __future__ import annotations

from ..inputs.outputs import mapped
from ..kubernetes import objects as common
from ..kubernetes import rights
from ..kubernetes.made import Made, kept
from ..load_test.spec import port_of
from . import spec as specs
from .keys import ChaosComponentKeys

ACCOUNT, ROLE, BINDING, NETWORK, JOB = "account", "role", "rights", "network", "cronjob"
RBAC = "rbac.authorization.k8s.io/v1"


def chaos_objects(keys: ChaosComponentKeys) -> dict[str, Made]:
    """Everything that McpChaos registers."""
    name = specs.name_of(keys.server_name)
    labels = common.labels(name, specs.COMPONENT)
    versioned = common.versioned(labels, mapped(keys.image, common.image_version))

    def metadata(of: common.Spec) -> common.Spec:
        return common.metadata(name, keys.namespace, of)

    closed = mapped(keys.url, lambda url: specs.policy(keys, port_of(url)))
    objects = {
        ACCOUNT: Made("v1", "ServiceAccount", {"metadata": metadata(labels), "automountServiceAccountToken": False}),
        ROLE: Made(RBAC, "Role", {"metadata": metadata(labels), "rules": specs.rights(keys)}),
        BINDING: Made(
            RBAC, "RoleBinding", {"metadata": metadata(labels), **rights.binding("Role", name, name, keys.namespace)}
        ),
        NETWORK: Made("networking.k8s.io/v1", "NetworkPolicy", {"metadata": metadata(labels), "spec": closed}),
        JOB: Made("batch/v1", "CronJob", {"metadata": metadata(versioned), "spec": specs.cron_job(keys, versioned)}),
    }
    return kept(objects, policies=keys.pod_policies)
