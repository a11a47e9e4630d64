import type { Secret } from '../secret/secret.ts';

/** The claims of an identity token that we use. Its receiver checks the signature; we do not. */
export interface IdentityClaims {
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
  /** Unix seconds. */
  readonly expires: number;
  /** `ameideio/ameide`: the repository of a GitHub job, the project of a GitLab job. */
  readonly repository?: string;
  /** The file of the workflow that the run started with: `publish-packages.yml`. */
  readonly workflow?: string;
  readonly environment?: string;
  /** What the run is for: `refs/heads/main`, `refs/tags/v1.2.3`, `refs/pull/7/merge`. */
  readonly ref?: string;
  /**
   * The file that the job is written in, which is another one than `workflow` in a reusable workflow, with
   * its ref: `o/r/.github/workflows/publish.yml@refs/heads/main`. Certificates name it.
   */
  readonly jobWorkflow?: string;
  /** GitHub: who can read the repository, `public`, `private` or `internal`. */
  readonly visibility?: string;
  /** GitHub: whose machine the job runs on, `github-hosted` or `self-hosted`. */
  readonly runner?: string;
}

/**
 * Reads the claims of a JSON Web Token (RFC 7519). Returns undefined for anything else, and for a token that lacks its
 * issuer, subject, audience or expiry.
 */
export function readClaims(token: Secret): IdentityClaims | undefined {
  const claims = payloadOf(token.reveal());
  if (claims === undefined) return undefined;
  const { aud, exp } = claims;
  const audiences = (Array.isArray(aud) ? aud : [aud]).filter(isText);
  const [issuer, subject] = [textIn(claims, 'iss'), textIn(claims, 'sub')];
  if (issuer === undefined || subject === undefined || audiences.length === 0) return undefined;
  if (typeof exp !== 'number' || !Number.isFinite(exp)) return undefined;
  return { issuer, subject, audiences, expires: exp, ...placeOf(claims) };
}

type Claims = Readonly<Record<string, unknown>>;

function payloadOf(token: string): Claims | undefined {
  const parts = token.split('.');
  const [, payload = ''] = parts;
  if (parts.length !== 3 || parts.some((part) => !/^[\w-]+$/.test(part))) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    return typeof claims === 'object' && claims !== null ? (claims as Claims) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Returns where the job comes from: the claims of GitHub ("OpenID Connect reference") and of GitLab ("ID token
 * payload").
 */
function placeOf(
  claims: Claims,
): Omit<IdentityClaims, 'issuer' | 'subject' | 'audiences' | 'expires'> {
  const repository = textIn(claims, 'repository') ?? textIn(claims, 'project_path');
  const address = textIn(claims, 'workflow_ref') ?? textIn(claims, 'ci_config_ref_uri');
  const workflow = address === undefined ? undefined : fileIn(address);
  const found = {
    repository,
    workflow,
    environment: textIn(claims, 'environment'),
    // GitLab's own `ref` is the bare name.
    ref: textIn(claims, 'ref_path') ?? textIn(claims, 'ref'),
    jobWorkflow: textIn(claims, 'job_workflow_ref') ?? textIn(claims, 'ci_config_ref_uri'),
    visibility: textIn(claims, 'repository_visibility'),
    runner: textIn(claims, 'runner_environment'),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

/** `o/r/.github/workflows/publish.yml@refs/heads/main`, `gitlab.com/o/r//.gitlab-ci.yml@refs/heads/main` */
function fileIn(address: string): string | undefined {
  return /(?:\/\.github\/workflows\/|\/\/)([^@]+)@/.exec(address)?.[1];
}

function textIn(claims: Claims, name: string): string | undefined {
  const value = claims[name];
  return isText(value) ? value : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
