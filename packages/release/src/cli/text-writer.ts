import { StringDecoder } from 'node:string_decoder';
import type { Print } from './environment.ts';

/** Writes text to standard output or standard error. */
export interface TextWriter {
  /** Never throws. Without a reader (EPIPE) the text is dropped. */
  readonly print: Print;
  /** Resolves when everything is written, or cannot be. */
  end(): Promise<void>;
  /** Why not everything was written: a full disk, a terminal that is gone. Not: no reader. */
  failure(): Error | undefined;
}

/** The most characters that wait for the reader before `print` asks to wait for it. */
const WAITING = 64 * 1024;

/**
 * Writes one piece at a time and joins what comes meanwhile: a stream's own queue of very many short
 * pieces takes much memory, and the system refuses it (`writev`: EINVAL).
 */
export function createTextWriter(stream: NodeJS.WritableStream): TextWriter {
  let waiting = '';
  let writing = false;
  let failed: NodeJS.ErrnoException | undefined;
  let kept: PromiseWithResolvers<void> | undefined;
  // Later `redirect` replaces it.
  const write = stream.write.bind(stream);
  const next = (): void => {
    if (failed !== undefined) waiting = '';
    writing = waiting !== '';
    if (!writing) {
      kept?.resolve();
      kept = undefined;
      return;
    }
    const text = waiting;
    waiting = '';
    write(text, (error) => {
      failed ??= error ?? undefined;
      next();
    });
  };
  // Without a listener the event would end the program. A destroyed stream calls no callback.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    failed ??= error;
    next();
  });
  const caughtUp = async (): Promise<void> => {
    kept ??= Promise.withResolvers();
    return kept.promise;
  };
  return {
    print(text) {
      waiting += text;
      if (!writing) next();
      return waiting.length > WAITING ? caughtUp() : undefined;
    },
    end: async () => (writing ? caughtUp() : undefined),
    failure: () => (failed?.code === 'EPIPE' ? undefined : failed),
  };
}

type EndArguments = readonly [
  text?: string | Uint8Array | null | (() => void),
  encodingOrCallback?: BufferEncoding | (() => void),
  callback?: () => void,
];

/** How long the beginning of a line waits for the rest of it. */
const REST_OF_LINE_MS = 100;

/**
 * Passes what others write to a stream on to `print`: a definition, a library, or Node itself, which
 * with NODE_DEBUG shows the headers of requests. Passes on whole lines, because a secret may come in
 * parts; passes on the beginning of a line, such as a prompt, if nothing follows for a moment. Returns
 * a function that passes on what still waits.
 */
export function redirect(stream: NodeJS.WritableStream, print: Print): () => void {
  const decoder = new StringDecoder('utf8');
  let waiting = '';
  let timer: NodeJS.Timeout | undefined;
  const pass = (end: number): void => {
    const text = waiting.slice(0, end);
    waiting = waiting.slice(end);
    if (text !== '') void print(text);
  };
  const flush = (): void => pass(waiting.length);
  stream.write = (
    text: string | Uint8Array,
    encodingOrCallback?: BufferEncoding | ((error?: Error) => void),
    callback?: (error?: Error) => void,
  ): boolean => {
    const encoding = typeof encodingOrCallback === 'string' ? encodingOrCallback : 'utf8';
    waiting += decoder.write(
      typeof text === 'string' ? Buffer.from(text, encoding) : Buffer.from(text),
    );
    clearTimeout(timer);
    pass(waiting.length > WAITING ? waiting.length : waiting.lastIndexOf('\n') + 1);
    if (waiting !== '') timer = setTimeout(flush, REST_OF_LINE_MS).unref();
    const done = typeof encodingOrCallback === 'function' ? encodingOrCallback : callback;
    if (done !== undefined) process.nextTick(done);
    return true;
  };
  // The stream stays open for the result.
  stream.end = (...[text, ...more]: EndArguments): typeof stream => {
    if (typeof text === 'function') process.nextTick(text);
    else stream.write((text ?? '') as string, ...(more as [BufferEncoding, () => void]));
    return stream;
  };
  return flush;
}
