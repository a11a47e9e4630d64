import { type HttpResponse, httpProblem, settleAll } from '@ameide/publisher-kit';
import {
  type Coordinate,
  formatCoordinate,
  type Problem,
  problem,
  type Step,
} from '@ameide/versioning-core';
import { findBuildTool, toolFolder } from './build/tool.ts';
import type { PypiPlan } from './plan.ts';
import { noToken, type PypiSettings } from './settings.ts';
import { createIndexReader } from './simple-api/index-reader.ts';

/**
 * The token is there, the index answers, a build tool runs. No index has a read that tells whether
 * a token is valid.
 */
export async function checkPypi(
  plan: PypiPlan,
  settings: PypiSettings,
  step: Step,
): Promise<readonly Problem[]> {
  const [coordinate] = plan.coordinates;
  if (coordinate === undefined) return [];
  const cwd = await toolFolder(step.workspace);
  const [index, tool] = await settleAll([
    checkIndex(settings, coordinate, step.signal),
    findBuildTool(settings.processes, cwd, step.signal),
  ]);
  return [
    ...(settings.token() === undefined ? [noToken(coordinate)] : []),
    ...index,
    ...('problem' in tool ? [tool.problem] : []),
  ];
}

/** A project without a page is new, provided that the index itself is where `simpleUrl` says. */
async function checkIndex(
  settings: PypiSettings,
  coordinate: Coordinate,
  signal: AbortSignal,
): Promise<readonly Problem[]> {
  const files = await createIndexReader(settings, signal).files(coordinate);
  if ('problem' in files) return [files.problem];
  if (files.value.length > 0) return [];
  const root = await rootPage(settings, coordinate, signal);
  if ('problem' in root) return [root.problem];
  if (root.response.status !== 404 && root.response.status !== 410) return [];
  return [
    problem({
      code: 'pypi-no-index',
      kind: 'input',
      message: `${settings.simpleUrl} answers ${root.response.status}: no package index is there.`,
      coordinate: formatCoordinate(coordinate),
      hint: 'Set simpleUrl to the root of the Simple API of the index that uploadUrl writes to.',
    }),
  ];
}

async function rootPage(
  settings: PypiSettings,
  coordinate: Coordinate,
  signal: AbortSignal,
): Promise<{ response: HttpResponse } | { problem: Problem }> {
  try {
    // HEAD: the page itself lists every project of the index, 40 MB on pypi.org.
    return {
      response: await settings.http.request({ method: 'HEAD', url: settings.simpleUrl, signal }),
    };
  } catch (error) {
    return {
      problem: httpProblem({
        code: 'pypi',
        what: `read ${settings.simpleUrl}`,
        coordinate: formatCoordinate(coordinate),
        effect: 'none',
        error,
      }),
    };
  }
}
