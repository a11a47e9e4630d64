import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { component } from '@ameide/local-registries/components';
import { expect } from 'vitest';
import { definitionOf, type Files } from './repository-of.ts';

const run = promisify(execFile);

/** Runs a package manager, and throws if it refuses. */
export async function call(
  name: 'npm' | 'uv' | 'bun' | 'pnpm',
  args: readonly string[],
  cwd: string,
): Promise<string> {
  const { command = [name] } = component(name);
  const [file = name, ...first] = command;
  const env = { ...process.env, CI: 'false', npm_config_user_agent: undefined };
  return (await run(file, [...first, ...args], { cwd, env })).stdout;
}

export function read(root: string, path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

export function edit(root: string, path: string, from: string, to: string): void {
  const text = read(root, path);
  expect(text).toContain(from);
  writeFileSync(join(root, path), text.replace(from, to));
}

/** A workspace of npm that releases 2.0.0 of two packages. */
export const NPM: Files = {
  VERSION: '2.0.0\n',
  'release.config.json': definitionOf({ npm: ['a', 'b'] }),
  'package.json': { name: 'root', private: true, workspaces: ['a', 'b'] },
  'a/package.json': { name: '@acme/a', version: '1.5.0' },
  'b/package.json': { name: '@acme/b', version: '2.0.0', dependencies: { '@acme/a': '*' } },
};
export const NPM_LOCK = ['install', '--package-lock-only', '--offline', '--no-audit'];
export const NPM_CI = ['ci', '--offline', '--no-audit'];

/** The same, where b asks for a. */
export function asking(range: string, files: Files = NPM): Files {
  const b = { name: '@acme/b', version: '2.0.0', dependencies: { '@acme/a': range } };
  return { ...files, 'b/package.json': b };
}
