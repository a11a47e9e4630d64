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

/** `digest` is `sha256:<hex>`. */
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
  const subject = { ...(name === undefined ? {} : { name }), digest: { sha256: hexOf(digest) } };
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [subject],
    predicateType,
    predicate,
  };
}

/** Throws for anything but `sha256:<hex>`: a tag can be moved between the push and the signature. */
export function hexOf(digest: string): string {
  const hex = /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1];
  if (hex === undefined) throw new TypeError(`not a sha256 digest: ${digest}`);
  return hex;
}
