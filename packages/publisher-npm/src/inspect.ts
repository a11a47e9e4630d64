import { httpProblem } from '@ameide/publisher-kit';
import {
  type Coordinate,
  classifyFinding,
  type Finding,
  type Problem,
  problem,
} from '@ameide/versioning-core';
import { formatNpm } from './manifest/name.ts';
import type { Target } from './options.ts';
import { completeFromTarball } from './registry/packed-version.ts';
import { readNewVersion, readVersion } from './registry/read-version.ts';
import type { VersionDocument } from './registry/version-document.ts';

/** What to compare the version with. Omit a field to skip that comparison. */
export interface Expected {
  /** The full source SHA it should name. */
  readonly sha?: string;
  /** `sha512-…` of the built tarball. */
  readonly digest?: string;
  /** True if the version is most likely absent. */
  readonly isNew?: boolean;
}

/** Reads one version and classifies it. Reports every answer of the registry as a finding; rejects only
 * on abort. */
export async function inspectVersion(
  target: Target,
  coordinate: Coordinate,
  expected: Expected,
  signal: AbortSignal,
): Promise<Finding> {
  try {
    const ask = expected.isNew === true ? readNewVersion : readVersion;
    const read = await ask(target, coordinate, signal);
    if (read.value === undefined) return unknown(coordinate, read.problems[0]);
    if (read.value === 'absent') return { coordinate, state: 'absent' };
    const found = read.value;
    if (isEnough(found, expected)) return classifyVersion(coordinate, found, expected);
    const whole = await completeFromTarball(target, coordinate, found, signal);
    return whole.value === undefined
      ? unknown(coordinate, whole.problems[0])
      : classifyVersion(coordinate, whole.value, expected);
  } catch (error) {
    signal.throwIfAborted();
    const reference = formatNpm(coordinate);
    const about = { code: 'npm', coordinate: reference, effect: 'none' } as const;
    return unknown(coordinate, httpProblem({ ...about, what: `read ${reference}`, error }));
  }
}

/** True if the document decides: its bytes are ours, or it names its commit and its digest. */
function isEnough({ digests, gitHead }: VersionDocument, { digest }: Expected): boolean {
  if (digest !== undefined && digests.includes(digest)) return true;
  return gitHead !== undefined && digests.length > 0;
}

function unknown(coordinate: Coordinate, found: Problem): Finding {
  return { coordinate, state: 'unknown', problem: found };
}

/** Classifies a version by the rule that all registries share. */
export function classifyVersion(
  coordinate: Coordinate,
  { deprecated, digests, gitHead }: VersionDocument,
  expected: Expected,
): Finding {
  const named = gitHead === undefined ? {} : { sha: gitHead };
  const state = classifyFinding({ digests, sha: gitHead }, expected);
  const digest = state === 'identical' ? expected.digest : digests[0];
  const found = {
    coordinate,
    state,
    ...named,
    ...(digest === undefined ? {} : { digest }),
    ...(deprecated === undefined ? {} : { deprecated }),
  };
  if (state !== 'conflict') return found;
  const { sha } = expected;
  const isNamed = gitHead !== undefined && sha !== undefined;
  return {
    ...found,
    problem: isNamed ? otherSource(coordinate, gitHead, sha) : noGitHead(coordinate),
  };
}

function otherSource(coordinate: Coordinate, found: string, ours: string): Problem {
  const name = formatNpm(coordinate);
  return problem({
    code: 'npm-version-conflict',
    kind: 'conflict',
    message: `${name} is there already, built from ${found}, not from ${ours}.`,
    hint: `${conflictHint(coordinate.version, found)} A published version never changes.`,
    coordinate: name,
  });
}

function conflictHint(version: string, found: string): string {
  if (/-dev\.\d{8}$/.test(version))
    return "With stamp: 'date', two commits of one day share a dev version: leave that option out, or raise the base version.";
  if (version.includes('-dev.'))
    return 'Two commits of the same second share a dev version: commit again, or raise the base version.';
  return `${version} was released from ${found}: raise the base version, or release that commit.`;
}

function noGitHead(coordinate: Coordinate): Problem {
  const name = formatNpm(coordinate);
  return problem({
    code: 'npm-no-git-head',
    kind: 'conflict',
    message: `${name} already exists and names no commit (no gitHead, in the registry or in its package.json), so its source is unknown.`,
    hint: 'Another tool published it. Raise the base version.',
    coordinate: name,
  });
}
