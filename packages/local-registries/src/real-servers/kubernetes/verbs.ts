import type { KubernetesAnswer, KubernetesObject, KubernetesRequest } from './client.ts';
import type { CollectionPath } from './object-path.ts';
import { until } from './until.ts';

/** How a request is sent. */
interface Sending {
  /** True: the server checks the object and admits or refuses it, but does not keep it. */
  readonly dryRun?: boolean;
}

/** What a client does with objects. A refusal is an answer; only a server that cannot be asked rejects. */
export interface KubernetesVerbs {
  /** Creates an object, in the namespace `default` unless it names another. */
  create(object: KubernetesObject, sending?: Sending): Promise<KubernetesAnswer>;
  /** Creates or changes an object, as `kubectl apply --server-side --force-conflicts` does. */
  apply(object: KubernetesObject, sending?: Sending): Promise<KubernetesAnswer>;
  /** Adds containers to a pod that is there, as `kubectl debug` does. */
  debug(
    pod: KubernetesObject,
    ephemeralContainers: readonly object[],
    sending?: Sending,
  ): Promise<KubernetesAnswer>;
  /**
   * Waits until the server refuses to create an object, for ten seconds, in the words of `refusal`: policies
   * take effect some moments after they are there. Creates nothing.
   */
  untilRefused(object: KubernetesObject, refusal: RegExp): Promise<KubernetesAnswer>;
}

type Ask = (request: KubernetesRequest) => Promise<KubernetesAnswer>;

const LIMIT_MS = 10_000;

/** Returns the verbs; `ask` sends their requests, and `collection` knows the paths. */
export function kubernetesVerbs(ask: Ask, collection: CollectionPath): KubernetesVerbs {
  const itemPath = async (object: KubernetesObject): Promise<string> =>
    `${await collection(object)}/${object.metadata.name}`;
  const create: KubernetesVerbs['create'] = async (body, sending) =>
    ask({ method: 'POST', path: `${await collection(body)}${query(sending)}`, body });
  return {
    create,
    apply: async (body, sending) =>
      ask({
        method: 'PATCH',
        path: `${await itemPath(body)}${query(sending, { fieldManager: 'test', force: 'true' })}`,
        // JSON is YAML.
        contentType: 'application/apply-patch+yaml',
        body,
      }),
    debug: async (pod, ephemeralContainers, sending) =>
      ask({
        method: 'PATCH',
        path: `${await itemPath(pod)}/ephemeralcontainers${query(sending)}`,
        contentType: 'application/strategic-merge-patch+json',
        body: { spec: { ephemeralContainers } },
      }),
    untilRefused: async (object, refusal) => {
      let answer: KubernetesAnswer | undefined;
      const isRefused = async (): Promise<boolean> => {
        answer = await create(object, { dryRun: true });
        return answer.status >= 400 && refusal.test(answer.message);
      };
      if ((await until(isRefused, LIMIT_MS)) && answer !== undefined) return answer;
      throw new Error(`not refused so; the last answer: ${answer?.status} ${answer?.message}`);
    },
  };
}

function query({ dryRun = false }: Sending = {}, others: Record<string, string> = {}): string {
  const parameters = new URLSearchParams(dryRun ? { ...others, dryRun: 'All' } : others);
  return `?${parameters.toString()}`;
}
