import { readGoRetractions } from '@ameide/publisher-kit/git';
import {
  type Channel,
  formatVersionTag,
  InvalidInputError,
  parseRepositoryPath,
  type SourceTree,
} from '@ameide/versioning-core';
import {
  type GoModule,
  goModulePath,
  matchesPathMajor,
  parseGoModulePath,
} from '@ameide/versioning-core/go';

export interface FoundGoModule {
  readonly module: GoModule;
  /** For people: the root's module, which nobody asked for, cannot have this version. */
  readonly note?: string;
}

/**
 * The Go module in `directory`, with what it retracts. Without a directory the root's, if there is
 * one: a go.mod that holds a repository's tools must not stop a release of other things, so one
 * that cannot have the version is passed over with a note. Throws `InvalidInputError`.
 */
export async function readGoModule(
  source: SourceTree,
  channel: Channel,
  asked: string | undefined,
): Promise<FoundGoModule> {
  const directory = asked === undefined ? '' : parseRepositoryPath(asked, 'go-module');
  const text = await source.readText(directory === '' ? 'go.mod' : `${directory}/go.mod`);
  const modulePath = text === undefined ? undefined : goModulePath(text);
  if (modulePath === undefined) {
    if (directory === '') return { module: {} };
    throw new InvalidInputError({
      field: 'go-module',
      received: directory,
      expected: 'a directory with a go.mod at this commit',
    });
  }
  const module = { modulePath, ...(directory === '' ? {} : { directory }) };
  if (channel.kind === 'release' || channel.kind === 'candidate') {
    const version = formatVersionTag(channel);
    // A release is the version of its tag, retracted or not.
    if (asked !== undefined || matchesPathMajor(version, parseGoModulePath(modulePath).major))
      return { module };
    return {
      module: {},
      note: `The module in go.mod, ${modulePath}, cannot have the version ${version}: its path is of another major version.`,
    };
  }
  return { module: { ...module, retracted: (await readGoRetractions(source, module)).retracted } };
}
