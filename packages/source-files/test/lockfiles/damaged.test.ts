import { readLockfiles } from '@ameide/source-files/lockfiles';
import { InvalidInputError } from '@ameide/versioning-core';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { textFiles } from './source-files.ts';

const UV = 'version = 1\n[[package]]\nname = "a"\nversion = "1"\nsource = { registry = "x" }\n';
const CONFLICT = '<<<<<<< HEAD\n=======\n>>>>>>> main\n';

// Each would be "nothing is used" if it passed.
it.each([
  ['pnpm-lock.yaml', '', 'pnpm-lock.yaml:1 cannot be read: expected a mapping.'],
  [
    'pnpm-lock.yaml',
    "lockfileVersion: '9.0'\na: [\n",
    'pnpm-lock.yaml:3 cannot be read: expected valid YAML',
  ],
  ['pnpm-lock.yaml', 'lockfileVersion: 12.0\n', 'expected lockfileVersion 5, 6 or 9, not 12.0'],
  [
    'a/pnpm-lock.yaml',
    `lockfileVersion: '9.0'\n${CONFLICT}`,
    'a/pnpm-lock.yaml:2 cannot be read: expected a file without merge conflicts.',
  ],
  [
    'package-lock.json',
    '{\n  "lockfileVersion": 3,\n  oops\n}',
    'package-lock.json:3 cannot be read: expected valid JSON.',
  ],
  [
    'package-lock.json',
    '{}',
    'expected "lockfileVersion" 1, 2 or 3 with "packages" or "dependencies".',
  ],
  ['package-lock.json', '[]', 'expected a JSON object.'],
  [
    'yarn.lock',
    '__metadata:\n  version: 8\n"a@npm:1":\n  version: 1\n',
    'yarn.lock:3 cannot be read: expected a resolution for "a@npm:1".',
  ],
  [
    'yarn.lock',
    '# yarn lockfile v1\n\n"a@1":\n  version\n   "1"\n',
    'yarn.lock:4 cannot be read: expected a yarn.lock as Yarn 1 writes it.',
  ],
  [
    'bun.lock',
    '{\n  "workspaces": {\n',
    'bun.lock:3 cannot be read: expected valid JSON with trailing commas',
  ],
  ['bun.lock', '{}', 'expected "workspaces", as Bun writes them.'],
  ['uv.lock', 'version = 2\n', 'expected version = 1'],
  ['uv.lock', UV.replace('"a"', '"a'), 'uv.lock:3 cannot be read: expected valid TOML.'],
  ['poetry.lock', 'a = 1\n', 'expected [[package]], as poetry writes it.'],
  ['pylock.toml', 'a = 1\n', 'expected [[packages]], as pylock writes it.'],
  ['Pipfile.lock', '{}', 'expected "_meta", as Pipenv writes it.'],
  [
    'go.mod',
    'module a\n\nrequire (\n',
    'go.mod:3 cannot be read: expected a go.mod that go can read',
  ],
  ['go.mod', 'go 1.22\n', 'expected a module directive.'],
  ['go.work', 'go 1.22\n', 'expected a use directive.'],
])('refuses %s: %j', async (path, text, message) => {
  const { lockfiles, problems } = await readLockfiles(textFiles({ [path]: text }));
  expect(lockfiles).toEqual([]);
  expect(problems).toMatchObject([{ code: 'lockfile-unreadable', kind: 'input', path }]);
  expect(problems[0]?.message).toContain(message);
});

it('reads the others beside a damaged one', async () => {
  const files = textFiles({ 'a/uv.lock': 'x', 'b/uv.lock': UV });
  const { lockfiles, problems } = await readLockfiles(files);
  expect(lockfiles.map(({ path }) => path)).toEqual(['b/uv.lock']);
  expect(problems).toHaveLength(1);
});

it('does not confuse a package with what every object has', async () => {
  const manifest = { dependencies: { constructor: '1.0.0', toString: '1.0.0', a: '1.0.0' } };
  const files = textFiles({
    'package-lock.json': JSON.stringify({
      lockfileVersion: 3,
      packages: {
        '': manifest,
        'node_modules/a': { version: '1.0.0', dependencies: { valueOf: '1', __proto__: '1' } },
      },
    }),
  });
  const { lockfiles } = await readLockfiles(files);
  expect(lockfiles[0]?.packagesOf('').map(({ name }) => name)).toEqual(['a']);
});

it('ends with a problem for nesting that is too deep', async () => {
  const depth = 200_000;
  const deep = `lockfileVersion: '9.0'\na: ${'['.repeat(depth)}${']'.repeat(depth)}\n`;
  const { problems } = await readLockfiles(
    textFiles({
      'pnpm-lock.yaml': deep,
      'bun.lock': '['.repeat(depth),
      'uv.lock': `version = 1\na = ${'['.repeat(depth)}`,
      'package-lock.json': '['.repeat(depth),
    }),
  );
  expect(problems.map(({ path }) => path)).toEqual([
    'bun.lock',
    'package-lock.json',
    'pnpm-lock.yaml',
    'uv.lock',
  ]);
});

it('ends for requirements files that include each other', async () => {
  const { lockfiles } = await readLockfiles(
    textFiles({
      'requirements.txt': '-r requirements-dev.txt\na==1\n',
      'requirements-dev.txt': '-r requirements.txt\n-c requirements-dev.txt\nb==1\n',
    }),
  );
  const names = lockfiles.map((one) => one.packagesOf('').map(({ name }) => name));
  expect(names).toEqual([
    ['a', 'b'],
    ['b', 'a'],
  ]);
});

it('never throws, whatever a lockfile holds', async () => {
  const text = fc.oneof(
    fc.json(),
    fc.string({ unit: 'binary' }),
    fc
      .json()
      .map(
        (json) =>
          `lockfileVersion: '9.0'\nimporters: ${json}\npackages: ${json}\nsnapshots: ${json}\n`,
      ),
    fc
      .json()
      .map(
        (json) =>
          `{"lockfileVersion":3,"workspaces":${json},"packages":${json},"dependencies":${json}}`,
      ),
    fc
      .json()
      .map(
        (json) =>
          `__metadata:\n  version: 8\n"a@npm:1":\n  resolution: a@npm:1\n  dependencies: ${json}\n`,
      ),
  );
  const path = fc.constantFrom(
    'pnpm-lock.yaml',
    'package-lock.json',
    'yarn.lock',
    'bun.lock',
    'uv.lock',
    'poetry.lock',
    'pdm.lock',
    'pylock.toml',
    'Pipfile.lock',
    'requirements.txt',
    'go.mod',
    'go.work',
  );
  await fc.assert(
    fc.asyncProperty(path, text, async (path, text) => {
      const { lockfiles, problems } = await readLockfiles(textFiles({ [path]: text }));
      for (const one of lockfiles) for (const project of one.projects) one.packagesOf(project);
      expect(lockfiles.length + problems.length).toBe(1);
    }),
    { numRuns: 500 },
  );
});

it('says what to do instead of a binary lockfile, which is no text', async () => {
  const files = {
    ...textFiles({ 'bun.lockb': '' }),
    readText: async (path: string) => {
      throw new InvalidInputError({ field: path, expected: 'text in UTF-8' });
    },
  };
  const { problems } = await readLockfiles(files);
  expect(problems.map(({ message }) => message)).toEqual([
    'bun.lockb cannot be read: expected bun.lock, which "bun install --save-text-lockfile" writes.',
  ]);
});
