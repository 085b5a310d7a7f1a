"""Sessions by the official Python SDK 1.x. Argument and answer are those of every client here: see ``sessions.py``."""

import asyncio
import json
import os
import sys
import time
from datetime import timedelta
from typing import Any

from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client


async def session(url: str, calls: int, seconds: float) -> str:
    """One session; what ended it, empty where every call was answered."""
    try:
        async with streamablehttp_client(url) as (read, write, _), ClientSession(read, write) as client:
            await asyncio.wait_for(client.initialize(), seconds)
            for number in range(calls):
                arguments = {"text": f"{number}"}
                result: Any = await client.call_tool("trivial", arguments, timedelta(seconds=seconds))
                if result.isError or result.content[0].text != f"{number}":
                    return "another answer"
    except BaseException as error:
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        return f"{type(error).__name__}: {error}"[:120]
    return ""


async def watched(url: str, name: str, asked: dict[str, Any], seen: list[list[Any]]) -> None:
    """Calls of one session until a file is there, whatever becomes of each: begin, end, and what it failed of."""
    seconds = asked["seconds"]
    try:
        async with streamablehttp_client(url) as (read, write, _), ClientSession(read, write) as client:
            await asyncio.wait_for(client.initialize(), seconds)
            while not os.path.exists(asked["until"]):
                text, begun, failed = f"{name}-{len(seen)}", time.time(), ""
                try:
                    result: Any = await client.call_tool("write", {"text": text}, timedelta(seconds=seconds))
                    assert not result.isError, result.content[0].text
                except Exception as error:
                    failed = f"{type(error).__name__}: {error}"[:120]
                seen.append([begun, time.time(), failed])
                await asyncio.sleep(asked["pause"])
    except BaseException as error:
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        seen.append([time.time(), time.time(), f"the client ended, {type(error).__name__}: {error}"[:120]])


async def watch(asked: dict[str, Any]) -> list[list[list[Any]]]:
    """The calls of each session of the one target."""
    ((name, url),) = asked["targets"].items()
    seen: list[list[list[Any]]] = [[] for _ in range(asked["sessions"])]
    await asyncio.gather(*(watched(url, f"{name}-{at}", asked, one) for at, one in enumerate(seen)))
    return seen


async def main(asked: dict[str, Any]) -> dict[str, list[str]]:
    """The end of each session by the name of its target; targets one after the other, sessions of one together."""
    ends = {}
    for name, url in asked["targets"].items():
        one = [session(url, asked["calls"], asked["seconds"]) for _ in range(asked["sessions"])]
        ends[name] = list(await asyncio.gather(*one))
    return ends


told = json.loads(sys.argv[1])
print(json.dumps(asyncio.run(watch(told) if "until" in told else main(told))))
