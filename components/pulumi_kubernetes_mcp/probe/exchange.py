"""The real exchange of each era, as its clients have it, and nothing that stays on the server."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..eras import Era
from . import messages
from .answer import Answer, FailedError, check, own_error, quoted
from .clock import Clock
from .event_session import EventSession
from .metric_names import Phase
from .page import shown
from .reasons import Reason
from .round import Seen
from .versions import HANDSHAKE_VERSIONS, LEGACY, MODERN, SSE, VERSIONS, fits
from .watched import Watched
from .wire import Wire

MOST_PAGES = 20
"""Pages of a list of tools; a server whose list has no end is not followed for ever."""
_MODERN_FAULTS = {-32020: "HeaderMismatch", -32021: "MissingRequiredClientCapability"}
_WRONG_VERSION = -32022
_NO_METHOD = -32601
_DELETE_TRIES = 4
"""An address without affinity may send the end of a session to a pod that does not know it."""
_UNKNOWN = (400, 404)
"""How a pod answers that does not know a session: 404 as the protocol has it, 400 in the TypeScript SDK's examples."""
_ELSEWHERE = (*_UNKNOWN, 500, 502, 503, 504)
"""Another connection may reach a pod that ends the session."""


@dataclass(frozen=True)
class Session:
    """What the handshake agreed on. Modern servers have none of it."""

    era: Era
    version: str
    id: str | None = None
    tools: bool = True
    """Whether the server says that it has tools."""
    stream: EventSession | None = None
    """Of HTTP+SSE the open stream."""


class Exchange:
    """The conversation of one round with one endpoint."""

    def __init__(self, wire: Wire, watched: Watched, clock: Clock, seen: Seen) -> None:
        self.wire = wire
        self.watched = watched
        self.clock = clock
        self.seen = seen
        self._number = 0

    def number(self) -> int:
        """The id of the next request."""
        self._number += 1
        return self._number

    async def discover(self) -> Session | None:
        """The handshake of a modern server, or ``None`` if this is none."""
        version = self.watched.version if self._wants(Era.MODERN) else None
        call = messages.modern_call(self.number(), "server/discover", {}, version=version or MODERN)
        answer = await self.wire.post(call)
        await self._let_go(answer, LEGACY)
        if answer.status in (400, 404, 405, 410, 415) and answer.payload is None:
            return None
        check(answer, self.watched.shown)
        result, code = messages.result_of(answer.data), messages.error_of(answer.payload)[0]
        if code == _WRONG_VERSION:
            raise FailedError(Reason.WRONG_PROTOCOL_VERSION, f"{quoted(answer)}; it speaks {_supported(answer)}")
        if code in _MODERN_FAULTS:
            raise FailedError(Reason.HANDSHAKE_FAILED, f"{_MODERN_FAULTS[code]}: {quoted(answer)}")
        supported = result.get("supportedVersions") if result is not None else None
        if result is None or not isinstance(supported, list):
            return None
        self.seen.supported = [str(entry) for entry in supported][:20]
        wanted = version or MODERN
        if wanted not in supported and version is None and any(one in HANDSHAKE_VERSIONS for one in supported):
            # The Go SDK answers so where it keeps sessions, and clients go on to the handshake.
            return None
        if wanted not in supported:
            raise FailedError(
                Reason.WRONG_PROTOCOL_VERSION, f"it speaks {_words(self.seen.supported)}, and not {wanted}"
            )
        self._note_server(result)
        return Session(Era.MODERN, wanted, None, _has_tools(result))

    async def initialize(self) -> Session | Answer:
        """The handshake of a server that has one, or the answer that shows that this has none."""
        version = self.watched.version
        offered = version if version is not None and fits(version, Era.LEGACY_STATEFUL) else LEGACY
        try:
            answer = await self.wire.post(messages.initialize(self.number(), offered))
        except FailedError as failed:
            await self._end_unanswered(failed, offered)
            raise
        result = messages.result_of(answer.data)
        if result is None or answer.status != 200:
            await self._let_go(answer, offered)
            session = None
        else:
            session = answer.headers.get("mcp-session-id") or None
        if answer.status in (404, 405, 410) and answer.payload is None:
            return answer
        if result is None:
            check(answer, self.watched.shown)
            return answer
        if session is not None and not _nameable(session):
            # Nobody can name it, not even to end it.
            raise FailedError(Reason.INVALID_ANSWER, "its Mcp-Session-Id holds what no header of a client can hold")
        if session is not None:
            self.seen.sessions_opened += 1
        opened = Session(Era.LEGACY_STATELESS if session is None else Era.LEGACY_STATEFUL, offered, session)
        async with self.ending_if_failed(opened):
            check(answer, self.watched.shown)
            opened = self._agreed(result, opened)
            check(
                await self.wire.post(messages.initialized(session, opened.version)),
                self.watched.shown,
                session=session is not None,
            )
        return opened

    async def _end_unanswered(self, failed: FailedError, version: str) -> None:
        """The session of a handshake whose answer began and did not come to its end."""
        session = failed.headers.get("mcp-session-id") if failed.status == 200 else None
        if session and _nameable(session):
            failed.phase = self.clock.phase
            self.seen.sessions_opened += 1
            with contextlib.suppress(FailedError):
                await self.end(Session(Era.LEGACY_STATEFUL, version, session))

    async def initialize_on(self, stream: EventSession) -> Session:
        """The handshake of HTTP+SSE."""
        self.seen.sessions_opened += 1
        version = self.watched.version
        offered = version if version is not None and fits(version, Era.SSE) else SSE
        answer = await stream.ask(messages.initialize(self.number(), offered))
        check(answer, self.watched.shown)
        result = messages.result_of(answer.data)
        if result is None:
            raise FailedError(Reason.HANDSHAKE_FAILED, f"{quoted(answer)} to initialize")
        session = replace(self._agreed(result, Session(Era.SSE, offered)), stream=stream)
        check(await stream.tell(messages.initialized(None, None)), self.watched.shown)
        return session

    def _agreed(self, result: Mapping[str, Any], opened: Session) -> Session:
        """The version that a server has chosen, if it is one that may be."""
        version = result.get("protocolVersion")
        if not isinstance(version, str):
            raise FailedError(Reason.HANDSHAKE_FAILED, "initialize was answered without a protocolVersion")
        self._note_server(result)
        wanted = self.watched.version
        # Where several eras are expected, the version belongs to one of them.
        meant = wanted is not None and (fits(wanted, opened.era) or opened.era not in self.watched.eras)
        if version not in VERSIONS or (meant and version != wanted):
            named = version if version.isprintable() else ascii(version)
            raise FailedError(
                Reason.WRONG_PROTOCOL_VERSION, f"it speaks {named[:40]}, and not {wanted or 'a version that exists'}"
            )
        return replace(opened, version=version, tools=_has_tools(result))

    def _wants(self, era: Era) -> bool:
        return self.watched.version is not None and fits(self.watched.version, era)

    def _note_server(self, result: Mapping[str, Any]) -> None:
        meta = result.get("_meta")
        stamped = meta.get(f"{messages.META}serverInfo") if isinstance(meta, Mapping) else None
        for info in (stamped, result.get("serverInfo")):
            if isinstance(info, Mapping) and isinstance(info.get("name"), str):
                self.seen.server = f"{info['name']} {info.get('version') or ''}".strip()[:200]
                return

    async def request(
        self,
        session: Session,
        method: str,
        params: Mapping[str, Any],
        *,
        name: str | None = None,
        extra: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request of the conversation; the answer is one of a server, which may be an error of the protocol."""
        call = self.built(session, method, params, name=name)
        answer = await (session.stream.ask(call) if session.stream else self.wire.post(call, extra=extra))
        check(answer, self.watched.shown, session=session.id is not None)
        return answer

    def built(
        self, session: Session, method: str, params: Mapping[str, Any], *, name: str | None = None
    ) -> messages.Call:
        """A request in the form of the session's era."""
        if session.era == Era.MODERN:
            return messages.modern_call(self.number(), method, params, name=name, version=session.version)
        version = None if session.stream else session.version
        return messages.session_call(self.number(), method, params, session=session.id, version=version)

    async def list_tools(self, session: Session) -> dict[str, Mapping[str, Any]]:
        """All tools by name; none of a server that says that it has none."""
        tools: dict[str, Mapping[str, Any]] = {}
        cursor: str | None = None
        for _ in range(MOST_PAGES):
            answer = await self.request(session, "tools/list", {} if cursor is None else {"cursor": cursor})
            result = messages.result_of(answer.data)
            if result is None and messages.error_of(answer.payload)[0] == _NO_METHOD and not session.tools:
                return {}
            tools.update(listed(result, answer))
            cursor = result.get("nextCursor") if result is not None else None
            if not isinstance(cursor, str):
                return tools
        raise FailedError(Reason.INVALID_ANSWER, f"its list of tools has no end after {MOST_PAGES} pages")

    async def call_tool(self, session: Session, tools: Mapping[str, Mapping[str, Any]]) -> None:
        """Call the tool of the configuration, if the server does not say that it changes something."""
        call = self.watched.call
        if call is None:
            return
        tool = tools.get(call.name)
        if tool is None:
            raise FailedError(Reason.TOOL_FAILED, f"it lists no tool '{call.name}'")
        hints = tool.get("annotations")
        if isinstance(hints, Mapping) and hints.get("readOnlyHint") is False:
            raise FailedError(
                Reason.TOOL_FAILED, f"the tool '{call.name}' says that it is not read-only, so it was not called"
            )
        extra = None
        if session.era == Era.MODERN:
            extra = messages.parameter_headers(tool.get("inputSchema"), call.arguments)
        params = {"name": call.name, "arguments": dict(call.arguments)}
        answer = await self.request(session, "tools/call", params, name=call.name, extra=extra)
        judge_call(answer, call.name)

    @contextlib.asynccontextmanager
    async def ending_if_failed(self, session: Session) -> AsyncIterator[None]:
        """End a session whose handshake does not come to its end."""
        try:
            yield
        except (FailedError, asyncio.CancelledError) as ended:
            if isinstance(ended, FailedError):
                ended.phase = self.clock.phase
            with contextlib.suppress(FailedError):
                await self.end(session)
            raise

    async def end(self, session: Session) -> None:
        """End the session; where it was opened is asked for it again, if another pod does not know it."""
        if session.id is None:
            return
        self.wire.use_reserve()
        self.clock.switch(Phase.END)
        ended, first = await self._delete(session.id, session.version, _DELETE_TRIES)
        self.seen.sessions_ended += ended
        if isinstance(first, FailedError):
            raise first
        if first is None:
            return
        if ended and first.status in _UNKNOWN:
            raise FailedError(Reason.SESSION_LOST, "the end of the session reached a pod that does not know it")
        if ended:
            check(first, self.watched.shown)
        reason = Reason.SESSION_LOST if first.status == 404 else Reason.SESSION_LEFT
        raise FailedError(reason, f"{quoted(first)} to the DELETE of the session")

    async def _delete(self, session: str, version: str, tries: int) -> tuple[bool, Answer | FailedError | None]:
        """Ask for the end of a session until it is heard: whether it was, and what the first try met if it was not."""
        headers = messages.session_headers(session, version)
        first: Answer | FailedError | None = None
        for attempt in range(tries):
            if attempt:
                await self.wire.reconnect()
            try:
                answer = await self.wire.send("DELETE", headers=headers)
            except FailedError as failed:
                first = first or failed
                if failed.reason != Reason.CLOSED:
                    break
                continue
            if answer.accepted:
                return True, first
            first = first or answer
            if answer.status not in _ELSEWHERE:
                break
        return False, first

    async def _let_go(self, answer: Answer, version: str) -> None:
        """End a session that is named by an answer which is no handshake: servers open one for whatever comes without.

        Several name one in an error that they have discarded already. That is none, and asked for once.
        """
        session = answer.headers.get("mcp-session-id")
        if not session or not _nameable(session):
            return
        ended, first = await self._delete(session, version, _DELETE_TRIES if answer.status == 200 else 1)
        none = isinstance(first, Answer) and first.status in _UNKNOWN
        self.seen.sessions_opened += ended or not none
        self.seen.sessions_ended += ended


def _nameable(session: str) -> bool:
    """Whether a header can hold the name of a session."""
    return session.isascii() and session.isprintable() and " " not in session


def listed(result: Mapping[str, Any] | None, answer: Answer) -> dict[str, Mapping[str, Any]]:
    """The tools of one page, by name."""
    tools = result.get("tools") if result is not None else None
    if own_error(answer):
        raise FailedError(Reason.SERVER_ERROR, f"{quoted(answer)} to tools/list")
    if not isinstance(tools, list):
        raise FailedError(Reason.INVALID_ANSWER, f"{quoted(answer)} to tools/list")
    found = {}
    for tool in tools:
        if not isinstance(tool, Mapping) or not isinstance(tool.get("name"), str):
            raise FailedError(Reason.INVALID_ANSWER, "tools/list holds a tool without a name")
        found[tool["name"]] = tool
    return found


def judge_call(answer: Answer, name: str) -> None:
    """:class:`FailedError` unless the tool has done its work. HTTP says 200 in every case."""
    result = messages.result_of(answer.data)
    if result is None or result.get("isError") is True:
        content = result.get("content") if result is not None else None
        first = content[0] if isinstance(content, list) and content else None
        text = first.get("text") if isinstance(first, Mapping) else None
        said = shown(text.encode()) if isinstance(text, str) else quoted(answer)
        raise FailedError(Reason.TOOL_FAILED, f"the tool '{name}' answered with an error: {said}")


def _has_tools(result: Mapping[str, Any]) -> bool:
    capabilities = result.get("capabilities")
    return not isinstance(capabilities, Mapping) or "tools" in capabilities


def _supported(answer: Answer) -> str:
    error = answer.payload.get("error") if answer.payload is not None else None
    data = error.get("data") if isinstance(error, Mapping) else None
    supported = data.get("supported") if isinstance(data, Mapping) else None
    return _words([str(entry)[:40] for entry in supported][:20]) if isinstance(supported, list) else "others"


def _words(versions: list[str]) -> str:
    return ", ".join(version if version.isprintable() else ascii(version) for version in versions) or "no version"
