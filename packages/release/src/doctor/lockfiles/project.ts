import type { JsonObject } from '@ameide/source-files/json';
import { locateJson } from '@ameide/source-files/json';
import { type Where, whereIs } from '../at-place.ts';
import { tableAt } from '../facts.ts';

/** A package.json whose dependencies a lockfile decides. */
export interface NpmProject {
  /** Relative to the repository's root; `''` for the root. */
  readonly directory: string;
  /** Relative to the folder of the lockfile; `''` for that folder. */
  readonly inRoot: string;
  readonly path: string;
  readonly text: string;
  readonly json: JsonObject;
}

/** A lockfile, and the projects whose versions it decides. */
export interface NpmLock {
  readonly path: string;
  readonly text: string;
  readonly projects: readonly NpmProject[];
  /** The package.json of the lockfile's folder. */
  readonly root: JsonObject;
  /** What pnpm-workspace.yaml says; empty for the other tools. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** One difference between a manifest and its lockfile. */
export interface Difference {
  readonly message: string;
  readonly where: Where;
  /** What has to be written before the lockfile is. */
  readonly before?: string;
}

/** What is installed, field by field. */
export const INSTALLED = ['dependencies', 'devDependencies', 'optionalDependencies'] as const;
export type Installed = (typeof INSTALLED)[number];

/** The ranges of one field, as text. */
export function rangesOf(json: unknown, field: string): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(tableAt(json, field)).flatMap(([name, range]) =>
      typeof range === 'string' ? [[name, range] as const] : [],
    ),
  );
}

export function rangeWhere({ path, text }: NpmProject, field: string, name: string): Where {
  return whereIs(path, text, locateJson(text, [field, name])?.value);
}

/** Names that `overrides` or `resolutions` mention anywhere: there the lockfile may differ from the manifest. */
export function overriddenNames({ root, settings }: NpmLock): ReadonlySet<string> {
  const names = new Set<string>();
  const collect = (value: unknown): void => {
    for (const [key, inner] of Object.entries(tableAt({ value }, 'value'))) {
      // `parent>name@range`, `parent/name`, `name@range`
      const last = key.split('>').at(-1) ?? key;
      const [, name = last] = /^((?:@[^/@]+\/)?[^@/]+)(?:@.*)?$/.exec(last) ?? [];
      names.add(name).add(last.split('/').at(-1) ?? last);
      collect(inner);
    }
  };
  for (const one of [
    root['overrides'],
    root['resolutions'],
    tableAt(root, 'pnpm')['overrides'],
    tableAt(root, 'pnpm')['packageExtensions'],
    settings['overrides'],
    settings['packageExtensions'],
  ])
    collect(one);
  return names;
}

/** A value of a lockfile as text. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined ? '' : JSON.stringify(value);
}
