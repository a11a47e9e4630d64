import { httpProblem, settleAll } from '@ameide/publisher-kit';
import {
  type Coordinate,
  failed,
  formatCoordinate,
  ok,
  type Problem,
  problem,
  type Result,
  type Step,
} from '@ameide/versioning-core';
import { findBuildTool, toolFolder } from './build/tool.ts';
import { hasRootPage } from './index-address.ts';
import { noToken } from './no-token.ts';
import type { PypiPlan } from './plan.ts';
import type { PypiSettings } from './settings.ts';
import { createIndexReader } from './simple-api/index-reader.ts';
import { checkTrusted } from './trusted/check.ts';

/**
 * Checks that there is a token or an identity, and that the index answers. No index offers a read that
 * tells whether a token is valid.
 */
export async function checkPypi(
  plan: PypiPlan,
  settings: PypiSettings,
  step: Step,
): Promise<readonly Problem[]> {
  const [coordinate] = plan.coordinates;
  if (coordinate === undefined) return [];
  const [credential, index, signer] = await settleAll([
    checkCredential(plan, settings, coordinate, step),
    checkIndex(settings, coordinate, step.signal),
    checkAttestations(plan, settings, step),
  ]);
  return [...credential, ...index, ...signer];
}

/** Loads the Sigstore libraries only for a plan that has attestations. */
async function checkAttestations(
  plan: PypiPlan,
  settings: PypiSettings,
  step: Step,
): Promise<readonly Problem[]> {
  if (plan.signing === undefined) return [];
  const { checkSigner } = await import('./attestations/index.ts');
  return checkSigner(plan, settings, step);
}

async function checkCredential(
  plan: PypiPlan,
  settings: PypiSettings,
  coordinate: Coordinate,
  step: Step,
): Promise<readonly Problem[]> {
  if (settings.token() !== undefined) return [];
  const identity = settings.trust();
  return identity === undefined
    ? [noToken(settings, coordinate)]
    : checkTrusted(settings, identity, plan, step);
}

/** Checks that uv or `python -m build` runs, if something is built. */
export async function checkTools(
  { distributions, processes }: PypiSettings,
  { signal, workspace }: Step,
): Promise<readonly Problem[]> {
  if (distributions !== undefined) return [];
  const { problems = [] } = await findBuildTool(processes, await toolFolder(workspace), signal);
  return problems;
}

/**
 * A project without files of this version is new, but only if there is an index at `simpleUrl`: the
 * root or the project has a page.
 */
async function checkIndex(
  settings: PypiSettings,
  coordinate: Coordinate,
  signal: AbortSignal,
): Promise<readonly Problem[]> {
  const { simpleUrl } = settings;
  const files = await createIndexReader(settings, signal).project(coordinate);
  if (files.value === undefined) return files.problems;
  if (files.value.length > 0 || !hasRootPage(simpleUrl)) return [];
  for (const url of [simpleUrl, `${simpleUrl}${coordinate.name}/`]) {
    const { problems, value } = await statusOf(settings, url, coordinate, signal);
    if (problems !== undefined) return problems;
    if (value !== 404 && value !== 410) return [];
  }
  return [
    problem({
      code: 'pypi-no-index',
      // The index's answer causes this problem, not the commit.
      kind: 'incomplete',
      rerun: 'after-fix',
      message: `${simpleUrl} answers 404: there is no package index at this address.`,
      coordinate: formatCoordinate(coordinate),
      hint: 'Set simpleUrl to the root of the Simple API of the index that uploadUrl writes to. Where an index has no page at its root, upload a first version with another tool.',
    }),
  ];
}

async function statusOf(
  { http }: PypiSettings,
  url: string,
  coordinate: Coordinate,
  signal: AbortSignal,
): Promise<Result<number>> {
  try {
    // HEAD, because the root lists every project of the index: 40 MB on pypi.org.
    const { status } = await http.request({ method: 'HEAD', url, signal });
    return ok(status);
  } catch (error) {
    const action = { code: 'pypi', what: `read ${url}`, coordinate: formatCoordinate(coordinate) };
    return failed(httpProblem({ ...action, effect: 'none', error }));
  }
}
