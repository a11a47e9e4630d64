import { httpProblem, type Pace } from '@ameide/publisher-kit';
import { isObject } from '@ameide/source-files/json';
import {
  failed,
  movePointerCommand,
  type Named,
  ok,
  type Problem,
  problem,
  type Result,
} from '@ameide/versioning-core';
import semver from 'semver';
import { inspectVersion } from '../inspect.ts';
import { formatNpm } from '../manifest/name.ts';
import type { Target } from '../options.ts';
import type { NpmPlan } from '../plan.ts';
import { malformed } from '../problems.ts';
import { createClient, jsonObject, NOT_SERVED, saysNotFound } from './client.ts';
import { isOwn } from './read-version.ts';

/** Dist-tag → version. */
export type Tags = ReadonlyMap<string, string>;

/**
 * Returns every dist-tag of a package; none if the registry has no such package, or shows only a
 * packument from before `published`, a version that it has.
 */
export async function readTags(
  target: Target,
  name: string,
  signal: AbortSignal,
  published?: string,
): Promise<Result<Tags>> {
  const what = `read the dist-tags of npm:${name}`;
  try {
    const client = createClient(target, signal);
    const list = await client.tags(name);
    if (list.status === 200 && isOwn(list, target)) return tagsOf(what, jsonObject(list));
    if (list.status !== 200 && !NOT_SERVED.has(list.status))
      return failed(httpProblem({ code: 'npm', what, response: list, effect: 'none' }));
    // The registry may have no such list; clients read the packument's.
    const packument = await client.packument(name);
    if (saysNotFound(packument) || !isOwn(packument, target)) return ok(new Map());
    if (packument.status !== 200)
      return failed(httpProblem({ code: 'npm', what, response: packument, effect: 'none' }));
    const { versions, 'dist-tags': tags } = jsonObject(packument) ?? {};
    const isOld = published !== undefined && isObject(versions) && !(published in versions);
    return isOld ? ok(new Map()) : tagsOf(what, tags);
  } catch (error) {
    signal.throwIfAborted();
    return failed(httpProblem({ code: 'npm', what, error, effect: 'none' }));
  }
}

/** Returns every version of a package; `absent` if the registry has no such package. */
export async function readVersions(
  target: Target,
  name: string,
  signal: AbortSignal,
): Promise<Result<readonly string[] | 'absent'>> {
  const what = `read the versions of npm:${name}`;
  try {
    const response = await createClient(target, signal).packument(name);
    if (saysNotFound(response) || !isOwn(response, target)) return ok('absent');
    if (response.status !== 200)
      return failed(httpProblem({ code: 'npm', what, response, effect: 'none' }));
    const versions = jsonObject(response)?.['versions'];
    return isObject(versions)
      ? ok(Object.keys(versions).filter((version) => semver.valid(version) !== null))
      : failed(malformed(what, 'the answer holds no versions'));
  } catch (error) {
    signal.throwIfAborted();
    return failed(httpProblem({ code: 'npm', what, error, effect: 'none' }));
  }
}

/** Reads a list of dist-tags. */
export function tagsOf(what: string, list: unknown): Result<Tags> {
  const entries = isObject(list) ? Object.entries(list) : [];
  const isTag = (entry: readonly [string, unknown]): entry is [string, string] =>
    typeof entry[1] === 'string' && semver.valid(entry[1]) !== null;
  return isObject(list) && entries.every(isTag)
    ? ok(new Map(entries))
    : failed(malformed(what, 'the answer is not a list of dist-tags'));
}

const ATTEMPTS = 3;

/**
 * Returns the dist-tags of a package that has our version. A 404 or an incomplete list does not
 * mean "no such tag": we read again, because another server of the registry may be more recent.
 */
export async function readPublishedTags(
  target: Target,
  plan: NpmPlan,
  pace: Pace,
): Promise<Result<Tags>> {
  for (let attempt = 1; ; attempt++) {
    const answer = await readTags(target, plan.name, pace.signal, plan.version);
    if (answer.value === undefined || isWhole(answer.value, plan)) return answer;
    if (attempt === ATTEMPTS || !(await pace.pause(attempt))) return failed(notShown(plan));
  }
}

/**
 * True if the list is complete. Packages have `latest`; a registry that does not set it (GitHub
 * Packages) has at least the tags that we sent.
 */
function isWhole(tags: ReadonlyMap<string, string>, plan: NpmPlan): boolean {
  const expected = ['latest', ...plan.pointers.map(({ pointer }) => pointer)];
  return expected.some((tag) => tags.has(tag)) || [...tags.values()].includes(plan.version);
}

/** Returns the version with its commit, or without one if the registry does not show it. */
export async function readNamed(
  target: Target,
  name: string,
  version: string,
  signal: AbortSignal,
): Promise<Named & { readonly problem?: Problem }> {
  const found = await inspectVersion(target, { ecosystem: 'npm', name, version }, {}, signal);
  const problem = found.state === 'unknown' ? found.problem : undefined;
  return {
    version,
    ...(found.sha === undefined ? {} : { sha: found.sha }),
    ...(problem === undefined ? {} : { problem }),
  };
}

/** The problem if we cannot compare the commit of a dev tag with ours. */
export function ancestryUnknown(plan: NpmPlan, tag: string, current: Named): Problem {
  const { name, sha, version } = plan;
  const pointer = { ecosystem: 'npm', name, pointer: tag, version } as const;
  const byHand = `move the tag: ${movePointerCommand(pointer, current.version ?? '')}`;
  const [behind, hint] =
    current.sha === undefined
      ? ['which names no commit', `If ours is the newer one, ${byHand}`]
      : [
          `built from ${current.sha}, which this clone does not have`,
          `If that commit is on a branch, fetch the branch and run again. If it was squashed or force-pushed away, ${byHand}`,
        ];
  return problem({
    code: 'npm-ancestry-unknown',
    kind: 'incomplete',
    message: `The dist-tag ${tag} of npm:${name} stays at ${current.version}, ${behind}: we do not know whether ${sha} is newer.`,
    hint,
    coordinate: formatNpm(plan),
    rerun: 'after-fix',
  });
}

function notShown(plan: NpmPlan): Problem {
  return problem({
    code: 'npm-tags-not-shown',
    kind: 'unknown',
    message: `The registry does not show the dist-tags of npm:${plan.name}, although it has ${formatNpm(plan)}: no dist-tag was changed.`,
    hint: 'Run the same command again in a while; if this repeats, the registry may not offer dist-tags at /-/package/NAME/dist-tags.',
    coordinate: formatNpm(plan),
    effect: 'none',
  });
}
