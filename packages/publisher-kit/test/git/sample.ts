import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * A real git repository in a temporary folder, driven by the real git with no configuration but its
 * own.
 */
export interface Sample extends Disposable {
  readonly directory: string;
  git(...args: readonly string[]): string;
  gitWith(
    options: { readonly env?: Readonly<Record<string, string>>; readonly input?: string | Buffer },
    ...args: readonly string[]
  ): string;
  write(path: string, content: string): void;
  /** Commits everything there is; gives the id. The date is `<Unix seconds> <zone>`. */
  commit(message: string, date?: string): string;
}

export function folder(): Disposable & { readonly directory: string } {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'kit-git-')));
  return { directory, [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }) };
}

export function sample(...init: readonly string[]): Sample {
  const { directory, ...rest } = folder();
  const gitWith: Sample['gitWith'] = ({ env, input }, ...args) =>
    execFileSync('git', args, {
      cwd: directory,
      env: {
        PATH: process.env['PATH'],
        HOME: directory,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_AUTHOR_NAME: 'Ada',
        GIT_AUTHOR_EMAIL: 'ada@example.org',
        GIT_COMMITTER_NAME: 'Ada',
        GIT_COMMITTER_EMAIL: 'ada@example.org',
        GIT_ALLOW_PROTOCOL: 'file:http',
        ...env,
      },
      ...(input === undefined ? {} : { input }),
      stdio: ['pipe', 'pipe', 'pipe'],
    })
      .toString()
      .replace(/\n$/, '');
  const git: Sample['git'] = (...args) => gitWith({}, ...args);
  git('init', '--quiet', '--template=', '--initial-branch=main', ...init);
  return {
    directory,
    git,
    gitWith,
    write(path, content) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), content);
    },
    commit(message, date = '1763047931 +0000') {
      git('add', '--all');
      gitWith(
        { env: { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date } },
        'commit',
        '--quiet',
        '--allow-empty',
        '-m',
        message,
      );
      return git('rev-parse', 'HEAD');
    },
    ...rest,
  };
}

/** The `InvalidInputError` code that a call fails with, or what it gave instead. */
export async function codeOf(call: Promise<unknown>): Promise<unknown> {
  return call.catch((error: unknown) =>
    error instanceof Error && 'code' in error ? error.code : error,
  );
}
