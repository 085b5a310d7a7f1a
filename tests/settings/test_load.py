"""Every mistake in a stack file is told with its place, what is wrong and what to change."""

from __future__ import annotations

from functools import reduce
from typing import Any

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_kubernetes_mcp.settings import SECRET_PLACEHOLDER, Settings, SettingsError, load_settings
from tests.sizes import examples
from tests.table import table

from .samples import SMALLEST, WHERE, stack

IMAGE = "registry.example.com/mcp:1.2.3"
MOVE = "Move it there: pulumi config set --secret --path 'mcp:secrets.values.<key>'."
ENCRYPT = "Encrypt it, and change it: pulumi config set --secret --path 'mcp:secrets.values.<key>'."
ERAS = "Protocol eras that the server serves on its URL. All regions behind one host must serve the same."


def problems(values: dict[str, Any]) -> list[tuple[str, str, str]]:
    with pytest.raises(SettingsError) as caught:
        load_settings(values, where=WHERE)
    return [(problem.path, problem.problem, problem.remedy) for problem in caught.value.problems]


def outcome(values: dict[str, Any]) -> Settings | SettingsError:
    try:
        return load_settings(values, where=WHERE)
    except SettingsError as error:
        return error


def test_the_smallest_stack_loads_with_the_defaults_of_the_models() -> None:
    loaded = load_settings(SMALLEST, where=WHERE)
    assert (loaded.region.name, loaded.server.image, loaded.workload.daily_users) == ("us-east", IMAGE, 500)
    assert (loaded.edge.host, loaded.scaling.autoscaler, loaded.database) == ("mcp.example.com", "auto", None)


def test_keys_of_other_namespaces_are_ignored() -> None:
    values = {**SMALLEST, "kubernetes:context": 5, "pulumi:tags": {"a": "b"}}
    assert load_settings(values, where=WHERE) == load_settings(SMALLEST, where=WHERE)


def test_an_explicit_null_says_that_there_is_no_database() -> None:
    assert load_settings(stack(database=None), where=WHERE).database is None


BOTH = " in the stack file, or in mcp:defaults of Pulumi.yaml for all stacks"
MISTAKES: list[tuple[str, dict[str, Any], tuple[str, str, str]]] = [
    (
        "misspelt key at the top",
        stack(scalling={}),
        ("mcp:scalling", "There is no such key.", "Did you mean 'mcp:scaling'?"),
    ),
    (
        "unknown key at the top",
        stack(zebra=1),
        (
            "mcp:zebra",
            "There is no such key.",
            "Known keys: mcp:region, mcp:server, mcp:workload, mcp:edge, mcp:database, mcp:stateStore, mcp:prices, "
            "mcp:scaling, mcp:secrets, mcp:monitoring, mcp:loadTest, mcp:chaos, mcp:probe, mcp:awaits, "
            "mcp:extraObjects, mcp:accept.",
        ),
    ),
    (
        "key without its namespace",
        {**SMALLEST, "scaling": {}},
        ("scaling", "It has no namespace.", "Write 'mcp:scaling'."),
    ),
    (
        "misspelt key inside",
        stack(server={"image": IMAGE, "helthPath": "/ready"}),
        ("mcp:server.helthPath", "There is no such key.", "Did you mean 'healthPath'?"),
    ),
    (
        "snake case inside",
        stack(scaling={"max_replicas": 3}),
        ("mcp:scaling.max_replicas", "There is no such key.", "Did you mean 'maxReplicas'?"),
    ),
    (
        "key of another group",
        stack(server={"image": IMAGE, "minReadySeconds": 3}),
        ("mcp:server.minReadySeconds", "There is no such key.", "There is one at mcp:server.rollout.minReadySeconds."),
    ),
    (
        "group inside another",
        stack(rollout={"strategy": "Recreate"}),
        ("mcp:rollout", "There is no such key.", "There is one at mcp:server.rollout."),
    ),
    (
        "key as Kubernetes has it",
        stack(server={"image": IMAGE, "terminationGracePeriodSeconds": 30}),
        ("mcp:server.terminationGracePeriodSeconds", "There is no such key.", "Did you mean 'gracePeriodSeconds'?"),
    ),
    (
        "misspelt key three levels down",
        stack(server={"image": IMAGE, "resources": {"requests": {"memroy": "1Gi"}}}),
        ("mcp:server.resources.requests.memroy", "There is no such key.", "Did you mean 'memory'?"),
    ),
    (
        "misspelt key in a map of maps",
        stack(secrets={"remote": {"a.b": {"key": "x", "proprety": "y"}}}),
        ('mcp:secrets.remote["a.b"].proprety', "There is no such key.", "Did you mean 'property'?"),
    ),
    (
        "misspelt key in a list of maps",
        stack(accept=[{"code": "MCP309", "reason": "no public clients", "resaon": "x"}]),
        ("mcp:accept[0].resaon", "There is no such key.", "Did you mean 'reason'?"),
    ),
    (
        "acceptance of a rule that does not exist",
        stack(accept=[{"code": "unkown-controler", "reason": "no public clients"}]),
        (
            "mcp:accept[0].code",
            "It is 'unkown-controler', which is neither the code nor the name of a rule.",
            "The nearest is 'unknown-controller'.",
        ),
    ),
    (
        "acceptance of nothing like a rule",
        stack(accept=[{"code": "MCP999", "reason": "no public clients"}]),
        (
            "mcp:accept[0].code",
            "It is 'MCP999', which is neither the code nor the name of a rule.",
            "'mcp-stack explain' lists all of them.",
        ),
    ),
    (
        "unknown key in a group",
        stack(awaits={"zebra": 1}),
        ("mcp:awaits.zebra", "There is no such key.", "Known keys: customResources, edge, timeoutSeconds."),
    ),
    (
        "text for a number",
        stack(server={"image": IMAGE, "maxToolSeconds": "80"}),
        ("mcp:server.maxToolSeconds", "It is '80', but takes a whole number.", "Write it without quotes."),
    ),
    (
        "words for a number",
        stack(server={"image": IMAGE, "port": "http"}),
        (
            "mcp:server.port",
            "It is 'http', but takes a whole number.",
            "Port that the server listens on; 8000 is that of the Python SDK.",
        ),
    ),
    (
        "fraction for a whole number",
        stack(server={"image": IMAGE, "port": 80.5}),
        (
            "mcp:server.port",
            "It is the number 80.5, but takes a whole number.",
            "Port that the server listens on; 8000 is that of the Python SDK.",
        ),
    ),
    (
        "true for a number",
        stack(server={"image": IMAGE, "port": True}),
        (
            "mcp:server.port",
            "It is true, but takes a whole number.",
            "Port that the server listens on; 8000 is that of the Python SDK.",
        ),
    ),
    (
        "text for a fraction",
        stack(workload={"dailyUsers": "many"}),
        ("mcp:workload.dailyUsers", "It is 'many', but takes a number.", "Users on a working day."),
    ),
    (
        "text for a switch",
        stack(server={"image": IMAGE, "authorization": "yes"}),
        (
            "mcp:server.authorization",
            "It is 'yes', but takes true or false.",
            "Write true or false, without quotes.",
        ),
    ),
    (
        "number for a text",
        stack(server={"image": IMAGE, "args": ["-p", 80]}),
        ("mcp:server.args[1]", "It is the number 80, but takes text.", "Put it in quotes."),
    ),
    (
        "nothing for a text",
        stack(server={"image": None}),
        ("mcp:server.image", "It is empty, but takes text.", "Give a value, or remove the key."),
    ),
    (
        "empty text",
        stack(server={"image": ""}),
        (
            "mcp:server.image",
            "It is '', which is not an image reference.",
            "Write it as 'registry.example.com/team/name:1.4.2', the path of the repository in lower case.",
        ),
    ),
    (
        "memory without a unit",
        stack(server={"image": IMAGE, "resources": {"requests": {"memory": 256}}}),
        (
            "mcp:server.resources.requests.memory",
            "It is the number 256, which has no unit.",
            "Write it as text with one, such as '256Mi'.",
        ),
    ),
    (
        "memory with a unit that Kubernetes has not",
        stack(server={"image": IMAGE, "resources": {"limits": {"memory": "256MB"}}}),
        (
            "mcp:server.resources.limits.memory",
            "It is '256MB', which cannot be read.",
            "A memory quantity is a number with a Kubernetes unit, such as '256Mi' or '1Gi' "
            "('MB' is not a unit, and a number without a unit means bytes).",
        ),
    ),
    (
        "region that is no DNS label",
        stack(region={"name": "US East 1"}),
        (
            "mcp:region.name",
            "It is 'US East 1', which is not a DNS label.",
            "Use at most 63 lower-case letters, digits and '-', beginning and ending with a letter or digit, "
            "for example 'us-east-1'.",
        ),
    ),
    (
        "host with a scheme",
        stack(edge={"host": "https://mcp.example.com"}),
        (
            "mcp:edge.host",
            "It is 'https://mcp.example.com', which is not a host name.",
            "Give it without scheme, port or path, such as 'mcp.example.com'.",
        ),
    ),
    (
        "host in letters of its language",
        stack(edge={"host": "münchen.example"}),
        (
            "mcp:edge.host",
            "It is 'münchen.example', which is not a host name as Kubernetes has it.",
            "Write it 'xn--mnchen-3ya.example'.",
        ),
    ),
    (
        "unknown era",
        stack(server={"image": IMAGE, "eras": ["modern", "legacy-statefull"]}),
        (
            "mcp:server.eras[1]",
            "It is 'legacy-statefull', but takes one of modern, legacy-stateless, legacy-stateful, sse.",
            "Did you mean 'legacy-stateful'?",
        ),
    ),
    (
        "era like no other",
        stack(server={"image": IMAGE, "eras": ["2025"]}),
        ("mcp:server.eras[0]", "It is '2025', but takes one of modern, legacy-stateless, legacy-stateful, sse.", ERAS),
    ),
    (
        "no era",
        stack(server={"image": IMAGE, "eras": []}),
        ("mcp:server.eras", "It has too few items: 0, but must have at least 1.", ERAS),
    ),
    (
        "text for a list",
        stack(server={"image": IMAGE, "eras": "modern"}),
        ("mcp:server.eras", "It is 'modern', but takes a list.", "Write one item per line, each after '- '."),
    ),
    (
        "list for a map",
        stack(scaling=[{"minReplicas": 2}]),
        (
            "mcp:scaling",
            "It is a list, but takes a map of keys.",
            "Write its keys on lines of their own, indented below it.",
        ),
    ),
    (
        "nothing for a map",
        stack(scaling=None),
        ("mcp:scaling", "It is empty, but takes a map of keys.", "Give a value, or remove the key."),
    ),
    (
        "below the least",
        stack(server={"image": IMAGE, "port": 0}),
        (
            "mcp:server.port",
            "It is 0, but must be at least 1.",
            "Give a number from 1 to 65,535. Port that the server listens on; 8000 is that of the Python SDK.",
        ),
    ),
    (
        "above the greatest",
        stack(server={"image": IMAGE, "userId": 2**31}),
        (
            "mcp:server.userId",
            "It is 2147483648, but must be at most 2,147,483,647.",
            "Give a number from 1 to 2,147,483,647. Numeric user and group of the process. Above 10000, so that it "
            "owns nothing on a node after an escape.",
        ),
    ),
    (
        "not above zero",
        stack(workload={"dailyUsers": -5}),
        (
            "mcp:workload.dailyUsers",
            "It is -5, but must be greater than 0.",
            "Give a number above 0 to 1,000,000,000. Users on a working day.",
        ),
    ),
    (
        "wrong pattern",
        stack(secrets={"refreshInterval": "1d"}),
        (
            "mcp:secrets.refreshInterval",
            "It is '1d', which is not a duration.",
            "Write it as '30s', '15m' or '1h'.",
        ),
    ),
    (
        "missing key at the top",
        {key: value for key, value in SMALLEST.items() if key != "mcp:region"},
        ("mcp:region", "It is missing.", f"Add it with 'name:' below it{BOTH}. Where this stack runs."),
    ),
    (
        "missing key inside",
        stack(server={}),
        (
            "mcp:server.image",
            "It is missing.",
            f"Add it{BOTH}. Container image with a fixed tag or a digest; 'latest' and no tag are refused.",
        ),
    ),
    (
        "rule over several keys",
        stack(workload={}),
        (
            "mcp:workload",
            "No load is given.",
            f"Give dailyUsers, or sessionsByHour or peakSessions where they were measured. I{BOTH[2:]}.",
        ),
    ),
    (
        "key that is not text",
        stack(server={"image": IMAGE, "env": {5: "x"}}),
        ("mcp:server.env[5]", "The key is not text.", "Put the key in quotes."),
    ),
    (
        "secret in clear",
        stack(secrets={"source": "config", "values": {"password": "hunter2"}}),
        ("mcp:secrets.values.password", "It is given in clear.", ENCRYPT),
    ),
    (
        "secret in the environment",
        stack(server={"image": IMAGE, "env": {"PASSWORD": {"secure": "v1:abc"}}}),
        ("mcp:server.env.PASSWORD", "It is encrypted, but only mcp:secrets.values may be.", MOVE),
    ),
    (
        "whole key encrypted",
        stack(scaling={"secure": "v1:abc"}),
        ("mcp:scaling", "It is encrypted, but only mcp:secrets.values may be.", MOVE),
    ),
    (
        "nested too deeply",
        stack(scaling={"a": reduce(lambda inner, _: [inner], range(40), 1)}),
        ("mcp:scaling", "It is nested more than 32 levels deep.", "No setting is that deep."),
    ),
]


def test_the_greatest_depth_is_no_mistake_of_its_own() -> None:
    """A group is the first level."""

    def deep(levels: int) -> list[tuple[str, str, str]]:
        return problems(stack(scaling=reduce(lambda inner, _: {"a": inner}, range(levels), 1)))

    told = "It is nested more than 32 levels deep."
    assert told not in [problem for _, problem, _ in deep(32)]
    assert told in [problem for _, problem, _ in deep(33)]


@pytest.mark.grid
@table(
    "values, expected",
    [(values, expected) for _, values, expected in MISTAKES],
    ids=[name for name, *_ in MISTAKES],
)
def test_one_mistake_is_told_once_and_in_these_words(values: dict[str, Any], expected: tuple[str, str, str]) -> None:
    assert problems(values) == [expected]


def test_all_mistakes_are_told_at_once_and_a_misspelling_hides_the_missing_key_it_explains() -> None:
    values = {
        "mcp:regoin": {"name": "x"},
        "mcp:server": {"imgae": IMAGE, "maxToolSeconds": "80"},
        "mcp:workload": {"dailyUsers": 0},
        "mcp:edge": [],
    }
    with pytest.raises(SettingsError) as caught:
        load_settings(values, where=WHERE)
    assert str(caught.value) == (
        "stacks/Pulumi.dev.yaml cannot be used: 5 problems.\n"
        "  mcp:regoin: There is no such key.\n"
        "    Did you mean 'mcp:region'?\n"
        "  mcp:server.maxToolSeconds: It is '80', but takes a whole number.\n"
        "    Write it without quotes.\n"
        "  mcp:server.imgae: There is no such key.\n"
        "    Did you mean 'image'?\n"
        "  mcp:workload.dailyUsers: It is 0, but must be greater than 0.\n"
        "    Give a number above 0 to 1,000,000,000. Users on a working day.\n"
        "  mcp:edge: It is a list, but takes a map of keys.\n"
        "    Write its keys on lines of their own, indented below it."
    )


def test_an_empty_configuration_names_every_key_that_is_needed() -> None:
    assert [path for path, *_ in problems({})] == ["mcp:region", "mcp:server", "mcp:workload", "mcp:edge"]


@pytest.mark.grid
def test_many_mistakes_stay_on_one_screen_and_are_all_recorded() -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(stack(server={"image": IMAGE, **{f"zebra{n}": n for n in range(50)}}), where=WHERE)
    assert len(caught.value.problems) == 50
    assert len(str(caught.value).splitlines()) == 26
    assert str(caught.value).splitlines()[-1] == "  38 more are shown when these are mended."


def test_an_error_of_the_settings_is_printed_by_pulumi_without_a_traceback() -> None:
    assert issubclass(SettingsError, pulumi.RunError)


@pytest.mark.parametrize(
    "values",
    [
        stack(secrets={"values": {"password": "hunter2secret"}}),
        stack(secrets={"values": "hunter2secret"}),
        stack(secrets={"values": {"password": {"nested": "hunter2secret"}}}),
        stack(server={"image": IMAGE, "env": {"A": ["hunter2secret"]}}),
        stack(server={"image": IMAGE, "env": "hunter2secret"}),
        stack(edge={"host": "postgres://mcp:hunter2secret@db.example.com"}),
        stack(server={"image": IMAGE, "healthPath": "-----BEGIN hunter2secret"}),
        stack(region={"name": "ghp_hunter2secret"}),
        stack(region={"name": "x" * 61 + "hunter2secret"}),
        stack(database={"host": "db", "passwordKey": ["hunter2secret"], "port": "glpat-hunter2secret"}),
    ],
)
def test_what_may_be_a_secret_is_never_repeated(values: dict[str, Any]) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(values, where=WHERE)
    assert "hunter2" not in str(caught.value)
    assert all("hunter2" not in f"{problem.problem}{problem.remedy}" for problem in caught.value.problems)


@pytest.mark.parametrize("value", [{"secure": "v1:abc"}, SECRET_PLACEHOLDER])
def test_an_encrypted_value_is_the_placeholder(value: object) -> None:
    loaded = load_settings(stack(secrets={"source": "config", "values": {"password": value}}), where=WHERE)
    assert loaded.secrets.values == {"password": SECRET_PLACEHOLDER}


WORDS = st.sampled_from(
    [
        "image",
        "name",
        "mcp:server",
        "secure",
        "values",
        "env",
        "eras",
        "host",
        "resources",
        "requests",
        "memory",
        "[key]",
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS | st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)
GROUPS = st.sampled_from([f"mcp:{name}" for name in Settings.model_fields]) | st.text(max_size=8)


@pytest.mark.grid
@examples(300)
@given(st.dictionaries(GROUPS, JSON, max_size=6), st.booleans())
def test_any_data_gives_settings_or_an_error_that_can_be_printed(values: dict[str, Any], whole: bool) -> None:
    told = outcome({**SMALLEST, **values} if whole else values)
    if isinstance(told, SettingsError):
        assert told.problems
        assert all(problem.problem.strip() and problem.remedy.strip() for problem in told.problems)
        str(told).encode()
    else:
        assert isinstance(told, Settings)


@pytest.mark.grid
@examples(200)
@given(st.sampled_from(sorted(Settings.model_fields)), st.dictionaries(WORDS, JSON, max_size=3))
def test_an_unknown_key_is_always_refused_at_its_place(group: str, members: dict[str, Any]) -> None:
    value = {**members, "zebra": 1}
    told = {path for path, *_ in problems(stack(**{group: value}))}
    assert told & {f"mcp:{group}.zebra", f"mcp:{group}"}


@pytest.mark.parametrize(
    ("server", "words"),
    [
        ({"transport": "stdio"}, "put a bridge to streamable HTTP into its image"),
        ({"serviceAccountName": "orders"}, "serviceAccountAnnotations"),
        ({"replicaCount": 3}, "mcp:scaling.replicas with mcp:scaling.autoscaler 'none'"),
        ({"livenessProbe": {"httpGet": {"path": "/"}}}, "livenessPath"),
        ({"volumes": [{"path": "/data", "configMap": {"name": "a"}, "readOnly": True}]}, "unless 'writable: true'"),
        ({"volumes": [{"path": "/data", "configMap": "tools"}]}, "Its keys: name, "),
        ({"runtime": "go"}, "Write 'other'"),
        ({"eras": ["2026-07-28"]}, "Did you mean 'modern'?"),
        ({"eras": ["2025-11-25"]}, "Did you mean 'legacy-stateful' or 'legacy-stateless'?"),
        ({"volumes": [{"path": "/data", "configMap": {"name": "a"}, "mountPath": "/data"}]}, "Give path."),
        ({"sidecars": [{"name": "a", "image": "a:1", "resources": {}}]}, "Give requests and limits"),
        ({"initContainers": [{"name": "a", "image": "a:1", "volumeMounts": []}]}, "Give mounts."),
        ({"service": {"type": "LoadBalancer"}}, "the Service is a ClusterIP"),
        ({"persistence": {"enabled": True}}, "{path: /data, claim: {size: 10Gi}}"),
        ({"image": {"repository": "a", "tag": "1"}}, "Write it as one text"),
        ({"ingress": {"enabled": True}}, "How clients reach the server is mcp:edge."),
        ({"restartPolicy": "Always"}, "Spelt most like it: dnsPolicy, "),
        ({"zebra": 1}, "'mcp-stack explain mcp:server' lists the "),
        ({"envFrom": [{"configMap": "a", "secret": "b"}]}, "Give exactly one of configMap, secret."),
    ],
)
def test_what_is_called_otherwise_elsewhere_is_told_what_it_is_here(server: dict[str, Any], words: str) -> None:
    stack = {
        "mcp:region": {"name": "us-east"},
        "mcp:server": {"image": "registry.example.com/a/b:1.0.0", **server},
        "mcp:workload": {"dailyUsers": 5},
        "mcp:edge": {"host": "mcp.example.com"},
    }
    with pytest.raises(SettingsError) as caught:
        load_settings(stack, where="here")
    assert words in caught.value.problems[0].remedy


def test_a_certificate_is_named_for_the_edges_that_read_one() -> None:
    """Behind a Gateway of others, which is the default, tlsSecret and clusterIssuer break a rule (MCP320)."""
    with pytest.raises(SettingsError) as caught:
        load_settings(stack(edge={"host": "mcp.example.com", "tls": [{"secretName": "orders-tls"}]}), where="here")
    remedy = caught.value.problems[0].remedy
    assert remedy.startswith("Leave it out behind a Gateway of others")
    assert "mcp:edge.gateway.className or listenerSet" in remedy
    assert "kind 'ingress'" in remedy
