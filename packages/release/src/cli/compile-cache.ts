import { mkdirSync, realpathSync, statSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { dirname, isAbsolute, join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Lets Node keep what it compiles (`module.enableCompileCache`), so that the next start is quicker. Node's
 * own variables NODE_COMPILE_CACHE and NODE_DISABLE_COMPILE_CACHE take precedence.
 */
export function keepCompiled(env: Environment): void {
  if (env['NODE_COMPILE_CACHE'] !== undefined) return;
  if (env['NODE_DISABLE_COMPILE_CACHE'] !== undefined) return;
  const folder = makeCompiledFolder(env);
  if (folder !== undefined) enableCompileCache(folder);
}

/**
 * Makes the folder for what Node compiles, in the user's own cache folder. Node's default is below the folder
 * for temporary files, where another user could place code for us to run. Returns undefined if
 * another user could do so here, too, or if the folder cannot be made. `uid` is undefined on Windows, where
 * the user's local data is theirs.
 */
export function makeCompiledFolder(
  env: Environment,
  uid: number | undefined = process.geteuid?.(),
): string | undefined {
  const cache = cacheFolder(env);
  if (cache === undefined) return undefined;
  const own = join(cache, 'ameide-release');
  const compiled = join(own, 'compiled');
  try {
    // Before anything is made: with sudo, HOME may be that of another user, whom root's folders would hinder.
    if (!isSafe(dirname(cache), uid)) return undefined;
    // One by one: if a file system answers ENOENT for a folder whose parent is there, as /proc does,
    // Node tries for ever to make the parents first.
    for (const folder of [cache, own, compiled]) makeFolder(folder);
    return isSafe(compiled, uid) && isOwn(compiled, uid) ? compiled : undefined;
  } catch {
    return undefined;
  }
}

/** XDG Base Directory Specification; on Windows the user's local data. */
function cacheFolder(env: Environment): string | undefined {
  const home = env['HOME'];
  const candidates = [
    env['XDG_CACHE_HOME'],
    env['LOCALAPPDATA'],
    home === undefined || home === '' ? undefined : join(home, '.cache'),
  ];
  return candidates.find((folder) => folder !== undefined && isAbsolute(folder));
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** The bits of a mode that let the group and others write, and the sticky bit. */
const [WRITABLE, STICKY] = [0o022, 0o1000];

/**
 * True if only this user and root can put another folder in this one's place: the rule of OpenSSH
 * (sshd_config(5), StrictModes), which also accepts the sticky bit.
 */
function isSafe(folder: string, uid: number | undefined): boolean {
  if (uid === undefined) return true;
  for (let path = realpathSync(folder); ; path = dirname(path)) {
    const { mode, uid: owner } = statSync(path);
    const isShared = (mode & WRITABLE) !== 0 && (mode & STICKY) === 0;
    if (isShared || (owner !== 0 && owner !== uid)) return false;
    if (path === dirname(path)) return true;
  }
}

/** True if only this user can write into a folder. */
function isOwn(folder: string, uid: number | undefined): boolean {
  if (uid === undefined) return true;
  const { mode, uid: owner } = statSync(folder);
  return owner === uid && (mode & WRITABLE) === 0;
}
