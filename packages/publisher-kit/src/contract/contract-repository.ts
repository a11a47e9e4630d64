import { COMMIT_TIME, createTestRepository } from '../testing/git-repository.ts';

export interface ContractRepository {
  readonly directory: string;
  /** The parent of `a`, an hour before it. */
  readonly older: string;
  readonly a: string;
  /** A sibling of `a` from the same second: its parent is `older`, too. */
  readonly b: string;
  /** Makes a commit on top of `a` and of every commit that this made before, an hour later. */
  next(): string;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface ContractRepositoryOptions {
  /**
   * A file whose content differs in each commit. Default `COMMIT.txt`. Put it inside the published
   * directory if that must differ, too.
   */
  readonly marker?: string;
}

/**
 * Makes a git repository for the contract: three commits with these files (path → content), fixed
 * authors and dates, so the same input gives the same ids everywhere. Dispose of it to remove it.
 */
export async function contractRepository(
  files: Readonly<Record<string, string>>,
  { marker = 'COMMIT.txt' }: ContractRepositoryOptions = {},
): Promise<ContractRepository> {
  const origin = 'https://github.com/ameideio/contract.git';
  const repository = createTestRepository({ origin });
  const commit = (name: string, at: number): string =>
    repository.commit({
      files: { ...files, [marker]: `commit ${name}\n` },
      message: `Commit ${name}`,
      time: `${at} +0000`,
    });
  const older = commit('older', COMMIT_TIME - 3600);
  const a = commit('a', COMMIT_TIME);
  repository.git('checkout', '--quiet', '--detach', older);
  const b = commit('b', COMMIT_TIME);
  repository.git('checkout', '--quiet', 'main');
  const { directory } = repository;
  let made = 0;
  return {
    directory,
    older,
    a,
    b,
    next: () => commit(`next ${(made += 1)}`, COMMIT_TIME + made * 3600),
    [Symbol.asyncDispose]: async () => repository[Symbol.asyncDispose](),
  };
}
