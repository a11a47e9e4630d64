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

  test.each(['fulcio', 'rekor'] as const)('is one whose %s alone is not public', (name) => {
    const mixed = { ...PUBLIC_SIGSTORE, [name]: OWN[name] };
    expect(missingTrustedRoot(mixed)).toMatchObject(MISSING);
  });
});

test.each([
  ['the public Sigstore', PUBLIC_SIGSTORE],
  [
    'the same with a slash at its end',
    { ...PUBLIC_SIGSTORE, fulcio: `${PUBLIC_SIGSTORE.fulcio}/` },
  ],
  ['one with its trusted root', { ...OWN, trustedRoot: {} }],
])('%s needs no other trusted root', (_which, sigstore) => {
  expect(missingTrustedRoot(sigstore)).toBeUndefined();
});
