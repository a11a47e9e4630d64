import { execFileSync } from 'node:child_process';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { MissingContent, Problem } from '@ameide/versioning-core';
import { openRepository } from '../../src/git/index.ts';
import { folder, type Sample } from '../git/sample.ts';

export const TIME = 1763047931;

/** A commit laid out in a folder, or why it was not. */
export interface LaidOut extends Disposable {
  readonly directory: string;
  readonly missing: readonly MissingContent[] | undefined;
  readonly problem: Problem | undefined;
}

export interface LayOutOptions {
  readonly ref?: string;
  readonly submodules?: boolean;
  /** The whole environment; by default this process's own. */
  readonly env?: NodeJS.ProcessEnv;
}

/** Checks `ref` (HEAD) of the repository at `clone` out into a new folder. */
export async function layOut(clone: string, options: LayOutOptions = {}): Promise<LaidOut> {
  // Removed also if the checkout fails.
  using stack = new DisposableStack();
  const target = stack.use(folder());
  const { ref = 'HEAD', env = process.env, submodules = false } = options;
  await using repository = await openRepository(clone, { env });
  const { directory } = target;
  const result = await repository.checkout(await repository.resolve(ref), directory, {
    submodules,
  });
  const owned = stack.move();
  return {
    directory,
    missing: result.value,
    problem: result.problems?.[0],
    [Symbol.dispose]: () => owned.dispose(),
  };
}

/** What a plan knows of it beforehand. */
export async function foretell(
  clone: string,
  options: LayOutOptions = {},
): Promise<readonly MissingContent[]> {
  const { ref = 'HEAD', submodules = false } = options;
  await using repository = await openRepository(clone);
  const source = repository.source(await repository.resolve(ref), { submodules });
  return await source.missingContent('');
}

/** What git itself makes of the same commit: `git clone`, then `git checkout`. */
export function plainClone(
  repo: Pick<Sample, 'directory'>,
  options: { readonly args?: readonly string[]; readonly ref?: string } = {},
): Disposable & { readonly directory: string } {
  const { args = [], ref } = options;
  const target = folder();
  const sha = ref ?? gitIn(repo.directory, 'rev-parse', 'HEAD');
  const directory = join(target.directory, 'clone');
  const local = ['-c', 'protocol.file.allow=always'];
  gitIn(
    target.directory,
    ...local,
    'clone',
    '--quiet',
    ...args,
    `file://${repo.directory}`,
    directory,
  );
  gitIn(directory, ...local, 'checkout', '--quiet', '--detach', sha);
  return { directory, [Symbol.dispose]: () => target[Symbol.dispose]() };
}

/** Runs git with no configuration but the repository's, plus git-lfs where `lfs` is in `env`. */
export function gitIn(directory: string, ...args: readonly string[]): string {
  const env = {
    PATH: process.env['PATH'],
    HOME: directory,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_ALLOW_PROTOCOL: 'file:http',
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.org',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@example.org',
  };
  const stdio = ['ignore', 'pipe', 'pipe'] as const;
  return execFileSync('git', args, { cwd: directory, env, stdio: [...stdio] })
    .toString('latin1')
    .replace(/\n$/, '');
}

/** All that a build can see of a checkout, as git tells it and as the file system does. */
export function look(directory: string): Readonly<Record<string, unknown>> {
  return {
    index: gitIn(directory, 'ls-files', '-s'),
    head: gitIn(directory, 'rev-parse', 'HEAD'),
    describe: tryDescribe(directory),
    status: gitIn(directory, 'status', '--porcelain', '--ignored'),
    tags: gitIn(directory, 'for-each-ref', 'refs/tags'),
    files: files(directory),
  };
}

function tryDescribe(directory: string): string {
  try {
    return [
      gitIn(directory, 'describe', '--tags', '--long', '--dirty'),
      gitIn(directory, 'describe', '--always'),
    ].join(' ');
  } catch {
    return 'no names';
  }
}

/** Each file below a folder but `.git`: mode and content, or the target of a link. */
export function files(directory: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  const walk = (folder: Buffer, prefix: string): void => {
    for (const name of readdirSync(folder, { encoding: 'buffer' })) {
      if (name.toString() === '.git') continue;
      const path = Buffer.concat([folder, Buffer.from('/'), name]);
      const shown = prefix + name.toString('latin1');
      const stats = lstatSync(path);
      const mode = (stats.mode & 0o777).toString(8);
      if (stats.isDirectory()) {
        found[`${shown}/`] = mode;
        walk(path, `${shown}/`);
      } else if (stats.isSymbolicLink()) found[shown] = `-> ${readlinkSync(path, 'latin1')}`;
      else found[shown] = `${mode} ${readFileSync(path, 'latin1')}`;
    }
  };
  walk(Buffer.from(directory), '');
  return found;
}
