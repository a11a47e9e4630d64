import { InvalidInputError, inputProblem, type Problem } from '@ameide/versioning-core';
import type { ReleaseReport } from '../report/release-report.ts';

/**
 * What an approved plan fixes: the commit, the channel, the definition, and every name that `publish`
 * writes.
 */
interface Approved {
  readonly release: { readonly sha: string; readonly channel: string };
  readonly definition: string;
  readonly artifacts: readonly string[];
  readonly pointers: readonly string[];
}

/**
 * Reads the output of `ameide-release plan --json`. Throws `InvalidInputError` if it is anything
 * else.
 */
export function parseApproved(text: string, file: string): ReleaseReport {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (isPlan(value)) return value;
  const expected = 'what "ameide-release plan --json" printed';
  throw new InvalidInputError({ field: 'plan', received: file, expected }, 'plan-unreadable');
}

/** Returns the part of an approved plan that these publishers have. */
export function partOf(
  approved: ReleaseReport,
  runs: readonly { readonly id: string }[],
): ReleaseReport {
  const ids = new Set(runs.map(({ id }) => id));
  const isOfPart = ({ publisher }: { readonly publisher: string }): boolean => ids.has(publisher);
  const { artifacts, pointers } = approved;
  return {
    ...approved,
    artifacts: artifacts.filter(isOfPart),
    pointers: pointers.filter(isOfPart),
  };
}

/** Checks every field that `approvedContents` reads. */
function isPlan(value: unknown): value is ReleaseReport {
  if (
    !isObject(value) ||
    value['schema'] !== 'ameide-release/report/2' ||
    value['command'] !== 'plan'
  )
    return false;
  const { release, artifacts, pointers } = value;
  return (
    hasStrings(value, 'definition') &&
    hasStrings(release, 'sha', 'channel') &&
    Array.isArray(artifacts) &&
    artifacts.every((artifact) => hasStrings(artifact, 'publisher', 'registry', 'coordinate')) &&
    Array.isArray(pointers) &&
    pointers.every((pointer) =>
      hasStrings(pointer, 'publisher', 'registry', 'name', 'pointer', 'version'),
    )
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function hasStrings(value: unknown, ...names: readonly string[]): boolean {
  return isObject(value) && names.every((name) => typeof value[name] === 'string');
}

/**
 * Returns a problem if this run would do anything other than the approved plan. Then no request is
 * sent.
 */
export function differsFrom(approved: ReleaseReport, now: ReleaseReport): Problem[] {
  const [was, is] = [approvedContents(approved), approvedContents(now)];
  const differences = [
    ...(was.release.sha === is.release.sha
      ? []
      : [`commit ${was.release.sha}, now ${is.release.sha}`]),
    ...(was.release.channel === is.release.channel
      ? []
      : [`channel ${was.release.channel}, now ${is.release.channel}`]),
    ...(was.definition === is.definition ? [] : ['the release definition or its options']),
    ...setDifference(was.artifacts, is.artifacts),
    ...setDifference(was.pointers, is.pointers),
  ];
  if (differences.length === 0) return [];
  const error = new InvalidInputError(
    {
      field: 'plan',
      expected: `what the approved plan says; it differs in: ${differences.slice(0, 5).join('; ')}`,
      hint: 'Make and approve a new plan.',
    },
    'plan-differs',
  );
  return [inputProblem(error, { kind: 'policy' })];
}

function approvedContents(report: ReleaseReport): Approved {
  return {
    release: { sha: report.release.sha, channel: report.release.channel },
    definition: report.definition,
    artifacts: report.artifacts.map(({ registry, coordinate }) => `${coordinate} at ${registry}`),
    pointers: report.pointers.map(
      ({ registry, name, pointer, version }) => `${name} ${pointer} to ${version} at ${registry}`,
    ),
  };
}

function setDifference(was: readonly string[], is: readonly string[]): string[] {
  return [
    ...was.filter((entry) => !is.includes(entry)).map((entry) => `no longer ${entry}`),
    ...is.filter((entry) => !was.includes(entry)).map((entry) => `also ${entry}`),
  ];
}
