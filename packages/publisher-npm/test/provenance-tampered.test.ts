import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { verifyAsNpm } from './support/npm-verification.ts';
import { type ProvingWorld, proven, provingRun, provingWorld } from './support/proving.ts';
import type { Run } from './support/publishing.ts';

interface LogEntry {
  logId: { keyId: string };
  integratedTime: string;
  logIndex: string;
  canonicalizedBody: string;
  inclusionPromise?: { signedEntryTimestamp: string };
  inclusionProof?: { rootHash: string; checkpoint: { envelope: string } };
}

interface Bundle {
  mediaType: string;
  verificationMaterial: { certificate: { rawBytes: string }; tlogEntries: LogEntry[] };
  dsseEnvelope: {
    payload: string;
    payloadType: string;
    signatures: { sig: string; keyid?: string }[];
  };
}

interface Attestation {
  predicateType: string;
  bundle: Bundle;
}

const PROVENANCE = 'https://slsa.dev/provenance/v1';
const PATH = '/-/npm/v1/attestations/@x%2fa@0.1.0';

/** Changes one bit in the middle of some base64. */
function flipped(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  return bytes.toString('base64');
}

interface Statement {
  subject: { name: string; digest: Record<string, string> }[];
  predicate: { buildDefinition: { resolvedDependencies: { digest: object }[] } };
}

/** Changes what the provenance says, under the old signature. */
function stating(change: (statement: Statement) => void): (bundle: Bundle) => void {
  return ({ dsseEnvelope }) => {
    const statement = JSON.parse(
      Buffer.from(dsseEnvelope.payload, 'base64').toString(),
    ) as Statement;
    change(statement);
    dsseEnvelope.payload = Buffer.from(JSON.stringify(statement)).toString('base64');
  };
}

const entryOf = ({ verificationMaterial }: Bundle): LogEntry => {
  const [entry] = verificationMaterial.tlogEntries;
  if (entry === undefined) throw new Error('the bundle has a log entry');
  return entry;
};

const TAMPERED: Readonly<Record<string, (bundle: Bundle) => void>> = {
  'another commit': stating(({ predicate }) => {
    for (const one of predicate.buildDefinition.resolvedDependencies)
      one.digest = { gitCommit: 'f'.repeat(40) };
  }),
  'another digest': stating(({ subject: [one] }) => {
    if (one) one.digest = { sha512: createHash('sha512').update('other').digest('hex') };
  }),
  'another package': stating(({ subject: [one] }) => {
    if (one) one.name = 'pkg:npm/%40x/b@0.1.0';
  }),
  'another payload type': ({ dsseEnvelope }) => {
    dsseEnvelope.payloadType = 'application/json';
  },
  'a bit of the signature': ({ dsseEnvelope: { signatures } }) => {
    for (const one of signatures) one.sig = flipped(one.sig);
  },
  'a bit of the certificate': ({ verificationMaterial: { certificate } }) => {
    certificate.rawBytes = flipped(certificate.rawBytes);
  },
  'no log entry': ({ verificationMaterial }) => {
    verificationMaterial.tlogEntries = [];
  },
  'another log': (bundle) => {
    entryOf(bundle).logId.keyId = flipped(entryOf(bundle).logId.keyId);
  },
  'another time': (bundle) => {
    entryOf(bundle).integratedTime = `${Number(entryOf(bundle).integratedTime) + 1}`;
  },
  'a time after the certificate': (bundle) => {
    entryOf(bundle).integratedTime = `${Number(entryOf(bundle).integratedTime) + 86_400}`;
  },
  'a bit of the log entry': (bundle) => {
    entryOf(bundle).canonicalizedBody = flipped(entryOf(bundle).canonicalizedBody);
  },
  'a bit of the checkpoint': (bundle) => {
    const { checkpoint } = entryOf(bundle).inclusionProof ?? {};
    if (checkpoint) checkpoint.envelope = checkpoint.envelope.replace(/^./, 'x');
  },
  'a bit of the log’s promise': (bundle) => {
    const { inclusionPromise } = entryOf(bundle);
    if (inclusionPromise)
      inclusionPromise.signedEntryTimestamp = flipped(inclusionPromise.signedEntryTimestamp);
  },
};

async function attestations({ registry }: ProvingWorld): Promise<readonly Attestation[]> {
  const response = await fetch(`${registry.url}${PATH}`);
  return ((await response.json()) as { attestations: Attestation[] }).attestations;
}

/** Serves these attestations instead of the registry's. */
function serve(world: ProvingWorld, changed: readonly unknown[]): void {
  const body = JSON.stringify({ attestations: changed });
  world.fault = ({ path }) =>
    path.startsWith('/-/npm/v1/attestations/') ? { kind: 'status', status: 200, body } : undefined;
}

async function published(): Promise<{ readonly world: ProvingWorld; readonly run: Run }> {
  const world = await provingWorld();
  const run = await provingRun(world);
  expect(await run.publish()).toMatchObject({ outcome: 'published' });
  return { world, run };
}

test('npm’s own code and ours refuse the same changes to a provenance', async () => {
  const { run, world } = await published();
  const served = await attestations(world);
  serve(world, served);
  expect(await proven(run)).toMatchObject([{ state: 'proven' }]);
  await verifyAsNpm(world);
  for (const [what, change] of Object.entries(TAMPERED)) {
    const changed = structuredClone(served);
    for (const one of changed) if (one.predicateType === PROVENANCE) change(one.bundle);
    serve(world, changed);
    const [ours] = await proven(run);
    const theirs = await verifyAsNpm(world).then(
      () => 'accepted',
      (error: { readonly code?: string }) => error.code,
    );
    expect([what, ours?.state, ours?.problem?.code, theirs]).toEqual([
      what,
      what === 'another payload type' ? 'missing' : 'wrong',
      what === 'another payload type' ? 'npm-no-provenance' : 'npm-wrong-provenance',
      expect.stringMatching(/^EATTESTATION/),
    ]);
  }
});

describe('a provenance', () => {
  test('of another package with the same bytes is wrong', async () => {
    const { run, world } = await published();
    const { plan, publisher, step } = run;
    const other = { ...plan, coordinates: plan.coordinates, sha: 'f'.repeat(40) };
    expect(await publisher.proofs?.(other, step)).toMatchObject([
      { state: 'wrong', problem: { code: 'npm-wrong-provenance', kind: 'conflict' } },
    ]);
    expect(world.writes()).toHaveLength(1);
  });

  test('by a workflow that the definition does not name is wrong, though npm’s own code accepts it', async () => {
    const { run, world } = await published();
    const { plan, publisher, step } = run;
    const { identity } = world.signing;
    if (identity === undefined) throw new Error('the world names a signer');
    const strict = { ...identity, workflow: '.github/workflows/release.yml' };
    const signing = { ...world.signing, identity: strict };
    expect(await publisher.proofs?.({ ...plan, signing }, step)).toMatchObject([
      { state: 'wrong', problem: { reason: expect.stringContaining('publish-packages.yml') } },
    ]);
    await verifyAsNpm(world);
  });

  test('is not about a tarball that was replaced', async () => {
    const { run, world } = await published();
    world.fault = ({ path }) =>
      path.endsWith('.tgz') ? { kind: 'status', status: 200, body: 'other bytes' } : undefined;
    expect(await proven(run)).toMatchObject([
      { state: 'wrong', problem: { code: 'npm-wrong-provenance', kind: 'conflict' } },
    ]);
  });

  test.each<[string, number, string, object]>([
    ['that the registry does not have', 404, '{}', { state: 'missing' }],
    ['behind a broken registry', 503, '', { state: 'unknown', problem: { effect: 'none' } }],
    [
      'behind a page of HTML',
      200,
      '<!doctype html>',
      { state: 'unknown', problem: { code: 'npm-malformed' } },
    ],
    ['without a bundle', 200, '{"attestations":[null,{},{"bundle":1}]}', { state: 'missing' }],
  ])('%s is never proven', async (_what, status, body, expected) => {
    const { run, world } = await published();
    world.fault = ({ path }) =>
      path.startsWith('/-/npm/v1/attestations/') ? { kind: 'status', status, body } : undefined;
    expect(await proven(run)).toMatchObject([expected]);
  });
});
