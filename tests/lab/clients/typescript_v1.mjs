// Sessions by the official TypeScript SDK 1.x. Argument and answer are those of every client here: see sessions.py.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

const asked = JSON.parse(process.argv[2]);
const timeout = asked.seconds * 1000;

async function session(url) {
  const client = new Client({ name: 'lab', version: '1' });
  try {
    await client.connect(new StreamableHTTPClientTransport(new URL(url)), { timeout });
    for (let number = 0; number < asked.calls; number++) {
      const result = await client.callTool({ name: 'trivial', arguments: { text: `${number}` } }, undefined, { timeout });
      if (result.isError || result.content[0].text !== `${number}`) return 'another answer';
    }
    return '';
  } catch (error) {
    return `${error.name}: ${error.message}`.slice(0, 120);
  } finally {
    await client.close().catch(() => {});
  }
}

const ends = {};
for (const [name, url] of Object.entries(asked.targets)) {
  ends[name] = await Promise.all(Array.from({ length: asked.sessions }, () => session(url)));
}
console.log(JSON.stringify(ends));
process.exit(0);
