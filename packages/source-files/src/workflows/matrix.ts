import { EXPRESSION_CHARACTER, expressionsIn } from './expressions.ts';
import type { ShellCommand, ShellWord } from './shell.ts';
import { entriesOf, entryOf, type YamlMap, type YamlValue } from './yaml-value.ts';

/**
 * The values of one run of a job, by their paths in lower case: `target.dir` for
 * `${{ matrix.target.dir }}`. What an expression says is missing.
 */
export type MatrixRow = ReadonlyMap<string, string>;

/** GitHub takes no more jobs of one matrix. */
const MAX_ROWS = 256;

/**
 * The runs of a job's matrix; undefined if an expression makes them. One run without values for a job that
 * has none. https://docs.github.com/en/actions/how-tos/write-workflows/choose-what-workflows-do/run-job-variations
 */
export function matrixRows(job: YamlMap): readonly MatrixRow[] | undefined {
  const matrix = entryOf(entryOf(job, 'strategy')?.value, 'matrix')?.value;
  if (matrix === undefined) return [new Map()];
  if (matrix.kind !== 'map') return undefined;
  const lists = new Map(entriesOf(matrix).map(({ key, value }) => [key.text, rowsOf(value)]));
  const dimensions = [...lists].filter(([key]) => key !== 'include' && key !== 'exclude');
  // What an expression includes may be any run; so may what is added to runs that one makes.
  const isKnown = dimensions.every(([, values]) => values !== undefined);
  if (lists.has('include') && (lists.get('include') === undefined || !isKnown)) return undefined;
  let rows: readonly MatrixRow[] = dimensions.length === 0 ? [] : [new Map()];
  for (const [key, values = [new Map()]] of dimensions) {
    if (rows.length * values.length > MAX_ROWS) return undefined;
    const named = values.map((value) => below(key.toLowerCase(), value));
    rows = rows.flatMap((row) => named.map((value) => new Map([...row, ...value])));
  }
  const excluded = lists.get('exclude') ?? [];
  const kept = rows.filter((row) => !isExcluded(row, excluded));
  const all = withIncluded(kept, lists.get('include') ?? []);
  return all.length > MAX_ROWS ? undefined : all;
}

/** The items of a list; undefined if an expression makes one of them, or all. */
function rowsOf(list: YamlValue): readonly MatrixRow[] | undefined {
  if (list.kind !== 'list') return undefined;
  const isMade = list.items.some((one) => one.kind === 'scalar' && one.text.includes('${{'));
  return isMade ? undefined : list.items.map((one) => valuesOf(one));
}

function valuesOf(value: YamlValue): MatrixRow {
  if (value.kind === 'scalar') return new Map(value.text.includes('${{') ? [] : [['', value.text]]);
  return new Map(
    entriesOf(value).flatMap((one) => [...below(one.key.text.toLowerCase(), valuesOf(one.value))]),
  );
}

function below(name: string, values: MatrixRow): MatrixRow {
  return new Map([...values].map(([key, value]) => [key === '' ? name : `${name}.${key}`, value]));
}

function isExcluded(row: MatrixRow, excluded: readonly MatrixRow[]): boolean {
  return excluded.some(
    (one) => one.size > 0 && [...one].every(([key, value]) => row.get(key) === value),
  );
}

/** An entry is added to each run whose own values it does not change; to none, it is a run of its own. */
function withIncluded(
  rows: readonly MatrixRow[],
  included: readonly MatrixRow[],
): readonly MatrixRow[] {
  const dimensions = new Set(rows.flatMap((row) => [...row.keys()]));
  const changed = rows.map((row) => new Map(row));
  const own: MatrixRow[] = [];
  for (const entry of included) {
    const fitting = changed.filter((row) =>
      [...entry].every(([key, value]) => !dimensions.has(key) || row.get(key) === value),
    );
    for (const row of fitting) for (const [key, value] of entry) row.set(key, value);
    if (fitting.length === 0) own.push(entry);
  }
  return [...changed, ...own];
}

const VALUE = /^matrix\.([\w-]+(?:\.[\w-]+)*)$/i;

function valueIn(body: string, row: MatrixRow): string | undefined {
  const [, path] = VALUE.exec(body) ?? [];
  return path === undefined ? undefined : row.get(path.toLowerCase());
}

/** A text with the values of one run. Other expressions stay as they are written. */
export function withMatrix(text: string, row: MatrixRow): string {
  return expressionsIn(text).reduceRight((whole, { body, end, start }) => {
    const value = valueIn(body, row);
    return value === undefined ? whole : whole.slice(0, start) + value + whole.slice(end);
  }, text);
}

/** The command as one run of its job has it. Its words keep their places. */
export function commandWithMatrix(command: ShellCommand, row: MatrixRow): ShellCommand {
  if (row.size === 0) return command;
  return { ...command, words: command.words.map((word) => wordWithMatrix(word, row)) };
}

/** A value with spaces or signs of the shell becomes more than a part of a word. */
const PLAIN = /^[\w@%+=:,./-]*$/;

function wordWithMatrix(word: ShellWord, row: MatrixRow): ShellWord {
  let value = '';
  let rest = word.value;
  for (const { body, end, start } of expressionsIn(word.text)) {
    const blank = EXPRESSION_CHARACTER.repeat(end - start);
    const at = rest.indexOf(blank);
    if (at === -1) return word;
    const inserted = valueIn(body, row) ?? blank;
    value += rest.slice(0, at) + (PLAIN.test(inserted) ? inserted : blank);
    rest = rest.slice(at + blank.length);
  }
  return { ...word, value: value + rest };
}
