import {
  type RunningPulp,
  type RunningSigstore,
  startIdentityIssuer,
  startPulp,
  startSigstore,
} from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { createHttp } from '@ameide/publisher-kit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PypiOptions } from '../src/index.ts';
import { proofs, publish } from './attesting.ts';
import { REPOSITORY } from './plan.fixture.ts';
import { commit, type Opened, open, PROJECT, removeScratch, stubBuilder } from './world.ts';

// A real index that verifies attestations with PyPA's own library, and serves them.

/** Pulp takes minutes on a busy machine. */
const TIMEOUT = 300_000;
const POLL = { timeout: 60_000 };
const WORKFLOW = '.github/workflows/publish-packages.yml';

needs('git', 'pulp')('Pulp', () => {
  const started = new AsyncDisposableStack();
  let pulp: RunningPulp;
  let trusted: RunningSigstore;
  let foreign: RunningSigstore;
  let options: Partial<PypiOptions>;
  let issuer: string;

  beforeAll(async () => {
    const job = started.use(await startIdentityIssuer());
    trusted = started.use(await startSigstore({ issuer: job }));
    foreign = started.use(await startSigstore({ issuer: job }));
    pulp = started.use(await startPulp({ trust: trusted.pythonEnvironment }));
    issuer = job.issuer;
    const { simpleUrl, token, uploadUrl, user } = pulp;
    const env = { ...job.job, ...job.environment };
    const ports = { processes: stubBuilder(), env, http: createHttp({ attempts: 1 }) };
    options = { attestations: true, simpleUrl, uploadUrl, user, token, ports };
  }, TIMEOUT);
  afterAll(async () => {
    await started.disposeAsync();
    await removeScratch();
  });

  const signedBy = async ({ option: sigstore }: RunningSigstore, root: string): Promise<Opened> => {
    const opened = await open(root, options);
    const identity = { repository: REPOSITORY, workflow: WORKFLOW, issuer };
    const signing = { identity, sigstore };
    return { ...opened, plan: opened.publisher.plan({ ...opened.release, signing }) };
  };

  test('refuses attestations of a Sigstore that it does not trust, and says so only in its tasks', {
    timeout: TIMEOUT,
  }, async () => {
    const opened = await signedBy(foreign, commit(PROJECT));
    // It has taken the files; a release waits until they are served, and they never are.
    expect(await publish(opened)).toMatchObject({ outcome: 'published' });
    const refused: unknown = expect.stringMatching(/Attestation verification failed/);
    await expect.poll(async () => failures(pulp), POLL).toEqual([refused, refused]);
    expect(await proofs(opened)).toMatchObject([{ state: 'missing' }]);
  });

  test('verifies and serves our attestations', { timeout: TIMEOUT }, async () => {
    const opened = await signedBy(trusted, commit(PROJECT));
    expect(await publish(opened)).toMatchObject({ outcome: 'published' });
    expect(await proofs(opened)).toMatchObject([{ state: 'proven', sha: opened.sha }]);
    const [served] = await provenances(pulp);
    expect(served).toMatchObject({
      version: 1,
      attestation_bundles: [{ publisher: { kind: 'Pulp User' }, attestations: [{ version: 1 }] }],
    });
  });
});

/** Why tasks have failed. */
async function failures({ token, url, user }: RunningPulp): Promise<readonly string[]> {
  const credentials = Buffer.from(`${user}:${token}`).toString('base64');
  const headers = { authorization: `Basic ${credentials}` };
  const response = await fetch(`${url}/pulp/api/v3/tasks/?state=failed`, { headers });
  const { results } = (await response.json()) as {
    readonly results: readonly { readonly error: { readonly description: string } }[];
  };
  return results.map(({ error }) => error.description);
}

/** What the index says of each file of the project. */
async function provenances({ simpleUrl }: RunningPulp): Promise<readonly unknown[]> {
  const accept = 'application/vnd.pypi.simple.v1+json';
  const page = await fetch(`${simpleUrl}ameide-sdk/`, { headers: { accept } });
  const { files } = (await page.json()) as {
    readonly files: readonly { readonly provenance: string | null }[];
  };
  return Promise.all(
    files.map(async ({ provenance }) => (await fetch(provenance ?? '')).json() as unknown),
  );
}
