import {
  InvalidInputError,
  PUBLIC_SIGSTORE,
  type Signing,
  type SigningIdentity,
  type Sigstore,
} from '@ameide/versioning-core';
import {
  type Check,
  custom,
  httpsAddress,
  listOf,
  optional,
  shape,
  string,
} from '@ameide/versioning-core/options';

/** Whose signatures and provenances are accepted, as `release.config.ts` says it. */
export type IdentityOption = Pick<SigningIdentity, 'repository' | 'workflow'> &
  Partial<Pick<SigningIdentity, 'issuer' | 'refs'>>;

const ISSUERS: Readonly<Record<string, string>> = {
  'github.com': 'https://token.actions.githubusercontent.com',
  'gitlab.com': 'https://gitlab.com',
};

const origin = httpsAddress(
  'an https address without a slash at its end, for example https://fulcio.example.com',
  ({ pathname, href }) => pathname === '/' || !href.endsWith('/'),
);

export const identityOption: Check<IdentityOption> = shape<IdentityOption>({
  repository: httpsAddress(
    'the https address of the source repository without ".git", for example https://github.com/ameideio/ameide',
    ({ pathname }) => !/\/$|\.git$/.test(pathname),
  ),
  workflow: string(
    'the file of the workflow, for example .github/workflows/publish.yml',
    /^(?:https:\/\/)?[^@\s]+\.ya?ml$/,
  ),
  issuer: optional(origin),
  refs: optional(
    listOf(
      string(
        'a branch or a tag, for example refs/heads/main, or many with a * at the end, for example refs/tags/v*',
        /^refs\/(?:heads|tags)\/[^\s*]*\*?(?<!\/)$/,
      ),
      "a list of branches and tags, for example ['refs/heads/main', 'refs/tags/v*']",
      1,
    ),
  ),
});

export const sigstoreOption: Check<Sigstore> = shape<Sigstore>({
  fulcio: origin,
  rekor: origin,
  rekorVersion: optional(custom<1 | 2>((value) => value === 1 || value === 2, '1 or 2')),
  timestamps: optional(origin),
  trustedRoot: optional(
    custom<object>(
      (value) => isObject(value) && 'tlogs' in value,
      'the JSON of a trusted root: mediaType, certificateAuthorities, ctlogs, tlogs',
    ),
  ),
});

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

interface SigningOptions {
  readonly identity?: IdentityOption;
  readonly sigstore?: Sigstore;
}

/**
 * Returns what a definition says about signing. Throws `InvalidInputError` for an issuer or a timestamp authority
 * that it must name, and for a workflow that GitHub cannot run.
 */
export function signingOf({ identity, sigstore = PUBLIC_SIGSTORE }: SigningOptions): Signing {
  requireTimestamps(sigstore);
  if (identity === undefined) return { sigstore };
  const { host } = new URL(identity.repository);
  requireGithubPath(host, identity.workflow);
  const issuer = identity.issuer ?? ISSUERS[host];
  if (issuer !== undefined) return { sigstore, identity: { ...identity, issuer } };
  throw new InvalidInputError(
    {
      field: 'identity.issuer',
      expected: `who issues the identity tokens of ${host}, for example https://token.actions.githubusercontent.com`,
    },
    'release-definition',
  );
}

/** GitHub runs workflows of one folder alone: a signature by any other file would never come. */
function requireGithubPath(host: string, workflow: string): void {
  if (host !== 'github.com' || /^(?:https:|\.github\/workflows\/)/.test(workflow)) return;
  throw new InvalidInputError(
    {
      field: 'identity.workflow',
      received: workflow,
      expected: "the file's path in the repository, for example .github/workflows/publish.yml",
    },
    'release-definition',
  );
}

/** Version 2 of the log promises no time, and a certificate is valid for ten minutes. */
function requireTimestamps({ rekorVersion, timestamps }: Sigstore): void {
  if (rekorVersion !== 2 || timestamps !== undefined) return;
  throw new InvalidInputError(
    {
      field: 'sigstore.timestamps',
      expected:
        'the timestamp authority that version 2 of the log needs, for example https://timestamp.sigstore.dev',
    },
    'release-definition',
  );
}
