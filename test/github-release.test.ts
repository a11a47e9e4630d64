import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type RunningGithub,
  type RunningNpmRegistry,
  startGithub,
  startNpmRegistry,
} from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { github } from '@ameide/publisher-github';
import { createTestRepository, type TestRepository } from '@ameide/publisher-kit/testing';
import { npm } from '@ameide/publisher-npm';
import {
  defineRelease,
  planRelease,
  promoteRelease,
  publishRelease,
  type ReleaseDefinition,
  traceCommit,
} from '@ameide/release';
import { afterEach, beforeEach, expect, test } from 'vitest';

// A GitHub release in a whole release, beside an npm package.

let server: RunningGithub;
let registry: RunningNpmRegistry;
let repository: TestRepository;
let definition: ReleaseDefinition;

beforeEach(async () => {
  [server, registry] = await Promise.all([
    startGithub({ repositories: ['acme/mono'] }),
    startNpmRegistry(),
  ]);
  repository = createTestRepository({ origin: 'https://github.com/acme/mono' });
  const alternates = join(server.path('acme/mono'), 'objects/info/alternates');
  mkdirSync(dirname(alternates), { recursive: true });
  writeFileSync(alternates, `${join(repository.directory, '.git/objects')}\n`);
  definition = defineRelease({
    versionFile: 'sdk/package.json',
    publishers: [
      npm({ directory: 'sdk', registry: registry.url, token: registry.token, access: 'public' }),
      github({
        repository: 'acme/mono',
        baseUrl: server.apiUrl,
        token: server.token,
        assets: [{ folder: 'sdk', name: 'sdk-{version}.tar.gz' }],
      }),
    ],
  });
});

afterEach(async () => {
  expect(server.violations()).toEqual([]);
  await Promise.all([server.stop(), registry.stop()]);
  await repository[Symbol.asyncDispose]();
});

function commit(version: string, tag?: string): string {
  const sha = repository.commit({
    files: {
      'sdk/package.json': { name: '@acme/sdk', version, license: 'MIT' },
      'sdk/index.js': `export default '${version}';\n`,
    },
  });
  if (tag !== undefined) repository.git('tag', tag);
  return sha;
}

async function options(revision: string, ref: string) {
  return { repository: await repository.open(), definition, revision, ref, env: {} };
}

async function latest(): Promise<unknown> {
  const response = await fetch(`${server.apiUrl}/repos/acme/mono/releases/latest`);
  return response.ok ? ((await response.json()) as { tag_name: string }).tag_name : undefined;
}

const problemsOf = ({ problems }: { readonly problems: readonly { readonly code: string }[] }) =>
  problems.map(({ code }) => code);

needs('git')('a release with github()', () => {
  test('is planned, published once, found again and traced', async () => {
    const sha = commit('0.1.0', 'v0.1.0');
    const given = await options(sha, 'refs/tags/v0.1.0');
    const planned = await planRelease(given);
    expect(problemsOf(planned)).toEqual([]);
    expect(JSON.stringify(planned)).toContain('github:acme/mono@v0.1.0');
    const published = await publishRelease(given);
    expect(published).toMatchObject({ status: 'converged', problems: [] });
    expect(await latest()).toBe('v0.1.0');
    const again = await publishRelease(given);
    expect(again).toMatchObject({ status: 'converged', problems: [] });
    expect(await planRelease({ ...given, approved: again })).toMatchObject({ problems: [] });
    const traced = await traceCommit(sha, given);
    expect(JSON.stringify(traced)).toContain('github:acme/mono@v0.1.0');
  });

  test('held back, is a draft until promote publishes it', async () => {
    const sha = commit('0.1.0', 'v0.1.0');
    const given = await options(sha, 'refs/tags/v0.1.0');
    expect(problemsOf(await publishRelease({ ...given, holdPointers: true }))).toEqual([]);
    expect(await latest()).toBeUndefined();
    expect(problemsOf(await promoteRelease(given))).toEqual([]);
    expect(await latest()).toBe('v0.1.0');
  });

  test('of a dev build publishes the package, and nothing on GitHub', async () => {
    const sha = commit('0.1.0');
    const report = await publishRelease(await options(sha, 'refs/heads/main'));
    expect(report).toMatchObject({ status: 'converged', problems: [] });
    const response = await fetch(`${server.apiUrl}/repos/acme/mono/releases`, {
      headers: { authorization: `Bearer ${server.token}` },
    });
    expect(await response.json()).toEqual([]);
  });

  test('of an older line leaves the mark where it is', async () => {
    await publishRelease(await options(commit('0.1.0', 'v0.1.0'), 'refs/tags/v0.1.0'));
    await publishRelease(await options(commit('0.2.0', 'v0.2.0'), 'refs/tags/v0.2.0'));
    repository.git('checkout', '--quiet', '--detach', 'v0.1.0');
    const fix = await options(commit('0.1.1', 'v0.1.1'), 'refs/tags/v0.1.1');
    expect(await publishRelease(fix)).toMatchObject({ status: 'converged', problems: [] });
    expect(await latest()).toBe('v0.2.0');
  });
});
