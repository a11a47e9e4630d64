import { AsyncLocalStorage } from 'node:async_hooks';
import { type ClientRequest, Agent as HttpAgent, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isLoopback } from '@ameide/publisher-kit';

/**
 * The limit of an answer's body as transferred: unpacked it may be a thousand times longer. Real
 * answers are far shorter.
 */
const MAX_ANSWER_BYTES = 64 * 1024;

/** Whether an upload has sent a request. */
export interface Sending {
  wasRequested: boolean;
}

const sending = new AsyncLocalStorage<Sending>();

/** Runs an upload, and records in `sent` whether it has sent a request through an agent of `originAgent`. */
export async function whileSending<T>(sent: Sending, work: () => Promise<T>): Promise<T> {
  return sending.run(sent, work);
}

const agents = new Map<string, HttpAgent | HttpsAgent>();

/**
 * Returns the agent for one origin. It keeps its connections open for the next upload, and connects
 * nowhere else. The HTTP client of libnpmpublish follows redirects and drops the token only if the
 * host *name* changes, so another port, or plain http, on the same host would receive it. That client
 * also keeps a whole answer in memory, so this agent cuts off a longer one but keeps its status. Plain
 * http works only for loopback, which is never proxied.
 */
export function originAgent(origin: string): HttpAgent | HttpsAgent {
  const agent = agents.get(origin) ?? createAgent(origin);
  agents.set(origin, agent);
  return agent;
}

/** Closes idle connections before the server does: as a server, Node closes them after five seconds. */
const KEPT = { keepAlive: true, timeout: 4000 } as const;

function createAgent(origin: string): HttpAgent | HttpsAgent {
  const { protocol, hostname, port } = new URL(origin);
  // Node refuses an http URL on an https agent and vice versa, so we need not check the protocol.
  const proxyEnv = isLoopback(hostname) ? {} : process.env;
  const agent = protocol === 'https:' ? new HttpsAgent({ ...KEPT, proxyEnv }) : new HttpAgent(KEPT);
  const expected = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const { host, port: asked } = options as { host?: string; port?: number | string };
    if (host !== hostname.replace(/^\[|\]$/g, '') || Number(asked) !== expected) {
      throw Object.assign(new Error(`redirected away from ${origin}`), { code: 'EREDIRECTED' });
    }
    return connect(options, callback);
  };
  return withShortAnswers(agent);
}

/** The method that every client request calls and the types omit. */
interface Requests {
  addRequest(request: ClientRequest, ...options: readonly unknown[]): void;
}

function withShortAnswers<A extends HttpAgent>(agent: A): A {
  const requests = agent as unknown as Requests;
  const add = requests.addRequest.bind(agent);
  requests.addRequest = (request, ...options) => {
    const sent = sending.getStore();
    if (sent !== undefined) sent.wasRequested = true;
    request.once('response', (answer: IncomingMessage) => {
      let size = 0;
      answer.on('data', (piece: Uint8Array) => {
        size += piece.length;
        if (size > MAX_ANSWER_BYTES)
          answer.destroy(Object.assign(new Error('the answer is too long'), { code: 'ETOOLONG' }));
      });
    });
    add(request, ...options);
  };
  return agent;
}
