import { createHttp, type Http } from '@ameide/publisher-kit';
import { describe, expect, onTestFinished, test } from 'vitest';
import { npm } from '../src/npm.ts';
import { MANIFEST, startRun, testRun } from './support/publishing.ts';
import { makeRelease, releaseChannel } from './support/release.ts';
import { type RegistryWorld, testWorld } from './support/world.ts';

const RELEASE = makeRelease({ channel: releaseChannel('0.1.0') });
const FILES = { 'package.json': MANIFEST };

describe('credentials', () => {
  test('no token: check and publish say so, and nothing is sent', async () => {
    const world = await testWorld();
    const run = await startRun(world, RELEASE, { npm: { token: () => undefined } });
    const problem = {
      code: 'npm-no-token',
      kind: 'authentication',
      rerun: 'after-fix',
      hint: expect.stringMatching(/^The option token of this entry is empty: /),
    };
    expect(await run.publisher.check(run.plan, run.step)).toMatchObject([problem]);
    expect(await run.publish()).toMatchObject({ outcome: 'incomplete', problem });
    expect(world.writes()).toEqual([]);
  });

  test('a token that is undefined is none, also when the environment holds one', async () => {
    const world = await testWorld();
    process.env['NPM_TOKEN'] = world.registry.token;
    onTestFinished(() => void delete process.env['NPM_TOKEN']);
    const codes = async (options: object): Promise<readonly string[]> => {
      const definition = npm({ directory: '.', registry: world.proxy.url, ...options });
      const { publisher, plan, step } = await testRun(definition, FILES, { release: RELEASE });
      return (await publisher.check(plan, step)).map(({ code }) => code);
    };
    expect(await codes({})).toEqual([]);
    expect(await codes({ token: undefined })).toEqual(['npm-no-token']);
  });

  test('an entry without the option is told of the environment', async () => {
    const world = await testWorld();
    const definition = npm({ directory: '.', registry: world.proxy.url });
    const { publisher, plan, step } = await testRun(definition, FILES, { release: RELEASE });
    expect(await publisher.check(plan, step)).toMatchObject([
      { code: 'npm-no-token', hint: expect.stringMatching(/^Set NPM_TOKEN /) },
    ]);
  });

  test('a token is asked for when it is first needed, and once', async () => {
    const world = await testWorld();
    let asked = 0;
    const token = (): string => {
      asked++;
      return world.registry.token;
    };
    const definition = npm({ directory: '.', registry: world.proxy.url, token });
    const { publisher, plan, step } = await testRun(definition, FILES, { release: RELEASE });
    expect(asked).toBe(0);
    expect([await publisher.check(plan, step), await publisher.check(plan, step)]).toEqual([
      [],
      [],
    ]);
    expect(asked).toBe(1);
  });

  test('a wrong token: check says so without a storm of requests', async () => {
    const world = await testWorld();
    const run = await startRun(world, RELEASE, { token: 'npm_wrong_0123456789' });
    expect(await run.publisher.check(run.plan, run.step)).toMatchObject([
      { code: 'npm-unauthorized', kind: 'authentication' },
    ]);
    expect(world.proxy.requests).toHaveLength(1);
  });

  test('a registry that is not there', async () => {
    const world = await testWorld();
    const run = await startRun(world, RELEASE);
    await world.proxy.stop();
    expect(await run.publisher.check(run.plan, run.step)).toMatchObject([
      { code: 'npm-unreachable', kind: 'incomplete' },
    ]);
    expect(await run.publish()).toMatchObject({
      outcome: 'incomplete',
      problem: { code: 'npm-unreachable', effect: 'none' },
    });
  });

  test.each([400, 403, 404, 405, 501])(
    'a registry that answers %s to whoami is tried all the same',
    async (status) => {
      const world = await testWorld();
      const run = await startRun(world, RELEASE);
      world.fault = () => ({ kind: 'status', status });
      expect(await run.publisher.check(run.plan, run.step)).toEqual([]);
    },
  );

  test('a web page in place of the registry shows nothing about the token', async () => {
    const world = await testWorld();
    const run = await startRun(world, RELEASE);
    world.fault = () => ({
      kind: 'status',
      status: 200,
      headers: { 'content-type': 'text/html' },
      body: '<h1>Sign in</h1>',
    });
    expect(await run.publisher.check(run.plan, run.step)).toMatchObject([
      { code: 'npm-malformed', kind: 'incomplete', rerun: 'safe' },
    ]);
  });

  test('a build tool that is not there', async () => {
    const world = await testWorld();
    const definition = npm({
      directory: '.',
      registry: world.proxy.url,
      token: world.registry.token,
      build: ['no-such-tool-42', 'run'],
    });
    const { publisher, plan, step } = await testRun(definition, FILES, { release: RELEASE });
    expect(await publisher.check(plan, step)).toEqual([]);
    expect(await publisher.checkTools?.(plan, step)).toMatchObject([
      { code: 'npm-no-build-tool', kind: 'incomplete' },
    ]);
  });
});

describe('who may read a package that is new to npmjs', () => {
  /** registry.npmjs.org, played by the world's registry. */
  function npmjs(world: RegistryWorld): {
    readonly registry: string;
    readonly ports: { readonly http: Http };
  } {
    const http = createHttp();
    return {
      registry: 'https://registry.npmjs.org',
      ports: {
        http: {
          async request(request) {
            const target = new URL(world.proxy.url);
            const response = await http.request({
              ...request,
              url: request.url.replace('https://registry.npmjs.org', world.proxy.url),
              ...(request.credential === undefined
                ? {}
                : { credential: { ...request.credential, origin: target.origin } }),
            });
            return {
              ...response,
              url: response.url.replace(world.proxy.url, 'https://registry.npmjs.org'),
            };
          },
        },
      },
    };
  }

  const problems = async (
    world: RegistryWorld,
    manifest: object,
    options: object = {},
  ): Promise<readonly object[]> => {
    const definition = npm({
      directory: '.',
      token: world.registry.token,
      ...npmjs(world),
      ...options,
    });
    const files = { 'package.json': manifest };
    const { publisher, plan, step } = await testRun(definition, files, { release: RELEASE });
    return publisher.check(plan, step);
  };

  test('has to be chosen for a scoped one, before anything is built or pushed', async () => {
    const world = await testWorld();
    expect(await problems(world, MANIFEST)).toMatchObject([
      {
        code: 'npm-access-not-chosen',
        kind: 'incomplete',
        effect: 'none',
        rerun: 'after-fix',
        hint: expect.stringContaining("'public'"),
      },
    ]);
    expect(world.writes()).toEqual([]);
  });

  test.each<[string, object, object]>([
    ['chosen by the option', MANIFEST, { access: 'public' }],
    ['chosen in publishConfig', { ...MANIFEST, publishConfig: { access: 'restricted' } }, {}],
    ['public without a scope', { ...MANIFEST, name: 'a' }, {}],
  ])('%s: nothing to say', async (_, manifest, options) => {
    expect(await problems(await testWorld(), manifest, options)).toEqual([]);
  });

  test('is not asked for a package that is there', async () => {
    const world = await testWorld();
    await (await startRun(world, RELEASE)).publish();
    expect(await problems(world, MANIFEST)).toEqual([]);
  });

  test('is not asked where the registry cannot be read, without a token, and of another registry', async () => {
    const world = await testWorld();
    world.fault = ({ path }) =>
      path.startsWith('/-/package/') ? { kind: 'status', status: 403 } : undefined;
    expect(await problems(world, MANIFEST)).toEqual([]);
    world.fault = undefined;
    expect(await problems(world, MANIFEST, { token: () => undefined })).toMatchObject([
      { code: 'npm-no-token' },
    ]);
    expect(await problems(world, MANIFEST, { registry: world.proxy.url, ports: {} })).toEqual([]);
  });
});
