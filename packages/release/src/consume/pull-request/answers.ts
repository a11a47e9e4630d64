import { isSha } from '@ameide/versioning-core';

/** Reads of GitHub's answers what consume needs. Each is undefined for an answer that GitHub would not give. */

export interface Commit {
  readonly message: string;
  readonly tree: string;
  readonly parents: readonly string[];
}

export interface Pull {
  readonly number: number;
  readonly url: string;
  readonly title: string;
  readonly body: string;
  /** The branch that it is for. */
  readonly base: string;
}

export function readSha(data: unknown): string | undefined {
  const sha = at(data, 'sha');
  return isSha(sha) ? sha : undefined;
}

export function readRef(data: unknown): string | undefined {
  return readSha(at(data, 'object'));
}

export function readDefaultBranch(data: unknown): string | undefined {
  return textAt(data, 'default_branch');
}

export function readCommit(data: unknown): Commit | undefined {
  const [message, tree] = [textAt(data, 'message'), readSha(at(data, 'tree'))];
  const listed = at(data, 'parents');
  if (message === undefined || tree === undefined || !Array.isArray(listed)) return undefined;
  const parents = listed.flatMap((one) => readSha(one) ?? []);
  return parents.length === listed.length ? { message, tree, parents } : undefined;
}

export function readPulls(data: unknown): readonly Pull[] | undefined {
  if (!Array.isArray(data)) return undefined;
  const pulls = data.flatMap((one) => readPull(one) ?? []);
  return pulls.length === data.length ? pulls : undefined;
}

export function readPull(data: unknown): Pull | undefined {
  const number = at(data, 'number');
  const [url, title, base] = [
    textAt(data, 'html_url'),
    textAt(data, 'title'),
    textAt(at(data, 'base'), 'ref'),
  ];
  if (typeof number !== 'number' || title === undefined || base === undefined) return undefined;
  if (url === undefined || !/^https?:\/\/[\x21-\x7e]+$/.test(url)) return undefined;
  // GitHub has null for an empty text.
  return { number, url, title, body: textAt(data, 'body') ?? '', base };
}

function at(data: unknown, key: string): unknown {
  return typeof data === 'object' && data !== null && Object.hasOwn(data, key)
    ? (data as Readonly<Record<string, unknown>>)[key]
    : undefined;
}

function textAt(data: unknown, key: string): string | undefined {
  const value = at(data, key);
  return typeof value === 'string' ? value : undefined;
}
