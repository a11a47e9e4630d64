import { randomBytes } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { TEST_SHA } from '@ameide/publisher-kit/testing';
import { describe, expect, test } from 'vitest';
import { BRANCH, git, MODULE, tagRef } from './lab.ts';
import { ended, FILE, planted, provingLab, SIGNER, SOURCE } from './proving.ts';

/** The statement in the first bundle of a provenance's ref. */
function statementAt(bare: string, ref: string): unknown {
  const [line = ''] = git(bare, ['show', `${ref}:${FILE}`]).split('\n');
  const { dsseEnvelope } = JSON.parse(line) as { dsseEnvelope: { payload: string } };
  return JSON.parse(Buffer.from(dsseEnvelope.payload, 'base64').toString());
}

needs('git')('the provenance of a mirror', () => {
  test('is in a ref for each commit, and says what the commit was built from; a second run signs and writes nothing', async () => {
    const proving = await provingLab();
    const { issuer, lab, sigstore } = proving;
    const sha = lab.commit();
    const run = await proving.open(sha);
    expect(await run.validate()).toEqual([]);
    expect(await run.check()).toEqual([]);
    expect(run.events.map(({ message }) => message)).toContain(
      `publish signs the provenance of go:${MODULE} and pushes it to the mirror as refs/attestations/<commit>`,
    );
    expect(await run.proofs()).toMatchObject([{ state: 'missing' }]);
    await run.publish();
    const commit = proving.commitOf(sha);
    const facts = { coordinate: run.plan.coordinates[0], kind: 'provenance', digest: commit };
    const proof = { ...facts, sha, signer: SIGNER, runSha: TEST_SHA };
    expect(await run.sign()).toEqual([{ ...proof, outcome: 'signed' }]);
    expect(await run.proofs()).toEqual([{ ...proof, state: 'proven' }]);
    const ref = `refs/attestations/${commit}`;
    expect(git(lab.bare, ['ls-tree', '-r', '--name-only', ref])).toBe(FILE);
    expect(git(lab.bare, ['rev-list', '--count', ref])).toBe('1');
    expect(statementAt(lab.bare, ref)).toMatchObject({
      subject: [{ name: MODULE, digest: { gitCommit: commit } }],
      predicateType: 'https://slsa.dev/provenance/v1',
      predicate: {
        buildDefinition: {
          resolvedDependencies: [{ uri: `git+${SOURCE}`, digest: { gitCommit: sha } }],
        },
      },
    });

    const [logged, asked] = [sigstore.entries().length, issuer.requests.length];
    lab.proxy.clear();
    const second = await proving.open(sha);
    expect(await second.check()).toEqual([]);
    expect(second.events).toEqual([]);
    await second.publish();
    expect(ended(await second.sign())).toEqual(['already-signed']);
    expect(lab.proxy.mutating()).toEqual([]);
    expect([sigstore.entries().length, issuer.requests.length]).toEqual([logged, asked]);
    const seen = JSON.stringify([run.events, lab.argv, lab.proxy.requests]);
    const known = run.publisher.secrets?.().map((secret) => secret.reveal()) ?? [];
    // Its own, and one identity token for the check and one for the signature.
    expect(known).toHaveLength(3);
    expect([...known, ...issuer.secrets()].filter((secret) => seen.includes(secret))).toEqual([]);
  });

  test('is the same for a dev build and the release of one commit, and another for another commit', async () => {
    const proving = await provingLab();
    const { lab } = proving;
    const [first, second] = [lab.commit(), lab.commit()];
    expect(ended(await proving.publish(first))).toEqual(['signed']);
    expect(ended(await proving.publish(first, tagRef('v0.1.0')))).toEqual(['already-signed']);
    expect(ended(await proving.publish(second, tagRef('v0.2.0')))).toEqual(['signed']);
    // Somebody moves the tag to the next version's commit, whose own provenance is valid.
    git(lab.bare, ['tag', '--force', 'v0.1.0', proving.commitOf(second)]);
    const moved = await proving.open(first, tagRef('v0.1.0'));
    expect(ended(await moved.proofs())).toEqual(['go-wrong-provenance']);
    expect(ended(await moved.sign())).toEqual(['go-tag-exists']);
    // And to a commit that claims to be ours.
    const altered = planted(lab, (folder) => writeFileSync(join(folder, 'evil.go'), 'package x\n'));
    const message = `x\n\nSource-Commit: ${first}`;
    const claims = git(lab.bare, ['commit-tree', `${altered}^{tree}`, '-m', message]);
    for (const tag of ['v0.1.0', `source-${first}`]) git(lab.bare, ['tag', '--force', tag, claims]);
    const claimed = await proving.open(first, tagRef('v0.1.0'));
    expect(ended(await claimed.proofs())).toEqual(['missing']);
    expect(ended(await claimed.sign())).toEqual(['go-mirror-altered']);
    expect(proving.attestation(first)).toBeUndefined();
  });

  test('holds the branch: it moves to no commit without one, nor to one that is not ours', async () => {
    const proving = await provingLab();
    const { lab } = proving;
    const sha = lab.commit();
    const run = await proving.open(sha, tagRef('v0.1.0'));
    await run.publish();
    const moved = async () => (await run.promote()).map((one) => one.problem?.code ?? one.outcome);
    expect(await moved()).toEqual(['go-commit-not-proven']);
    expect(ended(await run.sign())).toEqual(['signed']);
    const ours = proving.commitOf(sha);
    const tag = (commit: string): string => git(lab.bare, ['tag', '--force', 'v0.1.0', commit]);
    // The same files, and history of somebody else's.
    const message = git(lab.bare, ['log', '-1', '--format=%B', ours]);
    tag(git(lab.bare, ['commit-tree', `${ours}^{tree}`, '-p', ours, '-m', message]));
    expect(await moved()).toEqual(['go-commit-not-proven']);
    tag(planted(lab, (folder) => writeFileSync(join(folder, 'evil.go'), 'package x\n')));
    expect(await moved()).toEqual(['go-tag-exists']);
    expect(lab.refs()['refs/heads/main']).toBeUndefined();
    tag(ours);
    expect(await moved()).toEqual(['moved']);
    expect(lab.refs()['refs/heads/main']).toBe(ours);
  });

  test('is not of a commit that took the place of ours, with other generated files, after it was read back', async () => {
    const proving = await provingLab({ files: { '.gitignore': 'gen/\n' } });
    const { lab } = proving;
    const prepare = (checkout: string): void => {
      mkdirSync(join(checkout, 'packages/sdk/gen'));
      writeFileSync(join(checkout, 'packages/sdk/gen/a.go'), 'package gen\n');
    };
    const sha = lab.commit();
    const run = await proving.open(sha, BRANCH, { fromCheckout: ['gen/'], prepare });
    await run.publish();
    const readBack = await run.inspect();
    const ours = proving.commitOf(sha);
    const clone = lab.scratch();
    git(clone, ['clone', '--quiet', lab.bare, '.']);
    git(clone, ['checkout', '--quiet', '--detach', ours]);
    writeFileSync(join(clone, 'gen/a.go'), 'package gen // evil\n');
    git(clone, ['commit', '--quiet', '--all', '--message', `x\n\nSource-Commit: ${sha}`]);
    git(clone, ['push', '--quiet', '--force', lab.bare, `HEAD:refs/tags/source-${sha}`]);
    expect(proving.commitOf(sha)).not.toBe(ours);
    expect(ended(await run.sign(readBack))).toEqual(['go-commit-replaced']);
    expect(proving.sigstore.entries()).toEqual([]);
    expect(proving.attestation(sha)).toBeUndefined();
  });

  test('comes from the next run if one was killed before it signed; without the option there is none', async () => {
    const proving = await provingLab();
    const { lab } = proving;
    const sha = lab.commit();
    const plain = await proving.open(sha, undefined, { provenance: false });
    expect(Object.keys(plain.publisher)).not.toContain('sign');
    await plain.publish();
    lab.proxy.clear();
    const next = await proving.open(sha);
    expect(await next.check()).toEqual([]);
    await next.publish();
    expect(ended(await next.sign())).toEqual(['signed']);
    expect(lab.proxy.mutating()).toHaveLength(1);
  });

  test('is removed with the tag of a dev build, and stays with a version', async () => {
    const proving = await provingLab();
    const { lab } = proving;
    const [old, kept] = [lab.commit(), lab.commit()];
    await proving.publish(old);
    await proving.publish(kept, tagRef('v0.1.0'));
    const removed = proving.commitOf(old);
    const { plan, publisher, step } = await proving.open(kept);
    const coordinates = [old, kept].map(
      (sha) => ({ ecosystem: 'go', name: MODULE, version: `source-${sha}` }) as const,
    );
    expect(await publisher.remove?.(plan, coordinates, step)).toMatchObject([
      { outcome: 'removed' },
      { outcome: 'kept' },
    ]);
    const refs = Object.keys(lab.refs());
    expect(refs).not.toContain(`refs/attestations/${removed}`);
    expect(refs).toContain(`refs/attestations/${proving.commitOf(kept)}`);
  });
});

needs('git')('before anything is sent, a provenance is refused', () => {
  test('with a definition without identity', async () => {
    const proving = await provingLab();
    const { identity: _, ...nobody } = proving.signing;
    const run = await proving.open(proving.lab.commit(), undefined, { signing: nobody });
    expect(await run.validate()).toMatchObject([
      { code: 'go-provenance-identity', kind: 'input', field: 'identity' },
    ]);
    expect(await run.check()).toEqual([]);
  });

  test('on a machine without an identity', async () => {
    const proving = await provingLab();
    const { lab } = proving;
    const ports = { ...lab.ports, env: { GITHUB_ACTIONS: 'true' } };
    const sha = lab.commit();
    const run = await proving.open(sha, undefined, { ports });
    expect(await run.check()).toMatchObject([
      { code: 'sigstore-no-identity', kind: 'authentication', effect: 'none' },
    ]);
    // As if nobody had checked.
    await run.publish();
    expect(ended(await run.sign())).toEqual(['sigstore-no-identity']);
    expect(proving.attestation(sha)).toBeUndefined();
  });

  test('in a job of another repository, and what it signs is not pushed', async () => {
    const proving = await provingLab({ claims: { repository: 'somebody/else' } });
    const sha = proving.lab.commit();
    const run = await proving.open(sha);
    expect(await run.check()).toMatchObject([{ code: 'sigstore-other-identity', kind: 'policy' }]);
    await run.publish();
    expect(ended(await run.sign())).toEqual(['sigstore-not-accepted']);
    expect(proving.attestation(sha)).toBeUndefined();
  });
});

needs('git')('what somebody has pushed to the ref', () => {
  const hostile: Readonly<Record<string, (folder: string) => void>> = {
    'no JSON': (folder) => writeFileSync(join(folder, FILE), 'not JSON\n\n{}\n[1]\n'),
    'too large': (folder) => writeFileSync(join(folder, FILE), randomBytes(3_000_000)),
    'a link': (folder) => symlinkSync('/etc/passwd', join(folder, FILE)),
    'many files': (folder) => {
      for (let n = 0; n < 500; n += 1) writeFileSync(join(folder, `${n}.jsonl`), '{}');
    },
  };
  test('commits with other files: they prove nothing, and ours comes on top of them', async () => {
    const proving = await provingLab();
    const { lab } = proving;
    const sha = lab.commit();
    const run = await proving.open(sha);
    await run.publish();
    for (const [title, write] of Object.entries(hostile)) {
      const before = planted(lab, write);
      proving.plant(sha, before);
      expect(ended(await run.proofs()), title).toEqual(['go-wrong-provenance']);
      expect(await run.sign(), title).toMatchObject([{ outcome: 'signed', sha }]);
      const after = proving.attestation(sha) ?? '';
      expect(git(lab.bare, ['rev-parse', `${after}^`]), title).toBe(before);
    }
    // Without the file that is too large.
    const counted = git(join(run.step.workspace, 'attestations.git'), ['count-objects', '-v']);
    expect(Number(/^size-pack: (\d+)$/m.exec(counted)?.[1])).toBeLessThan(1000);
  });

  test('a blob and a tree: nothing is overwritten, and check says so', async () => {
    const proving = await provingLab();
    const { lab } = proving;
    const sha = lab.commit();
    const run = await proving.open(sha);
    await run.publish();
    const commit = planted(lab, hostile['no JSON'] as () => void);
    for (const object of [`${commit}:${FILE}`, `${commit}^{tree}`]) {
      const id = git(lab.bare, ['rev-parse', object]);
      proving.plant(sha, id);
      expect(ended(await run.proofs())).toEqual(['go-wrong-provenance']);
      expect(await run.check()).toMatchObject([{ code: 'go-provenance-ref-taken' }]);
      expect(ended(await run.sign())).toEqual(['go-provenance-ref-taken']);
      expect(proving.attestation(sha)).toBe(id);
    }
  });

  test('a valid provenance of another commit: it proves nothing, and ours comes before it', async () => {
    const proving = await provingLab();
    const { lab } = proving;
    const [first, second] = [lab.commit(), lab.commit()];
    await proving.publish(first);
    await (await proving.open(second)).publish();
    proving.plant(second, proving.attestation(first) ?? '');
    const run = await proving.open(second);
    expect(await run.proofs()).toMatchObject([
      { state: 'wrong', problem: { reason: expect.stringContaining('it is not about') as string } },
    ]);
    expect(ended(await run.sign())).toEqual(['signed']);
    const file = git(lab.bare, ['show', `${proving.attestation(second)}:${FILE}`]);
    expect(file.split('\n')).toHaveLength(2);
    expect(await run.proofs()).toMatchObject([{ state: 'proven' }]);
    expect(statementAt(lab.bare, proving.attestation(second) ?? '')).toMatchObject({
      subject: [{ digest: { gitCommit: proving.commitOf(second) } }],
    });
  });
});

describe('the option', () => {
  test('is for a mirror', async () => {
    const { goModule } = await import('../src/index.ts');
    expect(() => goModule({ directory: 'sdk', provenance: true })).toThrow(
      expect.objectContaining({ name: 'InvalidInputError', field: 'provenance' }) as Error,
    );
    expect(() => goModule({ directory: 'sdk', provenance: false })).not.toThrow();
  });
});
