"""The program under measurement: services made of components."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping

from pulumi_kubernetes_mcp import McpAutoscaling, McpIngress, McpService
from pulumi_kubernetes_mcp.offline.engine import run_program
from pulumi_kubernetes_mcp.offline.model import Deployment, Resource

Program = Callable[[], None]
RESOURCES: Mapping[str, Mapping[str, str]] = {
    "requests": {"cpu": "500m", "memory": "192Mi", "ephemeral-storage": "64Mi"},
    "limits": {"cpu": "1", "memory": "256Mi", "ephemeral-storage": "256Mi"},
}


def service(name: str) -> None:
    """One service: a server, its autoscaler and its route, seven objects in three components."""
    server = McpService(
        name,
        {
            "image": "registry.example.com/acme/mcp-server:1.4.2",
            "namespace": "mcp",
            "health_path": "/healthz",
            "liveness_path": "/livez",
            "min_replicas": 3,
            "resources": RESOURCES,
            "allow_from": [{"port": 8000, "namespace": "gateway-system"}],
        },
    )
    McpAutoscaling(
        f"{name}-scaling",
        {
            "namespace": "mcp",
            "target": server.deployment_name,
            "min_replicas": 3,
            "max_replicas": 30,
            "cpu_percent": 120,
            "requests": RESOURCES["requests"],
        },
    )
    McpIngress(f"{name}-edge", {"namespace": "mcp", "host": f"{name}.example.com", "service_name": server.service_name})


def services(count: int) -> Program:
    """A program of that many services."""

    def program() -> None:
        for number in range(count):
            service(f"s{number}")

    return program


def run(program: Program) -> Deployment:
    """Run a program under the offline engine."""
    return run_program(program, project="bench", stack="bench", config={})


def seconds(program: Program) -> float:
    """Time of one run. Garbage of the run before is gone first."""
    gc.collect()
    start = time.perf_counter()
    run(program)
    return time.perf_counter() - start


def objects(recorded: Deployment) -> list[Resource]:
    """The Kubernetes objects of a run."""
    return [one for one in recorded.resources if one.kubernetes]
