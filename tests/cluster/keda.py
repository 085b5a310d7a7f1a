"""KEDA itself on the control plane: its operator, its metrics adapter and its admission webhooks, unchanged.

Roles, the registration of the metrics API and that of the webhooks are KEDA's own manifests.  Two things differ from
a cluster: the programs are processes on loopback and not pods, so the Services that lead to them are other names of
localhost; and the Secret with the certificates, which the operator makes, is written to files and not mounted.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from types import TracebackType

from tests.cluster.build import KEDA, binaries
from tests.cluster.control_plane import ControlPlane
from tests.cluster.keda_files import Manifest, definitions, manifests
from tests.cluster.kubectl import KubectlError, Object, condition, wait_until
from tests.cluster.processes import Process, free_ports

NAMESPACE = "keda"
SERVICES = ("keda-metrics-apiserver", "keda-admission-webhooks")
CERTIFICATES = "kedaorg-certs"
METRICS_API = "/apis/external.metrics.k8s.io/v1beta1"
START_LIMIT_S = 60.0
ENVIRONMENT = ("WATCH_NAMESPACE=", f"POD_NAMESPACE={NAMESPACE}", f"KEDA_CLUSTER_OBJECT_NAMESPACE={NAMESPACE}")


def installation(ports: dict[str, int]) -> list[Manifest]:
    """KEDA's manifests with Services that are names of localhost, and the ports that those lead to."""
    found = manifests()
    for one in found:
        if one["kind"] == "APIService":
            one["spec"]["service"]["port"] = ports["adapter"]
        for webhook in one.get("webhooks", ()):
            webhook["clientConfig"]["service"]["port"] = ports["webhooks"]
    return [*found, *(alias(name) for name in SERVICES), *_anonymous_reader()]


def alias(service: str) -> Manifest:
    """A Service in KEDA's namespace that is another name of localhost."""
    spec = {"type": "ExternalName", "externalName": "localhost"}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": service, "namespace": NAMESPACE},
        "spec": spec,
    }


def _anonymous_reader() -> list[Manifest]:
    """The API server here has no front-proxy certificate, so to the adapter whoever it forwards has no name.

    Whether the caller may read the metrics is decided before, by the API server and KEDA's own role.
    """
    return [_for_everybody(role) for role in ("system:discovery", "keda-external-metrics-reader")]


def _for_everybody(role: str) -> Manifest:
    api = "rbac.authorization.k8s.io"
    return {
        "apiVersion": f"{api}/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": f"unauthenticated-{role.removeprefix('system:')}"},
        "roleRef": {"apiGroup": api, "kind": "ClusterRole", "name": role},
        "subjects": [{"kind": "Group", "name": "system:unauthenticated", "apiGroup": api}],
    }


class Keda:
    """Install on entry, stop on exit."""

    def __init__(self, plane: ControlPlane) -> None:
        self._programs = binaries([KEDA])
        self._plane = plane
        self._processes: dict[str, Process] = {}
        self._ports = dict(zip(("adapter", "webhooks", "metrics", "health", "ready"), free_ports(5), strict=True))

    def __enter__(self) -> Keda:
        try:
            self._install()
            self._make_certificates()
            for name in ("operator", "adapter", "webhooks"):
                self.start(name)
            wait_until("KEDA's metrics API", self._metrics_served, limit_s=START_LIMIT_S)
            wait_until("KEDA's webhook to refuse what is wrong", self._webhook_asked, limit_s=START_LIMIT_S)
        except BaseException as error:
            error.add_note(self.logs())
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self, name: str) -> None:
        """Start one of the three programs."""
        argv = ["env", *ENVIRONMENT, self._programs[f"keda-{name}"], *self._arguments(name)]
        self._processes[name] = Process(f"keda-{name}", argv, self._plane.folder)

    def end(self, name: str) -> None:
        """End one of the three programs."""
        self._processes.pop(name).stop()

    def stop(self) -> None:
        """End all programs."""
        for name in list(self._processes):
            self.end(name)

    def logs(self) -> str:
        """The end of every program's log."""
        return "\n".join(process.tail() for process in self._processes.values())

    def metric(self, namespace: str, scaled_object: str, metric: str) -> str:
        """What the HPA controller gets when it asks for a metric; `KubectlError` when it gets an error."""
        selector = f"labelSelector=scaledobject.keda.sh%2Fname%3D{scaled_object}"
        path = f"{METRICS_API}/namespaces/{namespace}/{metric}?{selector}"
        answer = json.loads(self._plane.client.run("get", f"--raw={path}").stdout)
        values: list[str] = [item["value"] for item in answer["items"]]
        assert len(values) == 1
        return values[0]

    # -- starting ----------------------------------------------------------------------------------

    def _install(self) -> None:
        self._plane.client.apply(definitions())
        names = [f"crd/{one['metadata']['name']}" for one in definitions()]
        self._plane.wait("condition=Established", *names)
        objects = installation(self._ports)
        self._plane.client.apply([one for one in objects if one["kind"] == "Namespace"])
        self._plane.client.apply(objects)

    def _make_certificates(self) -> None:
        """The operator's first run fills the Secret and ends, to be started again with the files in place."""
        self._write_kubeconfig()
        self.start("operator")
        operator = self._processes["operator"]
        wait_until("the operator to make its certificates", lambda: operator.exit_code is not None)
        if operator.exit_code:
            raise RuntimeError(f"KEDA's operator ended with {operator.exit_code}")
        secret = self._plane.client.get("secret", CERTIFICATES, "-n", NAMESPACE)
        self._certificates.mkdir(mode=0o700)
        for name, value in secret["data"].items():
            (self._certificates / name).write_bytes(base64.b64decode(value))

    @property
    def _certificates(self) -> Path:
        return self._plane.folder / "keda-certs"

    @property
    def certificates(self) -> tuple[Path, Path]:
        """A certificate and its key, for whoever else has to answer the API server."""
        return self._certificates / "tls.crt", self._certificates / "tls.key"

    def _write_kubeconfig(self) -> None:
        """The identity of KEDA's own service account, so that its roles are what it needs."""
        config = json.loads(self._plane.kubeconfig.read_text())
        token = self._plane.client.run("create", "token", "keda-operator", "-n", NAMESPACE).stdout.strip()
        config["users"][0]["user"] = {"token": token}
        self._kubeconfig.touch(mode=0o600)
        self._kubeconfig.write_text(json.dumps(config))

    @property
    def _kubeconfig(self) -> Path:
        return self._plane.folder / "keda.kubeconfig"

    def _arguments(self, name: str) -> list[str]:
        port, config = self._ports, self._kubeconfig
        shared = [f"--cert-dir={self._certificates}", f"--kubeconfig={config}", "--zap-encoder=console"]
        crt, key = self.certificates
        own = {
            "operator": [
                "--metrics-bind-address=0",
                f"--health-probe-bind-address=127.0.0.1:{port['health']}",
                f"--metrics-service-bind-address=127.0.0.1:{port['metrics']}",
                "--enable-cert-rotation=true",
                "--kube-api-qps=200",
                "--kube-api-burst=300",
            ],
            "adapter": [
                "--bind-address=127.0.0.1",
                f"--secure-port={port['adapter']}",
                f"--tls-cert-file={crt}",
                f"--tls-private-key-file={key}",
                f"--client-ca-file={self._certificates / 'ca.crt'}",
                *(f"--{use}-kubeconfig={config}" for use in ("authentication", "authorization", "lister")),
                f"--metrics-service-address=127.0.0.1:{port['metrics']}",
                f"--metrics-service-grpc-authority=keda-operator.{NAMESPACE}.svc.cluster.local",
                "--port=0",
                "--authentication-skip-lookup=true",
            ],
            "webhooks": [
                "--metrics-bind-address=0",
                f"--health-probe-bind-address=127.0.0.1:{port['ready']}",
                f"--port={port['webhooks']}",
            ],
        }
        return [*shared, *own[name]]

    # -- asking whether it runs --------------------------------------------------------------------

    def _running(self) -> None:
        for process in self._processes.values():
            if process.exit_code is not None:
                raise RuntimeError(f"{process.name} ended with {process.exit_code}")

    def _metrics_served(self) -> bool:
        self._running()
        return condition(self._plane.client.get("apiservice", "v1beta1.external.metrics.k8s.io"), "Available")

    def _webhook_asked(self) -> bool:
        """KEDA registers its webhooks to be ignored when they fail, so only a refusal shows that they are asked."""
        self._running()
        try:
            self._plane.client.apply([_too_long()], dry_run=True)
        except KubectlError as error:
            return "must be no more than 63 characters" in error.stderr
        return False


def _too_long() -> Object:
    """Nothing but the webhook finds anything wrong with it."""
    return {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledObject",
        "metadata": {"name": "x" * 60, "namespace": NAMESPACE},
        "spec": {
            "scaleTargetRef": {"name": "nothing"},
            "minReplicaCount": 1,
            "triggers": [{"type": "memory", "metadata": {"value": "50"}}],
        },
    }
