import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

/**
 * An agent that connects to one origin alone. The client below libnpmpublish follows redirects and drops the token only
 * when the host *name* changes: another port, or plain http, of the same host would receive it.
 */
export function originAgent(origin: string): HttpAgent | HttpsAgent {
  const { protocol, hostname, port } = new URL(origin);
  const settings = { keepAlive: false, proxyEnv: process.env };
  // Node refuses an http URL on an https agent, and the reverse, so the protocol needs no check of its own.
  const agent = protocol === 'https:' ? new HttpsAgent(settings) : new HttpAgent(settings);
  const expected = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const { host, port: asked } = options as { host?: string; port?: number | string };
    if (host !== hostname.replace(/^\[|\]$/g, '') || Number(asked) !== expected) {
      throw Object.assign(new Error(`redirected away from ${origin}`), { code: 'EREDIRECTED' });
    }
    return connect(options, callback);
  };
  return agent;
}
