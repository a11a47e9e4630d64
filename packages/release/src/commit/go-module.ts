import { readGoRetractions } from '@ameide/publisher-kit/git';
import {
  type Channel,
  formatVersionTag,
  InvalidInputError,
  type PublisherDefinition,
  parseRepositoryPath,
  pathIn,
  type SourceTree,
} from '@ameide/versioning-core';
import {
  type GoModule,
  goModulePath,
  isDownloadablePath,
  matchesPathMajor,
  parseGoModulePath,
} from '@ameide/versioning-core/go';

/** Where a definition publishes a Go module from, and to. */
export type GoModuleLocation = Required<PublisherDefinition>['goModule'];

export interface FoundGoModule {
  readonly module: GoModule;
  /** See `GoModuleLocation`. */
  readonly mirror?: string;
  /**
   * Explains to people why the root's module, which the definition does not list, cannot have this
   * version.
   */
  readonly note?: string;
}

/**
 * Reads the Go module in `goDirectory` and its retractions. Without it, reads the definition's first
 * module, or the root's, if there is one; if that cannot be published, or not under this version, it
 * is skipped with a note, because a go.mod for a repository's tools must not stop a release of other
 * things. Throws `InvalidInputError`.
 */
export async function readGoModule(
  source: SourceTree,
  channel: Channel,
  {
    goDirectory: asked,
    goModules = [],
  }: { readonly goDirectory?: string; readonly goModules?: readonly GoModuleLocation[] },
): Promise<FoundGoModule> {
  const wanted = asked === undefined ? undefined : parseRepositoryPath(asked, 'go-module');
  const published =
    wanted === undefined ? goModules[0] : goModules.find((one) => one.directory === wanted);
  const directory = wanted ?? published?.directory ?? '';
  const modulePath = await readModulePath(source, directory);
  if (modulePath === undefined)
    return wanted === undefined || wanted === '' ? { module: {} } : noModule(wanted);
  const mirror = published?.mirror;
  if (mirror !== undefined && matchesChannel(channel, modulePath))
    return { module: { modulePath }, mirror };
  const module = { modulePath, ...(directory === '' ? {} : { directory }) };
  const note = asked === undefined ? whyNot(modulePath, channel) : undefined;
  if (note !== undefined) return { module: {}, note };
  // A release has the version of its tag, retracted or not.
  if (isTagged(channel)) return { module };
  return { module: { ...module, retracted: (await readGoRetractions(source, module)).retracted } };
}

async function readModulePath(source: SourceTree, directory: string): Promise<string | undefined> {
  const bytes = await source.readBytes(pathIn(directory, 'go.mod'));
  return bytes === undefined ? undefined : goModulePath(new TextDecoder().decode(bytes));
}

function noModule(directory: string): never {
  throw new InvalidInputError({
    field: 'go-module',
    received: directory,
    expected: 'a directory with a go.mod at this commit',
  });
}

function whyNot(modulePath: string, channel: Channel): string | undefined {
  if (!isDownloadablePath(modulePath))
    return `Nobody can download the module path in go.mod, ${modulePath}, so it gets no Go version.`;
  if (!isTagged(channel) || matchesChannel(channel, modulePath)) return undefined;
  const version = formatVersionTag(channel);
  return `The module in go.mod, ${modulePath}, cannot have the version ${version}: its path is for another major version.`;
}

function matchesChannel(channel: Channel, modulePath: string): boolean {
  if (!isTagged(channel)) return true;
  return matchesPathMajor(formatVersionTag(channel), parseGoModulePath(modulePath).major);
}

function isTagged(channel: Channel): channel is Parameters<typeof formatVersionTag>[0] {
  return channel.kind === 'release' || channel.kind === 'candidate';
}
