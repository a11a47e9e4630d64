import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { createProcesses, findSecrets } from '@ameide/publisher-kit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type AmeideRepository,
  createAmeideRepository,
  digestsOf,
  type PublishResult,
  publishAmeide,
  type Registries,
  runAmeide,
  startRegistries,
} from './support/ameide-world.ts';
import { schemaErrors } from './support/schema.ts';

// The example monorepo as a CI matrix publishes it: each job is a process in a clone of its own, and
// only folders go from one to the next. The tests are one story, in order.

const TIMEOUT = 240_000;

/** The artifacts of each job of the matrix. */
const JOBS = {
  npm: ['npm:@ameideio/ameide-sdk-ts', 'npm:@ameideio/configuration'],
  python: ['pypi:ameide-sdk-python'],
  go: ['go:github.com/ameideio/ameide-sdk-go'],
  images: ['ameide-sdk-ts', 'ameide-sdk-go', 'ameide-sdk-python', 'configuration'],
} as const;
type Job = keyof typeof JOBS;

let repository: AmeideRepository;
let registries: Registries;
let folder: string;
let built: string;

function only(job: Job): readonly string[] {
  const { OCI_PREFIX } = registries.env;
  const ids = JOBS[job].map((id) => (job === 'images' ? `oci:${OCI_PREFIX}/${id}` : id));
  return ['--only', ...ids];
}

const clones = new Map<string, { readonly directory: string }>();

async function job(
  name: string,
  command: readonly string[],
  options: Parameters<typeof runAmeide>[3] = {},
): Promise<PublishResult> {
  const clone = clones.get(name) ?? repository.clone(name);
  clones.set(name, clone);
  return runAmeide(command, clone, registries, options);
}

async function publish(
  name: Job,
  options?: Parameters<typeof runAmeide>[3],
): Promise<PublishResult> {
  const plan = join(folder, 'plan.json');
  const command = ['publish', '--plan', plan, '--from', built, '--hold-pointers'];
  return job(`publish-${name}`, [...command, ...only(name)], options);
}

needs(
  'git',
  'uv',
  'npm',
  'pnpm',
)('one commit, published by a matrix of jobs', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ameide-parts-'));
    built = join(folder, 'built');
    repository = await createAmeideRepository();
    registries = await startRegistries(repository);
    await repository.commit('The first commit', '2025-11-13T14:00:00+00:00');
    await repository.tag('v0.1.0');
  });
  afterAll(async () => {
    await registries.stop();
    await repository.remove();
    await rm(folder, { recursive: true, force: true });
  });

  test('each job builds its part without a token; the folders are put into one', {
    timeout: TIMEOUT,
  }, async () => {
    const { NPM_TOKEN, GO_MIRROR_TOKEN, OCI_TOKEN, OCI_USER, ...env } = registries.env;
    expect([NPM_TOKEN, GO_MIRROR_TOKEN, OCI_TOKEN, OCI_USER]).not.toContain(undefined);
    for (const name of Object.keys(JOBS) as Job[]) {
      const out = join(folder, `out-${name}`);
      const command = ['build', '--out', out, ...only(name)];
      const clone = repository.clone(`build-${name}`);
      const result = await runAmeide(command, clone, { ...registries, env });
      expect(result, result.stderr).toMatchObject({ code: 0, report: { problems: [] } });
      await cp(out, built, { recursive: true });
    }
    expect(registries.mutating()).toEqual({ npm: 0, python: 0, oci: 0, git: 0 });
    const parts = (await readdir(built)).filter((name) => !name.startsWith('index-'));
    expect(parts.map((name) => name.replace(/-[0-9a-f]{8}$/, ''))).toEqual(
      expect.arrayContaining(['npm-ameideio-configuration', 'pypi-ameide-sdk-python']),
    );
    expect(parts).toHaveLength(8);
    for (const name of await readdir(built)) {
      if (parts.includes(name)) continue;
      const index: unknown = JSON.parse(await readFile(join(built, name), 'utf8'));
      expect(schemaErrors('built-1', index)).toEqual([]);
    }
    const planned = await job('plan', ['plan']);
    expect(planned.code).toBe(0);
    await writeFile(join(folder, 'plan.json'), planned.stdout);
  });

  test('a build beside tokens, by mistake, leaves none in its folder: not in a file, nor in an archive', {
    timeout: TIMEOUT,
  }, async () => {
    const out = join(folder, 'out-beside-tokens');
    const result = await job('build-beside-tokens', ['build', '--out', out]);
    expect(result, result.stderr).toMatchObject({ code: 0 });
    const secrets = registries.tokens.map((value, at) => ({ name: `token ${at}`, value }));
    const scope = { processes: createProcesses(), signal: new AbortController().signal };
    expect(await findSecrets(out, secrets, scope)).toEqual([]);
    // It finds one where there is one.
    await writeFile(join(out, 'planted'), registries.tokens[0] ?? '');
    expect(await findSecrets(out, secrets, scope)).toHaveLength(1);
  });

  test('a job for what is visible at once ends early, and writes nothing', {
    timeout: TIMEOUT,
  }, async () => {
    const early = await publish('python');
    expect(early).toMatchObject({ code: 3 });
    expect(new Set(early.report?.problems.map(({ code }) => code))).toEqual(
      new Set(['published-too-early']),
    );
    expect(registries.mutating()).toMatchObject({ python: 0 });
  });

  test('a part of another commit, and one that was changed, are refused before anything is sent', {
    timeout: TIMEOUT,
  }, async () => {
    registries.clear();
    const changed = join(folder, 'changed');
    await cp(built, changed, { recursive: true });
    const own = (await readdir(changed)).find((name) => name.startsWith('pypi-')) ?? '';
    const files = join(changed, own);
    const wheel = (await readdir(files)).find((name) => name.endsWith('.whl')) ?? '';
    await writeFile(join(files, wheel), 'other bytes');
    const command = ['publish', '--from', changed, '--hold-pointers', ...only('python')];
    expect(await job('publish-python', command)).toMatchObject({
      code: 2,
      report: { problems: [{ code: 'built-folder-changed' }] },
    });
    expect(registries.mutating()).toEqual({ npm: 0, python: 0, oci: 0, git: 0 });
  });

  test('jobs at the same time; one is killed at its first write, and completed by running it again alone', {
    timeout: TIMEOUT,
  }, async () => {
    let pid: number | undefined;
    registries.onMutating = ({ path }) => {
      if (path.startsWith('/v2/') && pid !== undefined) process.kill(pid, 'SIGKILL');
    };
    const [npm, killed] = await Promise.all([
      publish('npm'),
      publish('images', { onStart: (started) => (pid = started) }),
    ]);
    registries.onMutating = undefined;
    expect(npm).toMatchObject({ code: 0 });
    expect(killed).toMatchObject({ signal: 'SIGKILL' });
    const unfinished = await job('promote', ['promote', '--from', built]);
    expect(unfinished).toMatchObject({ code: 3 });
    expect(unfinished.report?.pointers.map(({ outcome }) => outcome)).toEqual(
      Array(unfinished.report?.pointers.length).fill(undefined),
    );
    expect(await publish('images')).toMatchObject({ code: 0 });
    const last = await Promise.all([publish('python'), publish('go')]);
    expect(last.map(({ code }) => code)).toEqual([0, 0]);
  });

  test('promote reads everything back and moves the pointers: as one process leaves the registries', {
    timeout: TIMEOUT,
  }, async () => {
    const promoted = await job('promote', ['promote', '--from', built]);
    expect(promoted, promoted.stderr).toMatchObject({ code: 0, report: { problems: [] } });
    const other = await startRegistries(repository);
    try {
      const alone = await publishAmeide(repository, other);
      expect(alone).toMatchObject({ code: 0 });
      expect(digestsOf(promoted.report)).toEqual(digestsOf(alone.report));
      const pointers = (result: PublishResult) =>
        result.report?.pointers.map(({ name, pointer, now }) => [
          name.replace(/127\.0\.0\.1:\d+/, 'registry'),
          pointer,
          now,
        ]);
      expect(pointers(promoted)).toEqual(pointers(alone));
    } finally {
      await other.stop();
    }
    registries.clear();
    expect(await publishAmeide(repository, registries)).toMatchObject({ code: 0 });
    expect(registries.mutating()).toEqual({ npm: 0, python: 0, oci: 0, git: 0 });
  });

  test('the folder is of this commit alone: the next commit’s jobs refuse it', {
    timeout: TIMEOUT,
  }, async () => {
    await repository.change('packages/ameide_sdk_ts/README.md', '\nMore.');
    await repository.commit('The second commit', '2025-11-14T14:00:00+00:00');
    await mkdir(folder, { recursive: true });
    for (const command of ['publish', 'promote']) {
      const refused = await runAmeide([command, '--from', built], repository, registries);
      expect(refused).toMatchObject({ code: 2 });
      expect(new Set(refused.report?.problems.map(({ code }) => code))).toEqual(
        new Set(['built-for-another']),
      );
    }
    expect(registries.mutating()).toEqual({ npm: 0, python: 0, oci: 0, git: 0 });
  });
});
