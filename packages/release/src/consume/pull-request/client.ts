import { createHttp, githubAddresses, Secret, sleep, toSecret } from '@ameide/publisher-kit';
import type { Repository } from '@ameide/publisher-kit/git';
import {
  type Asked,
  ask,
  createOctokit,
  type GithubAccess,
  type Octokit,
} from '@ameide/publisher-kit/github';
import { InvalidInputError } from '@ameide/versioning-core';

/** The repository on GitHub. */
export interface GithubRepository {
  readonly owner: string;
  readonly repo: string;
  /** Asks GitHub; `what` begins with a verb. */
  ask<T>(
    what: string,
    send: (octokit: Octokit) => Promise<{ readonly data: T }>,
  ): Promise<Asked<T>>;
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
  return {
    ...names,
    ask: async (what, send) => {
      const of = `${what} of ${names.owner}/${names.repo}`;
      const question = {
        access,
        signal,
        code: 'consume',
        what: of,
        tokenFrom: 'GITHUB_TOKEN',
        hints: HINTS,
      };
      return ask(question, async () => send(octokit));
    },
  };
}
