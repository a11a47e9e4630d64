import { devNull } from 'node:os';
import { InvalidInputError } from '@ameide/versioning-core';
import { cleanText } from '../problem/text.ts';
import type { Command, Processes, ProcessResult } from '../process/processes.ts';
import type { Secret } from '../secret/secret.ts';

/** A setting for one git child: `['http.followRedirects', 'false']`. */
export type GitSetting = readonly [key: string, value: string | Secret];

type Environment = Readonly<Record<string, string | Secret>>;

/**
 * No hook and no fsmonitor that a repository configures is started. (Its clean filters are, by `git
 * status`: nothing turns them all off.)
 */
const SETTINGS: readonly GitSetting[] = [
  ['core.hooksPath', devNull],
  ['core.fsmonitor', 'false'],
  // Seven lines on stderr of every child, where people look for the reason of a failure.
  ['advice.graftFileDeprecated', 'false'],
];

/**
 * What every git child is told. No prompts; `git status` refreshes no index (GIT_OPTIONAL_LOCKS);
 * messages in English, for those that are read. Replace refs and grafts are local inventions that
 * make an id show other content than everyone else sees: ignored. Settings travel as
 * GIT_CONFIG_COUNT, _KEY_n and _VALUE_n (git-config(1), "ENVIRONMENT"; git 2.31), so that one may
 * be a secret.
 */
export function gitEnvironment(settings: readonly GitSetting[] = []): Environment {
  const all = [...SETTINGS, ...settings];
  return {
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_GRAFT_FILE: devNull,
    // A trace that the user's configuration asks for would write settings into a file: a credential
    // is one.
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

/** git was there, was rightly called, and failed: a damaged repository, a full disk. */
export class GitError extends Error {
  override readonly name = 'GitError';
}

export interface GitCall extends Pick<Command, 'input' | 'signal' | 'env' | 'secrets'> {
  readonly processes: Processes;
  /** Where it runs: inside the repository, unless `gitDirectory` says which one. */
  readonly directory: string;
  readonly gitDirectory?: string;
  readonly settings?: readonly GitSetting[];
}

/** Runs `git <args>` and hands back whatever came of it; throws only when there is no git. */
export async function tryGit(args: readonly string[], call: GitCall): Promise<ProcessResult> {
  const { processes, directory, gitDirectory, settings, env, ...rest } = call;
  const result = await processes.run({
    argv: ['git', ...args],
    cwd: directory,
    env: {
      ...gitEnvironment(settings),
      ...(gitDirectory === undefined ? {} : { GIT_DIR: gitDirectory }),
      ...env,
    },
    ...rest,
  });
  if (result.failure === 'not-found') {
    throw new InvalidInputError(
      { field: 'git', expected: 'the program git on PATH', hint: 'Install git 2.31 or later.' },
      'git-missing',
    );
  }
  return result;
}

/** As `tryGit`; throws `GitError` unless the exit code is 0. */
export async function git(args: readonly string[], call: GitCall): Promise<string> {
  const result = await tryGit(args, call);
  if (!result.ok) throw new GitError(reasonOf(result));
  return text(result);
}

/**
 * git's own reason in one line: it often ends its errors with advice, which the last line would
 * show.
 */
export function reasonOf(result: ProcessResult): string {
  const lines = result.stderrText.split('\n');
  const said =
    lines.find((line) => line.startsWith('fatal: ')) ??
    lines.find((line) => line.startsWith('error: '));
  return said === undefined ? result.summary : cleanText(said);
}

/** What it printed, as printed: ids and names that are compared, never shown. */
export function text(result: ProcessResult): string {
  return new TextDecoder().decode(result.stdout);
}
