import { expect, test } from 'vitest';
import type { LockKind } from '../../src/consume/lockfiles/lock-job.ts';
import { isNoted } from '../../src/consume/lockfiles/noted.ts';
import type { ConsumeChange } from '../../src/consume/planned-file.ts';

/** What each tool writes for `services/web`, which asks for 0.2.0. */
const LOCKFILES: readonly (readonly [LockKind, string])[] = [
  [
    'npm',
    '{ "lockfileVersion": 3, "packages": { "services/web": { "dependencies": { "@acme/sdk": "0.2.0" } } } }',
  ],
  [
    'pnpm',
    "importers:\n  services/web:\n    dependencies:\n      '@acme/sdk':\n        specifier: 0.2.0\n        version: 0.2.0\n",
  ],
  // pnpm 11 and later write a document about themselves before it.
  [
    'pnpm',
    "---\nlockfileVersion: '9.0'\n---\nimporters:\n  services/web:\n    dependencies:\n      '@acme/sdk':\n        specifier: 0.2.0\n        version: 0.2.0\n",
  ],
  [
    'bun',
    '{\n  "lockfileVersion": 1,\n  "workspaces": {\n    "services/web": {\n      "dependencies": {\n        "@acme/sdk": "0.2.0",\n      },\n    },\n  },\n}\n',
  ],
  [
    'yarn',
    '__metadata:\n  version: 8\n\n"@acme/sdk@npm:0.2.0, @acme/sdk@npm:~0.2.0":\n  version: 0.2.0\n',
  ],
  ['yarn-classic', '# yarn lockfile v1\n\n\n"@acme/sdk@0.2.0":\n  version "0.2.0"\n'],
];

const PLACE: ConsumeChange = {
  path: 'services/web/package.json',
  line: 4,
  ecosystem: 'npm',
  name: '@acme/sdk',
  field: 'dependencies',
  from: '0.2.0',
  to: '0.2.0',
};

test.each(LOCKFILES)('%s notes the range of a manifest', (kind, text) => {
  const project = 'services/web';
  expect(isNoted({ kind, text, project }, PLACE)).toBe(true);
  expect(isNoted({ kind, text, project }, { ...PLACE, to: '^0.2.0' })).toBe(false);
  // Peers and overrides are noted in many ways.
  expect(isNoted({ kind, text, project }, { ...PLACE, field: 'overrides', to: '1' })).toBe(true);
});

test('uv notes the specifier of a project', () => {
  const text =
    'version = 1\n\n[[package]]\nname = "api"\nsource = { virtual = "services/api" }\n\n[package.metadata]\nrequires-dist = [{ name = "acme-sdk", specifier = "==0.2.0" }]\n\n[package.metadata.requires-dev]\ndev = [{ name = "acme-tools", specifier = "==0.2.0" }]\n';
  const common = { ...PLACE, ecosystem: 'pypi', field: 'project.dependencies' } as const;
  const ask = (name: string, to: string): boolean =>
    isNoted({ kind: 'uv', text, project: 'services/api' }, { ...common, name, to });
  expect(ask('acme-sdk', '==0.2.0')).toBe(true);
  expect(ask('acme-tools', '==0.2.0')).toBe(true);
  expect(ask('acme-sdk', '==0.3.0')).toBe(false);
});

test('a catalog of pnpm, and an alias', () => {
  const text = "catalogs:\n  default:\n    '@acme/sdk':\n      specifier: 0.2.0\n";
  const ask = (field: string, to: string): boolean =>
    isNoted({ kind: 'pnpm', text, project: '' }, { ...PLACE, field, to });
  expect(ask('catalog', '0.2.0')).toBe(true);
  expect(ask('catalog', '0.3.0')).toBe(false);
  expect(ask('catalogs.old', '0.2.0')).toBe(false);
  const alias = '{ "packages": { "": { "dependencies": { "sdk": "npm:@acme/sdk@0.2.0" } } } }';
  const one = { ...PLACE, to: 'npm:@acme/sdk@0.2.0' };
  expect(isNoted({ kind: 'npm', text: alias, project: '' }, one)).toBe(true);
});

test('what cannot be read is not judged here', () => {
  expect(isNoted({ kind: 'npm', text: '<<<<<<< ours', project: '' }, PLACE)).toBe(true);
  expect(isNoted({ kind: 'poetry', text: '', project: '' }, PLACE)).toBe(true);
});
