// A server on the official TypeScript SDK 1.x: legacy with sessions, on /mcp. A server object per session, as its guide has it.
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';

import { createMcpExpressApp } from '@modelcontextprotocol/sdk/server/express.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { isInitializeRequest } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';

const text = (value) => ({ content: [{ type: 'text', text: value }] });

function compute(milliseconds) {
  const start = process.cpuUsage();
  const used = () => {
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  };
  while (used() < milliseconds);
}

function build() {
  const server = new McpServer({ name: 'typescript-v1', version: '1.0.0' });
  server.registerTool(
    'trivial',
    { description: 'Answer with the text that was sent.', inputSchema: { text: z.string() } },
    async ({ text: value }) => text(value),
  );
  server.registerTool(
    'pause',
    { description: 'Wait, as a tool does that asks a database.', inputSchema: { milliseconds: z.number() } },
    async ({ milliseconds }) => {
      await setTimeout(milliseconds);
      return text(`waited ${milliseconds} ms`);
    },
  );
  server.registerTool(
    'burn',
    { description: 'Compute for that many milliseconds of CPU time.', inputSchema: { milliseconds: z.number() } },
    async ({ milliseconds }) => {
      compute(milliseconds);
      return text(`computed ${milliseconds} ms`);
    },
  );
  server.registerTool(
    'sized',
    { description: 'Answer with a text of that many KiB.', inputSchema: { kib: z.number().int() } },
    async ({ kib }) => text('x'.repeat(kib * 1024)),
  );
  return server;
}

const sessions = new Map();
const refuse = (res, status, code, message) => res.status(status).json({ jsonrpc: '2.0', error: { code, message }, id: null });

async function handle(req, res) {
  const id = req.headers['mcp-session-id'];
  const known = id === undefined ? undefined : sessions.get(id);
  if (known !== undefined) return known.handleRequest(req, res, req.body);
  if (id !== undefined) return refuse(res, 404, -32001, 'Session not found');
  if (!isInitializeRequest(req.body)) return refuse(res, 400, -32000, 'Bad Request: no session id');
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: () => randomUUID(),
    onsessioninitialized: (created) => sessions.set(created, transport),
  });
  transport.onclose = () => sessions.delete(transport.sessionId);
  await build().connect(transport);
  return transport.handleRequest(req, res, req.body);
}

const app = createMcpExpressApp();
app.all('/mcp', handle);
app.get('/sessions', (_, res) => res.type('text').send(String(sessions.size)));
app.listen(Number(process.env.PORT), '127.0.0.1');
