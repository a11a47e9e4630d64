import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';

/** An object of the Kubernetes API: a Pod, a Namespace, a ValidatingAdmissionPolicy, … */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** What the API server answered. */
export interface KubernetesAnswer {
  /** The HTTP status: 201 created, 200 read or changed, 403 and 422 refused, … */
  readonly status: number;
  /** The reason of a refusal, in the server's words; empty for an object. */
  readonly message: string;
  /** What it warned of, without refusing. */
  readonly warnings: readonly string[];
  /** The object, as the server has it now, or its `Status`; a string if it is not JSON. */
  readonly body: unknown;
}

export interface KubernetesRequest {
  readonly method: 'DELETE' | 'GET' | 'PATCH' | 'POST' | 'PUT';
  /** `/api/v1/namespaces/default/pods?dryRun=All` */
  readonly path: string;
  readonly body?: object;
  /** Default: `application/json`; for a patch, its kind. */
  readonly contentType?: string;
}

interface KubernetesClient {
  ask(request: KubernetesRequest): Promise<KubernetesAnswer>;
  /** Closes its connections. */
  close(): void;
}

interface ClientOptions {
  readonly url: string;
  readonly ca: string;
  readonly token: string;
}

/** Returns a client that speaks HTTPS with the API server, and trusts no other certificate. */
export function kubernetesClient({ url, ca, token }: ClientOptions): KubernetesClient {
  const agent = new Agent({ ca, keepAlive: true });
  return {
    ask: async ({ method, path, body, contentType = 'application/json' }) => {
      const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
      const sent = body === undefined ? undefined : JSON.stringify(body);
      const outgoing = request(new URL(path, url), {
        agent,
        method,
        headers: sent === undefined ? headers : { ...headers, 'content-type': contentType },
      });
      outgoing.end(sent);
      const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
      return answerOf(response, await text(response));
    },
    close: () => agent.destroy(),
  };
}

function answerOf(response: IncomingMessage, content: string): KubernetesAnswer {
  const body = parsed(content);
  const status = response.statusCode ?? 0;
  const { message = '' } = status < 400 ? {} : (body as { readonly message?: string });
  return { status, message, warnings: warningsIn(response.headers['warning']), body };
}

function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    // `/readyz` answers with plain text.
    return content;
  }
}

/** Returns the texts of `Warning: 299 - "text", 299 - "text"` (RFC 7234, 5.5). */
function warningsIn(header: string | readonly string[] | undefined): readonly string[] {
  return [...String(header ?? '').matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, warning]) =>
    (warning ?? '').replaceAll(/\\(.)/g, '$1'),
  );
}
