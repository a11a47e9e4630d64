import { assertNoCollisions, cleanText } from '@ameide/publisher-kit';
import { howToGetIdentity } from '@ameide/publisher-kit/identity';
import type { JsonObject } from '@ameide/source-files/json';
import {
  InvalidInputError,
  inputProblem,
  type Problem,
  type ProblemInput,
  type ProblemKind,
  pathIn,
  printable,
  problem,
} from '@ameide/versioning-core';
import { formatNpm } from './manifest/name.ts';
import type { Target } from './options.ts';
import { unreadableByNpm } from './pack/metadata.ts';
import type { Packer } from './pack/packer.ts';
import type { NpmPlan } from './plan.ts';

/**
 * Returns where a file of the package is, or would be, in the repository. `allow` uses this path.
 */
export function repositoryPath(
  { directory = '' }: Pick<Packer, 'directory'>,
  path: string,
): string {
  return pathIn(directory, path);
}

/** Lists paths for a message. File names may contain anything. */
export function listPaths(paths: readonly string[]): string {
  return paths.map((path) => (/^[\x21-\x7e]+$/.test(path) ? path : printable(path))).join(', ');
}

/**
 * Reports the first two paths that Windows or macOS would confuse. `project` would publish them.
 */
export function collisionProblems(
  project: string,
  paths: readonly string[],
  about: Partial<ProblemInput>,
): readonly Problem[] {
  try {
    assertNoCollisions(paths);
    return [];
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    const path = paths.find((one) => printable(one) === error.received);
    const message = `${project} would publish ${error.received}, but needs ${error.expected}.`;
    return [inputProblem(error, { message, ...(path === undefined ? {} : { path }), ...about })];
  }
}

/** Reports a package.json that would make npm's own library fail during the upload. */
export async function manifestProblems(
  plan: NpmPlan,
  manifest: JsonObject,
  kind: ProblemKind,
): Promise<readonly Problem[]> {
  const reason = await unreadableByNpm(manifest);
  if (reason === undefined) return [];
  return [
    problem({
      code: 'npm-manifest',
      kind,
      message: `npm cannot read the package.json of ${formatNpm(plan)}: ${cleanText(reason)}.`,
      hint: 'One of its fields has a shape that npm does not know: https://docs.npmjs.com/cli/v11/configuring-npm/package-json.',
      reason: cleanText(reason),
      coordinate: formatNpm(plan),
      rerun: 'after-fix',
    }),
  ];
}

export function noToken(target: Target, { publisher, registry }: NpmPlan): Problem {
  const identity = target.offersTrust ? ' and no identity of a CI job' : '';
  return problem({
    code: 'npm-no-token',
    kind: 'authentication',
    message: `There is no token${identity} for ${registry}, where ${publisher} is published.`,
    hint: target.offersTrust ? `${tokenHint(target)} ${trustHint(target)}` : tokenHint(target),
  });
}

function tokenHint({ takesCommonToken }: Target): string {
  return takesCommonToken
    ? 'Set NPM_TOKEN (or NODE_AUTH_TOKEN) in the environment, or the option token.'
    : 'The option token of this entry is empty: check where its value comes from. If the option is set, NPM_TOKEN and NODE_AUTH_TOKEN are not read.';
}

function trustHint({ audience, env }: Target): string {
  return `Or publish without a token, as a trusted publisher of the package. ${howToGetIdentity(env, audience)}`;
}

/** The problem of an answer that is not a registry's: `Could not <what>: <why>.` */
export function malformed(what: string, why: string, coordinate?: string): Problem {
  return problem({
    code: 'npm-malformed',
    kind: 'incomplete',
    message: `Could not ${what}: ${why}.`,
    hint: 'Check the option registry: another server, or a proxy, may be answering.',
    coordinate,
  });
}

/** Returns `the npm scripts prepack and prepare do not run`. */
export function scriptsNotRun(scripts: readonly string[]): string {
  return scripts.length === 1
    ? `the npm script ${scripts[0]} does not run`
    : `the npm scripts ${scripts.join(' and ')} do not run`;
}
