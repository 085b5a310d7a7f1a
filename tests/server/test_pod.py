"""The pods of a server as its owner wants them: each key at its place in the manifest, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_kubernetes_mcp import ArgumentsError, FindingsError, McpPgBouncer, McpService
from pulumi_kubernetes_mcp.namespace.objects import namespace_objects
from pulumi_kubernetes_mcp.region_plan import RegionPlan, load, plan_region
from pulumi_kubernetes_mcp.settings import SettingsError
from pulumi_kubernetes_mcp.testing import record
from pulumi_kubernetes_mcp.wiring import namespace_args, quota

IMAGE = "registry.example/mcp:1.2.0"


def made(**keys: Any) -> Any:
    """The Deployment of a server with some keys."""
    given = {"image": IMAGE, "namespace": "mcp", "health_path": "/healthz", "liveness_path": "/livez", **keys}
    return record(lambda: McpService("web", given)).manifest("Deployment")


def pod(**keys: Any) -> Any:
    """The spec of its pods."""
    return made(**keys)["spec"]["template"]["spec"]


def container(**keys: Any) -> Any:
    """The container of its pods."""
    return pod(**keys)["containers"][0]


def planned(server: dict[str, Any] | None = None, **groups: Any) -> RegionPlan:
    """The plan of a stack with some keys of the server."""
    values = {
        "mcp:region": {"name": "us-east", "environment": "staging"},
        "mcp:server": {"image": IMAGE, "healthPath": "/healthz", "livenessPath": "/livez", **(server or {})},
        "mcp:workload": {"dailyUsers": 500},
        "mcp:edge": {"host": "mcp.example.com", "implementation": "envoy-gateway"},
        **{f"mcp:{group}": given for group, given in groups.items()},
    }
    return plan_region(load(values, where="here"), rehearse=False)


def told(server: dict[str, Any], **groups: Any) -> list[tuple[str, str]]:
    """Code and path of what a stack is told."""
    return [(finding.code, finding.path) for finding in planned(server, **groups).findings]


def refused(server: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Path, problem and remedy of what a stack file is refused for."""
    with pytest.raises(SettingsError) as caught:
        planned(server)
    return [(one.path, one.problem, one.remedy) for one in caught.value.problems]


PLACES: list[tuple[dict[str, Any], str, Any]] = [
    ({"image_pull_secrets": ["registry"]}, "imagePullSecrets", [{"name": "registry"}]),
    ({"node_selector": {"cloud.example/pool": "mcp"}}, "nodeSelector", {"cloud.example/pool": "mcp"}),
    (
        {"tolerations": [{"key": "spot", "operator": "Exists", "effect": "NoExecute", "toleration_seconds": 60}]},
        "tolerations",
        [{"key": "spot", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 60}],
    ),
    ({"priority_class_name": "serving"}, "priorityClassName", "serving"),
    ({"runtime_class_name": "gvisor"}, "runtimeClassName", "gvisor"),
    (
        {"host_aliases": [{"ip": "10.1.2.3", "hostnames": ["crm"]}]},
        "hostAliases",
        [{"ip": "10.1.2.3", "hostnames": ["crm"]}],
    ),
    ({"dns_policy": "Default"}, "dnsPolicy", "Default"),
    (
        {"dns_config": {"searches": ["a.local"], "options": {"ndots": "2", "edns0": ""}}},
        "dnsConfig",
        {"searches": ["a.local"], "options": [{"name": "edns0"}, {"name": "ndots", "value": "2"}]},
    ),
]


@pytest.mark.parametrize(("keys", "field", "value"), PLACES, ids=[field for _, field, _ in PLACES])
def test_a_key_of_the_pod_is_a_field_of_the_pod(keys: dict[str, Any], field: str, value: Any) -> None:
    assert field not in pod()
    assert pod(**keys)[field] == value


def test_an_architecture_is_a_condition_on_the_node_and_keeps_pods_apart() -> None:
    assert "nodeAffinity" not in pod()["affinity"]
    affinity = pod(architecture="arm64")["affinity"]
    (term,) = affinity["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"]
    assert term["matchExpressions"] == [{"key": "kubernetes.io/arch", "operator": "In", "values": ["arm64"]}]
    assert affinity["podAntiAffinity"] == pod()["affinity"]["podAntiAffinity"]


def test_labels_and_annotations_go_to_the_workload_or_to_its_pods() -> None:
    made_of = made(
        labels={"example.com/a": "1"},
        annotations={"example.com/b": "2"},
        pod_labels={"example.com/c": "3"},
        pod_annotations={"example.com/d": "4"},
        secret_version="7",
    )
    template = made_of["spec"]["template"]["metadata"]
    assert made_of["metadata"]["labels"]["example.com/a"] == "1"
    assert made_of["metadata"]["annotations"]["example.com/b"] == "2"
    assert template["labels"]["example.com/c"] == "3"
    assert template["annotations"] == {"example.com/d": "4", "kubernetes-mcp/secret-version": "7"}
    assert "example.com/a" not in template["labels"]
    assert "example.com/c" not in made_of["metadata"]["labels"] | made_of["spec"]["selector"]["matchLabels"]


@pytest.mark.parametrize("key", ["labels", "annotations", "podLabels", "podAnnotations"])
@pytest.mark.parametrize("name", ["app.kubernetes.io/name", "app.kubernetes.io/component", "kubernetes-mcp/x"])
def test_what_the_stack_writes_itself_is_refused(key: str, name: str) -> None:
    with pytest.raises(FindingsError, match=f"MCP123 mcp:server.{key}: '{name}' is written by the stack itself"):
        planned({key: {name: "x"}}).raise_errors("here")
    assert told({key: {"example.com/team": "x"}}) == []


@pytest.mark.grid
def test_a_start_of_three_minutes_is_waited_for() -> None:
    """The kubelet starts a container again when the start-up probe has failed so often."""
    for seconds, failures in ((60, 30), (180, 90), (181, 91), (3, 2)):
        probe = container(startup_seconds=seconds)["startupProbe"]
        assert (probe["failureThreshold"], probe["periodSeconds"]) == (failures, 2)
    slower = container(startup_seconds=180, probes={"startup": {"period_seconds": 9}})["startupProbe"]
    assert slower["failureThreshold"] * slower["periodSeconds"] == 180
    # The start of 60 s, 10 s until every proxy sends to the pod, and nine minutes for an image and a node.
    assert made()["spec"]["progressDeadlineSeconds"] == 610
    assert made(startup_seconds=1200)["spec"]["progressDeadlineSeconds"] > 1200


@pytest.mark.parametrize(
    ("keys", "seconds"),
    [
        ({}, 10),
        ({"propagation_seconds": 30}, 30),
        ({"rollout": {"min_ready_seconds": 0}}, 0),
        ({"rollout": {"strategy": "Recreate"}}, 0),
        ({"rollout": {"strategy": "Recreate", "min_ready_seconds": 5}}, 5),
    ],
)
def test_an_old_pod_goes_when_every_proxy_sends_to_the_new_one(keys: dict[str, Any], seconds: int) -> None:
    """None is written where there is none: the API server stores no 0."""
    assert made(**keys)["spec"].get("minReadySeconds") == (seconds or None)


def test_a_server_is_asked_by_the_name_that_it_knows() -> None:
    probes = container(probes={"host": "mcp.example.com"})
    for kind in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert probes[kind]["httpGet"]["httpHeaders"] == [{"name": "Host", "value": "mcp.example.com"}]
        assert probes[kind]["httpGet"]["scheme"] == "HTTP"


def test_a_server_with_tls_is_asked_and_reached_with_tls() -> None:
    run = record(
        lambda: McpService("web", {"image": IMAGE, "namespace": "mcp", "health_path": "/healthz", "serves_tls": True})
    )
    asked = run.manifest("Deployment")["spec"]["template"]["spec"]["containers"][0]["readinessProbe"]["httpGet"]
    assert asked["scheme"] == "HTTPS"
    assert run.manifest("Service")["spec"]["ports"][0]["appProtocol"] == "https"
    assert run.resource("McpService").registered_outputs["url"] == "https://web.mcp.svc:80/mcp"


def test_a_command_asks_instead_of_a_get() -> None:
    probes = container(probes={"readiness": {"command": ["/bin/ready"], "period_seconds": 30}})
    assert probes["readinessProbe"] == {
        "exec": {"command": ["/bin/ready"]}, "periodSeconds": 30, "failureThreshold": 3, "timeoutSeconds": 3,
    }  # fmt: skip
    assert probes["startupProbe"]["exec"] == {"command": ["/bin/ready"]}
    assert "httpGet" in probes["livenessProbe"]


ROLLOUTS: list[tuple[dict[str, str], Any]] = [
    ({}, {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 0}}),
    ({"max_surge": "1"}, {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}),
    (
        {"max_surge": "0", "max_unavailable": "50%"},
        {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": "50%"}},
    ),
    ({"strategy": "Recreate"}, {"type": "Recreate"}),
]


@pytest.mark.parametrize(("keys", "strategy"), ROLLOUTS, ids=["left out", "a pod more", "half less", "all at once"])
def test_pods_are_replaced_as_wanted(keys: dict[str, str], strategy: Any) -> None:
    assert made(rollout=keys)["spec"]["strategy"] == strategy


@pytest.mark.parametrize(
    ("given", "surge", "pods"),
    [
        ({}, 5, 45),
        ({"maxSurge": "50%"}, 10, 50),
        ({"maxSurge": "3"}, 3, 43),
        ({"maxSurge": "150%"}, 30, 70),
        ({"strategy": "Recreate"}, 0, 20),
    ],
    ids=["a quarter", "half", "three", "more than there are", "none"],
)
def test_the_plan_and_the_quota_count_the_surge(given: dict[str, str], surge: int, pods: int) -> None:
    """20 pods at the maximum; while a rollout drains, 20 old ones end beside 20 new ones and the surge."""
    plan = planned({"rollout": given}, scaling={"minReplicas": 2, "maxReplicas": 20})
    assert plan.plan.replicas.surge_pods.value == surge
    assert plan.shared.need_draining.pods == pods


def test_huge_pages_are_counted_by_the_quota() -> None:
    amounts = {"memory": "512Mi", "hugepages2Mi": "64Mi"}
    given = {"resources": {"requests": amounts, "limits": amounts}}
    plan = planned(given, scaling={"minReplicas": 2, "maxReplicas": 4})
    assert plan.shared.need_draining.devices == {"hugepages-2Mi": 64 * 2**20 * (2 * 4 + 1)}
    hard = namespace_objects("ns", namespace_args(plan), "ns", "ns")["quota"].body["spec"]["hard"]
    assert hard["requests.hugepages-2Mi"] == "576Mi"


def test_what_a_patch_adds_of_devices_and_huge_pages_is_counted_by_the_quota() -> None:
    """As the scheduler counts: what runs at the same time together, an init container alone."""

    def beside(name: str, devices: int, pages: str, **more: Any) -> dict[str, Any]:
        amounts = {"cpu": "10m", "memory": "64Mi", "hugepages-2Mi": pages, "nvidia.com/gpu": str(devices)}
        sides = {"requests": dict(amounts), "limits": dict(amounts)}
        return {"name": name, "image": "registry.example/a/b:1.0.0", "resources": sides, **more}

    started = [beside("cache", 1, "32Mi", restartPolicy="Always"), beside("warm", 4, "256Mi")]
    amounts = {"memory": "512Mi", "hugepages2Mi": "64Mi"}
    given = {
        "resources": {"requests": amounts, "limits": amounts},
        "extendedResources": {"nvidia.com/gpu": 2},
        "patches": [{"kind": "Pod", "patch": {"spec": {"initContainers": started}}}],
    }
    pods = 2 * 4 + 1
    plan = planned(given, scaling={"minReplicas": 2, "maxReplicas": 4})
    devices = plan.shared.need_draining.devices
    assert devices == {"hugepages-2Mi": (32 + 256) * 2**20 * pods, "nvidia.com/gpu": (1 + 4) * pods}
    region = {"name": "us", "quota": {"cpu": "99", "memory": "99Gi", "pods": 99, "hugepages2Mi": "1Gi"}}
    found = [one for one in planned(given, region=region).findings if one.code == "MCP503"]
    assert [one.path for one in found] == ["mcp:region.quota.hugepages2Mi"]
    assert "of hugepages-2Mi are needed, and the quota is 1Gi." in found[0].problem


@pytest.mark.grid
def test_devices_are_asked_for_and_counted_by_the_quota() -> None:
    resources = container(extended_resources={"nvidia.com/gpu": 2})["resources"]
    assert resources["requests"]["nvidia.com/gpu"] == resources["limits"]["nvidia.com/gpu"] == "2"
    gpus = {"extendedResources": {"nvidia.com/gpu": 2}}
    scaling = {"minReplicas": 2, "maxReplicas": 4}
    assert quota(planned(gpus, scaling=scaling)).extended_resources == {"nvidia.com/gpu": 2 * (2 * 4 + 1)}
    region = {"name": "us-east", "environment": "staging"}
    platform = {"cpu": "400", "memory": "640Gi", "pods": 400, "extendedResources": {"nvidia.com/gpu": 9}}
    assert told(gpus, scaling=scaling, region={**region, "quota": platform}) == [
        ("MCP503", "mcp:region.quota.extendedResources")
    ]
    platform["extendedResources"] = {"nvidia.com/gpu": 10}
    assert told(gpus, scaling=scaling, region={**region, "quota": platform}) == []


@pytest.mark.grid
def test_the_cluster_may_choose_the_user() -> None:
    """OpenShift's restricted-v2 refuses a fixed one. Everything else of "restricted" stays."""
    fixed, chosen = pod(), pod(cluster_user_id=True)
    for one in (chosen["securityContext"], chosen["containers"][0]["securityContext"]):
        assert not {"runAsUser", "runAsGroup", "fsGroup"} & set(one)
        assert one["runAsNonRoot"] is True
    assert fixed["securityContext"]["fsGroup"] == 10001
    pooler = {"database_host": "db", "secret_name": "s", "pool_size": 20, "max_client_conn": 400, "namespace": "mcp"}
    run = record(lambda: McpPgBouncer("pooler", {**pooler, "cluster_user_id": True}))
    assert "runAsUser" not in str(run.manifest("Deployment"))
    assert "runAsUser" in str(record(lambda: McpPgBouncer("pooler", pooler)).manifest("Deployment"))
    assert told({"userId": 20000, "clusterUserId": True}) == [("MCP145", "mcp:server.clusterUserId")]


def test_a_writable_root_is_a_choice_with_a_warning() -> None:
    assert container()["securityContext"]["readOnlyRootFilesystem"] is True
    assert container(writable_root=True)["securityContext"]["readOnlyRootFilesystem"] is False
    assert told({"writableRoot": True}) == [("MCP140", "mcp:server.writableRoot")]


def test_the_poolers_pods_follow_the_servers() -> None:
    server = {"nodeSelector": {"pool": "mcp"}, "imagePullSecrets": ["registry"], "clusterUserId": True}
    from pulumi_kubernetes_mcp.wiring import pooler_args

    database = {"host": "db.example.com", "maxConnections": 400, "pooler": "pgbouncer"}
    plan = planned(server, database=database, secrets={"source": "existing", "name": "s"})
    args = pooler_args(plan.shared.poolers[0], plan, "mcp", "s")
    assert (args.node_selector, args.image_pull_secrets, args.cluster_user_id) == ({"pool": "mcp"}, ["registry"], True)


REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("name of a label", {"podLabels": {"-team": "x"}}, "podLabels.-team", "is not the key of a label"),
    ("value of a label", {"podLabels": {"team": "a b"}}, "podLabels.team", "is not the value of a label"),
    ("value of a node's label", {"nodeSelector": {"pool": "a/b"}}, "nodeSelector.pool", "is not the value of a label"),
    ("taint without a key", {"tolerations": [{"value": "x"}]}, "tolerations[0]", "has no key"),
    (
        "value of every taint",
        {"tolerations": [{"operator": "Exists", "value": "x"}]},
        "tolerations[0]",
        "compares a value",
    ),
    (
        "seconds of a taint that keeps pods off",
        {"tolerations": [{"key": "a", "effect": "NoSchedule", "tolerationSeconds": 5}]},
        "tolerations[0]",
        "NoExecute",
    ),
    ("device without a domain", {"extendedResources": {"gpu": 1}}, "extendedResources.gpu", "extended resource"),
    ("part of a device", {"extendedResources": {"nvidia.com/gpu": 0}}, 'extendedResources["nvidia.com/gpu"]', "least"),
    ("surge that is no number", {"rollout": {"maxSurge": "a lot"}}, "rollout.maxSurge", "no number of pods"),
    ("no way to replace a pod", {"rollout": {"maxSurge": "0"}}, "rollout", "neither"),
    ("surge of all at once", {"rollout": {"strategy": "Recreate", "maxSurge": "1"}}, "rollout", "at once"),
    ("name of a class", {"priorityClassName": "High Priority"}, "priorityClassName", "not the name of an object"),
    (
        "misspelt key of a taint",
        {"tolerations": [{"keys": "a", "operator": "Exists"}]},
        "tolerations[0].keys",
        "no such key",
    ),
]


@pytest.mark.parametrize(("server", "path", "words"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_kubernetes_refuses_is_refused_at_check(server: dict[str, Any], path: str, words: str) -> None:
    (found,) = refused(server)
    assert found[0] == f"mcp:server.{path}"
    assert words.lower() in " ".join(found).lower()


def test_a_program_is_told_the_same() -> None:
    with pytest.raises(ArgumentsError, match=r"pod_labels.-team: It is '-team', which is not the key of a label"):
        made(pod_labels={"-team": "x"})


def test_a_plain_pod_has_nothing_that_was_not_asked_for() -> None:
    assert set(pod()) == {
        "affinity", "automountServiceAccountToken", "containers", "enableServiceLinks", "securityContext",
        "serviceAccountName", "terminationGracePeriodSeconds", "topologySpreadConstraints", "volumes",
    }  # fmt: skip


@pytest.mark.parametrize("domain", ["a:latest", "-a.local", "A.local", "a..local", ""])
def test_a_domain_that_the_api_server_refuses_is_refused_before(domain: str) -> None:
    with pytest.raises(ArgumentsError, match="dns_config"):
        pod(dns_config={"searches": [domain]})
    assert pod(dns_config={"searches": ["svc.cluster.local."]})["dnsConfig"]["searches"] == ["svc.cluster.local."]
