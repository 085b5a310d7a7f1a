"""What McpChaos makes: a CronJob that waits, the least rights, a way out, and a command line that the verb takes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from pulumi_kubernetes_mcp.chaos_runner.args import chaos_findings
from pulumi_kubernetes_mcp.chaos_runner.keys import ChaosComponentKeys
from pulumi_kubernetes_mcp.chaos_runner.objects import chaos_objects
from pulumi_kubernetes_mcp.chaos_runner.spec import GRACE_SECONDS
from pulumi_kubernetes_mcp.cli import app
from pulumi_kubernetes_mcp.region_plan import RegionPlan, plan_region
from pulumi_kubernetes_mcp.settings.problems import SettingsError
from pulumi_kubernetes_mcp.settings.servers import load_stack
from pulumi_kubernetes_mcp.wiring import chaos_args, origins, quota

ROOT = Path(__file__).parents[2]
IMAGE = "registry.example/chaos:1.0.0"
DATABASE = {"experiment": "stop-database", "workload": "statefulset/pg", "tool": "t", "tool_arguments": {"q": "{call}"}}


def keys(**more: Any) -> ChaosComponentKeys:
    given = {
        "namespace": "mcp",
        "server_name": "web",
        "url": "https://mcp.example.com/mcp",
        "experiment": "kill-pod",
        "image": IMAGE,
        "environment": "staging",
    }
    return ChaosComponentKeys.model_validate({**given, **more})


def made(**more: Any) -> dict[str, Any]:
    return {suffix: one.body for suffix, one in chaos_objects(keys(**more)).items()}


def pod(objects: dict[str, Any]) -> Any:
    return objects["cronjob"]["spec"]["jobTemplate"]["spec"]["template"]["spec"]


def test_it_waits_unless_it_has_hours_and_is_never_tried_again() -> None:
    waiting, scheduled = made()["cronjob"]["spec"], made(schedule="0 3 * * 1")["cronjob"]["spec"]
    assert (waiting["suspend"], scheduled["suspend"]) == (True, False)
    assert scheduled["schedule"] == "0 3 * * 1"
    for one in (waiting, scheduled):
        job = one["jobTemplate"]["spec"]
        assert job["backoffLimit"] == 0
        assert one["concurrencyPolicy"] == "Forbid"
        assert job["template"]["spec"]["restartPolicy"] == "Never"
        assert job["activeDeadlineSeconds"] > GRACE_SECONDS


@pytest.mark.parametrize(
    "schedule", ["99 * * * *", "* * * * 7", "a b c d e", "0 25 * * *", "0 3 * *", "0 0 30 2 *", "@day"]
)
def test_a_schedule_that_the_api_server_refuses_or_that_never_comes_is_refused(schedule: str) -> None:
    with pytest.raises(ValidationError):
        keys(schedule=schedule)
    values = {
        "mcp:region": {"name": "a", "environment": "development"},
        "mcp:server": {"image": "registry.example/mcp:1.0.0"},
        "mcp:chaos": {"experiment": "kill-pod", "image": IMAGE, "schedule": schedule},
    }
    with pytest.raises(SettingsError) as refused:
        load_stack(values, where="stack")
    (told,) = [one for one in refused.value.problems if one.path == "mcp:chaos.schedule"]
    assert told.problem.startswith(f"It is '{schedule}', which ")


def ways_out(**more: Any) -> list[tuple[list[int], list[Any]]]:
    """The ports that the pod may connect to, each with where."""
    spec = made(**more)["network"]["spec"]
    assert (spec["policyTypes"], spec.get("ingress", [])) == (["Ingress", "Egress"], [])
    return [([port["port"] for port in rule["ports"]], rule["to"]) for rule in spec["egress"]]


def test_the_pod_gets_to_the_api_server_and_to_the_server() -> None:
    anywhere = [{"ipBlock": {"cidr": "0.0.0.0/0"}}, {"ipBlock": {"cidr": "::/0"}}]
    api = [([443], anywhere), ([6443], anywhere)]
    assert ways_out() == api
    assert ways_out(url="https://mcp.example.com:8443/mcp") == [*api, ([8443], anywhere)]
    labels = {"app.kubernetes.io/name": "web", "app.kubernetes.io/component": "server"}
    assert ways_out(server_port=3000) == [*api, ([3000], [{"podSelector": {"matchLabels": labels}}])]
    istiod = [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "istio-system"}}}]
    assert ways_out(mesh="istio-sidecar") == [*api, ([15012], istiod)]
    # The mesh carries what is sent to pods in a tunnel of its own.
    assert ([3000, 15008], [{"podSelector": {"matchLabels": labels}}]) in ways_out(
        mesh="istio-ambient", server_port=3000
    )


READ = (("",), ("pods",), ("get", "list"), ())


@pytest.mark.parametrize(
    ("given", "more"),
    [
        ({"experiment": "kill-pod"}, {(("",), ("pods",), ("delete",), ())}),
        ({"experiment": "kill-zone"}, {(("",), ("pods",), ("delete",), ())}),
        (
            DATABASE,
            {
                (("apps",), ("statefulsets",), ("get",), ("pg",)),
                (("apps",), ("statefulsets/scale",), ("get", "patch"), ("pg",)),
            },
        ),
        (
            {"experiment": "drop-network"},
            {
                (("",), ("pods",), ("patch",), ()),
                (("networking.k8s.io",), ("networkpolicies",), ("list", "create", "delete"), ()),
                (("cilium.io",), ("ciliumnetworkpolicies",), ("list", "create", "delete"), ()),
                (("projectcalico.org",), ("networkpolicies",), ("list", "create", "delete"), ()),
            },
        ),
    ],
    ids=["pod", "zone", "database", "network"],
)
def test_the_rights_are_those_of_the_experiment_in_its_namespace(
    given: dict[str, Any], more: set[tuple[tuple[str, ...], ...]]
) -> None:
    objects = made(**given)
    rules = {
        tuple(tuple(rule.get(key, ())) for key in ("apiGroups", "resources", "verbs", "resourceNames"))
        for rule in objects["role"]["rules"]
    }
    assert rules == {READ, *more}
    assert objects["rights"]["roleRef"]["kind"] == "Role"
    assert objects["rights"]["subjects"][0]["name"] == objects["account"]["metadata"]["name"]
    assert pod(objects)["serviceAccountName"] == objects["account"]["metadata"]["name"]


@pytest.mark.grid
@pytest.mark.parametrize("given", [{}, {**DATABASE, "token_secret": "s", "calls_lost": 3, "sessions_lost": 1}])
def test_the_verb_takes_the_command_line_and_asks_the_cluster(given: dict[str, Any], tmp_path: Path) -> None:
    """Everything fits together: the first thing that is missing here is the cluster."""
    words = [str(word).replace("/work/", f"{tmp_path}/") for word in pod(made(**given))["containers"][0]["command"]]
    assert words[0] == "mcp-stack"
    environment = {"KUBECONFIG": str(tmp_path / "none"), "MCP_TOKEN": "x", "KUBERNETES_SERVICE_HOST": None}
    result = CliRunner().invoke(app, words[1:], env=environment)
    assert result.exit_code == 1
    assert "kubectl has no current context" in result.stdout or "kubectl is not installed" in result.stdout


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        ({}, []),
        ({"environment": "production"}, ["MCP670"]),
        ({"environment": "production", "production": "web"}, []),
        ({"environment": "production", "production": "us", "region": "us"}, []),
        ({"production": "other"}, ["MCP670"]),
        (DATABASE, []),
        ({**DATABASE, "workload": None}, ["MCP671"]),
        ({"workload": "statefulset/pg"}, ["MCP671"]),
        ({**DATABASE, "tool": None}, ["MCP672"]),
        ({"image": "registry.example/chaos:latest"}, ["MCP101"]),
        ({"server_name": "a" * 46}, []),
        ({"server_name": "a" * 47}, ["MCP108"]),
    ],
)
def test_what_is_refused(given: dict[str, Any], codes: list[str]) -> None:
    assert [finding.code for finding in chaos_findings(keys(**given))] == codes


def planned(**edge: Any) -> RegionPlan:
    values = {
        "mcp:region": {"name": "here", "environment": "staging"},
        "mcp:server": {"image": "registry.example/web:1.0.0", "name": "web", "healthPath": "/healthz"},
        "mcp:workload": {"peakSessions": 100},
        "mcp:edge": edge,
    }
    chaos = {"mcp:chaos": {"experiment": "kill-pod", "image": IMAGE}}
    with_it, without = (
        plan_region(load_stack(given, where="stack"), rehearse=False) for given in ({**values, **chaos}, values)
    )
    assert quota(with_it).pods == quota(without).pods + 1
    return with_it


def test_clients_call_the_public_address_or_the_service_which_lets_them_in() -> None:
    outside = planned(host="mcp.example.com").first
    assert chaos_args(outside, "n").url == "https://mcp.example.com/mcp"
    assert not [one for one in origins(outside) if one.component == "chaos"]
    inside = planned(kind="none").first
    args = chaos_args(inside, "n")
    assert args.url == "http://web.mcp-staging-here.svc/mcp"
    (opened,) = [one for one in origins(inside) if one.component == "chaos"]
    labels = pod_labels(args)
    assert (opened.workload, opened.component) == (
        labels["app.kubernetes.io/name"],
        labels["app.kubernetes.io/component"],
    )


def pod_labels(args: ChaosComponentKeys) -> Any:
    made = chaos_objects(args)["cronjob"].body["spec"]["jobTemplate"]["spec"]["template"]
    return made["metadata"]["labels"]


def test_the_image_has_what_the_verb_needs() -> None:
    dockerfile = (ROOT / "images" / "chaos" / "Dockerfile").read_text(encoding="utf-8")
    assert "images/probe/requirements.txt" in dockerfile
    assert "--require-hashes" in dockerfile
    assert "/usr/local/bin/kubectl" in dockerfile
    assert re.search(r"^USER \d+:\d+$", dockerfile, re.MULTILINE)
