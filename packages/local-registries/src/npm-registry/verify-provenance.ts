import { createHash } from 'node:crypto';
import { bundleFromJSON } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { type Signer, toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';

/** A version that somebody wants to publish with a provenance. */
export interface ProvenVersion {
  readonly name: string;
  readonly version: string;
  readonly access: unknown;
  readonly manifest: { readonly repository?: { readonly url?: string } | string };
  readonly tarball: Buffer;
  /** The attachment's JSON. */
  readonly bundle: string;
}

interface ReadStatement {
  readonly predicateType?: string;
  readonly subject?: readonly {
    readonly name?: string;
    readonly digest?: { readonly sha512?: string };
  }[];
}

/** https://docs.npmjs.com/generating-provenance-statements names no other. */
const PROVENANCE = 'https://slsa.dev/provenance/v1';
const FULCIO = '1.3.6.1.4.1.57264.1';
const EXTENSIONS = { runner: 11, repository: 12, visibility: 22 } as const;

/**
 * Verifies a provenance as npmjs does before it stores the version, as far as that is known from its answers in public
 * threads: "Failed to validate repository information", "Unsupported GitHub Actions runner environment" and "… source
 * repository visibility". Returns the words of its answer, or undefined.
 */
export function provenanceFault(of: ProvenVersion, trustedRoot: object): string | undefined {
  try {
    return findFault(of, trustedRoot);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function findFault(of: ProvenVersion, trustedRoot: object): string | undefined {
  const bundle = bundleFromJSON(JSON.parse(of.bundle));
  if (bundle.content.$case !== 'dsseEnvelope') return 'No DSSE envelope found in bundle';
  const material = toTrustMaterial(TrustedRoot.fromJSON(trustedRoot));
  const signer = new Verifier(material).verify(toSignedEntity(bundle));
  const statement = JSON.parse(bundle.content.dsseEnvelope.payload.toString()) as ReadStatement;
  if (statement.predicateType !== PROVENANCE)
    return `Unsupported predicate type: ${statement.predicateType}`;
  const [subject, ...more] = statement.subject ?? [];
  if (more.length > 0 || subject?.name !== packageUrl(of))
    return `Subject "${subject?.name}" does not match the package "${packageUrl(of)}"`;
  if (subject.digest?.sha512 !== createHash('sha512').update(of.tarball).digest('hex'))
    return 'Subject digest does not match the package';
  if (of.access !== 'public' && of.name.startsWith('@'))
    return 'Provenance is only supported for public packages';
  return jobFault(of, signer);
}

function jobFault({ manifest }: ProvenVersion, signer: Signer): string | undefined {
  const { repository, runner, visibility } = factsOf(signer);
  if (runner !== 'github-hosted')
    return `Unsupported GitHub Actions runner environment: "${runner}". Only "github-hosted" runners are supported when publishing with provenance.`;
  if (visibility !== 'public')
    return `Unsupported GitHub Actions source repository visibility: "${visibility}". Only public source repositories are supported when publishing with provenance.`;
  const url = typeof manifest.repository === 'object' ? (manifest.repository.url ?? '') : '';
  if (url.replace(/^git\+/, '').replace(/\.git$/, '') === repository) return undefined;
  return `Failed to validate repository information: package.json: "repository.url" is "${url}", expected to match "${repository}" from provenance`;
}

function factsOf({ identity }: Signer): Readonly<Record<keyof typeof EXTENSIONS, string>> {
  const text = (number: number): string => {
    const found = identity?.oids?.find(({ oid }) => oid?.id.join('.') === `${FULCIO}.${number}`);
    // A UTF8String in DER: its tag, its length, its bytes. These are shorter than 128 bytes.
    return found?.value.subarray(2).toString('utf8') ?? '';
  };
  return {
    runner: text(EXTENSIONS.runner),
    repository: text(EXTENSIONS.repository),
    visibility: text(EXTENSIONS.visibility),
  };
}

export function packageUrl({ name, version }: Pick<ProvenVersion, 'name' | 'version'>): string {
  return `pkg:npm/${name.replace(/^@/, '%40')}@${version}`;
}
