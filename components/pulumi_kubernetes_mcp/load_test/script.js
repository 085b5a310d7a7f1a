// A load test of an MCP server: each virtual user is one session at a time, which opens, calls and thinks, and closes as
// clients of its protocol era do. Written by mcp-stack from a stack; what it does stands in PLAN.
import encoding from 'k6/encoding';
import exec from 'k6/execution';
import http from 'k6/http';
import { sleep } from 'k6';
import { Counter, Rate, Trend } from 'k6/metrics';

const PLAN = __PLAN__;

const MODERN = '2026-07-28';
const LEGACY = '2025-11-25';
const FIRST_IN_HEADER = '2025-06-18'; // of the versions that are named in a header
const MOST_PAGES = 20; // of a list of tools; one without an end is not followed for ever
const KEYS = 'io.modelcontextprotocol/';
const TIMED_OUT = 1050; // k6's error code of a request that took longer than its timeout
const ACCEPT = 'application/json, text/event-stream';

export const options = {
  scenarios: {
    [PLAN.scenario]: {
      // A user decides by itself when its session ends, so that none is cut off and left open on the server.
      executor: 'per-vu-iterations',
      vus: PLAN.users,
      iterations: 1,
      maxDuration: `${Math.ceil(PLAN.seconds + PLAN.timeoutSeconds + 30)}s`,
    },
  },
  thresholds: PLAN.thresholds,
  summaryTrendStats: ['count', 'min', 'avg', 'med', 'p(95)', 'p(99)', 'max'],
  systemTags: ['status', 'error_code', 'scenario'],
  noVUConnectionReuse: true,
  setupTimeout: '60s',
  userAgent: 'mcp-stack-loadtest',
};

const calls = new Trend('mcp_call_duration', true);
const exchanges = new Trend('mcp_exchange_duration', true);
const failed = new Rate('mcp_failed');
const callFailed = new Rate('mcp_call_failed');
const failures = new Counter('mcp_failures');
const begun = new Counter('mcp_sessions');
const closed = new Counter('mcp_sessions_closed');
const lost = new Counter('mcp_sessions_lost');

const authorization = __ENV.MCP_TOKEN ? { Authorization: `Bearer ${__ENV.MCP_TOKEN}` } : {};
let number = 0;
let spent = 0; // milliseconds of the exchanges since a session began

export function setup() {
  const problems = [];
  const annotated = {};
  for (const era of PLAN.eras.filter((one) => one.name !== 'sse')) {
    const session = open(era.name, 'setup');
    if (session === null) {
      exec.test.abort(`The server at ${PLAN.url} does not answer in the era '${era.name}': ${lastReason}.`);
    }
    const tools = list(session, 'setup');
    close(session, 'setup');
    if (tools === null) {
      exec.test.abort(`The server at ${PLAN.url} does not list its tools in the era '${era.name}': ${lastReason}.`);
    }
    for (const tool of PLAN.tools) {
      const found = tools.find((one) => one.name === tool.name);
      const required = (found && found.inputSchema && found.inputSchema.required) || [];
      const absent = required.filter((key) => tool.arguments.some((given) => !(key in given)));
      if (!found) {
        problems.push(`there is no tool '${tool.name}'; the server lists ${tools.map((one) => one.name).join(', ')}`);
      } else if (absent.length) {
        problems.push(`the tool '${tool.name}' needs ${absent.join(', ')}: give its arguments`);
      }
      annotated[tool.name] = headersOf(found);
    }
  }
  if (problems.length) {
    exec.test.abort([...new Set(problems)].join('; '));
  }
  return { startedAt: new Date().toISOString(), annotated };
}

export default async function (data) {
  const start = exec.scenario.startTime / 1000;
  for (const [from, to] of windows(exec.vu.idInTest - 1)) {
    while (now() - start < from) {
      sleep(Math.min(1, from - (now() - start)));
    }
    while (now() - start < to) {
      await session(start, start + to, data.annotated);
    }
  }
}

// When the user of this number is wanted, in seconds: where the level of the load is above it.
function windows(user) {
  const mark = user + 0.5;
  const found = [];
  let since = null;
  for (let index = 1; index < PLAN.points.length; index += 1) {
    const [[before, low], [after, high]] = [PLAN.points[index - 1], PLAN.points[index]];
    const crossing = before + ((mark - low) / (high - low)) * (after - before);
    if (low < mark && high >= mark) {
      since = crossing;
    } else if (low >= mark && high < mark) {
      found.push([since, crossing]);
      since = null;
    }
  }
  return since === null ? found : [...found, [since, PLAN.seconds]];
}

async function session(start, latest, annotated) {
  const end = Math.min(latest, now() + exponential(PLAN.sessionSeconds));
  const era = chosen(PLAN.eras).name;
  const stage = () => (PLAN.stages.find((one) => now() - start < one.to) || PLAN.stages[PLAN.stages.length - 1]).name;
  if (era === 'sse') {
    await stream(end, stage());
    return;
  }
  spent = 0;
  const one = open(era, stage());
  if (one === null) {
    sleep(Math.max(0, Math.min(end - now(), PLAN.thinkSeconds, 1)));
    return;
  }
  begun.add(1, { era });
  const listening = one.id ? listen(one, end) : null;
  if (list(one, stage()) !== null) {
    // What a probe does, too: the handshake and the list of tools.
    exchanges.add(spent, { phase: 'opening', era, stage: stage() });
  }
  for (think(end); now() < end && !one.lost; think(end)) {
    call(one, chosen(PLAN.tools), annotated, stage());
  }
  close(one, stage());
  if (listening !== null) {
    await listening;
  }
}

// The stream that a client opens beside its session: held, not read. It ends with the session.
function listen(one, end) {
  const headers = { ...legacy(one), Accept: 'text/event-stream' };
  const seconds = Math.max(1, end - now() + 5);
  return http
    .asyncRequest('GET', PLAN.url, null, { headers, timeout: `${seconds}s`, responseType: 'none', tags: { phase: 'stream' } })
    .catch(() => null);
}

// HTTP+SSE: k6 hands over a body when it ends, so the address for the calls is never seen. The stream alone is held.
async function stream(end, stage) {
  const seconds = Math.max(1, end - now());
  begun.add(1, { era: 'sse' });
  const answer = await http.asyncRequest('GET', PLAN.sseUrl, null, {
    headers: { Accept: 'text/event-stream', ...authorization },
    timeout: `${seconds}s`,
    responseType: 'none',
    tags: { phase: 'stream' },
  });
  const held = answer.error_code === TIMED_OUT;
  note('stream', 'sse', stage, held ? null : reasonOf(answer, null) || 'stream-ended');
  closed.add(1, { era: 'sse' });
}

function open(era, stage) {
  const one = { era, id: null, lost: false, version: LEGACY };
  if (era === 'modern') {
    const answer = modern('server/discover', {}, {}, 'discover', stage);
    return answer && Array.isArray(answer.supportedVersions) && answer.supportedVersions.includes(MODERN) ? one : null;
  }
  const params = { protocolVersion: LEGACY, capabilities: {}, clientInfo: { name: 'mcp-stack-loadtest', version: '1' } };
  const made = request('initialize', params, {}, 'initialize', era, stage);
  one.id = made.answer.headers['Mcp-Session-Id'] || null;
  if (made.result === null) {
    if (one.id !== null && made.answer.status === 200) {
      sendEnd(one); // A session of a handshake that failed stays as any other does.
    }
    return null;
  }
  // What follows is in the version that the server has chosen: it refuses another one.
  one.version = made.result.protocolVersion || LEGACY;
  const told = { jsonrpc: '2.0', method: 'notifications/initialized' };
  const answer = post(told, legacy(one), 'initialized');
  spent += took(answer);
  note('initialized', era, stage, answer.status === 202 || answer.status === 200 ? null : reasonOf(answer, null));
  return one;
}

function list(one, stage) {
  const found = [];
  let cursor;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const params = cursor ? { cursor } : {};
    const result = exchange(one, 'tools/list', params, {}, 'list', stage);
    if (result === null) {
      return null;
    }
    if (!Array.isArray(result.tools)) {
      lastReason = 'not-mcp';
      return null;
    }
    found.push(...result.tools);
    cursor = result.nextCursor;
    if (!cursor) {
      return found;
    }
  }
  lastReason = `not-mcp: the list has no end after ${MOST_PAGES} pages`;
  return null;
}

function call(one, tool, annotated, stage) {
  const given = tool.arguments[Math.floor(Math.random() * tool.arguments.length)];
  const headers = { 'Mcp-Name': headerValue(tool.name) };
  for (const [header, key] of Object.entries(annotated[tool.name] || {})) {
    if (key in given) {
      headers[header] = headerValue(String(given[key]));
    }
  }
  exchange(one, 'tools/call', { name: tool.name, arguments: given }, headers, 'call', stage, tool.tag);
}

function close(one, stage) {
  let ended = !one.lost;
  if (one.id !== null && ended) {
    const answer = sendEnd(one);
    ended = [200, 202, 204, 404, 405].includes(answer.status);
    note('delete', one.era, stage, ended ? null : reasonOf(answer, null));
  }
  if (ended && stage !== 'setup') {
    closed.add(1, { era: one.era });
  }
}

function sendEnd(one) {
  return http.del(PLAN.url, null, { headers: legacy(one), timeout: `${PLAN.timeoutSeconds}s`, tags: { phase: 'delete' } });
}

function exchange(one, method, params, headers, phase, stage, tool) {
  if (one.era === 'modern') {
    return modern(method, params, headers, phase, stage, tool);
  }
  const made = request(method, params, legacy(one), phase, one.era, stage, tool);
  // 404 as the protocol has it; 400 in examples of the TypeScript SDK, which say so in words.
  const unknown = made.answer.status === 404 || (made.answer.status === 400 && /session/i.test(made.answer.body || ''));
  if (unknown && one.id !== null) {
    one.lost = true;
    lost.add(1, { stage });
  }
  return made.result;
}

function modern(method, params, headers, phase, stage, tool) {
  const meta = { [`${KEYS}protocolVersion`]: MODERN, [`${KEYS}clientCapabilities`]: {} };
  const sent = { ...headers, 'MCP-Protocol-Version': MODERN, 'Mcp-Method': method };
  return request(method, { ...params, _meta: meta }, sent, phase, 'modern', stage, tool).result;
}

function legacy(one) {
  const session = one.id === null ? {} : { 'Mcp-Session-Id': one.id };
  const version = one.version < FIRST_IN_HEADER ? {} : { 'MCP-Protocol-Version': one.version };
  return { ...session, ...version, ...authorization };
}

function request(method, params, headers, phase, era, stage, tool) {
  number += 1;
  const answer = post({ jsonrpc: '2.0', id: number, method, params }, headers, phase);
  const said = message(answer, number);
  const reason = reasonOf(answer, said);
  const taken = took(answer);
  spent += taken;
  if (stage !== 'setup') {
    if (phase === 'call') {
      calls.add(taken, { tool, era, stage });
      callFailed.add(reason !== null, { tool, era, stage });
    } else {
      exchanges.add(taken, { phase, era, stage });
    }
  }
  note(phase, era, stage, reason);
  return { answer, result: reason === null ? said.result : null };
}

function post(body, headers, phase) {
  return http.post(PLAN.url, JSON.stringify(body), {
    headers: { 'Content-Type': 'application/json', Accept: ACCEPT, ...authorization, ...headers },
    timeout: `${PLAN.timeoutSeconds}s`,
    redirects: 0,
    responseType: 'text',
    tags: { phase },
  });
}

function took(answer) {
  const time = answer.timings;
  return time.blocked + time.connecting + time.tls_handshaking + time.duration;
}

let lastReason = '';

function note(phase, era, stage, reason) {
  lastReason = reason || '';
  if (stage === 'setup') {
    return;
  }
  failed.add(reason !== null, { phase, era, stage });
  if (reason !== null) {
    failures.add(1, { reason: PLAN.reasons.includes(reason) ? reason : 'other', phase, stage });
  }
}

// The answer to a request, from a JSON body or from the events of a stream; null if it is not there.
function message(answer, id) {
  try {
    const kind = answer.headers['Content-Type'] || '';
    if (!kind.startsWith('text/event-stream')) {
      return JSON.parse(answer.body);
    }
    for (const event of answer.body.split(/\r?\n\r?\n/)) {
      const lines = event.split(/\r?\n/).filter((line) => line.startsWith('data:'));
      const data = lines.map((line) => line.slice(5).trimStart()).join('\n');
      // An event without data comes first where a server lets streams be resumed.
      const said = data ? JSON.parse(data) : null;
      if (said !== null && said.id === id) {
        return said;
      }
    }
  } catch (_) {
    return null;
  }
  return null;
}

function reasonOf(answer, said) {
  if (answer.error_code === TIMED_OUT) {
    return 'timeout';
  }
  if (answer.error_code > 0 && answer.error_code < 1400) {
    // Hundreds of k6's error codes: 10 no more than that it failed, such as a connection that ends, 11 names, 12 TCP, 13 TLS.
    const kinds = { 11: 'dns', 13: 'tls' };
    return kinds[Math.floor(answer.error_code / 100)] || 'connect';
  }
  const named = { 401: 'authorization', 403: 'forbidden', 404: 'not-found', 421: 'host', 429: 'rate-limited', 503: 'unavailable' };
  if (answer.status >= 300 || answer.status === 0) {
    return named[answer.status] || (answer.status === 0 ? 'connect' : `http-${Math.floor(answer.status / 100)}xx`);
  }
  if (said === null || (said.result === undefined && said.error === undefined)) {
    return 'not-mcp';
  }
  if (said.error !== undefined) {
    return 'rpc-error';
  }
  return said.result.isError ? 'tool-error' : null;
}

// Header to argument, of the arguments that a tool wants in a header too (x-mcp-header of its schema).
function headersOf(tool) {
  const properties = (tool && tool.inputSchema && tool.inputSchema.properties) || {};
  const found = {};
  for (const [key, schema] of Object.entries(properties)) {
    if (schema && schema['x-mcp-header']) {
      found[`Mcp-Param-${schema['x-mcp-header']}`] = key;
    }
  }
  return found;
}

function headerValue(text) {
  return /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(text) ? text : `=?base64?${encoding.b64encode(text)}?=`;
}

function chosen(weighted) {
  let left = Math.random() * weighted.reduce((sum, one) => sum + one.weight, 0);
  return weighted.find((one) => (left -= one.weight) < 0) || weighted[weighted.length - 1];
}

function think(end) {
  sleep(Math.max(0, Math.min(end - now(), exponential(PLAN.thinkSeconds))));
}

function exponential(mean) {
  return -Math.log(1 - Math.random()) * mean;
}

function now() {
  return Date.now() / 1000;
}

export function handleSummary(data) {
  const plan = { ...PLAN, tools: PLAN.tools.map((tool) => ({ ...tool, arguments: undefined })) };
  const startedAt = data.setup_data ? data.setup_data.startedAt : null;
  const seconds = data.state.testRunDurationMs / 1000;
  const line = JSON.stringify({ mcpLoadTest: 1, startedAt, seconds, plan, metrics: data.metrics });
  return __ENV.MCP_SUMMARY ? { [__ENV.MCP_SUMMARY]: `${line}\n` } : { stdout: `${line}\n` };
}
