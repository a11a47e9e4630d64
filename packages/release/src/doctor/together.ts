import type { Finding } from './finding.ts';

/** A finding as people see it; `paths` has every file of one that stands for several. */
export type ShownFinding = Finding & { readonly paths?: readonly string[] };

/** How many files a message names. */
const NAMED = 5;

/** Makes one finding of those that say the same of several files, at the place of the first. */
export function together(findings: readonly Finding[]): readonly ShownFinding[] {
  const groups = Map.groupBy(findings, (one) =>
    one.together === undefined ? one : `${one.rule} ${one.together}`,
  );
  return [...groups.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [others.length === 0 ? first : joined(first, others)],
  );
}

function joined(first: Finding, others: readonly Finding[]): ShownFinding {
  const paths = [first, ...others].map(({ path }) => path);
  const more = paths.length > NAMED ? `, and ${paths.length - NAMED} more` : '';
  return {
    ...first,
    message: `${paths.length} files ${first.together}: ${paths.slice(0, NAMED).join(', ')}${more}.`,
    paths,
  };
}
