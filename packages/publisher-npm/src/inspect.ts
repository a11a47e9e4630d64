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
import { malformed } from './problems.ts';
import { createClient, jsonObject, saysNotFound } from './registry/client.ts';
import { readVersionDocument, type VersionDocument } from './registry/version-document.ts';

/** What to compare the version with. Omit a field to skip that comparison. */
export interface Expected {
  /** The full source SHA it should name. */
  readonly sha?: string;
  /** `sha512-…` of the built tarball. */
  readonly digest?: string;
}

/** Reads one version and classifies it. Reports every answer of the registry as a finding; rejects only
 * on abort. */
export async function inspectVersion(
  target: Target,
  coordinate: Coordinate,
  expected: Expected,
  signal: AbortSignal,
): Promise<Finding> {
  const reference = formatNpm(coordinate);
  const what = `read ${reference}`;
  try {
    const response = await createClient(target, signal).version(
      coordinate.name,
      coordinate.version,
    );
    if (saysNotFound(response)) return { coordinate, state: 'absent' };
    if (response.status !== 200) {
      return {
        coordinate,
        state: 'unknown',
        problem: httpProblem({
          code: 'npm',
          what,
          response,
          coordinate: reference,
          effect: 'none',
        }),
      };
    }
    const body = jsonObject(response);
    const document =
      body === undefined
        ? undefined
        : readVersionDocument(body, coordinate.name, coordinate.version);
    return document === undefined
      ? {
          coordinate,
          state: 'unknown',
          problem: malformed(what, 'the answer is not the document of that version', reference),
        }
      : classifyVersion(coordinate, document, expected);
  } catch (error) {
    signal.throwIfAborted();
    return {
      coordinate,
      state: 'unknown',
      problem: httpProblem({ code: 'npm', what, error, coordinate: reference, effect: 'none' }),
    };
  }
}

/** Classifies a version by the rule that all registries share. */
export function classifyVersion(
  coordinate: Coordinate,
  { digests, gitHead }: VersionDocument,
  expected: Expected,
): Finding {
  const named = gitHead === undefined ? {} : { sha: gitHead };
  const state = classifyFinding({ digests, sha: gitHead }, expected);
  const digest = state === 'identical' ? expected.digest : digests[0];
  const found = { coordinate, state, ...named, ...(digest === undefined ? {} : { digest }) };
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
  return `v${version} was released from ${found}: raise the base version, or release that commit.`;
}

function noGitHead(coordinate: Coordinate): Problem {
  const name = formatNpm(coordinate);
  return problem({
    code: 'npm-no-git-head',
    kind: 'conflict',
    message: `${name} already exists and names no commit (no gitHead), so its source is unknown.`,
    hint: 'Another tool published it, or the registry does not keep the field. Raise the base version.',
    coordinate: name,
  });
}
