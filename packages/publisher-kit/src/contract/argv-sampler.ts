import { readdirSync, readFileSync } from 'node:fs';

/** Collects the command lines of every process that this one starts, directly or not. */
export interface ArgvSampler extends Disposable {
  /** False where there is no /proc. */
  readonly canSee: boolean;
  /** What was seen so far, arguments parted by spaces. */
  seen(): readonly string[];
}

/** Looks at /proc every few milliseconds until disposed. */
export function startArgvSampler(): ArgvSampler {
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
      // Read again each time: after a fork it is the parent's line, until the program is started.
      if (pid !== String(process.pid) && isOurs(pid))
        seen.add(read(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ') ?? '');
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
 * proc_pid_stat(5): `pid (program) state ppid …`; the program's name may hold anything, so the last
 * parenthesis counts.
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
