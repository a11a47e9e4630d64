import { httpProblem } from '@ameide/publisher-kit';
import {
  type Coordinate,
  classifyFinding,
  type Finding,
  formatCoordinate,
  type Problem,
} from '@ameide/versioning-core';
import type { Target } from './options.ts';
import { createClient, jsonObject, saysNotFound } from './registry/client.ts';
import { malformed } from './registry/malformed.ts';
import { readVersionDocument, type VersionDocument } from './registry/version-document.ts';

/** What the version is compared with; each absent when there is nothing to compare. */
export interface Expected {
  /** The full source SHA it should name. */
  readonly sha?: string;
  /** `sha512-…` of the built tarball. */
  readonly digest?: string;
}

/** Reads one version and judges it. Reads only; never throws for what a registry answers. */
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
      : judge(coordinate, document, expected);
  } catch (error) {
    signal.throwIfAborted();
    return {
      coordinate,
      state: 'unknown',
      problem: httpProblem({ code: 'npm', what, error, coordinate: reference, effect: 'none' }),
    };
  }
}

/** Classifies what the registry holds by the rule of every registry. */
export function judge(
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

/** `npm:@scope/name@1.0.0` */
export function formatNpm(coordinate: Pick<Coordinate, 'name' | 'version'>): string {
  return formatCoordinate({ ecosystem: 'npm', name: coordinate.name, version: coordinate.version });
}

function otherSource(coordinate: Coordinate, found: string, ours: string): Problem {
  return {
    code: 'npm-version-conflict',
    message: `${formatNpm(coordinate)} is there already, built from ${found}, not from ${ours}.`,
    hint: conflictHint(coordinate.version, found),
    coordinate: formatNpm(coordinate),
    kind: 'conflict',
    effect: 'none',
    rerun: 'never',
  };
}

function conflictHint(version: string, found: string): string {
  const isDev = version.includes('-dev.');
  return isDev
    ? 'A published version never changes. Two commits of the same second share a dev version: commit again, or raise the base version.'
    : `v${version} was released from ${found}: raise the base version, or build that commit. A published version never changes.`;
}

function noGitHead(coordinate: Coordinate): Problem {
  return {
    code: 'npm-no-git-head',
    message: `${formatNpm(coordinate)} is there already and names no commit (no gitHead), so its source is unknown.`,
    hint: 'It was published by another tool. Publish a version that is not taken.',
    coordinate: formatNpm(coordinate),
    kind: 'conflict',
    effect: 'none',
    rerun: 'never',
  };
}
