import { httpProblem } from '@ameide/publisher-kit';
import type { Named, Problem } from '@ameide/versioning-core';
import semver from 'semver';
import { formatNpm, inspectVersion } from '../inspect.ts';
import type { Target } from '../options.ts';
import { createClient, jsonObject, saysNotFound } from '../registry/client.ts';

export type TagsAnswer = { readonly tags: ReadonlyMap<string, string> } | { readonly problem: Problem };

/** Every dist-tag of a package; none when the registry has no such package. */
export async function readTags(target: Target, name: string, signal: AbortSignal): Promise<TagsAnswer> {
  const what = `read the dist-tags of npm:${name}`;
  try {
    const response = await createClient(target, signal).tags(name);
    if (saysNotFound(response)) return { tags: new Map() };
    if (response.status !== 200) return { problem: httpProblem({ code: 'npm', what, response, effect: 'none' }) };
    const entries = Object.entries(jsonObject(response) ?? { '': undefined });
    if (entries.every((entry): entry is [string, string] => typeof entry[1] === 'string' && semver.valid(entry[1]) !== null)) {
      return { tags: new Map(entries) };
    }
    return { problem: malformed(what) };
  } catch (error) {
    signal.throwIfAborted();
    return { problem: httpProblem({ code: 'npm', what, error, effect: 'none' }) };
  }
}

/** The version with the commit behind it; without one when the registry does not tell. */
export async function readNamed(
  target: Target,
  name: string,
  version: string,
  signal: AbortSignal,
): Promise<Named & { readonly problem?: Problem }> {
  const found = await inspectVersion(target, { ecosystem: 'npm', name, version }, {}, signal);
  const problem = found.state === 'unknown' ? found.problem : undefined;
  return { version, ...(found.sha === undefined ? {} : { sha: found.sha }), ...(problem === undefined ? {} : { problem }) };
}

/** The problem of a dev tag whose present commit cannot be placed. */
export function ancestryUnknown(plan: { name: string; version: string; sha: string }, tag: string, current: Named): Problem {
  const behind = current.sha === undefined ? 'which names no commit' : `built from ${current.sha}, which this clone does not have`;
  return {
    code: 'npm-ancestry-unknown',
    message: `The dist-tag ${tag} of npm:${plan.name} stays at ${current.version}, ${behind}: whether ${plan.sha} is newer is not known.`,
    hint: `Fetch the full history and run again, or move it by hand: npm dist-tag add ${plan.name}@${plan.version} ${tag}`,
    coordinate: formatNpm(plan),
    kind: 'incomplete',
    effect: 'none',
    rerun: 'after-fix',
  };
}

function malformed(what: string): Problem {
  return {
    code: 'npm-malformed',
    message: `Could not ${what}: the answer is not a list of dist-tags.`,
    hint: 'Check the option registry: another server, or a proxy, may be answering.',
    kind: 'incomplete',
    effect: 'none',
    rerun: 'safe',
  };
}
