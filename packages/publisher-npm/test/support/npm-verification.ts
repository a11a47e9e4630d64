import pacote from 'pacote';
import { plantedTrust } from './planted-trust.ts';
import type { ProvingWorld } from './proving.ts';

/** Verifies a version as `npm audit signatures` does, with npm's own code. */
export async function verifyAsNpm({ proxy, sigstore }: ProvingWorld): Promise<object> {
  const response = await fetch(`${proxy.url}/-/npm/v1/keys`);
  const { keys } = (await response.json()) as { readonly keys: readonly { key: string }[] };
  const pem = (key: string): string =>
    `-----BEGIN PUBLIC KEY-----\n${key}\n-----END PUBLIC KEY-----`;
  return pacote.manifest('@x/a@0.1.0', {
    registry: `${proxy.url}/`,
    cache: await plantedTrust({}),
    tufCache: await plantedTrust(sigstore.trustedRoot),
    verifyAttestations: true,
    [`//${new URL(proxy.url).host}/:_keys`]: keys.map((one) => ({
      ...one,
      pemkey: pem(one.key),
    })),
  } as pacote.Options);
}
