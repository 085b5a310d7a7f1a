"""A server that is started: in a group of its own, gone with all its children at the end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import time
from pathlib import Path

import pytest

from pulumi_kubernetes_mcp.measuring import started as module
from pulumi_kubernetes_mcp.measuring.refused import MeasureError
from pulumi_kubernetes_mcp.measuring.started import started


def gone(pid: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 0)
        return False
    return True


async def line(path: Path) -> str:
    for _ in range(3000):
        if path.exists() and (text := path.read_text()).endswith("\n"):
            return text
        await asyncio.sleep(0.02)
    raise AssertionError(f"{path} was never written")


@pytest.mark.grid
def test_all_of_the_group_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A child that ignores SIGTERM, of a parent that does not: the child is killed as soon as the parent has ended."""
    monkeypatch.setattr(module, "STOP_SECONDS", 60)
    ended: list[bool] = []

    async def ends(self: module.Started, seconds: float) -> bool:
        ended.append(await wait(self, seconds))
        return ended[-1]

    wait = module.Started.ends
    monkeypatch.setattr(module.Started, "ends", ends)
    ready = tmp_path / "ready"
    code = (
        "import os, signal, time\n"
        "child = os.fork()\n"
        "if not child:\n"
        "    signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"    open({str(ready)!r}, 'w').write(f'{{os.getpid()}}\\n')\n"
        "time.sleep(60)"
    )

    async def run() -> tuple[int, int]:
        async with started([sys.executable, "-c", code], os.environ) as process:
            child = int(await line(ready))
            assert process.running()
            assert os.getpgid(process.pid) == process.pid != os.getpgid(0)
            return process.pid, child

    parent, child = asyncio.run(run())
    assert gone(parent)
    assert ended == [True], "SIGTERM alone ended the parent"
    # The child is nobody's any more; init may need a moment to take it away.
    for _ in range(3000):
        if gone(child) or "Z" in Path(f"/proc/{child}/stat").read_text():
            break
        time.sleep(0.02)
    else:
        raise AssertionError("the child of the started server still runs")


@pytest.mark.grid
def test_one_that_does_not_end_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STOP_SECONDS", 0.3)
    ready = tmp_path / "ready"
    code = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"open({str(ready)!r}, 'w').write('ready\\n'); time.sleep(60)"
    )

    async def run() -> int:
        async with started([sys.executable, "-c", code], os.environ) as process:
            await line(ready)
            return process.pid

    assert gone(asyncio.run(run()))


def test_what_ended_shows_its_last_words() -> None:
    code = "import sys; print('first'); sys.exit('no such configuration')"

    async def run() -> None:
        async with started([sys.executable, "-c", code], os.environ) as process:
            while process.running():
                await asyncio.sleep(0.02)
            raise MeasureError("It does not answer.")

    with pytest.raises(MeasureError, match=r"has ended.* It does not answer\.\nfirst\nno such configuration"):
        asyncio.run(run())


@pytest.mark.grid
def test_a_failure_of_the_measurement_is_not_blamed_on_a_server_that_runs() -> None:
    async def run() -> None:
        async with started([sys.executable, "-c", "import time; time.sleep(60)"], os.environ):
            raise MeasureError("Too slow.")

    with pytest.raises(MeasureError, match=r"^Too slow\.$"):
        asyncio.run(run())


def test_a_program_that_there_is_not() -> None:
    async def run() -> None:
        async with started(["no-such-program-here"], os.environ):
            pass

    with pytest.raises(MeasureError, match="cannot run 'no-such-program-here': No such file"):
        asyncio.run(run())


@pytest.mark.grid
def test_the_process_gets_the_environment_that_is_given_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a verification sets for the server reaches it, and what it takes away does not."""
    monkeypatch.setenv("TAKEN_AWAY", "here")
    code = "import os; print(os.environ.get('GIVEN'), os.environ.get('TAKEN_AWAY'))"

    async def run() -> str:
        given = {key: value for key, value in os.environ.items() if key != "TAKEN_AWAY"}
        async with started([sys.executable, "-c", code], {**given, "GIVEN": "there"}) as process:
            await process.ends(60)
            return process.last_words()

    assert "there None" in asyncio.run(run())
