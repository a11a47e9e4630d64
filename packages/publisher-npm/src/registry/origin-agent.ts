import { type ClientRequest, Agent as HttpAgent, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

/**
 * The limit of an answer's body as it arrives, perhaps compressed: unpacked it may be a thousand
 * times longer. Real answers are far shorter.
 */
const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * An agent that connects to one origin alone. The client below libnpmpublish follows redirects and
 * drops the token only when the host *name* changes: another port, or plain http, of the same host
 * would receive it. That client also keeps all of an answer in memory: a longer one is cut off
 * here, which leaves its status. Plain http is for loopback alone, and goes through no proxy. `onRequest` is
 * called before each request is sent.
 */
export function originAgent(
  origin: string,
  onRequest: () => void = () => undefined,
): HttpAgent | HttpsAgent {
  const { protocol, hostname, port } = new URL(origin);
  // Node refuses an http URL on an https agent, and the reverse, so the protocol needs no check of
  // its own.
  const agent = protocol === 'https:' ? new HttpsAgent({ proxyEnv: process.env }) : new HttpAgent();
  const expected = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const { host, port: asked } = options as { host?: string; port?: number | string };
    if (host !== hostname.replace(/^\[|\]$/g, '') || Number(asked) !== expected) {
      throw Object.assign(new Error(`redirected away from ${origin}`), { code: 'EREDIRECTED' });
    }
    return connect(options, callback);
  };
  return withShortAnswers(agent, onRequest);
}

/** What every client request calls, and the types leave out. */
interface Requests {
  addRequest(request: ClientRequest, ...options: readonly unknown[]): void;
}

function withShortAnswers<A extends HttpAgent>(agent: A, onRequest: () => void): A {
  const requests = agent as unknown as Requests;
  const add = requests.addRequest.bind(agent);
  requests.addRequest = (request, ...options) => {
    onRequest();
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
