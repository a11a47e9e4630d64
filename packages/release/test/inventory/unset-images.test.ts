import { createPolicy } from '@ameide/deploy-policy';
import { openRepository } from '@ameide/publisher-kit';
import { createTestRepository } from '@ameide/publisher-kit/testing';
import { expect, test } from 'vitest';
import { findServices } from '../../src/inventory/find-services.ts';

const IMAGE = 'ghcr.io/acme/web';

async function usesOf(path: string, text: string | Buffer): Promise<readonly string[]> {
  await using repository = createTestRepository({ origin: 'https://github.com/acme/repository' });
  repository.write(path, text);
  repository.write('chart/Chart.yaml', 'apiVersion: v2\nname: web\nversion: 0.0.0\n');
  await using opened = await openRepository(repository.directory);
  const { services } = await findServices({
    files: opened.workingTree(),
    artifacts: [{ ecosystem: 'oci', name: IMAGE }],
    isConsumer: () => true,
    policy: createPolicy({}, [IMAGE]),
  });
  return services.flatMap(({ uses }) =>
    uses.map(({ kind, line, version }) => `${line} ${kind} ${version}`),
  );
}

const POD = (image: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec:\n  containers:\n    - name: a\n      image: ${image}\n`;

test.each([
  ['api/compose.yaml', `services:\n  api:\n    image: "${IMAGE}:$V"\n`, ['3 not-locked :$V']],
  ['api/compose.yaml', `services:\n  api:\n    image: ${IMAGE}:\${V}\n`, ['3 not-locked :${V}']],
  [
    'api/compose.yaml',
    `services:\n  api:\n    image: ${IMAGE}:\${V:?must}\n`,
    ['3 not-locked :${V:?must}'],
  ],
  [
    'api/compose.yaml',
    'services:\n  api:\n    image: ${REG}/acme/web:0.1.0\n',
    ['3 not-locked ${REG}/acme/web:0.1.0'],
  ],
  ['api/compose.yaml', `services:\n  api:\n    image: ${IMAGE}:0.1.0\n`, ['3 registry 0.1.0']],
  ['deploy/pod.yaml', POD(`${IMAGE}:$V`), [`7 not-locked ${IMAGE}:$V`]],
  ['deploy/pod.yaml', POD(`${IMAGE}:0.1.0`), ['7 registry 0.1.0']],
  ['deploy/pod.yaml', POD(`${IMAGE}-other:$V`), []],
  [
    'chart/templates/w.yaml',
    POD(`${IMAGE}:{{ .Values.tag }}`),
    [`7 not-locked ${IMAGE}:{{ .Values.tag }}`],
  ],
  [
    'chart/templates/w.yaml',
    POD(`"{{ .Values.registry }}/acme/web:0.1.0"`),
    ['7 not-locked {{ .Values.registry }}/acme/web:0.1.0'],
  ],
  [
    '.github/workflows/ci.yaml',
    `jobs: { a: { container: { image: '${IMAGE}:\${{ github.sha }}' } } }\n`,
    [],
  ],
  ['api/Dockerfile', `FROM node\nCOPY --from=${IMAGE}:$V / /\n`, [`2 not-locked ${IMAGE}:$V`]],
  ['api/Dockerfile', `FROM \\\n  ${IMAGE}:$V\n`, ['2 not-locked :$V']],
  [
    'api/Dockerfile',
    `FROM node\nRUN --mount=type=bind,from=${IMAGE}:$V,target=/x ls\n`,
    [`2 not-locked ${IMAGE}:$V`],
  ],
  ['api/Dockerfile', `ARG V=0.1.0\nFROM ${IMAGE}:$V\n`, ['1 registry 0.1.0']],
  ['api/Dockerfile', `# FROM ${IMAGE}:$V\nFROM node\n`, []],
] as const)('%s: %j', async (path, text, uses) => {
  expect(await usesOf(path, text)).toEqual(uses);
});

test('files that are not UTF-8 are read as far as they can be', async () => {
  const before = Buffer.from([0x23, 0xe9, 0x0a]);
  const text = Buffer.from(`FROM ${IMAGE}:$V\n`);
  expect(await usesOf('api/Dockerfile', Buffer.concat([before, text]))).toEqual([
    `2 not-locked ${IMAGE}:$V`,
  ]);
  expect(await usesOf('deploy/pod.yaml', Buffer.concat([before, Buffer.from(POD('x'))]))).toEqual(
    [],
  );
});
