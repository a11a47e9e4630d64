import { applyEdits, type Edit, inOrder } from '@ameide/source-files/text';
import type { SourceFiles } from '@ameide/versioning-core';
import { bomOf } from '../files/byte-order-mark.ts';
import type { Finding } from './finding.ts';

/** A file with fixes applied. Its texts have its BOM: without it, `git apply` would not find the first lines. */
interface FixedFile {
  readonly path: string;
  readonly before: string;
  readonly text: string;
}

export interface Fixed<R> {
  readonly files: readonly FixedFile[];
  /** What is found before the fixes. */
  readonly before: R;
  /** What is found after the fixes. */
  readonly result: R;
  /** What was found and fixed. */
  readonly fixed: readonly Finding[];
}

/** How often the rules are run. Only a repository with dozens of fixes that help nothing reaches this. */
const MAX_TRIES = 100;

/** Texts that differ from the files, and what is found then. */
interface State<R> {
  readonly result: R;
  readonly texts: ReadonlyMap<string, string>;
}

/**
 * Applies the fixes of findings in memory, and runs the rules again, until nothing is left that can be
 * fixed. One fix may block another, or make one possible, and one may help nothing: of fixes that do not
 * all help, half are tried, down to each alone, so that exactly those are made that help. Writes nothing.
 */
export async function fixAll<R extends { readonly findings: readonly Finding[] }>(
  files: SourceFiles,
  find: (files: SourceFiles) => Promise<R>,
): Promise<Fixed<R>> {
  const before = await find(files);
  let state: State<R> = { result: before, texts: new Map() };
  const fixed: Finding[] = [];
  let useless: readonly Finding[] = [];
  let most = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const { findings } = state.result;
    const chosen = choose(findings.filter((one) => !useless.includes(one))).slice(0, most);
    if (chosen.length === 0) break;
    const texts = await withFixes(chosen, overlay(files, state.texts), state.texts);
    const result = await find(overlay(files, texts));
    if (haveHelped(chosen, findings, result.findings)) {
      fixed.push(...chosen);
      [state, useless, most] = [{ result, texts }, [], most * 2];
    } else if (chosen.length > 1) most = Math.ceil(chosen.length / 2);
    else useless = [...useless, ...chosen];
  }
  const changed = await Promise.all(
    [...state.texts].map(async ([path, text]) => {
      const mark = bomOf(await files.readBytes(path));
      const old = (await files.readText(path)) ?? '';
      return { path, text: `${mark}${text}`, before: `${mark}${old}` };
    }),
  );
  return {
    files: changed.filter((one) => one.before !== one.text),
    before,
    result: state.result,
    fixed,
  };
}

/** True if each is gone, and no other finding has taken its place. */
function haveHelped(
  chosen: readonly Finding[],
  before: readonly Finding[],
  after: readonly Finding[],
): boolean {
  const times = (all: readonly Finding[], one: Finding): number =>
    all.filter((other) => isSame(one, other)).length;
  return (
    after.length <= before.length - chosen.length &&
    chosen.every((one) => times(after, one) <= times(before, one) - times(chosen, one))
  );
}

/** Findings whose fixes are only those that `fixAll` made. */
export function withTrueFixes(
  findings: readonly Finding[],
  fixed: readonly Finding[],
): readonly Finding[] {
  const left = [...fixed];
  return findings.map((one) => {
    const at = one.fix === undefined ? -1 : left.findIndex((other) => isSame(one, other));
    if (at !== -1) left.splice(at, 1);
    const { fix: _, ...withoutFix } = one;
    return at === -1 ? withoutFix : one;
  });
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
