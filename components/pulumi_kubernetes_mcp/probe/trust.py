"""Whom the probe trusts."""

from __future__ import annotations

import ssl
from pathlib import Path

from .refused import ProbeError


def trust(ca_file: Path | None = None) -> ssl.SSLContext:
    """What certificates are checked with: the authorities of this machine, or of its ``SSL_CERT_FILE``, and a file."""
    import httpx2

    context = httpx2.create_ssl_context()
    if ca_file is None:
        return context
    own = ssl.create_default_context()
    try:
        own.load_verify_locations(cafile=str(ca_file))
    except (OSError, ssl.SSLError):
        raise ProbeError(
            f"--ca-file '{ca_file}' cannot be read as certificates. Give a file in PEM form, with the authority's "
            "certificate in it."
        ) from None
    return own
