import { createGitRemote } from '@ameide/publisher-kit';
import {
  classifyRef,
  InvalidInputError,
  parseRepositoryPath,
  received,
  refuseUnknownOptions,
} from '@ameide/versioning-core';
import type { GoModuleOptions } from './options.ts';

/** Options, checked before anything is read. */
export interface ParsedOptions {
  /** `''` for the root of the repository. */
  readonly directory: string;
  readonly branches: { readonly release: string; readonly dev: string };
}

const OPTIONS: readonly (keyof GoModuleOptions)[] = [
  'directory',
  'mirror',
  'remote',
  'token',
  'user',
  'branches',
  'ports',
];

/** Throws `InvalidInputError` that names the option. */
export function parseOptions(options: GoModuleOptions): ParsedOptions {
  refuseUnknownOptions(options, OPTIONS);
  const { directory, mirror, remote, branches = {} } = options;
  if (mirror !== undefined && remote !== undefined) {
    throw new InvalidInputError({ field: 'remote', expected: 'either mirror or remote, not both' });
  }
  if (mirror !== undefined) parseUrl(mirror, 'mirror');
  if (remote !== undefined) parseUrl(remote, 'remote');
  const [release, dev] = [
    parseBranch(branches.release ?? 'main', 'branches.release'),
    parseBranch(branches.dev ?? 'dev', 'branches.dev'),
  ];
  if (release === dev) {
    throw new InvalidInputError({
      field: 'branches',
      received: dev,
      expected: 'two branches, one for releases and one for dev builds',
    });
  }
  return { directory: parseRepositoryPath(directory), branches: { release, dev } };
}

function parseUrl(url: string, field: string): void {
  try {
    createGitRemote({ url });
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    const { received: value, expected, hint } = error;
    throw new InvalidInputError({
      field,
      expected,
      ...(value === undefined ? {} : { received: value }),
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

function parseBranch(value: unknown, field: string): string {
  if (typeof value === 'string' && !value.startsWith('-') && !value.startsWith('.')) {
    try {
      classifyRef(`refs/heads/${value}`);
      return value;
    } catch {
      // Told below, under the option's name.
    }
  }
  throw new InvalidInputError({
    field,
    received: received(value),
    expected: 'the name of a branch, for example main',
  });
}
