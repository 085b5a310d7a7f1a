"""``scripts/pulumi-or-offline``: which command runs, and with what exit status, told by a ``pulumi`` that writes down
how it was called."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.table import first

pytestmark = pytest.mark.grid

SCRIPTS = Path(__file__).parents[2] / "scripts"
SCRIPT = SCRIPTS / "pulumi-or-offline"
FAKE = """#!/bin/bash
{ printf '%s' "$(basename "$0")"; printf ' %s' "$@"
  if [ -n "${PULUMI_K8S_UPSERT_EXISTING_OBJECTS:-}" ]; then
    printf ' [upsert=%s]' "$PULUMI_K8S_UPSERT_EXISTING_OBJECTS"
  fi
  printf '\\n'; } >> "$CALLS"
previous=""
for word in "$@"; do
  if [ "$previous" = --event-log ]; then
    if [ -n "${OLD_CLI:-}" ]; then echo "error: unknown flag: --event-log" >&2; exit 255; fi
    if [ "${PULUMI_DEBUG_COMMANDS:-}" != true ]; then exit 99; fi
    printf '%s' "${EVENTS:-}" > "$word"
  fi
  previous=$word
done
if [ "$1" = "${FAILS:-none}" ]; then printf '%s' "${STDERR:-}" >&2; exit 7; fi
case "$1" in
  whoami) if [ "$2" = --json ]; then printf '{"user": "me", "url": "%s"}' "${URL:-}"; fi; exit "${WHOAMI:-0}" ;;
  stack)
    printf '%s' "$STACKS"
    if [ -n "${REST:-}" ]; then printf '\\n'; sleep 0.3; printf '%s\\n' "$REST" || exit 1; fi ;;
  version) echo v3.200.0 ;;
esac
"""
QUESTIONS = ("pulumi whoami --non-interactive", "pulumi stack ls --json")
VERSION = "pulumi version"
HOLDER = "pulumi whoami --json"
YES = {"YES": "1"}


@dataclass
class Run:
    """What the script did."""

    status: int
    said: str
    calls: list[str]

    @property
    def commands(self) -> list[str]:
        """The calls without the questions about what is there, and without the place of the event log."""
        asked = [call for call in self.calls if call not in (*QUESTIONS, VERSION, HOLDER)]
        return [re.sub(r" --event-log \S+", "", call) for call in asked]


class Tree:
    """A copy of the script in a project whose ``pulumi`` and ``mcp-stack`` only write down their calls."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.calls = root / "calls"
        self.programs = root / "programs"
        for folder in (root / "scripts", root / ".venv" / "bin", root / "stacks", self.programs):
            folder.mkdir(parents=True)
        for name in ("pulumi-or-offline", "deploy.py", "failures.py"):
            shutil.copy(SCRIPTS / name, root / "scripts")
        for name in ("bash", "env", "dirname", "basename", "sleep"):
            self.programs.joinpath(name).symlink_to(str(shutil.which(name)))
        root.joinpath("Pulumi.yaml").write_text("name: mcp\nstackConfigDir: stacks\n")
        self.stack_file("staging")
        self.fake(root / ".venv" / "bin" / "mcp-stack")
        python = root / ".venv" / "bin" / "python"
        python.write_text(f'#!/bin/bash\nexec "{sys.executable}" "$@"\n')
        python.chmod(0o755)

    def stack_file(self, name: str, text: str = "config: {}\n") -> None:
        self.root.joinpath("stacks", f"Pulumi.{name}.yaml").write_text(text)

    def fake(self, path: Path) -> None:
        path.write_text(FAKE)
        path.chmod(0o755)

    def install_pulumi(self) -> None:
        self.fake(self.programs / "pulumi")

    def run(self, *words: str, stacks: object = ({"name": "staging"},), **environment: str) -> Run:
        """Run the script from elsewhere, with nothing on PATH but what it needs, and without a terminal."""
        done = subprocess.run(
            [str(self.root / "scripts" / "pulumi-or-offline"), *words],
            cwd="/",
            env=self.environment(stacks, environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.stdout == ""
        return Run(done.returncode, done.stderr, self.called())

    def run_at_a_terminal(self, *words: str, stacks: object = ({"name": "staging"},), **environment: str) -> Run:
        """The same with a terminal to ask at."""
        controller, terminal = pty.openpty()
        with open(controller, "rb", buffering=0), open(terminal, "r+b", buffering=0) as end:
            done = subprocess.run(
                [str(self.root / "scripts" / "pulumi-or-offline"), *words],
                cwd="/",
                env=self.environment(stacks, environment),
                stdin=end,
                stdout=end,
                stderr=subprocess.PIPE,
                text=True,
                timeout=60,
                check=False,
            )
        return Run(done.returncode, done.stderr, self.called())

    def environment(self, stacks: object, more: dict[str, str]) -> dict[str, str]:
        return {
            "PATH": str(self.programs),
            "CALLS": str(self.calls),
            "STACKS": json.dumps(stacks, indent=2),
            "HOME": str(self.root),
            "PYTHONDONTWRITEBYTECODE": "1",
            **more,
        }

    def called(self) -> list[str]:
        return self.calls.read_text().splitlines() if self.calls.exists() else []


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path / "project")


@pytest.fixture
def installed(tree: Tree) -> Tree:
    tree.install_pulumi()
    return tree


def test_the_script_is_executable() -> None:
    assert os.access(SCRIPT, os.X_OK)


# Without a usable CLI


OFFLINE = "mcp-stack preview --stack staging"
NOT_INSTALLED = "the Pulumi CLI is not installed"
NOT_LOGGED_IN = "the Pulumi CLI is not logged in (pulumi login, or pulumi login --local)"
NO_STACK = "the stack staging does not exist in this backend (pulumi stack init staging)"


def test_a_preview_without_the_cli_is_offline_and_says_so(tree: Tree) -> None:
    run = tree.run("preview", "staging")
    assert (run.status, run.calls) == (0, [OFFLINE])
    assert run.said == (
        f"Engine: offline, because {NOT_INSTALLED}. No cluster is asked; encrypted values stay [secret].\n"
    )


def test_a_preview_without_a_login_is_offline_and_asks_no_further(installed: Tree) -> None:
    run = installed.run("preview", "staging", WHOAMI="255")
    assert (run.status, run.calls) == (0, [QUESTIONS[0], OFFLINE])
    assert f"because {NOT_LOGGED_IN}." in run.said


@pytest.mark.parametrize(
    "stacks", first(1, [[{"name": "staging-2"}], [], [{"name": "production"}], [{"name": "old-staging"}]])
)
def test_a_preview_of_a_stack_that_the_backend_does_not_know_is_offline(installed: Tree, stacks: object) -> None:
    run = installed.run("preview", "staging", stacks=stacks)
    assert (run.status, run.calls) == (0, [*QUESTIONS, OFFLINE])
    assert f"because {NO_STACK}." in run.said


def test_a_dot_in_a_name_stands_for_itself(installed: Tree) -> None:
    installed.stack_file("eu.west")
    run = installed.run("preview", "eu.west", stacks=[{"name": "euxwest"}])
    assert run.commands == ["mcp-stack preview --stack eu.west"]


@pytest.mark.parametrize("verb", ["preview", "up", "recover"])
def test_a_misspelt_stack_is_answered_with_the_nearest(tree: Tree, verb: str) -> None:
    tree.stack_file("production-us-east")
    run = tree.run(verb, "prodution-us-east")
    assert (run.status, run.calls) == (1, [])
    assert run.said == (
        "There is no stack prodution-us-east: no file Pulumi.prodution-us-east.yaml, and no stack of that name. "
        f"Did you mean production-us-east? make {verb} STACK=production-us-east\n"
        "There are: production-us-east, staging.\n"
    )


def test_a_stack_of_the_backend_is_near_too(installed: Tree) -> None:
    run = installed.run("up", "producton", stacks=[{"name": "acme/mcp/production"}])
    assert (run.status, run.commands) == (1, [])
    assert "Did you mean production? make up STACK=production\nThere are: production, staging." in run.said
    assert "stack init" not in run.said


def test_a_name_like_no_other_is_offered_none(tree: Tree) -> None:
    said = tree.run("preview", "zzz").said
    assert "Did you mean" not in said
    assert said.endswith("and no stack of that name.\nThere are: staging.\n")


def test_an_offline_preview_that_refuses_the_stack_fails(tree: Tree) -> None:
    run = tree.run("preview", "staging", FAILS="preview")
    assert (run.status, run.calls) == (7, [OFFLINE])


@pytest.mark.parametrize("verb", ["up", "recover"])
def test_what_needs_a_cluster_ends_without_the_cli_and_says_what_is_missing(tree: Tree, verb: str) -> None:
    run = tree.run(verb, "staging")
    assert (run.status, run.calls) == (1, [])
    assert run.said == (
        f"make {verb} needs the Pulumi CLI and a cluster: {NOT_INSTALLED}.\n"
        "What the stack would be without them: make preview STACK=staging\n"
    )


@pytest.mark.parametrize("verb", ["up", "recover"])
@pytest.mark.parametrize(
    ("whoami", "stacks", "missing"), first(1, [("1", [{"name": "staging"}], NOT_LOGGED_IN), ("0", [], NO_STACK)])
)
def test_what_needs_a_cluster_touches_nothing_where_the_cli_cannot_work(
    installed: Tree, verb: str, whoami: str, stacks: object, missing: str
) -> None:
    run = installed.run(verb, "staging", stacks=stacks, WHOAMI=whoami)
    assert (run.status, run.commands) == (1, [])
    assert f"a cluster: {missing}." in run.said


# With the CLI


SUMMARY = "mcp-stack preview --summary --stack staging"
DIFFERENCE = "pulumi preview --stack staging --diff"


def test_a_preview_with_the_cli_shows_plan_and_findings_and_then_the_difference(installed: Tree) -> None:
    run = installed.run("preview", "staging")
    assert (run.status, run.commands) == (0, [SUMMARY, DIFFERENCE])
    assert run.said == f"Engine: the Pulumi CLI v3.200.0, stack staging.\n+ {DIFFERENCE}\n"


def test_what_cannot_work_is_not_previewed_besides(installed: Tree) -> None:
    installed.programs.joinpath("pulumi").write_text(FAKE.replace("${FAILS:-none}", "none"))
    run = installed.run("preview", "staging", FAILS="preview")
    assert (run.status, run.commands) == (7, [SUMMARY])
    assert run.said.endswith("The stack cannot work, so pulumi preview is not asked.\n")


def test_where_an_environment_holds_a_part_only_pulumi_knows(installed: Tree) -> None:
    installed.programs.joinpath("pulumi").write_text(FAKE.replace("${FAILS:-none}", "none"))
    installed.stack_file("staging", "environment: [prod]\nconfig: {}\n")
    run = installed.run("preview", "staging", FAILS="preview")
    assert (run.status, run.commands) == (0, [SUMMARY, DIFFERENCE])


def test_a_stack_is_found_although_the_cli_goes_on_writing(installed: Tree) -> None:
    run = installed.run("preview", "staging", REST="[]")
    assert run.commands == [SUMMARY, DIFFERENCE]


def test_the_name_of_an_organisation_may_stand_before_the_stack(installed: Tree) -> None:
    run = installed.run("preview", "staging", stacks=[{"name": "acme/mcp/staging"}])
    assert run.commands == [SUMMARY, DIFFERENCE]


def test_a_stack_without_a_file_is_one_of_the_backend(installed: Tree) -> None:
    run = installed.run("up", "old", stacks=[{"name": "old"}], **YES)
    assert run.commands == ["pulumi up --stack old --yes"]


@pytest.mark.parametrize("environment", [{"YES": "1"}, {"CI": "true"}], ids=str)
def test_an_up_does_not_ask_where_it_was_told_so(installed: Tree, environment: dict[str, str]) -> None:
    run = installed.run("up", "staging", **environment)
    assert (run.status, run.commands) == (0, ["pulumi up --stack staging --yes"])


@pytest.mark.parametrize("environment", [{}, {"YES": "0"}, {"CI": "false"}], ids=str)
def test_at_a_terminal_the_cli_asks(installed: Tree, environment: dict[str, str]) -> None:
    run = installed.run_at_a_terminal("up", "staging", **environment)
    assert (run.status, run.commands) == (0, ["pulumi up --stack staging"])


@pytest.mark.parametrize("verb", ["up", "recover"])
@pytest.mark.parametrize("environment", first(1, [{}, {"YES": "0"}, {"CI": "false"}]), ids=str)
def test_without_a_terminal_it_says_how_to_say_yes(installed: Tree, verb: str, environment: dict[str, str]) -> None:
    run = installed.run(verb, "staging", **environment)
    assert (run.status, run.commands) == (1, [])
    assert run.said.endswith(
        f"make {verb} asks before it changes anything, and there is no terminal to ask at. Nothing was changed.\n"
        f"Read 'make preview STACK=staging', then: make {verb} STACK=staging YES=1\n"
    )


CANCEL = "pulumi cancel --stack staging --yes"
ADOPT = "pulumi up --stack staging --yes [upsert=true]"
CLEAR = "pulumi refresh --stack staging --yes --clear-pending-creates --skip-preview"


def test_recover_removes_the_lock_adopts_for_one_up_and_forgets_what_had_begun(installed: Tree) -> None:
    run = installed.run("recover", "staging", **YES)
    assert (run.status, run.commands) == (0, [CANCEL, ADOPT, CLEAR])
    steps = [line for line in run.said.splitlines() if re.match(r"\d of 3: ", line)]
    assert [step[:6] for step in steps] == ["1 of 3", "2 of 3", "3 of 3"]
    assert run.said.endswith("Recovered. 'make preview STACK=staging' has no changes now.\n")


def test_recover_asks_at_a_terminal(installed: Tree) -> None:
    run = installed.run_at_a_terminal("recover", "staging")
    assert run.commands == [CANCEL, ADOPT.replace(" --yes", ""), CLEAR]
    assert "Read its preview before you confirm." in run.said


def test_recover_goes_on_where_no_lock_is_left(installed: Tree) -> None:
    """Some backends refuse to cancel what does not run; a lock that stays stops the next step."""
    run = installed.run("recover", "staging", FAILS="cancel", **YES)
    assert (run.status, run.commands) == (0, [CANCEL, ADOPT, CLEAR])
    assert "No lock was taken away. If one is left, the next step stops at it." in run.said


def test_recover_stops_where_the_up_fails(installed: Tree) -> None:
    run = installed.run("recover", "staging", FAILS="up", **YES)
    assert (run.status, run.commands) == (7, [CANCEL, ADOPT])


def test_recover_says_what_is_left_where_only_the_notes_stay(installed: Tree) -> None:
    run = installed.run("recover", "staging", FAILS="refresh", **YES)
    assert (run.status, run.commands) == (7, [CANCEL, ADOPT, CLEAR])
    assert f"only these notes are left, and each up warns of them. Take them away with:\n  {CLEAR}\n" in run.said


def lock(tree: Tree, **holder: object) -> dict[str, str]:
    """A backend of files with a lock."""
    folder = tree.root / "state" / ".pulumi" / "locks" / "organization" / "mcp" / "staging"
    folder.mkdir(parents=True)
    content = {
        "pid": os.getpid(),
        "username": "ada",
        "hostname": socket.gethostname(),
        "timestamp": "2026-11-28T10:00:00Z",
    }
    folder.joinpath("6f.json").write_text(json.dumps({**content, **holder}))
    return {"URL": f"file://{tree.root}/state"}


def test_recover_leaves_the_lock_of_a_run_that_goes_on(installed: Tree) -> None:
    run = installed.run("recover", "staging", **YES, **lock(installed))
    assert (run.status, run.commands) == (1, [])
    assert run.said.endswith(
        f"The lock belongs to a run that goes on: process {os.getpid()} of ada on {socket.gethostname()}, since "
        f"2026-11-28T10:00:00Z. Nothing was interrupted.\nWait until it has ended, or stop it (kill {os.getpid()}), "
        "then: make recover STACK=staging\n"
    )


@pytest.mark.parametrize("holder", [{"pid": 2**22 + 1}, {"hostname": "elsewhere"}, {"pid": None}], ids=str)
def test_recover_takes_a_lock_away_whose_holder_does_not_run_here(installed: Tree, holder: dict[str, object]) -> None:
    run = installed.run("recover", "staging", **YES, **lock(installed, **holder))
    assert (run.status, run.commands) == (0, [CANCEL, ADOPT, CLEAR])
    assert "Two runs at once write over each other: make sure that it ended." in run.said


@pytest.mark.parametrize("verb", ["preview", "up"])
def test_the_status_of_the_cli_is_the_status_of_the_verb(installed: Tree, verb: str) -> None:
    installed.root.joinpath(".venv", "bin", "mcp-stack").write_text(FAKE.replace("${FAILS:-none}", "none"))
    assert installed.run(verb, "staging", FAILS=verb, **YES).status == 7


def test_a_cli_without_an_event_log_runs_without_one(installed: Tree) -> None:
    run = installed.run("up", "staging", OLD_CLI="1", **YES)
    assert (run.status, run.calls[-1]) == (0, "pulumi up --stack staging --yes")
    assert "unknown flag" not in run.said


# What a failure means


def events(kind: str, message: str, *, name: str = "orders", namespace: str = "mcp-prod") -> str:
    """What the engine writes of a resource that fails, one event a line, in the form of its automation API."""
    urn = f"urn:pulumi:staging::mcp::kubernetes-mcp:index:McpRegion$kubernetes:x/v1:{kind}::mcp-thing"
    new = {"urn": urn, "inputs": {"metadata": {"name": name, "namespace": namespace}}}
    step = {"op": "create", "urn": urn, "type": f"kubernetes:x/v1:{kind}", "new": new}
    lines = [
        {"sequence": 0, "timestamp": 1, "preludeEvent": {"config": {}}},
        {"sequence": 1, "timestamp": 1, "resourcePreEvent": {"metadata": step}},
        {
            "sequence": 2,
            "timestamp": 1,
            "diagnosticEvent": {"urn": urn, "severity": "info#err", "message": "timed out"},
        },
        {
            "sequence": 3,
            "timestamp": 1,
            "diagnosticEvent": {
                "urn": urn,
                "prefix": "<{%fg 1%}>error: <{%reset%}>",
                "message": f"<{{%reset%}}>{message}<{{%reset%}}>\n",
                "color": "raw",
                "severity": "error",
            },
        },
    ]
    return "\n".join(json.dumps(line) for line in lines) + "\n"


TIMED_OUT = "timed out waiting for the condition"


def meaning(tree: Tree, verb: str = "up", **environment: str) -> str:
    """What the script says about a failed run of the CLI."""
    run = tree.run(verb, "staging", FAILS="up", **YES, **environment)
    assert run.status == 7
    return run.said.partition("\n\n")[2]


def test_a_condition_that_never_came_is_named_with_its_key_and_its_command(installed: Tree) -> None:
    assert meaning(installed, EVENTS=events("ExternalSecret", TIMED_OUT, name="orders-secrets")) == (
        "ExternalSecret orders-secrets was made, and never reported the condition Ready within "
        "mcp:awaits.timeoutSeconds (300 s unless set).\n"
        "Either the External Secrets Operator does not run in this cluster, or its store cannot be read: "
        "kubectl describe externalsecret -n mcp-prod orders-secrets\n"
        "Where no operator runs, do not wait for it: mcp:awaits.customResources: false in the stack file, or\n"
        "  pulumi config set --stack staging --path mcp:awaits.customResources false\n"
        "Then: make up STACK=staging\n"
    )


@pytest.mark.parametrize(
    ("kind", "message", "words"),
    first(
        2,
        [
            ("ScaledObject", TIMED_OUT, ["condition Ready", "KEDA does not run", "mcp:awaits.customResources: false"]),
            ("HTTPRoute", TIMED_OUT, ["no controller accepted it", "mcp:awaits.edge: true"]),
            ("Ingress", "Timeout occurred waiting for an address", ["mcp:awaits.edge: true"]),
            (
                "Deployment",
                "failed to become ready: timed out",
                ["kubectl get pods -n mcp-prod -l app.kubernetes.io/name=orders"],
            ),
            (
                "ConfigMap",
                'configmaps "orders" already exists',
                ["an interrupted run made it", "make recover STACK=staging"],
            ),
            (
                "ScaledObject",
                'no matches for kind "ScaledObject" in version',
                ["does not know the kind ScaledObject: KEDA"],
            ),
            (
                "Deployment",
                'Apply failed with 1 conflict: conflict with "kube-controller-manager" using apps/v1: .spec.replicas',
                [
                    "Something else has set the number of pods of Deployment orders",
                    "kubectl get deployment -n mcp-prod orders -o jsonpath='{.spec.replicas}'",
                ],
            ),
            (
                "Service",
                'Apply failed with 1 conflict: conflict with "kubectl-edit" using v1: .spec.ports',
                ["kubectl get service -n mcp-prod orders -o yaml --show-managed-fields", "pulumi.com/patchForce"],
            ),
        ],
    ),
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_failure_is_told_with_what_to_do(installed: Tree, kind: str, message: str, words: list[str]) -> None:
    said = meaning(installed, EVENTS=events(kind, message))
    for word in words:
        assert word in said


def test_a_count_that_someone_moved_stops_recover_with_the_next_step(installed: Tree) -> None:
    conflict = 'Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale": .spec.replicas'
    said = meaning(installed, "recover", EVENTS=events("Deployment", conflict))
    assert "mcp:scaling.startReplicas in the stack file" in said
    assert said.endswith("Then: make recover STACK=staging\n")


def test_a_lock_that_is_left_names_the_way_to_take_it_away(installed: Tree) -> None:
    locked = "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end\n"
    said = meaning(installed, STDERR=locked)
    assert said == (
        "Another run of staging holds the lock. If it goes on, wait until it has ended. If it was interrupted: make "
        "recover STACK=staging\n"
    )


def test_what_the_cli_writes_to_standard_error_is_passed_on(installed: Tree) -> None:
    run = installed.run("up", "staging", FAILS="up", STDERR="error: something of its own", **YES)
    assert "error: something of its own" in run.said


@pytest.mark.parametrize(
    "written", first(1, [events("Secret", "no idea"), "", "not json\n", '{"diagnosticEvent": 5}\n[]\n'])
)
def test_an_unknown_failure_is_left_to_the_cli(installed: Tree, written: str) -> None:
    assert meaning(installed, EVENTS=written) == ""


# Words


def test_an_unknown_verb_runs_nothing(installed: Tree) -> None:
    run = installed.run("destroy", "staging")
    assert (run.status, run.commands) == (2, [])
    assert run.said.endswith("unknown verb destroy: preview, up or recover\n")


@pytest.mark.parametrize("words", [(), ("preview",)])
def test_a_missing_word_is_named_by_the_usage(tree: Tree, words: tuple[str, ...]) -> None:
    run = tree.run(*words)
    assert run.status != 0
    assert run.calls == []
    assert "usage: scripts/pulumi-or-offline preview|up|recover STACK" in run.said
