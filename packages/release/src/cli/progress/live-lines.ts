import colors from 'picocolors';
import sliceAnsi from 'slice-ansi';
import stringWidth from 'string-width';
import { duration } from '../../run/event-message.ts';
import { fewNames, type LiveRow, type LiveState } from './live-state.ts';

export interface LinesOptions {
  readonly columns: number;
  readonly rows: number;
  /** The same clock as in the state. */
  readonly now: number;
  /** Returns the text as one line that is safe to show. */
  readonly safe: (text: string) => string;
  /** False for a terminal that can only show ASCII. */
  readonly unicode: boolean;
}

/** The longest name that is shown in full, and the share of a narrow terminal that a name may take. */
const WIDEST_NAME = 48;
const NAME_SHARE = 0.45;
/** A shorter time is not shown. */
const SHORTEST_SHOWN_MS = 1000;

/**
 * Returns the lines that show a state: one for the release, one for each artifact. Each is shorter than
 * the terminal is wide, so none wraps, and there are fewer than the terminal has rows: finished
 * artifacts are left out first.
 */
export function liveLines(state: LiveState, options: LinesOptions): readonly string[] {
  const all = [...state.rows.values()];
  const place = Math.max(options.rows - 3, 1);
  const shown = all.length <= place ? all : urgentFirst(all).slice(0, place);
  const hidden = all.length - shown.length;
  const names = shown.map(({ publisher }) => options.safe(publisher));
  const widest = Math.min(WIDEST_NAME, Math.floor(options.columns * NAME_SHARE));
  const width = Math.min(widest, Math.max(0, ...names.map((name) => stringWidth(name))));
  const lines = [
    headLine(state, options),
    ...shown.map((row) => rowLine(row, width, waitingFor(row, all), options)),
    ...(hidden === 0 ? [] : [colors.dim(`  and ${hidden} more`)]),
  ];
  return lines.map((line) => cut(line, options.columns - 1));
}

function headLine(state: LiveState, { now, safe }: LinesOptions): string {
  const parts = [
    colors.bold(safe(state.title)),
    state.phase,
    elapsedText(now - state.since),
    ...(state.text === '' ? [] : [colors.dim(safe(state.text))]),
  ];
  const line = parts.filter((part) => part !== '').join('  ');
  return state.isStopping
    ? `${colors.yellow('stopping')}  waiting for steps that have begun; press Ctrl-C again to exit at once  ${line}`
    : line;
}

const SYMBOLS = {
  unicode: {
    idle: '\u25cb',
    running: '\u25cf',
    waiting: '\u25cc',
    done: '\u2714',
    problems: '\u2716',
  },
  ascii: { idle: '-', running: '*', waiting: '.', done: '+', problems: 'x' },
} as const;

const PAINT: Readonly<Record<LiveRow['status'], (text: string) => string>> = {
  idle: colors.dim,
  running: colors.cyan,
  waiting: colors.yellow,
  done: colors.green,
  problems: colors.red,
};

function rowLine(
  row: LiveRow,
  width: number,
  others: readonly string[],
  { now, safe, unicode }: LinesOptions,
): string {
  const { phase, publisher, since, status, took } = row;
  const symbol = SYMBOLS[unicode ? 'unicode' : 'ascii'][status];
  const name = cut(safe(publisher), width);
  const waits = others.length === 0 ? '' : `  (waits for ${fewNames(others)})`;
  const ms = status === 'idle' ? 0 : (took ?? now - since);
  const parts = [
    `${PAINT[status](symbol)} ${name}${' '.repeat(Math.max(width - stringWidth(name), 0))}`,
    phase.padEnd(8),
    elapsedText(ms).padStart(6),
    `${safe(row.text)}${waits === '' ? '' : colors.dim(safe(waits))}`,
  ];
  return parts.join('  ').trimEnd();
}

/** An artifact that has finished a phase waits for those that have not. */
function waitingFor(row: LiveRow, all: readonly LiveRow[]): readonly string[] {
  if (row.status !== 'done') return [];
  return all
    .filter((other) => other.phase === row.phase && other.steps > 0)
    .map(({ publisher }) => publisher);
}

function elapsedText(ms: number): string {
  return ms < SHORTEST_SHOWN_MS ? '' : duration(Math.floor(ms / 1000) * 1000).replace('.0', '');
}

const ORDER = { problems: 0, running: 1, waiting: 2, idle: 3, done: 4 } as const;

function urgentFirst(rows: readonly LiveRow[]): readonly LiveRow[] {
  const wanted = rows.toSorted((a, b) => ORDER[a.status] - ORDER[b.status]);
  return wanted;
}

/** Cuts a text to a width in columns, colours and wide characters included. */
function cut(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text;
  return columns < 2 ? '' : `${sliceAnsi(text, 0, columns - 1)}\u2026`;
}
