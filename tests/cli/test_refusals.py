"""Whatever is wrong, the answer is one screen of words and exit 1; and no secret is in any answer."""

import json
import logging
import os
import random
import subprocess
import sys

import pytest
import yaml

SCREEN = 40
"""Lines of an answer that still fit a screen."""
HIDDEN = "hunter2-Zq8"
COMMANDS = [
    ("check",),
    ("check", "--json"),
    ("plan",),
    ("plan", "--json"),
    ("plan", "--markdown"),
    ("preview",),
    ("preview", "--json"),
    ("render",),
]


def refused(project, *words):
    result = project.run(*words)
    assert result.exit_code == 1
    assert len(result.output.splitlines()) <= SCREEN
    assert result.output.strip()
    return result


@pytest.mark.grid
def test_a_stack_that_does_not_exist_names_those_that_do(project):
    project.stack("one")
    project.stack("two")
    result = refused(project, "preview", "--stack", "three")
    assert result.stdout == ""
    assert "The file does not exist." in result.stderr
    assert "Stacks of this project: one, two." in result.stderr


def test_without_a_name_the_stacks_are_listed(project):
    project.stack("one")
    project.stack("two")
    assert "Stacks of this project: one, two." in refused(project, "check").stderr


def test_all_stacks_of_an_empty_project(project):
    assert "This project has no stack file." in refused(project, "check", "--all").stderr


def test_settings_that_cannot_be_used_are_all_listed(project):
    project.stack(workload={"dailyUsers": -1, "sesionsPerUser": 2}, region={})
    result = refused(project, "preview", "--stack", "dev")
    for path in ("mcp:workload.dailyUsers", "mcp:workload.sesionsPerUser", "mcp:region.name"):
        assert path in result.stderr
    data = json.loads(refused(project, "preview", "--stack", "dev", "--json").stdout)
    assert len(data["error"]["findings"]) == 3
    keys = {"code", "slug", "severity", "file", "line", "path", "problem", "remedy"}
    assert keys == set(data["error"]["findings"][0])
    first = data["error"]["findings"][0]
    assert first["file"] == "stacks/Pulumi.dev.yaml"
    assert first["line"] > 0


BROKEN = ["", "[]", "config: [", "a: 1\na: 2\n", "config:\n\tx: 1\n", "\x00", "config: 7\n"]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        # Each command with one text, and one command with each text; the rest is a grid.
        pytest.param(words, text, marks=[pytest.mark.grid] * (words != ("check",) and text != "config: ["))
        for words in COMMANDS
        for text in BROKEN
    ],
    ids=str,
)
def test_a_broken_file_is_refused_by_every_command(project, words, text):
    project.stacks.joinpath("Pulumi.dev.yaml").write_text(text)
    result = refused(project, *words, "--stack", "dev")
    assert "Pulumi.dev.yaml" in result.output


@pytest.mark.grid
def test_noise_is_refused(project):
    source = random.Random(7)
    good = project.stack().read_bytes()
    for _ in range(20):
        data = bytearray(good)
        for _ in range(source.randint(1, 6)):
            data[source.randrange(len(data))] = source.randrange(256)
        project.stacks.joinpath("Pulumi.dev.yaml").write_bytes(bytes(data))
        result = project.run("check", "--stack", "dev")
        assert result.exit_code in (0, 1)
        assert len(result.output.splitlines()) <= SCREEN


def test_a_program_that_fails_is_shown_by_its_lines_without_a_traceback(project):
    project.stack()
    project.program("import pulumi\n\ndef build():\n    return {}['missing']\n\nbuild()\n")
    result = refused(project, "preview", "--stack", "dev")
    assert result.stderr.splitlines() == [
        "The program failed with KeyError: 'missing'",
        "  __main__.py, line 6, in <module>",
        "  __main__.py, line 4, in build",
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("import no_such_module", "The program failed with ModuleNotFoundError: No module named 'no_such_module'"),
        ("raise pulumi.RunError('not like this')", "not like this"),
        ("raise SystemExit(4)", "The program ended itself with exit code 4."),
        ("def f(:", "The program failed with SyntaxError: "),
        ("k8s.core.v1.Service.get('a', 'b/c')", 'The program reads the existing kubernetes:core/v1:Service "a"'),
        ("[k8s.core.v1.ConfigMap('a', data={}) for _ in '12']", "Two resources have the type kubernetes:core/v1:Conf"),
        ("[k8s.core.v1.ConfigMap(n, metadata={'name': 'x'}) for n in 'ab']", 'Two resources declare the ConfigMap "x"'),
    ],
)
def test_what_a_program_may_not_do(project, line, message):
    project.stack()
    project.program(f"import pulumi, pulumi_kubernetes as k8s\n{line}\n")
    assert refused(project, "render", "--stack", "dev").stderr.startswith(message)
    assert not project.stacks.joinpath("rendered").exists()


def test_a_component_that_refuses_its_arguments_prints_its_findings(project):
    project.stack()
    project.program(
        "from pulumi_kubernetes_mcp import McpService\n"
        "McpService('web', {'image': 'registry.example/mcp', 'namespace': 'mcp'})\n"
    )
    result = refused(project, "preview", "--stack", "dev")
    assert result.stderr.startswith('McpService "web" cannot work:\n  MCP101 image: ')


@pytest.mark.grid
def test_foreign_files_in_the_rendered_directory_stop_rendering(project):
    project.stack()
    target = project.stacks / "rendered" / "dev"
    target.mkdir(parents=True)
    target.joinpath("mine.yaml").write_text("a: b\n")
    result = refused(project, "render", "--stack", "dev")
    assert "mine.yaml was not rendered by mcp-stack" in result.stderr
    assert target.joinpath("mine.yaml").read_text() == "a: b\n"


@pytest.mark.parametrize("name", ["Pulumi....yaml", "Pulumi.a b.yaml"])
def test_a_file_without_a_stack_name_is_not_rendered(project, name):
    path = project.stack().rename(project.root / name)
    result = refused(project, "render", "--file", str(path))
    assert "gives no stack name" in result.stderr


@pytest.mark.grid
@pytest.mark.parametrize(
    "form", [[], *(pytest.param([form], marks=pytest.mark.grid) for form in ("--json", "--markdown"))]
)
def test_a_reader_that_goes_away_is_no_error(project, form):
    project.stack()
    command = [sys.executable, "-W", "error", "-m", "pulumi_kubernetes_mcp.cli", "plan", "-s", "dev", *form]
    process = subprocess.Popen(
        command,
        cwd=project.root,
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    process.wait()


def test_control_characters_do_not_reach_the_terminal(project):
    project.stack(server={"image": "registry.example/mcp:1\x1b[31m", "name": "orders"})
    assert "\x1b" not in project.run("check", "--stack", "dev").output


SECRETS = {"source": "config", "env": {"API_TOKEN": "token"}, "values": {"token": HIDDEN}}
PLACES = {
    "secrets in clear": {"secrets": SECRETS},
    "environment by name": {"server": {"image": "r.example/m:1.0.0", "env": {"DB_PASSWORD": HIDDEN}}},
    "environment by form": {"server": {"image": "r.example/m:1.0.0", "env": {"URL": f"postgres://u:{HIDDEN}@db/x"}}},
    "wrong type": {"secrets": {**SECRETS, "values": {"token": [HIDDEN]}}},
}


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("place", PLACES)
def test_a_secret_in_clear_is_in_no_answer(project, caplog, place, words):
    caplog.set_level(logging.DEBUG)
    project.stack(**PLACES[place])
    result = project.run(*words, "--stack", "dev")
    assert HIDDEN not in result.output
    assert HIDDEN not in caplog.text
    assert words[0] == "plan" or result.exit_code == 1


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_an_encrypted_value_stays_a_placeholder_everywhere(project, caplog, words):
    caplog.set_level(logging.DEBUG)
    cipher = "v1:bm9uY2U=:Y2lwaGVydGV4dA=="
    project.stack(secrets={**SECRETS, "values": {"token": {"secure": cipher}}})
    result = project.run(*words, "--stack", "dev")
    assert result.exit_code == 0
    assert cipher not in result.output
    assert cipher not in caplog.text
    if words == ("render",):
        secret = next(text for name, text in project.rendered().items() if "-secret-" in name)
        # base64 of "[secret]"
        assert yaml.safe_load(secret)["data"] == {"token": "W3NlY3JldF0="}


@pytest.mark.grid
def test_a_secret_that_the_program_makes_is_masked_in_outputs_manifests_and_differences(project):
    project.stack()
    text = (
        "import pulumi, pulumi_kubernetes as k8s\n"
        f"secret = pulumi.Output.secret('{HIDDEN}')\n"
        "pulumi.export('password', secret)\n"
        "pulumi.export('url', pulumi.Output.concat('https://u:', secret, '@h'))\n"
        "k8s.core.v1.ConfigMap('leak', metadata={'name': 'leak'}, data={'url': secret, 'n': 'N'})\n"
    )
    project.program(text.replace("'N'", "'1'"))
    project.run("render", "--stack", "dev")
    project.program(text.replace("'N'", "'2'").replace("'url': secret", "'url': secret.apply(str.upper)"))
    for words in (("preview",), ("preview", "--json"), ("render", "--check"), ("render", "--check", "--json")):
        output = project.run(*words, "--stack", "dev").output
        assert HIDDEN not in output
        assert HIDDEN.upper() not in output
        assert "data.n" in output
    assert "password = [secret]" in project.run("preview", "--stack", "dev").output
    assert HIDDEN not in "".join(project.rendered().values())
