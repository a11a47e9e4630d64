import { enableCompileCache } from 'node:module';
import { isAbsolute, join } from 'node:path';

/**
 * Lets Node keep what it compiles (`module.enableCompileCache`), so that the next start is quicker.
 * Uses the user's own cache folder. Node's default is below the folder for temporary files, where
 * another user could place code for us to run. Node's own variables NODE_COMPILE_CACHE and
 * NODE_DISABLE_COMPILE_CACHE take precedence.
 */
export function keepCompiled(env: Readonly<Record<string, string | undefined>>): void {
  const folder = cacheFolder(env);
  if (env['NODE_COMPILE_CACHE'] !== undefined || folder === undefined) return;
  enableCompileCache(join(folder, 'ameide-release', 'compiled'));
}

/** XDG Base Directory Specification; on Windows the user's local data. */
function cacheFolder(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const home = env['HOME'];
  const candidates = [
    env['XDG_CACHE_HOME'],
    env['LOCALAPPDATA'],
    home === undefined || home === '' ? undefined : join(home, '.cache'),
  ];
  return candidates.find((folder) => folder !== undefined && isAbsolute(folder));
}
