"""When the first certificate of a chain expires, and why one is refused."""

from __future__ import annotations

import ssl
from typing import Any

from .reasons import Reason

_EXPIRED = frozenset({9, 10})
"""OpenSSL's X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED."""
_NAME = frozenset({62, 64})
"""X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH."""


def earliest_expiry(connection: ssl.SSLObject | ssl.SSLSocket) -> float | None:
    """Unix time at which the first certificate of the verified chain expires.

    Python 3.13 and newer tell the chain; before, it is the server's own certificate, which is usually the first.
    """
    moments = [_not_after(connection.getpeercert())]
    chain = getattr(connection, "get_verified_chain", None)
    if chain is not None:
        store = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        for certificate in chain():
            store.load_verify_locations(cadata=ssl.DER_cert_to_PEM_cert(certificate))
        # Only authorities are told again, which is what the rest of the chain is.
        moments += [_not_after(certificate) for certificate in store.get_ca_certs()]
    known = [moment for moment in moments if moment is not None]
    return min(known) if known else None


def _not_after(certificate: Any) -> float | None:
    moment = certificate.get("notAfter") if certificate else None
    return ssl.cert_time_to_seconds(moment) if isinstance(moment, str) else None


def refused(problem: ssl.SSLError) -> tuple[Reason, str]:
    """The reason of a TLS failure, and what OpenSSL says of it."""
    if isinstance(problem, ssl.SSLCertVerificationError):
        said = problem.verify_message or "the certificate is not accepted"
        if problem.verify_code in _EXPIRED:
            return Reason.TLS_EXPIRED, said
        if problem.verify_code in _NAME:
            return Reason.TLS_NAME, said
        return Reason.TLS_CHAIN, said
    return Reason.TLS_HANDSHAKE, (problem.reason or "the handshake failed").lower().replace("_", " ")
