import { createLogUpdate } from 'log-update';
import type { EngineEvent } from '../../run/events.ts';
import type { CliEnvironment } from '../environment.ts';
import { environmentRedactor } from '../environment-redactor.ts';
import { inertLine } from '../plain.ts';
import type { Terminal } from '../terminal.ts';
import { liveLines } from './live-lines.ts';
import { initialState, type LiveState, nextState } from './live-state.ts';
import { plainLine, type Renderer } from './plain.ts';

export interface LiveOptions {
  readonly verbose: boolean;
  /** True: the last frame stays visible, because the result on standard output goes elsewhere. */
  readonly keeps: boolean;
  /** Milliseconds that never decrease. */
  readonly now?: () => number;
  /** Calls a function repeatedly. Returns a function that ends it. */
  readonly every?: (ms: number, call: () => void) => () => void;
}

const FRAME_MS = 100;

/**
 * Shows a line for each artifact at the bottom of the terminal. The cursor stays visible, and each
 * frame ends at the start of a line: whatever ends the program, there is nothing to restore.
 */
export function liveProgress(
  env: Pick<CliEnvironment, 'env' | 'signal' | 'stderr'>,
  terminal: Terminal,
  { every = systemEvery, keeps, now = () => performance.now(), verbose }: LiveOptions,
): Renderer {
  const redactor = environmentRedactor(env.env);
  const safe = (text: string): string => inertLine(redactor.redact(text));
  const screen = createLogUpdate(streamOf(terminal), { showCursor: true });
  let state: LiveState = initialState(now());
  const draw = (): void => {
    const { columns, rows } = terminal;
    const unicode = env.env['TERM'] !== 'linux';
    screen(liveLines(state, { columns, rows, now: now(), safe, unicode }).join('\n'));
  };
  const stopping = (): void => {
    state = { ...state, isStopping: true };
    draw();
  };
  env.signal.addEventListener('abort', stopping, { once: true });
  const ends = [every(FRAME_MS, draw), terminal.onResize(draw)];
  terminal.setArea({ hide: () => screen.clear(), show: draw });
  return {
    onEvent(event: EngineEvent) {
      state = nextState(state, event, now());
      const isTraffic = event.type === 'request' || event.type === 'program';
      const line = verbose && isTraffic ? plainLine(event, { verbose }) : undefined;
      return line === undefined ? undefined : env.stderr(`${line}\n`);
    },
    [Symbol.dispose]() {
      for (const end of ends) end();
      env.signal.removeEventListener('abort', stopping);
      if (keeps) draw();
      if (keeps) screen.done();
      terminal.setArea(undefined);
    },
  };
}

function systemEvery(ms: number, call: () => void): () => void {
  const timer = setInterval(call, ms).unref();
  return () => clearInterval(timer);
}

/** What log-update uses of a stream. */
function streamOf(terminal: Terminal): NodeJS.WritableStream {
  const stream = {
    isTTY: true,
    get columns() {
      return terminal.columns;
    },
    get rows() {
      return terminal.rows;
    },
    write(text: string): boolean {
      terminal.write(text);
      return true;
    },
  };
  return stream as unknown as NodeJS.WritableStream;
}
