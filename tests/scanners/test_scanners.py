"""What checkov, kube-score, kubeconform and actionlint say of what the stacks of the example render."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.missing import leave_out
from tests.scanners import stacks, tools
from tests.scanners.conftest import Scan

HERE = Path(__file__).parent
SCANNERS = ("checkov", "kube-score", "kubeconform")
MOST_MINIMAL_LINES = 15
Exception_ = tuple[str, str, str]


def exceptions(scanner: str) -> set[Exception_]:
    """Scanner, rule and object of each exception of that scanner."""
    listed = yaml.safe_load((HERE / "exceptions.yaml").read_text())
    return {
        (one["scanner"], one["rule"], where)
        for one in listed
        for where in one["objects"]
        if one["scanner"] == scanner and len(one["reason"]) > 40
    }


@pytest.mark.parametrize("scanner", SCANNERS)
def test_every_finding_has_its_exception_and_every_exception_a_finding(
    scanner: str, rendered: Mapping[str, Path], scan: Scan
) -> None:
    found = {
        (one.scanner, one.rule, f"{stack}/{one.object}"): one.message
        for stack, folder in rendered.items()
        for report in scan(scanner, folder)
        for one in report.found
    }
    known = exceptions(scanner)
    assert {key: found[key] for key in found.keys() - known} == {}
    assert known - found.keys() == set()


@pytest.mark.parametrize("scanner", SCANNERS)
def test_every_object_of_every_stack_is_looked_at(scanner: str, rendered: Mapping[str, Path], scan: Scan) -> None:
    for folder in rendered.values():
        for report in scan(scanner, folder):
            objects = len(list(folder.glob("*.yaml")))
            if scanner == "kubeconform":
                assert report.passed == objects
            else:
                assert report.passed > objects


def test_a_minimal_stack_is_already_safe(rendered: Mapping[str, Path], scan: Scan) -> None:
    """At most 15 lines, and nothing but a tag in place of a digest."""
    assert stacks.config_lines(stacks.MINIMAL) <= MOST_MINIMAL_LINES
    (by_checkov,) = scan("checkov", rendered["minimal"])
    (by_kube_score,) = scan("kube-score", rendered["minimal"])
    assert [one.rule for one in by_checkov.found] == ["CKV_K8S_43"]
    assert by_kube_score.found == ()


def test_the_workflows_are_sound() -> None:
    workflows = sorted((stacks.ROOT / ".github" / "workflows").glob("*.yml"))
    assert workflows
    assert _linted(workflows) == ()


class TestControls:
    """Each scanner, shown something bad, says so: a silent scanner would pass every stack."""

    @staticmethod
    def spoilt(rendered: Mapping[str, Path], target: Path, change: Callable[[dict[str, Any]], None]) -> Path:
        for source in rendered["minimal"].glob("*.yaml"):
            data = yaml.safe_load(source.read_text())
            change(data)
            target.joinpath(source.name).write_text(yaml.safe_dump(data))
        return target

    def test_checkov_sees_a_container_that_may_write_its_root(
        self, rendered: Mapping[str, Path], scan: Scan, tmp_path: Path
    ) -> None:
        def change(data: dict[str, Any]) -> None:
            for container in _containers(data):
                container["securityContext"]["readOnlyRootFilesystem"] = False

        (report,) = scan("checkov", self.spoilt(rendered, tmp_path, change))
        assert {one.rule for one in report.found} == {"CKV_K8S_22", "CKV_K8S_43"}

    def test_kube_score_sees_an_image_without_a_tag(
        self, rendered: Mapping[str, Path], scan: Scan, tmp_path: Path
    ) -> None:
        def change(data: dict[str, Any]) -> None:
            for container in _containers(data):
                container["image"] = container["image"].rpartition(":")[0]

        (report,) = scan("kube-score", self.spoilt(rendered, tmp_path, change))
        assert [(one.rule, one.object, one.severity) for one in report.found] == [
            ("container-image-tag", "Deployment/mcp-server", "critical")
        ]

    @pytest.mark.parametrize("kind", ["Deployment", "HTTPRoute", "HorizontalPodAutoscaler"])
    def test_kubeconform_sees_an_unknown_field(
        self, kind: str, rendered: Mapping[str, Path], scan: Scan, tmp_path: Path
    ) -> None:
        def change(data: dict[str, Any]) -> None:
            if data["kind"] == kind:
                data["spec"]["misspelt"] = 1

        reports = scan("kubeconform", self.spoilt(rendered, tmp_path, change))
        assert [[one.object for one in report.found] for report in reports] == [[f"{kind}/mcp-server"]] * 2
        assert all("misspelt" in one.message for report in reports for one in report.found)

    def test_actionlint_sees_a_title_that_becomes_a_script(self, tmp_path: Path) -> None:
        workflow = {
            "on": "pull_request",
            "jobs": {
                "one": {
                    "runs-on": "ubuntu-latest",
                    "steps": [{"run": "echo ${{ github.event.pull_request.title }}"}],
                }
            },
        }
        path = tmp_path / "bad.yml"
        path.write_text(yaml.safe_dump(workflow, sort_keys=False).replace("'on'", "on"))
        assert [one.rule for one in _linted([path])] == ["expression"]


def _linted(files: list[Path]) -> tuple[tools.Found, ...]:
    try:
        return tools.actionlint(files)
    except tools.MissingToolError as missing:
        leave_out(str(missing))


def _containers(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if data["kind"] == "Deployment":
        yield from data["spec"]["template"]["spec"]["containers"]
