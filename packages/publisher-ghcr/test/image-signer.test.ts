import { createHttp, createProcesses } from '@ameide/publisher-kit';
import { expect, test } from 'vitest';
import { imageSigner } from '../src/sign/image-signer.ts';
import { step } from './release.ts';

const PORTS = {
  env: {},
  http: createHttp({ attempts: 1 }),
  processes: createProcesses(),
};
const SIGNING = {
  sigstore: { fulcio: 'https://fulcio.corp.example', rekor: 'https://rekor.corp.example' },
};

test.each([
  ['a log of its own needs the trusted root of it', true, /^sigstore-no-trusted-root$/],
  // cosign has no key there, or is not installed: it is asked, at least.
  ['no log needs none', false, /^sigstore-cosign-/],
])('a key with %s', async (_what, log, code) => {
  const option = { key: '/nonexistent/cosign.key', publicKey: 'unused', password: 'unused', log };
  expect(await imageSigner(option, SIGNING, PORTS).check(await step())).toMatchObject({
    code: expect.stringMatching(code),
  });
});
