import { startPythonIndex } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { PypiBuilt } from '../src/index.ts';
import {
  build,
  commit,
  type Fault,
  type Opened,
  open,
  PROJECT,
  recordedHttp,
  removeScratch,
  type Sent,
  stubBuilder,
} from './world.ts';

const suite = needs('git');
const WHEEL = 'ameide_sdk-0.1.0.dev20251113153211-py3-none-any.whl';
const SDIST = 'ameide_sdk-0.1.0.dev20251113153211.tar.gz';

suite('publishing to an index', () => {
  let root: string;
  let index: Awaited<ReturnType<typeof startPythonIndex>>;

  beforeAll(() => {
    root = commit(PROJECT);
  });
  beforeEach(async () => {
    index = await startPythonIndex();
  });
  afterEach(async () => {
    await index.stop();
  });
  afterAll(removeScratch);

  interface Attempt {
    readonly opened: Opened;
    readonly built: PypiBuilt;
    readonly uploads: string[];
    readonly result: Awaited<ReturnType<Opened['publisher']['publish']>>[number] | undefined;
  }

  /** One whole run of the verbs, over a world that breaks as asked. */
  async function run(
    fault?: (sent: Sent) => Fault,
    more: { root?: string; salt?: string; token?: string } = {},
  ): Promise<Attempt> {
    const { http, uploads } = recordedHttp(fault);
    const ports = {
      http,
      processes: stubBuilder(more.salt),
      env: {},
      sleep: async () => undefined,
    };
    const options = {
      uploadUrl: index.uploadUrl,
      simpleUrl: index.simpleUrl,
      token: more.token ?? index.token,
      ports,
    };
    const opened = await open(more.root ?? root, options);
    const built = await build(opened);
    const [result] = await opened.publisher.publish(opened.plan, built, opened.step());
    return { opened, built, uploads: uploads(), result };
  }

  const inspect = async ({ opened, built }: Attempt) =>
    (await opened.publisher.inspect({ plan: opened.plan, built }, opened.step()))[0];

  test('a new project: wheel, then sdist; then it is identical, and a second run sends nothing', async () => {
    const first = await run();
    expect(first.result).toMatchObject({
      outcome: 'published',
      digest: first.built.artifacts.find(({ name }) => name === SDIST)?.digest,
    });
    expect(first.uploads).toEqual([WHEEL, SDIST]);
    expect(await inspect(first)).toMatchObject({
      state: 'identical',
      sha: first.opened.sha,
      digest: first.result?.digest,
    });

    const second = await run();
    expect(second.result).toMatchObject({ outcome: 'already-there', digest: first.result?.digest });
    expect(second.uploads).toEqual([]);
  });

  test('before anything is published it is absent', async () => {
    const { http } = recordedHttp();
    const opened = await open(root, {
      uploadUrl: index.uploadUrl,
      simpleUrl: index.simpleUrl,
      ports: { http, env: {} },
    });
    const coordinate = {
      ecosystem: 'pypi',
      name: 'ameide-sdk',
      version: '0.1.0.dev20251113153211',
    };
    expect(await opened.publisher.inspect({ plan: opened.plan }, opened.step())).toEqual([
      { coordinate, state: 'absent' },
    ]);
  });

  test('a plan alone finds its own commit; a coordinate alone tells which', async () => {
    const { opened } = await run();
    const [planned] = await opened.publisher.inspect({ plan: opened.plan }, opened.step());
    expect(planned).toMatchObject({ state: 'same-source', sha: opened.sha });
    expect(planned?.files?.map(({ name, state }) => [name, state])).toEqual([
      [WHEEL, 'same-source'],
      [SDIST, 'same-source'],
    ]);
    const coordinate = {
      ecosystem: 'pypi',
      name: 'ameide-sdk',
      version: '0.1.0-dev20251113153211',
    } as const;
    const [traced] = await opened.publisher.inspect({ coordinate }, opened.step());
    expect(traced).toMatchObject({
      state: 'same-source',
      sha: opened.sha,
      coordinate: { version: '0.1.0.dev20251113153211' },
    });
  });

  test('the project of another name on the same index can be asked, too: it may be an earlier name', async () => {
    const { opened } = await run();
    const pyproject = PROJECT['sdk/pyproject.toml']?.replace(/^name = .*$/m, 'name = "ameide-new"');
    const renamed = commit({ ...PROJECT, 'sdk/pyproject.toml': pyproject ?? '' });
    const { simpleUrl, uploadUrl } = index;
    const { publisher, step } = await open(renamed, { simpleUrl, uploadUrl });
    const version = '0.1.0.dev20251113153211';
    expect(publisher.members).toMatchObject([{ name: 'ameide-new' }]);
    const named = (name: string) => ({ ecosystem: 'pypi', name, version }) as const;
    expect(publisher.canInspect?.(named('ameide-sdk'))).toBe(true);
    expect(await publisher.inspect({ coordinate: named('ameide-sdk') }, step())).toMatchObject([
      { state: 'same-source', sha: opened.sha },
    ]);
    expect(await publisher.inspect({ coordinate: named('ameide-odl') }, step())).toMatchObject([
      { state: 'absent' },
    ]);
  });

  test('another commit of the same second is a conflict, and nothing is sent', async () => {
    const first = await run();
    const second = await run(undefined, { root: commit(PROJECT, 'other') });
    expect(second.opened.plan.version).toBe(first.opened.plan.version);
    expect(second.opened.sha).not.toBe(first.opened.sha);
    expect(second.result).toMatchObject({
      outcome: 'conflict',
      problem: { code: 'pypi-version-conflict', kind: 'conflict', rerun: 'never' },
    });
    expect(second.result?.problem?.message).toContain(first.opened.sha);
    expect(second.uploads).toEqual([]);
    expect(await inspect(first)).toMatchObject({ state: 'identical' });
  });

  test('other bytes of the same commit are left as they are', async () => {
    const first = await run();
    const second = await run(undefined, { salt: 'built elsewhere' });
    expect(second.result).toMatchObject({ outcome: 'already-there', digest: first.result?.digest });
    expect(second.uploads).toEqual([]);
    expect(await inspect(second)).toMatchObject({ state: 'same-source', sha: first.opened.sha });
  });

  describe('a wheel that landed without its sdist', () => {
    const sdistFails = (sent: Sent): Fault => (sent.file === SDIST ? 503 : undefined);

    test('is told file by file, and the next run uploads the sdist alone', async () => {
      const first = await run(sdistFails);
      expect(first.result).toMatchObject({
        outcome: 'incomplete',
        problem: {
          code: 'pypi-unavailable',
          kind: 'incomplete',
          effect: 'committed',
          rerun: 'safe',
        },
      });
      const finding = await inspect(first);
      expect(finding?.state).toBe('same-source');
      expect(finding?.files?.map(({ name, state }) => [name, state])).toEqual([
        [WHEEL, 'identical'],
        [SDIST, 'absent'],
      ]);
      const [planned] = await first.opened.publisher.inspect(
        { plan: first.opened.plan },
        first.opened.step(),
      );
      expect(planned?.files?.map(({ name, state }) => [name, state])).toEqual([
        [WHEEL, 'same-source'],
        [SDIST, 'absent'],
      ]);

      const second = await run();
      expect(second.result).toMatchObject({ outcome: 'published' });
      expect(second.uploads).toEqual([SDIST]);
      expect(await inspect(second)).toMatchObject({ state: 'identical' });
    });

    test('is not joined by the sdist of another build', async () => {
      await run(sdistFails);
      const second = await run(undefined, { salt: 'built elsewhere' });
      expect(second.result).toMatchObject({
        outcome: 'incomplete',
        problem: { code: 'pypi-not-reproducible', effect: 'committed', rerun: 'after-fix' },
      });
      expect(second.uploads).toEqual([]);
    });
  });

  test.each(['86400', 'Fri, 31 Dec 2099 23:59:59 GMT'])(
    '429 with Retry-After %s is not waited for',
    async (retryAfter) => {
      const attempt = await run((sent) =>
        sent.method === 'POST'
          ? new Response('', { status: 429, headers: { 'retry-after': retryAfter } })
          : undefined,
      );
      expect(attempt.result).toMatchObject({
        outcome: 'incomplete',
        problem: { code: 'pypi-rate-limited', rerun: 'safe' },
      });
      expect(attempt.uploads).toEqual([WHEEL]);
    },
  );

  test('an index that does not say stops everything', async () => {
    const attempt = await run((sent) => (sent.method === 'GET' ? 500 : undefined));
    expect(attempt.result).toMatchObject({
      outcome: 'incomplete',
      problem: { code: 'pypi-unavailable', effect: 'none' },
    });
    expect(attempt.uploads).toEqual([]);
  });

  test('a wrong token: authentication, one request, and the token nowhere', async () => {
    const token = 'pypi-wrong-token-0123456789';
    const attempt = await run(undefined, { token });
    const hint = expect.stringMatching(
      /PYPI_TOKEN.*first upload needs a token for the whole account/,
    );
    expect(attempt.result).toMatchObject({
      problem: { code: 'pypi-forbidden', kind: 'authentication', effect: 'none', hint },
    });
    expect(attempt.uploads).toEqual([WHEEL]);
    const told = JSON.stringify([
      attempt.result,
      attempt.opened.plan,
      attempt.built,
      attempt.opened.messages,
    ]);
    expect(told).not.toContain(token);
    expect(told).not.toContain(Buffer.from(`__token__:${token}`).toString('base64'));
  });

  test('without a token nothing is sent', async () => {
    const attempt = await run(undefined, { token: '' });
    expect(attempt.result).toMatchObject({
      problem: {
        code: 'pypi-no-token',
        kind: 'authentication',
        hint: expect.stringMatching(/^The option token of this entry is empty: /),
      },
    });
    expect(attempt.uploads).toEqual([]);
  });

  test('the token is shown to the upload origin alone', async () => {
    const { http, sent } = recordedHttp();
    // Another origin for the same index: `localhost` where uploads go to 127.0.0.1.
    const simpleUrl = index.simpleUrl.replace('127.0.0.1', 'localhost');
    const opened = await open(root, {
      uploadUrl: index.uploadUrl,
      simpleUrl,
      token: index.token,
      ports: { http, env: {}, processes: stubBuilder() },
    });
    const built = await build(opened);
    await opened.publisher.check(opened.plan, opened.step());
    expect(await opened.publisher.publish(opened.plan, built, opened.step())).toMatchObject([
      { outcome: 'published' },
    ]);
    await opened.publisher.inspect({ plan: opened.plan }, opened.step());
    expect(new Set(sent.map(({ url, authorized }) => `${url.hostname} ${authorized}`))).toEqual(
      new Set(['localhost false', '127.0.0.1 true']),
    );
  });

  describe('check', () => {
    const checked = async (options: Record<string, unknown>, fault?: (sent: Sent) => Fault) => {
      const { http, sent } = recordedHttp(fault);
      const opened = await open(root, {
        uploadUrl: index.uploadUrl,
        simpleUrl: index.simpleUrl,
        token: index.token,
        ports: { http, env: {}, processes: stubBuilder() },
        ...options,
      });
      const { plan, publisher, step } = opened;
      const problems = [
        ...(await publisher.check(plan, step())),
        ...((await publisher.checkTools?.(plan, step())) ?? []),
      ];
      expect(sent.every(({ method }) => method === 'GET' || method === 'HEAD')).toBe(true);
      return problems.map(({ code }) => code);
    };

    test('a new project on a working index is fine', async () => {
      expect(await checked({})).toEqual([]);
    });

    test('tells a missing token, an index that is none and one that is down', async () => {
      expect(await checked({ token: '' })).toEqual(['pypi-no-token']);
      expect(await checked({ simpleUrl: `${index.url}/nothing/` })).toEqual(['pypi-no-index']);
      expect(await checked({}, () => 502)).toEqual(['pypi-unavailable']);
    });

    test('accepts an index without a page at its root, if it is known for that or has the project', async () => {
      const gitea = `${index.url}/api/packages/acme/pypi/simple/`;
      expect(await checked({ simpleUrl: gitea })).toEqual([]);
      const aws = 'https://acme-1234.d.codeartifact.eu-west-1.amazonaws.com/pypi/main/';
      const codeArtifact = { uploadUrl: aws, simpleUrl: `${aws}simple/` };
      expect(await checked(codeArtifact, () => 404)).toEqual([]);
      const headers = { 'content-type': 'text/html' };
      const page = '<a href="ameide_sdk-0.0.1.tar.gz">ameide_sdk-0.0.1.tar.gz</a>';
      expect(
        await checked({}, ({ url }) =>
          url.pathname === '/simple/' ? 404 : new Response(page, { headers }),
        ),
      ).toEqual([]);
    });

    test('tells that there is no build tool', async () => {
      const processes = {
        which: async () => undefined,
        run: async () =>
          ({
            ok: false,
            failure: 'not-found',
            stdout: new Uint8Array(),
            stdoutText: '',
            stderrText: '',
            summary: 'x',
          }) as const,
      };
      expect(await checked({ ports: { env: {}, processes } })).toEqual(['pypi-no-build-tool']);
    });
  });
});
