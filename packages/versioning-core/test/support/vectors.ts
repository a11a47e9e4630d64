import { readFileSync } from 'node:fs';
import type {
  CanonicalInput,
  Ecosystem,
  Lineage,
  VersionOptions,
  Versions,
} from '../../src/index.ts';

function read(file: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../vectors/${file}`, import.meta.url), 'utf8'));
}

/** One row of the table: rendered, recognised by each ecosystem, and read back. */
export interface Vector {
  readonly name: string;
  readonly canonical: CanonicalInput;
  readonly ref: string;
  readonly lineage: Lineage;
  readonly options: VersionOptions;
  readonly versions: Versions;
}

/** The north star's own table first. */
export const vectors: readonly Vector[] = [
  ...(read('north-star.json') as Vector[]),
  ...(read('derive.json') as Vector[]),
];

/** Strings in the correct sorting order, in lists of each ecosystem. */
export const order = read('order.json') as Readonly<
  Record<'npm' | 'pypi' | 'go', readonly (readonly string[])[]>
>;

/** A version and its PEP 440 normal form; null when it has none. */
export const pep440 = read('pep440.json') as readonly (readonly [string, string | null])[];

/** Strings that no tuple gives, and why. */
export const refused = read('refused.json') as Readonly<
  Record<Ecosystem, readonly (readonly [string, string])[]>
>;

export const coordinates = read('coordinates.json') as {
  readonly accepted: readonly (readonly [string, Ecosystem, string, string])[];
  readonly rewritten: readonly (readonly [string, string])[];
  readonly refused: readonly string[];
};
