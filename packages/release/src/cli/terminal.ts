import type { Print } from './environment.ts';

/** Lines at the bottom of the terminal that change while the command runs. */
interface LiveArea {
  /** Removes the lines. */
  hide(): void;
  /** Draws them again. */
  show(): void;
}

/** The terminal that standard error is. */
export interface Terminal {
  /** In characters; 0 if the terminal does not say. */
  readonly columns: number;
  readonly rows: number;
  /** Writes a string unchanged, control sequences included. */
  write(text: string): void;
  /** Keeps these lines below everything that is printed from now on; `undefined` stops that. */
  setArea(area: LiveArea | undefined): void;
  /** Calls the listener when the size changes. The returned function removes it. */
  onResize(listener: () => void): () => void;
}

/** The part of `tty.WriteStream` that we use. */
export type TerminalStream = Pick<NodeJS.WriteStream, 'columns' | 'rows' | 'on' | 'off'>;

export interface SharedTerminal {
  readonly terminal: Terminal;
  /** Returns a `Print` that keeps the live lines below what it prints. */
  above(print: Print): Print;
}

/** `print` writes to the stream. */
export function createTerminal(stream: TerminalStream, print: Print): SharedTerminal {
  let area: LiveArea | undefined;
  return {
    terminal: {
      get columns() {
        return stream.columns ?? 0;
      },
      get rows() {
        return stream.rows ?? 0;
      },
      write: (text) => void print(text),
      setArea(next) {
        area?.hide();
        area = next;
        area?.show();
      },
      onResize(listener) {
        stream.on('resize', listener);
        return () => void stream.off('resize', listener);
      },
    },
    above: (inner) => (text) => {
      if (area === undefined) return inner(text);
      area.hide();
      // The lines begin at the start of a line.
      const busy = inner(text.endsWith('\n') ? text : `${text}\n`);
      area.show();
      return busy;
    },
  };
}
