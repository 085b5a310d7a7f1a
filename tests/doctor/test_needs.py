"""What the objects of a stack need besides one another, told whole."""

from __future__ import annotations

from typing import Any

from pulumi_kubernetes_mcp.doctor.needs import Needs, needs


def container(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "image": "a/b:1", **more}


def of_secret(name: str, key: str, **more: Any) -> dict[str, Any]:
    return {"name": key.upper(), "valueFrom": {"secretKeyRef": {"name": name, "key": key, **more}}}


def one(api_version: str, kind: str, name: str = "orders", namespace: str | None = "shop", **more: Any) -> Any:
    place = {} if namespace is None else {"namespace": namespace}
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name, **place}, "spec": {}, **more}


GATEWAYS = "gateway.networking.k8s.io/v1"


def test_what_objects_need_is_told_whole() -> None:
    """Of everything some that the stack makes itself, and some that it does not."""
    pod = {
        "imagePullSecrets": [{"name": "pull"}],
        "volumes": [
            {"name": "a", "secret": {"secretName": "files"}},
            {"name": "b", "persistentVolumeClaim": {"claimName": "theirs"}},
            {"name": "c", "persistentVolumeClaim": {"claimName": "ours"}},
        ],
        "initContainers": [container("first", envFrom=[{"secretRef": {"name": "all"}}], restartPolicy="Always")],
        "containers": [
            container(
                "server",
                env=[
                    {"name": "A", "value": "b"},
                    of_secret("keys", "b"),
                    of_secret("keys", "a"),
                    of_secret("made", "a"),
                    of_secret("maybe", "a", optional=True),
                ],
                lifecycle={"preStop": {"sleep": {"seconds": 5}}},
            )
        ],
    }
    opened = {
        "ingress": [{"from": [space("edge"), {"podSelector": {}}]}],
        "egress": [{"to": [space("database"), {"ipBlock": {"cidr": "10.0.0.0/8"}}]}],
    }
    parents = [
        {"name": "public", "namespace": "gateways", "sectionName": "https"},
        {"name": "near"},
        {"name": "own", "namespace": "shop"},
        {"kind": "ListenerSet", "name": "set"},
    ]
    patches = [{"type": "x.Listener", "name": "gateways/public/https"}, {"type": "x.Cluster", "name": "c"}]
    patched = {"jsonPatches": patches, "targetRef": {"kind": "Gateway", "name": "public"}}
    found = needs(
        [
            one("v1", "Namespace", "shop", None),
            one(
                "apps/v1",
                "Deployment",
                spec={"template": {"spec": pod}, "strategy": {"type": "Recreate"}},
            ),
            one("v1", "Secret", "made"),
            one("v1", "PersistentVolumeClaim", "ours"),
            one("networking.k8s.io/v1", "NetworkPolicy", spec=opened),
            one(GATEWAYS, "HTTPRoute", spec={"parentRefs": parents}),
            one(GATEWAYS, "Gateway", "own", spec={"gatewayClassName": "a-class"}),
            one(GATEWAYS, "ListenerSet", "set", spec={"parentRef": {"name": "public", "namespace": "gateways"}}),
            one("gateway.envoyproxy.io/v1alpha1", "EnvoyPatchPolicy", "p", "gateways", spec=patched),
            one("networking.k8s.io/v1", "Ingress", spec={"ingressClassName": "nginx"}),
            one(
                "external-secrets.io/v1",
                "ExternalSecret",
                spec={"secretStoreRef": {"name": "vault"}},
            ),
        ]
    )
    assert found == Needs(
        namespace="shop",
        makes_namespace=True,
        kinds=(
            ("apps/v1", "Deployment"),
            ("external-secrets.io/v1", "ExternalSecret"),
            ("gateway.envoyproxy.io/v1alpha1", "EnvoyPatchPolicy"),
            (GATEWAYS, "Gateway"),
            (GATEWAYS, "HTTPRoute"),
            (GATEWAYS, "ListenerSet"),
            ("networking.k8s.io/v1", "Ingress"),
            ("networking.k8s.io/v1", "NetworkPolicy"),
            ("v1", "Namespace"),
            ("v1", "PersistentVolumeClaim"),
            ("v1", "Secret"),
        ),
        gateways=(("gateways", "public", "https"), ("shop", "near", "")),
        ingress_classes=("nginx",),
        stores=(("SecretStore", "vault"),),
        issuers=(),
        namespaces=("database", "edge"),
        secrets=(("all", ()), ("files", ()), ("keys", ("a", "b")), ("pull", ())),
        claims=True,
        read=(),
        gateway_classes=("a-class",),
        listening=(("gateways", "public"),),
        beside=(("EnvoyPatchPolicy", "gateways"), ("Gateway", "shop")),
        mounted=(("theirs", True),),
        patched=(("gateways", "public", "https"),),
        let_in=("edge",),
        sleeps=True,
        sidecars=True,
    )


def space(name: str) -> dict[str, Any]:
    return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}}}
