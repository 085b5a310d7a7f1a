"""The script of ``mcp-stack loadtest`` in Node, before servers of a few lines: what an exchange bears.

k6 itself plays it in test_loadtest."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import Any

import pytest

from pulumi_kubernetes_mcp.load_test.script import script
from tests.load_test.samples import made, server
from tests.missing import leave_out

K6 = """
const sessions = new Set();
const exec = { test: { abort: (why) => { throw new Error(why); } } };
const __ENV = {};
const encoding = { b64encode: (text) => Buffer.from(text).toString('base64') };
const sleep = () => {};
class Metric { add() {} }
const [Counter, Rate, Trend] = [Metric, Metric, Metric];
const timings = { blocked: 0, connecting: 0, tls_handshaking: 0, duration: 1 };
function answered(status, body, headers = {}) {
  const named = { 'Content-Type': 'application/json', ...headers };
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status, error_code: 0, timings, headers: named, body: text };
}
const said = (id, result) => ({ jsonrpc: '2.0', id, result });
const http = {
  post: (url, body, params) => serve(JSON.parse(body), params.headers),
  del: (url, body, params) => {
    const known = params.headers['MCP-Protocol-Version'] && sessions.delete(params.headers['Mcp-Session-Id']);
    return answered(known ? 200 : 404, '');
  },
};
const TOOLS = [{ name: 'search', inputSchema: {} }, { name: 'read', inputSchema: {} }];
// A server with sessions, of an older revision: it refuses the header of a later one.
function older(request, headers) {
  if (request.method === 'initialize') {
    sessions.add('a');
    return answered(200, said(request.id, { protocolVersion: '2025-06-18' }), { 'Mcp-Session-Id': 'a' });
  }
  if (headers['MCP-Protocol-Version'] !== '2025-06-18') return answered(400, 'Unsupported protocol version');
  if (!sessions.has(headers['Mcp-Session-Id'])) return answered(400, 'Invalid or missing session ID');
  return request.id === undefined ? answered(202, '') : answered(200, said(request.id, { tools: TOOLS }));
}
const streamed = (text) => answered(200, text, { 'Content-Type': 'text/event-stream' });
function modernly(list) {
  return (request) => request.method === 'server/discover'
    ? answered(200, said(request.id, { supportedVersions: ['2026-07-28'], capabilities: {} })) : list(request);
}
"""


def played(era: str, serve: str, look: str) -> Any:
    """What an expression is after the script was read, with a server that answers by another one."""
    node = shutil.which("node")
    if node is None:
        leave_out("Node is missing: nodejs of Debian")
    text = script(made("peak", server(server={"eras": [era]})))
    text = (
        re.sub(r"^import .*$", "", text, flags=re.MULTILINE)
        .replace("export default ", "const main = ")
        .replace("export ", "")
    )
    program = f"{K6}\nconst serve = {serve};\n{text}\nconsole.log(JSON.stringify(({look})()));\n"
    done = subprocess.run([node, "-"], input=program, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


LISTED = """() => {
  const one = open(%r, 'hold');
  const tools = list(one, 'hold');
  close(one, 'hold');
  return [tools && tools.length, one.lost, sessions.size, lastReason];
}"""
REFUSED = "() => { const one = open(%r, 'hold'); return [one, sessions.size]; }"


@pytest.mark.parametrize(
    ("era", "serve", "look", "found"),
    [
        ("legacy-stateful", "older", LISTED, [2, False, 0, ""]),
        # A stream that can be resumed begins with an event that has an id and no data.
        (
            "modern",
            "modernly((one) => streamed("
            "`id: 1\\nretry: 9\\ndata: \\n\\n: a\\n\\ndata: ${JSON.stringify(said(one.id, { tools: TOOLS }))}\\n\\n`))",
            LISTED,
            [2, False, 0, ""],
        ),
        (
            "modern",
            "modernly((one) => answered(200, said(one.id, { tools: TOOLS, nextCursor: 'again' })))",
            LISTED,
            [None, False, 0, "not-mcp: the list has no end after 20 pages"],
        ),
        ("modern", "modernly((one) => answered(200, said(one.id, {})))", LISTED, [None, False, 0, "not-mcp"]),
        ("modern", "(one) => answered(200, said(one.id, {}))", REFUSED, [None, 0]),
        (
            "legacy-stateful",
            "(one) => { sessions.add('b'); "
            "return answered(200, { jsonrpc: '2.0', id: one.id, error: {} }, { 'Mcp-Session-Id': 'b' }); }",
            REFUSED,
            [None, 0],
        ),
        (
            "legacy-stateful",
            "older",
            "() => { const one = open(%r, 'hold'); sessions.clear(); "
            "call(one, PLAN.tools[0], {}, 'hold'); return one.lost; }",
            True,
        ),
    ],
    ids=["older", "resumable", "no end", "no list", "no versions", "refused", "unknown"],
)
def test_what_the_exchange_bears(era: str, serve: str, look: str, found: Any) -> None:
    assert played(era, serve, look % era) == found
