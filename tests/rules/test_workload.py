"""Rules about the container, each at its boundary and with its exact words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_kubernetes_mcp import eras as protocol
from pulumi_kubernetes_mcp.inputs.checked import checked
from pulumi_kubernetes_mcp.region_plan import plan_region
from pulumi_kubernetes_mcp.rules import workload
from pulumi_kubernetes_mcp.rules.model import Finding, Severity
from pulumi_kubernetes_mcp.server.args import server_spec, service_findings
from pulumi_kubernetes_mcp.server.keys import ServiceKeys
from pulumi_kubernetes_mcp.settings.servers import load_stack

DIGEST = "sha256:" + "0123456789abcdef" * 4


def codes(found: list[Finding]) -> list[str]:
    return [finding.code for finding in found]


@pytest.mark.parametrize(
    "image",
    [
        "mcp:1.4",
        "ghcr.io/acme/mcp:1.4.2",
        "registry:5000/mcp:v1.2.0-rc1",
        "mcp:4213",
        "mcp:1-3f9c2e1",
        "mcp:16.4-alpine",
        f"mcp:1@{DIGEST}",
        "localhost:5000/acme/mcp:2026-07-28_a",
        f"ghcr.io/acme/mcp@{DIGEST}",
        f"ghcr.io/acme/mcp:latest@{DIGEST}",
        f"registry:5000/mcp@{DIGEST}",
        "mcp:latest-1.4",
    ],
)
def test_a_fixed_image_passes(image: str) -> None:
    assert workload.image_findings(image, path="image") == []


@pytest.mark.parametrize("tag", ["main", "edge", "nightly", "dev", "stable", "Master", "LATEST"])
def test_a_tag_that_moves_is_warned_of_unless_there_is_a_digest(tag: str) -> None:
    (finding,) = workload.image_findings(f"registry:5000/mcp:{tag}", path="image")
    assert (finding.code, finding.severity) == ("MCP161", Severity.WARNING)
    assert finding.problem.startswith(f"'registry:5000/mcp:{tag}' has the tag '{tag}'")
    assert "'registry:5000/mcp@sha256:...'" in finding.remedy
    for fixed in (f"registry:5000/mcp:{tag}@{DIGEST}", f"mcp:{tag}-3f9c2e1", f"mcp:{tag}1", "main/edge:1.4.2"):
        assert workload.image_findings(fixed, path="image") == []


@pytest.mark.parametrize("tag", ["1", "16", "v2", "V10", "22-alpine", "22-alpine3.20", "3-slim-bookworm"])
def test_a_major_version_alone_is_warned_of(tag: str) -> None:
    (finding,) = workload.image_findings(f"registry:5000/mcp:{tag}", path="image")
    assert (finding.code, finding.severity) == ("MCP161", Severity.WARNING)
    assert finding.problem.endswith(f"has the tag '{tag}', which is moved to each new release of that major version.")
    assert workload.image_findings(f"registry:5000/mcp:{tag}@{DIGEST}", path="image") == []


@pytest.mark.parametrize("image", ["a/X:1", "a b:1", "http://a/b:1"])
def test_a_fixed_version_of_no_image_is_refused(image: str) -> None:
    (finding,) = workload.image_findings(image, path="image")
    assert (finding.code, finding.problem) == ("MCP101", f"'{image}' is not an image reference.")


@pytest.mark.parametrize(
    ("image", "problem", "suggestion"),
    [
        ("mcp", "'mcp' has no tag, which means 'latest'.", "'mcp:1.4.2'"),
        ("registry:5000/mcp", "'registry:5000/mcp' has no tag, which means 'latest'.", "'registry:5000/mcp:1.4.2'"),
        ("mcp:", "'mcp:' has an empty tag, which means 'latest'.", "'mcp:1.4.2'"),
        (
            "ghcr.io/acme/mcp:latest",
            "'ghcr.io/acme/mcp:latest' has the tag 'latest', which names another image tomorrow.",
            "'ghcr.io/acme/mcp:1.4.2'",
        ),
        ("mcp:1 4", "'mcp:1 4' has a tag that cannot be read.", "'mcp:1.4.2'"),
        ("", "'' names no image.", "'ghcr.io/acme/mcp-server:1.4.2'"),
        ("registry/:1", "'registry/:1' names no image.", "'ghcr.io/acme/mcp-server:1.4.2'"),
        ("mcp@sha256:12", "'mcp@sha256:12' has a digest that cannot be read.", "64 hexadecimal digits"),
        ("mcp@", "'mcp@' has a digest that cannot be read.", "64 hexadecimal digits"),
        (f"@{DIGEST}", f"'@{DIGEST}' has a digest that cannot be read.", "64 hexadecimal digits"),
    ],
)
def test_a_moving_image_is_refused(image: str, problem: str, suggestion: str) -> None:
    (finding,) = workload.image_findings(image, path="mcp:server.image")
    assert (finding.code, finding.severity, finding.path) == ("MCP101", Severity.ERROR, "mcp:server.image")
    assert finding.problem == problem
    assert suggestion in finding.remedy


@pytest.mark.grid
@given(image=st.text(max_size=40))
def test_every_suggested_image_is_accepted(image: str) -> None:
    for finding in workload.image_findings(image, path="image"):
        suggestion = finding.remedy.partition("such as '")[2].partition("'")[0]
        if suggestion and "'" not in image:
            assert workload.image_findings(suggestion, path="image") == []


def drain(
    pre_stop: int = 70,
    graceful: int = 60,
    grace: int = 135,
    max_tool: int = 60,
    legacy: bool = True,
    modern: bool = True,
) -> list[Finding]:
    return workload.drain_findings(
        pre_stop=pre_stop,
        graceful=graceful,
        grace=grace,
        max_tool_seconds=max_tool,
        legacy=legacy,
        modern=modern,
        pre_stop_path="a",
        graceful_path="b",
        grace_path="c",
    )


def test_a_drain_that_just_fits_passes() -> None:
    assert drain() == []
    assert drain(pre_stop=10, graceful=60, grace=75, legacy=False) == []


def test_a_grace_period_one_second_short_is_refused() -> None:
    (finding,) = drain(grace=134)
    assert str(finding) == (
        "error MCP102 at c: The grace period of 134 s is shorter than pre-stop 70 s + graceful timeout 60 "
        "s + margin 5 s = 135 s. Set it to at least 135 s, or leave it out: it is then derived."
    )


def test_calls_that_the_drain_would_cut_are_refused() -> None:
    legacy, modern = drain(pre_stop=59, graceful=59)
    assert str(legacy) == (
        "error MCP112 at a: The pre-stop sleep of 59 s is shorter than the slowest tool, 60 s; SIGTERM "
        "then cuts calls of legacy clients. Set it to at least 60 s, or leave it out: it is then derived."
    )
    assert str(modern) == (
        "error MCP113 at b: The graceful timeout of 59 s is shorter than the slowest tool, 60 s; calls of "
        "modern clients that run longer fail with HTTP 500. Set it to at least 60 s, or leave it out: it "
        "is then derived."
    )
    assert drain(pre_stop=10, graceful=0, legacy=False, modern=False) == []
    assert codes(drain(pre_stop=0, legacy=True, modern=False)) == ["MCP112"]
    assert codes(drain(graceful=0, legacy=False, modern=True)) == ["MCP113"]


def test_a_sleep_shorter_than_the_propagation_of_endpoints_is_a_warning() -> None:
    (modern,) = drain(pre_stop=9, legacy=False)
    assert str(modern) == (
        "warning MCP115 at a: The pre-stop sleep of 9 s is shorter than 10 s: proxies send to the pod for up to "
        "10 s after its deletion. Set it to at least 10 s, or leave it out: it is then derived."
    )
    (legacy,) = drain(pre_stop=69, modern=False)
    assert str(legacy) == (
        "warning MCP115 at a: The pre-stop sleep of 69 s is shorter than 70 s: proxies send to the pod for up to "
        "10 s after its deletion. Set it to at least 70 s, or leave it out: it is then derived."
    )


@pytest.mark.parametrize(
    ("pre_stop", "legacy", "max_tool", "expected"),
    [
        (0, False, 60, ["MCP115"]),
        (10, False, 60, []),
        (10, False, 600, []),
        (59, True, 60, ["MCP112"]),
        (60, True, 60, ["MCP115"]),
        (70, True, 60, []),
        (0, True, 1, ["MCP112"]),
        (1, True, 1, ["MCP115"]),
        (11, True, 1, []),
    ],
)
def test_one_short_sleep_is_told_once(pre_stop: int, legacy: bool, max_tool: int, expected: list[str]) -> None:
    assert codes(drain(pre_stop=pre_stop, legacy=legacy, modern=False, max_tool=max_tool)) == expected


def test_a_very_long_grace_period_is_a_warning() -> None:
    assert drain(grace=600) == []
    (finding,) = drain(grace=601)
    assert (finding.code, finding.severity, finding.path) == ("MCP110", Severity.WARNING, "c")
    assert "601 s is longer than the 600 s that the cluster autoscaler waits" in finding.problem


@pytest.mark.parametrize(
    ("parts", "remedy"),
    [
        ({"grace": 900}, "Set it to "),
        ({"pre_stop": 900, "grace": 1000}, "Make the pre-stop sleep of 900 s shorter"),
        ({"graceful": 800, "grace": 1000}, "Make the graceful timeout of 800 s shorter"),
        ({"graceful": 900, "max_tool": 900, "grace": 1000, "legacy": False}, "Make the slowest tool shorter or a task"),
    ],
    ids=["given", "pre-stop", "graceful", "tool"],
)
def test_what_makes_a_grace_period_long_is_named(parts: dict[str, Any], remedy: str) -> None:
    (finding,) = drain(**parts)
    assert finding.remedy.startswith(remedy)
    assert finding.remedy.endswith(
        f", or raise --max-graceful-termination-sec to {parts['grace']} and accept this warning."
    )


@given(
    eras=st.sets(st.sampled_from(list(protocol.Era)), min_size=1),
    max_tool=st.integers(min_value=1, max_value=3600),
)
def test_a_derived_drain_is_never_refused(eras: set[protocol.Era], max_tool: int) -> None:
    derived = protocol.derive(eras, max_tool_seconds=max_tool)
    found = drain(
        pre_stop=derived.pre_stop_seconds,
        graceful=derived.graceful_timeout_seconds,
        grace=derived.grace_period_seconds,
        max_tool=max_tool,
        legacy=not protocol.LEGACY_ERAS.isdisjoint(eras),
        modern=protocol.Era.MODERN in eras,
    )
    assert set(codes(found)) <= {"MCP110"}
    assert bool(found) == (derived.grace_period_seconds > 600)


def test_requests_up_to_the_limit_pass() -> None:
    sides = {"cpu": "1000m", "memory": "1Gi", "ephemeral-storage": "64Mi"}
    assert workload.resource_findings(requests=sides, limits={"cpu": "1", "memory": "1024Mi"}, path="r") == []
    assert workload.resource_findings(requests={}, limits={}, path="r") == []
    assert workload.resource_findings(requests={"nvidia.com/gpu": "x"}, limits={}, path="r") == []


def test_a_request_above_its_limit_is_refused_for_each_resource() -> None:
    found = workload.resource_findings(
        requests={"cpu": "1001m", "memory": "257Mi", "ephemeral-storage": "2Gi"},
        limits={"cpu": "1", "memory": "256Mi", "ephemeral-storage": "1Gi"},
        path="mcp:server.resources",
    )
    assert codes(found) == ["MCP103"] * 3
    assert str(found[0]) == (
        "error MCP103 at mcp:server.resources.requests.cpu: The cpu request of 1001m is above the limit "
        "of 1; no pod would be created. Lower the request to at most 1, or raise the limit to at least "
        "1001m."
    )
    assert "memory request of 257Mi is above the limit of 256Mi" in found[1].problem
    assert "ephemeral-storage request of 2Gi is above the limit of 1Gi" in found[2].problem


def test_quantities_that_cannot_be_read_are_each_refused() -> None:
    found = workload.resource_findings(
        requests={"cpu": "1 core", "memory": "512MB"}, limits={"cpu": "1", "memory": "512"}, path="r"
    )
    assert [(finding.code, finding.path) for finding in found] == [
        ("MCP111", "r.requests.cpu"),
        ("MCP111", "r.requests.memory"),
        ("MCP111", "r.limits.memory"),
    ]
    assert found[0].problem.startswith("'1 core' cannot be read: a CPU quantity is")
    assert found[0].remedy == "Write it like '500m'."
    assert "'MB' is not a unit" in found[1].problem
    assert found[1].remedy == "Write it like '256Mi'."


@pytest.mark.parametrize("key", ["cpu", "memory", "ephemeral-storage", "hugepages-2Mi"])
def test_more_than_kubernetes_counts_to_is_refused_for_each_resource(key: str) -> None:
    many = "9" * 400 + ("" if key == "cpu" else "Mi")
    found = workload.resource_findings(requests={"cpu": "1", key: many}, limits={"cpu": "1", key: many}, path="r")
    assert [(finding.code, finding.path) for finding in found] == [
        ("MCP111", f"r.requests.{key}"),
        ("MCP111", f"r.limits.{key}"),
    ]
    assert "more than Kubernetes counts to" in found[0].problem
    assert "999" not in found[0].problem


@pytest.mark.parametrize(
    ("requests", "limits", "problems"),
    [
        ({"cpu": "1", "hugepages-2Mi": "64Mi"}, {"hugepages-2Mi": "64Mi"}, []),
        ({"memory": "1Gi", "hugepages-1Gi": "2Gi"}, {"memory": "1Gi", "hugepages-1Gi": "2048Mi"}, []),
        # Kubernetes requests what is a limit alone.
        ({"cpu": "1"}, {"hugepages-2Mi": "64Mi"}, []),
        ({"cpu": "1", "hugepages-2Mi": "64Mi"}, {}, ["64Mi are requested, and there is no limit"]),
        ({"cpu": "1", "hugepages-2Mi": "64Mi"}, {"hugepages-2Mi": "66Mi"}, ["and the limit is 66Mi"]),
        ({"cpu": "1"}, {"hugepages-2Mi": "3Mi"}, ["3Mi is no whole number of pages of 2Mi each."]),
        ({"hugepages-1Gi": "1Gi"}, {"hugepages-1Gi": "1Gi"}, ["names neither"]),
    ],
)
def test_huge_pages_as_the_api_server_takes_them(
    requests: dict[str, str], limits: dict[str, str], problems: list[str]
) -> None:
    found = workload.resource_findings(requests=requests, limits=limits, path="r")
    assert codes(found) == ["MCP180"] * len(problems)
    assert all(words in finding.problem for words, finding in zip(problems, found, strict=True))


def test_a_token_without_any_right_is_told_and_one_with_a_right_is_not() -> None:
    (finding,) = workload.no_right_findings(rights=0, path="kubernetes_api")
    assert (finding.code, finding.severity) == ("MCP181", Severity.WARNING)
    assert workload.no_right_findings(rights=1, path="kubernetes_api") == []


def test_each_side_that_names_no_memory_is_refused() -> None:
    found = workload.memory_declared_findings(requests={"cpu": "1"}, limits={}, path="mcp:server.resources")
    assert [str(finding) for finding in found] == [
        "error MCP114 at mcp:server.resources.requests: The requests name no memory, so that something else decides "
        "it when the pod is created. Add memory to the requests, such as '256Mi', or leave the requests out: they "
        "are then planned.",
        "error MCP114 at mcp:server.resources.limits: The limits name no memory, so that something else decides "
        "it when the pod is created. Add memory to the limits, such as '256Mi', or leave the limits out: they "
        "are then planned.",
    ]


@pytest.mark.parametrize(
    ("requests", "limits", "expected"),
    [
        ({"memory": "192Mi"}, {"memory": "256Mi"}, []),
        ({"memory": "192Mi"}, {"cpu": "2"}, ["r.limits"]),
        ({"ephemeral-storage": "64Mi"}, {"memory": "256Mi"}, ["r.requests"]),
        ({"memory": "unreadable"}, {"memory": "256Mi"}, []),
    ],
)
def test_memory_alone_is_asked_for(requests: dict[str, str], limits: dict[str, str], expected: list[str]) -> None:
    found = workload.memory_declared_findings(requests=requests, limits=limits, path="r")
    assert [finding.path for finding in found] == expected


def test_tokens_need_a_way_to_who_vouches_for_them() -> None:
    (finding,) = workload.egress_findings(authorization=True, destinations=0, path="mcp:server.egress")
    assert str(finding) == (
        "warning MCP118 at mcp:server.egress: The server checks tokens, and may connect to nothing but DNS and the "
        "database. Add the identity provider, such as {port: 443, internet: true}; accept this warning if the "
        "keys are in the image."
    )
    assert workload.egress_findings(authorization=True, destinations=1, path="e") == []
    assert workload.egress_findings(authorization=False, destinations=0, path="e") == []


def probes(health: str | None, liveness: str | None, mcp: str = "/mcp") -> list[tuple[str, str]]:
    found = workload.probe_findings(
        health_path=health, liveness_path=liveness, mcp_path=mcp, path=lambda key: f"mcp:server.{key}"
    )
    return [(finding.code, finding.path.removeprefix("mcp:server.")) for finding in found]


def test_probes_ask_what_a_kubelet_can_ask() -> None:
    assert probes("/readyz", "/livez") == []
    assert probes("/readyz", None) == []
    assert probes(None, None) == [("MCP105", "health_path")]
    assert probes(None, "/livez") == [("MCP105", "health_path")]
    assert probes("/healthz", "/healthz/") == [("MCP106", "liveness_path")]
    assert probes("/mcp", "/livez") == [("MCP104", "health_path")]
    assert probes("/readyz", "/mcp/") == [("MCP104", "liveness_path")]
    assert probes("/mcp?x=1", "/mcp") == [("MCP104", "health_path"), ("MCP104", "liveness_path")]
    assert probes("/", None, mcp="/") == [("MCP104", "health_path")]
    assert probes("/mcp/health", "/mcp2") == []


def test_a_command_asks_in_place_of_a_route() -> None:
    def asked(**routes: Any) -> list[str]:
        found = workload.probe_findings(mcp_path="/mcp", path=lambda key: key, **routes)
        return [finding.code for finding in found]

    assert asked(health_path=None, liveness_path=None, by_command=["readiness"]) == []
    assert asked(health_path=None, liveness_path=None, by_command=["liveness"]) == ["MCP105"]
    assert asked(health_path="/healthz", liveness_path="/healthz", by_command=["liveness"]) == []


def test_severities_of_the_probe_rules() -> None:
    severities = {
        rule.code: rule.severity.value
        for rule in (workload.PROBE_ON_MCP_PATH, workload.NO_HEALTH_PATH, workload.SAME_PROBE_ROUTE)
    }
    assert severities == {"MCP104": "error", "MCP105": "warning", "MCP106": "warning"}


@pytest.mark.parametrize("name", ["a", "mcp-server", "1", "a" * 63, "a--b"])
def test_a_dns_label_passes(name: str) -> None:
    assert workload.name_findings(name, path="n") == []


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [("My_Server", "my-server"), ("a.b", "a-b"), ("-a-", "a"), ("a" * 64, "a" * 63), ("", ""), ("é", ""), ("a\n", "a")],
)
def test_a_name_that_is_no_label_is_refused_with_one_that_is(name: str, suggestion: str) -> None:
    (finding,) = workload.name_findings(name, path="n")
    assert (finding.code, finding.path) == ("MCP108", "n")
    assert finding.remedy == (
        "Use at most 63 lower-case letters, digits and '-', beginning and ending with a letter or digit."
        + (f" '{suggestion}' would do." if suggestion else "")
    )
    assert ("64 characters" in finding.problem) == (len(name) == 64)


@given(name=st.text(max_size=80))
def test_every_suggested_name_is_accepted(name: str) -> None:
    for finding in workload.name_findings(name, path="n"):
        if "would do" in finding.remedy:
            suggestion = finding.remedy.split("'")[-2]
            assert workload.name_findings(suggestion, path="n") == []


def test_ports() -> None:
    for port in (1, 80, 65535):
        assert workload.port_findings(port, path="p") == []
    for port in (-1, 0, 65536, 70000):
        (finding,) = workload.port_findings(port, path="p")
        assert str(finding).startswith(f"error MCP109 at p: There is no port {port}. Give a number from 1 to 65535")


@pytest.mark.parametrize(
    ("namespace", "refused"),
    [("kube-system", True), ("default", True), ("edge", True), ("mcp-prod-us-east", False), ("kubernetes", False)],
)
def test_a_namespace_of_others_is_refused(namespace: str, refused: bool) -> None:
    found = workload.namespace_findings(namespace, others={"edge"}, path="n")
    assert [finding.code for finding in found] == (["MCP119"] if refused else [])


@pytest.mark.parametrize(
    ("version", "told"),
    [(None, False), ("1.34", False), ("v1.36.3", False), ("2.0", False), ("1.33", True), ("v1.30.2-gke.1", True)],
)
def test_the_pre_stop_sleep_is_stable_from_one_version_on(version: str | None, told: bool) -> None:
    found = workload.version_findings(version, path="v")
    said = f"Kubernetes {version} is older than 1.34, the first whose preStop.sleep is stable."
    assert [(one.code, one.problem) for one in found] == ([("MCP120", said)] if told else [])


SIDECAR = {"name": "proxy", "image": "registry.example.com/a/proxy:1.0.0"}


@pytest.mark.parametrize("version", ["1.29", "v1.9.2-gke.1"])
def test_a_cluster_without_the_pre_stop_sleep_refuses_the_pods(version: str) -> None:
    """Warned of alone, the Deployment would fail at the API server: its hook has no handler left."""
    (found,) = workload.version_findings(version, path="v")
    assert (found.severity, found.code) == (Severity.ERROR, "MCP136")


@pytest.mark.parametrize(
    ("version", "server", "probe", "expected"),
    [
        ("1.29", {"preStopSeconds": 1}, False, ["MCP136"]),
        ("1.29", {}, False, []),
        ("1.33", {"preStopSeconds": 0}, False, []),
        ("1.29", {"preStopSeconds": 0}, True, ["MCP136"]),
        ("1.29", {"preStopSeconds": 0, "sidecars": [SIDECAR]}, False, []),
        ("1.28", {"preStopSeconds": 0, "sidecars": [SIDECAR]}, False, ["MCP136"]),
    ],
)
def test_without_a_hook_an_older_cluster_takes_the_pods(
    version: str, server: dict[str, Any], probe: bool, expected: list[str]
) -> None:
    values: dict[str, Any] = {
        "mcp:region": {"name": "us-east", "kubernetesVersion": version},
        "mcp:server": {"image": "registry.example.com/a/b:1.0.0", "healthPath": "/healthz", **server},
        "mcp:workload": {"dailyUsers": 300},
        "mcp:edge": {"host": "mcp.example.com", "propagationSeconds": 0},
    }
    if probe:
        values["mcp:probe"] = {"image": "registry.example.com/a/probe:1.0.0"}
    found = plan_region(load_stack(values, where="case"), rehearse=False).findings
    assert [one.code for one in found if one.code in ("MCP120", "MCP136")] == expected


def pod(spec: dict[str, Any]) -> dict[str, Any]:
    return {"server": {"patches": [{"kind": "Pod", "patch": {"spec": spec}}]}}


def extra(version: str, kind: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {"extraObjects": [{"apiVersion": version, "kind": kind, "metadata": {"name": "a"}, "spec": spec}]}


PATCH, OBJECT = "mcp:server.patches[0].patch.spec", "mcp:extraObjects[0]"
SLEEPING = {"containers": [{"name": "server", "lifecycle": {"postStart": {"sleep": {"seconds": 0}}}}]}
NEAR = {"selector": {"a": "b"}, "ports": [{"port": 80}]}


@pytest.mark.parametrize(
    ("version", "given", "expected"),
    [
        ("1.32", pod({"hostUsers": False}), ("MCP183", f"{PATCH}.hostUsers")),
        ("1.33", pod({"hostUsers": False}), None),
        (None, pod({"hostUsers": False}), None),
        ("1.31", pod({"resources": {"limits": {"cpu": "1"}}}), ("MCP136", f"{PATCH}.resources")),
        ("1.33", pod({"resources": {"limits": {"cpu": "1"}}}), ("MCP183", f"{PATCH}.resources")),
        ("1.32", pod(SLEEPING), ("MCP183", f"{PATCH}.containers[0].lifecycle.postStart.sleep.seconds")),
        ("1.33", pod(SLEEPING), None),
        (
            "1.29",
            extra("v1", "Service", {**NEAR, "trafficDistribution": "PreferClose"}),
            ("MCP136", f"{OBJECT}.spec.trafficDistribution"),
        ),
        ("1.32", extra("v1", "Service", {**NEAR, "trafficDistribution": "PreferClose"}), None),
        (
            "1.32",
            extra("v1", "Service", {**NEAR, "trafficDistribution": "PreferSameNode"}),
            ("MCP136", f"{OBJECT}.spec.trafficDistribution"),
        ),
        ("1.33", extra("resource.k8s.io/v1", "ResourceClaim", {}), ("MCP136", f"{OBJECT}.kind")),
        ("1.34", extra("resource.k8s.io/v1", "ResourceClaim", {}), None),
        ("1.33", extra("acme.com/v1", "ResourceClaim", {}), None),
    ],
)
def test_what_a_version_does_not_have_is_told(
    version: str | None, given: dict[str, Any], expected: tuple[str, str] | None
) -> None:
    """As the API server of that version drops it where its gate is off, and refuses what it does not know."""
    values: dict[str, Any] = {
        "mcp:region": {"name": "us-east", "kubernetesVersion": version},
        "mcp:server": {"image": "registry.example.com/a/b:1.0.0", "healthPath": "/healthz", **given.get("server", {})},
        "mcp:workload": {"dailyUsers": 300},
        "mcp:edge": {"host": "mcp.example.com"},
        "mcp:extraObjects": given.get("extraObjects", []),
    }
    found = plan_region(load_stack(values, where="case"), rehearse=False).findings
    at_the_cluster = "mcp:region.kubernetesVersion"
    told = [(one.code, one.path) for one in found if one.code in ("MCP136", "MCP183") and one.path != at_the_cluster]
    assert told == ([] if expected is None else [expected])


OPEN = {"port": 8101, "namespace": "edge"}


@pytest.mark.parametrize(
    ("allow_from", "expected"),
    [
        ([], [("MCP122", "allow_from", "No opening lets anybody connect to port 8101.")]),
        ([OPEN], []),
        ([OPEN, {"port": 9464, "namespace": "monitoring"}], []),
        ([{"port": 9464, "namespace": "monitoring"}], [
            ("MCP122", "allow_from", "No opening lets anybody connect to port 8101."),
        ]),
        ([{"port": 8101, "cidrs": []}], [("MCP122", "allow_from", "No opening lets anybody connect to port 8101.")]),
        ([{"port": 8000, "namespace": "edge"}], [
            ("MCP121", "allow_from[0].port", "It opens port 8000, and the pods have 8101 (http) and 9464 (metrics)."),
            ("MCP122", "allow_from", "No opening lets anybody connect to port 8101."),
        ]),
        ([OPEN, {"port": 8102, "workload": "gateway", "name": "edge"}], [
            ("MCP121", "allow_from[1].port", "It opens port 8102, and the pods have 8101 (http) and 9464 (metrics)."),
        ]),
    ],
)  # fmt: skip
def test_openings_that_let_nobody_in(allow_from: list[dict[str, object]], expected: list[tuple[str, str, str]]) -> None:
    given = {"image": "mcp:1.0.0", "namespace": "a", "health_path": "/healthz", "port": 8101, "metrics_port": 9464}
    keys = checked(ServiceKeys, "x", {**given, "allow_from": allow_from})
    found = service_findings(server_spec("x", keys), keys)
    assert [(finding.code, finding.path, finding.problem) for finding in found] == expected
    assert {finding.severity for finding in found} <= {Severity.WARNING}


def test_an_opening_of_a_stack_for_a_port_on_which_nothing_listens() -> None:
    values = {
        "mcp:region": {"name": "us-east"},
        "mcp:server": {
            "image": "ghcr.io/acme/orders:1.4.2",
            "port": 8101,
            "healthPath": "/healthz",
            "ingress": [
                {"namespace": "apps"},
                {"namespace": "apps", "port": 8000},
                {"namespace": "o11y", "port": 9464},
            ],
        },
        "mcp:monitoring": {"port": 9464},
        "mcp:workload": {"dailyUsers": 500},
        "mcp:edge": {"host": "mcp.example.com", "implementation": "envoy-gateway"},
    }
    (found,) = plan_region(load_stack(values, where="here"), rehearse=False).findings
    assert (found.code, found.path) == ("MCP121", "mcp:server.ingress[1].port")
    assert found.problem == "It opens port 8000, and the pods have 8101 (http) and 9464 (metrics)."


def told_of(code: str, server: dict[str, Any], region: dict[str, Any]) -> list[tuple[str, str]]:
    """Paths and problems of one rule for a stack with these keys."""
    values: dict[str, Any] = {
        "mcp:region": {"name": "us-east", "environment": "development", **region},
        "mcp:workload": {"dailyUsers": 500},
        "mcp:server": {"image": "ghcr.io/acme/mcp:1.4.2", **server},
        "mcp:edge": {"host": "mcp.example.com", "implementation": "envoy-gateway"},
    }
    found = plan_region(load_stack(values, where="case"), rehearse=False).findings
    return [(one.path, one.problem) for one in found if one.code == code]


def starts(**patch: int) -> dict[str, Any]:
    """A patch of the start-up probe."""
    return {"kind": "Pod", "patch": {"spec": {"containers": [{"name": "server", "startupProbe": patch}]}}}


@pytest.mark.parametrize(
    ("server", "expected"),
    [
        ({"startupSeconds": 180}, None),
        ({"startupSeconds": 180, "probes": {"startup": {"periodSeconds": 5}}}, None),
        ({"startupSeconds": 180, "probes": {"startup": {"periodSeconds": 5, "failureThreshold": 36}}}, None),
        (
            {"startupSeconds": 180, "probes": {"startup": {"periodSeconds": 5, "failureThreshold": 35}}},
            (
                "probes.startup.failureThreshold",
                "after 175 s (35 failures, one each 5 s), and startupSeconds allows 180 s",
            ),
        ),
        (
            {"probes": {"startup": {"failureThreshold": 3}}},
            ("probes.startup.failureThreshold", "after 6 s (3 failures, one each 2 s), and startupSeconds allows 60 s"),
        ),
        ({"patches": [starts(failureThreshold=4, initialDelaySeconds=52)]}, None),
        (
            {"patches": [starts(failureThreshold=4, initialDelaySeconds=51)]},
            ("patches[0].patch", "after 59 s (51 s and 4 failures, one each 2 s), and startupSeconds allows 60 s"),
        ),
    ],
)
def test_a_start_up_probe_that_gives_up_before_the_start_may_end(
    server: dict[str, Any], expected: tuple[str, str] | None
) -> None:
    told = [] if expected is None else [(f"mcp:server.{expected[0]}", f"A start is ended {expected[1]}.")]
    assert told_of("MCP188", server, {}) == told


LOWERED = [
    {"kind": "Namespace", "patch": {"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "privileged"}}}}
]
TO_BASELINE = [
    {"kind": "Namespace", "patch": {"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "baseline"}}}}
]


@pytest.mark.parametrize(
    ("region", "level"),
    [
        ({"mesh": "istio-sidecar"}, "restricted"),
        ({"mesh": "istio-sidecar", "patches": TO_BASELINE}, "baseline"),
        ({"mesh": "istio-sidecar", "patches": LOWERED}, None),
        ({"mesh": "istio-sidecar", "createNamespace": False, "namespace": "apps"}, None),
        ({"mesh": "istio-ambient"}, None),
        ({}, None),
    ],
)
def test_a_sidecar_whose_init_container_the_namespace_refuses(region: dict[str, Any], level: str | None) -> None:
    told = told_of("MCP187", {}, region)
    assert [path for path, _ in told] == ["mcp:region.mesh"] * (level is not None)
    assert all(f"enforces '{level}'" in problem for _, problem in told)
