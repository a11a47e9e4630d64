import { dirname, join } from 'node:path';
import { type Running, running } from '../../running.ts';
import { createToken, type StateFolder } from '../../state-folder.ts';
import type { Child } from '../child-server.ts';
import { type RealServerOptions, startReal } from '../open.ts';
import { startApiServer } from './api-server.ts';
import { type KubernetesAnswer, type KubernetesRequest, kubernetesClient } from './client.ts';
import { startEtcd } from './etcd.ts';
import { collectionPaths } from './object-path.ts';
import { until } from './until.ts';
import { type KubernetesVerbs, kubernetesVerbs } from './verbs.ts';

export type { KubernetesAnswer, KubernetesObject } from './client.ts';

/**
 * Kubernetes' API server alone: it keeps objects and applies admission policies to them; nothing
 * runs. `url` is `https://127.0.0.1:PORT`.
 */
export interface RunningKubernetes extends Running, KubernetesVerbs {
  /** The bearer token of a user who may do everything. */
  readonly token: string;
  /** The certificates that lead to the server's, as PEM. */
  readonly ca: string;
  /** Sends any request. */
  ask(request: KubernetesRequest): Promise<KubernetesAnswer>;
}

const START_LIMIT_MS = 60_000;

/**
 * Starts etcd and kube-apiserver with certificates and keys of their own. Both listen on loopback
 * alone. Starting takes some four seconds. `directory`, if given, must be new or empty.
 */
export async function startKubernetes(options: RealServerOptions = {}): Promise<RunningKubernetes> {
  return startReal('kubernetes', options.directory, async (state, [program = '']) => {
    const children: Child[] = [];
    const stop = async (): Promise<void> => {
      for (const child of children.toReversed()) await child.stop();
      await state.dispose();
    };
    try {
      return await startServers(state, program, children, stop);
    } catch (error) {
      await stop();
      throw error;
    }
  });
}

async function startServers(
  state: StateFolder,
  program: string,
  children: Child[],
  stop: () => Promise<void>,
): Promise<RunningKubernetes> {
  const etcd = await startEtcd(state, join(dirname(program), 'etcd'));
  children.push(etcd.child);
  const token = createToken('kubernetes-local-');
  const server = await startApiServer({ state, program, etcdUrl: etcd.url, token });
  children.push(server.child);
  const { url, ca } = server;
  const client = kubernetesClient({ url, ca, token });
  const get = async (path: string): Promise<KubernetesAnswer> =>
    client.ask({ method: 'GET', path });
  if (!(await until(async () => (await get('/readyz')).status === 200, START_LIMIT_MS))) {
    client.close();
    throw new Error('the API server does not become ready');
  }
  const end = async (): Promise<void> => {
    client.close();
    await stop();
  };
  const ask: RunningKubernetes['ask'] = async (request) => client.ask(request);
  const verbs = kubernetesVerbs(ask, collectionPaths(get));
  return Object.assign(running(url, state.logFile, end), { token, ca, ask, ...verbs });
}
