"""A reference MCP server for Kubernetes: the smallest one that keeps the contract of this project.

It is started by the uvicorn command line, never by ``mcp.run()``, so that the environment variable
``UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN`` works. See README.md for the contract and every variable.
"""

import json
import logging
import os
import signal
import time
from asyncio import get_running_loop
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import anyio
import httpx2
from mcp.server.mcpserver import MCPServer
from mcp.server.request_state import RequestStateSecurity
from mcp.server.transport_security import TransportSecuritySettings
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS, MODERN_PROTOCOL_VERSIONS
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from pydantic import Field
from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = logging.getLogger("uvicorn.error")

MCP_PATH = "/mcp"
RETRY_AFTER_SECONDS = os.environ.get("MCP_RETRY_AFTER_SECONDS", "5")
STATELESS = os.environ.get("MCP_STATELESS", "").lower() in {"1", "true", "yes"}
UNREADY_WHEN_FULL = os.environ.get("MCP_UNREADY_WHEN_FULL", "").lower() in {"1", "true", "yes"}
DATABASE = bool(os.environ.get("PGHOST"))

STREAMS = Gauge(
    "mcp_active_sse_connections",
    "Open long streams: the GET stream of a legacy session, or a modern subscriptions/listen. Never calls.",
)
CALLS = Gauge("mcp_in_flight_calls", "Requests on the MCP endpoint that are being answered, without streams.")
DRAINING = Gauge("mcp_draining", "1 while the server refuses new sessions and streams.")
SESSIONS = Gauge("mcp_sessions", "Sessions that this process holds, with an open stream or without.")
SESSION_CAP = Gauge("mcp_session_cap", "Sessions above which the next one is refused.")


class JsonLines(logging.Formatter):
    """One JSON object a line. Requests are logged without their query: it may hold a token."""

    def format(self, record: logging.LogRecord) -> str:
        """What a record says, with the request by its parts where it is one."""
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line: dict[str, object] = {
            "time": f"{moment}.{record.msecs:03.0f}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        if record.name == "uvicorn.access" and isinstance(record.args, tuple) and len(record.args) == 5:
            client, method, path, _, status = record.args
            line |= {"client": client, "method": method, "path": str(path).partition("?")[0], "status": status}
        else:
            line["message"] = record.getMessage()
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def log_as_json() -> None:
    """Give every handler that uvicorn has made the form of this server, and the root one for all other libraries."""
    if os.environ.get("MCP_LOG_FORMAT", "json") != "json":
        return
    plain = logging.StreamHandler()
    logging.basicConfig(level=logging.WARNING, handlers=[plain])
    handlers = [one for name in ("uvicorn", "uvicorn.access") for one in logging.getLogger(name).handlers]
    for handler in [plain, *handlers]:
        handler.setFormatter(JsonLines())


log_as_json()


class Drain:
    """Whether this process is on its way out. SIGUSR1 begins it; only the end of the process ends it."""

    def __init__(self) -> None:
        self.active = False

    def begin(self) -> None:
        """Refuse new sessions and streams from now on; what is open goes on."""
        logger.info("Draining: new sessions and streams are refused")
        self.active = True
        DRAINING.set(1)


drain = Drain()


def _words(variable: str) -> list[str]:
    return [word for word in (part.strip() for part in os.environ.get(variable, "").split(",")) if word]


def _any_port(hosts: list[str]) -> list[str]:
    return [form for host in hosts for form in (host, f"{host}:*")]


def transport_security() -> TransportSecuritySettings:
    """The Host and Origin allowlist: loopback always, the rest from the environment.

    ``MCP_ALLOWED_HOSTS=*`` leaves the check to the gateway. A name is allowed with and without a port.
    """
    hosts = _words("MCP_ALLOWED_HOSTS")
    if hosts == ["*"]:
        return TransportSecuritySettings(enable_dns_rebinding_protection=False)
    loopback = _any_port(["localhost", "127.0.0.1", "[::1]"])
    origins = [f"http://{name}" for name in loopback] + _words("MCP_ALLOWED_ORIGINS")
    return TransportSecuritySettings(allowed_hosts=loopback + _any_port(hosts), allowed_origins=origins)


ORIGIN_PATTERNS = [one.split("*", 1) for one in _words("MCP_ALLOWED_ORIGINS") if "*" in one]
"""``*`` and names like ``https://*.example.com``, by the two ends of an Origin: the SDK compares whole ones."""


def matches_origin_pattern(origin: str) -> bool:
    """Whether a pattern of MCP_ALLOWED_ORIGINS lets an Origin in."""
    return any(origin.startswith(begin) and origin.endswith(end) for begin, end in ORIGIN_PATTERNS)


def request_state_security() -> RequestStateSecurity | None:
    """The keys of ``requestState``, equal in every replica and region; without them a key per process."""
    keys = _words("MCP_REQUEST_STATE_KEYS")
    return RequestStateSecurity(keys=keys) if keys else None


mcp = MCPServer("reference", version="1.0.0", request_state_security=request_state_security())


@mcp.tool()
async def echo(text: str) -> str:
    """Answer with the text that was sent, and nothing else."""
    return text


@mcp.tool()
async def sleep(seconds: Annotated[float, Field(ge=0, le=600)]) -> str:
    """Wait, as a slow tool does, then say how long. The client sees nothing until the end."""
    await anyio.sleep(seconds)
    return f"slept {seconds:g} s"


def _number(variable: str, default: int) -> int:
    return int(os.environ.get(variable, default))


def database_pool() -> Any:
    """A small connection pool; libpq reads PGHOST, PGPORT, PGDATABASE, PGUSER and PGPASSWORD itself.

    ``prepare_threshold=None``: no prepared statements, so that any PgBouncer in transaction mode will do.
    """
    from psycopg_pool import AsyncConnectionPool

    size, idle = _number("DATABASE_POOL_SIZE", 5), _number("DATABASE_POOL_IDLE_SECONDS", 600)
    return AsyncConnectionPool(
        min_size=min(size, _number("DATABASE_POOL_MIN_IDLE", 0)),
        max_size=size,
        max_idle=idle,
        timeout=_number("DATABASE_POOL_ACQUIRE_SECONDS", 30),
        kwargs={
            "prepare_threshold": None,
            "autocommit": True,
            "connect_timeout": _number("PGCONNECT_TIMEOUT", 5),
        },
        open=False,
    )


if DATABASE:
    pool = database_pool()

    @mcp.tool()
    async def query(milliseconds: Annotated[int, Field(ge=0, le=60_000)] = 50) -> str:
        """Hold one database connection for a query of that length; name the server process that ran it."""
        async with pool.connection() as connection:
            cursor = await connection.execute("select pg_backend_pid(), pg_sleep(%s)", [milliseconds / 1000])
            row = await cursor.fetchone()
        return f"ran on server process {row[0]}"


class Traffic:
    """Counts what is open on the MCP endpoint, and refuses what would open more while draining.

    The path with a slash behind it is the same endpoint: a redirect would name ``http://`` behind an edge with TLS.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, with the right gauge raised from its start to its very end."""
        if scope["path"] == f"{MCP_PATH}/":
            scope = {**scope, "path": MCP_PATH, "raw_path": MCP_PATH.encode()}
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        if origin is not None and matches_origin_pattern(origin):
            # Let in here; every other Origin is judged by the SDK.
            scope = {**scope, "headers": [one for one in scope["headers"] if one[0] != b"origin"]}
        stream = scope["method"] == "GET" or headers.get("mcp-method") == "subscriptions/listen"
        if drain.active and self._opens(headers, stream):
            await _unavailable("draining")(scope, receive, send)
            return
        gauge = STREAMS if stream else CALLS
        raised = not stream
        if raised:
            gauge.inc()

        async def watch(message: Message) -> None:
            nonlocal raised
            if message["type"] == "http.response.start":
                if not raised and message["status"] == 200:
                    raised = True
                    gauge.inc()
                if message["status"] == 503:
                    # The SDK refuses a session above the cap without saying when to come back.
                    MutableHeaders(scope=message).setdefault("Retry-After", RETRY_AFTER_SECONDS)
            await send(message)

        try:
            await self.app(scope, receive, watch)
        finally:
            if raised:
                gauge.dec()

    @staticmethod
    def _opens(headers: Headers, stream: bool) -> bool:
        """Whether a request would leave something behind here: a session or a long stream."""
        if "mcp-session-id" in headers:
            return False
        version = headers.get("mcp-protocol-version")
        handshake = version is None or version in HANDSHAKE_PROTOCOL_VERSIONS
        return stream or (handshake and not STATELESS)


def _unavailable(reason: str) -> Response:
    headers = {"Retry-After": RETRY_AFTER_SECONDS, "Cache-Control": "no-store"}
    return JSONResponse({"status": reason}, status_code=503, headers=headers)


MAX_SESSIONS = _number("MCP_MAX_SESSIONS", 1000)
endpoint = mcp.streamable_http_app(
    streamable_http_path=MCP_PATH,
    stateless_http=STATELESS,
    max_sessions=MAX_SESSIONS,
    session_idle_timeout=_number("MCP_SESSION_IDLE_SECONDS", 1800),
    transport_security=transport_security(),
)
itself = httpx2.AsyncClient(
    transport=httpx2.ASGITransport(endpoint), base_url="http://localhost:8080", timeout=5, trust_env=False
)


def open_sessions() -> int:
    """How many sessions the SDK holds; it publishes no number, and compares this one with its cap itself."""
    return len(mcp.session_manager._server_instances)


SESSIONS.set_function(open_sessions)
SESSION_CAP.set(MAX_SESSIONS)


async def speaks_mcp() -> bool:
    """One ``server/discover`` through the real endpoint, in process. It leaves no session behind."""
    version = MODERN_PROTOCOL_VERSIONS[-1]
    keys = "io.modelcontextprotocol/"
    meta = {f"{keys}protocolVersion": version, f"{keys}clientCapabilities": {}}
    answer = await itself.post(
        MCP_PATH,
        headers={
            "Accept": "application/json, text/event-stream",
            "MCP-Protocol-Version": version,
            "Mcp-Method": "server/discover",
        },
        json={"jsonrpc": "2.0", "id": "ready", "method": "server/discover", "params": {"_meta": meta}},
    )
    return answer.status_code == 200 and version in answer.json()["result"]["supportedVersions"]


async def healthz(_request: Request) -> Response:
    """Readiness: 200 when this process speaks MCP and does not drain, else 503 with Retry-After.

    At the cap on sessions it stays 200 unless MCP_UNREADY_WHEN_FULL asks for the other: what leaves the endpoints keeps
    its sessions only behind an edge that still leads them there.
    """
    if drain.active:
        return _unavailable("draining")
    if UNREADY_WHEN_FULL and open_sessions() >= MAX_SESSIONS:
        return _unavailable("at the cap on sessions")
    try:
        ready = await speaks_mcp()
    except Exception:
        logger.exception("The readiness check failed")
        ready = False
    return PlainTextResponse("ready\n") if ready else _unavailable("not speaking MCP")


async def livez(_request: Request) -> Response:
    """Liveness: the event loop answers. Never a handshake, never a dependency."""
    return PlainTextResponse("alive\n")


async def metrics(_request: Request) -> Response:
    """The gauges above and the process's own memory, CPU and descriptors, in Prometheus text form."""
    return Response(generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})


@asynccontextmanager
async def lifespan(_app: Starlette) -> AsyncIterator[None]:
    """Run the session manager; the pool connects in the background, so no database is needed to start."""
    get_running_loop().add_signal_handler(signal.SIGUSR1, drain.begin)
    async with mcp.session_manager.run(), itself:
        if DATABASE:
            await pool.open()
        yield
        if DATABASE:
            await pool.close(timeout=2)


app = Starlette(
    routes=[
        Route("/healthz", healthz),
        Route("/livez", livez),
        Route("/metrics", metrics),
        Mount("/", Traffic(endpoint)),
    ],
    lifespan=lifespan,
)
