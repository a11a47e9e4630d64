import { parsePep508 } from '@ameide/source-files/python';
import { readSetupCfg } from '@ameide/source-files/setuptools';
import { buildBackend, requiredNames } from './build-system.ts';
import { type Requirement, statedRequirement } from './requirements.ts';
import { type Table, tableAt, tableOf } from './toml.ts';

/** Files that the build reads requirements from, one a line. */
export interface RequirementFiles {
  /** Relative to the project's folder. */
  readonly paths: readonly string[];
  /** The names that the project's tools take from folders, PEP 503. */
  readonly localNames: readonly string[];
}

/**
 * Returns the files that dynamic requirements are read from: setuptools' `file` in
 * `[tool.setuptools.dynamic]` and in setup.cfg, and hatch-requirements-txt's.
 */
export function requirementPaths(root: Table, setupCfg: string | undefined): readonly string[] {
  const found = [
    ...(buildBackend(root).startsWith('setuptools.') ? setuptoolsFiles(root, setupCfg) : []),
    ...(requiredNames(root).has('hatch-requirements-txt') ? hatchFiles(root) : []),
  ];
  const isInside = (path: string): boolean =>
    path !== '' && !path.startsWith('/') && !path.split('/').includes('..');
  return [...new Set(found.map((path) => path.trim()))].filter(isInside);
}

function setuptoolsFiles(root: Table, setupCfg = ''): readonly string[] {
  const dynamic = tableAt(root, 'tool', 'setuptools', 'dynamic');
  const extras = Object.values(tableOf(dynamic['optional-dependencies']));
  const options = root['project'] === undefined ? readSetupCfg(setupCfg, 'setup.cfg').options : [];
  return [
    ...[dynamic['dependencies'], ...extras].flatMap((value) => strings(tableOf(value)['file'])),
    ...options
      .filter(({ name, section }) =>
        section === 'options' ? name === 'install_requires' : section === 'options.extras_require',
      )
      .flatMap(({ values }) => /^file:(.*)$/.exec(values[0]?.text ?? '')?.[1]?.split(',') ?? []),
  ];
}

/** https://github.com/repo-helper/hatch-requirements-txt */
function hatchFiles(root: Table): readonly string[] {
  const { requirements_txt: given } = tableAt(root, 'tool', 'hatch', 'metadata', 'hooks');
  if (given === undefined) return [];
  const hook = tableOf(given);
  const extras = Object.values(tableOf(hook['optional-dependencies']));
  const files = strings(hook['files'] ?? hook['filename'] ?? 'requirements.txt');
  return [...files, ...extras.flatMap(strings)];
}

function strings(value: unknown): readonly string[] {
  return [value].flat().filter((one): one is string => typeof one === 'string');
}

const COMMENT = /(?:^|\s+)#.*$/;

/** Returns the requirements of a file. The build decides about other lines, such as pip's options. */
export function fileRequirements(
  text: string,
  file: string,
  localNames: readonly string[],
): readonly Requirement[] {
  return text.split('\n').flatMap((line, index) => {
    const requirement = line.replace(COMMENT, '').trim();
    if (parsePep508(requirement) === undefined) return [];
    const stated = statedRequirement(file, requirement, new Set(localNames));
    return [{ ...stated, place: { file, line: index + 1 } }];
  });
}

/** Replaces specifiers: `change` returns the new one, or undefined where the requirement stays. */
export function stampFileRequirements(
  text: string,
  localNames: readonly string[],
  change: (requirement: Requirement) => string | undefined,
): string {
  const lines = text.split('\n');
  for (const requirement of fileRequirements(text, '', localNames)) {
    const specifier = change(requirement);
    const at = (requirement.place?.line ?? 0) - 1;
    const changed = specifier && parsePep508(requirement.text)?.withSpecifier(specifier);
    if (changed) lines[at] = lines[at]?.replace(requirement.text, () => changed) ?? '';
  }
  return lines.join('\n');
}
