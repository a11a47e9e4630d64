import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Fault,
  type FaultSubject,
  type LocalRegistries,
  type RunningRecordingProxy,
  startLocalRegistries,
  startRecordingProxy,
} from '@ameide/local-registries';
import { startTrust, type Trust } from '../demo/trust.ts';
import type { Environment } from './definition.ts';
import { MIRROR } from './snapshot.ts';
import { type Logged, labelOf, REGISTRIES, type Registry } from './steps.ts';

/** A request on its way through a proxy. */
export interface Asked extends FaultSubject {
  readonly registry: Registry;
  readonly label: string;
  /** Which request of this label it is in this run: 1 for the first. */
  readonly nth: number;
}

/** What is in the way of a run. */
export interface Rule {
  /** Called before a request goes on. */
  readonly fault?: (asked: Asked) => Fault | undefined | Promise<Fault | undefined>;
  /** Called when the registry has handled a request, before the client knows. */
  readonly answered?: (registry: Registry, label: string) => void | Promise<void>;
}

/** Four registries of one case and what stands in for Sigstore, each behind a proxy. */
export interface World extends AsyncDisposable {
  readonly registries: LocalRegistries;
  /** What the definition reads. */
  readonly env: Environment;
  readonly tokens: readonly string[];
  readonly log: readonly Logged[];
  /** The temporary folder of its runs. */
  readonly temporary: string;
  /** The folder of all that the registries have stored. */
  readonly stored: string;
  /** Begins the next run, with this in its way. */
  begin(rule?: Rule): void;
}

/** Starts them empty, or with a copy of what `base` holds. */
export async function openWorld(base?: string): Promise<World> {
  const home = await mkdtemp(join(tmpdir(), 'ameide-faults-'));
  const stored = join(home, 'registries');
  if (base !== undefined) await cp(base, stored, { recursive: true });
  const trust = await startTrust();
  const options = { directory: stored, goRepositories: [MIRROR], trust };
  const registries = await startLocalRegistries(options);
  const log: Logged[] = [];
  let run = 0;
  let rule: Rule = {};
  const startProxy = (registry: Registry): Promise<RunningRecordingProxy> =>
    startRecordingProxy((registry === 'sigstore' ? trust.sigstore : registries[registry]).url, {
      onRequest: (request) => void log.push({ registry, label: labelOf(request), run, request }),
      onAnswer: (request) => rule.answered?.(registry, labelOf(request)),
      fault: (subject) => {
        const label = labelOf(subject);
        const nth = log.filter(
          (one) => one.run === run && one.registry === registry && one.label === label,
        ).length;
        return rule.fault?.({ ...subject, registry, label, nth });
      },
    });
  const proxies = await Promise.all(REGISTRIES.map(startProxy));
  const { npm, python, oci, git } = registries;
  return {
    registries,
    env: environmentOf(registries, proxies, trust),
    get tokens() {
      const made = [...trust.issuer.secrets(), ...python.minted()];
      return [npm.token, python.token, oci.password, git.token, ...made];
    },
    log,
    temporary: home,
    stored,
    begin: (next = {}) => {
      run += 1;
      rule = next;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(proxies.map((proxy) => proxy.stop()));
      await registries.stop();
      await trust.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

function environmentOf(
  { npm, oci, git }: LocalRegistries,
  proxies: readonly RunningRecordingProxy[],
  trust: Trust,
): Environment {
  const urls = proxies.map(({ url }) => url);
  const [npmUrl = '', pythonUrl = '', ociUrl = '', gitUrl = '', sigstoreUrl = ''] = urls;
  const { trustedRoot } = trust.sigstore;
  return {
    ...trust.identity(),
    SIGSTORE: JSON.stringify({
      fulcio: sigstoreUrl,
      rekor: sigstoreUrl,
      timestamps: sigstoreUrl,
      trustedRoot,
    }),
    NPM_REGISTRY: npmUrl,
    NPM_TOKEN: npm.token,
    PYPI_UPLOAD_URL: `${pythonUrl}/legacy/`,
    PYPI_SIMPLE_URL: `${pythonUrl}/simple/`,
    GO_MIRROR: `${gitUrl}/${MIRROR}.git`,
    GO_MIRROR_TOKEN: git.token,
    OCI_PREFIX: `${new URL(ociUrl).host}/ameideio`,
    OCI_USER: oci.user,
    OCI_TOKEN: oci.password,
  };
}
