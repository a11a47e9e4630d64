import {
  type Coordinate,
  type Finding,
  formatCoordinate,
  type Problem,
  parseDateTime,
  problem,
  type SourceTree,
  type Step,
} from '@ameide/versioning-core';
import { type GoModulePath, isPseudoVersion } from '@ameide/versioning-core/go';
import type { PushAccess } from '../access.ts';
import { noAnswer } from '../problems.ts';
import { isBaseTag, noBase, noVersion, otherTime, readPseudoVersion } from '../pseudo-version.ts';
import { findCommit, namedBy } from './inspect.ts';
import type { IsReachable } from './reachable.ts';

interface Tracing {
  readonly source: SourceTree;
  readonly module: GoModulePath;
  /** The prefix of the module's tags. */
  readonly prefix: string;
  readonly access: PushAccess;
  readonly isReachable: IsReachable;
}

/** Finds the commit of a tag, or the commit in this clone that a pseudo-version abbreviates. */
export async function findSource(
  coordinate: Coordinate,
  tracing: Tracing,
  step: Step,
): Promise<Finding> {
  if (isPseudoVersion(coordinate.version)) return findPseudo(coordinate, tracing, step);
  const { access, prefix } = tracing;
  const ref = `refs/tags/${prefix}${coordinate.version}`;
  const answer = await access.remote.lsRemote([ref], { signal: step.signal });
  if ('failure' in answer) return noAnswer(coordinate, access.url, answer.failure);
  const sha = namedBy(ref, answer.refs);
  return sha === undefined
    ? { coordinate, state: 'absent' }
    : { coordinate, state: 'same-source', sha, digest: sha };
}

async function findPseudo(coordinate: Coordinate, tracing: Tracing, step: Step): Promise<Finding> {
  const { shortSha, datetime, baseTag } =
    readPseudoVersion(coordinate.version, tracing.module) ?? {};
  if (shortSha === undefined) return noVersion(coordinate);
  const sha = await complete(shortSha, tracing, step);
  if (sha === undefined)
    return { coordinate, state: 'unknown', problem: commitUnknown(coordinate, shortSha) };
  const stamp = parseDateTime(await tracing.source.commitTime(sha));
  if (stamp !== datetime) return otherTime(coordinate, sha, stamp);
  const found = await findCommit(coordinate, sha, tracing, step);
  if (found.state !== 'identical') return found;
  // There is no build to compare it with.
  const traced: Finding = { ...found, state: 'same-source' };
  if (baseTag === undefined) return traced;
  const after = await isAfter(sha, baseTag, tracing, step);
  if (typeof after !== 'boolean') return noAnswer(coordinate, tracing.access.url, after.failure);
  return after ? traced : noBase(coordinate, sha, `${tracing.prefix}${baseTag}`);
}

/** Completes an abbreviation to the full id of a commit in this clone. */
async function complete(
  shortSha: string,
  { source, access }: Tracing,
  { signal }: Step,
): Promise<string | undefined> {
  const { gitDirectory } = source;
  const git = ['git', `--git-dir=${gitDirectory}`] as const;
  const argv = [
    ...git,
    'rev-parse',
    '--verify',
    '--quiet',
    '--end-of-options',
    `${shortSha}^{commit}`,
  ] as const;
  const result = await access.processes.run({ argv, cwd: gitDirectory, signal });
  const sha = result.stdoutText.trim();
  // A ref may have the abbreviation as its name.
  return result.ok && sha.startsWith(shortSha) ? sha : undefined;
}

/**
 * True if the host has that version's tag on a commit before this one. A tag on the commit itself
 * would give the commit its own version.
 */
async function isAfter(
  sha: string,
  base: string,
  { prefix, access }: Tracing,
  { signal, history }: Step,
): Promise<boolean | { readonly failure: Parameters<typeof noAnswer>[2] }> {
  const all = `refs/tags/${prefix}`;
  const answer = await access.remote.lsRemote([`${all}v*`], { signal });
  if ('failure' in answer) return answer;
  for (const { ref, sha: named, peeled } of answer.refs) {
    const tag = ref.slice(all.length);
    if (!isBaseTag(tag, base)) continue;
    const relation = await history.relation(peeled ?? named, sha);
    if (relation === 'ancestor' || (relation === 'same' && tag !== base)) return true;
  }
  return false;
}

function commitUnknown(coordinate: Coordinate, abbreviated: string): Problem {
  return problem({
    code: 'go-commit-unknown',
    kind: 'incomplete',
    message: `This clone has no commit ${abbreviated}.`,
    hint: 'Fetch the branch that it is on (git fetch --all) and ask again.',
    coordinate: formatCoordinate(coordinate),
    rerun: 'after-fix',
  });
}
