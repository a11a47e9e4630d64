import { randomBytes } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The folder of everything that one server writes, including its log. */
export interface StateFolder {
  readonly directory: string;
  readonly logFile: string;
  /**
   * Appends one line with the time. The line is in the file when the call returns. Never pass a
   * credential.
   */
  readonly log: (line: string) => void;
  /** Closes the log and removes a temporary folder. May be called twice. */
  dispose(): Promise<void>;
}

/**
 * Opens the state folder of a server: `directory` (created if missing, kept afterwards), or a new
 * temporary folder that `dispose()` removes. The log is `<name>.log`.
 */
export async function openStateFolder(name: string, directory?: string): Promise<StateFolder> {
  const temporary = directory === undefined;
  const folder = temporary ? await mkdtemp(join(tmpdir(), `ameide-${name}-`)) : resolve(directory);
  await mkdir(folder, { recursive: true });
  const logFile = join(folder, `${name}.log`);
  const descriptor = openSync(logFile, 'a', 0o600);
  let open = true;
  return {
    directory: folder,
    logFile,
    log: (line) => {
      // A server may log its last answers while it is being stopped; a closed log drops them.
      if (open)
        writeSync(descriptor, `${new Date().toISOString()} ${line.replaceAll(/[\r\n]+/g, ' ')}\n`);
    },
    dispose: async () => {
      if (!open) return;
      open = false;
      closeSync(descriptor);
      if (temporary)
        await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    },
  };
}

/**
 * Makes a new credential for a local server: 32 hex digits after a prefix that makes a leak easy to
 * find (`local-npm-…`).
 */
export function createToken(prefix: string): string {
  return `${prefix}${randomBytes(16).toString('hex')}`;
}
