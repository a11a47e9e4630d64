import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { must, runs } from './run.ts';
import { line } from './say.ts';

/**
 * A folder to put first on PATH so that Python packages can be built, '' when PATH has a tool
 * already, or undefined when there is none to be had. The tool is installed once, in a virtual
 * environment of its own in the user's cache.
 */
export async function pythonBuildTool(cwd: string): Promise<string | undefined> {
  if (await runs(['uv', '--version'], cwd)) return '';
  for (const module of ['uv', 'build'])
    if (await runs(['python3', '-m', module, '--version'], cwd)) return '';
  const home = join(
    process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
    'ameide-publishing',
    'python',
  );
  const bin = join(home, 'bin');
  if (existsSync(join(bin, 'uv'))) return bin;
  if (!(await runs(['python3', '-m', 'venv', '--help'], cwd))) return undefined;
  line('installing uv, which builds Python packages, into a virtual environment of its own (once)');
  await mkdir(home, { recursive: true });
  try {
    await must(['python3', '-m', 'venv', home], { cwd });
    await must(
      [join(bin, 'python'), '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', 'uv'],
      { cwd },
    );
    return bin;
  } catch {
    return undefined;
  }
}
