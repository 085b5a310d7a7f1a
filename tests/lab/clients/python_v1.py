"""Sessions by the official Python SDK 1.x. Argument and answer are those of every client here: see ``sessions.py``."""

import asyncio
import json
import sys
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


async def main(asked: dict[str, Any]) -> dict[str, list[str]]:
    """The end of each session by the name of its target; targets one after the other, sessions of one together."""
    ends = {}
    for name, url in asked["targets"].items():
        one = [session(url, asked["calls"], asked["seconds"]) for _ in range(asked["sessions"])]
        ends[name] = list(await asyncio.gather(*one))
    return ends


print(json.dumps(asyncio.run(main(json.loads(sys.argv[1])))))
