"""Volumes of a pod and where its container mounts them: from keys to parts of a pod. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pulumi

from ..settings.keys.files import Claim, KeyFiles, ProjectedSource, Volume, WritablePath
from .objects import Spec, without_empty, without_none

if TYPE_CHECKING:
    from ..settings.keys.certificates import CertificateAuthority

DATABASE_CA = "database-ca"
"""Name of the volume with the certificate of an authority."""
AUTHORITY_DIRECTORY = "/etc/mcp/database-ca"
AUTHORITY_FILE = "ca.crt"
SYSTEM_FILE = "/etc/ssl/certs/ca-certificates.crt"
"""What the public authorities are in, in images of Debian, Ubuntu and Alpine with the package ca-certificates. A path
and not libpq's word 'system', which asyncpg takes for the name of a file."""


def named(prefix: str, paths: Sequence[str]) -> dict[str, str]:
    """A name for the volume of each path: readable, a DNS label, and another one for each (``/a/b`` and ``/a-b``)."""
    result: dict[str, str] = {}
    for path in paths:
        base = prefix + (re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-")[:50].strip("-") or "root")
        name, number = base, 1
        while name in result:
            number += 1
            name = f"{base}-{number}"
        result[name] = path
    return result


def volume_names(volumes: Sequence[Volume]) -> list[str]:
    """The name of each volume in the pod."""
    return list(named("files-", [one.path for one in volumes]))


def scratch_names(paths: Sequence[WritablePath]) -> list[str]:
    """The name of each writable path's volume in the pod."""
    return list(named("scratch-", [one.path for one in paths]))


def pod_volumes(server: str, writable: Sequence[WritablePath], volumes: Sequence[Volume]) -> list[Spec]:
    """The volumes of the pod of a server."""
    scratch = [
        {
            "name": name,
            "emptyDir": {**({"medium": "Memory"} if one.in_memory else {}), "sizeLimit": one.size},
        }
        for name, one in zip(scratch_names(writable), writable, strict=True)
    ]
    return [
        *scratch,
        *(
            {"name": name, **_source(server, name, one)}
            for name, one in zip(volume_names(volumes), volumes, strict=True)
            # A claim of each pod is a volume by the name of its template.
            if not _per_pod(one)
        ),
    ]


def mounts(writable: Sequence[WritablePath], volumes: Sequence[Volume]) -> list[Spec]:
    """Where the container of the server mounts them."""
    scratch = [
        {"name": name, "mountPath": one.path} for name, one in zip(scratch_names(writable), writable, strict=True)
    ]
    return [*scratch, *(_mount(name, one) for name, one in zip(volume_names(volumes), volumes, strict=True))]


def authority_file(authority: CertificateAuthority | None) -> str:
    """The file of a container that holds an authority's certificate; that of the public ones without one."""
    if authority is None:
        return SYSTEM_FILE
    return f"{AUTHORITY_DIRECTORY}/{AUTHORITY_FILE}" if authority.file is None else authority.file


def authority_volumes(authority: CertificateAuthority | None) -> list[Spec]:
    """The volume that brings it; none where it is in the image."""
    brought = _brought(authority)
    return [] if brought is None else [{"name": DATABASE_CA, **_source("", DATABASE_CA, brought)}]


def authority_mounts(authority: CertificateAuthority | None) -> list[Spec]:
    """Where the volume is mounted."""
    brought = _brought(authority)
    return [] if brought is None else [_mount(DATABASE_CA, brought)]


def _brought(authority: CertificateAuthority | None) -> Volume | None:
    if authority is None or authority.file is not None:
        return None

    # Both are checked already, and a name may not be known yet.
    def files(name: Any) -> KeyFiles:
        return KeyFiles.model_construct(name=name, items={authority.key: AUTHORITY_FILE})

    if authority.config_map is not None:
        return Volume.model_construct(path=AUTHORITY_DIRECTORY, config_map=files(authority.config_map))
    return Volume.model_construct(path=AUTHORITY_DIRECTORY, secret=files(authority.secret))


def _mount(name: str, volume: Volume) -> Spec:
    return without_none(
        {
            "name": name,
            "mountPath": volume.path,
            "subPath": volume.sub_path,
            "readOnly": None if volume.can_be_written else True,
        }
    )


def claim_name(server: str, name: str) -> str:
    """Name of a claim that is made."""
    return f"{server}-{name}"


def made_claims(server: str, volumes: Sequence[Volume]) -> dict[str, tuple[str, Claim]]:
    """The claims that are made: suffix of the resource to name and declaration."""
    return {
        name: (claim_name(server, name), one.claim)
        for name, one in zip(volume_names(volumes), volumes, strict=True)
        if one.claim is not None and one.claim.size is not None and not one.claim.per_pod
    }


def claim_templates(volumes: Sequence[Volume]) -> list[Spec]:
    """The templates of the claims that each pod has of its own."""
    return [
        {"metadata": {"name": name}, "spec": claim_spec(one.claim)}
        for name, one in zip(volume_names(volumes), volumes, strict=True)
        if one.claim is not None and one.claim.per_pod
    ]


def _per_pod(volume: Volume) -> bool:
    return volume.claim is not None and volume.claim.per_pod


def claim_spec(claim: Claim) -> Spec:
    """The spec of a PersistentVolumeClaim."""
    return without_none(
        {
            "accessModes": [claim.access_mode],
            "storageClassName": claim.storage_class_name,
            "resources": {"requests": {"storage": claim.size}},
        }
    )


def _source(server: str, name: str, volume: Volume) -> Spec:
    if volume.config_map is not None:
        return {"configMap": _key_files("name", volume.config_map)}
    if volume.secret is not None:
        return {"secret": _key_files("secretName", volume.secret)}
    if volume.projected is not None:
        return {"projected": {"sources": [_projected(one) for one in volume.projected]}}
    if volume.csi is not None:
        secret = volume.csi.node_publish_secret
        return {
            "csi": without_none(
                {
                    "driver": volume.csi.driver,
                    "readOnly": None if volume.can_be_written else True,
                    "volumeAttributes": dict(volume.csi.attributes),
                    "nodePublishSecretRef": None if secret is None else {"name": secret},
                }
            )
        }
    claim = volume.claim
    if claim is None:
        raise ValueError("a volume has a source")
    existing: pulumi.Input[str] = claim_name(server, name) if claim.name is None else claim.name
    return {
        "persistentVolumeClaim": without_none(
            {"claimName": existing, "readOnly": None if volume.can_be_written else True}
        )
    }


def _key_files(key: str, files: KeyFiles, *, projected: bool = False) -> Spec:
    mode = None if files.mode is None else int(files.mode, 8)
    items: list[dict[str, Any]] = [{"key": one, "path": path} for one, path in sorted(files.items.items())]
    spec = {
        key: files.name,
        "items": [{**item, "mode": mode} for item in items] if projected and mode is not None else items,
        "defaultMode": None if projected else mode,
        "optional": True if files.optional else None,
    }
    return without_none(spec)


def _projected(source: ProjectedSource) -> Spec:
    if source.config_map is not None:
        return {"configMap": _key_files("name", source.config_map, projected=True)}
    if source.secret is not None:
        return {"secret": _key_files("name", source.secret, projected=True)}
    token = source.service_account_token
    if token is not None:
        return {
            "serviceAccountToken": without_none(
                {"path": token.path, "audience": token.audience, "expirationSeconds": token.expiration_seconds}
            )
        }
    fields = source.fields or {}
    return {
        "downwardAPI": without_empty(
            {
                "items": [
                    {"path": path, "fieldRef": {"apiVersion": "v1", "fieldPath": field}}
                    for path, field in sorted(fields.items())
                ]
            }
        )
    }
