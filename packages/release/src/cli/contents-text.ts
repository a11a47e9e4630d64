import { stripVTControlCharacters } from 'node:util';
import { isOurs } from '@ameide/versioning-core';
import { structuredPatch } from 'diff';
import colors from 'picocolors';
import type { ChangedFile, ContentsReport } from '../report/contents.ts';
import type { ReleaseReport } from '../report/release-report.ts';
import { type AlikeContents, alikeContents, differenceWords } from './difference-words.ts';
import { reportTable } from './output.ts';
import { readableSize, short, table } from './table.ts';

/** How many lines of a manifest, or of what differs in it, are shown, and how many characters of each. */
const MOST_LINES = 30;
const LONGEST_LINE = 160;
/** A larger difference between two manifests is not shown: the time to find it grows with its square. */
const MOST_EDITS = 2000;
const WIDEST_PATH = 60;
/** With more files than these, those that did not change are not listed. */
const MOST_FILES = 40;

/**
 * `build` and `publish --dry-run` for people: the files, then the report. The report decides, so it
 * comes last, where a terminal shows it.
 */
export function rehearsalText(report: ReleaseReport): string {
  const groups = alikeContents(report.contents ?? []);
  const details = groups.map((group) => contentsLines(group).join('\n'));
  const rows = groups.map(({ first, others }) => [
    short(first.coordinate ?? first.publisher),
    others.length === 0 ? first.part : `${first.part} and ${others.length} more`,
    short(first.before?.coordinate ?? ''),
    differenceWords(first),
  ]);
  const summary = table(['BUILT', 'PART', 'COMPARED WITH', 'DIFFERENCE'], rows);
  return [...details, summary, ...notBuilt(report), reportTable(report)].join('\n\n');
}

/** Names what is there already, whose files are not shown: `publish` would not build it again. */
function notBuilt({ artifacts, command, contents = [] }: ReleaseReport): readonly string[] {
  const shown = new Set(contents.map(({ publisher }) => publisher));
  const others = artifacts.filter(({ publisher, state }) => !shown.has(publisher) && isOurs(state));
  const names = [...new Set(others.map(({ publisher }) => publisher))];
  return command === 'build' || names.length === 0
    ? []
    : [`there already, and not built again: ${names.join(', ')}`];
}

function contentsLines({ first: contents, others }: AlikeContents): readonly string[] {
  const { before, coordinate, files, part, problem, publisher, registry } = contents;
  const name = short(coordinate ?? before?.coordinate ?? publisher);
  const against = before === undefined ? '' : `, compared with ${short(before.coordinate)}`;
  return [
    `${colors.bold(name)}  ${part}${against}  ${colors.dim(registry)}`,
    `  ${colors.bold(differenceWords(contents))}`,
    ...(others.length === 0
      ? []
      : [`  the same files: ${others.map((one) => one.part).join(', ')}`]),
    ...(problem === undefined ? [] : [`  ${colors.yellow(problem.message)}`]),
    ...fileLines(files, before !== undefined),
    ...manifestLines(contents).map((line) => `    ${line}`),
    ...otherManifestLines(contents, others).map((line) => `    ${line}`),
  ];
}

/** What differs in the manifest of each other part and not in that of the first, but for digests. */
function otherManifestLines(
  first: ContentsReport,
  others: readonly ContentsReport[],
): readonly string[] {
  if (others.length === 0) return [];
  const shown = new Set(first.manifestBefore && differenceOf(first.manifestBefore, first.manifest));
  return others.flatMap(({ manifest, manifestBefore, part }) => {
    if (manifestBefore === undefined) return [];
    const lines = differenceOf(manifestBefore, manifest).filter(
      (line) =>
        /^[+~-]/.test(stripVTControlCharacters(line)) && !shown.has(line) && !DIGEST.test(line),
    );
    return lines.length === 0
      ? []
      : shortened(`manifest of ${part}, only what differs from the first:`, lines);
  });
}

const DIGEST = /\bsha256:[0-9a-f]{64}\b/;

const SIGNS = { added: '+', removed: '-', changed: '~', unchanged: ' ' } as const;
const COLOURS = {
  added: colors.green,
  removed: colors.red,
  changed: colors.yellow,
  unchanged: colors.dim,
} as const;

/** Of many files that did not change, only the number is shown. */
function fileLines(files: readonly ChangedFile[], isCompared: boolean): readonly string[] {
  const isLong = isCompared && files.length > MOST_FILES;
  const shown = isLong ? files.filter(({ change }) => change !== 'unchanged') : files;
  const left = files.length - shown.length;
  // `Math.max(...)` with an argument for each file could overflow the stack.
  const widest = shown.reduce((width, { path }) => Math.max(width, path.length), 0);
  const width = Math.min(WIDEST_PATH, widest);
  return [
    ...shown.map((file) => {
      const { change = 'unchanged', path } = file;
      return COLOURS[change](`  ${SIGNS[change]} ${path.padEnd(width)}  ${fileWords(file)}`);
    }),
    ...(left === 0 ? [] : [colors.dim(`    (${left} unchanged files: --json lists them)`)]),
  ];
}

/** `1.2 KiB, was 1.1 KiB`, `19 B, executable, was not`, `a link to b.yaml, was one to a.yaml` */
function fileWords({ before, ...file }: ChangedFile): string {
  const now = kindWords(file);
  if (before === undefined) return now;
  if (file.kind === 'symlink' || before.kind === 'symlink')
    return `${now}, was ${kindWords(before)}`;
  const size = before.size === file.size ? '' : `, was ${readableSize(before.size)}`;
  if (before.kind === file.kind) return `${now}${size}`;
  return `${now}${size}${file.kind === 'executable' ? ', was not' : ', was executable'}`;
}

function kindWords({ kind, size, target = '' }: Omit<ChangedFile, 'path' | 'digest'>): string {
  if (kind === 'symlink') return `a link to ${target}`;
  return kind === undefined ? readableSize(size) : `${readableSize(size)}, ${kind}`;
}

function manifestLines({ change, manifest, manifestBefore }: ContentsReport): readonly string[] {
  const isAlone = change === 'new' || change === 'not-compared';
  if (manifestBefore === undefined && !isAlone) return [];
  const lines =
    manifestBefore === undefined
      ? manifest.map((line) => `  ${cut(line)}`)
      : differenceOf(manifestBefore, manifest);
  return shortened('manifest:', lines);
}

function shortened(title: string, lines: readonly string[]): readonly string[] {
  const left = lines.length - MOST_LINES;
  const rest = left > 0 ? [colors.dim(`(${left} more lines: --json shows them)`)] : [];
  return [title, ...lines.slice(0, MOST_LINES), ...rest];
}

function differenceOf(before: readonly string[], now: readonly string[]): readonly string[] {
  const [old, ours] = [before, now].map((lines) => `${lines.join('\n')}\n`);
  const options = { context: 1, maxEditLength: MOST_EDITS } as const;
  const patch = structuredPatch('', '', old ?? '', ours ?? '', '', '', options);
  if (patch === undefined)
    return [
      `~ ${now.length} lines, nearly all of them new; before, ${before.length} lines: --json shows them`,
    ];
  return patch.hunks.flatMap(({ lines }, index) => [
    ...(index === 0 ? [] : [colors.dim('  \u2026')]),
    ...lines.map((line) => {
      const text = `${line.slice(0, 1)} ${cut(line.slice(1))}`;
      if (line.startsWith('+')) return colors.green(text);
      return line.startsWith('-') ? colors.red(text) : colors.dim(text);
    }),
  ]);
}

function cut(line: string): string {
  return line.length <= LONGEST_LINE ? line : `${line.slice(0, LONGEST_LINE)}\u2026`;
}
