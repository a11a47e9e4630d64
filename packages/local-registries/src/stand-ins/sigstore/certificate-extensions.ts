/** A certificate extension of Fulcio. `legacy`: the bare string, without DER around it. */
export interface FulcioExtension {
  readonly oid: string;
  readonly value: string;
  readonly legacy: boolean;
}

type Claims = Readonly<Record<string, unknown>>;

const FULCIO = '1.3.6.1.4.1.57264.1';
const SERVER = 'https://github.com';

/**
 * What Fulcio writes into a certificate of a GitHub job: the last number of the extension's OID, and
 * the claims that its value is made of. Source: "Mapping OIDC token claims to Fulcio OIDs" in
 * Fulcio's `docs/oid-info.md`, and what Fulcio 1.8 makes of such a token (`test/recorded/sigstore.json`). 1 to 6 are bare strings, the others DER.
 */
const EXTENSIONS: readonly (readonly [number, (claims: Claims) => string | undefined])[] = [
  [1, claim('iss')],
  [2, claim('event_name')],
  [3, claim('sha')],
  [4, claim('workflow')],
  [5, claim('repository')],
  [6, claim('ref')],
  [8, claim('iss')],
  [9, page('job_workflow_ref')],
  [10, claim('job_workflow_sha')],
  [11, claim('runner_environment')],
  [12, page('repository')],
  [13, claim('sha')],
  [14, claim('ref')],
  [15, claim('repository_id')],
  [16, page('repository_owner')],
  [17, claim('repository_owner_id')],
  [18, page('workflow_ref')],
  [19, claim('workflow_sha')],
  [20, claim('event_name')],
  [21, runAddress],
  [22, claim('repository_visibility')],
  [23, claim('environment')],
  [24, claim('sub')],
];

/** Without these Fulcio takes no token of GitHub Actions. */
export const NEEDED_CLAIMS = [
  'sub',
  'job_workflow_ref',
  'job_workflow_sha',
  'sha',
  'event_name',
  'repository',
  'repository_id',
  'repository_owner',
  'repository_owner_id',
  'repository_visibility',
  'workflow',
  'workflow_ref',
  'workflow_sha',
  'ref',
  'runner_environment',
  'run_id',
  'run_attempt',
] as const;

/** The subject alternative name, a URI: the workflow file that has the job, at its ref. */
export function certificateSubject(claims: Claims): string {
  return page('job_workflow_ref')(claims) ?? '';
}

export function certificateExtensions(claims: Claims): readonly FulcioExtension[] {
  return EXTENSIONS.flatMap(([last, valueOf]) => {
    const value = valueOf(claims);
    return value === undefined ? [] : [{ oid: `${FULCIO}.${last}`, value, legacy: last < 7 }];
  });
}

function claim(name: string): (claims: Claims) => string | undefined {
  return (claims) => (typeof claims[name] === 'string' ? claims[name] : undefined);
}

function page(name: string): (claims: Claims) => string | undefined {
  return (claims) => (typeof claims[name] === 'string' ? `${SERVER}/${claims[name]}` : undefined);
}

function runAddress(claims: Claims): string {
  const { repository, run_id, run_attempt } = claims;
  return `${SERVER}/${String(repository)}/actions/runs/${String(run_id)}/attempts/${String(run_attempt)}`;
}
