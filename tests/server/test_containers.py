"""Containers beside the server's, and what the server may do in the cluster."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pulumi
import pytest

from pulumi_kubernetes_mcp import FindingsError, McpRegion, McpService, wiring
from pulumi_kubernetes_mcp.kubernetes import quantities as units
from pulumi_kubernetes_mcp.region_needs import needed
from pulumi_kubernetes_mcp.server_plan import resources
from pulumi_kubernetes_mcp.testing import Recording, record

from .test_pod import IMAGE, planned, pod, refused, told

PROXY: dict[str, Any] = {
    "name": "proxy",
    "image": "registry.example/proxy:2.14.0",
    "port": 5432,
    "requests": {"cpu": "300m", "memory": "96Mi"},
    "limits": {"cpu": "1", "memory": "128Mi"},
}
MIGRATE: dict[str, Any] = {
    "name": "migrate",
    "image": "registry.example/migrate:1.0.0",
    "requests": {"cpu": "100m", "memory": "64Mi"},
    "limits": {"cpu": "1", "memory": "128Mi"},
}


def test_a_sidecar_is_an_init_container_that_is_restarted_and_comes_first() -> None:
    mount = {"volume": "/tmp", "path": "/shared", "writable": True}
    inits = pod(sidecars=[{**PROXY, "mounts": [mount]}], init_containers=[{**MIGRATE, "mounts": [{"volume": "/tmp"}]}])[
        "initContainers"
    ]
    assert [(one["name"], one.get("restartPolicy")) for one in inits] == [("proxy", "Always"), ("migrate", None)]
    assert inits[0]["startupProbe"]["tcpSocket"] == {"port": 5432}
    assert inits[0]["volumeMounts"] == [{"name": "scratch-tmp", "mountPath": "/shared"}]
    assert inits[1]["volumeMounts"] == [{"name": "scratch-tmp", "mountPath": "/tmp", "readOnly": True}]
    for one in inits:
        assert one["securityContext"] == pod()["containers"][0]["securityContext"]
    assert inits[0]["resources"]["requests"] == {"cpu": "300m", "memory": "96Mi", "ephemeral-storage": "64Mi"}


def test_a_secret_in_a_sidecar_is_sent_to_a_key_that_the_sidecar_has() -> None:
    sidecar = {**PROXY, "env": {"API_TOKEN": "s3cr3t-t0ken-of-somebody"}}
    (finding,) = [one for one in planned({"sidecars": [sidecar]}).findings if one.code == "MCP107"]
    assert finding.path == "mcp:server.sidecars[0].env.API_TOKEN"
    assert "refer to it: a key of a Secret in envValueFrom of this container." in finding.remedy


def test_a_request_of_cpu_alone_leaves_the_planned_memory() -> None:
    before = resources(planned().first)
    after = resources(planned({"resources": {"requests": {"cpu": "300m"}}}).first)
    assert after["requests"] == {**before["requests"], "cpu": "300m"}
    no_limit = resources(planned({"resources": {"limits": {"memory": "2Gi"}}}).first)
    assert no_limit["limits"] == {"memory": "2Gi"}, "a limit that is left out is none"


@pytest.mark.parametrize(
    ("keys", "more"),
    [
        ({"sidecars": [PROXY]}, 300),
        ({"initContainers": [MIGRATE]}, 0),
        ({"initContainers": [{**MIGRATE, "requests": {"cpu": "20", "memory": "64Mi"}}]}, 20_000 - 1000),
        (
            {"sidecars": [PROXY], "initContainers": [{**MIGRATE, "requests": {"cpu": "20", "memory": "64Mi"}}]},
            20_000 + 300 - 1000,
        ),
    ],
    ids=["beside", "small before", "large before", "large before with one beside"],
)
def test_the_quota_counts_what_a_pod_requests_at_most(keys: dict[str, Any], more: int) -> None:
    """A pod of 1 core; an init container counts where it needs more than the server, and beside the sidecars."""
    one_core = {"resources": {"requests": {"cpu": "1", "memory": "256Mi"}}}
    scaling = {"minReplicas": 2, "maxReplicas": 4}
    plain, found = planned(one_core, scaling=scaling), planned({**one_core, **keys}, scaling=scaling)
    pods = plain.shared.need_draining.pods
    assert found.shared.need_draining.cpu_millicores - plain.shared.need_draining.cpu_millicores == pods * more


@pytest.mark.grid
def test_containers_are_told_apart_and_mount_what_is_there() -> None:
    assert told({"sidecars": [{**PROXY, "name": "server"}]}) == [("MCP146", "mcp:server.sidecars[0].name")]
    twice = {"sidecars": [PROXY], "initContainers": [{**MIGRATE, "name": "proxy"}]}
    assert told(twice) == [("MCP146", "mcp:server.initContainers[0].name")]
    nothing = {"sidecars": [{**PROXY, "mounts": [{"volume": "/data"}]}]}
    assert told(nothing) == [("MCP147", "mcp:server.sidecars[0].mounts[0].volume")]
    assert told({"sidecars": [{**PROXY, "image": "proxy:latest"}]}) == [("MCP101", "mcp:server.sidecars[0].image")]
    secret = told({"sidecars": [{**PROXY, "env": {"API_TOKEN": "an-example-of-a-key"}}]})
    assert secret == [("MCP107", "mcp:server.sidecars[0].env.API_TOKEN")]
    (found,) = refused({"sidecars": [{**PROXY, "name": "The Proxy"}]})
    assert found[0] == "mcp:server.sidecars[0].name"


@pytest.mark.grid
def test_a_command_line_beside_the_server_is_judged_as_its_own() -> None:
    beside = {"sidecars": [PROXY], "initContainers": [MIGRATE]}
    for key, (one,) in beside.items():
        path = f"mcp:server.{key}[0]"
        assert told({key: [{**one, "command": ["proxy", "--token", "an-example-of-a-key"]}]}) == [
            ("MCP107", f"{path}.command[1]")
        ]
        assert told({key: [{**one, "args": ["--db-password=an-example-of-one"]}]}) == [("MCP107", f"{path}.args[0]")]
        fetched = {**one, "args": ["npx", "-y", "tool"]}
        assert told({key: [fetched]}) == [("MCP126", f"{path}.args"), ("MCP185", f"{path}.mounts")]
        mounts = [{"volume": "/tmp", "path": "/work", "writable": True}]
        assert told({key: [{**fetched, "mounts": mounts}]}) == [("MCP126", f"{path}.args")]
        assert told({key: [{**one, "mounts": mounts, "env": {"HOME": "/root"}}]}) == [("MCP185", f"{path}.env.HOME")]
        assert told({key: [{**one, "args": ["--to=$(PLACE)"]}]}) == [("MCP124", f"{path}.args[0]")]
        assert told({key: [{**one, "args": ["--to=$(PLACE)"], "env": {"PLACE": "here"}}]}) == []
        url = "postgres://app:an-example@db/mcp"
        assert told({key: [{**one, "args": [url], "env": {"DB": url}}]}) == [
            ("MCP107", f"{path}.args[0]"),
            ("MCP107", f"{path}.env.DB"),
        ]
        made = pod(**{"sidecars" if key == "sidecars" else "init_containers": [{**one, "mounts": mounts}]})
        assert {"name": "HOME", "value": "/work"} in made["initContainers"][0]["env"]
    (found,) = planned({"sidecars": [{**PROXY, "args": ["--token=an-example-of-a-key"]}]}).findings
    assert found.remedy.endswith("from a Secret: envValueFrom.")
    assert "an-example" not in f"{found.problem} {found.remedy}"


@pytest.mark.parametrize("key", ["sidecars", "init_containers"])
def test_an_image_beside_the_server_is_judged_once_it_is_known(key: str) -> None:
    with pytest.raises(FindingsError) as caught:
        pod_of_outputs(key, "registry.example/proxy:latest")
    assert [(one.code, one.path) for one in caught.value.findings] == [("MCP101", f"{key}[0].image")]
    (made,) = pod_of_outputs(key, "registry.example/proxy:2.14.0")["initContainers"]
    assert made["image"] == "registry.example/proxy:2.14.0"


def pod_of_outputs(key: str, image: str) -> Any:
    """The pod of a server with one more container, whose image is known later."""
    given = {"image": IMAGE, "namespace": "mcp", "health_path": "/healthz"}

    def program() -> None:
        McpService("web", {**given, key: [{**MIGRATE, "image": pulumi.Output.from_input(image)}]})

    return record(program).manifest("Deployment")["spec"]["template"]["spec"]


def service(**keys: Any) -> Recording:
    """The run of a server with some rights."""
    given = {"image": IMAGE, "namespace": "mcp", "health_path": "/healthz"}
    given["allow_to"] = [{"port": 443, "cidrs": ["10.96.0.1/32"]}]  # type: ignore[assignment]
    return record(lambda: McpService("web", {**given, "kubernetes_api": keys} if keys else given))  # type: ignore[typeddict-item]


def test_a_token_comes_with_the_rights_that_it_is_for_and_with_no_others() -> None:
    assert pod()["automountServiceAccountToken"] is False
    run = service(
        rules=[{"resources": ["pods", "pods/log"], "verbs": ["get", "list"]}],
        cluster_rules=[{"api_groups": ["apps"], "resources": ["deployments"], "verbs": ["get"]}],
        roles=[{"name": "view", "whole_cluster": True}, {"name": "edit"}],
    )
    found = {f"{one['kind']} {one['metadata']['name']}": one for one in run.manifests()}
    assert found["Deployment web"]["spec"]["template"]["spec"]["automountServiceAccountToken"] is True
    assert found["ServiceAccount web"]["automountServiceAccountToken"] is False
    assert found["Role web"]["rules"] == [
        {"apiGroups": [""], "resources": ["pods", "pods/log"], "verbs": ["get", "list"]}
    ]
    assert found["ClusterRole mcp-web"]["rules"] == [
        {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get"]}
    ]
    account = [{"kind": "ServiceAccount", "name": "web", "namespace": "mcp"}]
    bound = {name: (one["roleRef"]["kind"], one["roleRef"]["name"]) for name, one in found.items() if "roleRef" in one}
    assert bound == {
        "RoleBinding web": ("Role", "web"),
        "ClusterRoleBinding mcp-web": ("ClusterRole", "mcp-web"),
        "ClusterRoleBinding mcp-web-0": ("ClusterRole", "view"),
        "RoleBinding web-1": ("ClusterRole", "edit"),
    }
    assert all(found[name]["subjects"] == account for name in bound)


@pytest.mark.grid
def test_rights_to_everything_and_rights_without_a_way_are_told() -> None:
    way = {"egress": [{"port": 443, "cidrs": ["10.96.0.1/32"]}]}
    rule = {"resources": ["pods"], "verbs": ["get"]}
    assert told({"kubernetesApi": {"rules": [rule]}, **way}) == []
    assert told({"kubernetesApi": {"rules": [rule]}}) == [("MCP142", "mcp:server.kubernetesApi")]
    for wide in ({"verbs": ["*"]}, {"resources": ["*"]}, {"apiGroups": ["*"]}, {"verbs": ["impersonate"]}):
        found = told({"kubernetesApi": {"clusterRules": [rule, {**rule, **wide}]}, **way})
        assert found == [("MCP141", "mcp:server.kubernetesApi.clusterRules[1]")]
    everything = {"kubernetesApi": {"roles": [{"name": "cluster-admin"}]}, **way}
    assert told(everything) == [("MCP141", "mcp:server.kubernetesApi.roles[0].name")]


def test_a_role_of_one_namespace_cannot_hold_in_all() -> None:
    role = {"name": "reader", "kind": "Role", "wholeCluster": True}
    (problem,) = refused({"kubernetesApi": {"roles": [role]}})
    assert problem[0] == "mcp:server.kubernetesApi.roles[0]"
    assert "name a ClusterRole" in " ".join(problem) or "Name a ClusterRole" in " ".join(problem)


ONE_CORE = {"resources": {"requests": {"cpu": "1", "memory": "256Mi"}}}
LARGE = {**MIGRATE, "requests": {"cpu": "20", "memory": "64Mi"}}


@pytest.mark.parametrize(
    ("keys", "most", "cost"),
    [
        # 40,600m / 1000m → 40 pods, 40 / 1.25 = 32; 730 × (1 × 0.03 + 256 / 1024 × 0.004) = 22.63
        ({}, 32, 22.63),
        # 40,600m / 1300m → 31 pods, 31 / 1.25 = 24.8; 730 × (1.3 × 0.03 + 352 / 1024 × 0.004) = 29.47
        ({"sidecars": [PROXY]}, 24, 29.47),
        ({"initContainers": [MIGRATE]}, 32, 22.63),
        # 20 cores and the 300m beside: 2 pods, 2 / 1.25 = 1.6; memory is that of the server and its sidecar.
        # 730 × (20.3 × 0.03 + 352 / 1024 × 0.004) = 445.57
        ({"sidecars": [PROXY], "initContainers": [LARGE]}, 1, 445.57),
    ],
    ids=["alone", "beside", "small before", "large before with one beside"],
)
def test_the_maximum_and_the_cost_are_those_of_the_whole_pod(keys: dict[str, Any], most: int, cost: float) -> None:
    plan = planned(
        {**ONE_CORE, **keys},
        region={
            "name": "us-east",
            "environment": "staging",
            "quota": {"pods": 1000, "cpu": "40600m", "memory": "1Ti"},
        },
        prices={"corePerHour": 0.03, "gibPerHour": 0.004},
    ).first.plan
    assert plan.replicas.max_replicas_candidates["quota"] == most
    assert plan.cost is not None
    assert plan.cost.pod.value == cost


MORE: dict[str, Any] = {
    "nothing": {},
    "keys": {"sidecars": [PROXY], "initContainers": [LARGE, MIGRATE]},
    "patches": {
        "sidecars": [PROXY],
        "patches": [
            {
                "kind": "Pod",
                "patch": {
                    "spec": {
                        "overhead": {"cpu": "250m", "memory": "120Mi"},
                        "containers": [{"name": "agent", "resources": {"requests": {"cpu": "2", "memory": "1Gi"}}}],
                        "initContainers": [{"name": "warm", "resources": {"requests": {"cpu": "4", "memory": "2Gi"}}}],
                    }
                },
            }
        ],
    },
}


def own(side: str, **amounts: str | None) -> dict[str, Any]:
    """A patch of what the server's own container requests or may take."""
    containers = [{"name": "server", "resources": {side: amounts}}]
    return {"kind": "Pod", "patch": {"spec": {"containers": containers}}}


MORE["its own resources patched"] = {"patches": [own("requests", cpu="1500m"), own("requests", memory="3Gi")]}
MORE["the whole pod patched"] = {
    "patches": [{"kind": "Pod", "patch": {"spec": {"resources": {"requests": {"cpu": "99", "memory": "99Gi"}}}}}]
}


@pytest.mark.grid
def test_a_patch_of_the_servers_own_resources_is_what_the_plan_reads() -> None:
    """Two cores and a GiB in place of what is planned: in the quota, the cost, the autoscaler and the alerts too."""
    patches = [own("requests", cpu="2", memory="1Gi"), own("limits", cpu="3", memory="2Gi")]
    prices = {"prices": {"corePerHour": 0.03, "gibPerHour": 0.004, "currency": "EUR"}}
    by_key = {
        "requests": {"cpu": "2", "memory": "1Gi"},
        "limits": {"cpu": "3", "memory": "2Gi", "ephemeralStorage": "2Gi"},
    }
    patched, keyed = planned({"patches": patches}, **prices), planned({"resources": by_key}, **prices)
    assert patched.first.plan == keyed.first.plan
    assert patched.shared.need_draining == keyed.shared.need_draining
    assert patched.first.plan.cost is not None
    autoscaling = wiring.known_autoscaling_args(patched.first)
    assert autoscaling.requests["cpu"] == "2"
    monitoring = wiring.monitoring_args(patched.first, "mcp")
    assert (monitoring.cpu_limit, monitoring.memory_limit) == ("3", "2Gi")
    assert not [one for one in patched.findings if one.path.startswith("mcp:server.patches")]
    run = record(lambda: McpRegion.planned("mcp", patched))
    (container,) = run.manifest("Deployment")["spec"]["template"]["spec"]["containers"]
    assert container["resources"]["requests"] | {"ephemeral-storage": ""} == {
        "cpu": "2",
        "memory": "1Gi",
        "ephemeral-storage": "",
    }
    assert container["resources"]["limits"]["memory"] == "2Gi"


def test_what_is_wrong_with_a_patched_amount_is_said_at_the_patch() -> None:
    labels = {"kind": "Pod", "patch": {"metadata": {"labels": {"team": "orders"}}}}
    assert ("MCP501", "mcp:server.patches[1].patch") in told({"patches": [labels, own("limits", memory="64Mi")]})
    assert ("MCP507", "mcp:server.patches[0].patch") in told({"patches": [own("requests", cpu="2000", memory="1Gi")]})


def test_a_patch_that_takes_an_amount_away_is_refused() -> None:
    assert told({"patches": [own("requests", cpu=None)]}) == [("MCP175", "mcp:server.patches[0].patch")]
    device = {"nvidia.com/gpu": "1"}
    assert told({"patches": [own("limits", **device)]}) == [("MCP175", "mcp:server.patches[0].patch")]


@pytest.mark.parametrize("keys", MORE.values(), ids=MORE)
@pytest.mark.parametrize("mesh", ["none", "istio-sidecar"])
def test_the_plan_and_the_quota_count_one_pod_alike(keys: dict[str, Any], mesh: str) -> None:
    """Whatever the server requests: less than what runs before it, or more."""
    for cpu, memory in (("10m", "16Mi"), ("3", "1Gi"), ("64", "64Gi")):
        given = {"resources": {"requests": {"cpu": cpu, "memory": memory}}, **keys}
        region = planned(given, region={"name": "us-east", "environment": "staging", "mesh": mesh})
        server = region.first
        one = server.inputs.bounds.pod_requests(
            int(server.plan.cpu.cpu_request_millicores.value), server.plan.memory.request_mib
        )
        need = needed(server)
        assert (need.cpu_millicores, need.memory_bytes) == (need.pods * one[0], need.pods * one[1] * units.MIB)


def test_files_in_memory_are_in_what_the_plan_counts() -> None:
    """The plan's 192 MiB and 1 GiB of /dev/shm; given requests stand as they are."""
    shm = {"writablePaths": ["/tmp", {"path": "/dev/shm", "size": "1Gi"}]}
    server = planned(shm).first
    own = server.plan.memory.request_mib
    assert resources(server)["requests"]["memory"] == f"{own + 1024}Mi"
    assert server.inputs.bounds.pod_requests(0, own)[1] == own + 1024
    assert planned({**ONE_CORE, **shm}).first.inputs.bounds.pod_requests(0, Fraction(256))[1] == 256


@pytest.mark.parametrize(
    ("keys", "path"),
    [
        ({"sidecars": [{**PROXY, "requests": {"cpu": "1920", "memory": "64Mi"}}]}, "sidecars"),
        ({"initContainers": [{**LARGE, "requests": {"cpu": "1921", "memory": "64Mi"}}]}, "initContainers"),
        ({"initContainers": [{**LARGE, "requests": {"cpu": "1920", "memory": "64Mi"}}]}, None),
    ],
    ids=["beside the server", "before it", "just as large"],
)
def test_a_machine_has_to_hold_the_whole_pod(keys: dict[str, Any], path: str | None) -> None:
    """The largest has 1,920 cores: too few for a sidecar that takes all of them and a server."""
    limits = {
        key: [{**one, "limits": {"cpu": "2k", "memory": "128Mi"}} for one in listed] for key, listed in keys.items()
    }
    found = [where for code, where in told({**ONE_CORE, **limits}) if code == "MCP507"]
    assert found == ([] if path is None else [f"mcp:server.{path}"])


def test_a_machine_has_to_hold_the_files_in_memory() -> None:
    """32 TiB is the most; it is all taken by the files, where the requests follow from the plan."""
    shm = {"writablePaths": ["/tmp", {"path": "/dev/shm", "size": "32Ti"}]}
    (found,) = [one for one in planned(shm).findings if one.code == "MCP507"]
    assert found.path == "mcp:server.writablePaths"
    assert "sessions" not in found.remedy
