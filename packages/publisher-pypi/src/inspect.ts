import { cleanText, inParallel } from '@ameide/publisher-kit';
import {
  type Coordinate,
  classifyFinding,
  type FileFinding,
  type Finding,
  type FindingState,
  formatCoordinate,
  type Problem,
  problem,
} from '@ameide/versioning-core';
import type { PypiBuilt } from './build.ts';
import type { SourceCommit } from './distribution/metadata.ts';
import type { PypiPlan } from './plan.ts';
import { type IndexReader } from './simple-api/index-reader.ts';
import { isYanked, type ListedFile } from './simple-api/list-files.ts';

/** A file on the index, and what it says about itself. */
export interface ExistingFile {
  readonly name: string;
  /** Hex; absent if the index does not report it and we did not need it. */
  readonly sha256?: string;
  /**
   * Absent if the digest equals the built file's: we have checked that the built file names our
   * commit.
   */
  readonly source?: SourceCommit;
  /** Why the file could not be read. */
  readonly problem?: Problem;
}

/** What a version should consist of. */
export interface Expected {
  /** Our commit; absent if any commit is accepted. */
  readonly sha?: string;
  /** Hex digests of the built files by name; absent before the build. */
  readonly digests?: ReadonlyMap<string, string>;
  /** Before the build: the files that the index must have at least. */
  readonly sdist?: string;
  readonly wheelPrefix?: string;
  /** Before files that the definition names are there: what they are called. */
  readonly unknown?: string;
}

/** How many files to read at once. Each may have to be kept in memory. */
export const FILES_AT_ONCE: number = 4;

/** Reads one version of a project and classifies it. */
export async function inspectVersion(
  reader: IndexReader,
  coordinate: Coordinate,
  expected: Expected,
): Promise<Finding> {
  const listed = await reader.files(coordinate);
  if (listed.value === undefined)
    return { coordinate, state: 'unknown', problem: listed.problems[0] };
  const existing = await inParallel(
    listed.value,
    async (file) => readFile(reader, coordinate, file, expected),
    FILES_AT_ONCE,
  );
  const found = classifyVersion(coordinate, existing, expected);
  return isYanked(listed.value) ? { ...found, isWithdrawn: true } : found;
}

/** Returns what to expect from a plan, and from the built files if there are any. */
export function expectedOf(plan: PypiPlan, built?: PypiBuilt): Expected {
  const { formats = [], isPrebuilt, sdist, sha, wheelPrefix } = plan;
  if (built === undefined)
    return {
      sha,
      ...(formats.includes('sdist') && !isPrebuilt ? { sdist } : {}),
      ...(formats.includes('wheel') && !isPrebuilt ? { wheelPrefix } : {}),
      ...(isPrebuilt ? { unknown: `${wheelPrefix}*` } : {}),
    };
  return { sha: plan.sha, digests: new Map(built.files.map((file) => [file.name, file.sha256])) };
}

async function readFile(
  reader: IndexReader,
  coordinate: Coordinate,
  file: ListedFile,
  expected: Expected,
): Promise<ExistingFile> {
  const wanted = expected.digests?.get(file.name);
  let { sha256 } = file;
  if (wanted !== undefined) {
    const digest = await reader.sha256(coordinate, file);
    if (digest.value === undefined) return { name: file.name, problem: digest.problems[0] };
    sha256 = digest.value;
    if (sha256 === wanted) return { name: file.name, sha256 };
  }
  const told = sha256 === undefined ? {} : { sha256 };
  const source = await reader.source(coordinate, file);
  return source.value === undefined
    ? { name: file.name, ...told, problem: source.problems[0] }
    : { name: file.name, ...told, source: source.value };
}

/**
 * Classifies a version. Pure. `identical`: the index has every built file with its digest.
 * `same-source`: its files name our commit; `files` lists a missing file as `absent`. The finding's
 * digest is the sdist's, because a version has exactly one sdist.
 */
export function classifyVersion(
  coordinate: Coordinate,
  existing: readonly ExistingFile[],
  expected: Expected,
): Finding {
  if (existing.length === 0) return { coordinate, state: 'absent' };
  const sources = new Set(
    existing.map((file) => shaOf(file, expected)).filter((sha) => sha !== undefined),
  );
  const present = existing.map((file) => ({
    file,
    state: stateOf(file, expected, sources.size > 1),
  }));
  const files: readonly FileFinding[] = [
    ...present.map(({ file, state }) => ({
      name: file.name,
      state,
      ...(file.sha256 === undefined ? {} : { digest: `sha256:${file.sha256}` }),
    })),
    ...missing(existing, expected).map((name): FileFinding => ({ name, state: 'absent' })),
  ].sort((a, b) => (a.name < b.name ? -1 : 1));
  const state = overall(files, expected);
  const digest = files.find((file) => file.name.endsWith('.tar.gz'))?.digest;
  const [sha] = sources;
  const culprit = present.find((entry) => entry.state === state)?.file;
  const reason =
    state === 'conflict' && culprit !== undefined
      ? conflict(coordinate, culprit, expected)
      : culprit?.problem;
  return {
    coordinate,
    state,
    files,
    ...(sha === undefined || sources.size > 1 ? {} : { sha }),
    ...(digest === undefined ? {} : { digest }),
    ...(reason === undefined || (state !== 'conflict' && state !== 'unknown')
      ? {}
      : { problem: reason }),
  };
}

function stateOf(file: ExistingFile, expected: Expected, isMixed: boolean): FindingState {
  const { name, problem: unread, sha256 } = file;
  const found = { digests: sha256 === undefined ? [] : [sha256], sha: shaOf(file, expected) };
  const wanted = { digest: expected.digests?.get(name), sha: expected.sha };
  const state = classifyFinding(unread === undefined ? found : 'unknown', wanted);
  // If any single commit is accepted, several commits are a conflict.
  const isOfSeveral = isMixed && expected.sha === undefined;
  return state === 'same-source' && isOfSeveral ? 'conflict' : state;
}

function shaOf(file: ExistingFile, expected: Expected): string | undefined {
  if (file.source !== undefined) return 'sha' in file.source ? file.source.sha : undefined;
  return file.sha256 !== undefined && file.sha256 === expected.digests?.get(file.name)
    ? expected.sha
    : undefined;
}

function missing(existing: readonly ExistingFile[], expected: Expected): readonly string[] {
  const names = existing.map((file) => file.name);
  if (expected.digests !== undefined)
    return [...expected.digests.keys()].filter((name) => !names.includes(name));
  const { sdist, unknown, wheelPrefix } = expected;
  const noSdist = sdist !== undefined && !names.some((name) => !name.endsWith('.whl'));
  // Wheels of other platforms may be of other machines' runs: only the build knows this one's.
  const noWheel = wheelPrefix !== undefined && !names.some((name) => name.endsWith('-any.whl'));
  return [
    ...(noSdist ? [sdist] : []),
    ...(noWheel ? [`${wheelPrefix}*.whl`] : []),
    ...(unknown === undefined ? [] : [unknown]),
  ];
}

function overall(files: readonly FileFinding[], expected: Expected): FindingState {
  const states = new Set(files.map((file) => file.state));
  if (states.has('conflict')) return 'conflict';
  if (states.has('unknown')) return 'unknown';
  const built = files.filter((file) => expected.digests?.has(file.name));
  return built.length > 0 && built.every((file) => file.state === 'identical')
    ? 'identical'
    : 'same-source';
}

function conflict(coordinate: Coordinate, file: ExistingFile, expected: Expected): Problem {
  const { source } = file;
  const ours = expected.sha === undefined ? '' : `, and this release is ${expected.sha}`;
  const named =
    source === undefined || 'missing' in source
      ? (source?.missing ?? 'it names no commit')
      : `it was built from commit ${source.sha}${ours}`;
  const text = formatCoordinate(coordinate);
  return problem({
    code: 'pypi-version-conflict',
    kind: 'conflict',
    message: `${text} already holds ${cleanText(file.name)}: ${named}.`,
    coordinate: text,
    hint: conflictHint(coordinate.version, source),
  });
}

function conflictHint(version: string, source: SourceCommit | undefined): string {
  const never = 'A version on an index is never replaced';
  if (version.includes('.dev'))
    return `${never}: release under a new one. Two commits of one second share a dev version; commit again.`;
  return source === undefined || 'missing' in source
    ? `${never}: raise the base version.`
    : `${version} was released from ${source.sha}: raise the base version, or build that commit. ${never}.`;
}
