import { chmod, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type FaultSubject,
  type RecordingProxyOptions,
  recorded,
  startGitHost,
  startNpmRegistry,
  startOciRegistry,
  startPythonIndex,
} from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { configuration } from '@ameide/publisher-configuration';
import { ghcr } from '@ameide/publisher-ghcr';
import { goModule } from '@ameide/publisher-go';
import { createHttp } from '@ameide/publisher-kit';
import { createTestRepository } from '@ameide/publisher-kit/testing';
import { npm } from '@ameide/publisher-npm';
import { pypi } from '@ameide/publisher-pypi';
import { publishRelease, type ReleaseReport } from '@ameide/release';
import type { PublisherDefinition } from '@ameide/versioning-core';
import { expect, test } from 'vitest';

// Servers that accept a write and do nothing. No run says that it was done, whether it is the first
// or a later one; when the server does what it says, one more run completes the release.

const FILES = {
  'version.json': { version: '0.1.0' },
  'js/package.json': { name: '@acme/sdk', version: '0.0.0', license: 'MIT' },
  'js/index.js': 'module.exports = 42;\n',
  'conf/a.json': '{}\n',
  'go/go.mod': 'module github.com/acme/go\n\ngo 1.21\n',
  'go/a.go': 'package a\n',
};
const sleep = async (): Promise<void> => undefined;
const ports = { sleep, http: createHttp({ sleep }) };

/** A server, and what publishes to it. */
interface World extends AsyncDisposable {
  readonly publisher: PublisherDefinition;
  /** Turns the lie on and off. */
  lie(on: boolean): Promise<void>;
}

type Start = (
  proxying: RecordingProxyOptions,
) => Promise<AsyncDisposable & { publisher: PublisherDefinition }>;

/** A server that answers the chosen writes itself. */
function lying(
  start: Start,
  choose: (request: FaultSubject) => boolean,
  status: number,
): () => Promise<World> {
  return async () => {
    let isOn = false;
    const fault: RecordingProxyOptions['fault'] = (request) =>
      isOn && request.mutating && choose(request)
        ? { kind: 'status', status, body: status === 204 ? '' : '{"ok":true}' }
        : undefined;
    const running = await start({ fault });
    return {
      publisher: running.publisher,
      lie: async (on) => void (isOn = on),
      [Symbol.asyncDispose]: async () => running[Symbol.asyncDispose](),
    };
  };
}

const npmWorld: Start = async (proxying) => {
  const world = await recorded(startNpmRegistry(), proxying);
  const publisher = npm({
    directory: 'js',
    registry: world.proxy.url,
    token: world.registry.token,
    ports,
  });
  return { publisher, [Symbol.asyncDispose]: async () => world[Symbol.asyncDispose]() };
};

const ociWorld: Start = async (proxying) => {
  const world = await recorded(startOciRegistry(), proxying);
  const { user, password } = world.registry;
  const image = `${new URL(world.proxy.url).host}/acme/sdk`;
  const publisher = ghcr({ image, files: 'js', user, token: password, ports });
  return { publisher, [Symbol.asyncDispose]: async () => world[Symbol.asyncDispose]() };
};

const pypiWorld: Start = async (proxying) => {
  const world = await recorded(startPythonIndex(), proxying);
  const { token } = world.registry;
  const [uploadUrl, simpleUrl] = [`${world.proxy.url}/legacy/`, `${world.proxy.url}/simple/`];
  const carrier = pypi.bundle('acme-conf', { uploadUrl, simpleUrl, token, ports });
  return {
    publisher: configuration({ directory: 'conf', carriers: [carrier] }) as never,
    [Symbol.asyncDispose]: async () => world[Symbol.asyncDispose](),
  };
};

/** A git host whose hook takes back what was pushed to refs of a kind. */
function hooked(kind: string): () => Promise<World> {
  return async () => {
    const host = await startGitHost({ repositories: ['acme/go'] });
    const hook = join(host.path('acme/go'), 'hooks', 'post-receive');
    const undo = `#!/bin/sh
while read old new ref; do
  case "$ref" in ${kind}/*) if [ "$old" = ${'0'.repeat(40)} ]; then git update-ref -d "$ref"; else git update-ref "$ref" "$old"; fi;; esac
done
`;
    return {
      publisher: goModule({
        directory: 'go',
        mirror: `${host.url}/acme/go.git`,
        token: host.token,
        user: host.user,
        ports: { sleep },
      }),
      async lie(on) {
        if (!on) return rm(hook);
        await writeFile(hook, undo);
        await chmod(hook, 0o755);
      },
      [Symbol.asyncDispose]: async () => host.stop(),
    };
  };
}

const isTagOf = ({ path }: FaultSubject): boolean => path.startsWith('/-/package/');
const isManifest =
  (isMoving: boolean) =>
  ({ path }: FaultSubject): boolean =>
    path.includes('/manifests/') && path.endsWith('/dev') === isMoving;

/** The codes of the problems of every run while the server lies. */
const CASES: readonly (readonly [string, () => Promise<World>, string])[] = [
  ...[200, 201, 202, 204].map(
    (status) =>
      [
        `npm: a version (${status})`,
        lying(npmWorld, (request) => !isTagOf(request), status),
        'not-visible-yet',
      ] as const,
  ),
  ...[200, 201, 204].map(
    (status) =>
      [
        `npm: a dist-tag (${status})`,
        lying(npmWorld, (request) => isTagOf(request) && request.method === 'PUT', status),
        'npm-tag-unknown',
      ] as const,
  ),
  [
    'npm: the removal of a dist-tag',
    lying(npmWorld, (request) => isTagOf(request) && request.method === 'DELETE', 200),
    'npm-tag-unknown',
  ],
  ['OCI: an image', lying(ociWorld, isManifest(false), 201), 'not-visible-yet'],
  ['OCI: a moving tag', lying(ociWorld, isManifest(true), 201), 'ghcr-pointer-unknown'],
  [
    'OCI: a blob',
    lying(ociWorld, ({ method, path }) => method === 'PUT' && path.includes('/uploads/'), 201),
    'ghcr-blob-not-stored',
  ],
  ['PyPI: a file', lying(pypiWorld, () => true, 200), 'not-visible-yet'],
  ['git: a tag', hooked('refs/tags'), 'not-visible-yet'],
  ['git: a branch', hooked('refs/heads'), 'go-outcome-unknown'],
];

needs('git')('a server that accepts a write and does nothing', () => {
  test.each(CASES)('%s', async (title, start, code) => {
    await using world = await start();
    await using repository = createTestRepository({ origin: 'https://github.com/acme/mono' });
    repository.commit({ files: FILES });
    const publish = async (): Promise<ReleaseReport> =>
      publishRelease({
        repository: await repository.open(),
        definition: {
          versionFile: 'version.json',
          publishers: [world.publisher],
          visibleWithinMs: 0,
        },
        env: {},
        ref: 'refs/heads/main',
      });
    await world.lie(true);
    const isPointer = /: a (?:dist-tag|moving tag|branch)/.test(title);
    for (const run of ['the first', 'the second']) {
      const report = await publish();
      expect(report.exitCode, `${run} run`).not.toBe(0);
      expect(report.problems.map((problem) => problem.code)).toContain(code);
      for (const { outcome } of report.pointers) if (isPointer) expect(outcome).toBe('blocked');
    }
    await world.lie(false);
    const done = await publish();
    expect(done).toMatchObject({ exitCode: 0, problems: [] });
    for (const { outcome } of done.pointers) expect(['moved', 'already']).toContain(outcome);
    const again = await publish();
    expect(again).toMatchObject({ exitCode: 0, problems: [] });
    expect(again.artifacts.flatMap(({ outcome }) => outcome ?? [])).toEqual([]);
  });
});
