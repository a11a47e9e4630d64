import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  type Channel,
  canonical,
  deriveVersions,
  type Relation,
  type Release,
  type SourceTree,
  type Step,
} from '@ameide/versioning-core';

export const SHA = '71e210beab37b68546d56dceccba18f09264ecc3';
export const OTHER = 'a3d1c5e7f90b2d4c6e8a0b1c2d3e4f5061728394';
export const DATETIME = '20251113153211';

/** The release of one commit; a dev build unless told otherwise. */
export function release(
  input: {
    sha?: string;
    base?: string;
    channel?: 'dev' | 'release' | 'candidate';
    datetime?: string;
  } = {},
): Release {
  const tuple = canonical({
    base: input.base ?? '0.1.0',
    sha: input.sha ?? SHA,
    datetime: input.datetime ?? DATETIME,
  });
  const kind = input.channel ?? 'dev';
  const channel: Channel =
    kind === 'dev'
      ? { kind }
      : kind === 'release'
        ? { kind, base: tuple.base }
        : { kind, base: tuple.base, number: 1 };
  const versions = deriveVersions(tuple, channel, { tags: [] });
  return {
    canonical: tuple,
    channel,
    versions,
    members: [],
    repository: 'https://github.com/ameideio/ameide',
  };
}

/** A step over a source folder with these files, and every relation between commits as told. */
export async function step(
  files: Readonly<Record<string, string>> = {},
  relation: (a: string, b: string) => Relation | Promise<Relation> = () => 'unknown',
): Promise<Step & { readonly messages: string[] }> {
  const root = await mkdtemp(join(tmpdir(), 'ghcr-test-'));
  const messages: string[] = [];
  await Promise.all([mkdir(join(root, 'workspace')), mkdir(join(root, 'source'))]);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, 'source', path)), { recursive: true });
    await writeFile(join(root, 'source', path), content);
  }
  return {
    signal: new AbortController().signal,
    workspace: join(root, 'workspace'),
    source: tree(),
    checkout: join(root, 'source'),
    environment: {},
    history: { relation: async (a, b) => (a === b ? 'same' : relation(a, b)) },
    emit: ({ message }) => void messages.push(message),
    messages,
  };
}

/** A tree that has every directory and file it is asked for. */
export function tree(sha = SHA): SourceTree {
  const made: SourceTree = {
    sha: canonical({ base: '0.1.0', sha, datetime: DATETIME }).sha,
    readText: () => Promise.resolve(''),
    readBytes: () => Promise.resolve(Buffer.alloc(0)),
    list: () => Promise.resolve([]),
    readLink: () => Promise.resolve(undefined),
    missingContent: () => Promise.resolve([]),
    treeId: () => Promise.resolve('4b825dc642cb6eb9a060e54bf8d69288fbee4904'),
    ancestorTags: () => Promise.resolve([]),
    commitTime: () => Promise.resolve(0),
    at: () => made,
    gitDirectory: '/nonexistent',
  };
  return made;
}
