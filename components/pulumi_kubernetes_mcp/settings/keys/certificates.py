"""The authority that signed the certificate of a server which pods connect to."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from ..fields import DataKey, Directory, Group, Name


class CertificateAuthority(Group):
    """Where the certificate of an authority comes from: a ConfigMap or a Secret of the namespace, or the image."""

    config_map: Name | None = None
    """ConfigMap with the certificate, as trust-manager or the platform keeps it in the namespace."""
    secret: Name | None = None
    """Secret with the certificate, such as that of cert-manager."""
    key: DataKey = "ca.crt"
    """Key of the certificate (PEM) in the ConfigMap or the Secret."""
    file: Directory | None = None
    """File in the image, instead of both."""

    @model_validator(mode="after")
    def _has_one_source(self) -> Self:
        given = [one for one in (self.config_map, self.secret, self.file) if one is not None]
        if len(given) != 1:
            words = "none of configMap, secret and file is given" if not given else "several sources are given"
            raise ValueError(f"{words}: give one of configMap, secret and file")
        return self
