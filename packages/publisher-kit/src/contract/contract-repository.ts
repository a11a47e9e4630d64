import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type GitCall, git } from '../git/git-command.ts';
import { createProcesses } from '../process/create-processes.ts';
import { createWorkspace } from '../workspace/workspace.ts';

export interface ContractRepository {
  readonly directory: string;
  /** The parent of `a`, an hour before it. */
  readonly older: string;
  readonly a: string;
  /** Committed in the same second as `a`, beside it: its parent is `older`, too. */
  readonly b: string;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface ContractRepositoryOptions {
  /**
   * A file that holds another text in each commit. Default `COMMIT.txt`; inside the published
   * directory where that has to differ.
   */
  readonly marker?: string;
}

/** 2025-11-13T15:32:11Z. */
const TIME = 1763047931;

/**
 * Makes a git repository for the contract: three commits with these files (path → text), fixed
 * authors and dates, so that the same input gives the same ids everywhere. Dispose of it to remove
 * it.
 */
export async function contractRepository(
  files: Readonly<Record<string, string>>,
  options: ContractRepositoryOptions = {},
): Promise<ContractRepository> {
  const { marker = 'COMMIT.txt' } = options;
  const folder = await createWorkspace();
  const { directory } = folder;
  const call: GitCall = {
    processes: createProcesses(),
    directory,
    settings: [
      ['core.autocrlf', 'false'],
      ['commit.gpgSign', 'false'],
    ],
  };
  await git(['init', '--quiet', '--template=', '--initial-branch=main'], call);
  await git(['remote', 'add', 'origin', 'https://github.com/ameideio/contract.git'], call);
  const commit = async (name: string, at: number): Promise<string> => {
    await write(directory, { ...files, [marker]: `commit ${name}\n` });
    await git(['add', '--all', '--force'], call);
    await git(['commit', '--quiet', '--message', `Commit ${name}`], { ...call, env: identity(at) });
    return (await git(['rev-parse', 'HEAD'], call)).trim();
  };
  const older = await commit('older', TIME - 3600);
  const a = await commit('a', TIME);
  await git(['checkout', '--quiet', '--detach', older], call);
  const b = await commit('b', TIME);
  await git(['checkout', '--quiet', 'main'], call);
  return { directory, older, a, b, [Symbol.asyncDispose]: () => folder.dispose() };
}

async function write(directory: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  }
}

function identity(time: number): Readonly<Record<string, string>> {
  const date = `${time} +0000`;
  const [name, email] = ['Ada Example', 'ada@example.org'];
  return {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
    GIT_COMMITTER_DATE: date,
  };
}
