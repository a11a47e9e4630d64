import { type Dependency, dependenciesOf } from '@ameide/source-files/dependencies';
import { locateJson } from '@ameide/source-files/json';
import { applyEdits } from '@ameide/source-files/text';
import { describe, expect, test } from 'vitest';
import type { ReleasedFacts } from '../../src/doctor/facts.ts';
import { goImports } from '../../src/doctor/rules/go-imports.ts';
import { importEdits } from '../../src/doctor/rules/go-source.ts';
import { NOT_PUBLISHED } from '../../src/doctor/rules/not-published.ts';
import { pairRemoval } from '../../src/doctor/rules/pair-removal.ts';
import { flawOf } from '../../src/doctor/rules/pin-flaw.ts';
import { isPlaceholder } from '../../src/doctor/rules/python-version.ts';
import { publishedInScript } from '../../src/doctor/workflows/publish-commands.ts';

describe('a script that publishes', () => {
  test.each([
    ['npm publish', 'npm publish'],
    ['npm run build && npm publish --access public', 'npm publish'],
    ['pnpm -r publish --no-git-checks', 'pnpm publish'],
    ['pnpm --filter "./packages/*" publish', 'pnpm publish'],
    ['yarn npm publish', 'yarn npm publish'],
    ['NODE_ENV=production yarn publish', 'yarn publish'],
    ['npx semantic-release', 'semantic-release'],
    ['npx --yes np', 'np'],
    ['changeset publish', 'changeset publish'],
    ['pnpm build && pnpm changeset publish', 'changeset publish'],
    ['lerna publish from-package', 'lerna publish'],
    ['twine upload dist/*', 'twine upload'],
    ['uv publish', 'uv publish'],
    ['docker push ghcr.io/acme/web', 'docker push'],
  ])('%s', (script, command) => {
    expect(publishedInScript(script)).toBe(command);
  });

  test.each([
    'npm publish --dry-run',
    'semantic-release --dry-run',
    'node scripts/publish.js',
    'echo "run npm publish"',
    'changeset version',
    'npm run publish-docs',
    'npm publish-check',
    'nx release-notes',
    'vitest run np.test.ts',
    'ameide-release publish',
  ])('%s is none', (script) => {
    expect(publishedInScript(script)).toBeUndefined();
  });
});

describe('a requirement that is no version', () => {
  const npm = (requirement: string, field = 'dependencies'): Dependency => ({
    ecosystem: 'npm',
    name: '@acme/sdk',
    requirement,
    field,
    place: { path: 'services/web/package.json', line: 1, column: 1, start: 0, end: 1 },
  });
  const asked = (one: Dependency): string | undefined =>
    flawOf(one, { all: [one], npmRange: undefined });

  test.each([
    '1.2.3',
    '^0.1.0',
    '~0.1',
    '1.x',
    '0.1.0-dev.20251113',
    '>=0.1.0 <0.2.0',
    'workspace:^0.1.0',
    'workspace:0.1.0',
    'workspace:*',
    'workspace:^',
    'workspace:~',
    'npm:@acme/sdk@0.1.0',
    'catalog:',
    'catalog:legacy',
  ])('npm: %s is one', (requirement) => expect(asked(npm(requirement))).toBeUndefined());
  test.each([
    '*',
    '',
    'x',
    '>=0.1.0',
    '>0.1.0',
    'latest',
    'next',
    'dev',
    'npm:@acme/sdk@*',
    'file:../sdk',
    'link:../sdk',
    'git+https://github.com/acme/sdk.git',
    'acme/sdk#main',
    'https://acme.dev/sdk.tgz',
  ])('npm: %j is none', (requirement) => expect(asked(npm(requirement))).toBeDefined());
  test('what works with a package, and what others get, is not checked', () => {
    expect(asked(npm('*', 'peerDependencies'))).toBeUndefined();
    expect(asked(npm('*', 'pnpm.overrides'))).toBeUndefined();
  });
  test('a link, where the definition asks for real versions', () => {
    const one = npm('workspace:^0.1.0');
    expect(flawOf(one, { all: [one], npmRange: 'exact' })).toBeDefined();
    expect(flawOf(one, { all: [one], npmRange: 'workspace' })).toBeUndefined();
  });
  test.each(['workspace:*', 'workspace:^', 'workspace:~'])(
    '%s, where the definition asks for versions of the workspace',
    (requirement) => {
      const one = npm(requirement);
      expect(flawOf(one, { all: [one], npmRange: 'workspace' })).toBeDefined();
    },
  );

  const python = (line: string): string | undefined => {
    const [one] = dependenciesOf('services/jobs/requirements.txt', `${line}\n`);
    if (one === undefined) throw new Error(line);
    return flawOf(one, { all: [one], npmRange: undefined });
  };
  test.each([
    'acme==0.1.0',
    'acme===0.1.0',
    'acme~=0.1',
    'acme>=0.1,<0.2',
    'acme<1',
    "acme==0.1.0; python_version>'3'",
  ])('Python: %s is one', (line) => expect(python(line)).toBeUndefined());
  test.each([
    'acme',
    'acme>=0.1',
    'acme>0',
    'acme!=0.2',
    'acme==0.0.0',
    'acme==0.0.0.dev0',
    'acme @ git+https://github.com/acme/acme',
  ])('Python: %s is none', (line) => expect(python(line)).toBeDefined());

  test('a project of the same uv workspace has the version of its folder', () => {
    const text =
      '[project]\nname = "jobs"\ndependencies = ["acme"]\n[tool.uv.sources]\nacme = { workspace = true }\n';
    const all = dependenciesOf('services/jobs/pyproject.toml', text);
    expect(all.map((one) => flawOf(one, { all, npmRange: undefined }))).toEqual(
      all.map(() => undefined),
    );
  });
});

test.each([
  ['0.0.0', true],
  ['0.0', true],
  ['0', true],
  ['0.0.0.dev0', true],
  ['0.0.0-dev', true],
  ['0.0.0+unknown', true],
  ['0.0.1', false],
  ['0.1.0', false],
  ['1.0.0', false],
  ['0.0.0.1', false],
])('%s is a placeholder: %s', (version, is) => {
  expect(isPlaceholder(version)).toBe(is);
});

describe('the imports of a Go file', () => {
  const text = `// Package web, see "example.com/sdk/comment".
package web

import "fmt"
import sdk "example.com/sdk"

import (
	_ "example.com/sdk/names" // "example.com/sdk/no"
	. \`example.com/sdk/raw\`
	// "example.com/sdk/commented"
	"example.com/sdkother"
)

const text = "example.com/sdk/text"

func f() { _ = "example.com/sdk" }
`;
  test('are found, wherever they are written', () => {
    expect(goImports(text).map(({ path }) => path)).toEqual([
      'fmt',
      'example.com/sdk',
      'example.com/sdk/names',
      'example.com/sdk/raw',
      'example.com/sdkother',
    ]);
    for (const { end, path, start } of goImports(text)) expect(text.slice(start, end)).toBe(path);
  });
  test('change, and nothing else does', () => {
    expect(applyEdits(text, importEdits(text, 'example.com/sdk', 'example.com/sdk/v2'))).toBe(
      text
        .replace('import sdk "example.com/sdk"', 'import sdk "example.com/sdk/v2"')
        .replace('example.com/sdk/names', 'example.com/sdk/v2/names')
        .replace('example.com/sdk/raw', 'example.com/sdk/v2/raw'),
    );
  });
});

test.each([
  ['{"a":1,"b":2}', 'a', '{"b":2}'],
  ['{"a":1,"b":2}', 'b', '{"a":1}'],
  ['{"a":1}', 'a', '{}'],
  ['{\n  "a": 1,\n  "b": 2\n}\n', 'a', '{\n  "b": 2\n}\n'],
  ['{\n  "a": 1,\n  "b": 2\n}\n', 'b', '{\n  "a": 1\n}\n'],
  ['{\r\n\t"a": 1,\r\n\t"b": 2\r\n}\r\n', 'a', '{\r\n\t"b": 2\r\n}\r\n'],
  ['{ "a": 1 , "b": 2 }', 'a', '{ "b": 2 }'],
])('of %j the pair %s goes with its comma', (text, key, left) => {
  const pair = locateJson(text, [key])?.pair;
  expect(pair && applyEdits(text, [pairRemoval(text, pair)])).toBe(left);
});

describe('a package that nobody publishes', () => {
  test.each([
    ['release.config.json', '{"npm":{"directory":"packages/b"}}'],
    ['release.config.ts', 'npm({ directory: "packages/b" })'],
  ])('the hint names the publisher as %s writes it', async (file, entry) => {
    const one = { ecosystem: 'npm', name: 'b', directory: 'packages/b', isPrivate: false };
    const facts = {
      packages: [{ ...one, version: '1.0.0', manifest: 'packages/b/package.json' }],
      reader: { json: async () => ({}) },
      release: { file, published: [] },
    };
    const [finding] = await NOT_PUBLISHED.find(facts as unknown as ReleasedFacts);
    expect(finding?.hint).toBe(`Add ${entry} to the publishers, or write "private": true.`);
  });
});
