"""One way to use a component, and the same with Outputs in place of plain values.

Every value that may be an Output contains ``MARK``, and nothing else does, so that a test can follow it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path as FilePath
from typing import Any, get_args, get_origin, is_typeddict
from typing import get_type_hints as typing_hints

import pulumi

import pulumi_kubernetes_mcp as package
from pulumi_kubernetes_mcp.testing import Recording, record

MARK = "qq"
PROJECT = FilePath(__file__).parents[2]
"""The directory that the path of a profile begins at."""
Transform = Callable[[Any], Any]
Path = tuple[Any, ...]


MADE: dict[tuple[str, str, str, bool], Recording] = {}
"""What was made before: a recording is read and never changed."""


@dataclass(frozen=True)
class Case:
    """One way to use a component."""

    component: str
    variant: str
    args: Mapping[str, Any]
    distinct: tuple[str, ...] = ()
    """Keys that name an object; two uses in one namespace must differ there."""

    @property
    def id(self) -> str:
        """Name of the case in test reports."""
        return f"{self.component}-{self.variant}"

    @property
    def type(self) -> type[pulumi.ComponentResource]:
        """The component."""
        found: type[pulumi.ComponentResource] = getattr(package, self.component)
        return found

    @property
    def args_type(self) -> type:
        """The TypedDict of its arguments."""
        found: type = getattr(package, f"{self.component}Args")
        return found

    def build(
        self,
        name: str = "thing",
        change: Transform | None = None,
        only: Sequence[Path] | None = None,
        **opts: Any,
    ) -> pulumi.ComponentResource:
        """Construct it; ``change`` is applied to every value that may be an Output, or to those at ``only``."""
        args = self.args
        if self.component == "McpRegion":
            # A region takes the values of its Secret from a stack file, and refuses them in clear.
            args = with_inputs(args, self.args_type, pulumi.Output.secret, only=self.secret_paths)
        if change is not None:
            if change is pulumi.Output.secret and only is None:
                only = [path for path in input_paths(self.args_type, args) if not self.in_clear(path)]
            args = with_inputs(args, self.args_type, change, only)
        return self.type(name, args, pulumi.ResourceOptions(**opts) if opts else None)

    @property
    def secret_paths(self) -> list[Path]:
        """Where the values of a Secret stand."""
        return [path for path in input_paths(self.args_type, self.args) if "values" in path]

    def in_clear(self, path: Path) -> bool:
        """Whether a place is in clear by its nature, so that a secret is refused there."""
        if self.component == "McpRegion" and path[-1:] == ("preview_host",):
            return True
        if self.component == "McpRegion" and path[:2] in (("edge", "host"), ("edge", "hosts"), ("database", "host")):
            # A variable of the server, unless it connects to a pooler instead.
            return path[0] == "edge" or "pooler" not in self.args["database"]
        inner = path[1:] if path[:1] in (("server",), ("probe",)) else path
        if inner[:1] == ("endpoints",) and path[-1:] == ("url",):
            return True
        return inner[:1] == ("env",) or (inner[:1] in (("sidecars",), ("init_containers",)) and "env" in inner)

    def at(self, path: Path) -> Any:
        """The plain value at a place."""
        value: Any = self.args
        for step in path:
            value = value[step]
        return value

    def run(self, name: str = "thing", change: Transform | None = None, *, preview: bool = False) -> Recording:
        """Construct it alone in a stack; without a change, the same is made once for all tests of a process."""
        key = (self.component, repr(self.args), name, preview)
        if change is None and key in MADE:
            return MADE[key]
        made = record(lambda: self.build(name, change), preview=preview, directory=PROJECT)
        if change is None and "Output" not in key[1]:
            MADE[key] = made
        return made

    def named(self, suffix: str) -> Case:
        """The same with other names for its objects."""
        args = {key: f"{value}{suffix}" if key in self.distinct else value for key, value in self.args.items()}
        if "patches" in args:
            args["patches"] = [
                {**one, "name": f"{one['name']}{suffix}"} if "name" in one and self.component != "McpNamespace" else one
                for one in args["patches"]
            ]
        if self.component == "McpRegion":
            args["region"] = {**args["region"], "name": f"{args['region']['name']}{suffix}"}
            if "production" in args.get("load_test", {}):
                args["load_test"] = {**args["load_test"], "production": args["region"]["name"]}
            if "production" in args.get("chaos", {}):
                args["chaos"] = {**args["chaos"], "production": args["region"]["name"]}
            if "class_name" in (own := args.get("edge", {}).get("gateway", {})):
                # A Gateway of its own is an object of the case; a shared one is not.
                args["edge"] = {**args["edge"], "gateway": {**own, "name": f"{own['name']}{suffix}"}}
            if args["region"].pop("namespace", None) and not args["region"].get("create_namespace", True):
                args["region"]["namespace"] = f"{self.args['region']['namespace']}{suffix}"
        return Case(self.component, self.variant, args, self.distinct)


@cache
def get_type_hints(hint: type) -> dict[str, Any]:
    """The annotations of an argument type. ``pulumi.Input`` holds names that only Pulumi's own module knows."""
    return typing_hints(hint, localns={"Output": pulumi.Output, "T": Any})


def is_input(hint: Any) -> bool:
    """Whether an annotation is ``pulumi.Input[...]``."""
    return any(get_origin(member) is pulumi.Output for member in get_args(hint))


def input_paths(hint: Any, value: Any, path: Path = ()) -> Iterator[Path]:
    """Where in ``value``, of the annotated type, an Output may stand."""
    if isinstance(value, pulumi.Output) or is_input(hint):
        yield path
    elif is_typeddict(hint):
        for key, inner in get_type_hints(hint).items():
            if key in value:
                yield from input_paths(inner, value[key], (*path, key))
    elif not get_args(hint):
        # A patch is whatever Kubernetes has fields for, all of it known.
        return
    elif isinstance(value, Mapping) and hint is not Any:  # Any: in the words of Kubernetes, see the tests of patches.
        for key, item in value.items():
            yield from input_paths(get_args(hint)[-1], item, (*path, key))
    elif isinstance(value, list) and hint is not Any:
        for index, item in enumerate(value):
            yield from input_paths(get_args(hint)[0], item, (*path, index))


def with_inputs(args: Any, hint: Any, change: Transform, only: Sequence[Path] | None = None) -> Any:
    """The arguments with ``change`` applied where an Output may stand, at all places or at some."""
    places = set(input_paths(hint, args) if only is None else only)

    def walk(value: Any, path: Path) -> Any:
        if path in places:
            return change(value)
        if isinstance(value, Mapping):
            return {key: walk(item, (*path, key)) for key, item in value.items()}
        return [walk(item, (*path, index)) for index, item in enumerate(value)] if isinstance(value, list) else value

    return walk(args, ())


def unknown(_: Any) -> pulumi.Output[Any]:
    """A value that is only known after the deployment."""
    return pulumi.Output.from_input(pulumi.UNKNOWN)


def later(value: Any) -> pulumi.Output[Any]:
    """A value that comes from another resource, and is known."""
    return pulumi.Output.from_input(value)


SHARED_PEERS: dict[str, list[dict[str, Any]]] = {
    "allow_from": [
        {"port": 8000, "namespace": "qq-gateway", "name": "gateway"},
        {"port": 9100, "cidrs": ["10.0.0.0/8"]},
        {"port": 8000, "workload": "qq-prober", "component": "probe"},
        {"port": 8000, "namespace": "qq-agents", "pod_labels": {"app": "planner"}},
        {"port": 9100, "protocol": "UDP", "cidrs": ["172.16.0.0/12"], "except_cidrs": ["172.16.1.0/24"]},
    ],
    "allow_to": [
        {"port": 5432, "cidrs": ["10.20.0.0/16"]},
        {"port": 6432, "workload": "qq-pooler", "component": "pooler"},
        {"port": 443, "cidrs": ["10.96.0.1/32"]},
        {"port": 6333, "namespace": "vectors", "pod_labels": {"app": "qdrant"}},
        {"port": 3478, "protocol": "UDP", "cidrs": ["172.16.0.0/12"], "except_cidrs": ["172.16.1.0/24"]},
        {"port": 8443, "internet": True},
    ],
}
"""Peers of a server and of a pod beside it, with everything that may be said of one."""

SHARED_PLACE: dict[str, Any] = {
    "image_pull_secrets": ["qq-registry"],
    "node_selector": {"cloud.example/pool": "qq-mcp"},
    "tolerations": [
        {"operator": "Exists"},
        {"key": "gone", "value": "now", "effect": "NoExecute", "toleration_seconds": 5},
    ],
    "priority_class_name": "qq-serving",
    "architecture": "amd64",
    "cluster_user_id": True,
}
"""Where a pod beside a server runs and who it is, with everything that may be said of it."""

SHARED_CONTAINERS: dict[str, Any] = {
    "sidecars": [
        {
            "name": "proxy",
            "image": "registry.example/qq-proxy:2.14.0",
            "image_pull_policy": "Never",
            "command": ["/proxy"],
            "args": ["--port=5432"],
            "env": {"ZONE": "qq-zone"},
            "env_from": [{"config_map": "qq-proxy"}],
            "env_value_from": {"POD": {"field": "metadata.name"}},
            "requests": {"cpu": "100m", "memory": "64Mi", "ephemeral_storage": "16Mi"},
            "limits": {"cpu": "200m", "memory": "128Mi", "ephemeral_storage": "32Mi"},
            "mounts": [{"volume": "/tmp", "path": "/shared", "sub_path": "proxy", "writable": True}],
            "port": 5433,
            "health_path": "/startup",
        },
    ],
    "init_containers": [
        {
            "name": "migrate",
            "image": "registry.example/qq-migrate:1.0.0",
            "image_pull_policy": "Never",
            "command": ["/migrate"],
            "args": ["up"],
            "env": {"STEP": "qq-all"},
            "env_from": [{"secret": "qq-migrate"}],
            "env_value_from": {"POD": {"field": "metadata.name"}},
            "requests": {"cpu": "100m", "memory": "64Mi", "ephemeral_storage": "16Mi"},
            "limits": {"cpu": "200m", "memory": "128Mi", "ephemeral_storage": "32Mi"},
            "mounts": [{"volume": "/tmp"}],
        },
    ],
    "kubernetes_api": {
        "rules": [{"resources": ["pods"], "verbs": ["get", "list"], "resource_names": ["web"]}],
        "cluster_rules": [{"api_groups": ["apps"], "resources": ["deployments"], "verbs": ["get"]}],
        "roles": [
            {"name": "qq-view", "whole_cluster": True},
            {"name": "qq-edit", "kind": "Role"},
        ],
    },
}
"""Containers beside a server, and what its pods may ask of the API, in a component and in a region alike."""
