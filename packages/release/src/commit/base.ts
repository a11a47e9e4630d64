import {
  type BaseVersion,
  type Channel,
  InvalidInputError,
  parseBase,
  parseRepositoryPath,
  type SourceTree,
} from '@ameide/versioning-core';
import { baseFromTags } from './lineage.ts';
import { formOf } from './version-file.ts';

/**
 * Where the base version comes from: given directly, a version file at the commit, or the release
 * tags on the commit and its ancestors.
 */
export type BaseSource =
  | { readonly base: string }
  | { readonly versionFile: string }
  | { readonly versionFrom: 'tags' };

/**
 * A tag is its own base where bases come from tags; see `baseFromTags`. Throws `InvalidInputError`.
 */
export async function readBase(
  source: SourceTree,
  from: BaseSource,
  { channel, tagPrefix }: { readonly channel: Channel; readonly tagPrefix: string | undefined },
): Promise<BaseVersion | string> {
  if ('base' in from) return from.base;
  if ('versionFile' in from) return readVersionFile(source, from.versionFile);
  const isTagged = channel.kind === 'release' || channel.kind === 'candidate';
  return isTagged ? channel.base : baseFromTags(source, tagPrefix);
}

async function readVersionFile(source: SourceTree, path: string): Promise<BaseVersion> {
  const file = parseRepositoryPath(path, 'versionFile');
  const text = await source.readText(file);
  if (text === undefined) {
    throw new InvalidInputError(
      {
        field: 'versionFile',
        received: file,
        expected: `a file that exists at commit ${source.sha}`,
        hint: 'Commit it, or correct the path.',
      },
      'no-version-file',
    );
  }
  const form = formOf(file);
  const version = await form.read(text, file);
  const field = form.field === '' ? file : `${file}: ${form.field}`;
  if (version !== undefined) return parseBase(version, field);
  throw new InvalidInputError({
    field,
    expected: 'the base version, for example "0.1.0"',
    hint: 'The file has no version: add one, or name another file in versionFile.',
  });
}
