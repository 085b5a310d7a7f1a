"""Argument types that several components have in theirs.

Generated from the declarations of the keys: `python -m tools.argument_types --write`.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict

import pulumi

if TYPE_CHECKING:
    TolerationOperator = Literal["Exists", "Equal"]
    TolerationEffect = Literal["NoSchedule", "PreferNoSchedule", "NoExecute"]
    EgressProtocol = Literal["TCP", "UDP"]
    IngressFromProtocol = Literal["TCP", "UDP"]
else:
    TolerationOperator = str
    TolerationEffect = str
    EgressProtocol = str
    IngressFromProtocol = str


class PatchArgs(TypedDict):
    """A change of one object, or of all of a kind, that a component makes. It is applied before the rules look."""

    kind: str
    """Kind of the object, such as 'Deployment' or 'Service'; 'Pod' is the template of its pods."""
    patch: Mapping[str, Any]
    """What is changed, in the fields of Kubernetes: a strategic merge patch for its own kinds (lists are merged by the
    keys of its API; `$patch` and its other directives are understood), a JSON merge patch for custom resources."""
    name: NotRequired[str]
    """Name of the object. Left out: all objects of the kind that the component makes."""


class TolerationArgs(TypedDict):
    """A taint that the pods bear."""

    key: NotRequired[str]
    """Key of the taint. Left out: every taint, with the operator 'Exists'."""
    operator: NotRequired[TolerationOperator]
    """'Equal' compares the value, 'Exists' only the key. Default: 'Equal'."""
    value: NotRequired[str]
    """Value of the taint. Left out: the empty one, or any with 'Exists'."""
    effect: NotRequired[TolerationEffect]
    """Effect of the taint. Left out: all three."""
    toleration_seconds: NotRequired[int]
    """How long a pod stays after a 'NoExecute' taint, in seconds. Left out: for ever."""


class EgressArgs(TypedDict):
    """One destination that pods may connect to."""

    port: int
    """Port that is open."""
    workload: NotRequired[pulumi.Input[str]]
    """Name of a workload of the same namespace, instead of address ranges. Default: none."""
    component: NotRequired[str]
    """Component label of that workload. Default: 'pooler'."""
    protocol: NotRequired[EgressProtocol]
    """Protocol of the port. Default: 'TCP'."""
    cidrs: NotRequired[list[str]]
    """Address ranges of the other side, where it is no pod: several network plugins, Cilium among them, never match
    pods by their addresses. Default: none."""
    except_cidrs: NotRequired[list[str]]
    """Parts of cidrs that stay closed, such as the private ranges and the metadata address. Default: none."""
    namespace: NotRequired[str]
    """Namespace of the pods on the other side; all of them without pod_labels. Default: none."""
    pod_labels: NotRequired[Mapping[str, str]]
    """Labels of the pods on the other side, in namespace; without one in the namespace of the server. Default: none."""
    internet: NotRequired[bool]
    """All public addresses, instead of ranges or besides: everything but private and shared ranges and link-local
    addresses, among which is the metadata address of the clouds. Default: false."""


class CertificateAuthorityArgs(TypedDict):
    """Where the certificate of an authority comes from: a ConfigMap or a Secret of the namespace, or the image."""

    config_map: NotRequired[pulumi.Input[str]]
    """ConfigMap with the certificate, as trust-manager or the platform keeps it in the namespace. Default: none."""
    secret: NotRequired[pulumi.Input[str]]
    """Secret with the certificate, such as that of cert-manager. Default: none."""
    key: NotRequired[str]
    """Key of the certificate (PEM) in the ConfigMap or the Secret. Default: 'ca.crt'."""
    file: NotRequired[str]
    """File in the image, instead of both. Default: none."""


class IngressFromArgs(TypedDict):
    """One origin that may connect to the pods."""

    port: int
    """Port that is open."""
    namespace: NotRequired[pulumi.Input[str]]
    """Namespace whose pods may connect; all of them without pod_labels. Default: none."""
    workload: NotRequired[pulumi.Input[str]]
    """Name of a workload of the same namespace that may connect, instead of a namespace. Default: none."""
    component: NotRequired[str]
    """Component label of that workload. Default: 'server'."""
    name: NotRequired[str]
    """End of the name of a NetworkPolicy of its own, a DNS label; origins of one name share it. What changes its name
    is open before the old one closes. Left out: a rule of the workload's own NetworkPolicy."""
    protocol: NotRequired[IngressFromProtocol]
    """Protocol of the port. Default: 'TCP'."""
    cidrs: NotRequired[list[str]]
    """Address ranges of the other side, where it is no pod: several network plugins, Cilium among them, never match
    pods by their addresses. Default: none."""
    except_cidrs: NotRequired[list[str]]
    """Parts of cidrs that stay closed, such as the private ranges and the metadata address. Default: none."""
    pod_labels: NotRequired[Mapping[str, str]]
    """Labels of the pods on the other side, in namespace; without one in the namespace of the server. Default: none."""
