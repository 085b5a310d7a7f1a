"""What will be done, what undoes it, and what is refused before anything is done."""

from __future__ import annotations

import asyncio
import json
import os
import ssl
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from pulumi_kubernetes_mcp.chaos import clients, denying, freezing
from pulumi_kubernetes_mcp.chaos.bounds import Words, check, numbered
from pulumi_kubernetes_mcp.chaos.choice import MOST_PODS, chosen
from pulumi_kubernetes_mcp.chaos.cluster import Cluster, gone, opening_policies, pods_of
from pulumi_kubernetes_mcp.chaos.cluster_plan import Known, cluster_plan
from pulumi_kubernetes_mcp.chaos.local_plan import local_plan
from pulumi_kubernetes_mcp.chaos.model import Call, Command, Experiment, Pace, Plan, Pod, Restart, Signal, Step
from pulumi_kubernetes_mcp.chaos.processes import Fleet, process_pod, send, started_at
from pulumi_kubernetes_mcp.chaos.production import check_namespace, check_stack
from pulumi_kubernetes_mcp.chaos.refused import ChaosError
from pulumi_kubernetes_mcp.chaos.undoing import Undoing
from pulumi_kubernetes_mcp.eras import Era
from pulumi_kubernetes_mcp.measuring.refused import MeasureError
from pulumi_kubernetes_mcp.probe.clock import Clock
from pulumi_kubernetes_mcp.probe.watched import Watched
from pulumi_kubernetes_mcp.production import ProductionError

PODS = [
    Pod(name, zone=zone, node=f"n-{name}", uid=f"1-{name}") for name, zone in (("a", "z1"), ("b", "z2"), ("c", "z1"))
]
PACE = Pace()


def first(pods: Sequence[Pod], count: int) -> Sequence[Pod]:
    return pods[:count]


def cluster(answers: dict[str, Any] | None = None) -> Cluster:
    """A cluster that answers a question by the first of these that stands in it."""

    def run(words: Sequence[str], given: str) -> subprocess.CompletedProcess[str]:
        asked = " ".join(words)
        for part, answer in (answers or {}).items():
            if part in asked:
                if isinstance(answer, str):
                    return subprocess.CompletedProcess(words, 1, "", answer)
                return subprocess.CompletedProcess(words, 0, json.dumps(answer), "")
        return subprocess.CompletedProcess(words, 1, "", "Error from server (NotFound): not found")

    return Cluster("mcp", "loopback", run)


def planned(experiment: Experiment, affected: Sequence[Pod], known: Known = Known(), **more: Any) -> Plan:  # noqa: B008
    return cluster_plan(experiment, cluster(), PODS, affected, pace=PACE, run="ab12", known=known, **more)


def shown(plan: Plan) -> list[str]:
    words = "kubectl --context loopback --request-timeout 20s --namespace mcp "
    return [step.do.line.removeprefix(words) for step in plan.steps if isinstance(step.do, Command)]


def test_a_kill_of_a_pod_is_no_forced_deletion() -> None:
    plan = planned(Experiment.KILL_POD, PODS[:1])
    assert shown(plan) == ["delete pod a --grace-period=1 --wait=false"]
    assert plan.steps[0].undo is None
    assert plan.steps[0].restored_by


def test_a_zone_is_all_pods_in_it() -> None:
    assert [pod.name for pod in chosen(Experiment.KILL_ZONE, PODS, zone="z1", choose=first)] == ["a", "c"]
    assert [pod.name for pod in chosen(Experiment.KILL_ZONE, PODS, choose=first)] == ["a", "c"]
    with pytest.raises(ChaosError, match="--zone z9: there are pods in z1, z2"):
        chosen(Experiment.KILL_ZONE, PODS, zone="z9", choose=first)
    with pytest.raises(ChaosError, match="zone of no pod is known"):
        chosen(Experiment.KILL_ZONE, [Pod("a")], choose=first)


def test_pods_are_named_or_taken_by_chance_within_a_bound() -> None:
    assert [pod.name for pod in chosen(Experiment.KILL_POD, PODS, names=["b"], choose=first)] == ["b"]
    assert len(chosen(Experiment.KILL_POD, PODS, count=2, choose=first)) == 2
    with pytest.raises(ChaosError, match="--pod x: the ready pods are a, b, c"):
        chosen(Experiment.KILL_POD, PODS, names=["x"], choose=first)
    with pytest.raises(ChaosError, match="--count is 4, and there are 3 pods"):
        chosen(Experiment.KILL_POD, PODS, count=4, choose=first)
    many = [Pod(str(number)) for number in range(MOST_PODS + 1)]
    assert len(chosen(Experiment.KILL_POD, many, count=MOST_PODS, choose=first)) == MOST_PODS
    with pytest.raises(ChaosError, match="10 are the most"):
        chosen(Experiment.KILL_POD, many, count=MOST_PODS + 1, choose=first)
    assert chosen(Experiment.STOP_DATABASE, [], choose=first) == ()


def test_a_policy_that_opens_the_pods_cannot_be_overruled_by_one_that_allows_nothing() -> None:
    with pytest.raises(ChaosError, match="NetworkPolicy mcp-server opens these pods, and policies add up"):
        planned(Experiment.DROP_NETWORK, PODS[:1], Known(opening=["mcp-server"]))
    closed = planned(Experiment.DROP_NETWORK, PODS[:1])
    assert shown(closed) == ["create --filename -", "label pod a kubernetes-mcp/chaos=ab12"]
    for resource in (denying.CILIUM, denying.CALICO):
        plan = planned(Experiment.DROP_NETWORK, PODS[:1], Known(opening=["mcp-server"], denies=resource))
        step = plan.steps[0]
        assert isinstance(step.do, Command)
        assert isinstance(step.undo, Command)
        assert resource in step.undo.words
        assert json.loads(step.do.given)["metadata"]["name"] in step.undo.words


def test_what_opens_pods_is_found_by_its_selector() -> None:
    def policy(name: str, labels: dict[str, str], **spec: Any) -> dict[str, Any]:
        return {"metadata": {"name": name}, "spec": {"podSelector": {"matchLabels": labels}, **spec}}

    items = [
        policy("all", {}, ingress=[{}]),
        policy("deny", {}, policyTypes=["Ingress"]),
        policy("other", {"app": "other"}, ingress=[{}]),
        policy("own", {"app": "web"}, egress=[{}]),
    ]
    pods = [Pod("a", labels={"app": "web"})]
    assert opening_policies(cluster({"networkpolicies": {"items": items}}), pods) == ["all", "own"]


def test_a_freeze_ends_by_itself_and_selects_both_forms_of_a_cgroup() -> None:
    plan = planned(Experiment.FREEZE_POD, PODS[:1])
    step = plan.steps[0]
    assert isinstance(step.do, Command)
    spec = json.loads(step.do.given)["spec"]
    assert spec["nodeName"] == "n-a"
    assert spec["activeDeadlineSeconds"] >= PACE.hold
    assert spec["containers"][0]["command"][-2:] == ["1[-_]a", "10"]
    assert isinstance(step.undo, Command)
    assert freezing.name("ab12", 0) in step.undo.words
    with pytest.raises(ChaosError, match="is on no node"):
        planned(Experiment.FREEZE_POD, [Pod("x")])


def test_each_experiment_needs_rights_does_and_undoes_what_it_says() -> None:
    read = "get and list pods"
    closed, opened = Known(), Known(opening=["web"], denies=denying.CILIUM)
    stopped = {"stop": ["systemctl", "stop", "pg"], "undo": ["systemctl", "start", "pg"]}
    by: list[tuple[Experiment, Known, dict[str, Any], list[tuple[str, str]], tuple[str, ...], str]] = [
        (Experiment.KILL_POD, closed, {}, [("delete pod b --grace-period=1 --wait=false", "")], ("delete pods",), "b"),
        (Experiment.KILL_ZONE, closed, {}, [("delete pod b --grace-period=1 --wait=false", "")],
         ("delete pods", "get nodes, before Kubernetes 1.35"), "b"),
        (Experiment.DROP_NETWORK, closed, {},
         [("create --filename -", "delete networkpolicies.networking.k8s.io mcp-chaos-ab12 --ignore-not-found"),
          ("label pod b kubernetes-mcp/chaos=ab12", "label pod b kubernetes-mcp/chaos-")],
         ("patch pods", "list networkpolicies", f"create and delete {denying.PLAIN}"), "b"),
        (Experiment.DROP_NETWORK, opened, {},
         [("create --filename -", f"delete {denying.CILIUM} mcp-chaos-ab12 --ignore-not-found"),
          ("label pod b kubernetes-mcp/chaos=ab12", "label pod b kubernetes-mcp/chaos-")],
         ("patch pods", "list networkpolicies", f"create and delete {denying.CILIUM}"), "b"),
        (Experiment.STOP_STATE_STORE, Known(replicas=3), {"workload": "deployment/redis"},
         [("scale deployment/redis --replicas=0", "scale deployment/redis --replicas=3")],
         ("get deployment/redis, patch its scale",), ""),
        (Experiment.STOP_DATABASE, closed, stopped, [("systemctl stop pg", "systemctl start pg")], (), ""),
    ]  # fmt: skip
    for experiment, known, more, expected, rights, affected in by:
        plan = planned(experiment, PODS[1:2], known, **more)
        done = [(bare(step.do), bare(step.undo)) for step in plan.steps]
        assert (done, plan.rights) == (expected, (read, *rights)), experiment
        assert ("".join(pod.name for pod in plan.affected), plan.pods) == (affected, tuple(PODS))
    assert planned(Experiment.FREEZE_POD, PODS[:1]).rights[:2] == (read, "create, watch and delete pods")


def bare(action: Any) -> str:
    """The words of a command, without how the cluster is reached."""
    return "" if action is None else str(action.line).rpartition("--namespace mcp ")[2]


def test_a_workload_gets_back_the_pods_that_it_had() -> None:
    plan = planned(Experiment.STOP_DATABASE, [], Known(replicas=3), workload="statefulset/pg")
    assert shown(plan) == ["scale statefulset/pg --replicas=0"]
    undo = plan.steps[0].undo
    assert isinstance(undo, Command)
    assert undo.words[-3:] == ("scale", "statefulset/pg", "--replicas=3")
    assert plan.affected == ()
    with pytest.raises(ChaosError, match="has no pod that could be stopped"):
        planned(Experiment.STOP_DATABASE, [], Known(replicas=0), workload="statefulset/pg")


def test_pods_are_read_with_zones_of_their_own_label_or_of_their_node() -> None:
    def pod(name: str, *, ready: str = "True", labels: dict[str, str] | None = None) -> dict[str, Any]:
        return {
            "metadata": {"name": name, "uid": f"u-{name}", "labels": labels or {}},
            "spec": {"nodeName": f"n-{name}"},
            "status": {
                "conditions": [{"type": "Ready", "status": ready}],
                "containerStatuses": [{"restartCount": 1}],
            },
        }

    zone = "topology.kubernetes.io/zone"
    items = [pod("b"), pod("a", labels={zone: "own"}), pod("c", ready="False")]
    here = cluster({"get pods": {"items": items}, "node n-b": {"metadata": {"labels": {zone: "of-node"}}}})
    found = pods_of(here, "x=y")
    assert [(one.name, one.zone, one.restarts) for one in found] == [("a", "own", 1), ("b", "of-node", 1)]
    assert [one.zone for one in pods_of(cluster({"get pods": {"items": items}, "node": "Forbidden"}), "x=y")] == [
        "own",
        None,
    ]
    again = [{**items[1], "status": {"containerStatuses": [{"restartCount": 2}]}}]
    assert gone(cluster({"get pods": {"items": again}}), "x=y", found) == ["a", "b"]
    assert gone(here, "x=y", found) == []


@pytest.mark.parametrize(
    ("labels", "named", "words"),
    [
        ({"kubernetes-mcp/environment": "staging"}, None, None),
        ({"kubernetes-mcp/environment": "production"}, None, "is in production"),
        ({"kubernetes-mcp/environment": "production"}, "mcp", None),
        ({}, None, "does not say that it is not in production"),
        ({}, "other", "--production names 'other', and the namespace is 'mcp'"),
    ],
)
def test_a_namespace_is_in_production_unless_it_says_otherwise(
    labels: dict[str, str], named: str | None, words: str | None
) -> None:
    here = cluster({"get namespace": {"metadata": {"labels": labels}}})
    if words is None:
        check_namespace(here, named)
    else:
        with pytest.raises(ProductionError, match=words):
            check_namespace(here, named)


def test_a_namespace_that_may_not_be_read_is_taken_for_production() -> None:
    with pytest.raises(ProductionError, match="does not say"):
        check_namespace(cluster({"get namespace": "Error from server (Forbidden): no"}), None)


def test_a_stack_in_production_is_named() -> None:
    check_stack("prod", True, "prod")
    check_stack("staging", False, None)
    with pytest.raises(ProductionError, match="--production prod"):
        check_stack("prod", True, None)
    with pytest.raises(ProductionError, match="names 'other', and the stack is 'prod'"):
        check_stack("prod", True, "other")


def test_every_mistake_is_said_at_once() -> None:
    words = Words(experiment="kill-all", pids=2, direct=1, start=True, count=0, workload=True)
    with pytest.raises(ChaosError) as caught:
        check(words, Pace(hold=0, clients=50, rate=20))
    lines = str(caught.value).splitlines()
    assert len(lines) == 10
    assert lines[0].startswith("There is no experiment 'kill-all'")


GOOD = Words(experiment="kill-pod", url=True, pids=1)


def changed(**more: Any) -> Words:
    return Words(**{**vars(GOOD), **more})


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (changed(pids=0), "Say where it is done"),
        (changed(cluster=True), "give one"),
        (changed(url=False), "Give the URL"),
        (changed(pids=0, start=True), "needs a --port"),
        (changed(zone=True), "--zone belongs to kill-zone"),
        (changed(pods=1, count=1), "--pod names the pods"),
        (changed(stop=True), "belong together"),
        (changed(experiment="stop-database"), "say what stops"),
        (changed(experiment="stop-database", stop=True, undo=True, pods=1), "do not belong to stop-database"),
        (changed(pids=0, cluster=True, namespace=True), "--server NAME"),
        (changed(experiment="drop-network", pods=1), "say what drops the packets"),
        (changed(experiment="drop-network", stop=True, undo=True), "name the processes"),
        (changed(pids=0, cluster=True, experiment="drop-network", stop=True, undo=True), "belong to stop-database"),
    ],
)
def test_what_does_not_fit_together_is_refused(words: Words, said: str) -> None:
    check(GOOD, PACE)
    check(changed(experiment="drop-network", stop=True, undo=True, pods=1), PACE)
    with pytest.raises(ChaosError, match=said):
        check(words, PACE)


def test_numbers_have_zones() -> None:
    assert numbered(["7", "8@a"], "--pid", 10) == [(7, None), (8, "a")]
    for wrong in ("0", "11", "x", "-1"):
        with pytest.raises(ChaosError, match="is no number"):
            numbered([wrong], "--pid", 10)
    with pytest.raises(ChaosError, match="twice"):
        numbered(["7", "7@a"], "--pid", 10)


def test_a_client_sends_what_its_endpoint_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the endpoint is lost on the way, and the end of a session has a second of its own."""
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(clients, "Wire", lambda url, **more: sent.append({"url": url, **more}))
    watched = Watched(
        url="https://mcp.example.com/mcp",
        name="web",
        headers={"Authorization": "Bearer x"},
        eras=(Era.MODERN,),
        max_bytes=7,
        keep_cookies=True,
    )
    context, clock = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), Clock()

    async def wired() -> float:
        group = clients.Clients([watched], Pace(timeout=3, clients=2), context, "run")
        now = asyncio.get_running_loop().time()
        group.wire(watched, clock)
        group.wire(watched, clock, "http://10.0.0.7/mcp")
        return now

    now = asyncio.run(wired())
    for one, url in zip(sent, ("https://mcp.example.com/mcp", "http://10.0.0.7/mcp"), strict=True):
        assert 3 <= one.pop("deadline") - now < 4
        assert 3 + clients.END_SECONDS <= one.pop("end") - now < 4 + clients.END_SECONDS
        assert one == {
            "url": url,
            "clock": clock,
            "context": context,
            "headers": {"Authorization": "Bearer x"},
            "max_bytes": 7,
            "keep_cookies": True,
        }


def test_it_is_quiet_once_every_client_has_called_and_none_failed() -> None:
    watched = Watched(url="https://mcp.example.com/mcp", name="web", eras=(Era.MODERN,))

    def call(client: int, ended: float, **more: Any) -> Call:
        return Call(era=Era.MODERN, client=client, begun=ended - 0.1, ended=ended, **more)

    async def quiet(*calls: Call) -> bool:
        group = clients.Clients([watched], Pace(clients=2), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), "run")
        group.calls.extend(calls)
        return group.quiet(5)

    def is_quiet(*calls: Call) -> bool:
        return asyncio.run(quiet(*calls))

    assert is_quiet(call(0, 5), call(1, 6), call(1, 4, reason="closed"))
    assert not is_quiet(call(0, 5), call(1, 4.9))
    assert not is_quiet(call(0, 5), call(0, 6))
    assert not is_quiet(call(0, 5), call(1, 6), call(1, 7, reason="closed"))
    assert not is_quiet(call(0, 5), call(1, 6, opening=True))


@pytest.fixture
def victim() -> Any:
    """A process of ours that waits."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    yield process
    process.kill()
    process.wait()


def test_processes_that_are_started_have_their_ports_and_their_last_words() -> None:
    script = 'echo "$0 $PORT $UVICORN_PORT $FASTMCP_PORT"; echo wrong >&2; [ "$0" = 9001 ] || exec sleep 60'
    fleet = Fleet(["/bin/sh", "-c", script, "{port}"], "http://127.0.0.1:8000/a/mcp", {9001: "z1", 9002: None})

    async def played() -> None:
        try:
            one, two = fleet.start_all()
            assert (fleet.ports, one, two) == (
                [9001, 9002],
                Pod("process at 9001", zone="z1", url="http://127.0.0.1:9001/a/mcp", pid=one.pid, uid=one.uid),
                Pod("process at 9002", url="http://127.0.0.1:9002/a/mcp", pid=two.pid, uid=two.uid),
            )
            assert two.uid == started_at(two.pid or 0) != ""
            assert one.pid is not None
            while started_at(one.pid):
                await asyncio.sleep(0.01)
            with pytest.raises(MeasureError, match=r"(?s)port 9001 has ended:.*9001 9001 9001 9001\n.*wrong"):
                fleet.check()
            fleet.restart(one.pid)
            assert fleet.pod(9001).pid != one.pid
            assert fleet.pod(9002).pid == two.pid
        finally:
            await fleet.stop()
        assert {started_at(pod.pid or 0) for pod in (one, two)} == {""}

    asyncio.run(played())
    absent = Fleet(["/no/such"], "http://127.0.0.1/mcp", {9001: None})
    with pytest.raises(ChaosError, match="--start cannot run '/no/such'"):
        absent.start_all()
    asyncio.run(absent.stop())


def test_a_signal_reaches_only_the_process_that_was_meant(victim: subprocess.Popen[bytes]) -> None:
    pod = process_pod(victim.pid)
    send(Signal("KILL", victim.pid, "another start"))
    assert victim.poll() is None
    assert pod.uid == started_at(victim.pid)
    send(Signal("KILL", victim.pid, pod.uid))
    assert victim.wait(10) == -9
    with pytest.raises(ChaosError, match="no such process"):
        process_pod(victim.pid)
    with pytest.raises(ChaosError, match="is this program"):
        process_pod(os.getpid())


def test_a_started_process_is_started_again_and_another_is_not() -> None:
    pod = Pod("p", pid=7, uid="1")
    assert local_plan(Experiment.KILL_POD, [pod], [pod], started=True).steps[0].undo == Restart(7)
    plan = local_plan(Experiment.KILL_POD, [pod], [pod], started=False)
    assert (plan.steps[0].undo, plan.steps[0].restored_by) == (None, "whoever started it")
    with pytest.raises(ChaosError, match="link set eth0 down"):
        local_plan(Experiment.DROP_NETWORK, [pod], [pod], started=False)
    plan = local_plan(Experiment.DROP_NETWORK, [pod], [pod], started=True, stop=["down"], undo=["up"])
    step = Step(says="drop the packets of p", do=Command(("down",)), undo=Command(("up",)))
    assert (plan.steps, plan.affected) == ((step,), (pod,))
    with pytest.raises(ChaosError, match="--stop"):
        local_plan(Experiment.STOP_DATABASE, [pod], [], started=False)


def touching(path: Path, *, fails: bool = False) -> Command:
    return Command(("/bin/sh", "-c", "exit 3") if fails else ("/bin/sh", "-c", 'printf u >> "$1"', "sh", str(path)))


def steps(path: Path, journal: Path, fails: Sequence[bool]) -> list[Step]:
    do = Command(("/bin/sh", "-c", 'test -e "$2" && printf d >> "$1"', "sh", str(path), str(journal)))
    return [Step(says="touch it", do=do, undo=touching(path, fails=one)) for one in fails]


@pytest.fixture
def undoing(tmp_path: Path) -> Callable[[list[str]], Undoing]:
    return lambda said: Undoing(tmp_path / "undo.sh", said.append, 0)


def test_what_undoes_it_is_written_before_it_is_done_and_gone_after_it(
    tmp_path: Path, undoing: Callable[[list[str]], Undoing]
) -> None:
    path, journal = tmp_path / "log", tmp_path / "undo.sh"
    path.write_text("")
    said: list[str] = []
    one = undoing(said)
    one.do(steps(path, journal, [False, False]))
    assert path.read_text() == "dd"
    assert len(journal.read_text().splitlines()) == 3
    one.undo()
    assert path.read_text() == "dduu"
    assert not journal.exists()
    assert one.left == []


def test_what_cannot_be_undone_stays_written(tmp_path: Path, undoing: Callable[[list[str]], Undoing]) -> None:
    path, journal = tmp_path / "log", tmp_path / "undo.sh"
    path.write_text("")
    one = undoing([])
    one.do(steps(path, journal, [True, False]))
    one.undo()
    assert path.read_text() == "ddu"
    assert len(one.left) == 1
    assert one.left[0] in journal.read_text()
    with pytest.raises(ChaosError, match="was not undone"):
        undoing([]).do(steps(path, journal, [False]))
    # The file is what a shell takes, and says when it could not.
    assert subprocess.run(["/bin/sh", str(journal)], check=False).returncode == 3


def test_a_step_that_fails_leaves_the_others_to_be_undone(
    tmp_path: Path, undoing: Callable[[list[str]], Undoing]
) -> None:
    path, journal = tmp_path / "log", tmp_path / "undo.sh"
    path.write_text("")
    good, bad = steps(path, journal, [False, False])
    one = undoing([])
    with pytest.raises(ChaosError):
        one.do([good, Step(says="fail", do=touching(path, fails=True), undo=bad.undo)])
    one.undo()
    assert path.read_text() == "duu"
    assert not journal.exists()
