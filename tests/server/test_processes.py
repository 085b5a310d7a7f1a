"""What a command, arguments and variables say of the number of processes."""

from __future__ import annotations

import pulumi
import pytest

from pulumi_kubernetes_mcp.server.processes import Declared, by_cores, declared
from pulumi_kubernetes_mcp.testing import record


@pytest.mark.parametrize(
    ("command", "args", "env", "number", "key"),
    [
        (["uvicorn", "server:app", "--workers", "4"], None, {}, 4, "command"),
        (["uvicorn", "server:app", "--workers=4"], None, {}, 4, "command"),
        (["gunicorn"], ["-w", "10", "-k", "uvicorn.workers.UvicornWorker", "app:app"], {}, 10, "args"),
        (["gunicorn", "-w4", "app:app"], None, {}, 4, "command"),
        (["python", "-m", "gunicorn", "--workers", "2", "--workers", "3", "app:app"], None, {}, 3, "command"),
        (None, ["-w", "4", "app:app"], {}, 4, "args"),
        (["sh", "-c", "exec gunicorn -w 4 app:app"], None, {}, 4, "command"),
        (["sh", "-ec"], ["uvicorn app:app --workers 4"], {}, 4, "args"),
        (["uvicorn", "app:app", "--workers", "$(COUNT)"], None, {"COUNT": "4"}, 4, "command"),
        (["uvicorn", "app:app"], None, {"UVICORN_WORKERS": "4", "WEB_CONCURRENCY": "2"}, 4, "env"),
        (["gunicorn", "app:app"], None, {"GUNICORN_CMD_ARGS": "--bind=:8000 -w 4", "WEB_CONCURRENCY": "2"}, 4, "env"),
        (["gunicorn", "app:app", "-w", "4"], None, {"WEB_CONCURRENCY": "2"}, 4, "command"),
        (None, None, {"WEB_CONCURRENCY": "4"}, 4, "env"),
        (["sh", "-c", "exec uvicorn app:app --workers ${COUNT:-4}"], None, {}, 4, "command"),
        (["sh", "-c", "exec uvicorn app:app --workers $COUNT"], None, {"COUNT": "3"}, 3, "command"),
        (["pm2-runtime", "start", "app.js", "-i", "4"], None, {}, 4, "command"),
        (["pm2-runtime"], ["app.js", "--instances=2"], {}, 2, "args"),
        (["node", "server.js"], None, {"NODE_CLUSTER_WORKERS": "4", "NODE_CLUSTER_SCHED_POLICY": "rr"}, 4, "env"),
    ],
)
def test_a_number_of_processes(
    command: list[str] | None, args: list[str] | None, env: dict[str, str], number: int, key: str
) -> None:
    found = declared(command, args, env)
    assert found is not None
    assert (found.number, found.key) == (number, key)


@pytest.mark.parametrize(
    ("command", "args", "env"),
    [
        (None, None, {}),
        (["node", "server.js", "-w", "4"], None, {}),
        (["uvicorn", "app:app", "--workers"], None, {}),
        (["gunicorn", "-w", "auto", "app:app"], None, {}),
        (["sh", "-c", "uvicorn app:app --workers $(nproc) 'open"], None, {}),
        (["gunicorn", "--worker-class", "uvicorn.workers.UvicornWorker"], None, {"WEB_CONCURRENCY": "0"}),
        (None, None, {"WEB_CONCURRENCY": "9" * 5000, "WORKERS": "4"}),
    ],
)
def test_what_says_no_number(command: list[str] | None, args: list[str] | None, env: dict[str, str]) -> None:
    assert declared(command, args, env) is None


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["pm2-runtime", "start", "app.js", "-i", "max"], "-i max"),
        (["pm2-runtime", "start", "app.js", "-i0"], "-i0"),
        (["gunicorn", "-w", "auto", "app:app"], "-w auto"),
        (["sh", "-c", "uvicorn app:app --workers $(nproc)"], "--workers $(nproc)"),
        (["uvicorn", "app:app", "--workers", "0"], None),
        (["node", "server.js", "-i", "max"], None),
    ],
)
def test_a_process_for_each_core_is_several(command: list[str], words: str | None) -> None:
    found = by_cores(command, None, {})
    assert (found and found.words) == words
    assert declared(command, None, {}) is None


def test_a_variable_may_ask_for_a_process_for_each_core() -> None:
    assert by_cores(None, None, {"NODE_CLUSTER_WORKERS": "max"}) == Declared(
        number=0, key="env", words="NODE_CLUSTER_WORKERS=max"
    )
    assert by_cores(None, None, {"NODE_CLUSTER_WORKERS": "4", "WORKERS": "max"}) is None


def test_a_value_that_is_known_later_says_nothing_yet() -> None:
    later: list[Declared | None] = []

    def program() -> None:
        later.append(declared(None, None, {"WEB_CONCURRENCY": pulumi.Output.from_input("4")}))

    record(program)
    assert later == [None]
    assert declared(["gunicorn", "-w4"], None, {}) == Declared(number=4, key="command", words="-w4")
