import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createProcesses } from '@ameide/publisher-kit';
import { makeStep, writeFiles } from './step.ts';

const processes = createProcesses();

/** What the program writes to stdout; throws when it fails. */
export async function run(
  argv: readonly [string, ...string[]],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const result = await processes.run({ argv, cwd, env, timeoutMs: 60_000 });
  if (!result.ok) throw new Error(`${result.summary}\n${result.stdoutText}${result.stderrText}`);
  return result.stdoutText;
}

/** A project that installs from the registry alone, with caches and settings of its own. */
export function project(registry: string): {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
} {
  const { workspace: folder } = makeStep();
  mkdirSync(join(folder, 'home'));
  writeFiles(folder, { 'package.json': { name: 'consumer', private: true } });
  const settings = {
    registry,
    cache: join(folder, 'cache'),
    userconfig: join(folder, 'home/.npmrc'),
    update_notifier: 'false',
    audit: 'false',
    fund: 'false',
  };
  const env = Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [`npm_config_${name}`, value]),
  );
  return {
    folder,
    env: {
      ...env,
      HOME: join(folder, 'home'),
      XDG_DATA_HOME: join(folder, 'data'),
      XDG_CACHE_HOME: join(folder, 'cache'),
    },
  };
}
