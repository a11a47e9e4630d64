import { type ClaimChanges, type Fault, startRecordingProxy } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { createHttp } from '@ameide/publisher-kit';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { pypi } from '../src/index.ts';
import {
  type AttestingWorld,
  attesting,
  attestingWorld,
  checked,
  expectNoSecret,
  proofs,
  publish,
  servedFiles,
  verifyAsPypi,
} from './attesting.ts';
import { commit, type Opened, open, PROJECT, removeScratch } from './world.ts';

interface Attestation {
  version: number;
  verification_material: {
    certificate: string;
    transparency_entries: {
      integratedTime: string;
      canonicalizedBody: string;
      inclusionPromise: { signedEntryTimestamp: string };
    }[];
  };
  envelope: { statement: string; signature: string };
}

interface Provenance {
  attestation_bundles: { attestations: Attestation[] }[];
}

/** Changes one bit in the middle of some base64. */
function flipped(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  return bytes.toString('base64');
}

/** Replaces text in the statement, under the old signature. */
function stating(from: RegExp, to: string): (attestation: Attestation) => void {
  return ({ envelope }) => {
    const text = Buffer.from(envelope.statement, 'base64').toString();
    envelope.statement = Buffer.from(text.replace(from, to)).toString('base64');
  };
}

function entryOf({ verification_material: material }: Attestation) {
  const [entry] = material.transparency_entries;
  if (entry === undefined) throw new Error('the attestation has a log entry');
  return entry;
}

const TAMPERED: Readonly<Record<string, (attestation: Attestation) => void>> = {
  'another commit': stating(/"gitCommit":"[0-9a-f]+"/, `"gitCommit":"${'f'.repeat(40)}"`),
  'another digest': stating(/"sha256":"[0-9a-f]+"/, `"sha256":"${'f'.repeat(64)}"`),
  'another file': stating(/"name":"[^"]+"/, '"name":"other-1.0.tar.gz"'),
  'a bit of the signature': ({ envelope }) => {
    envelope.signature = flipped(envelope.signature);
  },
  'a bit of the certificate': ({ verification_material: material }) => {
    material.certificate = flipped(material.certificate);
  },
  'no log entry': ({ verification_material: material }) => {
    material.transparency_entries = [];
  },
  'a bit of the log entry': (attestation) => {
    entryOf(attestation).canonicalizedBody = flipped(entryOf(attestation).canonicalizedBody);
  },
  'a time after the certificate': (attestation) => {
    entryOf(attestation).integratedTime = `${Number(entryOf(attestation).integratedTime) + 86_400}`;
  },
  'a bit of the log’s promise': (attestation) => {
    const { inclusionPromise } = entryOf(attestation);
    inclusionPromise.signedEntryTimestamp = flipped(inclusionPromise.signedEntryTimestamp);
  },
};

async function published(): Promise<{ readonly world: AttestingWorld; readonly opened: Opened }> {
  const world = await attestingWorld();
  const opened = await attesting(world, commit(PROJECT));
  expect(await publish(opened)).toMatchObject({ outcome: 'published' });
  return { world, opened };
}

/** Serves this instead of the attestations of every file. */
function serve(world: AttestingWorld, status: number, body: string): void {
  world.fault = ({ path }) =>
    path.startsWith('/integrity/') ? { kind: 'status', status, body } : undefined;
}

needs('git', 'pypi-attestations')('changed attestations', () => {
  afterAll(removeScratch);

  test('are refused by PyPA’s own program and by ours alike', async () => {
    const { opened, world } = await published();
    const wheel = (await servedFiles(world)).find(({ filename }) => filename.endsWith('.whl'));
    const provenanceUrl = wheel?.provenance ?? '';
    const bytes = new Uint8Array(await (await fetch(wheel?.url ?? '')).arrayBuffer());
    const answer = (await (await fetch(provenanceUrl)).json()) as Provenance;
    for (const [what, change] of Object.entries(TAMPERED)) {
      const changed = structuredClone(answer);
      for (const { attestations } of changed.attestation_bundles) attestations.forEach(change);
      world.fault = ({ path }) =>
        path === new URL(provenanceUrl).pathname
          ? { kind: 'status', status: 200, body: JSON.stringify(changed) }
          : undefined;
      const [ours] = await proofs(opened);
      const theirs = await verifyAsPypi(world, wheel?.filename ?? '', bytes, changed);
      expect([what, ours?.state, ours?.problem?.code, theirs.ok]).toEqual([
        what,
        'wrong',
        'pypi-wrong-attestation',
        false,
      ]);
    }
  });
});

needs('git')('an attestation', () => {
  afterAll(removeScratch);

  test('by a workflow that the definition does not name is wrong', async () => {
    const { opened, world } = await published();
    const { identity } = world.signing;
    if (identity === undefined) throw new Error('the world names a signer');
    const other = { ...identity, workflow: '.github/workflows/release.yml' };
    const plan = { ...opened.plan, signing: { ...world.signing, identity: other } };
    expect(await proofs({ ...opened, plan })).toMatchObject([
      {
        state: 'wrong',
        problem: {
          code: 'pypi-wrong-attestation',
          kind: 'conflict',
          hint: expect.stringContaining(
            '`identity` in the release definition and the trusted root',
          ),
        },
      },
    ]);
  });

  test('is not about a file that was replaced', async () => {
    const { opened, world } = await published();
    world.fault = ({ path }) =>
      path.endsWith('.whl') ? { kind: 'status', status: 200, body: 'other bytes' } : undefined;
    expect(await proofs(opened)).toMatchObject([
      { state: 'wrong', problem: { message: expect.stringContaining('.whl') } },
    ]);
  });

  test.each<[string, number, string, object]>([
    ['that is gone', 404, '', { state: 'missing', problem: { code: 'pypi-no-attestation' } }],
    ['behind a broken index', 503, '', { state: 'unknown', problem: { effect: 'none' } }],
    [
      'that is a page of HTML',
      200,
      '<!doctype html>',
      { state: 'unknown', problem: { code: 'pypi-unreadable' } },
    ],
    [
      'of nothing',
      200,
      '{"attestation_bundles":[null,{"attestations":[1,{}]}]}',
      { state: 'missing' },
    ],
  ])('%s is never proven', async (_what, status, body, expected) => {
    const { opened, world } = await published();
    serve(world, status, body);
    expect(await proofs(opened)).toMatchObject([expected]);
  });
});

needs('git')('before anything is sent, nothing is uploaded', () => {
  afterAll(removeScratch);

  test('with a definition without identity', async () => {
    const world = await attestingWorld();
    const { identity: _, ...signing } = world.signing;
    const { plan, publisher, step } = await attesting(world, commit(PROJECT), { signing });
    expect(await publisher.validate?.(plan, step())).toMatchObject([
      { code: 'pypi-attestations-identity', kind: 'input' },
    ]);
  });

  test('with a log that gives no time', async () => {
    const world = await attestingWorld();
    const { sigstore, ...rest } = world.signing;
    const signing = { ...rest, sigstore: { ...sigstore, rekorVersion: 2 as const } };
    const { plan, publisher, step } = await attesting(world, commit(PROJECT), { signing });
    expect(await publisher.validate?.(plan, step())).toMatchObject([
      { code: 'pypi-attestations-log', kind: 'input', field: 'sigstore.rekorVersion' },
    ]);
  });

  test('to PyPI with a stored token', async () => {
    const { registry, signing } = await attestingWorld();
    // A stand-in for pypi.org, where nothing is published.
    const asked: string[] = [];
    const http = createHttp({
      attempts: 1,
      fetch: async (input) => {
        asked.push(new Request(input).url);
        return new Response('', { status: 404 });
      },
    });
    const options = { attestations: true, token: registry.token, ports: { http, env: {} } };
    const opened = await open(commit(PROJECT), options);
    const plan = opened.publisher.plan({ ...opened.release, signing });
    expect(await checked({ ...opened, plan })).toContainEqual(
      expect.objectContaining({ code: 'pypi-attestations-need-trust', kind: 'authentication' }),
    );
    expect(asked.every((url) => url.startsWith('https://pypi.org/simple/'))).toBe(true);
  });

  test.each<[string, ClaimChanges]>([
    ['another repository', { repository: 'somebody/else' }],
    [
      'another workflow',
      { job_workflow_ref: 'ameideio/ameide/.github/workflows/other.yml@refs/heads/main' },
    ],
  ])('by a job of %s', async (_what, claims) => {
    const world = await attestingWorld(claims);
    const opened = await attesting(world, commit(PROJECT));
    expect(await checked(opened)).toContainEqual(
      expect.objectContaining({ code: 'sigstore-other-identity', kind: 'policy' }),
    );
    const result = await publish(opened);
    expect(result).toMatchObject({ problem: { code: 'sigstore-not-accepted', effect: 'none' } });
    expect(world.proxy.mutating()).toEqual([]);
    expectNoSecret(world, [result, opened.messages]);
  });

  test('from a machine without an identity', async () => {
    const world = await attestingWorld({}, { ACTIONS_ID_TOKEN_REQUEST_URL: '' });
    const opened = await attesting(world, commit(PROJECT), { token: world.registry.token });
    expect(await checked(opened)).toMatchObject([
      { code: 'sigstore-no-identity', kind: 'authentication' },
    ]);
    expect(await publish(opened)).toMatchObject({ problem: { code: 'sigstore-no-identity' } });
    expect(world.proxy.mutating()).toEqual([]);
  });

  test.each<[string, string, Fault]>([
    ['Fulcio', 'garbage', { kind: 'status', status: 200, body: '<!doctype html>' }],
    ['Fulcio', 'an error', { kind: 'status', status: 500 }],
    ['Rekor', 'garbage', { kind: 'status', status: 201, body: '<!doctype html>' }],
    ['Rekor', 'a refusal', { kind: 'status', status: 400, body: '{}' }],
  ])('because %s answers %s, even to the second file alone', async (service, _answer, fault) => {
    const world = await attestingWorld();
    const path = service === 'Fulcio' ? '/api/v2/signingCert' : '/api/v1/log/entries';
    const broken = await startRecordingProxy(world.sigstore.url, {
      fault: (request) => (request.path === path && request.count > 1 ? fault : undefined),
    });
    onTestFinished(() => broken.stop());
    const sigstore = { ...world.signing.sigstore, fulcio: broken.url, rekor: broken.url };
    const opened = await attesting(world, commit(PROJECT), {
      signing: { ...world.signing, sigstore },
    });
    const result = await publish(opened);
    expect(result).toMatchObject({
      outcome: 'incomplete',
      problem: { code: expect.stringMatching(/^sigstore-/), effect: 'none' },
    });
    expect(world.proxy.mutating()).toEqual([]);
    expectNoSecret(world, [result, opened.messages]);
  });
});

describe('options', () => {
  test('that are no boolean are refused', () => {
    expect(() => pypi({ directory: 'sdk', attestations: 'yes' as never })).toThrow('attestations');
  });
});
