import type { RecordingProxyOptions } from '@ameide/local-registries';
import {
  COMMIT_TIME,
  createTestRepository,
  type FileContent,
  type OpenedRun,
  openRun,
  type RunReport,
  repositoryCommit,
  runPublisher,
} from '@ameide/publisher-kit/testing';
import { type GithubOptions, type GithubPlan, type GithubPublisher, github } from '../src/index.ts';
import { FILES, type GithubWorld, githubWorld } from './github-world.ts';

/** A repository on this machine, and on the stand-in for GitHub. */
export interface Lab extends AsyncDisposable {
  readonly world: GithubWorld;
  /** Makes a commit on top of the others, each a second later. */
  commit(files?: Readonly<Record<string, FileContent>>): string;
  /** Runs `git` in the repository on this machine. */
  git(...args: readonly string[]): string;
  /** Publishes a commit as the engine does. `version` is `1.0.0`, `1.0.0-rc.1`, or a full ref. */
  run(
    sha: string,
    version: string,
    options?: Partial<GithubOptions>,
  ): Promise<RunReport<GithubPlan>>;
  open(
    sha: string,
    version: string,
    options?: Partial<GithubOptions>,
    signal?: AbortSignal,
  ): Promise<OpenedRun<GithubPublisher>>;
}

export async function createLab(proxying?: RecordingProxyOptions): Promise<Lab> {
  const repository = createTestRepository({ origin: 'https://github.com/ameideio/ameide.git' });
  const world = await githubWorld(repository.directory, proxying);
  const opened = await repository.open();
  let made = 0;
  const at = async (sha: string, version: string) => {
    const ref = version.startsWith('refs/') ? version : `refs/tags/v${version}`;
    return repositoryCommit(opened, { sha, ref });
  };
  const runs: AsyncDisposable[] = [];
  return {
    world,
    git: (...args) => repository.git(...args),
    commit(files = {}) {
      made += 1;
      const base = made === 1 ? FILES : {};
      return repository.commit({
        files: { ...base, COMMIT: `${made}\n`, ...files },
        message: `Commit ${made}`,
        time: `${COMMIT_TIME + made} +0000`,
      });
    },
    run: async (sha, version, options) =>
      runPublisher(github(world.options(options)), await at(sha, version)),
    async open(sha, version, options, signal) {
      const run = await openRun(
        github(world.options(options)),
        await at(sha, version),
        signal === undefined ? {} : { signal },
      );
      runs.push(run);
      return run;
    },
    async [Symbol.asyncDispose]() {
      for (const run of runs) await run[Symbol.asyncDispose]();
      await world[Symbol.asyncDispose]();
      await repository[Symbol.asyncDispose]();
    },
  };
}

/** The outcome of a run, in one line for each thing. */
export function outcomeOf({ published, moves, problems }: RunReport): readonly string[] {
  return [
    ...published.map(({ outcome }) => outcome),
    ...moves.map(({ outcome, pointer }) => `${pointer.pointer} ${outcome}`),
    ...problems.map(({ code }) => code),
  ];
}
