import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createProcesses, createWorkspace } from '@ameide/publisher-kit';
import { onTestFinished } from 'vitest';
import { PACKAGE } from './worlds.ts';

/** A folder that the test's end removes. */
export async function folder(): Promise<string> {
  const workspace = await createWorkspace();
  onTestFinished(async () => workspace.dispose());
  return workspace.directory;
}

/** Runs a program and returns what it prints. Throws if it fails. */
export async function run(
  argv: readonly [string, ...string[]],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const result = await createProcesses().run({ argv, cwd, env });
  if (!result.ok) throw new Error(`${result.summary}\n${result.stdoutText}${result.stderrText}`);
  return result.stdoutText;
}

/** A project that has installed the package with npm. */
export async function installed(registry: string, version: string): Promise<string> {
  const project = await folder();
  await mkdir(join(project, 'home'));
  await writeFile(
    join(project, 'package.json'),
    '{ "name": "consumer", "private": true, "type": "module" }\n',
  );
  const settings = {
    registry,
    cache: join(project, 'home'),
    userconfig: join(project, 'home/.npmrc'),
    audit: 'false',
    fund: 'false',
  };
  const env = Object.fromEntries(
    Object.entries({ ...settings, update_notifier: 'false' }).map(([name, value]) => [
      `npm_config_${name}`,
      value,
    ]),
  );
  await run(['npm', 'install', `${PACKAGE}@${version}`], project, {
    ...env,
    HOME: join(project, 'home'),
  });
  return project;
}
