import { PUBLIC_SIGSTORE, type Sigstore } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { createHttp } from '../../src/index.ts';
import { identitySigner, missingTrustedRoot, trustedRootOf } from '../../src/sigstore/index.ts';
import { IDENTITY } from './signed.ts';

const OWN: Sigstore = {
  fulcio: 'https://fulcio.corp.example',
  rekor: 'https://rekor.corp.example',
};
const MISSING = { code: 'sigstore-no-trusted-root', kind: 'input', rerun: 'after-fix' };

describe("a Sigstore of one's own without a trusted root", () => {
  test('is refused before anything is published', async () => {
    const ports = { env: {}, http: createHttp({ attempts: 1 }) };
    const signer = identitySigner({ identity: IDENTITY, sigstore: OWN }, ports);
    expect(await signer.check(AbortSignal.timeout(60_000))).toMatchObject(MISSING);
  });

  test("is not verified with the public one's keys", async () => {
    expect(await trustedRootOf(OWN)).toMatchObject({ problems: [MISSING] });
  });

  test.each([
    { fulcio: OWN.fulcio },
    { rekor: OWN.rekor },
    { rekor: 'https://log2025-1.rekor.sigstore.dev.corp.example' },
    { rekor: 'https://rekor.sigstore.dev/v2' },
    { timestamps: 'https://timestamps.corp.example' },
  ])('is one of whose addresses one is not public: %j', (own) => {
    expect(missingTrustedRoot({ ...PUBLIC_SIGSTORE, ...own })).toMatchObject(MISSING);
  });
});

test.each<[string, Sigstore]>([
  ['the public Sigstore', PUBLIC_SIGSTORE],
  [
    'the same with a slash at its end',
    { ...PUBLIC_SIGSTORE, fulcio: `${PUBLIC_SIGSTORE.fulcio}/` },
  ],
  [
    'its log of version 2, with its timestamps',
    {
      ...PUBLIC_SIGSTORE,
      rekor: 'https://log2025-1.rekor.sigstore.dev',
      rekorVersion: 2,
      timestamps: 'https://timestamp.sigstore.dev',
    },
  ],
  ['one with its trusted root', { ...OWN, trustedRoot: {} }],
])('%s needs no other trusted root', (_which, sigstore) => {
  expect(missingTrustedRoot(sigstore)).toBeUndefined();
});
