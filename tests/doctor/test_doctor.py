"""Whether a cluster has what a stack needs: recorded answers, judged line by line."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pulumi
import pytest

from pulumi_kubernetes_mcp.doctor.claims import claim
from pulumi_kubernetes_mcp.doctor.controllers import ARGO_ROLLOUTS
from pulumi_kubernetes_mcp.doctor.judge import METRICS, NODES, VERSION, definition, judge, may, named, questions
from pulumi_kubernetes_mcp.doctor.model import Answer, Line, Question, Snapshot, State
from pulumi_kubernetes_mcp.doctor.needs import Needs, needs, plural
from pulumi_kubernetes_mcp.doctor.read import answer, command, read
from pulumi_kubernetes_mcp.doctor.selection import PROMETHEUSES, selection
from pulumi_kubernetes_mcp.doctor.served import CLASSES
from pulumi_kubernetes_mcp.kubernetes.selectors import matches
from tests.rendered.sets import objects

GATEWAY = named("gateways.gateway.networking.k8s.io", "public", "gateway-system")


def wanted(stack: str = "production-us-east") -> Needs:
    """What a stack of the example needs, which a fork of the repository does not change."""
    return needs(objects(stack))


def crd(*versions: str, **labels: str) -> dict[str, Any]:
    return {"metadata": {"labels": labels}, "spec": {"versions": [{"name": one, "served": True} for one in versions]}}


def node(zone: str, arch: str = "amd64") -> dict[str, Any]:
    return {"metadata": {"labels": {"topology.kubernetes.io/zone": zone, "kubernetes.io/arch": arch}}}


def operated(*kinds: str, **labels: str) -> dict[str, Any]:
    """A Prometheus that selects some kinds in all namespaces by labels."""
    spec = {f"{kind}Selector": {"matchLabels": labels} for kind in kinds}
    spec |= {f"{kind}NamespaceSelector": {} for kind in kinds}
    return {"metadata": {"name": "k8s", "namespace": "monitoring"}, "spec": spec}


def condition(kind: str, status: str) -> dict[str, Any]:
    return {"status": {"conditions": [{"type": kind, "status": status}]}}


def healthy(need: Needs) -> dict[Question, Answer]:
    """The answers of a cluster that has everything."""
    answers: dict[Question, Answer] = {}
    for question in questions(need):
        value: Any = {"metadata": {"labels": {}}, "spec": {}, "items": []}
        if question[0] == "auth":
            value = True
        elif question[:2] == ("get", "customresourcedefinition"):
            value = crd("v1", "v1alpha1", **{"app.kubernetes.io/version": "2.21.0"})
        elif question[:2] == ("get", "secret"):
            value = [key for name, keys in need.secrets for key in keys if name == question[2]]
        answers[question] = Answer(value)
    answers[named("namespace", need.namespace)] = Answer()
    answers[VERSION] = Answer({"serverVersion": {"gitVersion": "v1.36.3", "minor": "36+"}})
    answers[NODES] = Answer({"items": [node("a"), node("b"), node("c")]})
    answers[METRICS] = Answer(condition("Available", "True"))
    answers[PROMETHEUSES] = Answer({"items": [operated("podMonitor", "rule", release="kube-prometheus-stack")]})
    listener = {"name": "https", "allowedRoutes": {"namespaces": {"from": "All"}}}
    if GATEWAY in answers:
        answers[GATEWAY] = Answer({"spec": {"listeners": [listener]}})
    return answers


def lines(need: Needs, **changed: Any) -> list[Line]:
    answers: Mapping[Question, Answer] = {**healthy(need), **changed.get("answers", {})}
    return judge(need, Snapshot("here", answers), zones=3)


def bad(found: Sequence[Line]) -> list[tuple[str, str, str]]:
    return [(line.what, line.detail, line.key) for line in found if line.state is not State.OK]


@pytest.mark.grid
@pytest.mark.parametrize("stack", ["production-us-east", "production-eu-west", "staging"])
def test_a_cluster_that_has_everything(stack: str) -> None:
    need = wanted(stack)
    found = lines(need)
    assert bad(found) == []
    assert len(found) >= 10


def test_what_is_asked_for() -> None:
    need = wanted()
    assert need.gateways == (("gateway-system", "public", "https"),)
    assert need.stores == (("ClusterSecretStore", "platform"),)
    assert need.makes_namespace
    assert need.secrets == (), "the ExternalSecret makes the only one"
    assert {"monitoring", "kube-system", "gateway-system"} <= set(need.namespaces)
    assert wanted("staging").secrets == (("mcp-orders-staging", ("api-token",)),)
    assert [plural(kind) for kind in ("NetworkPolicy", "Ingress", "Gateway", "Service")] == [
        "networkpolicies",
        "ingresses",
        "gateways",
        "services",
    ]


def classed(controller: str | None) -> dict[Question, Answer]:
    """A Gateway of the class 'own', which a controller serves."""
    listener = {"name": "https", "allowedRoutes": {"namespaces": {"from": "All"}}}
    spec = {} if controller is None else {"controllerName": controller}
    one = {"metadata": {"name": "own"}, "spec": spec}
    return {
        GATEWAY: Answer({"spec": {"gatewayClassName": "own", "listeners": [listener]}}),
        CLASSES: Answer({"items": [one] if controller != "" else []}),
    }


SERVED: list[tuple[str | None, State, str]] = [
    # The stacks of this repository open the pods to the namespace of the Gateway.
    ("istio.io/gateway-controller", State.OK, "Istio (istio.io/gateway-controller)"),
    ("kgateway.dev/kgateway", State.OK, "kgateway (kgateway.dev/kgateway)"),
    ("example.com/own", State.OK, "example.com/own, none that has a name here"),
    ("gateway.envoyproxy.io/gatewayclass-controller", State.MISSING, "proxies run in envoy-gateway-system"),
    ("io.cilium/gateway-controller", State.MISSING, "set it to 'cilium'"),
    ("networking.gke.io/gateway", State.MISSING, "set it to 'gke'"),
    ("", State.MISSING, "its GatewayClass 'own' is not there"),
    (None, State.MISSING, "its GatewayClass 'own' names no controller"),
]


def test_what_serves_the_gateway_and_whether_its_proxies_get_in() -> None:
    def said(answers: Mapping[Question, Answer]) -> Line:
        (line,) = [one for one in lines(wanted(), answers=answers) if one.what.endswith("public: controller")]
        return line

    for controller, state, words in SERVED:
        line = said(classed(controller))
        assert (line.state, line.key) == (state, "mcp:edge.implementation"), controller
        assert words in line.detail
    line = said({**classed("kgateway.dev/kgateway"), CLASSES: Answer(refused="forbidden")})
    assert (line.state, line.detail) == (State.UNSURE, "forbidden")


def test_what_is_said_of_a_gateway_offers_a_namespace_only_where_its_proxies_have_one() -> None:
    def said(controller: str, need: Needs) -> Line:
        (line,) = [one for one in lines(need, answers=classed(controller)) if one.what.endswith("public: controller")]
        return line

    for controller in ("io.cilium/gateway-controller", "networking.gke.io/gateway"):
        assert "clientNamespace" not in said(controller, wanted()).detail
    # Traefik's are wherever it was installed: that may be beside the Gateway, and nobody has said so.
    traefik = "traefik.io/gateway-controller"
    line = said(traefik, wanted())
    assert (line.state, line.key) == (State.UNSURE, "mcp:edge.clientNamespace")
    assert "open to gateway-system" in line.detail
    elsewhere = replace(wanted(), let_in=("monitoring", "traefik"))
    assert wanted().let_in == ("gateway-system", "monitoring")
    assert said(traefik, elsewhere).state is State.OK


def test_a_stack_that_knows_what_serves_its_gateway_is_told_so() -> None:
    need = replace(wanted(), kinds=(*wanted().kinds, ("gateway.envoyproxy.io/v1alpha1", "BackendTrafficPolicy")))
    answers = {**healthy(need), **classed("gateway.envoyproxy.io/gatewayclass-controller")}
    (line,) = [one for one in judge(need, Snapshot("here", answers)) if one.what.endswith("public: controller")]
    assert line.state is State.OK


def mounting(kind: str = "Deployment", places: int = 1, **spec: Any) -> dict[str, Any]:
    volumes = [{"name": f"data-{one}", "persistentVolumeClaim": {"claimName": "notes"}} for one in range(places)]
    pod = {"containers": [{"name": "server"}], "volumes": volumes}
    metadata = {"name": "orders", "namespace": "shop"}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": metadata, "spec": {**spec, "template": {"spec": pod}}}


RECREATED = {"replicas": 1, "strategy": {"type": "Recreate"}}
SCALER = {
    "apiVersion": "autoscaling/v2",
    "kind": "HorizontalPodAutoscaler",
    "metadata": {"name": "orders", "namespace": "shop"},
    "spec": {"scaleTargetRef": {"kind": "Deployment", "name": "orders"}},
}


@pytest.mark.parametrize(
    ("made", "modes", "state"),
    [
        ([mounting(**RECREATED)], ["ReadWriteOnce"], State.OK),
        ([mounting(places=2, **RECREATED)], ["ReadWriteOnce"], State.OK),
        ([mounting(**RECREATED), mounting(**RECREATED)], ["ReadWriteOnce"], State.MISSING),
        ([mounting("StatefulSet", replicas=1)], ["ReadWriteOncePod"], State.OK),
        ([mounting("StatefulSet", replicas=2)], ["ReadWriteOncePod"], State.MISSING),
        ([mounting(replicas=1)], ["ReadWriteOnce"], State.MISSING),
        ([mounting(replicas=3, strategy={"type": "Recreate"})], ["ReadWriteOnce"], State.MISSING),
        ([mounting(**RECREATED), SCALER], ["ReadWriteOncePod"], State.MISSING),
        ([mounting(replicas=3)], ["ReadWriteMany"], State.OK),
        ([mounting(**RECREATED)], None, State.MISSING),
    ],
)
def test_a_claim_that_others_make(made: list[dict[str, Any]], modes: list[str] | None, state: State) -> None:
    need = needs(made)
    assert claim("notes", "shop") == ("get", "persistentvolumeclaim", "notes", "--namespace", "shop")
    answer = Answer() if modes is None else Answer({"spec": {"accessModes": modes}})
    found = judge(need, Snapshot("here", {**healthy(need), claim("notes", "shop"): answer}))
    (line,) = [one for one in found if one.what == "PersistentVolumeClaim shop/notes"]
    assert (line.state, line.key) == (state, "mcp:server.volumes")
    seen = modes or ["is not there"]
    assert line.detail.startswith(tuple(seen))
    asked = judge(need, Snapshot("here", {**healthy(need), claim("notes", "shop"): Answer(refused="forbidden")}))
    (line,) = [one for one in asked if one.what == "PersistentVolumeClaim shop/notes"]
    assert (line.state, line.detail) == (State.UNSURE, "forbidden")


def test_a_claim_of_the_stack_is_not_asked_for() -> None:
    own = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "notes"}, "spec": {}}
    assert needs([mounting(replicas=1), own]).mounted == ()


@pytest.mark.parametrize(
    ("pod", "minor", "state"),
    [
        ({"lifecycle": {"preStop": {"sleep": {"seconds": 10}}}}, 29, State.MISSING),
        ({"lifecycle": {"preStop": {"sleep": {"seconds": 10}}}}, 30, State.OK),
        ({"lifecycle": {"preStop": {"sleep": {"seconds": 10}}}}, 33, State.OK),
        ({"lifecycle": {"preStop": {"sleep": {"seconds": 10}}}}, 34, State.OK),
        ({"restartPolicy": "Always"}, 28, State.MISSING),
        ({"restartPolicy": "Always"}, 29, State.OK),
        ({"lifecycle": {"preStop": {"exec": {"command": ["/drain"]}}}}, 28, State.OK),
    ],
)
def test_an_old_cluster_is_missed_by_what_the_pods_have(pod: dict[str, Any], minor: int, state: State) -> None:
    made = {**mounting(replicas=1), "spec": {"template": {"spec": {"initContainers": [pod], "containers": [pod]}}}}
    answer = Answer({"serverVersion": {"gitVersion": f"v1.{minor}.1", "minor": str(minor)}})
    line = judge(needs([made]), Snapshot("here", {VERSION: answer}))[0]
    assert (line.what, line.state) == ("Kubernetes", state)
    assert line.detail.endswith("; the pre-stop sleep is stable from 1.34 on") == (minor in (30, 33))


ELSEWHERE = replace(
    needs([{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "orders", "namespace": "shop"}}]),
    listening=(("gateways", "public"),),
    gateway_classes=("own",),
    claims=True,
)
OPENED = replace(ELSEWHERE, namespaces=("monitoring",), read=(("PodMonitor", "orders", ()),))
LISTENERS = "Gateway gateways/public: listeners of others"
PUBLIC = named("gateways.gateway.networking.k8s.io", "public", "gateways")
STORAGES = ("get", "storageclasses")


def listened(said: str) -> Answer:
    return Answer({"spec": {"allowedListeners": {"namespaces": {"from": said}}}})


def phased(phase: str) -> Answer:
    return Answer({"metadata": {"labels": {"app.kubernetes.io/part-of": "mcp"}}, "status": {"phase": phase}})


def test_each_answer_has_its_state() -> None:
    """Of one question at a time: what is there, what is not, and what nobody may see."""
    marked = {"metadata": {"name": "fast", "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}}}
    beside = replace(ELSEWHERE, listening=(("shop", "public"),))
    own = named("gateways.gateway.networking.k8s.io", "public", "shop")
    told: list[tuple[Needs, Question, Answer, str, State, str]] = [
        (ELSEWHERE, PUBLIC, listened("All"), LISTENERS, State.OK, "allowedListeners: All"),
        (ELSEWHERE, PUBLIC, listened("Selector"), LISTENERS, State.UNSURE, "by the labels of the namespace"),
        (ELSEWHERE, PUBLIC, listened("Same"), LISTENERS, State.MISSING, "takes none of shop"),
        (ELSEWHERE, PUBLIC, Answer({"spec": {}}), LISTENERS, State.MISSING, "namespaces.from is None"),
        (ELSEWHERE, PUBLIC, Answer(refused="forbidden"), LISTENERS, State.UNSURE, "forbidden"),
        (ELSEWHERE, PUBLIC, Answer(), LISTENERS, State.MISSING, "is not there"),
        (beside, own, listened("Same"), "Gateway shop/public: listeners of others", State.OK, "allowedListeners: Same"),
        (ELSEWHERE, named("gatewayclasses.gateway.networking.k8s.io", "own"), Answer(), "GatewayClass own",
         State.MISSING, "is not there"),
        (ELSEWHERE, NODES, Answer({"items": [node("a"), node("b"), node("c")]}), "Topology labels", State.OK,
         "3 nodes in 3 zones, planned for 3"),
        (ELSEWHERE, NODES, Answer(), "Topology labels", State.MISSING, "there is no node"),
        (ELSEWHERE, NODES, Answer({"items": [node("a"), node("b", "arm64")]}), "Architectures", State.OK,
         "amd64 and arm64: the image must be there for each"),
        (ELSEWHERE, STORAGES, Answer({"items": [marked]}), "Default StorageClass", State.OK, "fast"),
        (ELSEWHERE, STORAGES, Answer({"items": [{"metadata": {"name": "fast"}}]}), "Default StorageClass",
         State.MISSING, "none is the default"),
        (ELSEWHERE, STORAGES, Answer(), "Default StorageClass", State.MISSING, "there is no StorageClass"),
        (ELSEWHERE, VERSION, Answer({"serverVersion": {"gitVersion": "v1.36.3"}}), "Kubernetes", State.UNSURE,
         "it does not say its version"),
        (ELSEWHERE, VERSION, Answer(refused="forbidden"), "Kubernetes", State.UNSURE, "forbidden"),
        (ELSEWHERE, named("namespace", "shop"), Answer(refused="forbidden"), "Namespace shop", State.UNSURE,
         "forbidden"),
        (ELSEWHERE, named("namespace", "shop"), Answer(), "Namespace shop", State.MISSING, "is not there"),
        (ELSEWHERE, named("namespace", "shop"), phased("Active"), "Namespace shop", State.OK, "is there"),
        (ELSEWHERE, named("namespace", "shop"), Answer({"metadata": {}}), "Namespace shop", State.OK, "is there"),
        (ELSEWHERE, named("namespace", "shop"), phased("Terminating"), "Namespace shop", State.MISSING,
         "is being deleted"),
        (OPENED, named("namespace", "monitoring"), Answer(), "Namespace monitoring", State.MISSING, "is not there, so"),
        (OPENED, named("namespace", "monitoring"), Answer(refused="forbidden"), "Namespace monitoring", State.UNSURE,
         "forbidden"),
        (OPENED, named("namespace", "monitoring"), phased("Active"), "Namespace monitoring", State.OK, "is there;"),
        (OPENED, PROMETHEUSES, Answer(refused="forbidden"), "Prometheus", State.UNSURE, "forbidden"),
        (wanted(), METRICS, Answer(), "Metrics API", State.MISSING, "is not there: no metrics-server"),
        (wanted(), METRICS, Answer(refused="forbidden"), "Metrics API", State.UNSURE, "forbidden"),
        (wanted(), METRICS, Answer(condition("Available", "True")), "Metrics API", State.OK, "answers"),
        (ELSEWHERE, may("create", "services", "shop"), Answer(refused="forbidden"), "Rights to apply", State.UNSURE,
         "not known for services"),
        (ELSEWHERE, may("create", "services", "shop"), Answer(True), "Rights to apply", State.OK, "all 1 kinds"),
    ]  # fmt: skip
    for need, question, said, what, state, words in told:
        assert question in questions(need), question
        (line,) = [one for one in lines(need, answers={question: said}) if one.what == what]
        assert (line.state, words in line.detail) == (state, True), line
    of_nobody = lines(ELSEWHERE, answers={PROMETHEUSES: Answer(refused="forbidden")})
    assert [one for one in of_nobody if one.what == "Prometheus"] == []


ROUTES = definition("httproutes.gateway.networking.k8s.io")
MISSING: list[tuple[str, Question, Answer, tuple[str, str, str]]] = [
    (
        "production-us-east",
        VERSION,
        Answer({"serverVersion": {"gitVersion": "v1.28.1", "minor": "28"}}),
        ("Kubernetes", "v1.28.1, and 1.30 is the oldest that works", "mcp:region.kubernetesVersion"),
    ),
    (
        "production-us-east",
        ROUTES,
        Answer(),
        ("Gateway API: httproutes.gateway.networking.k8s.io", "is not installed", "mcp:edge.kind"),
    ),
    (
        "production-us-east",
        ROUTES,
        Answer(crd("v1beta1")),
        (
            "Gateway API: httproutes.gateway.networking.k8s.io",
            "serves v1beta1 and not v1",
            "mcp:edge.kind",
        ),
    ),
    (
        "production-us-east",
        GATEWAY,
        Answer(),
        (
            "Gateway gateway-system/public",
            "is not there",
            "mcp:edge.gateway.name, mcp:edge.gateway.namespace",
        ),
    ),
    (
        "production-us-east",
        GATEWAY,
        Answer({"spec": {"listeners": [{"name": "web"}]}}),
        ("Gateway gateway-system/public", "has no listener 'https', but web", "mcp:edge.gateway.section"),
    ),
    (
        "production-us-east",
        GATEWAY,
        Answer({"spec": {"listeners": [{"name": "https"}]}}),
        (
            "Gateway gateway-system/public",
            "the listener https takes routes of its own namespace only (allowedRoutes)",
            "mcp:edge.gateway.section",
        ),
    ),
    (
        "production-us-east",
        METRICS,
        Answer(condition("Available", "False")),
        ("Metrics API", "does not answer", "mcp:scaling.autoscaler"),
    ),
    (
        "production-us-east",
        NODES,
        Answer({"items": [node("a"), node("a")]}),
        ("Topology labels", "2 nodes in 1 zones, planned for 3", "mcp:region.zones"),
    ),
    (
        "staging",
        named("secret", "mcp-orders-staging", "mcp-staging-us-east"),
        Answer(["other"]),
        ("Secret mcp-staging-us-east/mcp-orders-staging", "has no key api-token", "mcp:secrets.env"),
    ),
    (
        "staging",
        named("ingressclass", "nginx"),
        Answer(),
        ("IngressClass nginx", "is not there", "mcp:edge.ingressClass"),
    ),
    (
        "production-us-east",
        named("namespace", "mcp-prod-us-east"),
        Answer({"metadata": {"labels": {}}, "status": {"phase": "Active"}}),
        (
            "Namespace mcp-prod-us-east",
            "is there, and no stack of this kind has made it",
            "mcp:region.createNamespace",
        ),
    ),
    (
        "production-us-east",
        may("create", "deployments.apps", "mcp-prod-us-east"),
        Answer(False),
        ("Rights to apply", "may not create deployments.apps", "kubernetes:context"),
    ),
    (
        "production-us-east",
        NODES,
        Answer(refused="nodes is forbidden"),
        ("Topology labels", "nodes is forbidden", "mcp:region.zones"),
    ),
]


@pytest.mark.parametrize(("stack", "question", "said", "expected"), MISSING)
def test_one_thing_that_is_missing(
    stack: str, question: Question, said: Answer, expected: tuple[str, str, str]
) -> None:
    """Each is asked for, and told by itself."""
    need = wanted(stack)
    assert question in questions(need)
    assert bad(lines(need, answers={question: said})) == [expected]


def test_no_question_changes_anything_or_reads_the_value_of_a_secret() -> None:
    for question in questions(wanted("staging")):
        words = command("here", question)
        assert words[:3] == ["kubectl", "--context", "here"]
        assert words[5] in ("get", "version", "auth")
        if "secret" in question:
            assert "json" not in words
            assert words[-1].startswith("go-template={{range $key, $value := .data}}{{$key}}")


def done(code: int, out: str = "", error: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.CompletedProcess([], code, out, error)


@pytest.mark.parametrize(
    ("question", "run", "expected"),
    [
        (("get", "nodes"), done(0, '{"items": []}'), Answer({"items": []})),
        (("get", "namespace", "a"), done(0, ""), Answer()),
        (
            ("get", "gateways.x", "a"),
            done(1, "", 'error: the server doesn\'t have a resource type "gateways"'),
            Answer(),
        ),
        (
            ("get", "nodes"),
            done(1, "", "Warning: x\nError from server (Forbidden): nodes is forbidden"),
            Answer(refused="(Forbidden): nodes is forbidden"),
        ),
        (("get", "nodes"), done(0, "<html>"), Answer(refused="kubectl printed no JSON")),
        (("get", "secret", "a"), done(0, "password\nusername\n"), Answer(["password", "username"])),
        (("auth", "can-i", "create", "pods"), done(1, "no\n"), Answer(False)),
        (("auth", "can-i", "create", "pods"), done(0, "yes\n"), Answer(True)),
        (
            ("auth", "can-i", "create", "pods"),
            done(1, "", "error: no such user"),
            Answer(refused="error: no such user"),
        ),
    ],
)
def test_what_kubectl_says(question: Question, run: subprocess.CompletedProcess[str], expected: Answer) -> None:
    assert answer(question, run) == expected


def test_a_cluster_is_read_in_the_context_that_was_given_or_the_current_one() -> None:
    asked: list[Sequence[str]] = []

    def kubectl(words: Sequence[str]) -> subprocess.CompletedProcess[str]:
        asked.append(words)
        return done(0, "kind-dev\n" if "current-context" in words else json.dumps({}))

    assert read(None, [NODES], kubectl).context == "kind-dev"
    assert read("prod", [NODES], kubectl).of(NODES) == Answer({})
    assert [words[2] for words in asked if "nodes" in words] == ["kind-dev", "prod"]
    known = [list(words) for words in asked if "get-contexts" in words]
    assert known == [["kubectl", "config", "get-contexts", one, "--output", "name"] for one in ("kind-dev", "prod")]
    tried = ["--request-timeout", "20s", "get", "--raw", "/version"]
    answered = [list(words) for words in asked if "--raw" in words]
    assert answered == [["kubectl", "--context", one, *tried] for one in ("kind-dev", "prod")]


def test_a_question_is_asked_in_these_words() -> None:
    def asked(*question: str) -> list[str]:
        return command("here", question)

    before = ["kubectl", "--context", "here", "--request-timeout", "20s"]
    assert asked("get", "nodes") == [*before, "get", "nodes", "--output", "json"]
    assert asked("version") == [*before, "version", "--output", "json"]
    assert asked("auth", "can-i", "create", "pods") == [*before, "auth", "can-i", "create", "pods"]
    last = ["--ignore-not-found", "--output"]
    assert asked("get", "namespace", "a") == [*before, "get", "namespace", "a", *last, "json"]
    keys = 'go-template={{range $key, $value := .data}}{{$key}}{{"\\n"}}{{end}}'
    assert asked("get", "secret", "a") == [*before, "get", "secret", "a", *last, keys]


@pytest.mark.parametrize(
    ("refusing", "words"),
    [
        ("current-context", "kubectl has no current context"),
        ("get-contexts", "kubectl has no context 'kind-dev'"),
        ("--raw", "The cluster 'kind-dev' does not answer: connection refused"),
    ],
)
def test_a_cluster_that_cannot_be_read_is_said_in_words(refusing: str, words: str) -> None:
    def kubectl(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        return done(1, "kind-dev", "connection refused") if refusing in command else done(0, "kind-dev")

    with pytest.raises(pulumi.RunError, match=words):
        read(None, [NODES], kubectl)


def test_an_issuer_that_an_edge_names_is_needed() -> None:
    """The annotation by which cert-manager is asked for a certificate."""
    labels = {"cert-manager.io/cluster-issuer": "letsencrypt"}
    edge = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "a", "annotations": labels}}
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "mcp"}}
    assert needs([namespace, {**edge, "spec": {}}]).issuers == ("letsencrypt",)


ROLLED_OUT = [
    {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "mcp"}},
    {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": {"name": "web", "namespace": "mcp"}},
]
ARGO_CRD = "rollouts.argoproj.io"


def controller(namespace: str = "argo-rollouts", ready: int = 1, args: Sequence[str] = ()) -> dict[str, Any]:
    pod = {"spec": {"containers": [{"name": "argo-rollouts", "args": list(args)}]}}
    status = {"readyReplicas": ready} if ready else {}
    labels = {"app.kubernetes.io/version": "v1.10.2"}
    metadata = {"name": "argo-rollouts", "namespace": namespace, "labels": labels}
    return {"metadata": metadata, "spec": {"template": pod}, "status": status}


@pytest.mark.parametrize(
    ("answered", "state", "detail"),
    [
        (Answer({"items": [controller()]}), State.OK, "argo-rollouts/argo-rollouts has 1 ready, v1.10.2"),
        (
            Answer({"items": [controller("mcp", args=["--namespaced"])]}),
            State.OK,
            "mcp/argo-rollouts has 1 ready, v1.10.2",
        ),
        (
            Answer({"items": [controller("other", args=["--namespaced"])]}),
            State.MISSING,
            "that of other sees its own namespace alone (--namespaced)",
        ),
        (
            Answer({"items": [controller("other", args=["--namespaced=true"]), controller(ready=0)]}),
            State.MISSING,
            "argo-rollouts/argo-rollouts has no ready pod",
        ),
        (
            Answer({"items": []}),
            State.UNSURE,
            "no Deployment has the label app.kubernetes.io/component=rollouts-controller, which its chart gives it",
        ),
        (Answer(refused="forbidden"), State.UNSURE, "forbidden"),
    ],
)
def test_the_controller_behind_a_rollout(answered: Answer, state: State, detail: str) -> None:
    need = needs(ROLLED_OUT)
    assert ARGO_ROLLOUTS in questions(need)
    found = lines(need, answers={ARGO_ROLLOUTS: answered})
    (line,) = [one for one in found if one.what == "Argo Rollouts: controller"]
    assert (line.state, line.detail, line.key) == (state, detail, "mcp:server.rollout.argoRollouts")


def test_the_definition_behind_a_rollout() -> None:
    need = needs(ROLLED_OUT)
    there = {ARGO_ROLLOUTS: Answer({"items": [controller()]})}
    assert bad(lines(need, answers=there)) == []
    (missing,) = bad(lines(need, answers={**there, definition(ARGO_CRD): Answer()}))
    assert missing == ("Argo Rollouts: rollouts.argoproj.io", "is not installed", "mcp:server.rollout.argoRollouts")


def test_nobody_asks_for_a_controller_without_a_rollout() -> None:
    assert ARGO_ROLLOUTS not in questions(wanted())


OURS = (("PodMonitor", "orders", (("release", "stack"),)),)
ANY: dict[str, Any] = {}


@pytest.mark.parametrize(
    ("spec", "where", "seen"),
    [
        ({"podMonitorSelector": ANY, "podMonitorNamespaceSelector": ANY}, "monitoring", None),
        ({"podMonitorSelector": ANY}, "shop", None),
        # Without a selector of namespaces only the Prometheus' own counts, and without one of labels nothing does.
        ({"podMonitorSelector": ANY}, "monitoring", "any in other namespaces"),
        ({"podMonitorNamespaceSelector": ANY}, "monitoring", "none at all"),
        (
            {"podMonitorSelector": {"matchLabels": {"release": "other"}}, "podMonitorNamespaceSelector": ANY},
            "monitoring",
            "release=other",
        ),
        (
            {
                "podMonitorSelector": {"matchExpressions": [{"key": "team", "operator": "In", "values": ["a", "b"]}]},
                "podMonitorNamespaceSelector": ANY,
            },
            "monitoring",
            "team In a, b",
        ),
        (
            {
                "podMonitorSelector": ANY,
                "podMonitorNamespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "shop", "a": "b"}},
            },
            "monitoring",
            None,
        ),
    ],
)
def test_what_no_prometheus_selects_is_never_read(spec: dict[str, Any], where: str, seen: str | None) -> None:
    one = {"metadata": {"name": "k8s", "namespace": where}, "spec": spec}
    (line,) = selection(OURS, Answer({"items": [one]}), namespace="shop", namespace_labels={"a": "b"})
    assert line.what == "PodMonitor orders"
    if seen is None:
        assert (line.state, line.detail) == (State.OK, f"is read by Prometheus {where}/k8s")
    else:
        detail = f"is read by no Prometheus: {where}/k8s asks for {seen}"
        assert (line.state, line.detail, line.key) == (State.MISSING, detail, "mcp:monitoring.labels")


def test_an_operator_without_a_prometheus_reads_nothing() -> None:
    (line,) = selection(OURS, Answer({"items": []}), namespace="shop", namespace_labels={})
    assert (line.state, line.detail) == (State.MISSING, "is read by no Prometheus: the operator runs none")
    (unsure,) = selection(OURS, Answer(refused="forbidden"), namespace="shop", namespace_labels={})
    assert (unsure.state, unsure.detail) == (State.UNSURE, "forbidden")


@pytest.mark.parametrize(
    ("operator", "values", "expected"),
    [
        ("In", ["stack", "x"], True),
        ("In", ["x"], False),
        ("NotIn", ["x"], True),
        ("NotIn", ["stack"], False),
        ("Exists", None, True),
        ("DoesNotExist", None, False),
    ],
)
def test_expressions_of_a_selector(operator: str, values: list[str] | None, expected: bool) -> None:
    one = {"key": "release", "operator": operator, **({"values": values} if values else {})}
    assert matches({"matchExpressions": [one]}, {"release": "stack"}) is expected
