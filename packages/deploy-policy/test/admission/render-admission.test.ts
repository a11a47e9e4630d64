import { InvalidInputError } from '@ameide/versioning-core';
import { expect, test } from 'vitest';
import {
  type AdmissionEngine,
  type AdmissionOptions,
  createPolicy,
  renderAdmission,
} from '../../src/index.ts';
import { objectsIn } from './objects-in.ts';

const POLICY = createPolicy({
  images: ['ghcr.io/ameideio/ameide-sdk-ts', 'docker.io/ameide/*'],
  environments: {
    production: { namespaceLabels: { tier: 'live' } },
    development: { proof: 'optional' },
  },
});
const identity = {
  repository: 'https://github.com/ameideio/ameide',
  workflow: '.github/workflows/publish-packages.yml',
  issuer: 'https://token.actions.githubusercontent.com',
  refs: ['refs/heads/main', 'refs/tags/v*'],
};
const signatures = { by: 'identity', identity } as const;
const SUBJECT = String.raw`^https://github\.com/ameideio/ameide//?\.github/workflows/publish-packages\.yml@(?:refs/heads/main|refs/tags/v.*)$`;

function kinds(options: AdmissionOptions): readonly string[] {
  return objectsIn(renderAdmission(POLICY, options)).map(
    ({ kind, metadata }) => `${kind} ${metadata.name}`,
  );
}

function fieldOf(options: unknown): string | undefined {
  try {
    renderAdmission(POLICY, options as AdmissionOptions);
    return undefined;
  } catch (error) {
    if (error instanceof InvalidInputError) return error.field;
    throw error;
  }
}

test('renders every environment of the policy, or those that are asked for', () => {
  expect(kinds({ engine: 'kubernetes' })).toEqual(
    ['production', 'staging', 'development', 'ephemeral'].flatMap((name) => [
      `ValidatingAdmissionPolicy ameide-images-${name}`,
      `ValidatingAdmissionPolicyBinding ameide-images-${name}`,
    ]),
  );
  const environments = ['staging'];
  expect(kinds({ engine: 'kyverno', environments, name: 'sdk' })).toEqual([
    'ValidatingPolicy sdk-staging',
  ]);
  expect(kinds({ engine: 'kyverno-cluster-policy', environments })).toEqual([
    'ClusterPolicy ameide-images-staging',
  ]);
});

test('holds in the namespaces with the labels of the environment', () => {
  const environments = ['production'];
  const matchLabels = { tier: 'live' };
  const specs = (['kubernetes', 'kyverno', 'kyverno-cluster-policy'] as const).map(
    (engine) => objectsIn(renderAdmission(POLICY, { engine, environments })).at(-1)?.['spec'],
  );
  expect(specs).toMatchObject([
    { matchResources: { namespaceSelector: { matchLabels } } },
    { matchConstraints: { namespaceSelector: { matchLabels } } },
    { rules: [{ match: { any: [{ resources: { namespaceSelector: { matchLabels } } }] } }] },
  ]);
});

test.each([
  ['kubernetes', 'deny', { validationActions: ['Deny'] }],
  ['kubernetes', 'warn', { validationActions: ['Warn', 'Audit'] }],
  ['kubernetes', 'audit', { validationActions: ['Audit'] }],
  ['kyverno', 'deny', { validationActions: ['Deny'] }],
  ['kyverno', 'warn', { validationActions: ['Warn'] }],
  ['kyverno', 'audit', { validationActions: ['Audit'] }],
  ['kyverno-cluster-policy', 'deny', { rules: [{ validate: { failureAction: 'Enforce' } }] }],
  [
    'kyverno-cluster-policy',
    'warn',
    { emitWarning: true, rules: [{ validate: { failureAction: 'Audit' } }] },
  ],
  ['kyverno-cluster-policy', 'audit', { rules: [{ validate: { failureAction: 'Audit' } }] }],
] as const)('%s: %s', (engine, action, spec) => {
  const options = { engine, action, environments: ['production'] };
  expect(objectsIn(renderAdmission(POLICY, options)).at(-1)?.['spec']).toMatchObject(spec);
});

test('asks for signatures of the images that are signed, if not all are', () => {
  const signedImages = ['ghcr.io/ameideio/ameide-sdk-ts'];
  const globs = (more: Partial<AdmissionOptions>): string =>
    JSON.stringify(
      objectsIn(renderAdmission(POLICY, { engine: 'sigstore', signatures, ...more }))[0]?.['spec'],
    );
  expect(globs({})).toContain('index.docker.io/ameide/');
  expect(globs({ signedImages })).not.toContain('docker.io/ameide/');
  expect(globs({ signedImages })).toContain('ghcr.io/ameideio/ameide-sdk-ts:');
  expect(fieldOf({ engine: 'sigstore', signatures, signedImages: [] })).toBe('signedImages');
  expect(fieldOf({ engine: 'sigstore', signatures, signedImages: ['a b'] })).toBe(
    'signedImages[0]',
  );
});

test('asks for signatures where the environment asks for proofs', () => {
  const environments = ['production', 'development'];
  expect(kinds({ engine: 'kyverno', environments, signatures })).toEqual([
    'ValidatingPolicy ameide-images-production',
    'ImageValidatingPolicy ameide-images-production-signatures',
    'ValidatingPolicy ameide-images-development',
  ]);
  const [, images] = objectsIn(
    renderAdmission(POLICY, { engine: 'kyverno', environments, signatures }),
  );
  const attestor = {
    keyless: { identities: [{ issuer: identity.issuer, subjectRegExp: SUBJECT }] },
  };
  expect(images?.['spec']).toMatchObject({ attestors: [{ cosign: attestor }] });
});

test('a private Sigstore’s root, and a key with and without the public log, are in Kyverno’s policy', () => {
  const attestorOf = (more: NonNullable<AdmissionOptions['signatures']>): unknown => {
    const options = { engine: 'kyverno', environments: ['production'], signatures: more } as const;
    const spec = objectsIn(renderAdmission(POLICY, options)).at(-1)?.['spec'];
    return (spec as { readonly attestors: readonly { readonly cosign: unknown }[] }).attestors[0]
      ?.cosign;
  };
  const trustedRoot = { mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1' };
  expect(attestorOf({ ...signatures, trustedRoot })).toMatchObject({
    trustedRoot: { value: JSON.stringify(trustedRoot) },
  });
  const key = { by: 'key', publicKey: '-----BEGIN PUBLIC KEY-----\n' } as const;
  expect(attestorOf(key)).toEqual({ key: { data: key.publicKey } });
  expect(attestorOf({ ...key, log: false })).toEqual({
    key: { data: key.publicKey },
    ctlog: { insecureIgnoreTlog: true, insecureIgnoreSCT: true },
  });
});

test('Sigstore’s policy-controller gets one policy of every image, with tag and with digest', () => {
  const [only, ...others] = objectsIn(renderAdmission(POLICY, { engine: 'sigstore', signatures }));
  expect(others).toEqual([]);
  expect(only).toMatchObject({
    kind: 'ClusterImagePolicy',
    spec: {
      mode: 'enforce',
      images: [
        { glob: 'ghcr.io/ameideio/ameide-sdk-ts:**' },
        { glob: 'ghcr.io/ameideio/ameide-sdk-ts@**' },
        { glob: 'index.docker.io/ameide/**' },
      ],
      authorities: [{ keyless: { identities: [{ subjectRegExp: SUBJECT }] } }],
    },
  });
  const warned = renderAdmission(POLICY, { engine: 'sigstore', signatures, action: 'warn' });
  expect(objectsIn(warned)[0]).toMatchObject({ spec: { mode: 'warn' } });
});

test('names the field that it cannot render', () => {
  const key = { by: 'key', publicKey: '-----BEGIN PUBLIC KEY-----' } as const;
  const fields: readonly (readonly [field: string, options: unknown])[] = [
    ['engine', { engine: 'gatekeeper' }],
    ['environments', { engine: 'kubernetes', environments: [] }],
    ['env', { engine: 'kubernetes', environments: ['prod'] }],
    ['action', { engine: 'kubernetes', action: 'Deny' }],
    ['name', { engine: 'kubernetes', name: 'Ameide' }],
    ['signatures', { engine: 'kubernetes', signatures }],
    ['signatures', { engine: 'kyverno-cluster-policy', signatures }],
    ['signatures', { engine: 'sigstore' }],
    ['signatures.by', { engine: 'kyverno', signatures: 'identity' }],
    ['signatures.publicKey', { engine: 'kyverno', signatures: { ...key, publicKey: 'key' } }],
    ['signatures.identity', { engine: 'kyverno', signatures: { by: 'identity' } }],
    ['signatures.by', { engine: 'sigstore', signatures: key }],
    [
      'signatures.trustedRoot',
      { engine: 'sigstore', signatures: { ...signatures, trustedRoot: {} } },
    ],
  ];
  expect(fields.map(([, options]) => fieldOf(options))).toEqual(fields.map(([field]) => field));
});

test('a label that YAML 1.1 takes for something else than text has quotes', () => {
  const labels = ['on', 'y', 'NO', '1_000', '0x1f', '1e3', '1.5', 'null', '2026-01-01', 'true'];
  for (const label of labels) {
    const policy = createPolicy({
      images: POLICY.images,
      environments: { production: { namespaceLabels: { label } } },
    });
    const text = renderAdmission(policy, { engine: 'kubernetes', environments: ['production'] });
    expect(text).toContain(`label: "${label}"\n`);
  }
});

test('the same policy is the same text', () => {
  const engines: readonly AdmissionEngine[] = ['kubernetes', 'kyverno', 'sigstore'];
  for (const engine of engines) {
    const options = engine === 'kubernetes' ? { engine } : { engine, signatures };
    expect(renderAdmission(POLICY, options)).toBe(renderAdmission(POLICY, options));
  }
});
