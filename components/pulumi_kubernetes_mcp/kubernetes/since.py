"""Fields and kinds of Kubernetes that its older versions do not have, or have switched off.

From the feature gates of Kubernetes 1.36.3 (``pkg/features/kube_features.go``), and for those that are removed there
from their pages in the reference of feature gates (``ServiceTrafficDistribution``, ``AppArmorFields``). What every
version since 1.29 has is not here, nor what is still an alpha: it is off wherever nobody switched it on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from .api import typed

Minor = tuple[int, int]
_VERSION = re.compile(r"v?(\d+)\.(\d+)(?:[.+-].*)?")


@dataclass(frozen=True)
class Since:
    """Which minor version has a field first, which has it switched on, and what switches it."""

    there: Minor
    on: Minor
    gate: str | None = None
    """``None`` for what is there where it is on."""


@dataclass(frozen=True)
class Newer:
    """A field that a version is too old for."""

    path: str
    name: str
    """The field in words: 'hostUsers', or 'trafficDistribution: PreferSameZone'."""
    since: Since


def _since(there: int, on: int, gate: str | None = None) -> Since:
    return Since((1, there), (1, on), gate)


FIELDS: Mapping[str, Since] = MappingProxyType(
    {
        "autoscaling.v2.HPAScalingRules.tolerance": _since(33, 35, "HPAConfigurableTolerance"),
        "batch.v1.JobSpec.backoffLimitPerIndex": _since(28, 29, "JobBackoffLimitPerIndex"),
        "batch.v1.JobSpec.managedBy": _since(30, 32, "JobManagedBy"),
        "batch.v1.JobSpec.maxFailedIndexes": _since(28, 29, "JobBackoffLimitPerIndex"),
        "batch.v1.JobSpec.podReplacementPolicy": _since(28, 29, "JobPodReplacementPolicy"),
        "batch.v1.JobSpec.successPolicy": _since(30, 31, "JobSuccessPolicy"),
        "core.v1.Container.resizePolicy": _since(27, 33, "InPlacePodVerticalScaling"),
        "core.v1.Container.restartPolicy": _since(28, 29, "SidecarContainers"),
        "core.v1.Container.restartPolicyRules": _since(34, 35, "ContainerRestartRules"),
        "core.v1.EnvVarSource.fileKeyRef": _since(34, 35, "EnvFiles"),
        "core.v1.LifecycleHandler.sleep": _since(29, 30, "PodLifecycleSleepAction"),
        "core.v1.PersistentVolumeClaimSpec.volumeAttributesClassName": _since(29, 34, "VolumeAttributesClass"),
        "core.v1.PodAffinityTerm.matchLabelKeys": _since(29, 31, "MatchLabelKeysInPodAffinity"),
        "core.v1.PodAffinityTerm.mismatchLabelKeys": _since(29, 31, "MatchLabelKeysInPodAffinity"),
        "core.v1.PodSecurityContext.appArmorProfile": _since(30, 30),
        "core.v1.PodSecurityContext.seLinuxChangePolicy": _since(32, 33, "SELinuxChangePolicy"),
        "core.v1.PodSecurityContext.supplementalGroupsPolicy": _since(31, 33, "SupplementalGroupsPolicy"),
        "core.v1.PodSpec.hostUsers": _since(25, 33, "UserNamespacesSupport"),
        "core.v1.PodSpec.hostnameOverride": _since(34, 35, "HostnameOverride"),
        "core.v1.PodSpec.resourceClaims": _since(26, 34, "DynamicResourceAllocation"),
        "core.v1.PodSpec.resources": _since(32, 34, "PodLevelResources"),
        "core.v1.SecurityContext.appArmorProfile": _since(30, 30),
        "core.v1.SecurityContext.procMount": _since(12, 33, "ProcMountType"),
        "core.v1.ServiceSpec.trafficDistribution": _since(30, 31, "ServiceTrafficDistribution"),
        "core.v1.Volume.image": _since(31, 35, "ImageVolume"),
        "core.v1.VolumeMount.recursiveReadOnly": _since(30, 31, "RecursiveReadOnlyMounts"),
    }
)
"""Type of the API and field to its versions."""
VALUES: Mapping[tuple[str, Any], Since] = MappingProxyType(
    {
        ("core.v1.ServiceSpec.trafficDistribution", "PreferSameNode"): _since(33, 34, "PreferSameTrafficDistribution"),
        ("core.v1.ServiceSpec.trafficDistribution", "PreferSameZone"): _since(33, 34, "PreferSameTrafficDistribution"),
        ("core.v1.SleepAction.seconds", 0): _since(32, 33, "PodLifecycleSleepActionAllowZero"),
    }
)
"""Values that are newer than their field."""
KINDS: Mapping[str, Since] = MappingProxyType(
    {
        "admissionregistration.k8s.io/v1 MutatingAdmissionPolicy": _since(36, 36),
        "admissionregistration.k8s.io/v1 MutatingAdmissionPolicyBinding": _since(36, 36),
        "admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy": _since(30, 30),
        "admissionregistration.k8s.io/v1 ValidatingAdmissionPolicyBinding": _since(30, 30),
        "networking.k8s.io/v1 IPAddress": _since(33, 33),
        "networking.k8s.io/v1 ServiceCIDR": _since(33, 33),
        "resource.k8s.io/v1 DeviceClass": _since(34, 34),
        "resource.k8s.io/v1 ResourceClaim": _since(34, 34),
        "resource.k8s.io/v1 ResourceClaimTemplate": _since(34, 34),
        "storage.k8s.io/v1 VolumeAttributesClass": _since(34, 34),
    }
)
"""Version and kind to the version of Kubernetes that serves it first."""


def minor(version: str | None) -> Minor | None:
    """The minor version in the version of a cluster; ``None`` where it is not known."""
    known = _VERSION.fullmatch(version or "")
    return None if known is None else (int(known[1]), int(known[2]))


def newer_fields(value: Any, type_: str, version: Minor) -> Iterator[Newer]:
    """What a value says that a version has not, or has switched off; a patch is read as what it is a patch of."""
    for path, inner, given in typed(value, type_):
        for name, said in given.items():
            field = f"{inner}.{name}"
            plain = said if isinstance(said, (str, int)) else None
            found = [(name, FIELDS.get(field)), (f"{name}: {said}", VALUES.get((field, plain)))]
            late = [
                Newer(f"{path}.{name}".lstrip("."), words, since)
                for words, since in found
                if since is not None and version < since.on and said is not None
            ]
            # Of a field and its value, that which comes later.
            yield from sorted(late, key=lambda one: one.since.on)[-1:]
