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
    ['a merge train', { ref: 'refs/merge-requests/7/train' }],
    ['a merge queue', { ref: `refs/heads/gh-readonly-queue/main/pr-7-${'a'.repeat(40)}` }],
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

/** The library reads the numbers in them in quadratic time, before it verifies anything. */
test.each(['rawBytes', 'signedTimestamp'])(
  'a bundle with an endless %s is malformed',
  async (name) => {
    const lab = await signingLab();
    const bundle: unknown = JSON.parse(Buffer.from(await lab.sign()).toString());
    const longer = JSON.stringify(bundle, (key, value: unknown) =>
      key === name && typeof value === 'string'
        ? Buffer.concat([Buffer.from(value, 'base64'), Buffer.alloc(32 * 1024)]).toString('base64')
        : value,
    );
    expect(longer).not.toBe(JSON.stringify(bundle));
    expect(verifyBundle(Buffer.from(longer), DIGEST, lab.trusted)).toMatchObject({
      fault: 'malformed',
    });
  },
);

test('a statement with thousands of names, or an endless name, gives a short message', async () => {
  const lab = await signingLab();
  const digest = { sha256: '0a'.repeat(32) };
  for (const names of [
    Array.from({ length: 2000 }, (_, n) => `name-${n}`),
    ['x'.repeat(100_000)],
    ['\u001b[2K\nforged'],
  ]) {
    const bundle = await lab.sign(DIGEST, { subject: names.map((name) => ({ name, digest })) });
    const verdict = verifyBundle(bundle, DIGEST, lab.trusted, 'ours');
    const reason = verdict.fault === undefined ? '' : verdict.reason;
    expect(reason).toMatch(/^it is about [^\p{Cc}]+, not about ours$/u);
    expect(reason.length).toBeLessThan(1000);
  }
  const resolvedDependencies = Array.from({ length: 2000 }, (_, n) => ({
    uri: `git+https://github.com/o/r\n${n}`,
    digest: { gitCommit: 'x'.repeat(1000) },
  }));
  const predicate = { buildDefinition: { resolvedDependencies } };
  const bundle = await lab.sign(DIGEST, { predicateType: SLSA_PROVENANCE, predicate });
  const from = { sha: 'c'.repeat(40), repository: IDENTITY.repository };
  const { reason = '' } = classifyProof('provenance', [bundle], {
    digest: DIGEST,
    from,
    trusted: lab.trusted,
  });
  expect(reason).toMatch(/^it names [^\p{Cc}]+ and 1997 others, not /u);
  expect(reason.length).toBeLessThan(2000);
});

/** The library compares each with each other, before it verifies any. */
test.each(['tlogEntries', 'rfc3161Timestamps'])(
  'a bundle with more %s than anybody needs is none: its size alone would hold up whoever reads it',
  async (list) => {
    const lab = await signingLab();
    const bundle: unknown = JSON.parse(Buffer.from(await lab.sign()).toString());
    const repeated = (times: number): Uint8Array => {
      const text = JSON.stringify(bundle, (key, value: unknown) =>
        key === list && Array.isArray(value) ? Array(times).fill(value[0]) : value,
      );
      return Buffer.from(text);
    };
    expect(verifyBundle(repeated(1), DIGEST, lab.trusted).value).toBeDefined();
    expect(verifyBundle(repeated(32), DIGEST, lab.trusted)).toMatchObject({ fault: 'invalid' });
    expect(verifyBundle(repeated(33), DIGEST, lab.trusted)).toMatchObject({ fault: 'malformed' });
  },
);

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
