import { pathIn } from '@ameide/versioning-core';
import { shellWords } from '../../report/shell-word.ts';
import { installCommand, type JavaScript } from '../javascript.ts';
import { actionStep, runStep, type StepLines, scalar } from './yaml.ts';

/** Where nothing in the repository names one. */
const PNPM = '12.21.0';
const NODE = '24.21.0';
const BUN = '1.3.11';
const PYTHON = '3.13';
const UV = '0.13.9';

export const CHECK_OUT: StepLines = actionStep(
  'Check out the commit, with history and tags',
  'checkout',
  { 'fetch-depth': 0, 'persist-credentials': false },
);

export const SET_UP_NODE: StepLines = actionStep('Set up Node', 'node', {
  'node-version': NODE,
  'package-manager-cache': false,
});

export const SET_UP_PYTHON: StepLines = actionStep('Set up Python', 'python', {
  'python-version': `"${PYTHON}"`,
});

export const SET_UP_UV: StepLines = actionStep('Set up uv', 'uv', {
  version: UV,
  'enable-cache': false,
});

export function setUpGo(directory: string): StepLines {
  return actionStep('Set up Go', 'go', {
    'go-version-file': scalar(pathIn(directory, 'go.mod')),
    cache: false,
  });
}

/** Sets up Node, and the package managers of these workspaces. */
export function setUpJavaScript(workspaces: readonly JavaScript[]): readonly StepLines[] {
  const pnpm = workspaces.find(({ manager }) => manager === 'pnpm');
  const usesYarn = workspaces.some(({ manager }) => manager === 'yarn');
  const bun = workspaces.find(({ manager }) => manager === 'bun');
  return [
    ...(pnpm === undefined ? [] : [setUpPnpm(pnpm)]),
    SET_UP_NODE,
    ...(usesYarn ? [SET_UP_YARN] : []),
    ...(bun === undefined
      ? []
      : [
          actionStep('Set up Bun', 'bun', {
            'bun-version': bun.version ?? BUN,
            'no-cache': true,
          }),
        ]),
  ];
}

/** The action reads `packageManager` itself, and refuses a second version. */
function setUpPnpm({ directory, version }: JavaScript): StepLines {
  const named: Readonly<Record<string, string>> =
    directory === '' ? {} : { package_json_file: scalar(pathIn(directory, 'package.json')) };
  return actionStep('Set up pnpm', 'pnpm', version === undefined ? { version: PNPM } : named);
}

/** Corepack, which Node brings along, gets the version that `packageManager` names, else Yarn 1. */
const SET_UP_YARN: StepLines = runStep('Set up Yarn', ['corepack enable']);

export function installStep(workspace: JavaScript): StepLines {
  return runStep('Install', [shellWords(installCommand(workspace))]);
}
