import { httpProblem, type Pace } from '@ameide/publisher-kit';
import {
  failed,
  type Named,
  ok,
  type Problem,
  problem,
  type Result,
} from '@ameide/versioning-core';
import semver from 'semver';
import { inspectVersion } from '../inspect.ts';
import { formatNpm } from '../manifest/name.ts';
import { NPMJS, type Target } from '../options.ts';
import type { NpmPlan } from '../plan.ts';
import { malformed } from '../problems.ts';
import { createClient, jsonObject, saysNotFound } from './client.ts';

/** Dist-tag → version. */
export type Tags = ReadonlyMap<string, string>;

/** Every dist-tag of a package; none when the registry has no such package. */
export async function readTags(
  target: Target,
  name: string,
  signal: AbortSignal,
): Promise<Result<Tags>> {
  const what = `read the dist-tags of npm:${name}`;
  try {
    const response = await createClient(target, signal).tags(name);
    if (saysNotFound(response)) return ok(new Map());
    if (response.status !== 200)
      return failed(httpProblem({ code: 'npm', what, response, effect: 'none' }));
    const entries = Object.entries(jsonObject(response) ?? { '': undefined });
    if (
      entries.every(
        (entry): entry is [string, string] =>
          typeof entry[1] === 'string' && semver.valid(entry[1]) !== null,
      )
    ) {
      return ok(new Map(entries));
    }
    return failed(malformed(what, 'the answer is not a list of dist-tags'));
  } catch (error) {
    signal.throwIfAborted();
    return failed(httpProblem({ code: 'npm', what, error, effect: 'none' }));
  }
}

const ATTEMPTS = 3;

/**
 * The dist-tags of a package that has our version. A 404 or an incomplete list is no answer, never
 * "no such tag": it is read again, as another server of the registry may be newer.
 */
export async function readPublishedTags(
  target: Target,
  plan: NpmPlan,
  pace: Pace,
): Promise<Result<Tags>> {
  for (let attempt = 1; ; attempt++) {
    const answer = await readTags(target, plan.name, pace.signal);
    if (answer.value === undefined || isWhole(answer.value, plan)) return answer;
    if (attempt === ATTEMPTS || !(await pace.pause(attempt))) return failed(notShown(plan));
  }
}

/**
 * Packages have `latest`; on registries that set none by themselves (GitHub Packages) they have at
 * least what was sent there.
 */
function isWhole(tags: ReadonlyMap<string, string>, plan: NpmPlan): boolean {
  const expected = ['latest', ...plan.pointers.map(({ pointer }) => pointer)];
  return expected.some((tag) => tags.has(tag)) || [...tags.values()].includes(plan.version);
}

/** The version with the commit behind it; without one when the registry does not show it. */
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

/** The problem of a dev tag whose present commit cannot be placed. */
export function ancestryUnknown(plan: NpmPlan, tag: string, current: Named): Problem {
  const { name, registry, sha, version } = plan;
  const at = registry === NPMJS ? '' : ` --registry ${registry}`;
  const byHand = `move the tag by hand: npm dist-tag add ${name}@${version} ${tag}${at}`;
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
    message: `The dist-tag ${tag} of npm:${name} stays at ${current.version}, ${behind}: whether ${sha} is newer is not known.`,
    hint,
    coordinate: formatNpm(plan),
    rerun: 'after-fix',
  });
}

function notShown(plan: NpmPlan): Problem {
  return problem({
    code: 'npm-tags-not-shown',
    kind: 'unknown',
    message: `The registry does not show the dist-tags of npm:${plan.name}, though ${formatNpm(plan)} is on it: none was changed.`,
    hint: 'Run the same command again in a while; if it stays so, the registry may have no dist-tags at /-/package/NAME/dist-tags.',
    coordinate: formatNpm(plan),
    effect: 'none',
  });
}
