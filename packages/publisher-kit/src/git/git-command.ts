import { devNull } from 'node:os';
import { InvalidInputError } from '@ameide/versioning-core';
import { cleanText } from '../problem/text.ts';
import type { Command, Processes, ProcessResult } from '../process/processes.ts';
import type { Secret } from '../secret/secret.ts';

/** A setting for one git child: `['http.followRedirects', 'false']`. */
export type GitSetting = readonly [key: string, value: string | Secret];

type Environment = Readonly<Record<string, string | Secret>>;

/**
 * Starts no hook and no fsmonitor that a repository configures. (`git status` still starts its
 * clean filters; no setting turns all of them off.)
 */
const SETTINGS: readonly GitSetting[] = [
  ['core.hooksPath', devNull],
  ['core.fsmonitor', 'false'],
  // Otherwise every child writes seven lines of this advice to stderr, where people look for the
  // reason of a failure.
  ['advice.graftFileDeprecated', 'false'],
];

/**
 * In a partial clone git fetches what it lacks behind our back, with the user's credentials. Git
 * before 2.45 may not know the first variable; every git obeys the second. What talks to a host
 * names its transports instead (`remoteVariables`).
 */
const OFFLINE = { GIT_NO_LAZY_FETCH: '1', GIT_ALLOW_PROTOCOL: 'none' };

/**
 * Returns the environment of every git child. It is offline. It has no prompts; `git status` does not refresh the
 * index (GIT_OPTIONAL_LOCKS); messages are in English, because we read some. It ignores replace
 * refs and grafts, with which an id would show other content here than elsewhere. Settings are
 * passed as GIT_CONFIG_COUNT, _KEY_n and _VALUE_n (git-config(1), "ENVIRONMENT"; git 2.31), so that
 * one may be a secret.
 */
export function gitEnvironment(settings: readonly GitSetting[] = []): Environment {
  const all = [...SETTINGS, ...settings];
  return {
    ...OFFLINE,
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_GRAFT_FILE: devNull,
    // A trace that the user's configuration turns on would write our settings, and so a credential,
    // to a file.
    GIT_TRACE2: '0',
    GIT_TRACE2_EVENT: '0',
    GIT_TRACE2_PERF: '0',
    LC_ALL: 'C',
    GIT_CONFIG_COUNT: String(all.length),
    ...Object.fromEntries(
      all.flatMap(([key, value], n): readonly (readonly [string, string | Secret])[] => [
        [`GIT_CONFIG_KEY_${n}`, key],
        [`GIT_CONFIG_VALUE_${n}`, value],
      ]),
    ),
  };
}

/** git ran with valid arguments and failed: a damaged repository, a full disk. */
export class GitError extends Error {
  override readonly name = 'GitError';
}

export interface GitCall
  extends Pick<Command, 'input' | 'signal' | 'env' | 'secrets' | 'trust' | 'isQuestion'> {
  readonly processes: Processes;
  /** The folder to run git in: inside the repository, unless `gitDirectory` names one. */
  readonly directory: string;
  readonly gitDirectory?: string;
  readonly settings?: readonly GitSetting[];
}

/**
 * Runs `git <args>` and returns the result, also a failure. Throws only if git is not installed.
 */
export async function tryGit(args: readonly string[], call: GitCall): Promise<ProcessResult> {
  const { processes, directory, gitDirectory, settings, env, trust = 'all', ...rest } = call;
  const result = await processes.run({
    argv: ['git', ...args],
    cwd: directory,
    env: {
      ...gitEnvironment(settings),
      ...(gitDirectory === undefined ? {} : { GIT_DIR: gitDirectory }),
      ...env,
    },
    trust,
    ...rest,
  });
  if (result.failure === 'not-found') {
    throw new InvalidInputError(
      {
        field: 'git',
        expected: 'the program git on PATH',
        hint: 'Install git 2.31 or later. A git in the repository, in node_modules or in a relative folder of PATH does not count.',
      },
      'git-missing',
    );
  }
  return result;
}

/** Like `tryGit`, but throws `GitError` unless the exit code is 0. */
export async function git(args: readonly string[], call: GitCall): Promise<string> {
  const result = await tryGit(args, call);
  if (!result.ok) throw new GitError(reasonOf(result));
  return text(result);
}

/** Returns git's reason as one line. The last line would often be advice instead. */
export function reasonOf(result: ProcessResult): string {
  // A line that ends with a colon goes on in indented ones.
  const [said] =
    /^fatal: .*(?:(?<=:)\n\t.*)*/m.exec(result.stderrText) ??
    /^error: .*(?:(?<=:)\n\t.*)*/m.exec(result.stderrText) ??
    [];
  return said === undefined ? result.summary : cleanText(said.replace(/\n\t/g, ' '));
}

/** Returns git's output unchanged: ids and names to compare, never to show. */
export function text(result: ProcessResult): string {
  return new TextDecoder().decode(result.stdout);
}
