import { applyEdits, type Edit } from './edit.ts';
import { lineStarts } from './line-starts.ts';

/** A file's text, and the edits to it. */
export interface ChangedFile {
  /** As the diff names it, with `/`. */
  readonly path: string;
  readonly before: string;
  readonly edits: readonly Edit[];
  /** True for a file that is not there yet. */
  readonly isNew?: boolean;
}

/** How many lines around a change are shown. */
const CONTEXT = 3;

/** Lines of the text before, from `from` up to `to`, that became others. Lines have their line breaks. */
interface Change {
  readonly from: number;
  readonly to: number;
  readonly lines: readonly string[];
}

/**
 * The changes of all files as a unified diff, as `git apply` and `patch -p1` read it. Empty if no file
 * changes.
 */
export function diffOf(files: readonly ChangedFile[]): string {
  return files
    .filter(({ edits }) => edits.length > 0)
    .map(fileDiff)
    .join('');
}

function fileDiff({ before, edits, isNew = false, path }: ChangedFile): string {
  const starts = lineStarts(before);
  const lineAt = (line: number): string => before.slice(starts[line], starts[line + 1]);
  const changes = changesOf(before, edits, starts);
  const name = path.replace(/^(?:\.?\/+)+/, '');
  const [from, to] = [`a/${name}`, `b/${name}`];
  const head = [
    `diff --git ${quotedPath(from)} ${quotedPath(to)}\n`,
    ...(isNew ? ['new file mode 100644\n'] : []),
    isNew ? '--- /dev/null\n' : `--- ${quotedPath(from)}${afterPath(from)}\n`,
    `+++ ${quotedPath(to)}${afterPath(to)}\n`,
  ];
  const lines = starts.length - 1;
  let added = 0;
  const hunks = hunksOf(changes).map((hunk) => {
    const text = hunkText(hunk, { lines, lineAt, added });
    for (const { from, lines, to } of hunk) added += lines.length - (to - from);
    return text;
  });
  return [...head, ...hunks].join('');
}

/** The lines that the edits touch, without those that stay the same. */
function changesOf(
  before: string,
  edits: readonly Edit[],
  starts: readonly number[],
): readonly Change[] {
  const groups: { from: number; to: number; readonly edits: Edit[] }[] = [];
  let line = 0;
  for (const edit of edits) {
    line = lineOf(edit.start, line, starts);
    const to = lineOf(edit.end, line, starts) + 1;
    const last = groups.at(-1);
    if (last !== undefined && line <= last.to) {
      last.to = Math.max(last.to, to);
      last.edits.push(edit);
    } else {
      groups.push({ from: line, to, edits: [edit] });
    }
  }
  return groups.map(({ edits, from, to }) => {
    const [start = 0, end = before.length] = [starts[from], starts[to]];
    const moved = edits.map((edit) => ({
      ...edit,
      start: edit.start - start,
      end: edit.end - start,
    }));
    const old = linesOf(before.slice(start, end));
    return trimmed(from, old, linesOf(applyEdits(before.slice(start, end), moved)));
  });
}

function lineOf(offset: number, from: number, starts: readonly number[]): number {
  let line = from;
  while (line + 2 < starts.length && (starts[line + 1] ?? 0) <= offset) line += 1;
  return line;
}

function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function trimmed(from: number, old: readonly string[], now: readonly string[]): Change {
  const least = Math.min(old.length, now.length);
  let head = 0;
  while (head < least && old[head] === now[head]) head += 1;
  let tail = 0;
  while (tail < least - head && old.at(-1 - tail) === now.at(-1 - tail)) tail += 1;
  return {
    from: from + head,
    to: from + old.length - tail,
    lines: now.slice(head, now.length - tail),
  };
}

/** Changes that share context are one hunk. */
function hunksOf(changes: readonly Change[]): readonly (readonly Change[])[] {
  const hunks: Change[][] = [];
  for (const change of changes) {
    const last = hunks.at(-1);
    const end = last?.at(-1)?.to;
    if (last === undefined || end === undefined || change.from - end > 2 * CONTEXT)
      hunks.push([change]);
    else last.push(change);
  }
  return hunks;
}

function hunkText(
  hunk: readonly Change[],
  {
    added,
    lineAt,
    lines,
  }: {
    readonly lines: number;
    readonly lineAt: (line: number) => string;
    /** By how many lines the hunks before this one made the file longer. */
    readonly added: number;
  },
): string {
  const start = Math.max(0, (hunk[0]?.from ?? 0) - CONTEXT);
  const end = Math.min(lines, (hunk.at(-1)?.to ?? 0) + CONTEXT);
  const body: string[] = [];
  let [at, longer] = [start, 0];
  const show = (mark: string, line: string): void => {
    body.push(`${mark}${line}${line.endsWith('\n') ? '' : '\n\\ No newline at end of file\n'}`);
  };
  for (const change of hunk) {
    for (; at < change.from; at += 1) show(' ', lineAt(at));
    for (; at < change.to; at += 1) show('-', lineAt(at));
    for (const line of change.lines) show('+', line);
    longer += change.lines.length - (change.to - change.from);
  }
  for (; at < end; at += 1) show(' ', lineAt(at));
  const length = end - start;
  return `@@ -${span(start, length)} +${span(start + added, length + longer)} @@\n${body.join('')}`;
}

function span(start: number, length: number): string {
  return `${length === 0 ? start : start + 1}${length === 1 ? '' : `,${length}`}`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': String.raw`\"`,
  '\\': String.raw`\\`,
  '\n': String.raw`\n`,
  '\r': String.raw`\r`,
  '\t': String.raw`\t`,
};

/** As git quotes a path with unusual characters (`core.quotePath=false`). */
function quotedPath(path: string): string {
  if (!/["\\\u0000-\u001F\u007F]/.test(path)) return path;
  const text = path.replaceAll(
    /["\\\u0000-\u001F\u007F]/g,
    (one) => ESCAPES[one] ?? `\\${one.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
  return `"${text}"`;
}

/** A tab ends a path with spaces: else, what follows a space would be taken for a date. */
function afterPath(path: string): string {
  return path.includes(' ') && quotedPath(path) === path ? '\t' : '';
}
