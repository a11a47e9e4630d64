import { randomUUID } from 'node:crypto';

/** The value of `iss` in a token of GitHub Actions, which verifiers compare. */
export const GITHUB_ISSUER = 'https://token.actions.githubusercontent.com';

/**
 * The claims of a token of GitHub Actions. Times are whole seconds since 1970; everything else is a
 * string, numbers too. Source: GitHub's "OpenID Connect reference".
 */
export interface GithubClaims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string;
  readonly jti: string;
  readonly iat: number;
  readonly nbf: number;
  readonly exp: number;
  /** `owner/name` */
  readonly repository: string;
  readonly repository_id: string;
  readonly repository_owner: string;
  readonly repository_owner_id: string;
  readonly repository_visibility: 'public' | 'private' | 'internal';
  /** The workflow's name; its path if it has none. */
  readonly workflow: string;
  /** `owner/name/.github/workflows/file.yml@ref` of the workflow that was started. */
  readonly workflow_ref: string;
  readonly workflow_sha: string;
  /** The same of the file that has the job: a different one if that is a reusable workflow. */
  readonly job_workflow_ref: string;
  readonly job_workflow_sha: string;
  /** `refs/heads/main`, `refs/tags/v1.2.3` */
  readonly ref: string;
  readonly ref_type: 'branch' | 'tag';
  readonly ref_protected: 'true' | 'false';
  readonly sha: string;
  readonly head_ref: string;
  readonly base_ref: string;
  readonly event_name: string;
  readonly run_id: string;
  readonly run_number: string;
  readonly run_attempt: string;
  readonly check_run_id: string;
  readonly runner_environment: 'github-hosted' | 'self-hosted';
  readonly actor: string;
  readonly actor_id: string;
  /** The environment of the job. Absent if it has none. */
  readonly environment?: string;
}

/** What a test sets of the claims; `undefined` removes one. */
export type ClaimChanges = {
  readonly [Name in keyof GithubClaims]?: GithubClaims[Name] | undefined;
};

/** GitHub's tokens live five minutes, and are valid some minutes before they are made. */
const LIFE_SECONDS = 300;
const EARLY_SECONDS = 600;

/** The file of the workflow, unless `workflow_ref` is given. */
const WORKFLOW = '.github/workflows/publish-packages.yml';

/**
 * Makes the claims of a token: `changes`, and what GitHub derives from them. The default audience is
 * the address of the repository's owner, as GitHub's is.
 */
export function githubClaims(changes: ClaimChanges): Partial<GithubClaims> {
  const given = { ...changes };
  const { repository = 'ameideio/ameide', ref = 'refs/heads/main', event_name = 'push' } = given;
  const { sha = '71e210beab37b68546d56dceccba18f09264ecc3' } = given;
  const owner = repository.split('/')[0] ?? '';
  const iat = given.iat ?? Math.floor(Date.now() / 1000);
  const started = given.workflow_ref ?? `${repository}/${WORKFLOW}@${ref}`;
  const derived: GithubClaims = {
    iss: GITHUB_ISSUER,
    sub: `repo:${repository}:${subjectContext({ ...given, ref, event_name })}`,
    aud: `https://github.com/${owner}`,
    jti: randomUUID(),
    iat,
    nbf: iat - EARLY_SECONDS,
    exp: iat + LIFE_SECONDS,
    repository,
    repository_id: '1296269',
    repository_owner: owner,
    repository_owner_id: '583231',
    repository_visibility: 'public',
    workflow: 'publish-packages',
    workflow_ref: started,
    workflow_sha: sha,
    job_workflow_ref: started,
    job_workflow_sha: sha,
    ref,
    ref_type: ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    ref_protected: 'true',
    sha,
    head_ref: '',
    base_ref: '',
    event_name,
    run_id: '1536140711',
    run_number: '42',
    run_attempt: '1',
    check_run_id: '4096',
    runner_environment: 'github-hosted',
    actor: 'octocat',
    actor_id: '583231',
  };
  const all = Object.entries({ ...derived, ...given });
  return Object.fromEntries(all.filter(([, value]) => value !== undefined));
}

/**
 * The last part of the default subject: the environment, if the job has one; else what was built.
 * Repositories made since July 2026 have ids in the first part, too
 * (`repo:owner@id/name@id:ref:…`): a test that needs that form gives `sub`.
 */
function subjectContext({ environment, event_name, ref }: ClaimChanges): string {
  if (environment !== undefined) return `environment:${environment}`;
  return event_name === 'pull_request' ? 'pull_request' : `ref:${ref}`;
}

/** The claims whose values GitHub also gives the job, as `GITHUB_<NAME>`. */
const VARIABLES = [
  'repository',
  'repository_id',
  'repository_owner',
  'repository_owner_id',
  'workflow',
  'workflow_ref',
  'workflow_sha',
  'ref',
  'ref_type',
  'ref_protected',
  'sha',
  'head_ref',
  'base_ref',
  'event_name',
  'run_id',
  'run_number',
  'run_attempt',
  'actor',
  'actor_id',
] as const satisfies readonly (keyof GithubClaims)[];

/**
 * The variables of the job that has these claims, without those for asking for a token. Source:
 * GitHub's "Variables reference".
 */
export function githubVariables(claims: Partial<GithubClaims>): Readonly<Record<string, string>> {
  const named = VARIABLES.map((name) => [`GITHUB_${name.toUpperCase()}`, claims[name] ?? '']);
  return {
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_API_URL: 'https://api.github.com',
    GITHUB_REF_NAME: claims.ref?.replace(/^refs\/(?:heads|tags)\//, '') ?? '',
    RUNNER_ENVIRONMENT: claims.runner_environment ?? '',
    ...Object.fromEntries(named),
  };
}
