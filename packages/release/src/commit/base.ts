import {
  type BaseVersion,
  type Channel,
  compareBase,
  InvalidInputError,
  type Lineage,
  parseBase,
  parseRepositoryPath,
  parseVersionTag,
  type SourceTree,
} from '@ameide/versioning-core';
import { formOf } from './version-file.ts';

/**
 * Where the base version comes from: given directly, a version file at the commit, or the release
 * tags on the commit and its ancestors.
 */
export type BaseSource =
  | { readonly base: string }
  | { readonly versionFile: string }
  | { readonly versionFrom: 'tags' };

/** What a base from tags depends on. */
export interface Tagged {
  readonly channel: Channel;
  readonly lineage: Lineage;
}

/** Throws `InvalidInputError`. */
export async function readBase(
  source: SourceTree,
  from: BaseSource,
  tagged: Tagged,
): Promise<BaseVersion | string> {
  if ('base' in from) return from.base;
  return 'versionFrom' in from ? baseFromTags(tagged) : readVersionFile(source, from.versionFile);
}

/**
 * A tag is its own base. Otherwise the highest version that a tag before the commit releases or
 * prepares (a candidate): if it is released, a dev build leads to the next patch. Without such a
 * tag it is 0.0.0. Tags on the commit itself do not count, so its dev build keeps its version.
 */
function baseFromTags({ channel, lineage }: Tagged): BaseVersion {
  if (channel.kind === 'release' || channel.kind === 'candidate') return channel.base;
  const { tags, tagsAtCommit = [], tagPrefix } = lineage;
  return tags
    .filter((tag) => !tagsAtCommit.includes(tag))
    .flatMap((tag) => parseVersionTag(tag, tagPrefix)?.base ?? [])
    .reduce((best, base) => (compareBase(base, best) > 0 ? base : best), parseBase('0.0.0'));
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
