import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cleanText } from '../../problem/text.ts';
import { GitError } from '../git-command.ts';
import { type BatchAnswer, type BatchObject, splitBatchAnswers } from './batch-answers.ts';
import { formatOf, loadHashing, objectId } from './object-format.ts';
import { partialClone } from './partial-clone.ts';

/** Reads objects through one `git cat-file --batch` process, started at the first read. */
export interface ObjectReader {
  /**
   * `name` is an id, or an expression of a validated ref: `refs/tags/v0.1.0^{commit}`. Checks every
   * object's bytes against its id.
   */
  read(name: string): Promise<BatchAnswer>;
  close(): Promise<void>;
}

/** `environment` is the whole environment of the child. */
export function createObjectReader(
  gitDirectory: string,
  environment: Readonly<Record<string, string>>,
): ObjectReader {
  let batch: Batch | undefined;
  let closed = false;
  const read = async (name: string): Promise<BatchAnswer> => {
    if (closed) throw new Error('this Repository is closed');
    if (name.includes('\n')) throw new Error('an object name holds no newline');
    // Start a new batch if the old one died, for example because someone killed it. Its open
    // requests have been rejected.
    if (batch === undefined || batch.ended) batch = startBatch(gitDirectory, environment);
    const answer = await batch.ask(name);
    return answer === 'ask again' ? read(name) : answer;
  };
  return {
    read,
    async close() {
      closed = true;
      await batch?.close();
    },
  };
}

interface Batch {
  readonly ended: boolean;
  /** `ask again`: git ended at an earlier object, which the clone lacks. */
  ask(name: string): Promise<BatchAnswer | 'ask again'>;
  close(): Promise<void>;
}

interface Waiting {
  readonly name: string;
  resolve(answer: BatchAnswer | 'ask again'): void;
  reject(error: Error): void;
}

function startBatch(gitDirectory: string, environment: Readonly<Record<string, string>>): Batch {
  const child = spawn('git', ['cat-file', '--batch'], {
    env: { ...environment, GIT_DIR: gitDirectory },
    cwd: gitDirectory,
  });
  const waiting: Waiting[] = [];
  let stderr = '';
  let ended = false;
  let closing = false;
  const end = (how: string, cause?: Error): void => {
    ended = true;
    rejectAll(waiting.splice(0), stderr, how, cause);
  };
  child.on('error', (error) => end(error.message, error));
  child.on('close', (code, signal) =>
    end(signal === null ? `exit code ${code}` : `ended by ${signal}`),
  );
  // The pipe of a dying child breaks first; then 'close' reports why.
  child.stdin.on('error', () => undefined);
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-2000);
  });
  child.stdout.on(
    'data',
    splitBatchAnswers((answer) => {
      const one = waiting.shift();
      // An idle batch must not keep the program running if someone forgot to call `close`.
      if (waiting.length === 0 && !closing) keepAlive(child, false);
      if (one !== undefined) deliver(answer, one);
    }),
  );
  keepAlive(child, false);
  // Meanwhile git starts, which takes a moment.
  setImmediate(loadHashing);
  return {
    get ended() {
      return ended;
    },
    ask(name) {
      return new Promise((resolve, reject) => {
        if (waiting.push({ name, resolve, reject }) === 1) keepAlive(child, true);
        child.stdin.write(`${name}\n`);
      });
    },
    async close() {
      if (ended) return;
      // Keep the program alive until the batch has ended, so that this promise settles.
      closing = true;
      keepAlive(child, true);
      child.stdin.end();
      await once(child, 'close');
    },
  };
}

/** Ends the requests that have no answer, in their order. */
function rejectAll(
  open: readonly Waiting[],
  stderr: string,
  how: string,
  cause: Error | undefined,
): void {
  const [first, ...others] = open;
  if (/promisor remote/.test(stderr)) {
    first?.reject(partialClone(first.name));
    for (const one of others) one.resolve('ask again');
    return;
  }
  const said = cleanText(stderr);
  const reason = said === '' ? how : `${how}: ${said}`;
  const error = new GitError(`git cat-file --batch ended early: ${reason}`, { cause });
  for (const one of open) one.reject(error);
}

function deliver(answer: BatchAnswer, waiting: Waiting): void {
  if (!('id' in answer) || matchesId(answer)) return waiting.resolve(answer);
  const why = 'is damaged: its bytes do not give its id (see git fsck)';
  waiting.reject(new GitError(`object ${answer.id} ${why}`));
}

function matchesId({ id, type, content }: BatchObject): boolean {
  return objectId(type, content, formatOf(id)) === id;
}

function keepAlive(child: ChildProcessWithoutNullStreams, on: boolean): void {
  for (const part of [child, child.stdin, child.stdout, child.stderr]) {
    // The pipes are sockets, though their type does not show it.
    const handle = part as { ref?: () => void; unref?: () => void };
    if (on) handle.ref?.();
    else handle.unref?.();
  }
}
