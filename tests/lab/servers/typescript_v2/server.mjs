// A server on the official TypeScript SDK 2.x: modern, and legacy without sessions, on /mcp.
import { createServer } from 'node:http';
import { setTimeout } from 'node:timers/promises';

import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
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
  const server = new McpServer({ name: 'typescript-v2', version: '1.0.0' });
  server.registerTool(
    'trivial',
    { description: 'Answer with the text that was sent.', inputSchema: z.object({ text: z.string() }) },
    async ({ text: value }) => text(value),
  );
  server.registerTool(
    'pause',
    { description: 'Wait, as a tool does that asks a database.', inputSchema: z.object({ milliseconds: z.number() }) },
    async ({ milliseconds }) => {
      await setTimeout(milliseconds);
      return text(`waited ${milliseconds} ms`);
    },
  );
  server.registerTool(
    'burn',
    { description: 'Compute for that many milliseconds of CPU time.', inputSchema: z.object({ milliseconds: z.number() }) },
    async ({ milliseconds }) => {
      compute(milliseconds);
      return text(`computed ${milliseconds} ms`);
    },
  );
  server.registerTool(
    'sized',
    { description: 'Answer with a text of that many KiB.', inputSchema: z.object({ kib: z.number().int() }) },
    async ({ kib }) => text('x'.repeat(kib * 1024)),
  );
  return server;
}

const handler = createMcpHandler(build);
createServer(toNodeHandler(handler)).listen(Number(process.env.PORT), '127.0.0.1');
