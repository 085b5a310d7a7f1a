"""How the arguments of a component are put together: what the stack says as it is, and what was decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from ..inputs.served import ServedKeys
from ..keys import passed
from ..server_plan import ServerPlan
from ..settings.fields import Group

if TYPE_CHECKING:
    from ..settings.models import Settings


T = TypeVar("T", bound=Group)
E = TypeVar("E", bound=ServedKeys)


def made(group: type[T], settings: Settings, **decided: Any) -> T:
    """The arguments of a component: what the stack says as it is, and what was decided. ``None`` leaves a key out.

    Nothing is checked again: what a stack says was, and what a plan needs may be more than anybody may ask for, which
    the rules refuse in words of their own.
    """
    values = {**passed(group, settings), **decided}
    return group.model_construct(**{key: value for key, value in values.items() if value is not None})


def served(group: type[E], server: ServerPlan, **decided: Any) -> E:
    """The arguments of a component that serves eras, with what was derived from these."""
    return made(group, server.settings, **decided).with_profile(server.era_profile)
