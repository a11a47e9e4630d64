import {
  type AncestorTag,
  type CommitSha,
  parseSha,
  type SourceTree,
} from '@ameide/versioning-core';
import {
  type GoModuleLocation,
  type GoRetraction,
  goRetractions,
  retractingTag,
} from '@ameide/versioning-core/go';
import { createProcesses } from '../../process/create-processes.ts';
import type { Processes } from '../../process/processes.ts';
import { type GitCall, git, text, tryGit } from '../git-command.ts';
import { parseTagList, peelTags, TAG_FORMAT } from './tags.ts';

export interface FoundRetractions {
  readonly retracted: readonly GoRetraction[];
  /**
   * The tag whose go.mod lists the retractions; absent if there is none, or if nothing before the
   * commit could be retracted.
   */
  readonly tag?: string;
}

/**
 * Reads what a Go module has retracted, as `go` sees it: one of all the repository's version tags
 * lists it, on any commit (see `retractingTag`). A go.mod that `go` cannot read retracts nothing.
 * Runs one git process if the commit or an ancestor has a version tag, else none. Throws as
 * `refuseShallow` does.
 */
export async function readGoRetractions(
  source: SourceTree,
  module: GoModuleLocation,
  processes: Processes = createProcesses(),
): Promise<FoundRetractions> {
  const before = await source.ancestorTags();
  if (!before.some(({ tag }) => /(?:^|\/)v\d/.test(tag))) return { retracted: [] };
  const call: GitCall = {
    processes,
    directory: source.gitDirectory,
    gitDirectory: source.gitDirectory,
  };
  const all = parseTagList(
    await git(['for-each-ref', `--format=${TAG_FORMAT}`, 'refs/tags'], call),
  );
  const retracting = retractingTag(
    all.map(({ tag }) => tag),
    module,
  );
  if (retracting === undefined) return { retracted: [] };
  const { tag, paths } = retracting;
  const named = all.filter((one) => one.tag === tag);
  const [at] = await peelTags(named, (id) => peel(id, call));
  const texts = await Promise.all(paths.map((path) => readWithMark(source, at, path)));
  return { tag, retracted: goRetractions(texts, module.modulePath) };
}

async function peel(id: string, call: GitCall): Promise<CommitSha | undefined> {
  const result = await tryGit(['rev-parse', '--verify', '--quiet', `${id}^{commit}`], call);
  return result.ok ? parseSha(text(result).trim()) : undefined;
}

/** Reads a file at a tag and keeps its byte order mark. */
async function readWithMark(
  source: SourceTree,
  at: AncestorTag | undefined,
  path: string,
): Promise<string | undefined> {
  const bytes = at === undefined ? undefined : await source.at(at.sha).readBytes(path);
  return bytes === undefined
    ? undefined
    : new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}
