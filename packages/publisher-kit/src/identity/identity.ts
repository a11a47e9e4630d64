import { failed, problem, type Result } from '@ameide/versioning-core';
import type { Http } from '../http/http.ts';
import { type Secret, toSecret } from '../secret/secret.ts';
import { checkToken } from './check-token.ts';
import { askGithub } from './github.ts';
import { howToGetIdentity } from './how-to-get-identity.ts';
import { tokenVariable } from './token-variable.ts';

export type IdentityProvider = 'github' | 'gitlab' | 'circleci';

/** The identity that a CI gives to a job. */
export interface Identity {
  readonly provider: IdentityProvider;
  /**
   * Returns an identity token for one audience: `sigstore`, `pypi`, `npm:registry.npmjs.org`. Ask again before each
   * use, because receivers accept a token only once: GitHub makes a new one each time; the other CIs have given the
   * job one for each audience. Problems have codes that begin with `identity-`. Rejects on abort.
   */
  token(audience: string, signal: AbortSignal): Promise<Result<Secret>>;
}

/**
 * Returns the identity that the environment offers, or undefined: outside a CI, and in a job that may not have one
 * (`howToGetIdentity` says what to do then). Sends nothing.
 * - GitHub Actions: `ACTIONS_ID_TOKEN_REQUEST_URL` and `ACTIONS_ID_TOKEN_REQUEST_TOKEN`.
 * - GitLab CI and CircleCI: at least one variable `<AUDIENCE>_ID_TOKEN`.
 */
export function findIdentity(
  env: NodeJS.ProcessEnv,
  http: Http,
  now: () => number = Date.now,
): Identity | undefined {
  if (env['GITHUB_ACTIONS'] === 'true') return githubIdentity(env, http, now);
  const provider = providerOfVariables(env);
  if (provider === undefined || !Object.keys(env).some((name) => hasToken(env, name)))
    return undefined;
  return { provider, token: async (audience) => readVariable(env, audience, now()) };
}

function githubIdentity(
  env: NodeJS.ProcessEnv,
  http: Http,
  now: () => number,
): Identity | undefined {
  const address = env['ACTIONS_ID_TOKEN_REQUEST_URL'] ?? '';
  const requestToken = toSecret(env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'] ?? '');
  if (address === '' || requestToken === undefined) return undefined;
  return {
    provider: 'github',
    token: async (audience, signal) =>
      askGithub({ address, requestToken }, http, audience, { now, signal }),
  };
}

function providerOfVariables(env: NodeJS.ProcessEnv): IdentityProvider | undefined {
  if (env['GITLAB_CI'] === 'true') return 'gitlab';
  return env['CIRCLECI'] === 'true' ? 'circleci' : undefined;
}

function hasToken(env: NodeJS.ProcessEnv, name: string): boolean {
  return name.endsWith('_ID_TOKEN') && (env[name] ?? '') !== '';
}

function readVariable(env: NodeJS.ProcessEnv, audience: string, now: number): Result<Secret> {
  const from = tokenVariable(audience);
  if (hasToken(env, from)) return checkToken(env[from], { audience, from, now });
  return failed(
    problem({
      code: 'identity-missing',
      kind: 'authentication',
      message: `This job has no identity token for ${audience}: ${from} is not set.`,
      hint: howToGetIdentity(env, audience),
    }),
  );
}
