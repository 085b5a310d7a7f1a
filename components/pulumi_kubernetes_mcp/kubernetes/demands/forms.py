"""What a single field of the API takes beyond its type: choices, ranges, grammars, lists that are not empty.

From ``pkg/apis/*/validation`` of Kubernetes 1.36. A key is a type of ``api.json`` and one of its fields.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .. import grammar
from ..grammar import Grammar

_UPDATES = ("RollingUpdate", "OnDelete")
_KEPT = ("Retain", "Delete")
_PULLED = ("Always", "IfNotPresent", "Never")
_HONOURED = ("Honor", "Ignore")
_PREEMPTS = ("PreemptLowerPriority", "Never")
_PROFILE = ("Localhost", "RuntimeDefault", "Unconfined")
_PROTOCOLS = ("TCP", "UDP", "SCTP")
_NEAR = ("PreferClose", "PreferSameZone", "PreferSameNode")
_PLACES = ("Cluster", "Local")

CHOICES: Mapping[str, Sequence[str]] = {
    "apps.v1.DaemonSetUpdateStrategy.type": _UPDATES,
    "apps.v1.DeploymentStrategy.type": ("RollingUpdate", "Recreate"),
    "apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy.whenDeleted": _KEPT,
    "apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy.whenScaled": _KEPT,
    "apps.v1.StatefulSetSpec.podManagementPolicy": ("OrderedReady", "Parallel"),
    "apps.v1.StatefulSetUpdateStrategy.type": _UPDATES,
    "autoscaling.v2.HPAScalingPolicy.type": ("Pods", "Percent"),
    "autoscaling.v2.HPAScalingRules.selectPolicy": ("Max", "Min", "Disabled"),
    "autoscaling.v2.MetricSpec.type": ("Object", "Pods", "Resource", "ContainerResource", "External"),
    "autoscaling.v2.MetricTarget.type": ("Utilization", "Value", "AverageValue"),
    "batch.v1.CronJobSpec.concurrencyPolicy": ("Allow", "Forbid", "Replace"),
    "batch.v1.JobSpec.completionMode": ("NonIndexed", "Indexed"),
    "batch.v1.JobSpec.podReplacementPolicy": ("TerminatingOrFailed", "Failed"),
    "core.v1.AppArmorProfile.type": _PROFILE,
    "core.v1.Container.imagePullPolicy": _PULLED,
    "core.v1.Container.restartPolicy": ("Always", "OnFailure", "Never"),
    "core.v1.Container.terminationMessagePolicy": ("File", "FallbackToLogsOnError"),
    "core.v1.ContainerPort.protocol": _PROTOCOLS,
    "core.v1.ContainerResizePolicy.resourceName": ("cpu", "memory"),
    "core.v1.ContainerResizePolicy.restartPolicy": ("NotRequired", "RestartContainer"),
    "core.v1.HTTPGetAction.scheme": ("HTTP", "HTTPS"),
    "core.v1.HostPathVolumeSource.type": (
        "DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice",
    ),
    "core.v1.ImageVolumeSource.pullPolicy": _PULLED,
    "core.v1.LimitRangeItem.type": ("Container", "Pod", "PersistentVolumeClaim"),
    "core.v1.NodeSelectorRequirement.operator": ("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"),
    "core.v1.PersistentVolumeClaimSpec.volumeMode": ("Filesystem", "Block"),
    "core.v1.PodOS.name": ("linux", "windows"),
    "core.v1.PodSecurityContext.fsGroupChangePolicy": ("OnRootMismatch", "Always"),
    "core.v1.PodSecurityContext.seLinuxChangePolicy": ("MountOption", "Recursive"),
    "core.v1.PodSecurityContext.supplementalGroupsPolicy": ("Merge", "Strict"),
    "core.v1.PodSpec.dnsPolicy": ("ClusterFirst", "Default", "ClusterFirstWithHostNet", "None"),
    "core.v1.PodSpec.preemptionPolicy": _PREEMPTS,
    "core.v1.PodSpec.restartPolicy": ("Always", "OnFailure", "Never"),
    "core.v1.SeccompProfile.type": _PROFILE,
    "core.v1.SecurityContext.procMount": ("Default", "Unmasked"),
    "core.v1.ServicePort.protocol": _PROTOCOLS,
    "core.v1.ServiceSpec.externalTrafficPolicy": _PLACES,
    "core.v1.ServiceSpec.internalTrafficPolicy": _PLACES,
    "core.v1.ServiceSpec.ipFamilyPolicy": ("SingleStack", "PreferDualStack", "RequireDualStack"),
    "core.v1.ServiceSpec.sessionAffinity": ("None", "ClientIP"),
    "core.v1.ServiceSpec.trafficDistribution": _NEAR,
    "core.v1.ServiceSpec.type": ("ClusterIP", "NodePort", "LoadBalancer", "ExternalName"),
    "core.v1.Taint.effect": ("NoSchedule", "PreferNoSchedule", "NoExecute"),
    "core.v1.Toleration.effect": ("NoSchedule", "PreferNoSchedule", "NoExecute"),
    "core.v1.Toleration.operator": ("Exists", "Equal"),
    "core.v1.TopologySpreadConstraint.nodeAffinityPolicy": _HONOURED,
    "core.v1.TopologySpreadConstraint.nodeTaintsPolicy": _HONOURED,
    "core.v1.TopologySpreadConstraint.whenUnsatisfiable": ("DoNotSchedule", "ScheduleAnyway"),
    "core.v1.VolumeMount.mountPropagation": ("None", "HostToContainer", "Bidirectional"),
    "core.v1.VolumeMount.recursiveReadOnly": ("Disabled", "IfPossible", "Enabled"),
    "meta.v1.LabelSelectorRequirement.operator": ("In", "NotIn", "Exists", "DoesNotExist"),
    "networking.v1.HTTPIngressPath.pathType": ("Exact", "Prefix", "ImplementationSpecific"),
    "networking.v1.NetworkPolicyPort.protocol": _PROTOCOLS,
    "policy.v1.PodDisruptionBudgetSpec.unhealthyPodEvictionPolicy": ("IfHealthyBudget", "AlwaysAllow"),
    "rbac.v1.RoleRef.kind": ("Role", "ClusterRole"),
    "rbac.v1.Subject.kind": ("ServiceAccount", "User", "Group"),
    "scheduling.v1.PriorityClass.preemptionPolicy": _PREEMPTS,
    "storage.v1.StorageClass.reclaimPolicy": ("Delete", "Retain"),
    "storage.v1.StorageClass.volumeBindingMode": ("Immediate", "WaitForFirstConsumer"),
}  # fmt: skip
"""Field to the words that it takes."""

LISTED: Mapping[str, Sequence[str]] = {
    "core.v1.PersistentVolumeClaimSpec.accessModes": (
        "ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod",
    ),
    "core.v1.ServiceSpec.ipFamilies": ("IPv4", "IPv6"),
    "networking.v1.NetworkPolicySpec.policyTypes": ("Ingress", "Egress"),
}  # fmt: skip
"""Field with a list to the words that stand in it."""

MOST = 2**31 - 1
"""Greatest number of most fields."""
_PORT, _COUNT, _FROM_ONE, _USER = (1, 65_535), (0, MOST), (1, MOST), (0, MOST)
_WEIGHT, _MODE = (1, 100), (0, 0o777)
RANGES: Mapping[str, tuple[int, int]] = {
    **{
        f"apps.v1.{kind}.{field}": _COUNT
        for kind, fields in {
            "DaemonSetSpec": ("minReadySeconds", "revisionHistoryLimit"),
            "DeploymentSpec": ("minReadySeconds", "progressDeadlineSeconds", "replicas", "revisionHistoryLimit"),
            "ReplicaSetSpec": ("minReadySeconds", "replicas"),
            "StatefulSetSpec": ("minReadySeconds", "replicas", "revisionHistoryLimit"),
        }.items()
        for field in fields
    },
    **{
        f"core.v1.Probe.{field}": _COUNT
        for field in ("failureThreshold", "initialDelaySeconds", "periodSeconds", "successThreshold", "timeoutSeconds")
    },
    "core.v1.Probe.terminationGracePeriodSeconds": _FROM_ONE,
    **{
        f"batch.v1.{kind}.{field}": _COUNT
        for kind, fields in {
            "CronJobSpec": ("failedJobsHistoryLimit", "startingDeadlineSeconds", "successfulJobsHistoryLimit"),
            "JobSpec": ("activeDeadlineSeconds", "backoffLimit", "completions", "parallelism",
                        "ttlSecondsAfterFinished"),
        }.items()
        for field in fields
    },
    **{f"core.v1.{kind}.runAs{who}": _USER for kind in ("PodSecurityContext", "SecurityContext")
       for who in ("User", "Group")},
    "core.v1.PodSecurityContext.fsGroup": _USER,
    "core.v1.PodSecurityContext.supplementalGroups": _USER,
    **{f"core.v1.{kind}.defaultMode": _MODE for kind in (
        "ConfigMapVolumeSource", "DownwardAPIVolumeSource", "ProjectedVolumeSource", "SecretVolumeSource")},
    "core.v1.KeyToPath.mode": _MODE,
    "core.v1.DownwardAPIVolumeFile.mode": _MODE,
    "autoscaling.v2.HorizontalPodAutoscalerSpec.maxReplicas": _FROM_ONE,
    "autoscaling.v2.HorizontalPodAutoscalerSpec.minReplicas": _COUNT,
    "autoscaling.v2.HPAScalingPolicy.periodSeconds": (1, 1800),
    "autoscaling.v2.HPAScalingPolicy.value": _FROM_ONE,
    "autoscaling.v2.HPAScalingRules.stabilizationWindowSeconds": (0, 3600),
    "autoscaling.v2.MetricTarget.averageUtilization": _FROM_ONE,
    "core.v1.ClientIPConfig.timeoutSeconds": (1, 86_400),
    "core.v1.ContainerPort.containerPort": _PORT,
    "core.v1.ContainerPort.hostPort": (0, 65_535),
    "core.v1.GRPCAction.port": _PORT,
    "core.v1.PodSpec.activeDeadlineSeconds": _FROM_ONE,
    "core.v1.PodSpec.terminationGracePeriodSeconds": (0, 2**63 - 1),
    "core.v1.PreferredSchedulingTerm.weight": _WEIGHT,
    "core.v1.ServiceAccountTokenProjection.expirationSeconds": (600, 2**32),
    "core.v1.ServicePort.nodePort": (0, 65_535),
    "core.v1.ServicePort.port": _PORT,
    # 0 is none: it is that of the Service.
    "core.v1.ServicePort.targetPort": (0, 65_535),
    "core.v1.SleepAction.seconds": _COUNT,
    "core.v1.TopologySpreadConstraint.maxSkew": _FROM_ONE,
    "core.v1.TopologySpreadConstraint.minDomains": _FROM_ONE,
    "core.v1.WeightedPodAffinityTerm.weight": _WEIGHT,
    "networking.v1.NetworkPolicyPort.endPort": _PORT,
    "networking.v1.ServiceBackendPort.number": _PORT,
    "scheduling.v1.PriorityClass.value": (-(2**31), 1_000_000_000),
}  # fmt: skip
"""Field to the least and the greatest number that it takes."""

PORTS = frozenset(
    {
        "core.v1.HTTPGetAction.port",
        "core.v1.ServicePort.targetPort",
        "core.v1.TCPSocketAction.port",
        "networking.v1.NetworkPolicyPort.port",
    }
)
"""Fields that take the number of a port, or its name."""

SERVICE_NAME = Grammar(
    "the name of a Service",
    "use at most 63 lower-case letters, digits and '-', beginning with a letter, such as 'orders'",
    r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?",
)
"""A DNS label of RFC 1035. From 1.36 on a cluster may take a digit at its beginning; every older one refuses it."""
PORT_NAME = Grammar(
    "the name of a port",
    "use at most 15 lower-case letters, digits and single '-', with a letter among them, such as 'http'",
    r"(?!.*--)(?=.*[a-z])[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?",
)
ABSOLUTE_PATH = Grammar("an absolute path", "begin it with '/'", r"/.*")
CONDITION = Grammar("the type of a condition", grammar.LABEL_KEY.use, grammar.LABEL_KEY.pattern)
SYSCTL = Grammar(
    "the name of a sysctl",
    "use lower-case letters, digits, '-', '_' and '.', such as 'net.ipv4.ip_local_port_range'",
    r"([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?",
    253,
)
FILE_BELOW = Grammar(
    "a path below a volume",
    "begin it with neither '/' nor '..', and leave '..' out of it, such as 'config/app.yaml'",
    r"(?!/)(?!\.\.)(?!.*/\.\.(/|$)).+",
)
DESCENDING = Grammar(
    "a path below a volume",
    "begin it with no '/', and leave '..' out of it, such as 'data'",
    r"(?!/)(?!\.\.(/|$))(?!.*/\.\.(/|$)).+",
)
ENV_PREFIX = Grammar(
    "the beginning of names of variables",
    grammar.ENV_NAME.use,
    grammar.ENV_NAME.pattern,
)

_OBJECT, _LABEL = grammar.OBJECT_NAME, grammar.DNS_LABEL
FORMS: Mapping[str, Grammar] = {
    "core.v1.CSIVolumeSource.driver": Grammar(
        "the name of a CSI driver", "use at most 63 letters, digits, '-' and '.', such as 'secrets-store.csi.k8s.io'",
        rf"(?i:{grammar.SUBDOMAIN})", 63,
    ),
    "core.v1.ConfigMapEnvSource.name": _OBJECT,
    "core.v1.Container.name": _LABEL,
    "core.v1.ContainerPort.name": PORT_NAME,
    "core.v1.EnvFromSource.prefix": ENV_PREFIX,
    "core.v1.EnvVar.name": grammar.ENV_NAME,
    "core.v1.KeyToPath.key": grammar.DATA_KEY,
    "core.v1.KeyToPath.path": FILE_BELOW,
    "core.v1.DownwardAPIVolumeFile.path": FILE_BELOW,
    "core.v1.ServiceAccountTokenProjection.path": FILE_BELOW,
    "core.v1.ConfigMapKeySelector.key": grammar.DATA_KEY,
    "core.v1.SecretKeySelector.key": grammar.DATA_KEY,
    "core.v1.PersistentVolumeClaimVolumeSource.claimName": _OBJECT,
    "core.v1.PodAffinityTerm.topologyKey": grammar.LABEL_KEY,
    "core.v1.PodReadinessGate.conditionType": CONDITION,
    "core.v1.PodSchedulingGate.name": grammar.LABEL_KEY,
    "core.v1.PodSpec.hostname": _LABEL,
    "core.v1.PodSpec.nodeName": _OBJECT,
    "core.v1.PodSpec.priorityClassName": _OBJECT,
    "core.v1.PodSpec.runtimeClassName": _OBJECT,
    "core.v1.PodSpec.serviceAccountName": _OBJECT,
    "core.v1.PodSpec.subdomain": _LABEL,
    "core.v1.ServicePort.appProtocol": grammar.LABEL_KEY,
    "core.v1.ServicePort.name": _LABEL,
    "core.v1.Sysctl.name": SYSCTL,
    "core.v1.Toleration.key": grammar.LABEL_KEY,
    "core.v1.Toleration.value": grammar.LABEL_VALUE,
    "core.v1.TopologySpreadConstraint.topologyKey": grammar.LABEL_KEY,
    "core.v1.Volume.name": _LABEL,
    "core.v1.VolumeMount.subPath": DESCENDING,
    "core.v1.VolumeMount.subPathExpr": DESCENDING,
    "meta.v1.LabelSelectorRequirement.key": grammar.LABEL_KEY,
    "core.v1.NodeSelectorRequirement.key": grammar.LABEL_KEY,
    "networking.v1.HTTPIngressPath.path": ABSOLUTE_PATH,
    "networking.v1.IngressServiceBackend.name": SERVICE_NAME,
    "networking.v1.IngressRule.host": Grammar(
        "a host name", "use lower-case letters, digits, '-' and '.', such as 'mcp.example.com'",
        rf"(\*\.)?{grammar.SUBDOMAIN}", 253,
    ),
    "node.v1.RuntimeClass.handler": _LABEL,
}  # fmt: skip
"""Field to the grammar of its text."""

KEYS: Mapping[str, Grammar] = {
    "core.v1.ConfigMap.binaryData": grammar.DATA_KEY,
    "core.v1.ConfigMap.data": grammar.DATA_KEY,
    "core.v1.PodSpec.nodeSelector": grammar.LABEL_KEY,
    "core.v1.Secret.data": grammar.DATA_KEY,
    "core.v1.Secret.stringData": grammar.DATA_KEY,
    "core.v1.ServiceSpec.selector": grammar.LABEL_KEY,
    "meta.v1.LabelSelector.matchLabels": grammar.LABEL_KEY,
    "meta.v1.ObjectMeta.annotations": grammar.ANNOTATION_KEY,
    "meta.v1.ObjectMeta.labels": grammar.LABEL_KEY,
}
"""Field with a map to the grammar of the keys in it."""
VALUES = frozenset(
    {
        "core.v1.PodSpec.nodeSelector",
        "core.v1.ServiceSpec.selector",
        "meta.v1.LabelSelector.matchLabels",
        "meta.v1.ObjectMeta.labels",
    }
)
"""Fields with a map whose values are those of labels."""

FILLED = frozenset(
    {
        "core.v1.ConfigMapEnvSource.name",
        "core.v1.ConfigMapKeySelector.name",
        "core.v1.ConfigMapProjection.name",
        "core.v1.ConfigMapVolumeSource.name",
        "core.v1.Container.image",
        "core.v1.ExecAction.command",
        "core.v1.HostAlias.hostnames",
        "core.v1.HostPathVolumeSource.path",
        "core.v1.ImageVolumeSource.reference",
        "core.v1.LocalObjectReference.name",
        "core.v1.NodeSelector.nodeSelectorTerms",
        "core.v1.PersistentVolumeClaimSpec.accessModes",
        "core.v1.PodSpec.containers",
        "core.v1.SecretEnvSource.name",
        "core.v1.SecretKeySelector.name",
        "core.v1.SecretProjection.name",
        "core.v1.SecretVolumeSource.secretName",
        "core.v1.VolumeMount.mountPath",
        "networking.v1.HTTPIngressRuleValue.paths",
        "rbac.v1.PolicyRule.verbs",
        "rbac.v1.RoleRef.name",
        "rbac.v1.Subject.name",
        "storage.v1.StorageClass.provisioner",
    }
)
"""Fields that hold something where the map around them is given."""

UNIQUE: Mapping[str, str] = {
    "core.v1.Container.env": "name",
    "core.v1.Container.ports": "containerPort protocol",
    "core.v1.Container.volumeMounts": "mountPath",
    "core.v1.PodSpec.hostAliases": "ip",
    "core.v1.PodSpec.imagePullSecrets": "name",
    "core.v1.PodSpec.volumes": "name",
    "core.v1.PodSpec.topologySpreadConstraints": "topologyKey whenUnsatisfiable",
    "core.v1.ServiceSpec.ports": "name",
}
"""Field with a list to what no two of its items may share: it is how a server-side apply, which is how Pulumi writes
objects, tells them apart. Names of containers and ports reach further."""
