"""The README and the pages of the components say what is so: examples run, tables hold, versions are tested ones."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from pulumi_kubernetes_mcp import program
from pulumi_kubernetes_mcp.eras import parse_eras
from pulumi_kubernetes_mcp.region_plan import load, plan_region
from pulumi_kubernetes_mcp.rules.model import errors
from pulumi_kubernetes_mcp.rules.workload import OLDEST_KUBERNETES, WORKING_KUBERNETES
from pulumi_kubernetes_mcp.testing import Recording, record
from tests.cluster import build, crds
from tests.components.cases import CASES
from tests.contract.canonical import CHILDREN, TOKENS, child_name
from tests.rendered.kubernetes_schemas import MINORS

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
COMPONENTS = ROOT / "docs" / "components"
PYTHON = [README, *sorted(COMPONENTS.glob("*.md"))]
EVERY_COMPONENT = pytest.mark.parametrize("component", sorted(TOKENS))

ONE_POD = {"McpService": {"min_replicas": 1, "production": False}, "McpPgBouncer": {"instances": 1}}
"""Arguments that leave a conditional child out, where no case of the components' own tests does."""


def examples(page: Path) -> list[str]:
    return re.findall(r"^```python\n(.+?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def run(page: Path) -> Recording:
    (example,) = examples(page)
    return record(lambda: exec(compile(example, str(page), "exec"), {}))


def rows(page: Path, heading: str) -> Iterator[list[str]]:
    """The rows of the first table under a heading."""
    section = page.read_text(encoding="utf-8").split(f"\n## {heading}\n")[1]
    table = re.findall(r"(?:^\|.*\n)+", section, re.MULTILINE)[0]
    for line in table.splitlines()[2:]:
        yield [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


@pytest.mark.parametrize("page", PYTHON, ids=lambda page: page.stem)
def test_the_example_runs_and_nothing_is_held_against_it(page: Path) -> None:
    made = run(page)
    assert [message.text for message in made.messages if message.severity != "info"] == []
    assert len(made.manifests()) >= 1 or made.outputs


@EVERY_COMPONENT
def test_the_example_of_a_component_makes_one(component: str) -> None:
    made = [resource.type for resource in run(COMPONENTS / f"{component}.md").resources]
    assert made.count(TOKENS[component]) == 1


def test_the_example_of_the_readme_is_short_and_exports_the_public_url() -> None:
    (example,) = examples(README)
    assert len([line for line in example.splitlines() if line]) <= 10
    assert run(README).outputs == {"url": "https://mcp.example.com/mcp"}


@EVERY_COMPONENT
def test_a_page_names_every_child_and_its_kind(component: str) -> None:
    named = {
        row[0].strip("`"): re.sub(r"\[(.+)\]\(.+\)", r"\1", row[1]) for row in rows(page(component), "What it creates")
    }
    kinds = {child: token.rpartition(":")[2] for child, token in CHILDREN[component].items()}
    if "extra-<object>" in kinds:
        kinds["extra-<object>"] = "any"
    assert named == kinds


@pytest.mark.grid
@EVERY_COMPONENT
def test_a_child_is_always_there_or_there_under_a_condition_as_the_page_says(component: str) -> None:
    cases = [case for case in CASES if case.component == component]
    made = [children(case.run(), component) for case in cases]
    if component in ONE_POD:
        least = replace(cases[0], args={**cases[0].args, **ONE_POD[component]})
        made.append(children(least.run(), component))
    always = {row[0].strip("`") for row in rows(page(component), "What it creates") if row[2] == "always"}
    assert always == set.intersection(*made)
    assert {row[0].strip("`") for row in rows(page(component), "What it creates")} == set.union(*made)


def page(component: str) -> Path:
    return COMPONENTS / f"{component}.md"


def children(made: Recording, component: str) -> set[str]:
    """Suffixes of what the component registered."""
    owner = next(resource for resource in made.resources if resource.type == TOKENS[component])
    below = [resource for resource in made.resources if resource.parent == owner.urn]
    return {child_name(component, resource.name.removeprefix(f"{owner.name}-")) for resource in below}


def test_the_least_stack_is_short_and_works() -> None:
    (text,) = re.findall(r"^```yaml\n(.+?)^```", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert len(text.splitlines()) <= 15
    found = plan_region(load(yaml.safe_load(text)["config"], where="README.md")).findings
    assert errors(found) == []


def test_the_readme_is_short() -> None:
    assert len(README.read_text(encoding="utf-8").splitlines()) <= 160


# Versions


def project() -> dict[str, Any]:
    return tomllib.loads(ROOT.joinpath("pyproject.toml").read_text(encoding="utf-8"))["project"]  # type: ignore[no-any-return]


def version(module: str) -> str:
    """The version of a project whose definitions the cluster tier applies."""
    return next(source.module.version for source in crds.SOURCES if module in source.module.path).removeprefix("v")


def compatibility() -> dict[str, tuple[str, str]]:
    return {row[0]: (row[1], row[2]) for row in rows(README, "Compatibility")}


def test_the_kubernetes_versions_are_the_tested_ones() -> None:
    assert compatibility()["Kubernetes"][1] == (
        f"schemas of {', '.join(MINORS)}; a {build.KUBERNETES_VERSION.removeprefix('v')} control plane"
    )


@pytest.mark.parametrize(
    ("name", "module", "api"),
    [
        ("KEDA", "kedacore/keda", "keda.sh/v1alpha1"),
        ("Gateway API", "sigs.k8s.io/gateway-api", "gateway.networking.k8s.io/v1"),
        ("Envoy Gateway", "envoyproxy/gateway", "gateway.envoyproxy.io/v1alpha1"),
        ("External Secrets Operator", "external-secrets/external-secrets", "external-secrets.io/v1"),
        ("Prometheus operator", "prometheus-operator/prometheus-operator", "monitoring.coreos.com/v1"),
    ],
)
def test_an_operator_is_tested_in_the_version_that_is_named(name: str, module: str, api: str) -> None:
    assert compatibility()[name] == (f"`{api}`", version(module))
    used = {body["apiVersion"] for case in CASES for body in case.run().manifests()}
    assert api in used


def test_the_versions_of_python_and_pulumi_are_those_of_the_package() -> None:
    given = project()
    pythons = [text.rpartition(" ")[2] for text in given["classifiers"] if "Python :: 3." in text]
    assert given["requires-python"] == f">={pythons[0]}"
    assert compatibility()["Python"][0] == f"{pythons[0]} to {pythons[-1]}, typed"
    assert "Typing :: Typed" in given["classifiers"]
    assert {"pulumi>=3.272,<4", "pulumi-kubernetes>=4.34.2,<5"} <= set(given["dependencies"])
    assert compatibility()["Pulumi SDK, Kubernetes provider"][0] == "3.272 and 4.34.2 or newer, below 4 and 5"


def test_the_native_sleep_that_sets_the_least_kubernetes_version_is_used() -> None:
    stable, works = (f"{major}.{minor}" for major, minor in (OLDEST_KUBERNETES, WORKING_KUBERNETES))
    last = f"{OLDEST_KUBERNETES[0]}.{OLDEST_KUBERNETES[1] - 1}"
    said = compatibility()["Kubernetes"][0]
    assert said == f"{stable} or newer, where `preStop.sleep` is stable; {works} to {last} with a warning"
    clusters = (README.parent / "docs" / "clusters.md").read_text(encoding="utf-8")
    assert f"| Kubernetes {stable} or newer; from {works} on with a warning" in clusters
    made = run(COMPONENTS / "McpService.md").manifest("Deployment")
    assert "sleep" in made["spec"]["template"]["spec"]["containers"][0]["lifecycle"]["preStop"]


@pytest.mark.grid
def test_the_readme_promises_a_server_with_sessions_what_follows_from_them() -> None:
    """Drain, affinity and metric follow from the eras, without a word in the stack file."""
    values = {
        "mcp:region": {"name": "us-east"},
        "mcp:server": {"image": "registry.example.com/mcp:1.0.0", "name": "orders", "eras": ["legacy-stateful"]},
        "mcp:workload": {"dailyUsers": 500},
        "mcp:edge": {"host": "mcp.example.com", "implementation": "envoy-gateway"},
        "mcp:scaling": {"prometheusAddress": "http://prometheus:9090"},
    }
    era_profile = plan_region(load(values, where="README.md")).first.era_profile
    assert era_profile.eras == parse_eras(["legacy-stateful"])
    made = record(program.run, config=values, project="mcp", stack="readme")
    pod = made.manifest("Deployment")["spec"]["template"]["spec"]
    assert pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"] == 70
    assert made.manifest("ScaledObject")["spec"]["triggers"][0]["type"] == "prometheus"
    balancer = made.manifest("BackendTrafficPolicy")["spec"]["loadBalancer"]
    assert balancer["consistentHash"] == {"type": "SourceIP"}


def test_a_stack_that_cannot_work_is_refused_before_anything_is_registered() -> None:
    values = {
        "mcp:region": {"name": "us-east"},
        "mcp:server": {"image": "registry.example.com/mcp:latest"},
        "mcp:workload": {"dailyUsers": 500},
        "mcp:edge": {"host": "mcp.example.com"},
    }
    with pytest.raises(pulumi.RunError, match=r"MCP101 mcp:server\.image"):
        record(program.run, config=values, project="mcp", stack="readme")
