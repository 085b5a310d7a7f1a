"""The certificate of an authority as a file of a container: its volume, its mount and its path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .objects import Spec

if TYPE_CHECKING:
    from ..settings.keys.certificates import CertificateAuthority

DATABASE_CA = "database-ca"
"""Name of the volume."""
DIRECTORY = "/etc/mcp/database-ca"
FILE = "ca.crt"
SYSTEM_FILE = "/etc/ssl/certs/ca-certificates.crt"
"""What the public authorities are in, in images of Debian, Ubuntu and Alpine with the package ca-certificates. A path
and not libpq's word 'system', which asyncpg takes for the name of a file."""


def path(authority: CertificateAuthority | None) -> str:
    """The file that holds the authority's certificate, in the container."""
    if authority is None:
        return SYSTEM_FILE
    return f"{DIRECTORY}/{FILE}" if authority.file is None else authority.file


def volumes(authority: CertificateAuthority | None) -> list[Spec]:
    """The volume that brings it; none where it is in the image."""
    if authority is None or authority.file is not None:
        return []
    items = [{"key": authority.key, "path": FILE}]
    if authority.config_map is not None:
        return [{"name": DATABASE_CA, "configMap": {"name": authority.config_map, "items": items}}]
    return [{"name": DATABASE_CA, "secret": {"secretName": authority.secret, "items": items}}]


def mounts(authority: CertificateAuthority | None) -> list[Spec]:
    """Where the volume is mounted."""
    if not volumes(authority):
        return []
    return [{"name": DATABASE_CA, "mountPath": DIRECTORY, "readOnly": True}]
