import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Meter } from './meter.ts';

/** A fixed time, in Unix seconds, so that every run has the same versions. */
const START = 1_763_042_400;

/** The git repository of one side. */
export interface Repository {
  readonly directory: string;
  git(...args: readonly string[]): Promise<string>;
  /** Writes files, by path. */
  write(files: Readonly<Record<string, string | Uint8Array>>): Promise<void>;
  /** Commits everything, tags the commit if a tag is given, and resolves to its SHA. Commits are one minute apart. */
  commit(message: string, tag?: string): Promise<string>;
}

export async function createRepository(directory: string, run: Meter['run']): Promise<Repository> {
  await mkdir(directory, { recursive: true });
  let commits = 0;
  const git = (...args: readonly string[]): Promise<string> =>
    run(['git', ...args], { cwd: directory });
  await git('init', '--quiet', '--initial-branch=main');
  await git('remote', 'add', 'origin', 'https://github.com/example/bench');
  return {
    directory,
    git,
    async write(files) {
      for (const [name, text] of Object.entries(files)) {
        const path = join(directory, name);
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, text);
      }
    },
    async commit(message, tag) {
      commits += 1;
      const date = `${START + commits * 60} +0000`;
      await git('add', '--all');
      await run(['git', 'commit', '--quiet', '--message', message], {
        cwd: directory,
        env: { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date },
      });
      if (tag !== undefined) await git('tag', tag);
      return (await git('rev-parse', 'HEAD')).trim();
    },
  };
}

/** How much history a repository has. */
export interface History {
  readonly commits: number;
  /** Spread evenly over the commits: `v0.0.1`, `v0.0.2` … */
  readonly tags: number;
  /** The files that every commit has. */
  readonly files?: Readonly<Record<string, string>>;
  /** The file that every commit changes. */
  readonly changing?: string;
}

/** Adds a linear history to `main` of an empty repository, and checks out its last commit. */
export async function importHistory(repository: Repository, history: History): Promise<void> {
  const file = join(repository.directory, '.git', 'history');
  await writeFile(file, fastImport(history));
  await repository.git('-c', `alias.import=!git fast-import --quiet <'${file}'`, 'import');
  await repository.git('reset', '--quiet', '--hard', 'main');
}

/** The history as `git fast-import` reads it. */
function fastImport({ changing = 'CHANGES', commits, files = {}, tags }: History): string {
  const who = (number: number): string => `Bench <bench@example.com> ${START + number * 60} +0000`;
  const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const lines: string[] = [];
  for (let number = 1; number <= commits; number += 1) {
    lines.push(
      `commit refs/heads/main\nmark :${number}\nauthor ${who(number)}\ncommitter ${who(number)}\n`,
      data(`fix: change number ${number}`),
    );
    if (number > 1) lines.push(`from :${number - 1}\n`);
    else
      for (const [path, text] of Object.entries(files))
        lines.push(`M 100644 inline ${path}\n`, data(text));
    lines.push(`M 100644 inline ${changing}\n`, data(`${number}\n`));
  }
  for (let tag = 1; tag <= tags; tag += 1) {
    const number = Math.max(1, Math.floor((tag * (commits - 1)) / tags));
    lines.push(`tag v0.0.${tag}\nfrom :${number}\ntagger ${who(number)}\n`, data(`v0.0.${tag}`));
  }
  return lines.join('');
}
