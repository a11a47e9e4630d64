import { httpProblem } from '@ameide/publisher-kit';
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
import type { PypiPlan } from './plan.ts';
import { noToken, type PypiSettings } from './settings.ts';
import { createIndexReader } from './simple-api/index-reader.ts';

/**
 * Checks that there is a token, and that the index answers. No index offers a read that tells whether
 * a token is valid.
 */
export async function checkPypi(
  plan: PypiPlan,
  settings: PypiSettings,
  step: Step,
): Promise<readonly Problem[]> {
  const [coordinate] = plan.coordinates;
  if (coordinate === undefined) return [];
  const index = await checkIndex(settings, coordinate, step.signal);
  return [...(settings.token() === undefined ? [noToken(coordinate)] : []), ...index];
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

/** A project without a page is new, but only if there is an index at `simpleUrl`. */
async function checkIndex(
  settings: PypiSettings,
  coordinate: Coordinate,
  signal: AbortSignal,
): Promise<readonly Problem[]> {
  const files = await createIndexReader(settings, signal).files(coordinate);
  if (files.value === undefined) return files.problems;
  if (files.value.length > 0) return [];
  const root = await rootStatus(settings, coordinate, signal);
  if (root.value === undefined) return root.problems;
  if (root.value !== 404 && root.value !== 410) return [];
  return [
    problem({
      code: 'pypi-no-index',
      // The index's answer causes this problem, not the commit.
      kind: 'incomplete',
      rerun: 'after-fix',
      message: `${settings.simpleUrl} answers ${root.value}: there is no package index at this address.`,
      coordinate: formatCoordinate(coordinate),
      hint: 'Set simpleUrl to the root of the Simple API of the index that uploadUrl writes to.',
    }),
  ];
}

async function rootStatus(
  { http, simpleUrl: url }: PypiSettings,
  coordinate: Coordinate,
  signal: AbortSignal,
): Promise<Result<number>> {
  try {
    // HEAD, because the page lists every project of the index: 40 MB on pypi.org.
    const { status } = await http.request({ method: 'HEAD', url, signal });
    return ok(status);
  } catch (error) {
    const action = { code: 'pypi', what: `read ${url}`, coordinate: formatCoordinate(coordinate) };
    return failed(httpProblem({ ...action, effect: 'none', error }));
  }
}
