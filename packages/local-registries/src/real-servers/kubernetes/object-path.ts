import type { KubernetesAnswer, KubernetesObject } from './client.ts';

interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** Returns the path of the objects of one kind, `/apis/apps/v1/namespaces/default/deployments`. */
export type CollectionPath = (object: KubernetesObject) => Promise<string>;

/**
 * Returns a function that knows the path of every kind, by asking the server for the kinds of each
 * API version once. It rejects when the server does not know the kind.
 */
export function collectionPaths(get: (path: string) => Promise<KubernetesAnswer>): CollectionPath {
  const known = new Map<string, Promise<readonly Resource[]>>();
  return async ({ apiVersion, kind, metadata }) => {
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const resources = known.get(root) ?? resourcesAt(root, get);
    known.set(root, resources);
    // The others of a kind are its parts: `pods/status`.
    const resource = (await resources).find((one) => one.kind === kind && !one.name.includes('/'));
    if (resource === undefined) throw new Error(`the API server has no ${apiVersion} ${kind}`);
    const namespace = resource.namespaced ? `/namespaces/${metadata.namespace ?? 'default'}` : '';
    return `${root}${namespace}/${resource.name}`;
  };
}

async function resourcesAt(
  root: string,
  get: (path: string) => Promise<KubernetesAnswer>,
): Promise<readonly Resource[]> {
  const { status, body } = await get(root);
  if (status === 404) return [];
  if (status !== 200) throw new Error(`the API server answered ${root} with ${status}`);
  return (body as { readonly resources: readonly Resource[] }).resources;
}
