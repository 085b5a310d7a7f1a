"""Arguments from whose eras something follows, which is derived once, or handed over by a plan."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Self

from .. import eras as protocol
from ..settings.keys.server import EraKeys

_PROFILE = "era_profile"
DRAIN = ("pre_stop_seconds", "graceful_timeout_seconds", "grace_period_seconds")
"""What a program may say about the drain itself."""
_BESIDES = (
    "max_tool_seconds",
    "keepalive_seconds",
    "session_minutes",
    "authorization",
    "path",
    "propagation_seconds",
    *DRAIN,
)
"""What a component may know besides the eras, as :func:`~..eras.derive` calls it."""


class ServedKeys(EraKeys):
    """Base of the arguments from whose eras something follows."""

    @cached_property
    def era_profile(self) -> protocol.EraProfile:
        """What follows from the eras and from what else these arguments say. An autoscaler knows no tool."""
        said = {key: getattr(self, key) for key in _BESIDES if key in type(self).model_fields}
        said = {key: value for key, value in said.items() if value is not None}
        return protocol.derive(protocol.parse_eras(self.eras), **{"max_tool_seconds": 0, **said})

    def with_profile(self, profile: protocol.EraProfile) -> Self:
        """The same arguments with what was derived already, of the whole server, by whoever decided them."""
        made = self.model_copy()
        vars(made)[_PROFILE] = profile
        return made

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy derives anew only if something else is said about what the eras need."""
        made = super().model_copy(update=update, deep=deep)
        if update and not {"eras", *_BESIDES}.isdisjoint(update):
            vars(made).pop(_PROFILE, None)
        return made
