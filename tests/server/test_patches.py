"""Patches of a server: what they change, and what is refused, in a program and in a stack file."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

from pulumi_kubernetes_mcp import McpService
from pulumi_kubernetes_mcp.inputs.checked import checked
from pulumi_kubernetes_mcp.inputs.outputs import FindingsError
from pulumi_kubernetes_mcp.region_plan import RegionPlan, plan_region
from pulumi_kubernetes_mcp.rules.model import Finding
from pulumi_kubernetes_mcp.server.args import server_spec, service_findings
from pulumi_kubernetes_mcp.server.keys import ServiceKeys
from pulumi_kubernetes_mcp.settings.servers import load_stack
from pulumi_kubernetes_mcp.testing import record

from .test_files import expanded

LEAST: dict[str, Any] = {"image": "ghcr.io/acme/mcp-server:1.4.2", "namespace": "tools", "health_path": "/healthz"}


def pod(spec: Any, **metadata: Any) -> list[dict[str, Any]]:
    """One patch of the pods."""
    return [{"kind": "Pod", "patch": {"spec": spec, **({"metadata": metadata} if metadata else {})}}]


def server(container: dict[str, Any]) -> list[dict[str, Any]]:
    """One patch of the server's container."""
    return pod({"containers": [{"name": "server", **container}]})


def findings(patches: list[dict[str, Any]], **more: Any) -> list[Finding]:
    """What a program is told of patches."""
    keys = checked(ServiceKeys, "web", {**LEAST, "patches": patches, **more})
    return [one for one in service_findings(server_spec("web", keys), keys) if one.path.startswith("patches")]


def rendered(patches: Any, **more: Any) -> dict[str, Any]:
    """Kind to the object of a patched service; Outputs are made inside of the program, by a function."""

    def program() -> None:
        McpService("web", {**LEAST, "patches": patches() if callable(patches) else patches, **more})

    run = record(program)
    return {body["kind"]: body for body in run.manifests()}


def test_a_patch_reaches_pods_deployment_service_and_account() -> None:
    made = rendered(
        [
            *pod({"runtimeClassName": "gvisor", "containers": [{"name": "server", "tty": True}]}, labels={"team": "a"}),
            {"kind": "Deployment", "patch": {"spec": {"minReadySeconds": 10}}},
            {"kind": "Service", "name": "web", "patch": {"metadata": {"annotations": {"a/b": "c"}}}},
            {"kind": "ServiceAccount", "patch": {"imagePullSecrets": [{"name": "registry"}]}},
        ]
    )
    template = made["Deployment"]["spec"]["template"]
    assert template["spec"]["runtimeClassName"] == "gvisor"
    assert template["metadata"]["labels"]["team"] == "a"
    (container,) = template["spec"]["containers"]
    assert container["tty"] is True
    assert container["image"] == LEAST["image"], "what is there stays"
    assert made["Deployment"]["spec"]["minReadySeconds"] == 10
    assert made["Service"]["metadata"]["annotations"] == {"a/b": "c", "pulumi.com/skipAwait": "true"}
    assert made["ServiceAccount"]["imagePullSecrets"] == [{"name": "registry"}]


def test_null_removes_in_a_program_too() -> None:
    made = rendered(pod({"topologySpreadConstraints": None}))
    assert "topologySpreadConstraints" not in made["Deployment"]["spec"]["template"]["spec"]


def test_a_patch_may_hold_an_output() -> None:
    def patches() -> Any:
        return pod({"containers": [{**SIDECAR, "image": pulumi.Output.from_input("ghcr.io/acme/proxy:1.0.0")}]})

    made = rendered(patches)
    names = {one["name"]: one["image"] for one in made["Deployment"]["spec"]["template"]["spec"]["containers"]}
    assert names == {"proxy": "ghcr.io/acme/proxy:1.0.0", "server": LEAST["image"]}


def test_what_a_patch_adds_stands_behind_what_it_refers_to() -> None:
    """New items of a merged list go first, so that the kubelet would leave the reference as it is written."""
    added = {"env": [{"name": "Z", "value": "$(A)/z"}, {"name": "B", "value": "b"}]}
    sidecar = {"name": "proxy", "image": "ghcr.io/acme/proxy:1.0.0", "env": {"A": "of-the-proxy"}}
    for kind in ("Pod", "Deployment"):
        body: Any = {
            "spec": {"containers": [{"name": "server", **added}], "initContainers": [{"name": "proxy", **added}]}
        }
        patches = [{"kind": kind, "patch": body if kind == "Pod" else {"spec": {"template": body}}}]
        made = rendered(patches, env={"A": "lit"}, sidecars=[sidecar])["Deployment"]["spec"]["template"]["spec"]
        (server,) = made["containers"]
        # B stays where the merge puts it, before what was there.
        names = [one["name"] for one in server["env"]]
        assert names.index("A") < names.index("Z")
        assert names.index("B") < names.index("HOME")
        assert expanded(server["env"])["Z"] == "lit/z"
        assert expanded(made["initContainers"][0]["env"])["Z"] == "of-the-proxy/z"


@pytest.mark.parametrize("field", ["ports", "env", "resources", "readinessProbe", "volumeMounts", "lifecycle"])
def test_a_patch_with_an_output_for_a_whole_part_ends_in_no_traceback(field: str) -> None:
    found: list[Finding] = []

    def program() -> None:
        later = pulumi.Output.from_input("x")
        found.extend(findings(server({field: later})))
        found.extend(findings(server({"readinessProbe": {"httpGet": later}})))
        found.extend(findings(pod({"containers": later})))

    record(program)
    # What keys say, and others find by its name, is not left to what is known later.
    assert {"MCP172"} <= {one.code for one in found} <= {"MCP172", "MCP173", "MCP175", "MCP176"}, found


def test_a_secret_output_is_refused_and_not_shown() -> None:
    with pytest.raises(FindingsError, match=r"^.*cannot work") as refused:
        rendered(lambda: server({"env": [{"name": "GREETING", "value": pulumi.Output.secret("hunter2")}]}))
    assert "MCP107 patches[0].patch.spec.containers[0].env[0].value" in str(refused.value)
    assert "hunter2" not in str(refused.value)


RESTRICTED = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
SIDECAR = {"name": "proxy", "image": "ghcr.io/acme/proxy:1.0.0", "securityContext": RESTRICTED}
REFUSED: dict[str, tuple[list[dict[str, Any]], str, str, str]] = {
    "hits nothing": (
        [{"kind": "Ingress", "patch": {"spec": {}}}],
        "MCP170",
        "patches[0]",
        "No Ingress is made here. There are ServiceAccount 'web', NetworkPolicy 'web', PodDisruptionBudget 'web', "
        "Deployment 'web', Service 'web', Pod.",
    ),
    "another name": ([{"kind": "Service", "name": "api", "patch": {"spec": {}}}], "MCP170", "patches[0]", "'api'"),
    "an unknown field": (
        pod({"hostPid": True}),
        "MCP171",
        "patches[0].patch.spec.hostPid",
        "no field 'hostPid' here. Did you mean 'hostPID'?",
    ),
    "an item to take away that is not there": (
        pod({"containers": [{"name": "nope", "$patch": "delete"}], "priorityClassName": "high"}),
        "MCP170",
        "patches[0].patch.spec.containers[0]",
        "There is no item whose name is 'nope' to take away. What is there: server.",
    ),
    "an item of an item to take away that is not there": (
        server({"env": [{"name": "NOPE", "$patch": "delete"}]}),
        "MCP170",
        "patches[0].patch.spec.containers[0].env[0]",
        "There is no item whose name is 'NOPE' to take away.",
    ),
    "a field to take away that is not set": (
        pod({"schedulerName": None}),
        "MCP170",
        "patches[0].patch.spec.schedulerName",
        "There is no 'schedulerName' to take away. What is there: ",
    ),
    "a wrong type": (pod({"priority": "high"}), "MCP171", "patches[0].patch.spec.priority", "Give a whole number."),
    "a directive": (pod({"$patch": "drop"}), "MCP171", "patches[0].patch.spec.$patch", "'drop' is no directive"),
    "an item without its key": (
        pod({"containers": [{"tty": True}]}),
        "MCP171",
        "patches[0].patch.spec.containers[0]",
        "merged by 'name'",
    ),
    "what is demanded is missing": (
        pod({"volumes": [{"name": "a", "persistentVolumeClaim": {"readOnly": True}}]}),
        "MCP171",
        "patches[0].patch",
        "persistentVolumeClaim.claimName: It is missing",
    ),
    "the name": (
        [{"kind": "Service", "patch": {"metadata": {"name": "api"}}}], "MCP172", "patches[0].patch", "metadata.name",
    ),
    "the selector": (
        [{"kind": "Service", "patch": {"spec": {"selector": {"a": "b"}}}}],
        "MCP172",
        "patches[0].patch",
        "spec.selector",
    ),
    "a label that is selected": (
        pod({}, labels={"app.kubernetes.io/name": "api"}),
        "MCP172",
        "patches[0].patch",
        "the label 'app.kubernetes.io/name' of the pods",
    ),
    "the container": (
        pod({"containers": [{"$patch": "replace"}, SIDECAR]}), "MCP172", "patches[0].patch", "the container 'server'",
    ),
    "a port of the Service": (
        [{"kind": "Service", "patch": {"spec": {"ports": [{"port": 80, "name": "web"}]}}}],
        "MCP172",
        "patches[0].patch",
        "the port 'http' (80)",
    ),
    "privileges": (
        server({"securityContext": {"privileged": True}}),
        "MCP173",
        "patches[0].patch",
        "containers[0].securityContext.privileged",
    ),
    "a sidecar without a security context": (
        pod({"containers": [{"name": "proxy", "image": "ghcr.io/acme/proxy:1.0.0"}]}),
        "MCP173",
        "patches[0].patch",
        "Not all capabilities are dropped.",
    ),
    "replicas": (
        [{"kind": "Deployment", "patch": {"spec": {"replicas": 9}}}],
        "MCP175",
        "patches[0].patch",
        "Set ⟦min_replicas⟧ instead.",
    ),
    "resources of the server": (
        server({"resources": {"requests": {"cpu": "9"}}}), "MCP175", "patches[0].patch", "Set ⟦resources⟧ instead.",
    ),
    "two ways of a probe": (
        server({"readinessProbe": {"exec": {"command": ["/ready"]}}}),
        "MCP176",
        "patches[0].patch",
        "readinessProbe would have exec and httpGet.",
    ),
    "Recreate with a surge": (
        [{"kind": "Deployment", "patch": {"spec": {"strategy": {"type": "Recreate"}}}}],
        "MCP176",
        "patches[0].patch",
        "spec.strategy would have rollingUpdate and type Recreate.",
    ),
    "a secret in clear": (
        server({"env": [{"name": "API_KEY", "value": "hunter2-example"}]}), "MCP107", "patches[0].patch", "API_KEY",
    ),
    "a secret in the command line of an init container": (
        pod({"initContainers": [{**SIDECAR, "args": ["--token=hunter2-example"]}]}),
        "MCP107",
        "patches[0].patch",
        "args[0] of the container 'proxy': The argument holds a secret in clear.",
    ),
    "an image that moves": (
        pod({"containers": [{**SIDECAR, "image": "proxy:latest"}]}), "MCP101", "patches[0].patch", "latest",
    ),
    "a reference to nothing": (
        server({"env": [{"name": "Z", "value": "$(NOPE)"}]}),
        "MCP124",
        "patches[0].patch.spec.containers[0].env[0].value",
        "'$(NOPE)' refers to no variable",
    ),
    "a reference of an argument": (
        [
            {
                "kind": "Deployment",
                "patch": {"spec": {"template": {"spec": {"containers": [{"name": "server", "args": ["$(NOPE)"]}]}}}},
            }
        ],
        "MCP124",
        "patches[0].patch.spec.template.spec.containers[0].args[0]",
        "'$(NOPE)' refers to no variable",
    ),
    "a reference of a container that the patch adds": (
        pod({"initContainers": [{**SIDECAR, "env": [{"name": "Z", "value": "$(NOPE)"}]}]}),
        "MCP124",
        "patches[0].patch.spec.initContainers[0].env[0].value",
        "'$(NOPE)' refers to no variable",
    ),
    "a circle": (
        server({"env": [{"name": "A", "value": "$(B)"}, {"name": "B", "value": "$(A)"}]}),
        "MCP125",
        "patches[0].patch.spec.containers[0].env[",
        "in a circle",
    ),
    "a Service that no way leads to": (
        server({"env": [{"name": "Q", "value": "http://q.vectors.svc:6333"}]}),
        "MCP159",
        "patches[0].patch.spec.containers[0].env[0].value",
        "'q.vectors.svc'",
    ),
    "a program that is downloaded": (
        server({"command": ["npx", "-y", "x"]}), "MCP126", "patches[0].patch.spec.containers[0].command", "'npx'",
    ),
    "a hook that downloads": (
        server({"lifecycle": {"postStart": {"exec": {"command": ["npx", "-y", "x"]}}}}),
        "MCP126",
        "patches[0].patch.spec.containers[0].lifecycle.postStart.exec.command",
        "'npx'",
    ),
    "another port": (
        server({"env": [{"name": "PORT", "value": "9000"}]}),
        "MCP184",
        "patches[0].patch.spec.containers[0].env[0].value",
        "9000",
    ),
    "a request above its limit": (
        pod({"containers": [{**SIDECAR, "resources": {"requests": {"cpu": "2"}, "limits": {"cpu": "1"}}}]}),
        "MCP103",
        "patches[0].patch",
        "cpu",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_patch_that_is_refused_or_warned_of(name: str) -> None:
    patches, code, path, words = REFUSED[name]
    found = findings(patches)
    told = [one for one in found if one.code == code and one.path.startswith(path)]
    assert told, found
    assert any(words in f"{one.problem} {one.remedy}" for one in told), told
    assert not any("hunter2" in f"{one}" for one in found)


@pytest.mark.parametrize(
    "patches",
    [
        pod({"containers": [SIDECAR]}),
        [{"kind": "Deployment", "patch": {"spec": {"strategy": {"type": "Recreate", "rollingUpdate": None}}}}],
        [{"kind": "Deployment", "patch": {"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}}}],
        [
            *pod({"volumes": [{"name": "a", "emptyDir": {}}]}),
            *pod({"volumes": [{"name": "a", "$patch": "delete"}]}),
        ],
        pod({"schedulerName": None, "topologySpreadConstraints": None}),
        server({"readinessProbe": {"httpGet": {"$patch": "replace", "path": "/mcp/healthy", "port": "http"}}}),
    ],
)
def test_a_patch_that_says_nothing_wrong(patches: list[dict[str, Any]]) -> None:
    assert findings(patches) == []


def test_what_patches_leave_is_judged_and_no_step_on_the_way() -> None:
    """A later patch, or one of the keys' own variables, makes right what one alone would make wrong."""
    refers = server({"env": [{"name": "Z", "value": "$(A)"}]})
    assert findings([*refers, *server({"env": [{"name": "A", "value": "a"}]})]) == []
    keys = checked(
        ServiceKeys, "web", {**LEAST, "env": {"Z": "$(A)"}, "patches": server({"env": [{"name": "A", "value": "a"}]})}
    )
    assert "MCP124" not in {one.code for one in service_findings(server_spec("web", keys), keys)}
    # What is taken away has no place of its own.
    (gone,) = findings(
        [*pod({"tolerations": []}), *server({"env": [{"name": "A", "$patch": "delete"}]})], env={"A": "a", "Z": "$(A)"}
    )
    assert (gone.code, gone.path) == ("MCP124", "patches[1].patch")
    assert gone.problem.startswith("env.Z of the container 'server': '$(A)' refers to no variable")
    # What the keys say wrong is told at the keys alone.
    assert findings(server({"tty": True}), env={"Z": "$(NOPE)"}) == []
    # With envFrom nobody knows.
    assert findings(server({"env": [{"name": "Z", "value": "$(A)"}], "envFrom": [{"secretRef": {"name": "s"}}]})) == []


STACK = {
    "mcp:region": {"name": "us-east"},
    "mcp:workload": {"dailyUsers": 500},
    "mcp:edge": {"host": "mcp.example.com", "implementation": "envoy-gateway"},
}


def stack_plan(patches: list[dict[str, Any]]) -> RegionPlan:
    """The plan of a stack with patches."""
    values = {**STACK, "mcp:server": {"image": LEAST["image"], "healthPath": "/healthz", "patches": patches}}
    return plan_region(load_stack(values, where="test"), rehearse=False)


def in_stack(patches: list[dict[str, Any]]) -> list[Finding]:
    """What a stack is told of patches."""
    return list(stack_plan(patches).findings)


def test_a_stack_is_told_at_its_own_key() -> None:
    found = {one.code: one for one in in_stack([*pod({"hostPid": 1}), *pod({"terminationGracePeriodSeconds": 300})])}
    assert found["MCP171"].path == "mcp:server.patches[0].patch.spec.hostPid"
    assert found["MCP175"].remedy == "Set gracePeriodSeconds instead."


def test_the_namespace_of_a_stack_refuses_what_restricted_does_not_allow() -> None:
    codes = [one.code for one in in_stack(pod({"hostNetwork": True})) if one.path.startswith("mcp:server.patches")]
    assert codes == ["MCP174"]


def test_the_quota_has_room_for_containers_that_a_patch_adds() -> None:
    requests = {"requests": {"cpu": "250m", "memory": "100Mi"}, "limits": {"memory": "100Mi"}}
    without, beside = (
        stack_plan(one).shared.need_draining for one in ([], pod({"containers": [{**SIDECAR, "resources": requests}]}))
    )
    assert beside.pods == without.pods
    assert beside.cpu_millicores - without.cpu_millicores == 250 * without.pods
    assert beside.memory_bytes - without.memory_bytes == 100 * 2**20 * without.pods


def test_a_quantity_that_is_none_is_told_and_ends_in_no_traceback() -> None:
    keys = checked(
        ServiceKeys, "web", {**LEAST, "patches": pod({"hostPID": True}), "resources": {"requests": {"cpu": "a lot"}}}
    )
    assert "MCP111" in {one.code for one in service_findings(server_spec("web", keys), keys)}
