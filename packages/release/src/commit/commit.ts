import type { Repository } from '@ameide/publisher-kit/git';
import { readGoRetractions, refuseShallow } from '@ameide/publisher-kit/git';
import type {
  Canonical,
  Channel,
  CommitSha,
  GoModuleOptions,
  Lineage,
  SourceTree,
  VersionOptions,
  Versions,
} from '@ameide/versioning-core';
import { canonical, deriveVersions, goModulePath, InvalidInputError, parseBase } from '@ameide/versioning-core';
import type { RunEnvironment } from './github-event.ts';
import { pullRequestEvent } from './github-event.ts';
import type { ChannelChoice } from './ref.ts';
import { chooseChannel } from './ref.ts';

/** One commit, with all that its versions are derived from. */
export interface Commit {
  readonly canonical: Canonical;
  readonly channel: Channel;
  /** The ref that decided the channel. */
  readonly ref: string;
  /** See `ChannelChoice`. */
  readonly note?: string;
  readonly lineage: Lineage;
  readonly versions: Versions;
  readonly source: SourceTree;
}

/** Where the base comes from: said by hand, or read from a JSON file's `version` at the commit. */
export type BaseSource = { readonly base: string } | { readonly canonicalFile: string };

export interface CommitQuestion {
  readonly base: BaseSource;
  /** A ref, tag or SHA. When left out: in a run of GitHub Actions for a pull request its head, if that is in the clone; else `HEAD`. */
  readonly revision?: string;
  /** The git ref that decides the channel; see `chooseChannel`. */
  readonly ref?: string;
  /** Directory of the Go module `go` versions are for; the root when left out. */
  readonly goDirectory?: string;
  readonly stamp?: VersionOptions['stamp'];
  readonly afterRelease?: VersionOptions['afterRelease'];
  readonly env?: RunEnvironment;
}

/** Reads one commit and derives its versions. Offline; refuses a shallow clone. Throws `InvalidInputError`. */
export async function readCommit(repository: Repository, question: CommitQuestion): Promise<Commit> {
  await refuseShallow(repository);
  const sha = await commitOf(repository, question);
  const choice = await chooseChannel(repository, sha, question.ref, question.env ?? {});
  return deriveCommit(repository, sha, choice, question);
}

async function commitOf(repository: Repository, { revision, ref, env = {} }: CommitQuestion): Promise<CommitSha> {
  if (revision !== undefined) return repository.resolve(revision);
  // A ref given by hand says what is checked out better than the event does.
  const event = ref === undefined ? await pullRequestEvent(env) : undefined;
  const head =
    (event === undefined ? undefined : await repository.resolve(event.head).catch(notInput)) ??
    (await repository.resolve('HEAD').catch(notInput));
  if (head !== undefined) return head;
  throw new InvalidInputError(
    { field: 'HEAD', expected: 'a commit: this repository has no commit yet', hint: 'What is published is a commit: make one first.' },
    'no-commit',
  );
}

function notInput(error: unknown): undefined {
  if (!(error instanceof InvalidInputError)) throw error;
}

/** The same for a commit whose channel is decided already: `trace` asks for each channel a commit may have been built for. */
export async function deriveCommit(
  repository: Repository,
  sha: CommitSha,
  choice: ChannelChoice,
  question: CommitQuestion,
): Promise<Commit> {
  const source = repository.source(sha);
  const [datetime, base, lineage, go] = await Promise.all([
    repository.commitTime(sha),
    readBase(source, question.base),
    readLineage(repository, sha),
    readGoModule(source, question.goDirectory ?? '', choice.channel),
  ]);
  const tuple = canonical({ base, sha, datetime });
  const options: VersionOptions = {
    go,
    ...(question.stamp === undefined ? {} : { stamp: question.stamp }),
    ...(question.afterRelease === undefined ? {} : { afterRelease: question.afterRelease }),
  };
  const versions = deriveVersions(tuple, choice.channel, lineage, options);
  return { ...choice, canonical: tuple, lineage, versions, source };
}

async function readLineage(repository: Repository, sha: CommitSha): Promise<Lineage> {
  const [tags, tagsAtCommit] = await Promise.all([repository.mergedTags(sha), repository.tagsAt(sha)]);
  return { tags, tagsAtCommit };
}

async function readBase(source: SourceTree, from: BaseSource): Promise<string> {
  if ('base' in from) return from.base;
  const text = await source.readText(from.canonicalFile);
  if (text === undefined) {
    throw new InvalidInputError(
      {
        field: 'canonical',
        received: from.canonicalFile,
        expected: `a JSON file that exists at commit ${source.sha}`,
        hint: 'Commit it, or correct the path.',
      },
      'no-canonical-file',
    );
  }
  return parseBase(versionOf(text, from.canonicalFile), `${from.canonicalFile}: version`);
}

function versionOf(text: string, file: string): unknown {
  try {
    const manifest: unknown = JSON.parse(text);
    return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : undefined;
  } catch (cause) {
    throw new InvalidInputError({ field: file, expected: `a JSON object with a version; it does not parse: ${(cause as Error).message}` });
  }
}

async function readGoModule(source: SourceTree, directory: string, { kind }: Channel): Promise<GoModuleOptions> {
  const text = await source.readText(directory === '' ? 'go.mod' : `${directory}/go.mod`);
  const modulePath = text === undefined ? undefined : goModulePath(text);
  if (modulePath === undefined) {
    if (directory === '') return {};
    throw new InvalidInputError({ field: 'go-module', received: directory, expected: 'a directory with a go.mod at this commit' });
  }
  const module = { modulePath, ...(directory === '' ? {} : { directory }) };
  // A release is the version of its tag, retracted or not.
  if (kind === 'release' || kind === 'candidate') return module;
  return { ...module, retracted: (await readGoRetractions(source, module)).retracted };
}
