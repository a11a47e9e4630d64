import { type RunningPythonIndex, startDevpi, startPypiserver } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  build,
  commit,
  type Fault,
  open,
  PROJECT,
  recordedHttp,
  removeScratch,
  type Sent,
  stubBuilder,
} from './world.ts';

// Servers that others wrote: their pages, their refusals and their duplicates, not our idea of
// them.
needs('git', 'pypiserver')('pypiserver: HTML pages alone, 409 for duplicates', () =>
  speaksTo(startPypiserver, false),
);
needs('git', 'devpi')('devpi: local versions', () => speaksTo(startDevpi, true));

const about = { ecosystem: 'pypi' } as const;

function speaksTo(start: () => Promise<RunningPythonIndex>, localVersions: boolean): void {
  let index: RunningPythonIndex;

  beforeAll(async () => {
    index = await start();
  });
  afterAll(async () => {
    await index.stop();
    await removeScratch();
  });

  async function run(
    name: string,
    more: {
      fault?: (sent: Sent) => Fault;
      salt?: string;
      commitSalt?: string;
      token?: string;
    } = {},
  ) {
    const { http, uploads } = recordedHttp(more.fault);
    const ports = {
      http,
      processes: stubBuilder(more.salt),
      env: {},
      sleep: async () => undefined,
    };
    const files = {
      ...PROJECT,
      'sdk/pyproject.toml': `${PROJECT['sdk/pyproject.toml']}`.replace('Ameide_SDK', name),
    };
    const options = {
      uploadUrl: index.uploadUrl,
      simpleUrl: index.simpleUrl,
      token: more.token ?? index.token,
      localVersions,
      ports,
    };
    const opened = await open(commit(files, more.commitSalt), options);
    const problems = await opened.publisher.check(opened.plan, opened.step());
    const built = await build(opened);
    const [result] = await opened.publisher.publish(opened.plan, built, opened.step());
    const [finding] = await opened.publisher.inspect({ plan: opened.plan, built }, opened.step());
    return { opened, problems, result, finding, uploads: uploads() };
  }

  test('publishes once, and finds it identical', async () => {
    const first = await run('First.One');
    expect(first.problems).toEqual([]);
    expect(first.result).toMatchObject({ outcome: 'published' });
    expect(first.finding).toMatchObject({ state: 'identical', sha: first.opened.sha });
    expect(first.uploads).toHaveLength(2);
    const again = await run('First.One');
    expect(again.problems).toEqual([]);
    expect(again.result).toMatchObject({ outcome: 'already-there', digest: first.result?.digest });
    expect(again.uploads).toEqual([]);
    const coordinate = {
      ecosystem: 'pypi',
      name: 'first-one',
      version: first.opened.plan.version,
    } as const;
    expect(
      (await first.opened.publisher.inspect({ coordinate }, first.opened.step()))[0],
    ).toMatchObject({
      state: 'same-source',
      sha: first.opened.sha,
    });
  });

  test('lists each version with the digest of its sdist; nothing of a project that is not there', async () => {
    const { finding, opened } = await run('listed');
    const { plan, publisher, step } = opened;
    const listed = await publisher.versions?.(plan, step());
    expect(listed?.value?.pointers).toEqual([]);
    expect(listed?.value?.versions).toEqual([
      { coordinate: plan.coordinates[0], digest: finding?.digest },
    ]);
    const missing = { ...plan, coordinates: [{ ...about, name: 'missing', version: '0.1.0' }] };
    expect(await publisher.versions?.(missing, step())).toEqual({
      value: { versions: [], pointers: [] },
    });
  });

  test('an answer dropped after the file was stored: published, and sent once', async () => {
    const dropped = await run('dropped', {
      fault: (sent) => (sent.method === 'POST' && sent.count === 1 ? 'reset after' : undefined),
    });
    expect(dropped.result).toMatchObject({ outcome: 'published' });
    expect(dropped.uploads).toHaveLength(2);
    expect(dropped.finding).toMatchObject({ state: 'identical' });
  });

  test('a run that did not see the other one gets a refusal, compares, and is converged', async () => {
    const first = await run('raced');
    let isBlind = true;
    const late = await run('raced', {
      // The index's page as it was before the other run: until our first upload.
      fault: (sent) => {
        if (sent.method === 'POST') isBlind = false;
        return isBlind && sent.url.pathname.endsWith('/raced/') ? 404 : undefined;
      },
    });
    expect(late.result).toMatchObject({ digest: first.result?.digest });
    expect(['published', 'already-there']).toContain(late.result?.outcome);
    expect(late.finding).toMatchObject({ state: 'identical' });
  });

  test('the version of another commit is a conflict', async () => {
    // Under one local version only the same short commit could meet: there it is another version
    // altogether.
    const first = await run('twice', { commitSalt: 'one' });
    const second = await run('twice', { commitSalt: 'two' });
    if (localVersions) {
      expect(second.opened.plan.version).not.toBe(first.opened.plan.version);
      expect(second.result).toMatchObject({ outcome: 'published' });
    } else {
      expect(second.result).toMatchObject({
        outcome: 'conflict',
        problem: { code: 'pypi-version-conflict' },
      });
      expect(second.result?.problem?.message).toContain(first.opened.sha);
      expect(second.uploads).toEqual([]);
    }
  });

  test('a wrong token is authentication, and nothing lands', async () => {
    const refused = await run('closed', { token: 'wrong-token-0123456789' });
    expect([refused.result?.problem?.kind, ...refused.problems.map(({ kind }) => kind)]).toContain(
      'authentication',
    );
    expect(refused.result?.outcome).not.toBe('published');
    expect(
      (await run('closed', { fault: (sent) => (sent.method === 'POST' ? 503 : undefined) }))
        .finding,
    ).toMatchObject({
      state: 'absent',
    });
  });
}
