/** The media type of an in-toto statement in a DSSE envelope. */
export const STATEMENT_TYPE = 'application/vnd.in-toto+json';

/** in-toto Attestation Framework, spec/v1/statement.md. */
export interface Statement {
  readonly _type: 'https://in-toto.io/Statement/v1';
  readonly subject: readonly StatementSubject[];
  readonly predicateType: string;
  readonly predicate: object;
}

export interface StatementSubject {
  readonly name?: string;
  /** By algorithm, in hex: `{ sha256: '…' }`. */
  readonly digest: Readonly<Record<string, string>>;
}

/** What `cosign sign` signs since version 3: a statement that says no more than the digest. */
export const COSIGN_SIGN = 'https://sigstore.dev/cosign/sign/v1';

/** `digest` is `sha256:<hex>`, `sha512:<hex>` or `gitCommit:<full id>`. */
export function statementOf(
  digest: string,
  {
    predicate = {},
    predicateType,
    name,
  }: Partial<Pick<Statement, 'predicate'>> &
    Pick<Statement, 'predicateType'> &
    Pick<StatementSubject, 'name'>,
): Statement {
  const { algorithm, hex } = parseDigest(digest);
  const subject = { ...(name === undefined ? {} : { name }), digest: { [algorithm]: hex } };
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [subject],
    predicateType,
    predicate,
  };
}

/** A digest as statements name it (in-toto Attestation Framework, spec/v1/digest_set.md). */
export interface SubjectDigest {
  readonly algorithm: 'sha256' | 'sha512' | 'gitCommit';
  readonly hex: string;
}

/** A git commit's id is SHA-1 or SHA-256, as its repository's format is. */
const DIGEST =
  /^(?:(sha256):([0-9a-f]{64})|(sha512):([0-9a-f]{128})|(gitCommit):([0-9a-f]{40}|[0-9a-f]{64}))$/;

/**
 * Throws for anything but `sha256:<hex>`, `sha512:<hex>` and `gitCommit:<full id>`: a tag can be moved between the
 * push and the signature.
 */
export function parseDigest(digest: string): SubjectDigest {
  const [, short, shortHex = '', long, longHex = '', git, id = ''] = DIGEST.exec(digest) ?? [];
  if (short !== undefined) return { algorithm: 'sha256', hex: shortHex };
  if (long !== undefined) return { algorithm: 'sha512', hex: longHex };
  if (git !== undefined) return { algorithm: 'gitCommit', hex: id };
  throw new TypeError(`not a sha256, sha512 or gitCommit digest: ${digest}`);
}
