import { assertNoCollisions, cleanText } from '@ameide/publisher-kit';
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
import type { JsonObject } from './manifest/json.ts';
import { formatNpm } from './manifest/name.ts';
import { unreadableByNpm } from './pack/metadata.ts';
import type { Packer } from './pack/packer.ts';
import type { NpmPlan } from './plan.ts';

/** Where a file of the package is, or would be, in the repository: what `allow` names. */
export function repositoryPath(
  { directory = '' }: Pick<Packer, 'directory'>,
  path: string,
): string {
  return pathIn(directory, path);
}

/** For a message. The name of a file may hold anything. */
export function listPaths(paths: readonly string[]): string {
  return paths.map((path) => (/^[\x21-\x7e]+$/.test(path) ? path : printable(path))).join(', ');
}

/** The first two of the paths that Windows or macOS take for one file. `project` would publish them. */
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

/** A package.json that npm's own library fails on, which would end the upload. */
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

export function noToken({ publisher, registry }: NpmPlan): Problem {
  return problem({
    code: 'npm-no-token',
    kind: 'authentication',
    message: `There is no token for ${registry}, which ${publisher} is published to.`,
    hint: 'Set NPM_TOKEN (or NODE_AUTH_TOKEN) in the environment, or the option token.',
  });
}

/** What came back is not a registry's answer: `Could not <what>: <why>.` */
export function malformed(what: string, why: string, coordinate?: string): Problem {
  return problem({
    code: 'npm-malformed',
    kind: 'incomplete',
    message: `Could not ${what}: ${why}.`,
    hint: 'Check the option registry: another server, or a proxy, may be answering.',
    coordinate,
  });
}

/** `prepack and prepare are not run, as no lifecycle script is`. */
export function scriptsNotRun(scripts: readonly string[]): string {
  const are = scripts.length === 1 ? 'is' : 'are';
  return `${scripts.join(' and ')} ${are} not run, as no lifecycle script is`;
}
