import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { bundleToJSON } from '@sigstore/bundle';
import { DSSEBundleBuilder, RekorWitness } from '@sigstore/sign';
import { type ProvenVersion, packageUrl } from './verify-provenance.ts';

/** What npmjs itself says of a published version. */
export const PUBLISH_ATTESTATION =
  'https://github.com/npm/attestation/tree/main/specs/publish/v0.1';

/** The registry's own key, and what it signs with it. */
export interface RegistryKey {
  /** The answer to `GET /-/npm/v1/keys`. */
  keys(): object;
  /** Attests that the registry has published a version, and logs it. Returns a Sigstore bundle. */
  attest(of: ProvenVersion): Promise<unknown>;
}

export function createRegistryKey(rekorUrl: string, registry: string): RegistryKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const der = publicKey.export({ type: 'spki', format: 'der' });
  const keyid = `SHA256:${createHash('sha256').update(der).digest('base64').replace(/=+$/, '')}`;
  const scheme = 'ecdsa-sha2-nistp256';
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  return {
    keys: () => ({
      keys: [{ expires: null, keyid, keytype: scheme, scheme, key: der.toString('base64') }],
    }),
    async attest(of) {
      const { name, tarball, version } = of;
      const sha512 = createHash('sha512').update(tarball).digest('hex');
      const statement = {
        _type: 'https://in-toto.io/Statement/v0.1',
        subject: [{ name: packageUrl(of), digest: { sha512 } }],
        predicateType: PUBLISH_ATTESTATION,
        predicate: { name, version, registry },
      };
      const builder = new DSSEBundleBuilder({
        signer: {
          sign: async (data) => ({
            signature: sign('sha256', data, privateKey),
            key: { $case: 'publicKey', hint: keyid, publicKey: pem },
          }),
        },
        witnesses: [new RekorWitness({ rekorBaseURL: rekorUrl, entryType: 'dsse' })],
      });
      const data = Buffer.from(JSON.stringify(statement));
      return bundleToJSON(await builder.create({ data, type: 'application/vnd.in-toto+json' }));
    },
  };
}
