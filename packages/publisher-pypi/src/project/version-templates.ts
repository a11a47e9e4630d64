import type { TomlValue } from '@ameide/source-files/toml';
import { requiredNames } from './build-system.ts';
import { releaseOf } from './specifiers.ts';
import { type Table, tableAt, tableOf } from './toml.ts';

const HOOK = ['tool', 'hatch', 'metadata', 'hooks', 'uv-dynamic-versioning'];
/** A dash removes the space beside it. */
const FILLED = /(?:\{\{|\s*\{\{-)\s*(version|base|major|minor|patch)\s*(?:\}\}|-\}\}\s*)/g;

/**
 * The requirements that uv-dynamic-versioning fills: Jinja templates. Empty where the plugin does
 * not run.
 */
export function requirementTemplates(root: Table): readonly TomlValue[] {
  if (!requiredNames(root).has('uv-dynamic-versioning')) return [];
  const hook = tableAt(root, ...HOOK);
  const optional = Object.entries(tableOf(hook['optional-dependencies']));
  return [
    ...strings([...HOOK, 'dependencies'], hook['dependencies']),
    ...optional.flatMap(([extra, list]) =>
      strings([...HOOK, 'optional-dependencies', extra], list),
    ),
  ];
}

function strings(path: readonly string[], list: unknown): readonly TomlValue[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((value: unknown, index) =>
    typeof value === 'string' ? [{ path: [...path, String(index)], value }] : [],
  );
}

/**
 * Returns a template with a version, or a part of it, in place of `{{ version }}`, `{{ base }}`,
 * `{{ major }}`, `{{ minor }}` and `{{ patch }}`.
 */
export function fillVersion(template: string, version: string): string {
  const numbers = releaseOf(version);
  const parts: Readonly<Record<string, string | number>> = {
    version,
    base: numbers.join('.'),
    major: numbers[0] ?? 0,
    minor: numbers[1] ?? 0,
    patch: numbers[2] ?? 0,
  };
  return template.replaceAll(FILLED, (_, part: string) => String(parts[part]));
}

/**
 * Returns the templates with the release's version, which a dev build then pins: the plugin takes
 * `{{ version }}` from what it is given, but reads `0.1.0.dev3` otherwise than PEP 440 does.
 */
export function filledTemplates(root: Table, version: string): readonly TomlValue[] {
  return requirementTemplates(root).flatMap(({ path, value }) => {
    const filled = fillVersion(value, version);
    return filled === value ? [] : [{ path, value: filled }];
  });
}
