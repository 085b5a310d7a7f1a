"""A Prometheus API that says what a test wants it to say, and the resource metrics API likewise."""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

HANGS_FOR_S = 20.0
QUERY = "/api/v1/query"


@dataclass(frozen=True)
class Answer:
    """One HTTP answer, given at once or so late that nobody waits for it."""

    body: str
    status: int = 200
    hangs: bool = False


def samples(*values: object, kind: str = "vector") -> Answer:
    """An instant vector with one series per value."""
    result = [{"metric": {"pod": str(number)}, "value": [0, value]} for number, value in enumerate(values)]
    return Answer(json.dumps({"status": "success", "data": {"resultType": kind, "result": result}}))


def reads(value: float) -> Answer:
    """One series with one value, as `sum(...)` gives it."""
    return samples(str(value))


FAILURES = {
    "an error": Answer('{"status":"error","errorType":"internal","error":"broken"}', 500),
    "an error with status 200": Answer('{"status":"error","errorType":"bad_data","error":"broken"}'),
    "no series": samples(),
    "null for the series": Answer('{"status":"success","data":{"resultType":"vector","result":null}}'),
    "not a number": samples("NaN"),
    "an infinite number": samples("+Inf"),
    "several series": samples("10", "20"),
    "a scalar": Answer('{"status":"success","data":{"resultType":"scalar","result":[0,"10"]}}'),
    "something else than JSON": Answer("<html>a login page</html>"),
}
HANGS = Answer("", hangs=True)


@dataclass(frozen=True)
class Request:
    """A query as it arrived."""

    at: float
    query: str
    authorization: str | None


class Prometheus:
    """`/api/v1/query` behind one path per name, so that every ScaledObject has a Prometheus of its own."""

    def __init__(self) -> None:
        self._answers: dict[str, Answer] = {}
        self.requests: defaultdict[str, list[Request]] = defaultdict(list)
        self._server = _serve(self._get)
        self._port = self._server.server_port
        self.tokens: dict[str, str] = {}

    def address(self, name: str) -> str:
        """What the ScaledObject `name` gets as the address of its Prometheus."""
        return f"http://127.0.0.1:{self._port}/{name}"

    def say(self, name: str, answer: Answer | float) -> None:
        """From now on the Prometheus of `name` answers like this."""
        self._answers[name] = answer if isinstance(answer, Answer) else reads(answer)

    def count(self, name: str) -> int:
        """How often the Prometheus of `name` has been asked."""
        return len(self.requests[name])

    def stop(self) -> None:
        """Close the port: a new connection is refused."""
        self._server.shutdown()
        self._server.server_close()

    def _get(self, handler: BaseHTTPRequestHandler) -> Answer:
        address = urlsplit(handler.path)
        name = address.path.removeprefix("/").removesuffix(QUERY)
        asked = parse_qs(address.query)
        authorization = handler.headers.get("Authorization")
        self.requests[name].append(Request(time.time(), asked["query"][0], authorization))
        if name in self.tokens and authorization != f"Bearer {self.tokens[name]}":
            return Answer("", 401)
        return self._answers.get(name, reads(0))


class ResourceMetrics:
    """`metrics.k8s.io` with the CPU use that a test wants every pod of a namespace to have."""

    def __init__(self, pods: Callable[[str], list[dict[str, Any]]], certificate: Path, key: Path) -> None:
        self._pods = pods
        self._milli: dict[str, int] = {}
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self._server = _serve(self._get, context)
        self.port = self._server.server_port

    def use(self, namespace: str, milli: int) -> None:
        """Each container in a namespace uses so many millicores."""
        self._milli[namespace] = milli

    def forget(self, namespace: str) -> None:
        """There are no samples of a namespace any more."""
        self._milli.pop(namespace, None)

    def stop(self) -> None:
        """Close the port."""
        self._server.shutdown()
        self._server.server_close()

    def registration(self, service: str, namespace: str) -> dict[str, Any]:
        """The APIService that leads here."""
        return {
            "apiVersion": "apiregistration.k8s.io/v1",
            "kind": "APIService",
            "metadata": {"name": "v1beta1.metrics.k8s.io"},
            "spec": {
                "group": "metrics.k8s.io",
                "version": "v1beta1",
                "groupPriorityMinimum": 100,
                "versionPriority": 100,
                "insecureSkipTLSVerify": True,
                "service": {"name": service, "namespace": namespace, "port": self.port},
            },
        }

    def _get(self, handler: BaseHTTPRequestHandler) -> Answer:
        parts = urlsplit(handler.path).path.strip("/").split("/")
        if parts[:3] != ["apis", "metrics.k8s.io", "v1beta1"]:
            return Answer("", 404)
        if len(parts) == 3:
            pods = {"name": "pods", "kind": "PodMetrics", "namespaced": True, "verbs": ["get", "list"]}
            return _json("APIResourceList", "v1", groupVersion="metrics.k8s.io/v1beta1", resources=[pods])
        namespace = parts[4]
        found = self._pods(namespace) if namespace in self._milli else []
        items = [self._sample(pod, self._milli[namespace]) for pod in found]
        return _json("PodMetricsList", "metrics.k8s.io/v1beta1", metadata={}, items=items)

    @staticmethod
    def _sample(pod: dict[str, Any], milli: int) -> dict[str, Any]:
        used = {"cpu": f"{milli}m", "memory": "64Mi"}
        return {
            "metadata": {key: pod["metadata"].get(key) for key in ("name", "namespace", "labels")},
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "window": "10s",
            "containers": [{"name": one["name"], "usage": used} for one in pod["spec"]["containers"]],
        }


def _json(kind: str, version: str, **rest: object) -> Answer:
    return Answer(json.dumps({"kind": kind, "apiVersion": version, **rest}))


def _serve(
    answer: Callable[[BaseHTTPRequestHandler], Answer], context: ssl.SSLContext | None = None
) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        """One request a connection, so that a closed port is noticed at once."""

        def do_GET(self) -> None:
            found = answer(self)
            if found.hangs:
                time.sleep(HANGS_FOR_S)
                return
            body = found.body.encode()
            self.send_response(found.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
