import { describe, expect, test } from 'vitest';
import { checkManifests, createPolicy, pinManifests } from '../../src/index.ts';
import { DEV, fields, POLICY, SDK } from './fields.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

describe('text', () => {
  test.each([
    ['an argument', `args: ["--image=${DEV}"]`, ['spec.containers[0].args[0]']],
    ['a variable', `env: [{name: A, value: "${DEV}"}]`, ['spec.containers[0].env[0].value']],
    ['a folded text', `args:\n      - >-\n        see ${DEV}.`, ['spec.containers[0].args[0]']],
    ['two in one', `args: ["${DEV} ${DEV}"]`, Array(2).fill('spec.containers[0].args[0]')],
    ['another spelling', 'args: ["GHCR.IO:443/acme/sdk:dev"]', ['spec.containers[0].args[0]']],
    ['a short name', 'args: ["acme/sdk:dev"]', ['spec.containers[0].args[0]']],
    ['an old name', 'args: ["index.docker.io/acme/sdk:dev"]', ['spec.containers[0].args[0]']],
    ['an image for skopeo', `args: ["see docker://${DEV} dir:/x"]`, ['spec.containers[0].args[0]']],
    ['an artifact', `args: ["--image=oci://${DEV}"]`, ['spec.containers[0].args[0]']],
    ['a digest with a full stop', `args: ["${DEV}@${DIGEST}."]`, ['spec.containers[0].args[0]']],
    ['something after it', `args: ["${DEV}@cluster"]`, ['spec.containers[0].args[0]']],
    ['a key', `"${DEV}": 1`, ['spec.containers[0]["ghcr.io/acme/sdk:dev"]']],
    ['the shortest text', 'args: ["acme/sdk:1"]', ['spec.containers[0].args[0]']],
  ])('%s', (_, line, expected) => {
    const text = `kind: Pod\nspec:\n  containers:\n  - image: nginx\n    ${line}\n`;
    expect(fields(text)).toEqual(expected);
  });

  test('YAML in a ConfigMap, and what kubectl applied last', () => {
    const text = `kind: ConfigMap
metadata:
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: |
      {"spec":{"containers":[{"image":"${DEV}"}]}}
data:
  pod.yaml: |
    image: ${DEV}
`;
    expect(fields(text)).toEqual([
      'metadata.annotations["kubectl.kubernetes.io/last-applied-configuration"]',
      'data["pod.yaml"]',
    ]);
  });

  test.each([
    ['a comment', `# ${DEV}\nkind: Pod # image: ${DEV}\n`],
    ['a name alone', `a: ${SDK}\n`],
    [
      'another name around it',
      `a: x.${DEV}\nb: my-${DEV}\nc: x/${DEV}\nd: ghcr.io/acmes/sdk:dev\n`,
    ],
    ['an address', `a: https://${SDK}:8080/path\n`],
    ['a kind of image that is allowed', `a: ${SDK}:0.1.0\nb: ${SDK}@sha256:${'a'.repeat(64)}\n`],
  ])('%s is not found', (_, text) => {
    const { problems } = checkManifests([{ path: 'a.yaml', text }], {
      policy: POLICY,
      environment: 'production',
    });
    expect(problems).toEqual([]);
  });
});

function check(value: string, environment = 'production', policy = POLICY) {
  const text = `kind: ConfigMap\ndata:\n  a: ${JSON.stringify(value)}\n`;
  return checkManifests([{ path: 'a.yaml', text }], { policy, environment });
}

describe('digests in text', () => {
  const policy = createPolicy({
    images: [SDK],
    environments: { pinned: { tags: ['release'], digest: 'required' } },
  });

  test.each([
    [`see ${SDK}:0.1.0`, 'pinned', ['deploy-digest-required']],
    [`see ${SDK}:0.1.0@${DIGEST}.`, 'pinned', []],
    [`see ${SDK}@sha512:${'a'.repeat(128)}.`, 'production', ['deploy-digest-not-sha256']],
    [`see ${SDK}:0.1.0@sha256:${'a'.repeat(63)}`, 'production', ['deploy-digest-not-sha256']],
  ])('%s in %s', (value, environment, codes) => {
    const { problems } = check(value, environment, policy);
    expect(problems.map(({ code }) => code)).toEqual(codes);
  });
});

describe('variables in text', () => {
  test.each([
    `${SDK}:$(TAG)`,
    `--image=${SDK}:\${TAG}`,
    `docker run ${SDK}:$TAG sh`,
    `${SDK}@$(DIGEST)`,
    `${SDK}@sha256:$(DIGEST)`,
    `${SDK}:0.1.0$(SUFFIX)`,
    `${SDK}:0.1.0-$(SUFFIX)`,
  ])('%s', (value) => {
    const { images, problems } = check(value);
    expect(problems).toMatchObject([{ code: 'deploy-variable', field: 'data.a' }]);
    expect(images).toEqual([]);
    const text = `a: ${JSON.stringify(value)}\n`;
    const pinned = pinManifests([{ path: 'a.yaml', text }], {
      policy: POLICY,
      environment: 'production',
      pins: [{ name: SDK, tag: '0.1.0', digest: DIGEST, sha: 'a'.repeat(40) }],
    });
    expect(pinned.problems).toMatchObject([{ code: 'deploy-pin-in-text' }]);
  });

  test.each([`postgres:$(TAG)`, `echo ${SDK}:0.1.0 $(TAG)`, `x-${SDK}:$(TAG)`])(
    '%s is none of ours',
    (value) => {
      expect(check(value).problems).toEqual([]);
    },
  );
});

describe('documents in text', () => {
  test.each([
    `image:\n  repository: ${SDK}\n  tag: dev\n`,
    `{"image": {"repository": "${SDK}", "tag": "dev"}}`,
    `images:\n  ${SDK}: {tag: dev}\n`,
  ])('%j is a note', (value) => {
    const { notes, problems } = check(value);
    expect(problems).toEqual([]);
    expect(notes).toEqual([
      expect.stringContaining(`a.yaml:3 names ${SDK} without a tag inside a longer string`),
    ]);
  });

  test.each([
    `see ${SDK} for more`,
    `image: ${SDK}:0.1.0\n`,
    `image: ${SDK}@${DIGEST}\n`,
    `image: x-${SDK}\nurl: https://${SDK}\n`,
  ])('%j is not', (value) => {
    expect(check(value).notes).toEqual([]);
  });
});
