import { compareText } from '@ameide/source-files/text';
import { isNamed } from '../consumers/consumer-paths.ts';
import type { Finding, Rule } from './finding.ts';

/** Runs rules one after the other: each reads files that the one before may have read, too. */
export async function findAll<F>(
  rules: readonly Rule<F>[],
  facts: F,
  onRule: (name: string) => void = () => undefined,
): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (const rule of rules) {
    onRule(rule.name);
    found.push(...(await rule.find(facts)));
  }
  return found;
}

/** Which findings do not count. */
export interface Allowed {
  /** For each rule globs of files and folders. */
  readonly allow: Readonly<Record<string, readonly string[]>>;
  /** Rules that are skipped. */
  readonly skip: readonly string[];
}

/** Returns the findings that count, and notes on entries of `doctor.allow` that match none. */
export function withoutAllowed(
  findings: readonly Finding[],
  { allow, skip }: Allowed,
): { readonly findings: readonly Finding[]; readonly notes: readonly string[] } {
  const used = new Set<string>();
  const left = findings.filter(({ path, rule }) => {
    const match = allow[rule]?.find((glob) => isNamed(path, [glob]));
    if (match !== undefined) used.add(`${rule} ${match}`);
    return match === undefined && !skip.includes(rule);
  });
  const unused = Object.entries(allow).flatMap(([rule, globs]) =>
    globs
      .filter((glob) => !used.has(`${rule} ${glob}`) && !skip.includes(rule))
      .map((glob) => [rule, glob]),
  );
  return {
    findings: left.toSorted(inFileOrder),
    notes: unused.map(
      ([rule, glob]) =>
        `doctor.allow of the definition has ${glob} for ${rule}, which finds nothing there: remove the entry.`,
    ),
  };
}

function inFileOrder(a: Finding, b: Finding): number {
  return (
    compareText(a.path, b.path) ||
    (a.line ?? 0) - (b.line ?? 0) ||
    (a.column ?? 0) - (b.column ?? 0) ||
    compareText(a.rule, b.rule)
  );
}
