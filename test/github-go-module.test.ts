import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  type RunningGithub,
  type RunningNpmRegistry,
  startGithub,
  startNpmRegistry,
} from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { type GithubAsset, github } from '@ameide/publisher-github';
import { type GoModuleOptions, goModule } from '@ameide/publisher-go';
import { listMembers, zipMembers } from '@ameide/publisher-kit';
import { hash1 } from '@ameide/publisher-kit/go';
import { createTestRepository, type TestRepository } from '@ameide/publisher-kit/testing';
import { npm } from '@ameide/publisher-npm';
import {
  buildRelease,
  defineRelease,
  planRelease,
  promoteRelease,
  publishRelease,
  type ReleaseDefinition,
} from '@ameide/release';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openGo } from '../packages/publisher-go/test/go-command.ts';

// A whole release with a Go module whose mirror is on GitHub, and whose zip is a file of the GitHub
// release. The stand-in for GitHub has both repositories.

const MODULE = 'github.com/acme/sdk-go';
const TAG = 'refs/tags/v0.1.0';

let root: string;
let server: RunningGithub;
let registry: RunningNpmRegistry;
let repository: TestRepository;
let sha: string;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'github-go-'));
  [server, registry] = await Promise.all([
    startGithub({ repositories: ['acme/mono'] }),
    startNpmRegistry(),
  ]);
  repository = createTestRepository({ origin: 'https://github.com/acme/mono' });
  const alternates = join(server.path('acme/mono'), 'objects/info/alternates');
  mkdirSync(dirname(alternates), { recursive: true });
  writeFileSync(alternates, `${join(repository.directory, '.git/objects')}\n`);
  sha = repository.commit({
    files: {
      'ts/package.json': { name: '@acme/sdk', version: '0.1.0', license: 'MIT' },
      'ts/index.js': 'export default 1;\n',
      'go/go.mod': `module ${MODULE}\n\ngo 1.21\n`,
      'go/sdk.go': 'package sdk\n\nconst Answer = 42\n',
      'go/.gitattributes': '*.txt text eol=crlf\n*.md export-ignore\n',
      'go/data.txt': 'one\ntwo\n',
      'go/README.md': 'The SDK.\n',
      'go/nested/go.mod': `module ${MODULE}/nested\n\ngo 1.21\n`,
      'go/nested/nested.go': 'package nested\n',
    },
  });
  repository.git('tag', 'v0.1.0');
});

afterEach(async () => {
  expect(server.violations()).toEqual([]);
  await Promise.all([server.stop(), registry.stop()]);
  await repository[Symbol.asyncDispose]();
  rmSync(root, { recursive: true, force: true });
});

interface Definition extends Pick<GoModuleOptions, 'createRepository'> {
  readonly assets?: readonly GithubAsset[];
  /** Without a mirror. */
  readonly inPlace?: boolean;
}

function definition({
  assets = [{ goModule: MODULE }],
  inPlace = false,
  ...more
}: Definition = {}): ReleaseDefinition {
  const { apiUrl: baseUrl, token } = server;
  return defineRelease({
    versionFile: 'ts/package.json',
    publishers: [
      npm({ directory: 'ts', registry: registry.url, token: registry.token, access: 'public' }),
      goModule({
        directory: 'go',
        token,
        ...(inPlace
          ? { remote: `${server.url}/acme/mono.git` }
          : { mirror: `${server.url}/acme/sdk-go.git`, github: { baseUrl }, ...more }),
      }),
      github({ repository: 'acme/mono', baseUrl, token, notes: 'none', assets }),
    ],
  });
}

async function options(made: ReleaseDefinition, ref = TAG) {
  return { repository: await repository.open(), definition: made, revision: sha, ref, env: {} };
}

interface Shown {
  readonly tag_name: string;
  readonly draft: boolean;
  readonly assets: readonly {
    readonly id: number;
    readonly name: string;
    readonly digest: string;
  }[];
}

async function api(path: string, accept = 'application/json'): Promise<Response> {
  const headers = { authorization: `Bearer ${server.token}`, accept };
  return fetch(`${server.apiUrl}/repos/acme/mono${path}`, { headers });
}

async function releases(): Promise<readonly Shown[]> {
  return (await api('/releases')).json() as Promise<readonly Shown[]>;
}

/** The bytes of an asset of the only release. */
async function asset(name: string): Promise<Buffer> {
  const [release] = await releases();
  const id = release?.assets.find((one) => one.name === name)?.id;
  const response = await api(`/releases/assets/${id}`, 'application/octet-stream');
  return Buffer.from(await response.arrayBuffer());
}

async function hashOf(zip: Uint8Array): Promise<string> {
  const files = [];
  for (const member of zipMembers(zip))
    files.push({ path: member.path, content: await member.content() });
  return hash1(files);
}

const problemsOf = ({ problems }: { readonly problems: readonly { readonly code: string }[] }) =>
  problems.map(({ code }) => code);

needs('git', 'go')('the zip of a mirrored module', () => {
  test('has the checksum that go computes of the published mirror, and a second run writes nothing', async () => {
    const given = await options(definition({ createRepository: { private: false } }));
    expect(await publishRelease(given)).toMatchObject({ status: 'converged', problems: [] });
    const zip = await asset('sdk-go-0.1.0.zip');
    const go = openGo(root, { 'github.com/acme/': `${server.url}/acme/` });
    const said = JSON.parse(await go.run(['mod', 'download', '-json', `${MODULE}@v0.1.0`])) as {
      readonly Sum: string;
      readonly Zip: string;
    };
    expect(await hashOf(zip)).toBe(said.Sum);
    const [ours, theirs] = await Promise.all(
      [zip, readFileSync(said.Zip)].map(async (bytes) => listMembers(zipMembers(bytes))),
    );
    expect(ours).toEqual(theirs);
    expect(ours?.map(({ path }) => path)).toContain(`${MODULE}@v0.1.0/README.md`);
    const before = await releases();
    expect(before[0]?.assets.map(({ name }) => name).toSorted()).toEqual([
      'SHA256SUMS',
      'release-record.json',
      'sdk-go-0.1.0.zip',
    ]);
    expect(await publishRelease(given)).toMatchObject({ status: 'converged', problems: [] });
    expect(await releases()).toEqual(before);
  });

  test('goes from a build machine to the one that publishes, and from a draft to its release', async () => {
    await server.createRepository('acme/sdk-go');
    const given = await options(
      definition({ assets: [{ goModule: MODULE, name: 'go-{version}.zip' }] }),
    );
    const out = join(root, 'built');
    expect(problemsOf(await buildRelease({ ...given, out }))).toEqual([]);
    const held = { ...given, from: out, holdPointers: true };
    expect(problemsOf(await publishRelease(held))).toEqual([]);
    expect(await releases()).toMatchObject([{ draft: true }]);
    expect(problemsOf(await promoteRelease(given))).toEqual([]);
    expect(await releases()).toMatchObject([{ draft: false, tag_name: 'v0.1.0' }]);
    expect((await asset('go-0.1.0.zip')).length).toBeGreaterThan(100);
  });

  test('is left out of a dev build, and refused for a module without a mirror', async () => {
    await server.createRepository('acme/sdk-go');
    const dev = await planRelease(await options(definition(), 'refs/heads/main'));
    expect(problemsOf(dev)).toEqual([]);
    for (const wrong of [
      definition({ inPlace: true }),
      definition({ assets: [{ goModule: `${MODULE}/other` }] }),
    ]) {
      const planned = await planRelease(await options(wrong));
      expect(planned.problems).toMatchObject([{ code: 'github-option', kind: 'input' }]);
    }
  });
});

needs('git')('a mirror that is not there', () => {
  test('is told by plan and by publish, before anything is sent to any registry', async () => {
    const given = await options(definition());
    expect(problemsOf(await planRelease(given))).toContain('go-mirror-missing');
    const report = await publishRelease(given);
    expect(report.exitCode).toBe(3);
    expect(problemsOf(report)).toContain('go-mirror-missing');
    expect(await releases()).toEqual([]);
    expect((await fetch(`${registry.url}/@acme/sdk`)).status).toBe(404);
  });

  test('is created by publish alone, after everything else was checked', async () => {
    const given = await options(definition({ createRepository: true }));
    expect(problemsOf(await planRelease(given))).toEqual([]);
    expect(problemsOf(await publishRelease({ ...given, dryRun: true }))).toEqual([]);
    const get = async () =>
      fetch(`${server.apiUrl}/repos/acme/sdk-go`, {
        headers: { authorization: `Bearer ${server.token}` },
      });
    expect((await get()).status).toBe(404);
    expect(await publishRelease(given)).toMatchObject({ status: 'converged', problems: [] });
    expect(await (await get()).json()).toMatchObject({ private: true });
  });
});
