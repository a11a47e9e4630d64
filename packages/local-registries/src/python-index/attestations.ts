import { bundleFromJSON } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { type Signer, toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import type { TrustedPublisher } from '../trusted-publishing/trusted-publisher.ts';
import { badRequest, Refusal } from './refusal.ts';

/** What the Integrity API answers about a file (PEP 740). */
export interface ProvenanceObject {
  readonly version: 1;
  readonly attestation_bundles: readonly {
    readonly publisher: object;
    readonly attestations: readonly unknown[];
  }[];
}

interface AttestedFile {
  readonly name: string;
  /** Hex. */
  readonly sha256: string;
  readonly publisher: TrustedPublisher;
  readonly trustedRoot: object;
}

interface Attestation {
  readonly version?: number;
  readonly verification_material?: {
    readonly certificate?: string;
    readonly transparency_entries?: readonly object[];
  };
  readonly envelope?: { readonly statement?: string; readonly signature?: string };
}

interface ReadStatement {
  readonly predicateType?: string;
  readonly subject?: readonly {
    readonly name?: string;
    readonly digest?: { readonly sha256?: string };
  }[];
}

const KINDS: ReadonlySet<string> = new Set([
  'https://docs.pypi.org/attestations/publish/v1',
  'https://slsa.dev/provenance/v1',
]);

/**
 * Verifies the attestations of one file as PyPI does (warehouse's `attestations/services.py`, pypi-attestations'
 * `Attestation.verify`), with its words, and returns what the Integrity API says of it. Throws a `Refusal`.
 */
export function verifiedProvenance(text: string, of: AttestedFile): ProvenanceObject {
  const attestations = parse(text);
  const seen = new Set<string>();
  for (const one of attestations) {
    const kind = kindOf(one, of);
    if (!KINDS.has(kind)) throw invalid(`Attestation with unsupported predicate type: ${kind}`);
    if (seen.has(kind))
      throw invalid(
        `Multiple attestations for the same file with the same predicate type (${kind}) are not supported`,
      );
    seen.add(kind);
  }
  const { environment = null, repository, workflow } = of.publisher;
  const publisher = { kind: 'GitHub', claims: null, repository, workflow, environment };
  return { version: 1, attestation_bundles: [{ publisher, attestations }] };
}

function invalid(reason: string): Refusal {
  return badRequest(`Invalid attestations supplied during upload: ${reason}`);
}

function parse(text: string): readonly Attestation[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    throw invalid('Malformed attestations: Invalid JSON');
  }
  if (!Array.isArray(list)) throw invalid('Malformed attestations: Input should be a valid list');
  if (list.length === 0)
    throw invalid('Malformed attestations: an empty attestation set is not permitted');
  if (list.length > KINDS.size)
    throw invalid(`A maximum of ${KINDS.size} attestations per file are supported`);
  return list as readonly Attestation[];
}

/** Verifies one attestation. Returns its predicate type. */
function kindOf(attestation: Attestation, of: AttestedFile): string {
  try {
    return verify(attestation, of);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw invalid(
      `Could not verify the uploaded artifact using the included attestation: ${reason}`,
    );
  }
}

function verify(
  { envelope, verification_material: material, version }: Attestation,
  { name, publisher, sha256, trustedRoot }: AttestedFile,
): string {
  if (version !== 1) throw new Error('Input should be 1');
  const bundle = bundleFromJSON({
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: {
      certificate: { rawBytes: material?.certificate },
      tlogEntries: material?.transparency_entries,
    },
    dsseEnvelope: {
      payload: envelope?.statement,
      payloadType: 'application/vnd.in-toto+json',
      signatures: [{ sig: envelope?.signature, keyid: '' }],
    },
  });
  const verifier = new Verifier(toTrustMaterial(TrustedRoot.fromJSON(trustedRoot)));
  refuseOthers(verifier.verify(toSignedEntity(bundle)), publisher);
  const statement = JSON.parse(
    Buffer.from(envelope?.statement ?? '', 'base64').toString(),
  ) as ReadStatement;
  const [subject, ...more] = statement.subject ?? [];
  if (subject === undefined || more.length > 0)
    throw new Error('too many subjects in statement (must be exactly one)');
  if (subject.name !== name)
    throw new Error(`subject does not match distribution name: ${subject.name} != ${name}`);
  if (subject.digest?.sha256 !== sha256)
    throw new Error('subject does not match distribution digest');
  return statement.predicateType ?? '';
}

const FULCIO = '1.3.6.1.4.1.57264.1';

/** The certificate must be of the workflow that the project trusts. */
function refuseOthers({ identity }: Signer, { repository, workflow }: TrustedPublisher): void {
  const text = (number: number): string => {
    const found = identity?.oids?.find(({ oid }) => oid?.id.join('.') === `${FULCIO}.${number}`);
    // A UTF8String in DER; its length has one byte or two.
    return found?.value.toString('utf8').replace(/^[^h]*(?=https:)/, '') ?? '';
  };
  const source = `https://github.com/${repository}`;
  if (text(12).toLowerCase() !== source.toLowerCase())
    throw new Error(`Certificate's Source Repository URI does not match: ${text(12)} != ${source}`);
  const file = `${text(12)}/.github/workflows/${workflow}@`;
  if (!text(18).startsWith(file))
    throw new Error(`Certificate's Build Config URI (${text(18)}) does not match ${file}`);
}
