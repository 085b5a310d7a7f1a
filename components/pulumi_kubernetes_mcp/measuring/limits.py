"""What this process itself may open: each session that is held is a descriptor here, too."""

from __future__ import annotations

from .refused import MeasureError

_RESERVE = 128


def allow_descriptors(sessions: int, callers: int) -> None:
    """Raise the soft limit of open files as far as the measurement needs, or refuse."""
    try:
        import resource
    except ImportError:
        return
    # Half as many more sessions have no stream; each opens at most two connections at a time.
    needed = 2 * sessions + 2 * callers + _RESERVE
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise MeasureError(
            f"{sessions} sessions need {needed} open files, but this process may have {hard}. Lower --sessions, or "
            "raise the limit ('ulimit -n')."
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
