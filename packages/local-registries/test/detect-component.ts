import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Component, ComponentName } from '../src/components.ts';
import { client, folder } from './client.ts';

const DETECTION = new URL('../src/component-detection.ts', import.meta.url).href;

/**
 * Detects in a process of its own, for the answers hold for the life of one; `path` is all it can
 * see.
 */
export async function detect(
  name: ComponentName,
  path: string,
  env: NodeJS.ProcessEnv = {},
): Promise<Component> {
  const script = `import { component } from '${DETECTION}'; console.log(JSON.stringify(component('${name}')))`;
  const { stdout } = await client(
    await folder(),
    { PATH: path, DOCKER_HOST: 'unix:///nowhere', ...env },
    process.execPath,
    '--input-type=module',
    '-e',
    script,
  );
  return JSON.parse(stdout) as Component;
}

/** Writes a program that a shell runs. */
export async function program(path: string, script: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
}
