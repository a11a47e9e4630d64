import { readdirSync, readFileSync } from 'node:fs';

/** Collects the command lines of this process's children and their children. */
export interface ArgvSampler extends Disposable {
  /** False where there is no /proc. */
  readonly canSee: boolean;
  /** Returns the command lines seen so far, arguments separated by spaces. */
  seen(): readonly string[];
}

/**
 * Reads /proc every few milliseconds until disposed. Calls `onProcess` with each process that it
 * sees, as often as it sees it.
 */
export function startArgvSampler(
  onProcess: (pid: string, commandLine: string) => void = () => undefined,
): ArgvSampler {
  const before = new Set(pids());
  const parents = new Map<string, string | undefined>();
  const seen = new Set<string>();
  const isOurs = (pid: string): boolean => {
    if (pid === String(process.pid)) return true;
    if (before.has(pid)) return false;
    if (!parents.has(pid)) parents.set(pid, parentOf(pid));
    const parent = parents.get(pid);
    return parent !== undefined && isOurs(parent);
  };
  const look = (): void => {
    for (const pid of pids()) {
      // Read it each time: after a fork it is the parent's command line until the program starts.
      if (pid === String(process.pid) || !isOurs(pid)) continue;
      const commandLine = read(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ') ?? '';
      seen.add(commandLine);
      onProcess(pid, commandLine);
    }
  };
  const timer = setInterval(look, 5);
  return {
    canSee: process.platform === 'linux',
    seen: () => [...seen],
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

function pids(): readonly string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

/**
 * proc_pid_stat(5): `pid (program) state ppid …`. The program's name may contain anything, so look
 * for the last parenthesis.
 */
function parentOf(pid: string): string | undefined {
  const stat = read(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined; // It has ended.
  }
}
