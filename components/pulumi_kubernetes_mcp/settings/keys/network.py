"""Keys of network policies: what an opening of a pod leads to, or comes from."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_network
from typing import Literal, Self

from pydantic import ValidationInfo, model_validator
from pydantic.alias_generators import to_camel

from ..fields import Cidr, Group, Label, LabelKey, LabelValue, Port

Protocol = Literal["TCP", "UDP"]
PodLabels = dict[LabelKey, LabelValue]


def within(inner: str, outer: str) -> bool:
    """Whether an address range is a true part of another one."""
    one, other = ip_network(inner), ip_network(outer)
    if one.version != other.version or one == other:
        return False
    return one.network_address in other and one.broadcast_address in other


class Opening(Group):
    """One opening of the pods: a port, and the other side of it."""

    port: Port
    """Port that is open."""
    protocol: Protocol = "TCP"
    """Protocol of the port."""
    cidrs: list[Cidr] | None = None
    """Address ranges of the other side, where it is no pod: several network plugins, Cilium among them, never match
    pods by their addresses."""
    except_cidrs: list[Cidr] = []
    """Parts of `cidrs` that stay closed, such as the private ranges and the metadata address."""
    namespace: Label | None = None
    """Namespace of the pods on the other side; all of them without `pod_labels`."""
    pod_labels: PodLabels | None = None
    """Labels of the pods on the other side, in `namespace`; without one in the namespace of the server."""

    def peers(self) -> Sequence[str]:
        """The keys that say what is on the other side; exactly one may be given."""
        return ("cidrs", "namespace", "pod_labels")

    @model_validator(mode="after")
    def _names_one_peer(self, info: ValidationInfo) -> Self:
        # A stack file is read with a context, the arguments of a component are not; each door has its own spelling.
        spelt = to_camel if info.context else str
        names = self.peers()
        given = [name for name in names if getattr(self, name) not in (None, False)]
        if len(given) != 1 and given not in (["namespace", "pod_labels"], ["cidrs", "internet"]):
            listed = ", ".join(spelt(name) for name in names)
            wrong = f"it has {' and '.join(spelt(name) for name in given)}" if given else f"it has none of {listed}"
            together = f"namespace and {spelt('pod_labels')} go together"
            raise ValueError(f"{wrong}: give exactly one of {listed}; {together}")
        for part in self.except_cidrs:
            if not any(within(part, whole) for whole in self.cidrs or []):
                raise ValueError(
                    f"'{part}' is no part of cidrs: leave it out of {spelt('except_cidrs')}, or give the whole range"
                )
        return self


class EgressKeys(Opening):
    """One destination that pods may connect to."""

    internet: bool = False
    """All public addresses, instead of ranges or besides: everything but private and shared ranges and link-local
    addresses, among which is the metadata address of the clouds."""

    def peers(self) -> Sequence[str]:
        """The keys that say what is on the other side; exactly one may be given."""
        return (*super().peers(), "internet")
