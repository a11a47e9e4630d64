import { expect, test } from 'vitest';
import { type PlanQuestion, planFiles } from '../../src/consume/plan-files.ts';
import { memoryFiles } from './files.ts';

const ARTIFACTS = [
  { ecosystem: 'npm', name: '@acme/sdk', version: '0.2.0' },
  { ecosystem: 'pypi', name: 'acme-sdk', version: '0.2.0' },
  { ecosystem: 'go', name: 'example.org/acme/sdk/v2', version: 'v2.2.0' },
] as const;

const IMAGE = {
  ecosystem: 'oci',
  name: 'ghcr.io/acme/app',
  version: '0.2.0',
  tags: [{ tag: '0.2.0' }],
} as const;

async function plan(files: Readonly<Record<string, string>>, more: Partial<PlanQuestion> = {}) {
  const isIncluded = (path: string): boolean => path.startsWith('services/');
  const question = {
    artifacts: ARTIFACTS,
    isIncluded,
    npmRange: 'exact',
    isNamed: false,
    imageCommits: async () => undefined,
  } as const;
  const planned = await planFiles({ ...question, files: memoryFiles(files), ...more });
  return {
    ...planned,
    texts: Object.fromEntries(planned.files.map(({ path, text }) => [path, text])),
    reasons: planned.kept.map(({ path, reason }) => `${path}: ${reason}`),
  };
}

test('a catalog outside of the consumers changes where they use it', async () => {
  const { problems, reasons, texts } = await plan({
    'package.json': '{ "dependencies": { "@acme/sdk": "0.1.0" } }',
    'pnpm-workspace.yaml':
      "packages: [services/*]\ncatalog:\n  '@acme/sdk': ^0.1.0\ncatalogs:\n  old:\n    '@acme/sdk': ^0.0.1\n",
    'services/web/package.json':
      '{ "name": "web", "dependencies": { "@acme/sdk": "catalog:default" } }',
  });
  expect(problems).toEqual([]);
  expect(reasons).toEqual([]);
  expect(texts).toEqual({
    'pnpm-workspace.yaml':
      "packages: [services/*]\ncatalog:\n  '@acme/sdk': 0.2.0\ncatalogs:\n  old:\n    '@acme/sdk': ^0.0.1\n",
  });
});

test('workspace ranges only for members of a workspace that has the package', async () => {
  const { texts } = await plan(
    {
      'pnpm-workspace.yaml': 'packages: [packages/*, services/web]\n',
      'package.json': '{}',
      'packages/sdk/package.json': '{ "name": "@acme/sdk", "version": "0.2.0" }',
      'services/web/package.json': '{ "name": "web", "dependencies": { "@acme/sdk": "0.1.0" } }',
      'services/alone/package.json':
        '{ "name": "alone", "dependencies": { "@acme/sdk": "0.1.0" } }',
    },
    { npmRange: 'workspace' },
  );
  expect(texts['services/web/package.json']).toContain('"workspace:^0.2.0"');
  expect(texts['services/alone/package.json']).toContain('"^0.2.0"');
});

test('what another file decides stays', async () => {
  const { files, reasons } = await plan({
    'pyproject.toml': '[tool.uv.sources]\nacme-sdk = { workspace = true }\n',
    'services/api/pyproject.toml': '[project]\nname = "api"\ndependencies = ["acme-sdk"]\n',
    'go.work': 'go 1.24\n\nuse ./services/worker\n\nreplace example.org/acme/sdk/v2 => ./sdk\n',
    'services/worker/go.mod': 'module w\n\nrequire example.org/acme/sdk/v2 v2.1.0\n',
    'services/old/go.mod': 'module o\n\nrequire example.org/acme/sdk v1.1.0\n',
    'services/fork/package.json': '{ "dependencies": { "@acme/sdk": "npm:@me/sdk@1.0.0" } }',
  });
  expect(files).toEqual([]);
  expect(reasons.toSorted()).toEqual([
    'services/api/pyproject.toml: tool.uv.sources takes it from elsewhere (pyproject.toml:2)',
    'services/fork/package.json: npm:@me/sdk@1.0.0 is another package',
    'services/old/go.mod: the release is example.org/acme/sdk/v2: its imports have to change, too',
    'services/worker/go.mod: ./sdk replaces it (go.work:5)',
  ]);
});

test('hashes, files that cannot be read, and shared places stop everything', async () => {
  const { problems, notes } = await plan({
    'services/a/requirements.txt': 'acme-sdk==0.1.0 \\\n    --hash=sha256:aa\n',
    'services/b/package.json': '{ "dependencies": { "@acme/sdk": "0.1.0", } }',
    'services/c/package.json': '{ {{ cookiecutter }} }',
    'services/d/pnpm-workspace.yaml': "catalog:\n  '@acme/sdk': &v 0.1.0\n  react: *v\n",
    'services/d/package.json': '{ "dependencies": { "@acme/sdk": "catalog:" } }',
  });
  expect(problems.map(({ code, path }) => `${code} ${path}`)).toEqual([
    'consume-hashed services/a/requirements.txt',
    'consume-not-editable services/d/pnpm-workspace.yaml',
    'consume-unread services/b/package.json',
  ]);
  expect(notes).toHaveLength(1);
});

test('a catalog under an alias changes where a consumer uses it', async () => {
  const { texts } = await plan({
    'pnpm-workspace.yaml':
      'packages: [services/*]\ncatalogs:\n  x:\n    s: npm:@acme/sdk@0.1.0\n    unused: npm:@acme/sdk@0.1.0\n',
    'services/web/package.json': '{ "name": "web", "dependencies": { "s": "catalog:x" } }',
  });
  expect(texts).toEqual({
    'pnpm-workspace.yaml':
      'packages: [services/*]\ncatalogs:\n  x:\n    s: npm:@acme/sdk@0.2.0\n    unused: npm:@acme/sdk@0.1.0\n',
  });
});

test('a replacement of one version is for that version alone', async () => {
  const goMod = (replace: string): string =>
    `module w\n\nrequire example.org/acme/sdk/v2 v2.1.0\n\nreplace ${replace}\n`;
  const { reasons, texts } = await plan({
    'services/other/go.mod': goMod('example.org/acme/sdk/v2 v2.0.9 => ../sdk'),
    'services/now/go.mod': goMod('example.org/acme/sdk/v2 v2.1.0 => ../sdk'),
    'services/then/go.mod': goMod('example.org/acme/sdk/v2 "v2.2.0" => ../sdk'),
    'services/all/go.mod': goMod('example.org/acme/sdk/v2 => ../sdk'),
    'services/ours/go.mod':
      'module w\n\nrequire example.org/x v1.0.0\n\nreplace example.org/x => example.org/acme/sdk/v2 v2.1.0\n',
  });
  expect(Object.keys(texts)).toEqual(['services/other/go.mod']);
  expect(texts['services/other/go.mod']).toContain('require example.org/acme/sdk/v2 v2.2.0\n');
  expect(reasons.filter((one) => !one.endsWith('it says what replaces the module'))).toEqual([
    'services/all/go.mod: ../sdk replaces it (services/all/go.mod:5)',
    'services/now/go.mod: ../sdk replaces v2.1.0 (services/now/go.mod:5)',
    'services/ours/go.mod: it replaces another module',
    'services/then/go.mod: ../sdk replaces v2.2.0 (services/then/go.mod:5)',
  ]);
});

test.each([
  ['pyproject.toml', '[project\ndependencies = ["acme_sdk==0.1.0"]\n'],
  ['pyproject.toml', '[project\ndependencies = ["Acme.SDK==0.1.0"]\n'],
  ['pyproject.toml', '[project\ndependencies = ["acme\\u002Dsdk==0.1.0"]\n'],
  ['package.json', '{ "dependencies": { "@acme\\/sdk": "0.1.0" }, }'],
  ['package.json', '{ "dependencies": { "\\u0040acme\\u002fsdk": "0.1.0" }, }'],
  ['package.json', '{ "\0d\0e\0p\0s": { "\0@\0a\0c\0m\0e\0/\0s\0d\0k": "0.1.0" } }'],
  ['compose.yaml', 'services: {\n  web:\n    image: "ghcr.io/acme\\x2fapp:0.1.0"\n'],
  ['compose.yaml', 'services: {\n  web:\n    image: "ghcr.io/ac\\\n      me/app:0.1.0"\n'],
  ['compose.yaml', 'services: {\n  web:\n    image: ${REGISTRY}/acme/app:0.1.0\n'],
])('a broken %s that may name an artifact stops everything: %j', async (name, text) => {
  const path = `services/a/${name}`;
  const { notes, problems } = await plan({ [path]: text }, { artifacts: [...ARTIFACTS, IMAGE] });
  expect(problems.map((one) => `${one.code} ${one.path}`)).toEqual([`consume-unread ${path}`]);
  expect(notes).toEqual([]);
});

test('an image whose tag is a variable is listed', async () => {
  const files = {
    'services/a/Dockerfile':
      'ARG TAG\nARG NAME=ghcr.io/acme/app\nFROM ghcr.io/acme/app:${TAG}-alpine\nFROM ${NAME}@$TAG\nFROM $TAG\n',
    'services/a/compose.yaml':
      'services:\n  web:\n    image: ${REG:-ghcr.io/acme}/app:${TAG}\n  api:\n    image: >-\n      ghcr.io/acme/app:${TAG:?set it}\n',
  };
  const { kept, problems } = await plan(files, { artifacts: [IMAGE] });
  expect(problems).toEqual([]);
  expect(kept.map(({ line, requirement }) => `${line} ${requirement}`)).toEqual([
    '3 :${TAG}-alpine',
    '4 @$TAG',
    '3 :${TAG}',
    '6 :${TAG:?set it}',
  ]);
  expect(new Set(kept.map(({ reason }) => reason))).toEqual(
    new Set(['a variable that has no value here decides it']),
  );
});
