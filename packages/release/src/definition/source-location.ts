import { pathToFileURL } from 'node:url';

/** The place in a file where an error arose. */
export interface SourceLocation {
  readonly line?: number;
  /** The source lines that Node shows for a syntax error, with a mark under the place. */
  readonly frame?: readonly string[];
}

const FRAME_LINES = 6;

/**
 * Finds the place in an error's stack. For a syntax error in TypeScript Node puts `path:line`, or `file:///path:line`, and
 * the source lines before the stack; other errors have the file in a stack frame: `at
 * file:///path:7:5`.
 */
export function locateError(error: unknown, path: string): SourceLocation {
  if (!(error instanceof Error) || error.stack === undefined) return {};
  const [head = '', ...rest] = error.stack.split('\n');
  const file = [path, pathToFileURL(path).href].find((name) => head.startsWith(`${name}:`));
  const ofHead = file === undefined ? undefined : /^:(\d+)$/.exec(head.slice(file.length))?.[1];
  if (ofHead !== undefined) {
    const end = rest.findIndex((line) => line.trim() === '');
    return {
      line: Number(ofHead),
      frame: rest.slice(0, Math.min(end === -1 ? FRAME_LINES : end, FRAME_LINES)),
    };
  }
  const url = `${pathToFileURL(path).href}:`;
  const call = rest.find((line) => line.includes(url));
  const line =
    call === undefined
      ? undefined
      : /^(\d+):\d+/.exec(call.slice(call.indexOf(url) + url.length))?.[1];
  return line === undefined ? {} : { line: Number(line) };
}
