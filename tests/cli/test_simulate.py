"""``mcp-stack simulate``: what is printed and written, and every way in which it can be asked wrongly."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest
import yaml

from pulumi_kubernetes_mcp import rehearsal
from pulumi_kubernetes_mcp.region_plan import load as load_stack
from pulumi_kubernetes_mcp.report import simulation_plot
from pulumi_kubernetes_mcp.report.simulation_series import Limit, Line, Panel
from pulumi_kubernetes_mcp.server_plan import plan_server
from pulumi_kubernetes_mcp.settings import read_stack_file
from pulumi_kubernetes_mcp.simulation.run import simulate as play
from pulumi_kubernetes_mcp.simulation.scenarios import scenarios as built_in

from .conftest import Project

STICKY = {
    "server": {
        "image": "registry.example/mcp:1.0.0",
        "name": "orders",
        "healthPath": "/ready",
        "livenessPath": "/live",
        "eras": ["legacy-stateful"],
    },
    "edge": {"host": "mcp.example.com", "kind": "ingress", "affinity": "cookie"},
    "scaling": {"prometheusAddress": "http://prometheus:9090"},
}
HPA = """
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: mcp}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: mcp}
  minReplicas: 2
  maxReplicas: 12
  metrics:
    - {type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 60}}}
    - {type: Pods, pods: {metric: {name: acme_things}, target: {type: AverageValue, averageValue: "50"}}}
"""


@pytest.fixture
def good(project: Project) -> Project:
    project.stack()
    return project


def simulate(there: Project, *words: str) -> str:
    result = there.run("simulate", "--stack", "dev", *words)
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(there: Project, *words: str) -> str:
    result = there.run("simulate", "--stack", "dev", *words)
    assert result.exit_code == 1
    return " ".join(result.output.split())


@pytest.mark.grid
def test_all_scenarios_stand_in_a_table(good: Project) -> None:
    output = simulate(good)
    assert output.startswith(
        "Simulation of dev\n  Load       63 sessions at the peak of the plan, without its headroom\n"
    )
    rows = re.findall(r"^  (\S+) +(\S+) +([\d.–]+) +(at once|\d+ s|\d+ min|never) ", output, re.M)
    names = ["day", "spike", "spike-10", "launch", "metric-outage", "zone-loss", "slow-start", "rollout"]
    assert [row[0] for row in rows] == names
    assert "  zone-loss      one of 3 zones lost at the peak\n" in output
    assert "docs/simulation.md says what is exact." in output


@pytest.mark.grid
def test_the_outage_is_of_what_the_autoscaler_asks(project: Project) -> None:
    project.stack()
    assert "metric-outage: the metrics server silent" in simulate(project, "metric-outage")
    played = json.loads(simulate(project, "metric-outage", "--json"))["scenarios"][0]["results"][0]
    assert played["blind_seconds"] == 1800
    project.stack(**STICKY)
    assert "metric-outage: Prometheus silent" in simulate(project, "metric-outage")
    assert "resource-outage: the metrics server silent" in simulate(project, "resource-outage")
    project.stack(scaling={"autoscaler": "none", "replicas": 3})
    assert "the pods do not move by what is silent then" in simulate(project, "metric-outage")


@pytest.mark.grid
@pytest.mark.parametrize("groups", [{}, STICKY])
def test_a_peak_at_which_nothing_scales_is_said_with_one_at_which_something_does(
    project: Project, groups: dict[str, object]
) -> None:
    project.stack(**groups, workload={"dailyUsers": 100})
    least = int(re.search(r"Nothing scales: .* With --peak (\d+) there are more\.", simulate(project, "spike"))[1])  # type: ignore[index]
    assert "Nothing scales" in simulate(project, "spike", "--peak", str(round(least / 2)))
    assert "Nothing scales" not in simulate(project, "spike", "--peak", str(least))


@pytest.mark.grid
def test_the_autoscaler_of_another_stack_plays_beside(project: Project) -> None:
    project.stack()
    project.stack("other", scaling={"minReplicas": 5})
    rows = simulate(project, "rollout", "--with", "other")
    assert re.search(r"^  this stack +3 .*\n  other +5 ", rows, re.M)


@pytest.mark.grid
def test_one_scenario_is_shown_in_full(good: Project) -> None:
    output = simulate(good, "zone-loss")
    assert re.search(r"^  pods ready +[▁▂▃▄▅▆▇█]{48}  2 to 3$", output, re.M)
    assert re.search(r"^  ▲ 1:00  1 of 3 pods is lost with its node$", output, re.M)
    assert re.search(r"^  Time to scale  50 s, until enough pods were ready and nothing waited any more$", output, re.M)
    assert re.search(r"^  Objective +missed in [12] of 180 minutes$", output, re.M)
    assert re.search(r"^  Calls +[\d,]+: \d+ waited longer than the objective, \d+ failed$", output, re.M)


@pytest.mark.grid
@pytest.mark.parametrize("columns", [80, 120, pytest.param(100, marks=pytest.mark.grid)])
def test_each_row_is_a_line_and_nothing_is_wider_than_the_terminal(
    good: Project, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    for words in ((), ("spike",), ("spike", "--compare"), ("spike", "zone-loss", "--compare")):
        assert max(len(line) for line in simulate(good, *words).splitlines()) <= columns
    for words, names in (((), r"\S+"), (("spike", "--compare"), r"this stack|public guides|plain CPU 80 %")):
        output = simulate(good, *words)
        assert re.search(r"^  (scenario|policy) +pods  pod-hours .*lost min .*dropped", output, re.M)
        assert len(re.findall(rf"^  ({names}) +\d\S* +\d+\.\d(–\d+\.\d)? ", output, re.M)) == (3 if words else 8)
        assert ("Not shown in so narrow a terminal: " in output) == (columns < 120)
        assert ("--json has all." in " ".join(output.split())) == (columns < 120)


@pytest.mark.grid
def test_a_seed_plays_its_own_run_and_no_other(good: Project) -> None:
    """Not the one of the seed before or after it, and the range without a seed is that of the first five."""
    file = read_stack_file(good.root, stack="dev")
    server = plan_server(load_stack(file.values, where="dev", directory=file.directory).first)
    known = built_in(peak=rehearsal.peak(server), prometheus=False)["spike"]

    def calls(seed: int) -> int:
        options = rehearsal.options(server, seed=seed)
        return round(play(rehearsal.policy(server), known.load, rehearsal.pod_model(server), options).calls)

    for seed in (0, 7):
        found = json.loads(simulate(good, "spike", "--seed", str(seed), "--json"))
        (result,) = found["scenarios"][0]["results"]
        assert (found["seed"], found["seeds"]) == (seed, [seed])
        assert result["calls"] == calls(seed)
        assert result["range"]["pod_hours"] == dict.fromkeys(("least", "middle", "most"), result["pod_hours"])
    found = json.loads(simulate(good, "spike", "--json"))
    (result,) = found["scenarios"][0]["results"]
    assert (found["seed"], found["seeds"]) == (None, [1, 2, 3, 4, 5])
    assert result["calls"] in {calls(seed) for seed in found["seeds"]}


@pytest.mark.grid
def test_the_same_words_give_the_same_figures(good: Project) -> None:
    assert simulate(good, "spike") == simulate(good, "spike")
    seeded = [simulate(good, "spike", "--seed", seed) for seed in ("0", "1", "2", "2")]
    assert len({simulate(good, "spike"), *seeded}) == 4
    assert seeded[2] == seeded[3]


@pytest.mark.grid
def test_the_spike_is_the_one_of_the_preview(project: Project) -> None:
    """The preview plays the mean course, which lies near the runs with chance."""
    hashed = {"host": "mcp.example.com", "implementation": "envoy-gateway"}
    project.stack(**{**STICKY, "edge": hashed, "workload": {"dailyUsers": 3000}})
    result = json.loads(simulate(project, "spike", "--json"))["scenarios"][0]["results"][0]
    preview = " ".join(project.run("preview", "--stack", "dev").stdout.split())
    found = re.search(r" (\d+) sessions lost as pods come and (\d+) sessions dropped within two hours", preview)
    assert found
    for shown, name in zip(found.groups(), ("moved_sessions", "dropped_sessions"), strict=True):
        assert int(shown) > 0
        assert 0.7 * result["range"][name]["least"] <= int(shown) <= 1.3 * result["range"][name]["most"]


@pytest.mark.grid
@pytest.mark.parametrize(
    ("workload", "begun", "within"),
    [
        ({"dailyUsers": 500, "peakFactor": 6}, 1500, 0.06),
        ({"dailyUsers": 500}, 1500, 0.06),
        ({"sessionsByHour": [0] * 8 + [60] * 4 + [20] + [60] * 4 + [0] * 7}, 500, 0.1),
        ({"sessionsByHour": [0] * 10 + [500] + [0] * 13, "sessionMinutes": 5}, 500, 0.1),
    ],
)
def test_a_day_begins_as_many_sessions_as_the_stack_says(
    project: Project,
    workload: dict[str, object],
    begun: int,
    within: float,
) -> None:
    project.stack(workload=workload)
    result = json.loads(simulate(project, "day", "--json"))["scenarios"][0]["results"][0]
    assert result["sessions"] == pytest.approx(begun, rel=within)


@pytest.mark.grid
def test_one_is_one(good: Project, tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    path.write_text("0,1\n60,1\n")
    output = simulate(good, "--load", str(path))
    assert "  Load       1 session at the peak, given\n" in output
    assert re.search(r"^  Objective +missed in 0 of 1 minute$", output, re.M)
    assert re.search(r"^  Longest queue +(<1|0) calls$", output, re.M)


@pytest.mark.grid
def test_policies_stand_beside_each_other(good: Project, tmp_path: Path) -> None:
    tmp_path.joinpath("mine.yaml").write_text(HPA)
    output = simulate(good, "spike", "--compare", "--with", str(tmp_path / "mine.yaml"))
    rows = re.findall(r"^  (this stack|public guides|plain CPU 80 %|mine\.yaml) +\d", output, re.M)
    assert rows == ["this stack", "public guides", "plain CPU 80 %", "mine.yaml"]
    assert "mine.yaml: it is not known what 'acme_things' counts: the metric always fails." in output


@pytest.mark.grid
def test_two_files_of_one_name_can_be_told_apart(good: Project, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        tmp_path.joinpath(folder).mkdir()
        tmp_path.joinpath(folder, "mine.yaml").write_text(HPA)
    files = [word for folder in ("a", "b") for word in ("--with", str(tmp_path / folder / "mine.yaml"))]
    output = simulate(good, "rollout", *files)
    assert re.findall(r"^  (mine\.yaml(?: #\d)?) +\d", output, re.M) == ["mine.yaml", "mine.yaml #2"]


@pytest.mark.grid
def test_a_load_of_one_s_own(good: Project, tmp_path: Path) -> None:
    tmp_path.joinpath("week.csv").write_text("seconds,sessions\n0,10\n3600,90\n7200,10\n")
    output = simulate(good, "--load", str(tmp_path / "week.csv"))
    assert "  Load       90 sessions at the peak, given\n" in output
    assert "week.csv: the load of week.csv\n" in output
    higher = simulate(good, "--load", str(tmp_path / "week.csv"), "--peak", "180")
    assert "  Load       180 sessions at the peak, given\n" in higher


@pytest.mark.grid
def test_slower_pods_take_longer_to_help(good: Project) -> None:
    def recovered(*words: str) -> float:
        data = json.loads(simulate(good, "spike", "--peak", "200", "--json", *words))
        found = data["scenarios"][0]["results"][0]["recovered_seconds"]
        assert isinstance(found, float)
        return found

    fast = recovered()
    assert recovered("--start-seconds", "120") >= fast + 90
    assert recovered("--node-seconds", "180") >= fast + 120
    assert "(assumed; --start-seconds)" not in simulate(good, "spike", "--start-seconds", "120")


@pytest.mark.grid
def test_sessions_that_stay_with_their_pod_are_counted(project: Project) -> None:
    project.stack(**STICKY)
    output = simulate(project, "rollout")
    assert "they stay with their pod" in output
    assert re.search(r"^  Sessions +\d+: [1-9]\d+ lost as pods went, 0 refused$", output, re.M)
    edge = {"host": "mcp.example.com", "implementation": "istio"}
    project.stack(**{**STICKY, "edge": edge})
    output = simulate(project, "rollout")
    assert "a hash keeps them with their pod" in output
    lost = r"[1-9]\d+ lost as pods came, [1-9]\d+ lost as pods went"
    assert re.search(rf"^  Sessions +\d+: {lost}, 0 refused$", output, re.M)
    assert "ScaledObject on sessions 50 a pod" in output


@pytest.mark.grid
def test_json_holds_every_figure_and_the_course(good: Project) -> None:
    data = json.loads(simulate(good, "spike", "zone-loss", "--compare", "--json"))
    assert [policy["name"] for policy in data["policies"]] == ["this stack", "public guides", "plain CPU 80 %"]
    assert [one["name"] for one in data["scenarios"]] == ["spike", "zone-loss"]
    result = data["scenarios"][0]["results"][0]
    assert {"pod_hours", "lost_minutes", "recovered_seconds", "dropped_sessions", "moved_sessions"} < set(result)
    assert result["samples"][0]["at"] == 0
    assert {"pods_wanted", "pods_ready", "sessions", "calls_waiting", "wait_p95_seconds"} < set(result["samples"][0])
    assert data["scenarios"][1]["events"] == [{"at": 3600.0, "what": "the pods of a zone are lost with their nodes"}]
    lost = [one["lost_pods"] for one in data["scenarios"][1]["results"]]
    assert [pods for pods, _ in lost] == [max(1, round(alive / 3)) for _, alive in lost]
    assert set(result["range"]) >= {
        "pod_hours",
        "pods_most",
        "lost_minutes",
        "longest_wait_seconds",
        "dropped_sessions",
    }
    assert all(one["least"] <= one["middle"] <= one["most"] for one in result["range"].values())
    assert result["range"]["pod_hours"]["middle"] == pytest.approx(result["pod_hours"], abs=0.01)
    assert result["wait_seconds"]["p50"] <= result["wait_seconds"]["p95"] <= result["wait_seconds"]["p99"]
    assert result["lost_pods"] is None


@pytest.mark.grid
@pytest.mark.parametrize(("scenarios", "count"), [(("zone-loss",), 1), pytest.param((), 8, marks=pytest.mark.grid)])
def test_a_page_needs_nothing_else(good: Project, tmp_path: Path, scenarios: tuple[str, ...], count: int) -> None:
    path = tmp_path / "page.html"
    simulate(good, *scenarios, "--compare", "--html", str(path))
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"<script|<link|<img|\bsrc=|href=|url\(|@import|https?://", text)
    assert text.count('<svg viewBox="0 0 860 ') == text.count('<svg viewBox="0 0 340 ') == 3 * count
    assert text.count("<table>") == count
    assert "objective missed" in text
    assert "<h2>zone-loss: one of 3 zones lost at the peak</h2>" in text


@pytest.mark.grid
def test_names_in_a_page_are_escaped(good: Project, tmp_path: Path) -> None:
    path, odd = tmp_path / "page.html", tmp_path / "<b onload=x>&\"'.yaml"
    odd.write_text(HPA.replace("acme_things", "acme_<script>"))
    simulate(good, "rollout", "--with", str(odd), "--html", str(path))
    text = path.read_text(encoding="utf-8")
    assert "<b onload" not in text
    assert "&lt;b onload=x&gt;&amp;&quot;&#x27;.yaml" in text
    assert "<script" not in text


@pytest.mark.grid
@pytest.mark.parametrize(("name", "begins"), [("p.svg", b"<?xml"), ("p.png", b"\x89PNG"), ("p.pdf", b"%PDF")])
def test_a_plot_is_of_the_format_that_its_name_says(good: Project, tmp_path: Path, name: str, begins: bytes) -> None:
    pytest.importorskip("matplotlib")
    path = tmp_path / name
    simulate(good, "zone-loss", "--plot", str(path))
    assert path.read_bytes().startswith(begins)
    if name == "p.svg":
        text = path.read_text(encoding="utf-8")
        assert ">time since the start, hours:minutes</text>" in text
        assert ">1 of 3 pods is lost with its node</text>" in text
        for unit in ("sessions", "pods", "seconds"):
            assert f">{unit}</text>" in text


@pytest.mark.grid
def test_titles_of_a_plot_stay_in_their_column(good: Project, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    path = tmp_path / "p.svg"
    simulate(good, "launch", "day", "--plot", str(path))
    texts = re.findall(r">([^<>\n]+)</text>", path.read_text(encoding="utf-8"))
    assert "launch: an announcement: from a tenth of the peak to twice" in texts
    assert max(len(text) for text in texts) <= simulation_plot.NARROW


def test_a_limit_far_above_is_said_where_it_is_not_drawn() -> None:
    line = Line(label="wait", points=((0, 0.1), (1, 0.1)), colour="red")
    near, far = Limit(label="objective", value=0.3), Limit(label="objective", value=1.0)
    panels = [Panel(title="Wait", unit="seconds", lines=(line,), limit=limit) for limit in (None, near, far)]
    assert [simulation_plot.panel_title(panel) for panel in panels] == ["Wait", "Wait", "Wait; objective 1, far above"]


@pytest.mark.grid
def test_a_plot_of_names_with_dollars_is_no_formula(good: Project, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    tmp_path.joinpath("$x^$.yaml").write_text(HPA)
    path = tmp_path / "p.svg"
    simulate(good, "rollout", "spike", "--with", str(tmp_path / "$x^$.yaml"), "--plot", str(path))
    assert ">$x^$.yaml</text>" in path.read_text(encoding="utf-8")


# Refusals


def test_an_unknown_scenario_is_refused_with_the_nearest_name(good: Project) -> None:
    assert refused(good, "spik") == (
        "There is no scenario 'spik'. Did you mean 'spike'? There are: day, spike, spike-10, launch, metric-outage, "
        "resource-outage, zone-loss, slow-start, rollout."
    )
    assert "Did you mean" not in refused(good, "xyzzy")


def test_a_stack_with_errors_is_refused(project: Project) -> None:
    project.stack(server={"image": "registry.example/mcp:latest", "name": "orders"})
    result = project.run("simulate", "--stack", "dev", "spike")
    assert result.exit_code == 1
    assert result.output.startswith("stacks/Pulumi.dev.yaml cannot work: 1 error")
    assert re.search(r"error MCP101 image-not-pinned  \S+:\d+ mcp:server\.image", result.output)
    data = json.loads(project.run("simulate", "--stack", "dev", "spike", "--json").stdout)
    assert "MCP101" in {finding["code"] for finding in data["findings"]}


def test_a_stack_that_is_not_there_is_refused(project: Project) -> None:
    result = project.run("simulate", "--stack", "nowhere")
    assert result.exit_code == 1
    assert "nowhere" in result.output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--peak", "0"), "--peak 0: give a number from 1 to 10,000,000."),
        (("--peak", "-5"), "--peak -5: give a number from 1 to 10,000,000."),
        (("--peak", "1e12"), "--peak 1e+12: give a number from 1 to 10,000,000."),
        (("--peak", "nan"), "--peak nan: give a number from 1 to 10,000,000."),
        (("--start-seconds", "-1"), "--start-seconds -1: give a number from 0 to 3,600."),
        (("--start-seconds", "1e9"), "--start-seconds 1e+09: give a number from 0 to 3,600."),
        (("--node-seconds", "inf"), "--node-seconds inf: give a number from 0 to 3,600."),
        (("--seed", "-1"), "--seed -1: give a whole number from 0 to 2,147,483,648."),
        (("--seed", "2147483649"), "--seed 2147483649: give a whole number from 0 to 2,147,483,648."),
        (
            ("--seed", "99999999999999999999"),
            "--seed 99999999999999999999: give a whole number from 0 to 2,147,483,648.",
        ),
        (("--plot", "x.gif"), "--plot x.gif: a plot ends in .png, .svg, .pdf."),
        (("--plot", "x"), "--plot x: a plot ends in .png, .svg, .pdf."),
        (("--plot", "/nowhere/x.png"), "--plot /nowhere/x.png: give a file in a directory that exists."),
        (("--html", "/nowhere/x.html"), "--html /nowhere/x.html: give a file in a directory that exists."),
        (("--load", "/nowhere.csv"), "--load /nowhere.csv: there is no such file."),
        (("--load", "/tmp"), "--load /tmp: it is no file; give a CSV with lines of seconds,sessions."),
    ],
)
def test_numbers_and_files_that_make_no_sense_are_refused(good: Project, words: tuple[str, ...], message: str) -> None:
    assert refused(good, "spike" if words[0] != "--load" else "--json", *words).find(message) >= 0


@pytest.mark.grid
@pytest.mark.parametrize("seed", ["0", "2147483648"])
def test_the_least_and_the_greatest_seed_are_taken(good: Project, tmp_path: Path, seed: str) -> None:
    tmp_path.joinpath("l.csv").write_text("0,10\n60,10\n")
    simulated = json.loads(simulate(good, "--load", str(tmp_path / "l.csv"), "--seed", seed, "--json"))
    assert simulated["seed"] == int(seed)


def test_words_that_are_no_number_are_a_usage_error(good: Project) -> None:
    assert good.run("simulate", "--stack", "dev", "--peak", "many").exit_code == 2


def test_a_load_beside_scenarios_is_refused(good: Project, tmp_path: Path) -> None:
    tmp_path.joinpath("l.csv").write_text("0,1\n60,2\n")
    message = "--load is a scenario of its own: leave the names of the others out."
    assert refused(good, "spike", "--load", str(tmp_path / "l.csv")) == message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"0,10\n60;20\n", ", line 2: '60;20' is not two numbers; write seconds,sessions"),
        (b"\xff\xfe0,1\n", "l.csv: it is no text in UTF-8; write a CSV with lines of seconds,sessions."),
        (b"0,1\x00\n60,2", "line 1"),
        (b"", ": a load needs two lines at least, 60 seconds apart; write seconds,sessions"),
    ],
)
def test_a_bad_csv_is_refused_with_its_line(good: Project, tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "l.csv"
    path.write_bytes(content)
    assert message in refused(good, "--load", str(path))


@pytest.mark.grid
def test_a_load_of_nobody_cannot_be_made_higher(good: Project, tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    path.write_text("0,0\n60,0\n")
    assert "a load without a session cannot be scaled to --peak 5." in refused(good, "--load", str(path), "--peak", "5")
    assert "Simulation of dev" in simulate(good, "--load", str(path))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [1", ", line 1: it is no YAML: "),
        ("", ": it holds nothing; give a file with one HorizontalPodAutoscaler or ScaledObject."),
        (f"{HPA}\n---\n{HPA}", ": it holds 2 objects; give a file with one"),
        (
            "kind: Deployment",
            ": kind: 'Deployment' is no autoscaler; give a HorizontalPodAutoscaler or a ScaledObject.",
        ),
        (HPA.replace("maxReplicas: 12", "maxReplicas: 1"), ": spec.maxReplicas: must be at least minReplicas, 2."),
        ("- 1\n- 2", ": it is no Kubernetes object; give one HorizontalPodAutoscaler or ScaledObject."),
        ("a: &a [*a]", ": it is no Kubernetes object"),
        ("!!python/object/apply:os.system ['true']", ": it is no YAML: "),
    ],
)
def test_a_bad_autoscaler_is_refused(good: Project, tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(text)
    found = refused(good, "spike", "--with", str(path))
    assert "a.yaml" in found
    if text.startswith("a: &a"):
        assert "a.yaml: kind: None is no autoscaler" in found
    else:
        assert message in found


@pytest.mark.grid
def test_a_list_with_one_autoscaler_is_read(good: Project, tmp_path: Path) -> None:
    path = tmp_path / "list.yaml"
    path.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": [yaml.safe_load(HPA)]}))
    assert re.search(r"^  list\.yaml +\d", simulate(good, "spike", "--with", str(path)), re.M)
    path.write_text(json.dumps({"kind": "List", "items": [yaml.safe_load(HPA)] * 2}))
    assert "list.yaml: it holds 2 objects; give a file with one" in refused(good, "spike", "--with", str(path))


@pytest.mark.grid
def test_a_file_that_is_not_there_is_refused(good: Project, tmp_path: Path) -> None:
    none = tmp_path / "none.yaml"
    assert f"--with {none}: there is no such file" in refused(good, "spike", "--with", str(none))
    assert f"--with {tmp_path}: it is no file; give a YAML file" in refused(good, "spike", "--with", str(tmp_path))
    none.write_bytes(b"\xff\xfe")
    assert f"{none}: it is no text in UTF-8; give a YAML file." in refused(good, "spike", "--with", str(none))


def test_refusals_are_json_where_json_is_asked_for(good: Project) -> None:
    result = good.run("simulate", "--stack", "dev", "spik", "--json")
    assert result.exit_code == 1
    assert "Did you mean 'spike'?" in json.loads(result.stdout)["error"]["message"]


def test_a_plot_without_matplotlib_says_what_to_install(
    good: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setattr(simulation_plot.importlib.util, "find_spec", lambda _: None)
    found = refused(good, "spike", "--plot", str(tmp_path / "p.png"))
    assert found == (
        "--plot draws with matplotlib, which is not installed. Run: pip install 'pulumi-kubernetes-mcp[plot]'"
    )
    assert not tmp_path.joinpath("p.png").exists()
