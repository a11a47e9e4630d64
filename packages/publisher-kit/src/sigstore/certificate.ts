import type { ObjectIdentifierValuePair } from '@sigstore/protobuf-specs';
import type { Signer } from '@sigstore/verify';

/** What a certificate of Fulcio says of a workflow's run (Fulcio, docs/oid-info.md). */
export interface CertificateFacts {
  /** Who issued the identity token. */
  readonly issuer: string;
  /** The workflow's file and ref: `https://github.com/o/r/.github/workflows/publish.yml@refs/heads/main`. */
  readonly workflow: string;
  /** `https://github.com/o/r`. */
  readonly repository?: string;
  /** The commit that the workflow ran for. */
  readonly sha?: string;
  /** `refs/heads/main`. */
  readonly ref?: string;
  /** The page of the run. */
  readonly run?: string;
}

const FULCIO = '1.3.6.1.4.1.57264.1.';
const EXTENSIONS = { repository: 12, sha: 13, ref: 14, run: 21 } as const;

/** Undefined for a key, and for a certificate that names nobody. */
export function factsOf({ identity }: Signer): CertificateFacts | undefined {
  const { extensions, oids = [], subjectAlternativeName: workflow } = identity ?? {};
  if (extensions?.issuer === undefined || workflow === undefined) return undefined;
  const found = Object.entries(EXTENSIONS).flatMap(([name, number]) => {
    const text = textOf(oids.find(({ oid }) => oid?.id.join('.') === `${FULCIO}${number}`));
    return text === undefined ? [] : [[name, text]];
  });
  return { issuer: extensions.issuer, workflow, ...Object.fromEntries(found) };
}

/** A UTF8String in DER: its tag, its length in one byte or several, its bytes. */
function textOf(pair: ObjectIdentifierValuePair | undefined): string | undefined {
  if (pair?.value[0] !== 0x0c) return undefined;
  const length = pair.value[1] ?? 0;
  const start = length < 0x80 ? 2 : 2 + (length & 0x7f);
  return pair.value.subarray(start).toString('utf8');
}
