"""A real Kubernetes control plane on loopback, with nodes that exist only as API objects.

etcd, kube-apiserver, kube-controller-manager and kube-scheduler are the released programs; kwok plays the
kubelets: it keeps nodes ready, turns scheduled pods ready after a moment and removes deleted ones.  Nothing
else is replaced, so admission, validation, quota, controllers, scheduling and eviction are the real thing.
"""

from __future__ import annotations

import base64
import json
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import yaml

from tests.cluster.build import binaries
from tests.cluster.kubectl import FIELD_MANAGER, Kubectl, KubectlError, Object, Output, condition, wait_until
from tests.cluster.processes import Process, free_ports
from tests.cluster.stages import stage_documents

ZONES = ("zone-a", "zone-b", "zone-c")
NODE_SIZE = {"cpu": "32", "memory": "128Gi", "pods": "110", "ephemeral-storage": "200Gi"}
START_LIMIT_S = 90.0
SERVICE_RANGE = "10.96.0.0/16"
IDENTITIES = {
    "admin": "system:masters",
    "system:kube-controller-manager": "",
    "system:kube-scheduler": "",
    "kwok": "system:masters",
}


class ControlPlane:
    """Start on entry, stop on exit; `kubectl` and its short forms in between."""

    def __init__(self, *, nodes: int = 9, extra_arguments: Mapping[str, Iterable[str]] | None = None) -> None:
        self._programs = binaries()
        self._stages = stage_documents()
        self._nodes = nodes
        self._extra = {name: list(arguments) for name, arguments in (extra_arguments or {}).items()}
        self._processes: list[Process] = []
        self._tokens = {name: secrets.token_urlsafe(24) for name in IDENTITIES}
        self.folder = Path()
        self.started_in_s = 0.0
        self._kubectl: Kubectl | None = None

    def __enter__(self) -> ControlPlane:
        self.folder = Path(tempfile.mkdtemp(prefix="mcp-cluster-"))
        began = time.monotonic()
        try:
            self._start()
        except BaseException as error:
            error.add_note(self.logs())
            self.stop()
            raise
        self.started_in_s = time.monotonic() - began
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            error.add_note(self.logs())
        self.stop()

    @property
    def client(self) -> Kubectl:
        """The client of an administrator."""
        if self._kubectl is None:
            raise RuntimeError("the control plane is not running")
        return self._kubectl

    @property
    def kubeconfig(self) -> Path:
        """A kubeconfig any other tool can use while the control plane runs."""
        return self.client.kubeconfig

    def kubectl(self, *arguments: str, input: str | None = None) -> str:
        """Run kubectl and return what it printed."""
        return self.client.run(*arguments, text=input).stdout

    def apply(
        self, objects: Iterable[Object], *, server_side: bool = True, field_manager: str = FIELD_MANAGER
    ) -> Output:
        """Apply objects with strict field validation."""
        return self.client.apply(objects, server_side=server_side, field_manager=field_manager)

    def wait(self, until: str, *targets: str, limit_s: float = 60.0) -> None:
        """`kubectl wait --for=<until>`, bounded."""
        flags = [f"--for={until}", f"--timeout={limit_s:.0f}s"]
        self.client.run("wait", *flags, *targets, limit_s=limit_s + 10)

    def logs(self) -> str:
        """The end of every program's log."""
        return "\n".join(process.tail() for process in self._processes)

    def stop(self) -> None:
        """End what was started, in reverse, and remove its data."""
        while self._processes:
            self._processes.pop().stop()
        self._kubectl = None
        if self.folder != Path():
            shutil.rmtree(self.folder, ignore_errors=True)

    # -- starting ----------------------------------------------------------------------------------

    def _start(self) -> None:
        etcd_client, etcd_peer, api, controllers, scheduler = free_ports(5)
        self._run("etcd", self._etcd_arguments(etcd_client, etcd_peer))
        self._run("kube-apiserver", self._api_arguments(api, etcd_client))
        certificate = self.folder / "certs" / "apiserver.crt"
        self._wait("the API server's certificate", certificate.exists)
        configs = {name: self._write_kubeconfig(name, api, certificate) for name in IDENTITIES}
        self._kubectl = Kubectl(self._programs["kubectl"], configs["admin"], self.folder)
        self._wait("the API server to be ready", self._api_ready)
        self._run(
            "kube-controller-manager",
            [
                *self._component_arguments(configs["system:kube-controller-manager"], controllers),
                f"--root-ca-file={certificate}",
                "--use-service-account-credentials=true",
            ],
        )
        self._run("kube-scheduler", self._component_arguments(configs["system:kube-scheduler"], scheduler))
        self._run("kwok", self._kwok_arguments(configs["kwok"]))
        self.client.apply([_node(number) for number in range(self._nodes)])
        self._wait("all nodes to be ready and free of taints", self._nodes_ready)

    def _run(self, program: str, arguments: list[str]) -> None:
        argv: list[str | Path] = [self._programs[program], *arguments, *self._extra.get(program, [])]
        self._processes.append(Process(program, argv, self.folder))

    def _wait(self, what: str, probe: Any) -> None:
        def watched() -> Any:
            for process in self._processes:
                if process.exit_code is not None:
                    raise RuntimeError(f"{process.name} ended while waiting for {what}")
            return probe()

        wait_until(what, watched, limit_s=START_LIMIT_S, every_s=0.2)

    def _api_ready(self) -> bool:
        try:
            return self.client.run("get", "--raw=/readyz", limit_s=10).stdout == "ok"
        except KubectlError:
            return False

    def _nodes_ready(self) -> bool:
        nodes = self.client.get("nodes")
        return len(nodes) == self._nodes and all(
            not node["spec"].get("taints") and condition(node, "Ready") for node in nodes
        )

    # -- arguments and files -----------------------------------------------------------------------

    def _etcd_arguments(self, client: int, peer: int) -> list[str]:
        client_url, peer_url = f"http://127.0.0.1:{client}", f"http://127.0.0.1:{peer}"
        return [
            f"--data-dir={self.folder / 'etcd'}",
            f"--listen-client-urls={client_url}",
            f"--advertise-client-urls={client_url}",
            f"--listen-peer-urls={peer_url}",
            f"--initial-advertise-peer-urls={peer_url}",
            f"--initial-cluster=default={peer_url}",
            "--unsafe-no-fsync=true",
        ]

    def _api_arguments(self, port: int, etcd: int) -> list[str]:
        key = self.folder / "service-accounts.key"
        key.write_text(_private_key())
        key.chmod(0o600)
        tokens = self.folder / "tokens.csv"
        tokens.write_text("".join(self._token_line(name, group) for name, group in IDENTITIES.items()))
        tokens.chmod(0o600)
        admission = self.folder / "admission.json"
        admission.write_text(json.dumps(_admission()))
        return [
            f"--etcd-servers=http://127.0.0.1:{etcd}",
            "--bind-address=127.0.0.1",
            f"--secure-port={port}",
            f"--cert-dir={self.folder / 'certs'}",
            "--endpoint-reconciler-type=none",
            f"--service-cluster-ip-range={SERVICE_RANGE}",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={key}",
            f"--service-account-signing-key-file={key}",
            f"--token-auth-file={tokens}",
            "--allow-privileged=true",
            "--authorization-mode=Node,RBAC",
            "--enable-admission-plugins=NodeRestriction",
            f"--admission-control-config-file={admission}",
        ]

    def _token_line(self, name: str, group: str) -> str:
        return f'{self._tokens[name]},{name},{name},"{group}"\n'

    def _write_kubeconfig(self, name: str, port: int, certificate: Path) -> Path:
        cluster = {"server": f"https://127.0.0.1:{port}", "certificate-authority": str(certificate)}
        path = self.folder / f"{name.removeprefix('system:')}.kubeconfig"
        path.write_text(
            json.dumps(
                {
                    "apiVersion": "v1",
                    "kind": "Config",
                    "clusters": [{"name": "loopback", "cluster": cluster}],
                    "users": [{"name": name, "user": {"token": self._tokens[name]}}],
                    "contexts": [{"name": "loopback", "context": {"cluster": "loopback", "user": name}}],
                    "current-context": "loopback",
                }
            )
        )
        path.chmod(0o600)
        return path

    def _component_arguments(self, kubeconfig: Path, port: int) -> list[str]:
        return [
            f"--kubeconfig={kubeconfig}",
            "--bind-address=127.0.0.1",
            f"--secure-port={port}",
            f"--cert-dir={self.folder / 'component-certs'}-{port}",
            "--leader-elect=false",
        ]

    def _kwok_arguments(self, kubeconfig: Path) -> list[str]:
        stages = [one for one in self._stages if one["kind"] == "Stage"]
        config = self.folder / "kwok.yaml"
        config.write_text(yaml.safe_dump_all(stages))
        self.client.apply([one for one in self._stages if one["kind"] != "Stage"])
        return [
            f"--kubeconfig={kubeconfig}",
            f"--config={config}",
            "--manage-all-nodes=true",
            "--v=WARN",
            "--node-ip=127.0.0.1",
            "--cidr=10.64.0.1/16",
            "--node-lease-duration-seconds=40",
        ]


def _node(number: int) -> dict[str, Any]:
    name = f"node-{number}"
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "annotations": {"kwok.x-k8s.io/node": "fake"},
            "labels": {
                "kubernetes.io/hostname": name,
                "kubernetes.io/os": "linux",
                "kubernetes.io/arch": "amd64",
                "topology.kubernetes.io/region": "region-1",
                "topology.kubernetes.io/zone": ZONES[number % len(ZONES)],
            },
        },
        "status": {"allocatable": NODE_SIZE, "capacity": NODE_SIZE},
    }


def _admission() -> dict[str, Any]:
    """Pod Security warns about `restricted` even in a namespace that carries no labels."""
    defaults = {"enforce": "privileged", "warn": "restricted", "warn-version": "latest"}
    pod_security = {
        "apiVersion": "pod-security.admission.config.k8s.io/v1",
        "kind": "PodSecurityConfiguration",
        "defaults": defaults,
        "exemptions": {},
    }
    return {
        "apiVersion": "apiserver.config.k8s.io/v1",
        "kind": "AdmissionConfiguration",
        "plugins": [{"name": "PodSecurity", "configuration": pod_security}],
    }


def _private_key() -> str:
    """A fresh P-256 key that signs service-account tokens.

    The form is SEC 1 without the optional public half, which Go works out by itself; so neither openssl nor a
    cryptography package is needed.  The first bit is cleared to stay below the order of the curve.
    """
    secret = bytearray(secrets.token_bytes(32))
    secret[0] &= 0x7F
    curve = bytes.fromhex("a00a06082a8648ce3d030107")
    encoded = base64.b64encode(bytes.fromhex("30310201010420") + bytes(secret) + curve).decode()
    return f"-----BEGIN EC PRIVATE KEY-----\n{encoded}\n-----END EC PRIVATE KEY-----\n"
