import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createProcesses, createWorkspace } from '../../src/index.ts';
import {
  classifyProof,
  provenanceOf,
  SLSA_PROVENANCE,
  verifyBundle,
} from '../../src/sigstore/index.ts';
import { DIGEST, IDENTITY, signingLab, WORKFLOW } from './signed.ts';
import { CHANGES } from './tampered.ts';

const OTHER = `sha256:${'0b'.repeat(32)}`;

describe('a bundle', () => {
  test('proves its statement, and who signed it for which commit', async () => {
    const lab = await signingLab({ sha: 'a'.repeat(40) });
    expect(verifyBundle(await lab.sign(), DIGEST, lab.trusted)).toMatchObject({
      value: {
        signer: WORKFLOW,
        statement: { subject: [{ digest: { sha256: '0a'.repeat(32) } }] },
        certificate: {
          issuer: IDENTITY.issuer,
          workflow: WORKFLOW,
          repository: IDENTITY.repository,
          sha: 'a'.repeat(40),
          ref: 'refs/heads/main',
        },
      },
    });
  });

  test('about other bytes proves nothing of these', async () => {
    const lab = await signingLab();
    expect(verifyBundle(await lab.sign(), OTHER, lab.trusted)).toMatchObject({
      fault: 'other-subject',
    });
  });

  test.each([
    ['another workflow', { workflow: '.github/workflows/other.yml' }],
    ['a workflow with a longer name', { workflow: '.github/workflows/publish-packages.ym' }],
    ['another repository', { repository: 'https://github.com/ameideio/other' }],
    ['another issuer', { issuer: 'https://gitlab.com' }],
  ])('of somebody else than %s is none of theirs', async (_who, difference) => {
    const lab = await signingLab();
    const trusted = { ...lab.trusted, identity: { ...IDENTITY, ...difference } };
    expect(verifyBundle(await lab.sign(), DIGEST, trusted)).toMatchObject({
      fault: 'other-signer',
      reason: expect.stringMatching(/\S/),
    });
  });

  test.each([
    ['refs/tags/v1.0.0', true],
    ['refs/heads/main', true],
    ['refs/heads/maintenance', false],
    ['refs/heads/feature', false],
    ['refs/heads/v1.0.0', false],
    ['refs/pull/7/merge', false],
  ])('signed for %s counts where refs accepts it: %s', async (ref, counts) => {
    const lab = await signingLab({ ref });
    const identity = { ...IDENTITY, refs: ['refs/heads/main', 'refs/tags/v*'] };
    const trusted = { ...lab.trusted, identity };
    const verdict = verifyBundle(await lab.sign(), DIGEST, trusted);
    expect(verdict).toMatchObject(counts ? { value: {} } : { fault: 'other-signer' });
  });

  test('signed for another ref says which, and which count', async () => {
    const lab = await signingLab({ ref: 'refs/heads/feature' });
    const identity = { ...IDENTITY, refs: ['refs/heads/main', 'refs/tags/v*'] };
    const trusted = { ...lab.trusted, identity };
    expect(verifyBundle(await lab.sign(), DIGEST, trusted)).toMatchObject({
      reason:
        "the signer's run was for refs/heads/feature, not for refs/heads/main or refs/tags/v*",
    });
  });

  test('of another Sigstore is not valid', async () => {
    const [one, other] = [await signingLab(), await signingLab()];
    expect(verifyBundle(await one.sign(), DIGEST, other.trusted)).toMatchObject({
      fault: 'invalid',
    });
  });

  test.each(['', 'no JSON', '{}', '[]', 'null', '{"mediaType":7}'])('is not %j', async (text) => {
    const lab = await signingLab();
    expect(verifyBundle(Buffer.from(text), DIGEST, lab.trusted)).toMatchObject({
      fault: 'malformed',
    });
  });
});

describe('a provenance', () => {
  const sha = 'c'.repeat(40);
  const { repository } = IDENTITY;

  test('proves the commit and the repository that it names, and no other', async () => {
    const lab = await signingLab({ sha });
    const predicate = provenanceOf({ repository, sha }, {});
    const bundle = await lab.sign(DIGEST, { predicateType: SLSA_PROVENANCE, predicate });
    const ask = (from: { sha: string; repository?: string }) =>
      classifyProof('provenance', [bundle], { digest: DIGEST, from, trusted: lab.trusted });
    expect(ask({ sha, repository })).toEqual({ state: 'proven', signer: WORKFLOW, sha });
    expect(ask({ sha })).toMatchObject({ state: 'proven' });
    expect(ask({ sha: 'd'.repeat(40), repository })).toMatchObject({ state: 'wrong' });
    expect(ask({ sha, repository: 'https://github.com/o/r' })).toMatchObject({ state: 'wrong' });
    expect(
      classifyProof('signature', [bundle], { digest: DIGEST, from: { sha }, trusted: lab.trusted }),
    ).toEqual({ state: 'missing' });
  });

  test('by a run for another commit proves what it names, and says which the run was for', async () => {
    const lab = await signingLab({ sha: 'd'.repeat(40) });
    const predicate = provenanceOf({ repository, sha }, {});
    const bundle = await lab.sign(DIGEST, { predicateType: SLSA_PROVENANCE, predicate });
    const question = { digest: DIGEST, from: { sha, repository }, trusted: lab.trusted };
    expect(classifyProof('provenance', [bundle], question)).toEqual({
      state: 'proven',
      signer: WORKFLOW,
      sha,
      runSha: 'd'.repeat(40),
    });
  });

  test.each([
    ['no predicate', {}],
    ['no dependencies', { buildDefinition: {} }],
    ['a dependency that is no object', { buildDefinition: { resolvedDependencies: [7, null] } }],
    [
      'a digest that is no string',
      { buildDefinition: { resolvedDependencies: [{ digest: { gitCommit: 7 } }] } },
    ],
  ])('with %s proves no commit', async (_what, predicate) => {
    const lab = await signingLab();
    const bundle = await lab.sign(DIGEST, { predicateType: SLSA_PROVENANCE, predicate });
    const question = { digest: DIGEST, from: { sha }, trusted: lab.trusted };
    expect(classifyProof('provenance', [bundle], question)).toMatchObject({
      state: 'wrong',
      reason: expect.stringContaining('no commit'),
    });
  });

  test('beside others that are not valid is enough', async () => {
    const lab = await signingLab();
    const predicate = provenanceOf({ repository, sha }, {});
    const good = await lab.sign(DIGEST, { predicateType: SLSA_PROVENANCE, predicate });
    const bad = await lab.sign(OTHER, { predicateType: SLSA_PROVENANCE, predicate });
    const question = { digest: DIGEST, from: { sha, repository }, trusted: lab.trusted };
    expect(classifyProof('provenance', [bad, Buffer.from('{'), good], question)).toMatchObject({
      state: 'proven',
    });
  });
});

needs('cosign')('cosign agrees', () => {
  test('about every change to a bundle', { timeout: 120_000 }, async () => {
    const lab = await signingLab();
    const [text, other] = [await lab.sign(), await lab.sign(OTHER)].map((bytes) =>
      Buffer.from(bytes).toString(),
    ) as [string, string];
    const ask = cosignOf(lab.running.trustedRootFile, await folder());
    expect({ ours: isValid(text), cosign: await ask(text) }).toEqual({ ours: true, cosign: true });
    function isValid(bundle: string): boolean {
      return verifyBundle(Buffer.from(bundle), DIGEST, lab.trusted).value !== undefined;
    }
    const verdicts = [];
    for (const [name, change] of Object.entries(CHANGES)) {
      const bundle = JSON.parse(text);
      change(bundle, JSON.parse(other));
      const changed = JSON.stringify(bundle);
      expect(changed, name).not.toBe(text);
      verdicts.push({ name, ours: isValid(changed), cosign: await ask(changed) });
    }
    expect(verdicts.length).toBeGreaterThanOrEqual(30);
    expect(verdicts.filter(({ ours }) => ours)).toEqual([]);
    const differing = verdicts.filter(({ cosign, ours }) => cosign !== ours);
    expect(differing.map(({ name }) => name)).toEqual(STRICTER);
  });
});

/** Cosign is content with the log's time then. A signer has no reason to send a wrong timestamp. */
const STRICTER: readonly string[] = [
  'the timestamp has one other bit',
  'the timestamp is another one',
  'the timestamp is there twice',
];

async function folder(): Promise<string> {
  const made = await createWorkspace();
  onTestFinished(async () => made.dispose());
  return made.directory;
}

function cosignOf(trustedRoot: string, cwd: string): (bundle: string) => Promise<boolean> {
  const processes = createProcesses();
  return async (bundle) => {
    const file = join(cwd, 'bundle.json');
    await writeFile(file, bundle);
    const { ok } = await processes.run({
      argv: [
        'cosign',
        'verify-blob-attestation',
        `--bundle=${file}`,
        `--trusted-root=${trustedRoot}`,
        `--certificate-oidc-issuer=${IDENTITY.issuer}`,
        `--certificate-identity=${WORKFLOW}`,
        '--type=https://sigstore.dev/cosign/sign/v1',
        `--digest=${DIGEST.slice('sha256:'.length)}`,
        '--digestAlg=sha256',
      ],
      cwd,
      env: { TUF_ROOT: join(cwd, 'tuf') },
    });
    return ok;
  };
}
