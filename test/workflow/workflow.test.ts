import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { runGit } from '@ameide/publisher-kit/testing';
import type { VerifyReport } from '@ameide/release';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type AmeideRepository,
  createAmeideRepository,
  type PublishResult,
  type Registries,
  runAmeide,
  startRegistries,
} from '../../packages/release/test/support/ameide-world.ts';
import { type GithubEvent, mergeGroup, pullRequest, push } from './events.ts';
import { exampleMachine } from './example-machine.ts';
import {
  concurrencyGroup,
  type JobResult,
  type Machine,
  PASSED,
  type RunResult,
  runJobs,
  runWorkflow,
} from './runner.ts';
import { readWorkflow, type Workflow } from './workflow-file.ts';

// The example's workflow file, its steps run as they are written, against registries on loopback. The tests
// are one story, in order. A job that an earlier test ran may be taken from there.

const ROOT = join(import.meta.dirname, '../..');
const FILE = join(ROOT, 'examples/ameide/.github/workflows/publish-packages.yml');
const TIMEOUT = 300_000;
const NONE = { npm: 0, python: 0, oci: 0, git: 0 };
const TOKENS = ['GO_MIRROR_TOKEN', 'NPM_TOKEN'];

let repository: AmeideRepository;
let registries: Registries;
let workflow: Workflow;
let machine: Machine;
let first = '';
let second = '';

/** The jobs that succeeded in a pull request: `test` says the same in every run of these files. */
let tested: RunResult = {};

needs(
  'git',
  'go',
  'python',
  'uv',
  'npm',
  'pnpm',
)('the example’s workflow', () => {
  beforeAll(async () => {
    workflow = await readWorkflow(FILE);
    repository = await createAmeideRepository();
    registries = await startRegistries(repository);
    machine = await exampleMachine(repository, registries);
    first = await repository.commit('The first commit', '2025-11-13T14:00:00+00:00');
    await repository.tag('v0.1.0');
  }, TIMEOUT);
  afterAll(async () => {
    await registries.stop();
    await repository.remove();
  });

  test('a fork’s pull request is versioned, tested and built, without any secret', {
    timeout: TIMEOUT,
  }, async () => {
    const { head, merge } = await proposal();
    const event = pullRequest(at('refs/pull/7/merge', merge), head, 'stranger/ameide');
    const result = await runWorkflow(workflow, event, { ...machine, secrets: {} });
    expect(results(result)).toEqual({
      version: 'success',
      test: 'success',
      build: 'success',
      publish: 'skipped',
      promote: 'skipped',
    });
    expect(result?.['version']?.outputs).toMatchObject({ CHANNEL: 'pull-request', GIT_SHA: head });
    expect(result?.['build']?.log).toContain('8 artifacts built; nothing was sent.');
    expect(registries.mutating()).toEqual(NONE);
    tested = only(result, 'test');
  });

  test('a pull request of our own branch, and a merge queue, get no secret either', {
    timeout: TIMEOUT,
  }, async () => {
    const { head, merge } = await proposal();
    const queue = `gh-readonly-queue/main/pr-7-${first}`;
    repository.git('update-ref', `refs/heads/${queue}`, merge);
    const events = [
      pullRequest(at('refs/pull/7/merge', merge), head),
      mergeGroup(at(`refs/heads/${queue}`, merge)),
    ];
    for (const event of events) {
      // Their build is the one above, if it has the channel that the run above had.
      const result = await runJobs(workflow, event, machine, { ...tested, build: PASSED });
      expect(result['version']?.outputs).toMatchObject({ CHANNEL: 'pull-request' });
      expect(results(result)).toMatchObject({ version: 'success', publish: 'skipped' });
      expect(secretsOf(result)).toEqual([]);
    }
    expect(await runWorkflow(workflow, push(at(`refs/heads/${queue}`, merge)), machine)).toBe(
      undefined,
    );
    expect(registries.mutating()).toEqual(NONE);
  });

  test('a tag that is pushed to a fork publishes nothing there', { timeout: TIMEOUT }, async () => {
    const event = push(at('refs/tags/v0.1.0', first), 'stranger/ameide');
    const result = await runJobs(workflow, event, machine, { ...tested, build: PASSED });
    expect(result['version']?.outputs).toMatchObject({ CHANNEL: 'release' });
    expect(results(result)).toMatchObject({ publish: 'skipped', promote: 'skipped' });
    expect(registries.mutating()).toEqual(NONE);
  });

  test('a branch and a tag that are pushed at once: two runs, one after the other', {
    timeout: TIMEOUT,
  }, async () => {
    const branch = push(at('refs/heads/main', first));
    const tag = push(at('refs/tags/v0.1.0', first));
    expect(concurrencyGroup(workflow, tag)).toBe(concurrencyGroup(workflow, branch));
    expect(workflow.concurrency).toMatchObject({ queue: 'max', 'cancel-in-progress': false });
    const dev = await runJobs(workflow, branch, machine, tested);
    expect(results(dev), log(dev)).toMatchObject({ publish: 'success', promote: 'success' });
    expect(dev['version']?.outputs).toEqual(outputs('dev', '0.1.0-dev.20251113140000'));
    const release = await runJobs(workflow, tag, machine, tested);
    expect(results(release), log(release)).toMatchObject({
      publish: 'success',
      promote: 'success',
    });
    expect(release['version']?.outputs).toEqual(outputs('release', '0.1.0'));
    for (const name of ['version', 'build', 'publish', 'promote'])
      expect(release[name]?.summary).toContain('@ameideio/ameide-sdk-ts');
    for (const result of [dev, release]) {
      expect(secretsOf(result)).toEqual(['publish', 'promote']);
      expect(result['publish']?.secrets).toEqual(TOKENS);
      expect(result['promote']?.secrets).toEqual(TOKENS);
    }
    expect(dev['publish']?.environment).toBe('dev');
    expect(release['promote']?.environment).toBe('release');
  });

  test('a cancelled candidate is completed by re-running the jobs that failed', {
    timeout: TIMEOUT,
  }, async () => {
    await repository.raiseBase('0.2.0');
    second = await repository.commit('The second commit', '2025-11-14T14:00:00+00:00');
    await repository.tag('v0.2.0-rc.1');
    const event = push(at('refs/tags/v0.2.0-rc.1', second));
    let publishing: number | undefined;
    const onStart: Machine['onStart'] = (job, pid) => {
      publishing = job === 'publish' ? pid : undefined;
    };
    registries.onMutating = ({ path }) => {
      if (path.startsWith('/legacy') && publishing !== undefined)
        process.kill(-publishing, 'SIGKILL');
    };
    const cancelled = await runJobs(workflow, event, { ...machine, onStart }, tested);
    registries.onMutating = undefined;
    expect(results(cancelled)).toMatchObject({ publish: 'failure', promote: 'skipped' });
    const { version, test, build } = cancelled as Record<string, JobResult>;
    const result = await runJobs(workflow, event, machine, { version, test, build } as RunResult);
    expect(results(result), log(result)).toMatchObject({ promote: 'success' });
    expect(result['version']?.outputs).toMatchObject({
      IS_RELEASE: 'false',
      CHANNEL: 'candidate',
      NPM_VERSION: '0.2.0-rc.1',
      PYPI_VERSION: '0.2.0rc1',
      NPM_DIST_TAG: 'next',
    });
  });

  test('a test that fails: nothing is published', { timeout: TIMEOUT }, async () => {
    registries.clear();
    const failing = 'func TestThatFails(t *testing.T) { t.Fatal("fails") }';
    await repository.change('packages/ameide_sdk_go/sdk_test.go', failing);
    const sha = await repository.commit('The third commit', '2025-11-15T14:00:00+00:00');
    const done = { version: PASSED, build: PASSED };
    const result = await runJobs(workflow, push(at('refs/heads/main', sha)), machine, done);
    expect(result['test']?.log).toContain('--- FAIL: TestThatFails');
    expect(results(result)).toMatchObject({
      test: 'failure',
      publish: 'skipped',
      promote: 'skipped',
    });
    expect(registries.mutating()).toEqual(NONE);
  });

  test('the registries end as after one `publish` for each run', { timeout: TIMEOUT }, async () => {
    const runs = [
      ['refs/heads/main', first],
      ['refs/tags/v0.1.0', first],
      ['refs/tags/v0.2.0-rc.1', second],
    ] as const;
    const other = await startRegistries(repository);
    try {
      for (const [ref, sha] of runs)
        expect(await command('publish', ref, sha, other)).toMatchObject({ code: 0 });
      for (const [ref, sha] of runs) {
        const plan = await command('plan', ref, sha, registries);
        expect(onRegistries(plan)).toEqual(onRegistries(await command('plan', ref, sha, other)));
        expect(plan.report?.artifacts.map(({ state }) => state)).not.toContain('absent');
      }
      for (const sha of [first, second]) {
        const { code, stdout } = await command('verify', sha, sha, registries);
        const { artifacts } = JSON.parse(stdout) as VerifyReport;
        expect(code, stdout).toBe(0);
        expect(new Set(artifacts.map(({ commit }) => commit))).toEqual(new Set(['proven']));
      }
    } finally {
      await other.stop();
    }
  });
});

function at(ref: string, sha: string): Pick<GithubEvent, 'origin' | 'ref' | 'sha'> {
  return { origin: repository.directory, ref, sha };
}

/** A pull request's commit, and GitHub's merge of it. */
async function proposal(): Promise<{ readonly head: string; readonly merge: string }> {
  repository.git('checkout', '--quiet', '-B', 'feature', 'main');
  await repository.change('packages/ameide_sdk_ts/README.md', '\nProposed.');
  const head = await repository.commit('A proposal', '2025-11-13T15:00:00+00:00');
  repository.git('checkout', '--quiet', 'main');
  const parents = ['-p', first, '-p', head];
  const merge = repository.git('commit-tree', `${head}^{tree}`, ...parents, '-m', 'Merge').trim();
  repository.git('update-ref', 'refs/pull/7/merge', merge);
  return { head, merge };
}

/** What `version` gives the jobs after it, for the first commit. */
function outputs(channel: 'dev' | 'release', npm: string): Readonly<Record<string, string>> {
  const isRelease = channel === 'release';
  const shortSha = first.slice(0, 7);
  return {
    IS_RELEASE: String(isRelease),
    CHANNEL: channel,
    BASE_VERSION: '0.1.0',
    GIT_SHA: first,
    SHORT_SHA: shortSha,
    DATE: '20251113',
    DATETIME: '20251113140000',
    NPM_VERSION: isRelease ? npm : `${npm}+g${shortSha}`,
    NPM_PUBLISHED_VERSION: npm,
    NPM_DIST_TAG: isRelease ? 'latest' : 'dev',
    PYPI_VERSION: isRelease ? npm : `0.1.0.dev20251113140000+git.${shortSha}`,
    PYPI_PUBLIC_VERSION: isRelease ? npm : '0.1.0.dev20251113140000',
    GO_VERSION: isRelease ? 'v0.1.0' : `source-${first}`,
    GO_RELEASE_TAG: isRelease ? 'v0.1.0' : '',
  };
}

/** How each job ended. No log may have a token in it. */
function results(run: RunResult | undefined): Readonly<Record<string, string>> {
  const jobs = Object.entries(run ?? {});
  for (const [, { log, summary }] of jobs)
    for (const token of registries.tokens) expect(log + summary).not.toContain(token);
  return Object.fromEntries(jobs.map(([name, { result }]) => [name, result]));
}

/** The jobs that were given any secret. */
function secretsOf(run: RunResult): readonly string[] {
  return Object.keys(run).filter((name) => run[name]?.secrets.length !== 0);
}

/** What the last job printed: the cause, where one failed. */
function log(run: RunResult): string {
  return Object.values(run).findLast(({ result }) => result !== 'skipped')?.log ?? '';
}

function only(run: RunResult | undefined, name: string): RunResult {
  const job = run?.[name];
  return job === undefined ? {} : { [name]: job };
}

let clones = 0;

/** A command for one commit and ref, in a clone. */
async function command(
  name: string,
  ref: string,
  sha: string,
  on: Registries,
): Promise<PublishResult> {
  const clone = repository.clone(`alone-${clones++}`);
  runGit(clone.directory, ['checkout', '--quiet', sha]);
  return runAmeide(name === 'verify' ? [name, ref] : [name, '--ref', ref], clone, on);
}

/** What the registries have, without the ports of this machine. */
function onRegistries({ report }: PublishResult): unknown {
  const facts = {
    artifacts: report?.artifacts.map(({ coordinate, digest, sha, state }) => ({
      coordinate,
      digest,
      sha,
      state,
    })),
    pointers: report?.pointers.map(({ name, now, pointer }) => ({ name, now, pointer })),
  };
  return JSON.parse(JSON.stringify(facts).replaceAll(/127\.0\.0\.1:\d+/g, 'registry'));
}
