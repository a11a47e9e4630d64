import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { component } from '@ameide/local-registries/components';
import type * as Xterm from '@xterm/headless';

// A CommonJS package whose names Node does not find.
const { Terminal } = createRequire(import.meta.url)('@xterm/headless') as typeof Xterm;
const PTY = fileURLToPath(new URL('./pseudo_terminal.py', import.meta.url));
const BIN = fileURLToPath(new URL('../../src/bin.ts', import.meta.url));

/** A program in a real pseudo-terminal, and an emulator that shows what a person would see. */
export interface PseudoTerminal {
  /** Everything that the program wrote. */
  bytes(): string;
  /** The lines on the screen and above it, without empty ones at the end. */
  lines(): readonly string[];
  /** The lines after each piece that the program wrote. */
  frames(): readonly (readonly string[])[];
  /** Resolves when the lines fulfil the condition; rejects if the program ends before. */
  until(condition: (lines: readonly string[]) => boolean): Promise<readonly string[]>;
  resize(columns: number, rows: number): void;
  type(text: string): void;
  cursor(): { readonly x: number; readonly y: number };
  /** The exit code; negative for a signal. */
  readonly ended: Promise<number | null>;
}

export interface PseudoTerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Standard output goes to this file: the words of a shell. */
  readonly stdoutTo?: string;
}

/** Runs `ameide-release` in a pseudo-terminal. */
export function runInTerminal(
  argv: readonly string[],
  { columns = 80, env = {}, rows = 24, stdoutTo }: PseudoTerminalOptions = {},
): PseudoTerminal {
  const [python = 'python3', ...pythonArguments] = component('python').command ?? [];
  const screen = new Terminal({ cols: columns, rows, allowProposedApi: true });
  const { PATH = '', HOME = '' } = process.env;
  const program = [process.execPath, BIN, ...argv];
  const words =
    stdoutTo === undefined ? program : ['sh', '-c', `exec "$@" > ${stdoutTo}`, 'sh', ...program];
  const child = spawn(python, [...pythonArguments, PTY, `${columns}`, `${rows}`, ...words], {
    env: { PATH, HOME, TERM: 'xterm-256color', ...env },
    stdio: 'pipe',
  });
  let bytes = '';
  const frames: (readonly string[])[] = [];
  let check: (() => void) | undefined;
  const decoder = new TextDecoder();
  child.stdout.on('data', (chunk: Buffer) => {
    bytes += decoder.decode(chunk, { stream: true });
    screen.write(chunk, () => {
      frames.push(linesOf(screen));
      check?.();
    });
  });
  let errors = '';
  child.stderr.on('data', (chunk) => (errors += chunk));
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    // What has arrived is on the screen before anybody looks at it.
    child.on('close', (code) => screen.write('', () => resolve(code)));
  });
  const order = (one: object): void => void child.stdin.write(`${JSON.stringify(one)}\n`);
  const lines = (): readonly string[] => linesOf(screen);
  return {
    bytes: () => bytes,
    lines,
    frames: () => frames,
    until: (condition) =>
      new Promise((resolve, reject) => {
        check = () => condition(lines()) && resolve(lines());
        check();
        const atEnd = (code: number | null): void =>
          condition(lines())
            ? resolve(lines())
            : reject(new Error(`ended with ${code} first\n${lines().join('\n')}\n${errors}`));
        ended.then(atEnd, reject);
      }),
    resize(wide, high) {
      screen.resize(wide, high);
      order({ resize: [wide, high] });
    },
    type: (text) => order({ type: text }),
    cursor: () => ({ x: screen.buffer.active.cursorX, y: screen.buffer.active.cursorY }),
    ended,
  };
}

function linesOf({ buffer }: Xterm.Terminal): readonly string[] {
  const { active } = buffer;
  const all = Array.from({ length: active.length }, (_, at) =>
    (active.getLine(at)?.translateToString(true) ?? '').trimEnd(),
  );
  return all.slice(0, all.findLastIndex((line) => line !== '') + 1);
}
