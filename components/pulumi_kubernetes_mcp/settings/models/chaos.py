"""The experiment of a stack."""

from ..keys.chaos import ChaosKeys


class ChaosSettings(ChaosKeys):
    """A fault that is tried in the cluster while clients call."""
