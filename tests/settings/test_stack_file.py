"""A stack file is read as Pulumi reads it, and a broken one is refused with the place and the remedy."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from pulumi_kubernetes_mcp.settings import (
    SECRET_PLACEHOLDER,
    SettingsError,
    StackFile,
    load_settings,
    read_stack_file,
    stack_names,
    stack_path,
    to_pulumi_config,
)

from .samples import PROJECT, SMALLEST, STACK, project, write

QUOTE = "A text that begins with '*', such as a cron expression, goes in quotes."
MEND = "Mend the line, or the one above: look at the indentation, ':' and quotes."


def refusal(
    directory: Path, stack: str | None = "dev", file: Path | None = None
) -> tuple[str, list[tuple[str, str, str]]]:
    with pytest.raises(SettingsError) as caught:
        read_stack_file(directory, stack=stack, file=file)
    return caught.value.where, [(p.path, p.problem, p.remedy) for p in caught.value.problems]


def test_a_stack_is_read_from_the_directory_that_the_project_names(tmp_path: Path) -> None:
    stack = read_stack_file(project(tmp_path, dev=STACK), stack="dev")
    assert (stack.name, stack.project, stack.where) == ("dev", "mcp", "stacks/Pulumi.dev.yaml")
    assert stack.path == tmp_path / "stacks" / "Pulumi.dev.yaml"
    assert stack.values == SMALLEST
    assert (stack.secret_paths, stack.secret_keys, stack.environment) == (frozenset(), (), False)
    assert load_settings(stack.values, where=stack.where).region.name == "us-east"


def test_the_stack_replaces_whole_keys_of_the_project_and_merges_nothing(tmp_path: Path) -> None:
    pulumi = PROJECT + (
        "config:\n"
        "  server: {type: object, description: the server, default: {image: 'a:1', port: 9000}}\n"
        "  mcp:scaling: {value: {minReplicas: 4}}\n"
        "  mcp:accept: [1]\n"
        "  monitoring: {type: object, secret: true}\n"
        "  kubernetes:context: kind\n"
    )
    text = "config:\n  mcp:server: {image: 'b:2'}\n  mcp:config:database: null\n  edge: {host: h}\n"
    stack = read_stack_file(project(tmp_path, pulumi=pulumi, dev=text), stack="organisation/mcp/dev")
    assert stack.values == {
        "mcp:server": {"image": "b:2"},
        "mcp:scaling": {"minReplicas": 4},
        "mcp:accept": [1],
        "kubernetes:context": "kind",
        "mcp:database": None,
        "mcp:edge": {"host": "h"},
    }


def test_a_bare_key_belongs_to_the_project_of_that_name(tmp_path: Path) -> None:
    stack = read_stack_file(
        project(tmp_path, pulumi="name: other\n", dev="config: {a: 1}"), file=tmp_path / "stacks/Pulumi.dev.yaml"
    )
    assert stack.values == {"other:a": 1}


def test_secrets_become_placeholders_wherever_they_stand_and_their_places_are_known(tmp_path: Path) -> None:
    text = STACK + (
        "  mcp:secrets: {values: {password: {secure: v1:x}, 'a.b': [{secure: v1:y}]}}\n"
        "  other:token: {secure: v1:z}\n"
        "  other:not: {secure: v1:z, more: 1}\n"
        "encryptionsalt: v1:salt\nenvironment: [prod]\n"
    )
    stack = read_stack_file(project(tmp_path, dev=text), stack="dev")
    assert stack.values["mcp:secrets"] == {"values": {"password": SECRET_PLACEHOLDER, "a.b": [SECRET_PLACEHOLDER]}}
    assert stack.values["other:token"] == SECRET_PLACEHOLDER
    assert stack.secret_paths == {"mcp:secrets.values.password", 'mcp:secrets.values["a.b"][0]', "other:token"}
    assert stack.secret_keys == ("mcp:secrets", "other:token")
    assert stack.environment is True
    assert "v1:" not in repr(stack)


def test_the_configuration_is_the_text_that_the_cli_hands_over(tmp_path: Path) -> None:
    text = (
        "config:\n"
        "  mcp:server: {port: 80.0, env: {B: 'é', A: '1'}, share: 0.5}\n"
        "  mcp:secrets: {values: {a: {secure: v1:x}}}\n"
        "  mcp:database:\n"
        "  k:text: '5'\n"
        "  k:number: 5\n"
        "  k:flag: true\n"
    )
    config, secrets = to_pulumi_config(read_stack_file(project(tmp_path, dev=text), stack="dev"))
    assert config == {
        "mcp:server": '{"env":{"A":"1","B":"é"},"port":80,"share":0.5}',
        "mcp:secrets": '{"values":{"a":"[secret]"}}',
        "mcp:database": "null",
        "k:text": "5",
        "k:number": "5",
        "k:flag": "true",
    }
    assert secrets == ["mcp:secrets"]


def test_a_file_alone_needs_no_project(tmp_path: Path) -> None:
    stack = read_stack_file(tmp_path / "elsewhere", file=write(tmp_path / "Pulumi.try.yaml", STACK))
    assert (stack.name, stack.project, stack.values) == ("try", "mcp", SMALLEST)
    assert stack.where == str(tmp_path / "Pulumi.try.yaml")


def test_the_only_stack_needs_no_name(tmp_path: Path) -> None:
    assert read_stack_file(project(tmp_path, dev=STACK)).name == "dev"


def test_stack_names_are_sorted_and_a_path_is_given_before_the_file_exists(tmp_path: Path) -> None:
    directory = project(tmp_path, prod=STACK, dev=STACK)
    assert stack_names(directory) == ("dev", "prod")
    assert stack_path(directory, "new") == tmp_path / "stacks" / "Pulumi.new.yaml"


FILES: list[tuple[str, str | bytes, tuple[str, str, str]]] = [
    (
        "empty",
        "",
        ("", "The file is empty.", "Begin with 'config:', and below it 'mcp:region:', 'mcp:server:' and others."),
    ),
    (
        "only a comment",
        "# nothing\n",
        ("", "The file is empty.", "Begin with 'config:', and below it 'mcp:region:', 'mcp:server:' and others."),
    ),
    ("list", "- a\n- b\n", ("", "The file holds a list instead of a map.", "Begin with a key, such as 'config:'.")),
    (
        "text",
        "hello\n",
        ("", "The file holds a single value instead of a map.", "Begin with a key, such as 'config:'."),
    ),
    (
        "config is a list",
        "config:\n- mcp:server\n",
        ("config", "It is not a map.", "Write one key per line below it, such as 'mcp:server:'."),
    ),
    (
        "the file of a project",
        "name: shop\nruntime: python\nconfig: {}\n",
        (
            "",
            "It is the file of a project, and not of a stack.",
            "Name Pulumi.<stack>.yaml of that project instead.",
        ),
    ),
    (
        "an object of Kubernetes",
        "apiVersion: v1\nkind: Pod\n",
        ("", "It is an object of Kubernetes, and not a stack.", "Name a stack file, Pulumi.<stack>.yaml."),
    ),
    ("misspelt root", "confg: {}\n", ("confg", "A stack file has no such key.", "Did you mean 'config'?")),
    (
        "not indented",
        "config:\nmcp:server: {}\n",
        ("mcp:server", "It stands beside 'config:', where Pulumi ignores it.", "Indent it below 'config:'."),
    ),
    (
        "three parts",
        "config: {'mcp:server:image': x}\n",
        ("mcp:server:image", "This is not a configuration key.", "Write '<namespace>:<name>', such as 'mcp:server'."),
    ),
    (
        "twice",
        "config: {'mcp:a': 1, a: 2}\n",
        ("mcp:a", "It is given twice, with and without its namespace.", "Keep one of the two."),
    ),
    (
        "broken",
        "config:\n  mcp:server: {image: x\n",
        ("line 3, column 1", "this is not YAML: expected ',' or '}', but got '<stream end>'.", MEND),
    ),
    (
        "tab",
        "config:\n\tmcp:server: {}\n",
        ("line 2, column 1", "this is not YAML: found character '\\t' that cannot start any token.", MEND),
    ),
    (
        "unquoted star",
        "config:\n  mcp:secrets: {values: {a: *hunter2}}\n",
        ("line 2, column 29", "this is not YAML: found undefined alias.", QUOTE),
    ),
    (
        "unquoted cron expression",
        "config:\n  mcp:scaling:\n    schedules:\n      - start: */5 8 * * *\n",
        ("line 4, column 17", "this is not YAML: expected alphabetic or numeric character, but found '/'.", QUOTE),
    ),
    (
        "unquoted at sign",
        "config:\n  mcp:scaling: {query: @daily}\n",
        (
            "line 2, column 24",
            "this is not YAML: found character '@' that cannot start any token.",
            "A text that begins with it goes in quotes.",
        ),
    ),
    (
        "key twice",
        "config:\n  mcp:server:\n    port: 1\n    port: 2\n",
        ("line 4, column 5", "the key 'port' is given twice.", "Keep one of the two."),
    ),
    (
        "number as key",
        "config: {'mcp:server': {1: 2}}\n",
        ("line 1, column 25", "a key is not text.", "Put the key in quotes."),
    ),
    (
        "date",
        "config: {'shop:secrets': {version: 2026-11-21}}\n",
        ("line 1, column 36", "this is a date to YAML, and Pulumi rewrites it.", "Put it in quotes."),
    ),
    (
        "leading zero",
        "a: 010\n",
        (
            "line 1, column 4",
            "a number with a leading zero is octal to some readers.",
            "Drop the zero, or put it in quotes.",
        ),
    ),
    ("not finite", "a: .inf\n", ("line 1, column 4", "the number is not finite.", "Give a finite number.")),
    ("too large a number", "a: 1e999\n", ("line 1, column 4", "the number is too large.", "Give a smaller one.")),
    ("very many digits", "a: " + "9" * 5000, ("line 1, column 4", "the number is too large.", "Give a smaller one.")),
    (
        "tag",
        "a: !!python/object:os.system x\n",
        ("line 1, column 4", "a tag ('!') is not allowed here.", "Remove it, or put the text in quotes."),
    ),
    (
        "two documents",
        "a: 1\n---\na: 2\n",
        ("line 2, column 1", "this is not YAML: but found another document.", MEND),
    ),
    (
        "control character",
        "a: 1\nb: \x07\n",
        ("line 2", "there is a character that YAML does not allow.", "Remove it."),
    ),
    ("not UTF-8", b"a: 1\nb: \xff\n", ("line 2", "the file is not UTF-8.", "Save it as UTF-8.")),
    ("UTF-16", "a: 1\n".encode("utf-16"), ("line 1", "the file is not UTF-8.", "Save it as UTF-8.")),
    (
        "alias inside its own value",
        "a: &x [*x]\n",
        ("line 1, column 8", "'*x' stands inside the value that it repeats.", "Remove it."),
    ),
]


@pytest.mark.parametrize(
    ("content", "expected"), [(content, expected) for _, content, expected in FILES], ids=[name for name, *_ in FILES]
)
def test_a_broken_file_is_refused_in_these_words(
    content: str | bytes, expected: tuple[str, str, str], tmp_path: Path
) -> None:
    assert refusal(project(tmp_path, dev=content)) == ("stacks/Pulumi.dev.yaml", [expected])


def test_several_unknown_root_keys_are_told_at_once(tmp_path: Path) -> None:
    _, told = refusal(project(tmp_path, dev="confg: {}\nzebra: 1\n"))
    assert [path for path, *_ in told] == ["confg", "zebra"]


LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30)
)
BOMBS = {
    "billion laughs": (LAUGHS, "line 5, column 5", "with its aliases it holds more than 50000 values."),
    "brackets": ("[" * 100_000, "line 1, column 33", "it is nested more than 32 levels deep."),
    "braces": ("{a: " * 50_000, "line 1, column 126", "it is nested more than 32 levels deep."),
    "indentation": (
        "".join(" " * n + "a:\n" for n in range(500)),
        "line 32, column 32",
        "it is nested more than 32 levels deep.",
    ),
    "dashes": ("- " * 100_000, "line 1, column 65", "it is nested more than 32 levels deep."),
    "many items": ("[" + "1," * 60_000 + "]", "line 1, column 100000", "the file holds more than 50000 values."),
    "huge": ("a: 1\n" * 60_000, "", "The file is larger than 256 KiB."),
}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.grid] * (name == "many items")) for name in BOMBS]
)
def test_a_hostile_file_is_refused(name: str, tmp_path: Path) -> None:
    content, path, problem = BOMBS[name]
    _, told = refusal(project(tmp_path, dev=content))
    assert [(place, words) for place, words, _ in told] == [(path, problem)]


def test_a_device_or_pipe_is_not_read(tmp_path: Path) -> None:
    pipe = tmp_path / "Pulumi.pipe.yaml"
    os.mkfifo(pipe)
    assert refusal(tmp_path, file=pipe)[1] == [("", "It is not a regular file.", "Name a file.")]


def test_a_missing_stack_names_those_that_exist(tmp_path: Path) -> None:
    directory = project(tmp_path, prod=STACK, staging=STACK)
    listed = "Stacks of this project: prod, staging."
    meant = [("", "The file does not exist.", f"Did you mean 'prod'? {listed}")]
    assert refusal(directory, "prd") == ("stacks/Pulumi.prd.yaml", meant)
    assert refusal(directory, "../../etc/prd") == ("stacks/Pulumi.prd.yaml", meant)
    assert refusal(directory, "qa") == ("stacks/Pulumi.qa.yaml", [("", "The file does not exist.", listed)])
    assert refusal(directory, None) == ("Pulumi.yaml", [("", "No stack is named.", f"Name one with --stack. {listed}")])


def test_a_project_without_stacks_says_so(tmp_path: Path) -> None:
    remedy = "This project has no stack file yet."
    assert refusal(project(tmp_path), None) == ("Pulumi.yaml", [("", "No stack is named.", remedy)])


def test_a_directory_without_a_project_is_told(tmp_path: Path) -> None:
    remedy = "Go to the directory of the project, or name the stack file itself."
    assert refusal(tmp_path) == (str(tmp_path), [("", "There is no Pulumi.yaml in this directory.", remedy)])


def test_files_that_cannot_be_opened_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "Pulumi.dir.yaml").mkdir()
    assert refusal(tmp_path, file=tmp_path / "Pulumi.dir.yaml")[1] == [
        ("", "It is a directory.", "Name the file inside it, such as Pulumi.<stack>.yaml.")
    ]
    assert refusal(tmp_path, file=tmp_path / "no.yaml")[1] == [
        ("", "The file does not exist.", "Check the spelling of its name.")
    ]
    assert refusal(tmp_path, file=tmp_path / "a\0b")[1] == [
        ("", "The file cannot be read: its name is not a path.", "Check its name and permissions.")
    ]
    assert refusal(tmp_path, file=tmp_path / ("x" * 300))[1] == [
        ("", "The file cannot be read: File name too long.", "Check its name and permissions.")
    ]
    file = write(tmp_path / "Pulumi.locked.yaml", STACK)

    def deny(*args: object, **kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", deny)
    assert refusal(tmp_path, file=file)[1] == [
        ("", "The file cannot be read: Permission denied.", "Check its name and permissions.")
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read every file")
def test_a_file_without_permissions_is_told(tmp_path: Path) -> None:
    file = write(tmp_path / "Pulumi.locked.yaml", STACK)
    file.chmod(0)
    assert refusal(tmp_path, file=file)[1][0][1] == "The file cannot be read: Permission denied."


PROJECTS = [
    ("config: {}\n", ("name", "The project has no name.", "Add 'name: mcp'.")),
    ("name: mcp\nstackConfigDir: 5\n", ("stackConfigDir", "It is not text.", "Give a directory, such as 'stacks'.")),
    ("name: [", ("line 1, column 8", "this is not YAML: expected the node content, but found '<stream end>'.", MEND)),
    (
        "name: mcp\nconfig: {server: {image: 'x:1'}}\n",
        (
            "mcp:server.image",
            "Pulumi knows no such key in a declaration.",
            "Put the value under 'default:'. Known keys: type, items, description, secret, default, value.",
        ),
    ),
]


@pytest.mark.parametrize(("pulumi", "expected"), PROJECTS)
def test_a_broken_project_is_refused_under_its_own_name(
    pulumi: str, expected: tuple[str, str, str], tmp_path: Path
) -> None:
    assert refusal(project(tmp_path, pulumi=pulumi, dev=STACK)) == ("Pulumi.yaml", [expected])


def test_a_byte_order_mark_and_windows_line_ends_are_no_mistake(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbf" + STACK.replace("\n", "\r\n").encode()
    assert read_stack_file(project(tmp_path, dev=content), stack="dev").values == SMALLEST


SCALARS: dict[str, Any] = {
    "no": "no", "on": "on", "yes": "yes", "12:30:00": "12:30:00", "~": None, "null": None, "": None, "True": True,
    "1e3": 1000, "60.0": 60, "0.5": 0.5, ".5": 0.5, "-7": -7, "0x10": 16, "0o17": 15, "1_000": 1000, "0": 0,
    "'true'": "true", '"012"': "012", "1.2.3": "1.2.3",
}  # fmt: skip


@pytest.mark.parametrize("written", SCALARS)
def test_scalars_are_those_of_yaml_1_2(written: str, tmp_path: Path) -> None:
    stack = read_stack_file(project(tmp_path, dev=f"config:\n  k:v: {written}\n"), stack="dev")
    value = stack.values["k:v"]
    assert (type(value), value) == (type(SCALARS[written]), SCALARS[written])


def test_aliases_and_merge_keys_follow_yaml(tmp_path: Path) -> None:
    text = (
        "config:\n  k:a: &a {x: 1, y: 2}\n  k:b: {<<: *a, y: 3}\n  k:c: {y: 4, <<: [{z: 5}, *a, {z: 6}]}\n  k:d: *a\n"
    )
    values = read_stack_file(project(tmp_path, dev=text), stack="dev").values
    assert values["k:b"] == {"x": 1, "y": 3}
    assert values["k:c"] == {"x": 1, "y": 4, "z": 5}
    assert values["k:d"] == {"x": 1, "y": 2}
    _, told = refusal(tmp_path, file=write(tmp_path / "broken.yaml", "a: {<<: 5}"))
    assert told == [("line 1, column 9", "'<<' takes a map.", "Name the anchor of a map, such as '<<: *base'.")]


def test_what_goes_through_the_cli_is_what_was_read(tmp_path: Path) -> None:
    stack: StackFile = read_stack_file(project(tmp_path, dev=STACK), stack="dev")
    config, _ = to_pulumi_config(stack)
    assert {key: json.loads(text) for key, text in config.items()} == stack.values
