"""Keys of workload identity: credentials of a cloud without a Secret."""

from ...platforms import IdentityName
from ..fields import Group


class IdentityKeys(Group):
    """Whose credentials the pods get from the cloud."""

    workload_identity: IdentityName | None = None
    """Kind of workload identity, with the label and the opening that it needs: 'gke', 'irsa' and 'eks-pod-identity' of
    AWS, 'azure'. 'none' adds neither. Derived: from the annotation of the ServiceAccount; 'eks-pod-identity' has none,
    and is said."""
