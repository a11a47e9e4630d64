import { type ParseError, parse } from 'jsonc-parser';
import { tableAt } from '../facts.ts';
import {
  type Difference,
  INSTALLED,
  type NpmLock,
  overriddenNames,
  rangesOf,
  rangeWhere,
} from './project.ts';

/** What `bun install --frozen-lockfile` refuses: bun.lock has the ranges of every workspace. */
export function bunDifferences(lock: NpmLock): readonly Difference[] | undefined {
  const errors: ParseError[] = [];
  const root: unknown = parse(lock.text, errors, { allowTrailingComma: true });
  if (errors.length > 0) return undefined;
  const workspaces = tableAt(root, 'workspaces');
  const overridden = overriddenNames(lock);
  return lock.projects.flatMap((project) => {
    const locked = workspaces[project.inRoot];
    if (locked === undefined)
      return [
        { message: `${lock.path} does not know this package.`, where: { path: project.path } },
      ];
    return INSTALLED.flatMap((field) =>
      [...rangesOf(project.json, field)].flatMap(([name, range]): Difference[] => {
        const has = rangesOf(locked, field).get(name);
        if (has === range || overridden.has(name)) return [];
        return [
          {
            message: `${field} asks for ${name} as ${range}, and ${lock.path} ${has === undefined ? 'does not have that' : `has ${has}`}.`,
            where: rangeWhere(project, field, name),
          },
        ];
      }),
    );
  });
}
