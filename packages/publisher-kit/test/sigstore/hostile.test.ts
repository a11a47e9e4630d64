import { describe, expect, test } from 'vitest';
import {
  classifyProof,
  SLSA_PROVENANCE,
  type Statement,
  verifyBundle,
} from '../../src/sigstore/index.ts';
import { DIGEST, IDENTITY, signingLab } from './signed.ts';

/** Anybody can have a statement certified and logged, and attach it where he may push. */
describe('a statement that somebody had certified', () => {
  const own = { digest: { sha256: '0a'.repeat(32) } };

  test.each([
    ['a subject that is nothing', [null]],
    ['a subject without a digest', [{ name: 'a' }]],
    ['a digest that is nothing', [{ digest: null }]],
    ['a subject that is nothing beside the right one', [own, null]],
    ['a name that is no string', [{ ...own, name: { toString: 1, valueOf: 1 } }]],
  ])('with %s is no bundle, and breaks nothing', async (_what, subject) => {
    const lab = await signingLab();
    const bundle = await lab.sign(DIGEST, { subject: subject as unknown as Statement['subject'] });
    expect(verifyBundle(bundle, DIGEST, lab.trusted, 'another')).toMatchObject({
      fault: 'malformed',
    });
  });
});

describe('a signature of the right workflow', () => {
  test.each([
    ['a pull request', { ref: 'refs/pull/7/merge' }],
    ['a merge request', { ref: 'refs/merge-requests/7/head' }],
  ])('for %s proves nothing: nobody has accepted its code', async (_what, claims) => {
    const lab = await signingLab(claims);
    expect(verifyBundle(await lab.sign(), DIGEST, lab.trusted)).toMatchObject({
      fault: 'other-signer',
      reason: expect.stringContaining(claims.ref),
    });
  });

  test.each(['refs/heads/refs/pull/7/merge', 'refs/tags/v1.0.0'])('for %s counts', async (ref) => {
    const lab = await signingLab({ ref });
    expect(verifyBundle(await lab.sign(), DIGEST, lab.trusted).value).toBeDefined();
  });
});

test('a file whose name goes on after the right one is another workflow', async () => {
  const file = 'ameideio/ameide/.github/workflows/publish-packages.yml@refs/x.yml';
  const lab = await signingLab({ job_workflow_ref: `${file}@refs/heads/main` });
  expect(verifyBundle(await lab.sign(), DIGEST, lab.trusted)).toMatchObject({
    fault: 'other-signer',
  });
  const branch = await signingLab({ ref: 'refs/heads/a@refs/b' });
  expect(verifyBundle(await branch.sign(), DIGEST, branch.trusted).value).toBeDefined();
});

test.each([undefined, IDENTITY.repository])(
  'a provenance that names two commits of one repository proves neither (%s)',
  async (repository) => {
    const sha = 'c'.repeat(40);
    const lab = await signingLab();
    const source = (gitCommit: string, uri = IDENTITY.repository) => ({
      uri: `git+${uri}@refs/heads/main`,
      digest: { gitCommit },
    });
    const ask = async (...resolvedDependencies: readonly object[]) => {
      const predicate = { buildDefinition: { resolvedDependencies } };
      const bundle = await lab.sign(DIGEST, { predicateType: SLSA_PROVENANCE, predicate });
      const question = { digest: DIGEST, from: { sha, repository }, trusted: lab.trusted };
      return classifyProof('provenance', [bundle], question).state;
    };
    expect(await ask(source('d'.repeat(40)), source(sha))).toBe('wrong');
    const material = source('d'.repeat(40), 'https://github.com/o/material');
    expect(await ask(material, source(sha))).toBe('proven');
  },
);
