import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openRepository } from '../git/repository/open-repository.ts';
import type { Repository } from '../git/repository/repository.ts';

/** What to write into a working tree: text, bytes, a value as JSON, or a symbolic link. */
export type FileContent = string | Uint8Array | { readonly link: string } | object;

/** A git repository for a test, in a temporary folder. */
export interface TestRepository extends AsyncDisposable {
  readonly directory: string;
  /** Runs git without the user's configuration. Returns its output, trimmed. */
  git(...args: readonly string[]): string;
  /** Writes one file, with the folders above it. */
  write(path: string, content: FileContent): void;
  /**
   * Writes these files, commits everything, ignored files too (but see `add`), and returns the SHA.
   */
  commit(options?: CommitOptions): string;
  /** Opens the repository in its present state. Closed with the test repository. */
  open(): Promise<Repository>;
}

export interface CommitOptions {
  readonly files?: Readonly<Record<string, FileContent>>;
  readonly message?: string;
  /** False commits only what the index contains. */
  readonly add?: boolean;
  /** A date in a form that git reads. Default `COMMIT_TIME`. */
  readonly time?: string | undefined;
}

/** 2025-11-13T15:32:11Z, Unix seconds. */
export const COMMIT_TIME = 1763047931;

/**
 * Makes an empty repository with the branch `main`. Authors, dates and configuration are fixed, so
 * the same files give the same ids everywhere. Dispose of it to remove it.
 */
export function createTestRepository(
  options: { readonly origin?: string; readonly objectFormat?: 'sha1' | 'sha256' } = {},
): TestRepository {
  const { origin, objectFormat = 'sha1' } = options;
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'ameide-test-')));
  const opened: Repository[] = [];
  const git = (...args: readonly string[]): string => runGit(directory, args);
  initialize(directory, objectFormat, origin);
  const write = (path: string, content: FileContent): void => writeInto(directory, path, content);
  return {
    directory,
    git,
    write,
    commit(options = {}) {
      const { files = {}, message = 'a commit', time = `${COMMIT_TIME} +0000` } = options;
      for (const [path, content] of Object.entries(files)) write(path, content);
      if (options.add !== false) git('add', '--all', '--force');
      runGit(directory, ['commit', '--quiet', '--allow-empty', '--message', message], {
        GIT_AUTHOR_DATE: time,
        GIT_COMMITTER_DATE: time,
      });
      return readHead(directory);
    },
    async open() {
      const repository = await openRepository(directory);
      opened.push(repository);
      return repository;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(opened.map(async (repository) => repository.close()));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Writes what `git init` and `git remote add` write (gitrepository-layout(5)), which saves each test two processes. */
function initialize(directory: string, objectFormat: 'sha1' | 'sha256', origin?: string): void {
  const [version, extensions] =
    objectFormat === 'sha1' ? [0, []] : [1, ['[extensions]', `objectformat = ${objectFormat}`]];
  const core = [
    '[core]',
    `repositoryformatversion = ${version}`,
    'filemode = true',
    'bare = false',
  ];
  const remote =
    origin === undefined
      ? []
      : ['[remote "origin"]', `url = ${origin}`, 'fetch = +refs/heads/*:refs/remotes/origin/*'];
  const config = [...core, 'logallrefupdates = true', ...extensions, ...remote];
  for (const name of ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags'])
    mkdirSync(join(directory, '.git', name), { recursive: true });
  writeFileSync(join(directory, '.git/HEAD'), 'ref: refs/heads/main\n');
  writeFileSync(join(directory, '.git/config'), `${config.join('\n')}\n`);
}

/** Returns the latest commit. Git has just written its ref to a separate file (gitrepository-layout(5)), so no process is needed. */
function readHead(directory: string): string {
  const read = (path: string): string => readFileSync(join(directory, '.git', path), 'utf8').trim();
  const head = read('HEAD');
  return head.startsWith('ref: ') ? read(head.slice('ref: '.length)) : head;
}

const WHO = Object.fromEntries(
  ['AUTHOR', 'COMMITTER'].flatMap((who) => [
    [`GIT_${who}_NAME`, 'Ada Example'],
    [`GIT_${who}_EMAIL`, 'ada@example.org'],
  ]),
) as Readonly<Record<string, string>>;

/** Runs git in a folder without the user's configuration. Throws if git fails. */
export function runGit(
  directory: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): string {
  const { PATH = '' } = process.env;
  const quiet = { GIT_CONFIG_GLOBAL: devNull, GIT_CONFIG_NOSYSTEM: '1', HOME: directory };
  return execFileSync('git', ['-c', 'core.autocrlf=false', ...args], {
    cwd: directory,
    env: { PATH, ...quiet, ...WHO, ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
}

/** Writes one file below a folder and makes the folders above it. */
export function writeInto(directory: string, path: string, content: FileContent): void {
  const absolute = join(directory, path);
  mkdirSync(dirname(absolute), { recursive: true });
  if (typeof content === 'string' || content instanceof Uint8Array)
    writeFileSync(absolute, content);
  else if ('link' in content) symlinkSync(content.link, absolute);
  else writeFileSync(absolute, `${JSON.stringify(content, undefined, 2)}\n`);
}

/** Gives a folder a `.git` whose index knows its files: a build hides its stamp from git. */
export function addIndex(folder: string): void {
  runGit(folder, ['init', '--quiet', '--template=']);
  runGit(folder, ['add', '--all', '--force']);
}
