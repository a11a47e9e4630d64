import { applyEdits, type Edit, inOrder } from '@ameide/source-files/text';
import type { SourceFiles } from '@ameide/versioning-core';
import type { Finding } from './finding.ts';

/** A file with fixes applied. Its texts have its BOM: without it, `git apply` would not find the first lines. */
interface FixedFile {
  readonly path: string;
  readonly before: string;
  readonly text: string;
}

export interface Fixed<R> {
  readonly files: readonly FixedFile[];
  /** What is found after the fixes. */
  readonly result: R;
  /** What was found and fixed. */
  readonly fixed: readonly Finding[];
}

/** One fix may block another, or make one possible. Each round fixes at least one finding. */
const MAX_ROUNDS = 20;

/**
 * Applies the fixes of findings in memory, and runs the rules again, until nothing is left that can be
 * fixed. Writes nothing.
 */
export async function fixAll<R extends { readonly findings: readonly Finding[] }>(
  files: SourceFiles,
  find: (files: SourceFiles) => Promise<R>,
): Promise<Fixed<R>> {
  let texts: ReadonlyMap<string, string> = new Map();
  const fixed: Finding[] = [];
  let result = await find(files);
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const chosen = choose(result.findings);
    const tried = await withFixes(chosen, overlay(files, texts), texts);
    const next = chosen.length === 0 ? result : await find(overlay(files, tried));
    // A fix that helps nothing is not made.
    if (next.findings.length >= result.findings.length) break;
    fixed.push(...chosen.filter((one) => !next.findings.some((left) => isSame(one, left))));
    [result, texts] = [next, tried];
  }
  const changed = await Promise.all(
    [...texts].map(async ([path, text]) => {
      const mark = await markOf(files, path);
      const before = (await files.readText(path)) ?? '';
      return { path, text: `${mark}${text}`, before: `${mark}${before}` };
    }),
  );
  return { files: changed.filter(({ before, text }) => before !== text), result, fixed };
}

const BOM = '\uFEFF';

async function markOf(files: SourceFiles, path: string): Promise<string> {
  const bytes = (await files.readBytes(path))?.subarray(0, 3) ?? [];
  return Buffer.from(bytes).toString() === BOM ? BOM : '';
}

async function withFixes(
  chosen: readonly Finding[],
  files: SourceFiles,
  texts: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, string>> {
  const fixed = new Map(texts);
  for (const [path, edits] of editsByFile(chosen)) {
    const text = await files.readText(path);
    if (text !== undefined) fixed.set(path, applyEdits(text, edits));
  }
  return fixed;
}

/** The findings whose edits do not overlap those of another; the others wait for the next round. */
function choose(findings: readonly Finding[]): readonly Finding[] {
  const taken = new Map<string, readonly Edit[]>();
  return findings.filter(({ fix = [] }) => {
    if (fix.length === 0) return false;
    const isFree = fix.every(({ edits, path }) =>
      edits.every((edit) => (taken.get(path) ?? []).every((other) => !overlaps(edit, other))),
    );
    if (isFree)
      for (const { edits, path } of fix) taken.set(path, [...(taken.get(path) ?? []), ...edits]);
    return isFree;
  });
}

function overlaps(a: Edit, b: Edit): boolean {
  return a.start <= b.end && b.start <= a.end;
}

function editsByFile(findings: readonly Finding[]): ReadonlyMap<string, readonly Edit[]> {
  const all = findings.flatMap(({ fix = [] }) => fix);
  return new Map(
    [...Map.groupBy(all, ({ path }) => path)].map(([path, some]) => [
      path,
      inOrder(some.flatMap(({ edits }) => edits)),
    ]),
  );
}

function isSame(a: Finding, b: Finding): boolean {
  return a.rule === b.rule && a.path === b.path && a.message === b.message;
}

/** The files, some of them with other contents. */
function overlay(files: SourceFiles, texts: ReadonlyMap<string, string>): SourceFiles {
  return {
    list: (directory) => files.list(directory),
    readText: async (path) => texts.get(path) ?? files.readText(path),
    async readBytes(path) {
      const text = texts.get(path);
      return text === undefined ? files.readBytes(path) : Buffer.from(text);
    },
  };
}
