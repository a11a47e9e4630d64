import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { RawImages } from '@ameide/local-registries';
import { createProcesses, inParallel, packTar } from '@ameide/publisher-kit';
import { createGitWorld, type GitWorld } from './git-world.ts';

/** A commit, and its dev build's version in npm. */
export interface DevBuild {
  readonly sha: string;
  readonly version: string;
  /** Unix seconds. */
  readonly time: number;
}

export interface LongHistory {
  readonly git: GitWorld;
  /** Every commit that is no release, the oldest first; the last one is HEAD. */
  readonly builds: readonly DevBuild[];
  /** The commits that v0.1.0, v0.2.0 and v0.3.0 name. */
  readonly releases: readonly string[];
}

const START = Date.parse('2025-09-01T12:00:00Z') / 1000;
const HOUR = 3600;
const BETWEEN = 50;
const RELEASES = 3;

/** Makes a repository of so many dev builds and three releases, one commit an hour. */
export async function longHistory(dev: number): Promise<LongHistory> {
  const git = createGitWorld();
  const commits = Array.from({ length: dev + RELEASES }, (_, at) => ({
    mark: at + 1,
    time: START + at * HOUR,
    base: `0.${Math.min(RELEASES, Math.floor(at / BETWEEN)) + 1}.0`,
    isRelease: at % BETWEEN === BETWEEN - 1 && at < BETWEEN * RELEASES,
  }));
  const stream = commits.map(({ base, mark, time }) =>
    commitText(mark, time, {
      'packages/sdk/package.json': `{ "name": "@example/sdk", "version": "${base}" }\n`,
      'packages/sdk/index.js': `export const build = ${mark};\n`,
      'go/go.mod': 'module github.com/example/go\n\ngo 1.22\n',
      'go/sdk.go': `package sdk\n\nconst Build = ${mark}\n`,
    }),
  );
  const shas = await fastImport(git.directory, ['reset refs/heads/main\n', ...stream]);
  git.git('reset', '--quiet', '--hard', 'main');
  const made = commits.map((one, at) => ({ ...one, sha: shas[at] ?? '' }));
  const releases = made.filter(({ isRelease }) => isRelease);
  for (const { base, sha } of releases) git.git('tag', `v${base}`, sha);
  return {
    git,
    releases: releases.map(({ sha }) => sha),
    builds: made
      .filter(({ isRelease }) => !isRelease)
      .map(({ base, sha, time }) => ({ sha, time, version: `${base}-dev.${stampOf(time)}` })),
  };
}

function stampOf(time: number): string {
  return new Date(time * 1000).toISOString().replace(/\D/g, '').slice(0, 14);
}

/** Pushes an index of two platforms for each build, and a signature for every fourth. */
export async function pushImages(images: RawImages, builds: readonly DevBuild[]): Promise<void> {
  const pushed = await inParallel(builds, async ({ sha }) => images.devBuild(sha), 8);
  const signed = pushed.filter((_, at) => at % 4 === 0);
  await inParallel(signed, async (image) => images.attach(image), 8);
}

/** Puts a mirror commit and its tag for each build into a bare repository. */
export async function pushMirrorTags(bare: string, builds: readonly DevBuild[]): Promise<void> {
  const stream = builds.map(({ sha, time }, at) => {
    const files = {
      'go.mod': 'module github.com/example/go\n\ngo 1.22\n',
      'sdk.go': `package sdk\n\nconst Source = "${sha}"\n`,
    };
    const message = `github.com/example/go at ${sha.slice(0, 12)}\n\nSource-Commit: ${sha}\n`;
    const mark = at + 1;
    const orphan = commitText(mark, time, files, { message, ref: `refs/tags/source-${sha}` });
    return orphan;
  });
  await fastImport(bare, stream);
}

/** Publishes a version of `@example/sdk` for each build; no dist-tag names one. */
export async function pushNpmVersions(
  registry: { readonly url: string; readonly token: string },
  builds: readonly DevBuild[],
): Promise<void> {
  const name = '@example/sdk';
  for (const { sha, version } of builds) {
    const manifest = JSON.stringify({ name, version, gitHead: sha });
    const tar = await packTar([{ path: 'package/package.json', content: Buffer.from(manifest) }]);
    const data = gzipSync(tar);
    const file = `sdk-${version}.tgz`;
    const dist = {
      integrity: `sha512-${createHash('sha512').update(data).digest('base64')}`,
      shasum: createHash('sha1').update(data).digest('hex'),
      tarball: `${registry.url}/${name}/-/${file}`,
    };
    await sendNpm(registry, '@example%2fsdk', 'PUT', {
      _id: name,
      name,
      'dist-tags': { raw: version },
      versions: { [version]: { name, version, gitHead: sha, dist } },
      _attachments: { [file]: { data: data.toString('base64'), length: data.length } },
    });
  }
  await sendNpm(registry, '-/package/@example%2fsdk/dist-tags/raw', 'DELETE');
}

async function sendNpm(
  { token, url }: { readonly url: string; readonly token: string },
  path: string,
  method: string,
  body?: object,
): Promise<void> {
  const response = await fetch(`${url}/${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok)
    throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
}

/** One commit for git-fast-import(1); its parent is the commit before it on the same ref. */
function commitText(
  mark: number,
  time: number,
  files: Readonly<Record<string, string>>,
  { message = `commit ${mark}\n`, ref = 'refs/heads/main' } = {},
): string {
  const who = `A <a@example.com> ${time} +0000`;
  const changes = Object.entries(files).map(
    ([path, text]) => `M 100644 inline ${path}\n${dataText(text)}`,
  );
  return [
    `commit ${ref}\nmark :${mark}\nauthor ${who}\ncommitter ${who}\n${dataText(message)}`,
    ...changes,
    `get-mark :${mark}\n`,
  ].join('');
}

function dataText(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}

/** Returns the ids of the commits, in their order. */
async function fastImport(
  directory: string,
  stream: readonly string[],
): Promise<readonly string[]> {
  const result = await createProcesses().run({
    argv: ['git', 'fast-import', '--quiet', '--force'],
    cwd: directory,
    input: stream.join(''),
  });
  if (!result.ok) throw new Error(result.summary);
  return result.stdoutText.trim().split('\n');
}
