import {
  type Coordinate,
  type Finding,
  formatCoordinate,
  formatPointer,
  InvalidInputError,
  isOurs,
  type PointerName,
  parseCoordinate,
} from '@ameide/versioning-core';
import type { RunContext } from '../run/context.ts';
import type { PublisherRun } from '../run/publisher-run.ts';
import { inspectCoordinate } from '../run/read-registry.ts';
import type { StepResult } from '../run/run-step.ts';
import { builds } from '../trace/builds.ts';
import { openBuild, publishes } from '../trace/open-publisher.ts';
import type { MoveOptions } from './move-pointer.ts';

/** A finding that names its commit. */
type Target = Finding & { readonly sha: string };

/**
 * Finds the published version that a pointer should name: a version as the ecosystem writes it, or a
 * commit, if one version of it is published. It must say which commit it was built from.
 */
export async function findTarget(
  name: PointerName,
  run: PublisherRun,
  options: MoveOptions,
  context: RunContext,
): Promise<StepResult<Target>> {
  const { publisher } = run;
  if (publisher.managesPointer?.(options.to) === true) throw isPointer(name, options.to);
  const mayName = ({ version }: Coordinate): boolean =>
    publisher.managesPointer?.(name.pointer, version) === true;
  const written = asVersion(name, options.to);
  // An image's `<sha>` is a version too, which `latest` does not name.
  const isCommit = COMMIT.test(options.to) && (written === undefined || !mayName(written));
  const named = isCommit ? await versionsOf(name, options) : [written ?? notOne(name, options.to)];
  const wanted = named.filter(mayName);
  if (wanted.length === 0) throw mayNotName(name, options.to, named);
  const found: Finding[] = [];
  for (const coordinate of wanted) {
    const { value, problems } = await inspectCoordinate(coordinate, run, context);
    const unread = (value ?? []).flatMap(({ problem, state }) =>
      state === 'unknown' && problem !== undefined ? [problem] : [],
    );
    if (problems.length + unread.length > 0) return { problems: [...problems, ...unread] };
    found.push(...(value ?? []));
  }
  return { value: theOne(name, found, options), problems: [] };
}

const COMMIT = /^[0-9a-f]{7,64}$/;

function asVersion(name: PointerName, to: string): Coordinate | undefined {
  // Any tag is a version of an image, also the first digits of a commit.
  if (COMMIT.test(to) && to.length < 40) return undefined;
  const separator = name.ecosystem === 'oci' && !to.startsWith('sha256:') ? ':' : '@';
  try {
    return parseCoordinate(`${name.ecosystem}:${name.name}${separator}${to}`, 'to');
  } catch (error) {
    if (error instanceof InvalidInputError) return undefined;
    throw error;
  }
}

/** The versions that a commit may have been published under. */
async function versionsOf(
  name: PointerName,
  { definition, repository, to }: MoveOptions,
): Promise<readonly Coordinate[]> {
  const sha = await repository.resolve(to).catch((error: unknown) => {
    throw error instanceof InvalidInputError ? wrongTarget(name, to) : error;
  });
  const { commits } = await builds(repository, sha, definition);
  const opened = await Promise.all(
    commits.map(async (commit) => openBuild(commit, { definition, repository })),
  );
  const named = opened
    .flatMap(({ runs }) => runs.filter((one) => publishes(one, name)))
    .flatMap(({ plan }) => plan.coordinates);
  return [...new Map(named.map((one) => [formatCoordinate(one), one])).values()];
}

function theOne(name: PointerName, found: readonly Finding[], { to }: MoveOptions): Target {
  const published = found.filter(({ state }) => state !== 'absent');
  const named = published.filter(({ sha, state }) => sha !== undefined && isOurs(state));
  // An image, or a commit of a mirror, has a tag for its source commit and one for its version.
  const isNew = ({ digest }: Finding, index: number): boolean =>
    name.ecosystem === 'npm' || named.findIndex((one) => one.digest === digest) === index;
  const [first, ...others] = named.filter(isNew);
  if (first?.sha !== undefined && others.length === 0) return { ...first, sha: first.sha };
  const many = named.map(({ coordinate }) => coordinate.version).join(', ');
  const [expected, hint] =
    many !== ''
      ? [`one version, and the commit has several: ${many}`, 'Pass one of them.']
      : published.length > 0
        ? ['a version that says which commit it was built from', 'Another tool published this one.']
        : ['a published version', 'ameide-release trace shows what is published of a commit.'];
  const input = { field: 'to', received: `${name.ecosystem}:${name.name} ${to}`, expected, hint };
  throw new InvalidInputError(input, 'pointer-target');
}

function notOne(name: PointerName, to: string): never {
  const others = [to.replace(/^v/, ''), `v${to}`];
  const meant = others.find((one) => one !== to && asVersion(name, one) !== undefined);
  throw wrongTarget(
    name,
    to,
    meant === undefined ? undefined : `The registry writes this version as ${meant}.`,
  );
}

function isPointer(name: PointerName, to: string): InvalidInputError {
  return wrongTarget(
    name,
    to,
    'That is a pointer, too. Pass the version that it names, or a commit.',
  );
}

function mayNotName(
  name: PointerName,
  to: string,
  named: readonly Coordinate[],
): InvalidInputError {
  const others = named.map(({ version }) => version).filter((version) => version !== to);
  const instead =
    others.length === 0 ? '' : ` The versions of that commit are ${others.join(', ')}.`;
  const expected = `a version that a release gives to ${formatPointer(name)}`;
  const hint = `latest names only stable versions, and 0.1 only versions that begin with 0.1.${instead}`;
  return new InvalidInputError({ field: 'to', received: to, expected, hint }, 'pointer-target');
}

function wrongTarget(
  name: PointerName,
  to: string,
  hint = 'ameide-release trace shows the versions of a commit.',
): InvalidInputError {
  const expected = `a version of ${name.ecosystem}:${name.name}, or a commit of this clone`;
  return new InvalidInputError({ field: 'to', received: to, expected, hint }, 'pointer-target');
}
