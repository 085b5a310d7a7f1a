// A reference MCP server for Kubernetes on the official TypeScript SDK 2.x: the smallest one that keeps the contract of
// this project, modern and legacy without sessions on /mcp. See README.md for the contract and every variable.
import { createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';

const MCP_PATH = '/mcp';
const PORT = Number(process.env.PORT ?? 8080);
const HOST = process.env.HOST ?? '0.0.0.0';
const RETRY_AFTER_SECONDS = process.env.MCP_RETRY_AFTER_SECONDS ?? '5';
const MAX_STREAMS = Number(process.env.MCP_MAX_STREAMS ?? 1000);
// One variable tells every server of a stack how long its calls may take after SIGTERM, whatever its runtime.
const GRACEFUL_SECONDS = Number(process.env.UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN ?? 60);

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

// Loopback always, the rest from the environment; '*' leaves the check to the edge.
const hosts = words('MCP_ALLOWED_HOSTS');
const anyHost = hosts.length === 1 && hosts[0] === '*';
const knownHosts = new Set(['localhost', '127.0.0.1', '[::1]', ...hosts]);
// Whole origins, names below another one ('https://*.example.com'), or '*': any.
const originPatterns = words('MCP_ALLOWED_ORIGINS').map((origin) => origin.split('*'));
const knownOrigin = (origin) =>
  originPatterns.some(([begin, end]) =>
    end === undefined ? origin === begin : origin.startsWith(begin) && origin.endsWith(end));
const withoutPort = (host) => host.toLowerCase().replace(/:\d+$/, '');

function refusedBy(headers) {
  if (!anyHost && !knownHosts.has(withoutPort(headers.host ?? ''))) return [421, 'Invalid Host header'];
  const origin = headers.origin;
  if (origin === undefined || knownOrigin(origin)) return undefined;
  const local = URL.canParse(origin) && ['localhost', '127.0.0.1', '[::1]'].includes(new URL(origin).hostname);
  return local ? undefined : [403, 'Invalid Origin header'];
}

let draining = false;
let calls = 0;
const streams = new Set();

function answer(response, status, body, headers = {}) {
  response.writeHead(status, { 'Content-Type': 'text/plain', 'Content-Length': Buffer.byteLength(body), ...headers });
  response.end(body);
}

function unavailable(response, reason) {
  answer(response, 503, `${reason}\n`, { 'Retry-After': RETRY_AFTER_SECONDS, 'Cache-Control': 'no-store' });
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
    `mcp_in_flight_calls ${calls}`,
    '# HELP mcp_draining 1 while the server is on its way out.',
    '# TYPE mcp_draining gauge',
    `mcp_draining ${draining ? 1 : 0}`,
    '# TYPE process_resident_memory_bytes gauge',
    `process_resident_memory_bytes ${rss}`,
    '# TYPE process_cpu_seconds_total counter',
    `process_cpu_seconds_total ${(user + system) / 1e6}`,
    '',
  ];
  answer(response, 200, lines.join('\n'), { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' });
}

function serve(request, response, path) {
  const refused = refusedBy(request.headers);
  if (refused !== undefined) return answer(response, refused[0], `${refused[1]}\n`);
  const stream = request.headers['mcp-method'] === 'subscriptions/listen';
  if (draining && stream) return unavailable(response, 'draining');
  // The form with a slash is the same endpoint: a redirect would name http:// behind an edge with TLS.
  request.url = request.url.replace(path, MCP_PATH);
  if (stream) streams.add(response);
  else calls += 1;
  response.on('close', () => {
    if (stream) streams.delete(response);
    else calls -= 1;
    const { method } = request;
    log('info', 'request', { method, path: MCP_PATH, mcpMethod: request.headers['mcp-method'], status: response.statusCode });
    if (draining && calls === 0) end('calls are finished');
  });
  return endpoint(request, response);
}

const http = createServer((request, response) => {
  const path = request.url.split('?', 1)[0];
  if (path === MCP_PATH || path === `${MCP_PATH}/`) return serve(request, response, path);
  if (request.method !== 'GET') return answer(response, 404, 'not found\n');
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
  log('info', 'ending', { reason, calls, streams: streams.size });
  await mcp.close();
  http.closeAllConnections();
}

// As process 1 of a container Node ignores SIGTERM without a handler, and as any other process it dies of it at once.
process.on('SIGTERM', () => {
  if (draining) return;
  draining = true;
  log('info', 'draining', { calls, streams: streams.size });
  http.close();
  http.closeIdleConnections();
  if (calls === 0) end('nothing was in flight');
  else setTimeout(() => end('the graceful timeout is over'), GRACEFUL_SECONDS * 1000).unref();
});
http.listen(PORT, HOST, () => log('info', 'listening', { host: HOST, port: PORT }));
