"""What the API server or the kubelet would refuse is refused when the file is read, at its key; no secret is shown."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from pulumi_kubernetes_mcp.inputs.checked import ArgumentsError, checked
from pulumi_kubernetes_mcp.kubernetes import grammar
from pulumi_kubernetes_mcp.pooler.keys import PgBouncerKeys
from pulumi_kubernetes_mcp.region_plan import load, plan_region
from pulumi_kubernetes_mcp.rules.forms import looks_secret, opaque, redacted
from pulumi_kubernetes_mcp.rules.model import Finding, errors
from pulumi_kubernetes_mcp.secrets.keys import SecretsKeys
from pulumi_kubernetes_mcp.server.keys import ServiceKeys
from pulumi_kubernetes_mcp.settings import SettingsError, stack_file_schema
from pulumi_kubernetes_mcp.settings.fields import Group

BASE: dict[str, dict[str, Any]] = {
    "region": {"name": "us-east"},
    "server": {"image": "acme/x:1.0.0", "healthPath": "/ready", "livenessPath": "/live"},
    "workload": {"dailyUsers": 500},
    "edge": {"host": "x.acme.io"},
}
PASSWORD = "hunter2-Xq9"
URL = f"postgres://app:{PASSWORD}@db/orders"
TOKEN = "ghp_16C7e42F292c6912E7710c838347Ae178B4a"
EXISTING = {"source": "existing", "name": "s"}


def refused(**groups: Any) -> list[Finding]:
    """Every error of the base with groups merged over it, one level deep."""
    merged = {name: {**BASE.get(name, {}), **groups.get(name, {})} for name in {*BASE, *groups}}
    values = {f"mcp:{name}": group for name, group in merged.items()}
    try:
        return errors(plan_region(load(values, where="here"), rehearse=False).findings)
    except SettingsError as error:
        return list(error.problems)


CASES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "userkey-empty": (
        {"database": {"host": "pg.acme.io", "userKey": "", "passwordKey": "a b"}, "secrets": EXISTING},
        ["mcp:database.passwordKey", "mcp:database.userKey"],
    ),
    "remote-property-empty": (
        {
            "secrets": {
                "source": "external",
                "store": {"name": "p"},
                "remote": {"t": {"key": "k", "property": ""}},
                "env": {"T": "t"},
            }
        },
        ["mcp:secrets.remote.t.property"],
    ),
    "secret-as-key-name": ({"secrets": {**EXISTING, "env": {"DATABASE_URL": URL}}}, ["mcp:secrets.env.DATABASE_URL"]),
    "cpu-percent-one": ({"scaling": {"cpuPercentOfLimit": 1}}, ["mcp:scaling.cpuPercentOfLimit"]),
    "averagevalue-fullwidth": (
        {"scaling": {"metrics": [{"type": "pods", "name": "m", "averageValue": "\uff15\uff10\uff10"}]}},
        ["mcp:scaling.metrics[0].averageValue"],
    ),
    "image-odd": ({"server": {"image": "ACME/X y:1.0"}}, ["mcp:server.image"]),
    "bad-env-name": (
        {"server": {"env": {"1 BAD=NAME": "x", "": "y"}}},
        ['mcp:server.env[""]', 'mcp:server.env["1 BAD=NAME"]'],
    ),
    "nodecidrs-world": (
        {"region": {"nodeCidrs": ["0.0.0.0/0"]}, "edge": {"clientCidrs": ["0.0.0.0/0"]}},
        ["mcp:edge.clientCidrs", "mcp:region.nodeCidrs"],
    ),
}
MORE: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a token as the name of a key": ({"secrets": {**EXISTING, "env": {"T": TOKEN}}}, ["mcp:secrets.env.T"]),
    "a drawn key as the name of a key": (
        {"secrets": {**EXISTING, "env": {"T": "9f86d081884c7d659a2feaa0c55ad015"}}},
        ["mcp:secrets.env.T"],
    ),
    "an unknown key with the look of a secret": (
        {"secrets": {"source": "external", "store": {"name": "p"}, "remote": {"t": {"key": "k"}}, "env": {"A": URL}}},
        ["mcp:secrets.env.A"],
    ),
    "a secret as a variable": ({"server": {"env": {URL: "x"}}}, ['mcp:server.env["postgres://app:...@db/orders"]']),
    "a variable from what is no field of a pod": (
        {"server": {"envValueFrom": {"A": {"field": "10.0.0.1/33"}, "B": {"field": "metadata.labels"}}}},
        ["mcp:server.envValueFrom.A.field", "mcp:server.envValueFrom.B.field"],
    ),
    "a file from what is known when the pod runs": (
        {"server": {"volumes": [{"path": "/p", "projected": [{"fields": {"ip": "status.podIP"}}]}]}},
        ["mcp:server.volumes[0].projected[0].fields.ip"],
    ),
    "two address families where the policy takes one": (
        {"server": {"ipFamilyPolicy": "SingleStack", "ipFamilies": ["IPv4", "IPv6"]}},
        ["mcp:server"],
    ),
    "more resolvers than the kubelet takes": (
        {"server": {"dnsConfig": {"nameservers": ["1.1.1.1", "1.0.0.1", "8.8.8.8"]}}},
        ["mcp:server"],
    ),
    "two address families and no policy": ({"server": {"ipFamilies": ["IPv6", "IPv4"]}}, ["mcp:server"]),
    "one address family twice": (
        {"server": {"ipFamilyPolicy": "PreferDualStack", "ipFamilies": ["IPv4", "IPv4"]}},
        ["mcp:server"],
    ),
    "a name in /etc/hosts that is none": (
        {"server": {"hostAliases": [{"ip": "10.0.0.1", "hostnames": ["Not_A_Name"]}]}},
        ["mcp:server.hostAliases[0].hostnames[0]"],
    ),
    "a secret as a host": ({"database": {"host": URL}}, ["mcp:database.host"]),
    "a secret as the name of a database": ({"database": {"host": "db", "name": URL}}, ["mcp:database.name"]),
    "a secret as an image": (
        {"server": {"image": f"https://me:{PASSWORD}@registry.example.com/x:1"}},
        ["mcp:server.image"],
    ),
    "a secret as a key that does not exist": ({"secrets": {URL: "x"}}, ['mcp:secrets["postgres://app:...@db/orders"]']),
    "a secret at a key that does not exist": (
        {"secrets": {"evn": {"A": URL}}},
        ["mcp:secrets.evn", "mcp:secrets.evn.A"],
    ),
    "a secret in an address": (
        {"scaling": {"prometheusAddress": f"http://me:{PASSWORD}@prometheus:9090"}},
        ["mcp:scaling.prometheusAddress"],
    ),
    "a secret in the query of an address": (
        {"scaling": {"prometheusAddress": f"http://prometheus:9090/?token={PASSWORD}"}},
        ["mcp:scaling.prometheusAddress"],
    ),
    "a secret in the address of a page": (
        {"monitoring": {"runbookUrl": f"https://wiki.example.com/?apiToken={PASSWORD}"}},
        ["mcp:monitoring.runbookUrl"],
    ),
    "a page without a scheme": (
        {"monitoring": {"runbookUrl": "wiki.example.com/runbooks/"}},
        ["mcp:monitoring.runbookUrl"],
    ),
    "halves of everything": ({"region": {"nodeCidrs": ["0.0.0.0/1", "128.0.0.0/1"]}}, ["mcp:region.nodeCidrs"]),
    "everything in IPv6": ({"edge": {"clientCidrs": ["::/0"]}}, ["mcp:edge.clientCidrs"]),
    "memory at rest": ({"scaling": {"memoryPercentOfRequest": 1}}, ["mcp:scaling.memoryPercentOfRequest"]),
    "NUL": ({"server": {"env": {"A": "a\0b"}}}, ["mcp:server.env.A"]),
    "half of a pair": ({"server": {"args": ["\ud800"]}}, ["mcp:server.args[0]"]),
    "a class": ({"edge": {"kind": "ingress", "ingressClass": "Nginx Public"}}, ["mcp:edge.ingressClass"]),
    "an issuer": ({"edge": {"kind": "ingress", "clusterIssuer": "let's"}}, ["mcp:edge.clusterIssuer"]),
    "an annotation": ({"edge": {"annotations": {"a b": "c"}}}, ['mcp:edge.annotations["a b"]']),
    "a version in other digits": ({"region": {"kubernetesVersion": "\uff11.\uff13"}}, ["mcp:region.kubernetesVersion"]),
    "a version and more": ({"region": {"kubernetesVersion": "1.36 or so"}}, ["mcp:region.kubernetesVersion"]),
    "a port that does not exist": (
        {"scaling": {"prometheusAddress": "http://prometheus:99999"}},
        ["mcp:scaling.prometheusAddress"],
    ),
    "a blank entry of a store": (
        {
            "secrets": {
                "source": "external",
                "store": {"name": "p"},
                "remote": {"t": {"key": " ", "property": "\t"}},
                "env": {"T": "t"},
            }
        },
        ["mcp:secrets.remote.t.key", "mcp:secrets.remote.t.property"],
    ),
    "sessions in a process for each core": (
        {
            "server": {"eras": ["legacy-stateful"], "command": ["pm2-runtime", "app.js", "-i", "max"]},
            "edge": {"implementation": "envoy-gateway"},
            "scaling": {"prometheusAddress": "http://prometheus:9090"},
        },
        ["mcp:server.command"],
    ),
    "an image at a port that does not exist": (
        {"server": {"image": "registry.example.com:65536/a/b:1.0.0"}},
        ["mcp:server.image"],
    ),
    "a claim of nothing": (
        {"server": {"volumes": [{"path": "/data", "claim": {"size": "0", "accessMode": "ReadWriteMany"}}]}},
        ["mcp:server.volumes[0].claim.size"],
    ),
    "a directory of no size": (
        {"server": {"writablePaths": [{"path": "/tmp", "size": "0Mi"}]}},
        ["mcp:server.writablePaths[0].size"],
    ),
    "a directory larger than Kubernetes counts": (
        {"server": {"writablePaths": [{"path": "/tmp", "size": "9000000Ti"}]}},
        ["mcp:server.writablePaths[0].size"],
    ),
    "a resolver that is nobody": ({"region": {"resolvers": [{"port": 5353}]}}, ["mcp:region.resolvers[0]"]),
    "two limits of a statement": (
        {"database": {"host": "pg", "statementSeconds": 20, "parameters": {"statement_timeout": "5s"}}},
        ["mcp:database"],
    ),
    "a limit of a statement that PostgreSQL does not read": (
        {"database": {"host": "pg", "parameters": {"Statement_Timeout": "5 sec"}}},
        ["mcp:database"],
    ),
    "a limit of no CPU at all": (
        {"server": {"resources": {"requests": {"cpu": "100m"}, "limits": {"cpu": "0", "memory": "512Mi"}}}},
        ["mcp:scaling.cpuPercentOfLimit", "mcp:server.resources.requests.cpu"],
    ),
    "an address as the host": ({"edge": {"host": "10.0.0.1"}}, ["mcp:edge.host"]),
    "an address among the hosts": ({"edge": {"hosts": ["10.0.0.1"]}}, ["mcp:edge.hosts[0]"]),
    "an account that is none": (
        {"server": {"serviceAccountAnnotations": {"iam.gke.io/gcp-service-account": "reader"}}},
        ["mcp:server.serviceAccountAnnotations"],
    ),
    "a role that is none": (
        {"server": {"serviceAccountAnnotations": {"eks.amazonaws.com/role-arn": "reader"}}},
        ["mcp:server.serviceAccountAnnotations"],
    ),
    "a store": (
        {"secrets": {"source": "external", "store": {"name": "My Store"}, "remote": {"t": {"key": "k"}}}},
        ["mcp:secrets.store.name"],
    ),
}


@pytest.mark.parametrize("name", [*CASES, *MORE])
def test_it_is_refused_at_its_key(name: str) -> None:
    groups, paths = {**CASES, **MORE}[name]
    found = refused(**groups)
    assert sorted({finding.path for finding in found}) == sorted(paths)
    told = json.dumps([[finding.path, finding.problem, finding.remedy] for finding in found])
    assert [secret for secret in (PASSWORD, TOKEN, "9f86d081") if secret in told] == []


def test_the_base_is_right() -> None:
    assert refused() == []
    assert refused(region={"nodeCidrs": ["10.0.0.0/8", "fc00::/7"]}, edge={"clientCidrs": ["35.191.0.0/16"]}) == []
    assert refused(scaling={"cpuPercentOfLimit": 30}) == []
    assert refused(server={"args": ["--dsn", "postgres://app:$(PASSWORD)@db/orders"], "env": {"a.b-C_1": ""}}) == []


@pytest.mark.parametrize(
    ("keys", "arguments", "path"),
    [
        (ServiceKeys, {"image": "x:1", "namespace": "n", "env": {"1 BAD=NAME": "x"}}, 'env["1 BAD=NAME"]'),
        (ServiceKeys, {"image": "ACME/X y:1.0", "namespace": "n"}, "image"),
        (
            ServiceKeys,
            {"image": "x:1", "namespace": "n", "secret_name": "s", "secret_env": [{"variable": "A", "key": URL}]},
            "secret_env[0].key",
        ),
        (SecretsKeys, {"namespace": "n", "source": "existing", "secret_name": URL}, "secret_name"),
        (
            PgBouncerKeys,
            {"namespace": "n", "database_host": URL, "secret_name": "s", "pool_size": 1, "max_client_conn": 1},
            "database_host",
        ),
    ],
)
def test_a_program_is_told_the_same(keys: type[Group], arguments: dict[str, Any], path: str) -> None:
    with pytest.raises(ArgumentsError) as refusal:
        checked(keys, "It", arguments)
    assert [problem.path for problem in refusal.value.problems] == [path]
    assert PASSWORD not in str(refusal.value)


TAKES: dict[str, tuple[list[str], list[str]]] = {
    "ENV_NAME": (["A", "_a.b-1"], ["", "1A", "A=B", "A B", "..", "..A", "\u00c4"]),
    "DATA_KEY": (["tls.crt", "A-1_b", "-", "a" * 253], ["", ".", "..", "..a", "a/b", "a b", "a" * 254, "a\n"]),
    "OBJECT_NAME": (["a", "a.b-c", "1", "a" * 253], ["", "A", "a_b", "-a", "a.", "a" * 254, "a..b"]),
    "HOST_NAME": (["a", "db.example.com", "a" * 253], ["", "A", "a_b", "a.", "a..b", "a" * 254]),
    "ENV_FIELD": (
        ["metadata.name", "status.podIPs", "metadata.labels['example.com/a']", "metadata.annotations['A.com/a']"],
        ["", "metadata.labels", "metadata.labels['']", "metadata.labels[a]", "spec.nodename", "10.0.0.1/33"],
    ),
    "FILE_FIELD": (
        ["metadata.uid", "metadata.labels", "metadata.annotations", "metadata.labels['a']"],
        ["", "status.podIP", "spec.nodeName", "metadata.labels['a/b/c']"],
    ),
    "SEARCH_DOMAIN": (["a", "a.b-c", "svc.cluster.local."], ["", ".", "A", "a:b", "a..b", "-a", "a" * 255]),
    "API_GROUP": (
        ["", "*", "apps", "rbac.authorization.k8s.io", "v1.example.com"], ["v1", "v1beta1", "apps/v1", "A", "a b"],
    ),
    "API_RESOURCE": (["pods", "pods/log", "*", "pods/*", "*/scale"], ["", "Pods", "pods/", "/log", "a/b/c", "a b"]),
    "API_VERB": (["get", "*", "deletecollection", "impersonate"], ["", "GET", "read", "write", "view", "get list"]),
    "CSI_DRIVER": (["secrets-store.csi.k8s.io", "a" * 63], ["", "A.b", "a_b", "a" * 64]),
    "DNS_LABEL": (["a", "a" * 63], ["", "a.b", "a" * 64, "a-"]),
    "LABEL_KEY": (["a", "A_b.c", "example.com/A"], ["", "/a", "a/", "A.com/a", "a/b/c", "-a", "a" * 64]),
    "ANNOTATION_KEY": (["nginx.ingress.kubernetes.io/x", "A.com/a"], ["a b", "/a", "a/b/c"]),
    "LABEL_VALUE": (["", "A_b.c-1"], ["-a", "a b", "a" * 64, "\u00e9"]),
    "PATH_SEGMENT": (["a:b", "A"], ["", ".", "..", "a/b", "a%b", "a\n"]),
    "KIND": (["HTTPRoute"], ["", "1a", "a b"]),
    "API_VERSION": (["v1", "apps/v1", "gateway.networking.k8s.io/v1beta1"], ["", "a/b/c", "/v1", "V1"]),
    "IMAGE": (
        ["mcp", "a/b:1", "localhost:5000/a/b_c:V1", "ghcr.io/a/b@sha256:" + "a" * 64, "A.b/a:1", "[::1]:5/a:1"],
        ["", "A", "a/B:1", "a b:1", "a:", ":1", "a:1:2", "a//b:1", "/a", "a@sha256:12", "http://a/b:1", "a:1\n"],
    ),
    "QUANTITY": (["1", "500m", "1.5Gi", "0.5"], ["", "\uff15", "1 Gi", "1g", "-1", "1e3", "1."]),
    "DURATION": (["0", "1h", "1h30m", "90s"], ["", "1", "1d", "1 h", "-1s", "\uff11h", "1h\n"]),
    "VERSION": (["1.36", "v1.36.2-eks-abc", "1.36+", "1.33.5-gke.100"], ["1", "1.", "1.36 x", "latest", "\uff11.36"]),
    "URL": (
        ["http://a:9090", "https://a.b/c?d=e", "http://[::1]:1/"],
        ["", "a:9090", "ftp://a", "http://", "http://a:99999", "http://a b", "http://u@a", "http://a/\u00e9"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", grammar.ALL)
def test_a_grammar_takes_what_its_field_takes(name: str) -> None:
    form = grammar.ALL[name]
    good, bad = TAKES[name]
    assert [text for text in good if not form.takes(text)] == []
    assert [text for text in bad if form.takes(text)] == []


@pytest.mark.grid
def test_an_editor_refuses_names_of_maps_too() -> None:
    editor = jsonschema.Draft7Validator(stack_file_schema())
    for env, fits in (({"A": "a"}, True), ({"1 BAD": "a"}, False), ({"A": "a b"}, False)):
        assert editor.is_valid({"config": {"mcp:secrets": {"env": env}}}) is fits


@pytest.mark.parametrize("text", [URL, TOKEN, "a -----BEGIN PRIVATE KEY----- b", "host=db password=xyzzy-1 user=a"])
def test_what_can_only_be_a_secret_leaves_every_text(text: str) -> None:
    finding = Finding(path=f"mcp:a[{text}]", problem=f"It is '{text}'.", remedy=f"Not '{text}'.")
    assert looks_secret(text)
    assert all(text not in part for part in (finding.path, finding.problem, finding.remedy))


@pytest.mark.parametrize(
    "text", ["postgres://app:$(PASSWORD)@db", "http://a:9090/b", "password-key", "a.b@c.example", "registry:5000/a:1"]
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert not looks_secret(text)
    assert redacted(text) == text


@pytest.mark.parametrize(
    "name",
    [
        "database-password",
        "s3SecretAccessKey2024",
        "googleServiceAccountJsonV2",
        "oauth2ClientSecret",
        "id_ed25519.pub",
    ],
)
def test_a_name_that_somebody_thought_of_is_one(name: str) -> None:
    assert not opaque(name)


def test_keys_of_a_component_that_contradict_each_other_are_a_sentence() -> None:
    """What is wrong with all of a component has no key to stand at."""
    args = {"image": "acme/x:1.0.0", "namespace": "a", "eras": ["modern"], "ip_families": ["IPv4", "IPv6"]}
    with pytest.raises(ArgumentsError, match="takes one family") as refused:
        checked(ServiceKeys, 'McpService "thing"', args)
    assert [problem.path for problem in refused.value.problems] == [""]
