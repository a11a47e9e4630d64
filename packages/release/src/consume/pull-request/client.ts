import { createHttp, githubAddresses, Secret, sleep, toSecret } from '@ameide/publisher-kit';
import type { Repository } from '@ameide/publisher-kit/git';
import {
  ask,
  createOctokit,
  type GithubAccess,
  type GithubQuestion,
  type Octokit,
  orNone,
} from '@ameide/publisher-kit/github';
import {
  failed,
  InvalidInputError,
  ok,
  type Problem,
  problem,
  type Result,
} from '@ameide/versioning-core';

/** The repository on GitHub. */
export interface GithubRepository {
  readonly owner: string;
  readonly repo: string;
  ask<T>(question: Question<T>): Promise<Result<T>>;
  /** Undefined for a 404. */
  askOrNone<T>(question: Question<T>): Promise<Result<T | undefined>>;
}

interface Question<T> {
  /** Begins with a verb. */
  readonly what: string;
  readonly send: (octokit: Octokit) => Promise<{ readonly data: unknown }>;
  /** Reads the answer; undefined if it is not one of GitHub. See answers.ts. */
  readonly read: (data: unknown) => T | undefined;
  /** What people see of it, if it writes: `the branch x`. */
  readonly changes?: string;
}

export interface GithubQuestionOptions {
  readonly repository: Pick<Repository, 'remoteUrl'>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

const HINTS = {
  unauthorized: 'GITHUB_TOKEN is missing, wrong, or too old.',
  forbidden:
    'The token needs contents: write and pull-requests: write; in GitHub Actions the repository must also allow Actions to create pull requests (Settings, Actions, General).',
};

/**
 * Opens the GitHub repository that this is a clone of, with the token in GITHUB_TOKEN, which goes to GitHub's API alone.
 * Throws `InvalidInputError` if the clone is not of GitHub, or there is no token.
 */
export async function openGithub({
  env,
  repository,
  signal,
}: GithubQuestionOptions): Promise<GithubRepository> {
  const server = (env['GITHUB_SERVER_URL'] ?? 'https://github.com').replace(/\/+$/, '');
  const remote = await repository.remoteUrl();
  const [, owner, repo] =
    /^\/([\w.-]+)\/([\w.-]+)$/.exec(
      remote?.startsWith(`${server}/`) === true ? remote.slice(server.length) : '',
    ) ?? [];
  if (owner === undefined || repo === undefined)
    throw new InvalidInputError({
      field: 'pull-request',
      ...(remote === undefined ? {} : { received: remote }),
      expected: `a clone of a repository at ${server}: its remote "origin" says where pull requests go`,
      hint: 'For GitHub Enterprise set GITHUB_SERVER_URL and GITHUB_API_URL.',
    });
  const token = toSecret(env['GITHUB_TOKEN']);
  if (token === undefined)
    throw new InvalidInputError(
      {
        field: 'GITHUB_TOKEN',
        expected: 'a token that may write to the repository and open pull requests',
        hint: 'In GitHub Actions: permissions contents: write and pull-requests: write, and env GITHUB_TOKEN: ${{ github.token }}.',
      },
      'consume-no-token',
    );
  return client({ owner, repo }, accessOf(env, token), signal);
}

function accessOf(env: Readonly<Record<string, string | undefined>>, token: Secret): GithubAccess {
  const { apiUrl, uploadsUrl } = githubAddresses(env['GITHUB_API_URL']);
  return { apiUrl, uploadsUrl, http: createHttp(), sleep, token: () => token };
}

function client(
  names: Pick<GithubRepository, 'owner' | 'repo'>,
  access: GithubAccess,
  signal: AbortSignal,
): GithubRepository {
  const octokit = createOctokit(access, signal);
  const common = { access, signal, code: 'consume', tokenFrom: 'GITHUB_TOKEN', hints: HINTS };
  const aboutOf = ({ what }: Question<unknown>): GithubQuestion => ({
    ...common,
    what: `${what} of ${names.owner}/${names.repo}`,
  });
  return {
    ...names,
    async ask(question) {
      const about = aboutOf(question);
      const { failure, value } = await ask(about, async () => question.send(octokit));
      if (failure === undefined) return answered(value, question, about);
      const isDoubtful = failure.answer.state === 'doubtful' && question.changes !== undefined;
      return failed(isDoubtful ? doubtful(failure.problem, question) : failure.problem);
    },
    async askOrNone(question) {
      const about = aboutOf(question);
      const { failure, value } = await orNone(ask(about, async () => question.send(octokit)));
      if (failure !== undefined) return failed(failure.problem);
      return value === undefined ? ok(undefined) : answered(value, question, about);
    },
  };
}

function answered<T>(data: unknown, question: Question<T>, about: GithubQuestion): Result<T> {
  const value = question.read(data);
  if (value !== undefined) return ok(value);
  const found = problem({
    code: 'consume-unexpected-answer',
    kind: 'incomplete',
    message: `Could not ${about.what}: the server answered, but not as GitHub's API does.`,
    hint: 'Is GITHUB_API_URL the address of the API, and does no proxy answer in its place?',
    rerun: 'after-fix',
  });
  return failed(question.changes === undefined ? found : doubtful(found, question));
}

/** A write that may have been done, although nobody said so. */
function doubtful(found: Problem, { changes }: Question<unknown>): Problem {
  return {
    ...found,
    kind: 'unknown',
    message: `${found.message} It may have changed ${changes} all the same.`,
    effect: 'unknown',
    rerun: 'safe',
  };
}
