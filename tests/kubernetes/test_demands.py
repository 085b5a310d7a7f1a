"""What the API server demands beyond types: of patches, of further objects, and of each rendered object."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from pulumi_kubernetes_mcp.kubernetes.api import fields_of, type_of, wrong_values
from pulumi_kubernetes_mcp.kubernetes.demands import forms, kinds, pods, unmet
from pulumi_kubernetes_mcp.kubernetes.made import Made
from pulumi_kubernetes_mcp.kubernetes.patches import patched
from pulumi_kubernetes_mcp.kubernetes.since import FIELDS, VALUES, newer_fields
from pulumi_kubernetes_mcp.region_plan import RegionPlan, plan_region
from pulumi_kubernetes_mcp.rules.model import Finding, errors
from pulumi_kubernetes_mcp.settings.keys.patches import Patch
from pulumi_kubernetes_mcp.settings.servers import load_stack
from pulumi_kubernetes_mcp.testing import record
from tests.rendered.sets import SETS, objects

CASES = yaml.load((Path(__file__).parent / "demanded.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
REFUSED = {"patches": "MCP171", "objects": "MCP177"}


def plan(case: dict[str, Any]) -> RegionPlan:
    """The plan of a stack with a patch of its server, or with a further object."""
    given = {"kind": case["kind"], "patch": case["patch"]} if "patch" in case else None
    if case.get("kind") == "NetworkPolicy":
        given = {**(given or {}), "name": "orders"}
    values = {
        "mcp:region": {"name": "us-east", "kubernetesVersion": "1.36"},
        "mcp:server": {
            "image": "ghcr.io/acme/orders:1.4.2",
            "name": "orders",
            "healthPath": "/healthz",
            "livenessPath": "/livez",
            "patches": [given] if given else [],
        },
        "mcp:workload": {"dailyUsers": 500},
        "mcp:edge": {"host": "mcp.example.com", "implementation": "envoy-gateway"},
        "mcp:extraObjects": [case["object"]] if "object" in case else [],
    }
    return plan_region(load_stack(values, where="stack"), rehearse=False)


def told(case: dict[str, Any]) -> list[Finding]:
    """The errors that are told of it."""
    return errors(plan(case).findings)


def name(case: dict[str, Any]) -> str:
    """A short name of a case."""
    return f"{case.get('kind', 'object')} {case.get('at', '')}"


@pytest.mark.parametrize("case", CASES["patches"], ids=name)
def test_a_patch_that_the_api_server_refuses(case: dict[str, Any]) -> None:
    found = [one for one in told(case) if one.code == REFUSED["patches"]]
    # Maps are followed into the patch; the place in a list stands in the words, as the object has it.
    assert any(
        f"{one.path} {one.problem}".endswith(case["says"]) and case["at"].split("[")[0] in f"{one.path} {one.problem}"
        for one in found
    ), found
    assert all(one.path.startswith("mcp:server.patches[0].patch") and one.remedy for one in found)


@pytest.mark.parametrize("case", CASES["objects"], ids=name)
def test_an_object_that_the_api_server_refuses(case: dict[str, Any]) -> None:
    found = [(one.path, one.problem) for one in told(case) if one.code == REFUSED["objects"]]
    assert (f"mcp:extraObjects[0].{case['at']}", case["says"]) in found


@pytest.mark.parametrize("case", CASES["right"], ids=name)
def test_what_the_api_server_takes(case: dict[str, Any]) -> None:
    assert [one for one in told(case) if one.code in REFUSED.values()] == []


def test_a_field_is_newer_than_each_version_that_has_it_off_and_than_no_other() -> None:
    for field, since in FIELDS.items():
        type_, _, name = field.rpartition(".")
        before = (since.on[0], since.on[1] - 1)
        assert list(newer_fields({name: 1}, type_, since.on)) == [], field
        assert [(one.name, one.since) for one in newer_fields({name: 1}, type_, before)] == [(name, since)]
    for (field, value), since in VALUES.items():
        type_, _, name = field.rpartition(".")
        before = (since.on[0], since.on[1] - 1)
        assert list(newer_fields({name: value}, type_, since.on)) == [], field
        (late,) = newer_fields({name: value}, type_, before)
        assert (late.path, late.name, late.since) == (name, f"{name}: {value}", since)


BOUNDS: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    # A type, what is taken of it, what is not, and where.
    ("PodDNSConfig", {"nameservers": ["10.0.0.1"] * 3}, {"nameservers": ["10.0.0.1"] * 4}, "nameservers"),
    ("PodDNSConfig", {"searches": ["a"] * 32}, {"searches": ["a"] * 33}, "searches"),
    ("Toleration", {"key": "a"}, {}, "operator"),
    ("Toleration", {"operator": "Exists"}, {"operator": "Exists", "value": "a"}, "value"),
    ("Toleration", {"key": "a", "effect": "NoExecute", "tolerationSeconds": 0}, {"key": "a", "tolerationSeconds": 0},
     "effect"),
    ("EmptyDirVolumeSource", {"sizeLimit": "0"}, {"sizeLimit": "-1"}, "sizeLimit"),
    ("EmptyDirVolumeSource", {"sizeLimit": "9223372036854775807"}, {"sizeLimit": "9223372036854775808"}, "sizeLimit"),
    ("EmptyDirVolumeSource", {"medium": ""}, {"medium": "Disk"}, "medium"),
    ("ProjectedVolumeSource", {"sources": [{"configMap": {"items": [{"key": "k", "path": one}]}} for one in "ab"]},
     {"sources": [{"configMap": {"items": [{"key": "k", "path": one}]}} for one in "aa"]}, "sources"),
    ("ProjectedVolumeSource", {"sources": [{"configMap": {"name": "a"}}]},
     {"sources": [{"configMap": {"name": "a"}, "secret": {"name": "a"}}]}, "sources[0]"),
    ("HostPathVolumeSource", {"path": "/a..b"}, {"path": "/a/../b"}, "path"),
    ("VolumeMount", {"subPath": "a"}, {"subPath": "a", "subPathExpr": "b"}, "subPathExpr"),
    ("ResourceRequirements", {"limits": {"a.com/b": 1.0}}, {"limits": {"a.com/b": 1.5}}, "limits.a.com/b"),
    ("ResourceRequirements", {"limits": {"cpu": 0}}, {"limits": {"cpu": -1}}, "limits.cpu"),
    ("ResourceRequirements", {"limits": {"memory": 2**63 - 1}}, {"limits": {"memory": 2**63}}, "limits.memory"),
    ("ResourceRequirements", {"limits": {"a.com/b": 2}, "requests": {"a.com/b": "2"}},
     {"limits": {"a.com/b": 2}, "requests": {"a.com/b": 1}}, "requests.a.com/b"),
    ("ResourceRequirements", {"limits": {"a.com/b": 2}}, {"requests": {"a.com/b": 2}}, "limits.a.com/b"),
    ("ResourceRequirements", {"limits": {"hugepages-2Mi": "4Mi", "cpu": 1}},
     {"limits": {"hugepages-2Mi": "3Mi", "cpu": 1}}, "limits.hugepages-2Mi"),
    ("ResourceRequirements", {"limits": {"hugepages-2Mi": "4Mi", "memory": "1Gi"}},
     {"limits": {"hugepages-2Mi": "4Mi"}}, "limits.hugepages-2Mi"),
    ("SecurityContext", {"privileged": True}, {"privileged": True, "allowPrivilegeEscalation": False},
     "allowPrivilegeEscalation"),
    ("SecurityContext", {"allowPrivilegeEscalation": False, "capabilities": {"add": ["NET_ADMIN"]}},
     {"allowPrivilegeEscalation": False, "capabilities": {"add": ["CAP_SYS_ADMIN"]}}, "allowPrivilegeEscalation"),
    ("SeccompProfile", {"type": "Localhost", "localhostProfile": "a"}, {"type": "Localhost"}, "localhostProfile"),
    ("SeccompProfile", {"type": "RuntimeDefault"}, {"type": "RuntimeDefault", "localhostProfile": "a"},
     "localhostProfile"),
    ("TopologySpreadConstraint", {"minDomains": 1, "whenUnsatisfiable": "DoNotSchedule"},
     {"minDomains": 1, "whenUnsatisfiable": "ScheduleAnyway"}, "minDomains"),
    ("NodeSelectorRequirement", {"operator": "In", "values": ["a"]}, {"operator": "In"}, "values"),
    ("NodeSelectorRequirement", {"operator": "Exists"}, {"operator": "Exists", "values": ["a"]}, "values"),
    ("NodeSelectorRequirement", {"operator": "Gt", "values": ["-3"]}, {"operator": "Gt", "values": ["a"]}, "values"),
    ("NodeSelectorRequirement", {"operator": "Lt", "values": ["3"]}, {"operator": "Lt", "values": ["3", "4"]},
     "values"),
    ("PersistentVolumeClaimSpec", {"resources": {"requests": {"storage": "1"}}},
     {"resources": {"requests": {"storage": "0"}}}, "resources.requests.storage"),
    ("PersistentVolumeClaimSpec", {"accessModes": ["ReadWriteOncePod"], "resources": {"requests": {"storage": 1}}},
     {"accessModes": ["ReadWriteOncePod", "ReadWriteOnce"], "resources": {"requests": {"storage": 1}}}, "accessModes"),
    ("LimitRangeItem", {"min": {"cpu": "1"}, "max": {"cpu": "1000m"}}, {"min": {"cpu": "1001m"}, "max": {"cpu": "1"}},
     "min.cpu"),
    ("LimitRangeItem", {"defaultRequest": {"memory": "1Ki"}, "default": {"memory": 1024}},
     {"defaultRequest": {"memory": 1025}, "default": {"memory": "1Ki"}}, "defaultRequest.memory"),
]  # fmt: skip


def test_each_demand_has_a_side_that_is_taken() -> None:
    for type_, taken, refused, place in BOUNDS:
        right, wrong = ({one.path for one in unmet(value, f"core.v1.{type_}")} for value in (taken, refused))
        # Whatever else such an object needs is missing on both sides.
        assert (place in right, wrong - right) == (False, {place}), (type_, refused)


@pytest.mark.grid
@pytest.mark.parametrize("name", sorted(SETS))
def test_every_rendered_object_meets_them(name: str) -> None:
    for body in objects(name):
        type_ = type_of(body["apiVersion"], body["kind"])
        if type_ is not None:
            rest = {key: value for key, value in body.items() if key not in ("apiVersion", "kind")}
            assert list(unmet(rest, type_)) == [], body["kind"]


def test_each_field_that_is_demanded_something_of_is_one_of_the_api() -> None:
    named = {*forms.CHOICES, *forms.LISTED, *forms.RANGES, *forms.PORTS, *forms.FORMS, *forms.KEYS, *forms.VALUES}
    for field in sorted({*named, *forms.FILLED, *forms.UNIQUE}):
        kind, _, key = field.rpartition(".")
        assert key in fields_of(kind), field
    for kind in (*pods._CHECKS, *kinds._CHECKS, *kinds.NAMES):
        assert fields_of(kind), kind


def test_an_output_is_not_known_yet() -> None:
    found: list[object] = []

    def program() -> None:
        later = pulumi.Output.from_input("x")
        pod = {
            "dnsPolicy": later,
            "tolerations": [{"key": later, "operator": later, "effect": later}],
            "hostAliases": [{"ip": later, "hostnames": [later]}],
            "volumes": [{"name": "a", "configMap": {"name": later}}],
            "containers": [
                {
                    "name": "a",
                    "image": later,
                    "resources": {"requests": {"nvidia.com/gpu": later}, "limits": {"nvidia.com/gpu": later}},
                    "env": [{"name": "A", "value": later}],
                }
            ],
        }
        found.extend(unmet(pod, "core.v1.PodSpec"))

    record(program)
    assert found == []


def filled(kind: str) -> Any:
    """A value with every field of a kind of the API, each list and map with one item."""
    if kind.startswith("@"):
        return {key: filled(field.kind) for key, field in fields_of(kind[1:]).items()}
    if kind.startswith("["):
        return [filled(kind[1:-1])]
    if kind.startswith("{"):
        return {"cpu": filled(kind[1:-1])}
    return {"integer": 1, "number": 1, "boolean": True, "object": {}}.get(kind, "server")


def with_one(value: Any, later: Any) -> Iterator[Any]:
    """The value once for each place in it, with an Output there."""
    yield later
    if isinstance(value, dict):
        for key, item in value.items():
            yield from ({**value, key: other} for other in with_one(item, later))
            # Alone too: what other fields say wrong hides nothing.
            yield from ({"name": "server", key: other} for other in with_one(item, later) if "name" in value)
    elif isinstance(value, list):
        yield from ([other] for other in with_one(value[0], later))


LABELLED = {"matchLabels": {"app": "a"}}
TEMPLATE = {"metadata": {"labels": {"app": "a"}}, "spec": {"containers": [{"name": "server", "image": "a"}]}}
WORKLOADS = {"Deployment": "apps/v1", "Rollout": "argoproj.io/v1alpha1"}


@pytest.mark.grid
@pytest.mark.parametrize("field", sorted(fields_of("core.v1.PodSpec")))
def test_an_output_in_the_place_of_any_part_of_a_pod_ends_in_no_traceback(field: str) -> None:
    labels = {"app": "a"}
    template = {
        "metadata": {"labels": labels},
        "spec": {"containers": [{"name": "server", "image": "a", "ports": [{"containerPort": 80, "name": "http"}]}]},
    }
    body = {"metadata": {"name": "a"}, "spec": {"selector": {"matchLabels": labels}, "template": template}}
    tried: list[Any] = []

    def program() -> None:
        kind = fields_of("core.v1.PodSpec")[field].kind
        for given in with_one(filled(kind), pulumi.Output.from_input("x")):
            spec = {**template["spec"], field: given}
            list(
                unmet({**body, "spec": {**body["spec"], "template": {**template, "spec": spec}}}, "apps.v1.Deployment")
            )
            patch = Patch(kind="Pod", patch={"spec": {field: given}})
            for workload, version in WORKLOADS.items():
                patched({"": Made(version, workload, body)}, [patch])
            tried.append(patch)

    record(program)
    assert tried


@pytest.mark.parametrize(
    "spec",
    [
        lambda later: {"dnsPolicy": "None", "dnsConfig": {"nameservers": later}},
        lambda later: {"volumes": [{"name": "a", "projected": {"sources": later}}]},
        lambda later: {"volumes": [{"name": "a", "projected": {"sources": [{"configMap": later}]}}]},
        lambda later: {"tolerations": [later]},
        lambda later: {"containers": [{"name": "server", "lifecycle": later}]},
        lambda later: {"os": later, "containers": [{"name": "server", "lifecycle": {"stopSignal": "SIGINT"}}]},
        lambda later: {"containers": [{"name": "server", "volumeMounts": later}]},
        lambda later: {"containers": [{"name": "server", "readinessProbe": {"httpGet": later}}]},
    ],
)
def test_an_output_in_the_place_of_a_list_or_a_map_passes(spec: Any) -> None:
    found: list[object] = []

    def program() -> None:
        given = spec(pulumi.Output.from_input("x"))
        found.extend(unmet({"containers": [{"name": "a", "image": "a"}], **given}, "core.v1.PodSpec"))

    record(program)
    assert [one for one in found if "image" not in repr(one)] == []


def test_a_patch_names_what_it_made_wrong_alone() -> None:
    """What keys say wrong, rules of their own tell; a patch is told of its own part."""
    found = told({"kind": "Pod", "patch": {"spec": {"dnsPolicy": "Never"}}})
    assert [(one.path, one.code) for one in found] == [("mcp:server.patches[0].patch.spec.dnsPolicy", "MCP171")]


@pytest.mark.parametrize("amount", ["1e400", "9" * 400, f"{'9' * 400}Gi", 10**400, "1e-400"], ids=range(5))
@pytest.mark.parametrize("container", ["server", "side"])
def test_an_amount_beyond_all_numbers_ends_in_no_traceback(amount: Any, container: str) -> None:
    given = {"nvidia.com/gpu": amount, "cpu": amount, "memory": amount}
    server = {"name": container, "image": "x/y:1", "resources": {"requests": given, "limits": given}}
    told({"kind": "Pod", "patch": {"spec": {"containers": [server], "resources": {"requests": given}}}})


@pytest.mark.parametrize("amount", [float("inf"), float("-inf"), float("nan")])
def test_a_number_that_is_none_is_no_quantity_and_no_count(amount: float) -> None:
    server = {"name": "server", "resources": {"limits": {"nvidia.com/gpu": amount}}}
    found = told({"kind": "Pod", "patch": {"spec": {"containers": [server], "terminationGracePeriodSeconds": amount}}})
    assert sorted(one.path.rpartition(".spec.")[2] for one in found if one.code == REFUSED["patches"]) == [
        "containers[0].resources.limits.nvidia.com/gpu",
        "terminationGracePeriodSeconds",
    ]


def test_a_number_beyond_all_bounds_is_told_of() -> None:
    (wrong,) = unmet({"replicas": 10**400, "selector": LABELLED, "template": TEMPLATE}, "apps.v1.ReplicaSetSpec")
    assert wrong.path == "replicas"
    assert list(wrong_values({"replicas": 10**400}, "apps.v1.ReplicaSetSpec", "", patch=True)) == []


def test_a_secret_in_the_wrong_place_is_not_repeated() -> None:
    token = "ghp_16C7e42F292c6912E7710c838347Ae178B4a"
    found = list(unmet({"containers": [], "priorityClassName": f"{token}!"}, "core.v1.PodSpec"))
    assert len(found) == 2
    assert token not in repr(found)
