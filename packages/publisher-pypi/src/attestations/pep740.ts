import { BUNDLE_TYPE } from '@ameide/publisher-kit/sigstore';

/** PEP 740, "Attestation objects". Everything binary is base64. */
export interface Attestation {
  readonly version: 1;
  readonly verification_material: {
    readonly certificate: string;
    /** As in a Sigstore bundle. */
    readonly transparency_entries: readonly object[];
  };
  readonly envelope: { readonly statement: string; readonly signature: string };
}

/** The parts of a Sigstore bundle (sigstore/protobuf-specs, `Bundle`) that an attestation has. */
interface BundleParts {
  readonly verificationMaterial: {
    readonly certificate: { readonly rawBytes: string };
    readonly tlogEntries: readonly object[];
  };
  readonly dsseEnvelope: {
    readonly payload: string;
    readonly signatures: readonly [{ readonly sig: string }];
  };
}

const STATEMENT_TYPE = 'application/vnd.in-toto+json';

/** Returns the attestation that says what a bundle says. */
export function attestationIn(bundle: Uint8Array): Attestation {
  const { dsseEnvelope, verificationMaterial } = JSON.parse(
    Buffer.from(bundle).toString(),
  ) as BundleParts;
  return {
    version: 1,
    verification_material: {
      certificate: verificationMaterial.certificate.rawBytes,
      transparency_entries: verificationMaterial.tlogEntries,
    },
    envelope: { statement: dsseEnvelope.payload, signature: dsseEnvelope.signatures[0].sig },
  };
}

/** Returns the bundle that says what an attestation says. It may be anything: verify it. */
function bundleFor(attestation: unknown): Uint8Array {
  const { envelope, verification_material: material } = recordOf(attestation);
  const { certificate, transparency_entries: tlogEntries } = recordOf(material);
  const { signature, statement } = recordOf(envelope);
  const bundle = {
    mediaType: BUNDLE_TYPE,
    verificationMaterial: { certificate: { rawBytes: certificate }, tlogEntries },
    dsseEnvelope: {
      payload: statement,
      payloadType: STATEMENT_TYPE,
      signatures: [{ sig: signature, keyid: '' }],
    },
  };
  return Buffer.from(JSON.stringify(bundle));
}

/** Returns the bundles in an answer of the Integrity API: a PEP 740 provenance object. */
export function bundlesIn(provenance: unknown): readonly Uint8Array[] {
  const groups = listIn(recordOf(provenance)['attestation_bundles']);
  return groups.flatMap((group) => listIn(recordOf(group)['attestations']).map(bundleFor));
}

function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
