import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault, RecordingProxyOptions } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { expect, test } from 'vitest';
import { git } from './lab.ts';
import { ended, provingLab } from './proving.ts';

type Request = Parameters<NonNullable<RecordingProxyOptions['fault']>>[0];

/** A push: its pack, not its look at the refs. */
const isPush = ({ method, path }: Pick<Request, 'method' | 'path'>): boolean =>
  method === 'POST' && path.endsWith('/git-receive-pack');

needs('git')('the push of a provenance, when', () => {
  test('its answer is a fault: the run completes, and the next one sends nothing', async () => {
    let fault: Fault | undefined;
    const proving = await provingLab({
      proxy: {
        fault(request) {
          if (!isPush(request)) return undefined;
          const once = fault;
          fault = undefined;
          return once;
        },
      },
    });
    const { lab, sigstore } = proving;
    const faults: Readonly<Record<string, Fault>> = {
      'a 503 before it got there': { kind: 'status', status: 503 },
      'a 503 after it was taken': { kind: 'status', status: 503, forward: true },
      'lost before it got there': { kind: 'reset' },
      'lost after it was taken': { kind: 'reset', forward: true },
      'cut in half': { kind: 'truncate' },
    };
    const sha = lab.commit();
    const run = await proving.open(sha);
    await run.publish();
    const ref = `refs/attestations/${proving.commitOf(sha)}`;
    for (const [title, one] of Object.entries(faults)) {
      lab.proxy.clear();
      fault = one;
      expect(ended(await run.sign()), title).toEqual(['signed']);
      expect(fault, title).toBeUndefined();
      lab.proxy.clear();
      const logged = sigstore.entries().length;
      expect(ended(await run.sign()), title).toEqual(['already-signed']);
      expect(lab.proxy.mutating(), title).toEqual([]);
      expect(sigstore.entries(), title).toHaveLength(logged);
      expect(lab.moves(ref), title).toHaveLength(1);
      git(lab.bare, ['update-ref', '-d', ref]);
    }
  });

  test.each([
    ['its answer is lost', { kind: 'reset', forward: true }, 'go-outcome-unknown', 'unknown'],
    ['it is accepted', undefined, 'go-unreachable', 'committed'],
  ] as const)(
    '%s, and the host does not answer any more: the next run finds it',
    async (_what, answer, code, effect) => {
      let isDown: boolean | undefined;
      const proving = await provingLab({
        proxy: {
          fault(request) {
            if (isDown === false && isPush(request)) {
              isDown = true;
              return answer;
            }
            return isDown === true ? { kind: 'reset' } : undefined;
          },
        },
      });
      const { lab } = proving;
      const sha = lab.commit();
      const run = await proving.open(sha);
      await run.publish();
      isDown = false;
      expect(await run.sign()).toMatchObject([{ outcome: 'blocked', problem: { code, effect } }]);
      expect(await run.proofs()).toMatchObject([
        { state: 'unknown', problem: { code: 'go-unreachable' } },
      ]);
      isDown = undefined;
      lab.proxy.clear();
      expect(ended(await (await proving.open(sha)).sign())).toEqual(['already-signed']);
      expect(lab.proxy.mutating()).toEqual([]);
    },
  );

  test('two runs sign at once: both succeed, with one provenance', async () => {
    let arrived: (() => void)[] | undefined;
    const proving = await provingLab({
      proxy: {
        async onRequest(request) {
          const waiting = arrived;
          if (waiting === undefined || !isPush(request)) return;
          await new Promise<void>((resolve) => {
            waiting.push(resolve);
            if (waiting.length < 2) return;
            arrived = undefined;
            for (const go of waiting) go();
          });
        },
      },
    });
    const { lab } = proving;
    const sha = lab.commit();
    const runs = [await proving.open(sha), await proving.open(sha)];
    await runs[0]?.publish();
    arrived = [];
    const both = await Promise.all(runs.map(async (run) => run.sign()));
    expect(both.flatMap(ended).toSorted()).toEqual(['already-signed', 'signed']);
    expect(lab.moves(`refs/attestations/${proving.commitOf(sha)}`)).toHaveLength(1);
  });

  test('the host takes branches and tags only: the problem quotes it', async () => {
    const proving = await provingLab();
    const { lab } = proving;
    const hook = join(lab.bare, 'hooks', 'update');
    const refuse =
      'case "$1" in refs/heads/*|refs/tags/*) ;; *) echo "illegal: $1" >&2; exit 1;; esac';
    writeFileSync(hook, `#!/bin/sh\n${refuse}\n`);
    chmodSync(hook, 0o755);
    const sha = lab.commit();
    const run = await proving.open(sha);
    expect(await run.check()).toEqual([]);
    await run.publish();
    expect(await run.sign()).toMatchObject([
      {
        outcome: 'blocked',
        problem: { code: 'go-provenance-refused', kind: 'incomplete', rerun: 'after-fix' },
      },
    ]);
    expect(proving.attestation(sha)).toBeUndefined();
  });

  test('the log does not answer: nothing is pushed, and the next run pushes the provenance', async () => {
    const proving = await provingLab();
    const { lab, signing } = proving;
    const sha = lab.commit();
    const sigstore = { ...signing.sigstore, rekor: lab.proxy.url };
    const run = await proving.open(sha, undefined, { signing: { ...signing, sigstore } });
    await run.publish();
    expect(ended(await run.sign())).toEqual(['sigstore-log-failed']);
    expect(proving.attestation(sha)).toBeUndefined();
    expect(ended(await (await proving.open(sha)).sign())).toEqual(['signed']);
  });
});
