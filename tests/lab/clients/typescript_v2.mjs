// Sessions by the official TypeScript SDK 2.x. Argument and answer are those of every client here: see sessions.py.
import { existsSync } from 'node:fs';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

const asked = JSON.parse(process.argv[2]);
const timeout = asked.seconds * 1000;

async function session(url) {
  const client = new Client({ name: 'lab', version: '1' }, { versionNegotiation: { mode: asked.mode } });
  try {
    await client.connect(new StreamableHTTPClientTransport(new URL(url)), { timeout });
    for (let number = 0; number < asked.calls; number++) {
      const result = await client.callTool({ name: 'trivial', arguments: { text: `${number}` } }, { timeout });
      if (result.isError || result.content[0].text !== `${number}`) return 'another answer';
    }
    return '';
  } catch (error) {
    return `${error.name}: ${error.message}`.slice(0, 120);
  } finally {
    await client.close().catch(() => {});
  }
}

// Calls of one session until a file is there, whatever becomes of each: begin, end, and what it failed of.
async function watched(url, name) {
  const client = new Client({ name: 'lab', version: '1' }, { versionNegotiation: { mode: asked.mode } });
  const seen = [];
  const now = () => Date.now() / 1000;
  try {
    await client.connect(new StreamableHTTPClientTransport(new URL(url)), { timeout });
    while (!existsSync(asked.until)) {
      const begun = now(), text = `${name}-${seen.length}`;
      let failed = '';
      try {
        const result = await client.callTool({ name: 'write', arguments: { text } }, { timeout });
        if (result.isError) failed = result.content[0].text;
      } catch (error) {
        failed = `${error.name}: ${error.message}`.slice(0, 120);
      }
      seen.push([begun, now(), failed]);
      await new Promise((done) => setTimeout(done, asked.pause * 1000));
    }
  } catch (error) {
    seen.push([now(), now(), `the client ended, ${error.name}: ${error.message}`.slice(0, 120)]);
  }
  return seen;
}

if (asked.until) {
  const [[name, url]] = Object.entries(asked.targets);
  console.log(JSON.stringify(await Promise.all(Array.from({ length: asked.sessions }, (_, at) => watched(url, `${name}-${at}`)))));
  process.exit(0);
}

const ends = {};
for (const [name, url] of Object.entries(asked.targets)) {
  ends[name] = await Promise.all(Array.from({ length: asked.sessions }, () => session(url)));
}
console.log(JSON.stringify(ends));
process.exit(0);
