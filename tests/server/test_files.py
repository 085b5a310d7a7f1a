"""Files and variables of a server: what it writes to, what is mounted, and what its variables say."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_kubernetes_mcp import McpService
from pulumi_kubernetes_mcp.kubernetes.variables import circle, in_order, ordered, references
from pulumi_kubernetes_mcp.server_plan import resources
from pulumi_kubernetes_mcp.testing import record
from tests.sizes import examples

from .test_pod import IMAGE, container, made, planned, pod, refused, told


def expanded(listed: list[dict[str, Any]]) -> dict[str, str]:
    """What the process sees: the kubelet's own way through the list, written from the documents of Kubernetes."""
    seen: dict[str, str] = {}
    for one in listed:
        text, result, place = one.get("value", f"<{one['name']}>"), "", 0
        while place < len(text):
            if text.startswith("$$", place):
                result, place = result + "$", place + 2
            elif text.startswith("$(", place) and ")" in text[place:]:
                end = text.index(")", place)
                name = text[place + 2 : end]
                result, place = result + seen.get(name, f"$({name})"), end + 1
            else:
                result, place = result + text[place], place + 1
        seen[one["name"]] = result if "value" in one else text
    return seen


def test_a_path_alone_has_64_mebibytes_and_a_map_says_more() -> None:
    paths = ["/tmp", {"path": "/cache", "size": "2Gi"}, {"path": "/dev/shm", "size": "1Gi"}]
    volumes = pod(writable_paths=paths)["volumes"]
    assert volumes == [
        {"name": "scratch-tmp", "emptyDir": {"sizeLimit": "64Mi"}},
        {"name": "scratch-cache", "emptyDir": {"sizeLimit": "2Gi"}},
        {"name": "scratch-dev-shm", "emptyDir": {"medium": "Memory", "sizeLimit": "1Gi"}},
    ]
    assert [mount["mountPath"] for mount in container(writable_paths=paths)["volumeMounts"]] == [
        "/tmp", "/cache", "/dev/shm",
    ]  # fmt: skip


def test_limits_follow_from_the_sizes() -> None:
    """2 GiB on disk and 64 MiB of /tmp, and 64 MiB for logs; 1 GiB of memory above what the process needs."""
    plain = resources(planned().first)
    large = {"writablePaths": ["/tmp", {"path": "/cache", "size": "2Gi"}, {"path": "/dev/shm", "size": "1Gi"}]}
    found = resources(planned(large).first)
    assert plain["limits"]["ephemeral-storage"] == "256Mi"
    assert found["limits"]["ephemeral-storage"] == "2176Mi"
    assert found["requests"]["ephemeral-storage"] == "2112Mi"
    assert (plain["limits"]["memory"], found["limits"]["memory"]) == ("256Mi", "1280Mi")
    assert told(large) == []


def test_given_limits_are_held_against_the_sizes() -> None:
    limits = {"cpu": "4", "memory": "512Mi", "ephemeralStorage": "512Mi"}
    disk = {"writablePaths": ["/tmp", {"path": "/cache", "size": "449Mi"}], "resources": {"limits": limits}}
    assert told(disk) == [("MCP127", "mcp:server.writablePaths")]
    disk["writablePaths"][1]["size"] = "448Mi"  # type: ignore[index]
    assert told(disk) == []
    memory = {"writablePaths": ["/tmp", {"path": "/dev/shm", "size": "500Mi"}], "resources": {"limits": limits}}
    assert told(memory) == [("MCP128", "mcp:server.writablePaths")], "the process needs 62 MiB besides"


def test_volumes_are_mounted_to_be_read_unless_more_is_said() -> None:
    spec = pod(
        writable_paths=[],
        volumes=[
            {"path": "/etc/mcp", "config_map": {"name": "config", "items": {"a.yaml": "x/a.yaml"}, "mode": "0440"}},
            {"path": "/run/tls", "secret": {"name": "tls", "optional": True}, "sub_path": "tls.crt"},
            {"path": "/id", "projected": [{"service_account_token": {"path": "token", "audience": "sts"}}]},
            {"path": "/mnt", "csi": {"driver": "store.csi", "attributes": {"secretProviderClass": "app"}}},
            {"path": "/data", "claim": {"name": "data"}},
        ],
    )
    assert spec["volumes"] == [
        {
            "name": "files-etc-mcp",
            "configMap": {"name": "config", "items": [{"key": "a.yaml", "path": "x/a.yaml"}], "defaultMode": 0o440},
        },
        {"name": "files-run-tls", "secret": {"secretName": "tls", "optional": True}},
        {
            "name": "files-id",
            "projected": {
                "sources": [{"serviceAccountToken": {"path": "token", "audience": "sts", "expirationSeconds": 3600}}]
            },
        },
        {
            "name": "files-mnt",
            "csi": {"driver": "store.csi", "readOnly": True, "volumeAttributes": {"secretProviderClass": "app"}},
        },
        {"name": "files-data", "persistentVolumeClaim": {"claimName": "data"}},
    ]
    assert spec["containers"][0]["volumeMounts"] == [
        {"name": "files-etc-mcp", "mountPath": "/etc/mcp", "readOnly": True},
        {"name": "files-run-tls", "mountPath": "/run/tls", "subPath": "tls.crt", "readOnly": True},
        {"name": "files-id", "mountPath": "/id", "readOnly": True},
        {"name": "files-mnt", "mountPath": "/mnt", "readOnly": True},
        {"name": "files-data", "mountPath": "/data"},
    ]


def test_a_claim_of_ones_own_is_made_and_kept() -> None:
    run = record(
        lambda: McpService(
            "web",
            image=IMAGE,
            namespace="mcp",
            health_path="/healthz",
            min_replicas=1,
            production=False,
            autoscaled=False,
            rollout={"strategy": "Recreate"},
            volumes=[{"path": "/data", "claim": {"size": "10Gi", "storage_class_name": "fast"}}],
        )
    )
    claim = run.manifest("PersistentVolumeClaim")
    assert claim["metadata"]["name"] == "web-files-data"
    assert claim["spec"] == {
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": "fast",
        "resources": {"requests": {"storage": "10Gi"}},
    }
    volume = run.manifest("Deployment")["spec"]["template"]["spec"]["volumes"][-1]
    assert volume["persistentVolumeClaim"] == {"claimName": "web-files-data"}


def test_two_things_at_one_path_are_refused() -> None:
    server = {"writablePaths": ["/tmp", "/data"], "volumes": [{"path": "/data/", "claim": {"name": "data"}}]}
    assert told(server) == [("MCP144", "mcp:server.volumes[0].path")]
    assert told({"writablePaths": ["/tmp", "/tmp"]}) == [("MCP144", "mcp:server.writablePaths[1]")]


ONE: dict[str, Any] = {"scaling": {"autoscaler": "none", "replicas": 1}}
CLAIM = {"volumes": [{"path": "/data", "claim": {"size": "10Gi"}}]}


def test_a_disk_of_one_node_has_one_pod() -> None:
    place = ("MCP143", "mcp:server.volumes[0].claim")
    assert told(CLAIM) == [place]
    assert told(CLAIM, workload={"dailyUsers": 50}, **ONE) == [place]
    still = {**CLAIM, "rollout": {"maxSurge": "0", "maxUnavailable": "1"}}
    # The one pod goes before the next one comes: an outage, which is told.
    assert told(still, workload={"dailyUsers": 50}, **ONE) == [("MCP660", "mcp:server.rollout.maxUnavailable")]
    shared = {"volumes": [{"path": "/data", "claim": {"size": "10Gi", "accessMode": "ReadWriteMany"}}]}
    assert told(shared) == []


def test_a_writer_keeps_its_file_on_a_claim_or_is_told() -> None:
    """One pod, no autoscaler, and no second writer during a rollout; that the rollout is an outage is said."""
    stack: dict[str, Any] = {"workload": {"dailyUsers": 50}, "database": {"kind": "sqlite"}}
    outage = ("MCP130", "mcp:server.rollout.strategy")
    assert told(CLAIM, **stack) == [outage]
    assert told({}, **stack) == [("MCP129", "mcp:database.kind"), outage]
    plan = planned(CLAIM, **stack)
    assert (plan.first.autoscaled, plan.first.replicas, plan.first.max_replicas) == (False, 1, 1)
    read_only = {"volumes": [{"path": "/data", "claim": {"name": "data"}, "writable": False}]}
    assert told(read_only, **stack) == [outage, ("MCP129", "mcp:server.volumes")]
    surging = {**CLAIM, "rollout": {"strategy": "RollingUpdate"}}
    assert ("MCP402", "mcp:server.rollout") in told(surging, **stack)


def test_variables_come_from_where_they_are_said_to_be() -> None:
    made_of = container(
        env={"A": "1"},
        env_from=[{"config_map": "common", "prefix": "APP_"}, {"secret": "more", "optional": True}],
        env_value_from={
            "POD": {"field": "metadata.name"},
            "MEMORY": {"resource": "limits.memory"},
            "REGION": {"config_map": {"name": "region", "key": "name"}},
        },
    )
    assert made_of["envFrom"] == [
        {"prefix": "APP_", "configMapRef": {"name": "common"}},
        {"secretRef": {"name": "more", "optional": True}},
    ]
    assert made_of["env"] == [
        {
            "name": "MEMORY",
            "valueFrom": {"resourceFieldRef": {"containerName": "server", "resource": "limits.memory", "divisor": "1"}},
        },
        {"name": "POD", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.name"}}},
        {"name": "REGION", "valueFrom": {"configMapKeyRef": {"name": "region", "key": "name"}}},
        {"name": "HOME", "value": "/tmp"},
        {"name": "A", "value": "1"},
    ]


@pytest.mark.grid
def test_home_is_the_first_writable_path_unless_it_is_given() -> None:
    def home(**keys: Any) -> Any:
        return [one for one in container(**keys).get("env", []) if one["name"] == "HOME"]

    assert home(writable_paths=["/app/state", "/tmp"]) == [{"name": "HOME", "value": "/app/state"}]
    assert home(env={"HOME": "/home/node"}) == [{"name": "HOME", "value": "/home/node"}]
    assert "valueFrom" in home(env_value_from={"HOME": {"field": "metadata.name"}})[0]
    assert home(writable_paths=[]) == home(writable_root=True) == []


def test_what_a_variable_refers_to_stands_before_it() -> None:
    """From the Secret, from a field, and from another value: the process sees no reference."""
    listed = container(
        env={
            "DATABASE_URL": "postgres://$(PGUSER):$(PGPASSWORD)@$(PGHOST)/x",
            "PGHOST": "$(ZONE).db",
            "A": "$(PGHOST)",
        },
        secret_name="s",
        secret_env=[{"variable": "PGPASSWORD", "key": "p"}, {"variable": "PGUSER", "key": "u"}],
        env_value_from={"ZONE": {"field": "metadata.namespace"}},
    )["env"]
    seen = expanded(listed)
    assert seen["DATABASE_URL"] == "postgres://<PGUSER>:<PGPASSWORD>@<ZONE>.db/x"
    assert seen["A"] == "<ZONE>.db"


NAMES = ("A", "B", "C", "D", "HOME")


@examples(100)
@given(st.permutations(NAMES), st.data())
def test_no_order_of_references_leaves_one_unresolved(order: list[str], data: st.DataObject) -> None:
    """Each variable may refer to any of those before it in some order; the written order is one that works."""
    values = {}
    for place, name in enumerate(order):
        wanted = data.draw(st.lists(st.sampled_from(order[:place]), max_size=2)) if place else []
        values[name] = "v" + "".join(f"$({one})" for one in wanted)
    listed = [{"name": name, "value": values[name]} for name in in_order(values)]
    assert sorted(one["name"] for one in listed) == sorted(values)
    assert circle(values) == []
    assert not any("$(" in text for text in expanded(listed).values())


def test_what_is_known_later_stands_at_the_end() -> None:
    assert in_order({"A": "", "B": "x", "C": "$(A)", "HOME": "/tmp"}, ["A"]) == ["HOME", "B", "A", "C"]


@pytest.mark.parametrize(
    ("text", "names"),
    [("$(A)-$(B)", ["A", "B"]), ("$$(A)", []), ("$$$(A)", ["A"]), ("$(A", []), ("$A $", []), ("$()", [""])],
)
def test_references_are_those_that_the_kubelet_sees(text: str, names: list[str]) -> None:
    assert references(text) == names


def test_a_reference_to_nothing_and_a_circle_are_told() -> None:
    assert told({"env": {"URL": "https://$(HOSTT)/", "HOST": "x"}}) == [("MCP124", "mcp:server.env.URL")]
    (finding,) = planned({"env": {"URL": "https://$(HOSTT)/", "HOST": "x"}}).findings
    assert "Did you mean '$(HOST)'?" in finding.remedy
    assert told({"env": {"URL": "https://$(HOSTT)/"}, "envFrom": [{"configMap": "common"}]}) == []
    assert told({"args": ["--port", "$(PORTT)"], "env": {"PORT": "8000"}}) == [("MCP124", "mcp:server.args[1]")]
    (itself,) = planned({"env": {"PATH": "$(PATH):/opt/bin"}}).findings
    assert (itself.code, "Did you mean" in itself.remedy) == ("MCP124", False)
    assert told({"command": ["sh", "-c", "echo $(date) $(hostname)"]}) == []
    assert told({"env": {"X": "$(KUBERNETES_SERVICE_HOST)"}}) == []
    circled = planned({"env": {"A": "$(B)", "B": "$(C)", "C": "$(A)"}}).findings
    assert [(one.code, one.path.rpartition(".")[0]) for one in circled] == [("MCP125", "mcp:server.env")]


@pytest.mark.parametrize(
    ("command", "fetches"),
    [
        (["npx", "-y", "@example/server"], True),
        (["/usr/local/bin/npx", "-y", "server"], True),
        (["uvx", "server"], True),
        (["bunx", "server"], True),
        (["pipx", "run", "server"], True),
        (["npm", "exec", "server"], True),
        (["pnpm", "dlx", "server"], True),
        (["uv", "tool", "run", "server"], True),
        (["sh", "-c", "cd /app && exec npx server"], True),
        (["tini", "--", "npx", "server"], True),
        (["env", "A=1", "uvx", "server"], True),
        (["npx", "--offline", "server"], False),
        (["node", "npx.js"], False),
        (["npm", "start"], False),
        (["uv", "run", "server"], False),
        (["uv", "run", "--with", "mcp", "server.py"], True),
        (["uv", "--directory", "/app", "run", "--frozen", "--python", "3.12", "--with=mcp", "server.py"], True),
        (["uv", "run", "https://example.com/server.py"], True),
        (["uv", "run", "--offline", "--with", "mcp", "server.py"], False),
        (["uv", "run", "--no-sync", "server.py", "--with", "tools"], False),
        (["uv", "run", "--", "server.py", "--with", "tools"], False),
        (["deno", "run", "npm:@example/server"], True),
        (["deno", "run", "-A", "--allow-net=example.com", "jsr:@example/server"], True),
        (["sh", "-c", "exec deno run --config deno.json https://example.com/server.ts"], True),
        (["deno", "run", "--cached-only", "npm:@example/server"], False),
        (["deno", "run", "-A", "server.ts", "npm:x"], False),
        (["deno"], False),
        (["pipx-server"], False),
        (["--stdio", "npx -y @example/server /data", "--port", "8000"], True),
        (["--port=8000", "uvx", "server"], True),
        (["--port", "8000", "--", "uv", "tool", "run", "server"], True),
        (["sh", "-c", "exec supergateway --stdio 'npx -y server'"], True),
        (["sh", "-c", "mcpo --port 8000 -- uvx server"], True),
        (["--stdio", "npx --offline server", "--", "node", "server.js"], False),
        (["--stdio", "node server.js", "--title", "no more npx here"], False),
        (["sh", "-c", "node server.js --without npx"], False),
    ],
)
def test_what_is_downloaded_at_the_start_is_told(command: list[str], fetches: bool) -> None:
    assert told({"command": command}) == ([("MCP126", "mcp:server.command")] if fetches else [])
    assert told({"args": command}) == ([("MCP126", "mcp:server.args")] if fetches else [])


@pytest.mark.parametrize(
    ("keys", "path"),
    [
        ({"env": {"HOME": "/root"}}, "mcp:server.env.HOME"),
        ({"env": {"HOME": "/tmp/home"}}, None),
        ({"env": {"HOME": "/tmpfs"}}, "mcp:server.env.HOME"),
        ({"env": {"XDG_CACHE_HOME": "/tmp/../var/cache"}}, "mcp:server.env.XDG_CACHE_HOME"),
        ({"env": {"HOME": "/home/node"}, "writablePaths": ["/home/node/"]}, None),
        ({"env": {"HOME": "/root"}, "writableRoot": True}, None),
        ({"env": {"HOME": "/data/home"}, "volumes": [{"path": "/data", "claim": {"name": "orders"}}]}, None),
        (
            {"env": {"TMPDIR": "/etc/app"}, "volumes": [{"path": "/etc/app", "configMap": {"name": "app"}}]},
            "mcp:server.env.TMPDIR",
        ),
        # The innermost mount counts, and what is put together elsewhere is not known.
        (
            {"env": {"TMPDIR": "/tmp/app"}, "volumes": [{"path": "/tmp/app", "configMap": {"name": "app"}}]},
            "mcp:server.env.TMPDIR",
        ),
        ({"env": {"HOME": "/$(USER)", "USER": "a"}}, None),
        (
            {"patches": [{"kind": "Pod", "patch": {"spec": {"containers": [
                {"name": "server", "env": [{"name": "HOME", "value": "/root"}]}
            ]}}}]},
            "mcp:server.patches[0].patch.spec.containers[0].env[0].value",
        ),
        (
            {"env": {"HOME": "/root"}, "patches": [{"kind": "Pod", "patch": {"spec": {
                "containers": [{"name": "server", "volumeMounts": [{"name": "own", "mountPath": "/root"}]}],
                "volumes": [{"name": "own", "emptyDir": {}}],
            }}}]},
            None,
        ),
    ],
)  # fmt: skip
def test_where_programs_write_can_be_written(keys: dict[str, Any], path: str | None) -> None:
    assert [at for code, at in told(keys) if code == "MCP185"] == ([] if path is None else [path])


REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    (
        "two sources",
        {"volumes": [{"path": "/a", "claim": {"name": "a"}, "secret": {"name": "b"}}]},
        "volumes[0]",
        "exactly one",
    ),
    ("no source", {"volumes": [{"path": "/a"}]}, "volumes[0]", "exactly one"),
    (
        "claim of both kinds",
        {"volumes": [{"path": "/a", "claim": {"name": "a", "size": "1Gi"}}]},
        "volumes[0].claim",
        "exactly one",
    ),
    (
        "way out of a volume",
        {"volumes": [{"path": "/a", "secret": {"name": "a", "items": {"k": "../k"}}}]},
        "volumes[0].secret.items.k",
        "relative path",
    ),
    ("size without a unit", {"writablePaths": [{"path": "/a", "size": 64}]}, "writablePaths[0].size", "unit"),
    ("relative directory", {"writablePaths": ["tmp"]}, "writablePaths[0].path", "directory"),
    ("unknown medium", {"writablePaths": [{"path": "/a", "medium": "Ram"}]}, "writablePaths[0].medium", "Disk, Memory"),
    ("source of a variable", {"envValueFrom": {"A": {}}}, "envValueFrom.A", "exactly one"),
    (
        "name of a variable",
        {"envValueFrom": {"1 A": {"field": "metadata.name"}}},
        'envValueFrom["1 A"]',
        "environment variable",
    ),
    ("mode", {"volumes": [{"path": "/a", "secret": {"name": "a", "mode": "rw"}}]}, "volumes[0].secret.mode", "form"),
]


@pytest.mark.parametrize(("server", "path", "words"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_files_that_cannot_be_are_refused_at_check(server: dict[str, Any], path: str, words: str) -> None:
    (found,) = refused(server)
    assert found[0] == f"mcp:server.{path}"
    assert words.lower() in " ".join(found).lower()


def test_a_variable_of_two_sources_is_refused() -> None:
    twice = {"env": {"A": "1"}, "envValueFrom": {"A": {"field": "metadata.name"}}}
    assert told(twice) == [("MCP116", "mcp:server.envValueFrom.A")]


@pytest.mark.grid
def test_a_deployment_of_a_writer_is_recreated() -> None:
    assert made(rollout={"strategy": "Recreate"})["spec"]["strategy"] == {"type": "Recreate"}


def test_the_order_of_a_list_is_kept_as_far_as_references_let_it() -> None:
    later: Any = object()
    listed = [
        {"name": "L", "value": later},
        {"name": "C", "value": "$(A)"},
        {"name": "B", "valueFrom": {}},
        {"name": "A"},
    ]
    assert [one["name"] for one in ordered(listed)] == ["A", "C", "B", "L"]
    # Two of a name are left to the API.
    twice = [{"name": "C", "value": "$(A)"}, {"name": "A"}, {"name": "A"}]
    assert ordered(twice) == twice
