"""The real custom resource definitions, read from their projects' Go modules and never committed.

Groups that have no Go module to read from are named in `UNAVAILABLE_GROUPS`: an object of such a group is
counted as not proven, never as passed.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.cluster.gomodules import Module, folder_of
from tests.cluster.kubectl import Kubectl, condition, wait_until


@dataclass(frozen=True)
class Source:
    """A folder of definitions in a module, and which of its files this project can meet."""

    module: Module
    folder: str
    names: tuple[str, ...]


SOURCES = (
    Source(
        Module("github.com/kedacore/keda/v2", "v2.21.0", "h1:R6z2HZvstK4RLUMxroNACzBj74xGxt3kG59b5Xc+Xps="),
        "config/crd/bases",
        (
            "keda.sh_scaledobjects.yaml",
            "keda.sh_scaledjobs.yaml",
            "keda.sh_triggerauthentications.yaml",
            "keda.sh_clustertriggerauthentications.yaml",
        ),
    ),
    Source(
        Module("sigs.k8s.io/gateway-api", "v1.7.0", "h1:duVnm7nO6oXfMMUWfcDoBph47CYR/ME3NGxccOVglaY="),
        "config/crd/standard",
        tuple(
            f"gateway.networking.k8s.io_{kind}.yaml"
            for kind in (
                "backendtlspolicies",
                "gatewayclasses",
                "gateways",
                "grpcroutes",
                "httproutes",
                "listenersets",
                "referencegrants",
            )
        ),
    ),
    Source(
        Module(
            "github.com/external-secrets/external-secrets",
            "v1.3.2",
            "h1:u2J8RjlHIeF0oZCqtl92adI/uZWUwOesJIDkfql6LqQ=",
        ),
        "config/crds/bases",
        (
            "external-secrets.io_externalsecrets.yaml",
            "external-secrets.io_clusterexternalsecrets.yaml",
            "external-secrets.io_secretstores.yaml",
            "external-secrets.io_clustersecretstores.yaml",
            "external-secrets.io_pushsecrets.yaml",
            "generators.external-secrets.io_passwords.yaml",
        ),
    ),
    Source(
        Module("github.com/envoyproxy/gateway", "v1.9.1", "h1:vAVp6/AlBXJ1aOhp1mxL7fNEzVEfjADUguUhm2wzxQY="),
        "charts/gateway-helm/charts/crds/crds/generated",
        tuple(
            f"gateway.envoyproxy.io_{kind}.yaml"
            for kind in (
                "backends",
                "backendtrafficpolicies",
                "clienttrafficpolicies",
                "envoyextensionpolicies",
                "envoypatchpolicies",
                "envoyproxies",
                "httproutefilters",
                "securitypolicies",
            )
        ),
    ),
    Source(
        Module(
            "github.com/prometheus-operator/prometheus-operator",
            "v0.94.0",
            "h1:VxMKzqr8Xqw5/QInNT7a3B5XInPnHqE7SD2UIdwKpRM=",
        ),
        "example/prometheus-operator-crd",
        tuple(
            f"monitoring.coreos.com_{kind}.yaml"
            for kind in ("podmonitors", "probes", "prometheusrules", "scrapeconfigs", "servicemonitors")
        ),
    ),
    Source(
        Module(
            "github.com/cert-manager/cert-manager",
            "v1.21.2",
            "h1:UWgoYM+KLNtRlqmoWOKjKBOBUPVHeepQ6/ac3ERJW68=",
        ),
        "deploy/crds",
        tuple(f"cert-manager.io_{kind}.yaml" for kind in ("certificates", "issuers", "clusterissuers")),
    ),
    Source(
        Module("github.com/argoproj/argo-rollouts", "v1.10.2", "h1:sEPWsY+HUvnXj3Vh0ejb+GDTceQ/palqhFo2FVQJMk0="),
        "manifests/crds",
        ("rollout-crd.yaml", "analysis-template-crd.yaml"),
    ),
    Source(
        Module("sigs.k8s.io/external-dns", "v0.23.0", "h1:35KyAZtLN8o5nIE0aPKfyhILbf5HHkKPJby/4FowPJM="),
        "config/crd/standard",
        ("dnsendpoints.externaldns.k8s.io.yaml",),
    ),
    Source(
        Module("istio.io/api", "v1.32.0", "h1:37mJvg9I0biYZAEQF+MATs4FNeCpXEIVO3LFpVb6iNM="),
        "kubernetes",
        ("customresourcedefinitions.gen.yaml",),
    ),
    Source(
        Module("github.com/traefik/traefik/v3", "v3.7.13", "h1:T8wy9KuaFzCkmXCqAzDy7t73pBDR1DHrJe3pqXpNXTw="),
        "docs/content/reference/dynamic-configuration",
        tuple(f"traefik.io_{kind}.yaml" for kind in ("serverstransports", "traefikservices")),
    ),
    Source(
        Module(
            "github.com/openshift/api",
            "v0.0.0-20230607130528-611114dca681",
            "h1:kSvo4fjZyYRu7z7PVkZlqcYhoS4mZHVFYVUkG3WkvIE=",
        ),
        "route/v1",
        ("route.crd.yaml",),
    ),
)

UNAVAILABLE_GROUPS = {
    "agentgateway.dev": "agentgateway is not published as a Go module",
    "cilium.io": "the one kind of Cilium that is written is not read from its module",
    "gateway.kgateway.dev": "kgateway is not published as a Go module",
    "gateway.nginx.org": "NGINX Gateway Fabric is not published as a Go module",
    "networking.gke.io": "the policies of GKE's Gateway are not published as a Go module",
    "k6.io": "the k6 operator is not published as a Go module",
    "postgresql.cnpg.io": "CloudNativePG is not published as a Go module",
}


def crd_files() -> list[Path]:
    """Paths of all definitions, downloaded on first use."""
    paths = [folder_of(source.module, source.folder) / name for source in SOURCES for name in source.names]
    absent = [path.name for path in paths if not path.exists()]
    if absent:
        raise RuntimeError(f"the pinned modules do not hold {', '.join(absent)}")
    return paths


def definitions(paths: list[Path]) -> list[dict[str, Any]]:
    """The definitions as objects."""
    loaded = (yaml.safe_load_all(path.read_bytes()) for path in paths)
    return [one for documents in loaded for one in documents if one]


def install(kubectl: Kubectl, paths: list[Path]) -> list[str]:
    """Apply server-side, as several are too large for a client-side apply, and wait until they are served."""
    flags = [flag for path in paths for flag in ("-f", str(path))]
    kubectl.run("apply", "--server-side", "--field-manager=crd-installer", *flags)

    def established() -> list[str]:
        ready = [one["metadata"]["name"] for one in kubectl.get("crd") if condition(one, "Established")]
        return sorted(ready) if len(ready) >= len(paths) else []

    return wait_until("custom resource definitions to be established", established)
