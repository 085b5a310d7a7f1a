"""The protocol versions that exist, and the era of each; the package asks no SDK for them."""

from __future__ import annotations

from ..eras import Era

SSE = "2024-11-05"
LEGACY = "2025-11-25"
"""What the probe offers to a server with a handshake: the last version that has one."""
MODERN = "2026-07-28"

VERSIONS = (SSE, "2025-03-26", "2025-06-18", LEGACY, MODERN)
"""Every revision of the protocol, oldest first."""
MODERN_VERSIONS = (MODERN,)
"""Those without a handshake."""
HANDSHAKE_VERSIONS = tuple(version for version in VERSIONS if version not in MODERN_VERSIONS)


def fits(version: str, era: str) -> bool:
    """Whether a server of this era can speak the version."""
    return (version in MODERN_VERSIONS) == (era == Era.MODERN)
