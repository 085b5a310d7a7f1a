// A reference MCP server for Kubernetes on the official TypeScript SDK 2.x: the smallest one that keeps the contract of
// this project, modern and legacy without sessions on /mcp. See README.md for the contract and every variable.
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';

const MCP_PATH = '/mcp';
const PORT = number('PORT', 8080);
const HOST = process.env.HOST ?? '0.0.0.0';
const RETRY_AFTER_SECONDS = process.env.MCP_RETRY_AFTER_SECONDS ?? '5';
const MAX_STREAMS = number('MCP_MAX_STREAMS', 1000);
// One variable tells every server of a stack how long its calls may take after SIGTERM, whatever its runtime.
// Node's timers have 31 bits of milliseconds.
const GRACEFUL_SECONDS = number('UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN', 60, 2_147_483);

// What is no number, or too great a one, ends the start: a timer takes it for one millisecond, and the drain would cut
// every call.
function number(variable, otherwise, most = Infinity) {
  const text = process.env[variable];
  const value = text === undefined || text === '' ? otherwise : Number(text);
  if (Number.isFinite(value) && value >= 0 && value <= most) return value;
  const rule = most === Infinity ? 'a number that is not negative' : `a number from 0 to ${most}`;
  process.stderr.write(`${variable} is '${text}'. Give ${rule}.\n`);
  process.exit(1);
}

function words(variable) {
  return (process.env[variable] ?? '').split(',').map((word) => word.trim()).filter(Boolean);
}

// One JSON object a line; requests without their query, which may hold a token.
function log(level, message, more = {}) {
  process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...more })}\n`);
}

const text = (value) => ({ content: [{ type: 'text', text: value }] });

// A server object for each request: nothing is kept between two of them.
function build() {
  const server = new McpServer({ name: 'reference-typescript', version: '1.0.0' });
  server.registerTool(
    'echo',
    { description: 'Answer with the text that was sent.', inputSchema: z.object({ text: z.string() }) },
    async ({ text: value }) => text(value),
  );
  server.registerTool(
    'sleep',
    { description: 'Wait, then say how long.', inputSchema: z.object({ seconds: z.number().min(0).max(600) }) },
    async ({ seconds }) => {
      await wait(seconds * 1000);
      return text(`slept ${seconds} s`);
    },
  );
  return server;
}

const mcp = createMcpHandler(build, { maxSubscriptions: MAX_STREAMS });
const endpoint = toNodeHandler(mcp);

// Loopback always, the rest from the environment; '*' leaves the check to the edge. A name is allowed with each port, and
// one that has a port with that one.
const hosts = words('MCP_ALLOWED_HOSTS').map((host) => host.toLowerCase());
const anyHost = hosts.length === 1 && hosts[0] === '*';
const knownHosts = new Set(['localhost', '127.0.0.1', '[::1]', ...hosts]);
// Whole origins, names below another one ('https://*.example.com'), or '*': any.
const originPatterns = words('MCP_ALLOWED_ORIGINS').map((origin) => origin.split('*'));
const knownOrigin = (origin) =>
  originPatterns.some(([begin, end]) =>
    end === undefined ? origin === begin : origin.startsWith(begin) && origin.endsWith(end));
const knownHost = (host) => knownHosts.has(host) || knownHosts.has(host.replace(/:\d+$/, ''));

function refusedBy(headers) {
  if (!anyHost && !knownHost((headers.host ?? '').toLowerCase())) return [421, 'Invalid Host header'];
  const origin = headers.origin;
  if (origin === undefined || knownOrigin(origin)) return undefined;
  const local = URL.canParse(origin) && ['localhost', '127.0.0.1', '[::1]'].includes(new URL(origin).hostname);
  return local ? undefined : [403, 'Invalid Origin header'];
}

let draining = false;
const calls = new Set();
const streams = new Set();

function answer(response, status, body, headers = {}) {
  response.writeHead(status, { 'Content-Type': 'text/plain', 'Content-Length': Buffer.byteLength(body), ...headers });
  response.end(body);
}

function unavailable(response, reason) {
  answer(response, 503, `${reason}\n`, { 'Retry-After': RETRY_AFTER_SECONDS, 'Cache-Control': 'no-store' });
}

// Descriptors that are open, and how many may be: what Linux says of this process, and nothing elsewhere.
function descriptors() {
  try {
    const most = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
    return [
      '# TYPE process_open_fds gauge',
      `process_open_fds ${readdirSync('/proc/self/fd').length}`,
      ...(most ? ['# TYPE process_max_fds gauge', `process_max_fds ${most[1]}`] : []),
    ];
  } catch {
    return [];
  }
}

function metrics(response) {
  const { rss } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  const lines = [
    '# HELP mcp_active_sse_connections Open subscriptions/listen streams. Never calls.',
    '# TYPE mcp_active_sse_connections gauge',
    `mcp_active_sse_connections ${streams.size}`,
    '# HELP mcp_in_flight_calls Requests on the MCP endpoint that are being answered, without streams.',
    '# TYPE mcp_in_flight_calls gauge',
    `mcp_in_flight_calls ${calls.size}`,
    '# HELP mcp_draining 1 while the server is on its way out.',
    '# TYPE mcp_draining gauge',
    `mcp_draining ${draining ? 1 : 0}`,
    '# TYPE process_resident_memory_bytes gauge',
    `process_resident_memory_bytes ${rss}`,
    '# TYPE process_cpu_seconds_total counter',
    `process_cpu_seconds_total ${(user + system) / 1e6}`,
    ...descriptors(),
    '',
  ];
  answer(response, 200, lines.join('\n'), { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' });
}

function serve(request, response, path) {
  const refused = refusedBy(request.headers);
  if (refused !== undefined) return answer(response, refused[0], `${refused[1]}\n`);
  const stream = request.headers['mcp-method'] === 'subscriptions/listen';
  if (draining && stream) return unavailable(response, 'draining');
  // The SDK would say so with 200, which no client comes back from.
  if (stream && streams.size >= MAX_STREAMS) return unavailable(response, 'too many streams');
  // The form with a slash is the same endpoint: a redirect would name http:// behind an edge with TLS.
  request.url = request.url.replace(path, MCP_PATH);
  const open = stream ? streams : calls;
  open.add(response);
  if (draining) lastOf(response);
  response.on('close', () => {
    open.delete(response);
    const { method } = request;
    log('info', 'request', { method, path: MCP_PATH, mcpMethod: request.headers['mcp-method'], status: response.statusCode });
    if (draining && calls.size === 0) end('calls are finished');
  });
  return endpoint(request, response);
}

// The connection ends with this answer, so that whoever keeps it goes elsewhere with the next request.
function lastOf(response) {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}

const http = createServer((request, response) => {
  const path = request.url.split('?', 1)[0];
  if (path === MCP_PATH || path === `${MCP_PATH}/`) return serve(request, response, path);
  if (request.method !== 'GET' && request.method !== 'HEAD') return answer(response, 404, 'not found\n');
  if (path === '/healthz') return draining ? unavailable(response, 'draining') : answer(response, 200, 'ready\n');
  if (path === '/livez') return answer(response, 200, 'alive\n');
  if (path === '/metrics') return metrics(response);
  return answer(response, 404, 'not found\n');
});
// Longer than a proxy keeps an idle connection, so that the proxy is who closes it.
http.keepAliveTimeout = 75_000;

let ended = false;
async function end(reason) {
  if (ended) return;
  ended = true;
  log('info', 'ending', { reason, calls: calls.size, streams: streams.size });
  await mcp.close();
  http.closeAllConnections();
}

// As process 1 of a container Node ignores SIGTERM without a handler, and as any other process it dies of it at once.
process.on('SIGTERM', () => {
  if (draining) return;
  draining = true;
  log('info', 'draining', { calls: calls.size, streams: streams.size });
  http.close();
  http.closeIdleConnections();
  for (const response of calls) lastOf(response);
  if (calls.size === 0) end('nothing was in flight');
  else setTimeout(() => end('the graceful timeout is over'), GRACEFUL_SECONDS * 1000).unref();
});
http.listen(PORT, HOST, () => log('info', 'listening', { host: HOST, port: PORT }));
