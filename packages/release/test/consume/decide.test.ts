import type { Dependency } from '@ameide/source-files/dependencies';
import { describe, expect, test } from 'vitest';
import { decide } from '../../src/consume/decide.ts';
import type { DecisionContext } from '../../src/consume/decision.ts';

const SHA = 'a'.repeat(40);
const DIGEST = `sha256:${'b'.repeat(64)}`;

function asked(
  ecosystem: Dependency['ecosystem'],
  requirement: string,
  context: Partial<DecisionContext> & { readonly version?: string; readonly field?: string } = {},
): string {
  const { field = 'dependencies', version = '0.2.0', ...more } = context;
  const tags = version.includes('dev')
    ? [{ tag: SHA, digest: DIGEST }]
    : [
        { tag: SHA, digest: DIGEST },
        { tag: version, digest: DIGEST },
      ];
  const artifact = { ecosystem, name: 'x', version, ...(ecosystem === 'oci' ? { tags } : {}) };
  const place = { path: 'x', line: 1, column: 1, start: 0, end: 0 };
  const decision = decide(
    { ecosystem, name: 'x', requirement, field, place },
    { artifact, npmRange: 'exact', inWorkspace: false, isNamed: false, ...more },
  );
  return decision.to ?? `(${decision.kept})`;
}

/** Each stays, because it is newer than 0.2.0. */
function newer(...requirements: readonly string[]): [string, string][] {
  return requirements.map((one) => [
    one,
    `(${one.replace(/^:/, '')} is newer; to go back, use --version or --sha)`,
  ]);
}

const OLD = '1'.repeat(40);
const WORKSPACE = { npmRange: 'workspace', inWorkspace: true, ownVersion: '0.2.0' } as const;

describe('npm', () => {
  test.each<[string, string, Parameters<typeof asked>[2]?]>([
    ['^0.1.0', '0.2.0'],
    ['', '0.2.0'],
    ['*', '0.2.0'],
    ['latest', '0.2.0'],
    ['dev', '0.2.0'],
    ['>=0.1.0 <1 || ^2', '0.2.0'],
    ['^0.1.0', '^0.2.0', { npmRange: 'caret' }],
    [
      '^0.1.0',
      '0.2.1-dev.20251113153211',
      { npmRange: 'caret', version: '0.2.1-dev.20251113153211' },
    ],
    ['workspace:*', '0.2.0'],
    ['workspace:^', 'workspace:^0.2.0', WORKSPACE],
    ['0.1.0', 'workspace:^0.2.0', WORKSPACE],
    // npm knows no `workspace:`, and another version is not in the workspace.
    ['0.1.0', '^0.2.0', { npmRange: 'workspace' }],
    ['0.1.0', '^0.2.0', { ...WORKSPACE, ownVersion: '0.3.0' }],
    ['npm:x@^0.1.0', 'npm:x@0.2.0'],
    ['npm:@scope/x@latest', 'npm:@scope/x@0.2.0'],
    ['npm:@scope/x', 'npm:@scope/x@0.2.0'],
    ['^0.3.0', '(^0.3.0 is newer; to go back, use --version or --sha)'],
    ['^0.3.0', '0.2.0', { isNamed: true }],
    [
      '0.2.1-dev.20251113153211',
      '(0.2.1-dev.20251113153211 is newer; to go back, use --version or --sha)',
    ],
    ...newer('^0.3', '0.3', '~1.2', '1.x', 'v0.3.0', '=0.3.0', '0.3.0 - 0.5.0', '>0.2.0'),
    ...newer('>=0.3.0 <0.4.0', '^0.3.0 || ^0.4.0', '0.3.0-rc.1', '>=0.2.1-dev.1 <1'),
    ['>=0.2.0', '0.2.0'],
    ['<0.2.0 || >=0.3.0', '0.2.0'],
    ['npm:x@^1', '(^1 is newer; to go back, use --version or --sha)'],
    ['workspace:~0.3.0', '(workspace:~0.3.0 is newer; to go back, use --version or --sha)'],
    ['^^0.3', '(^^0.3 may be newer, and cannot be compared; to change it, use --version or --sha)'],
    ['jsr:@acme/sdk@1', '(it is not taken from the registry of npm)'],
    ['github:acme/sdk#main', '(it is taken from a git repository)'],
    ['acme/sdk', '(it is taken from a git repository)'],
    ['git+ssh://git@github.com/acme/sdk.git', '(it is taken from a git repository)'],
    ['https://example.org/sdk.tgz', '(it is taken from a URL)'],
    ['file:../sdk', '(it is taken from a folder or file)'],
    ['link:../sdk', '(it is taken from a folder or file)'],
    ['../sdk', '(it is taken from a folder or file)'],
    ['catalog:', '(a catalog has its version)'],
    ['$x', '(it has the version of another dependency)'],
  ])('%s becomes %s', (requirement, expected, context) => {
    expect(asked('npm', requirement, context)).toBe(expected);
  });

  test.each([
    ['>=0.1.0', '(>=0.1.0 admits 0.2.0)'],
    ['*', '(* admits 0.2.0)'],
    ['>=0.3.0', '(>=0.3.0 is newer; to go back, use --version or --sha)'],
    ['^0.3.0 || ^0.4.0', '(^0.3.0 || ^0.4.0 is newer; to go back, use --version or --sha)'],
    ['workspace:^0.3.0', '(workspace:^0.3.0 is newer; to go back, use --version or --sha)'],
    ['^0.1.0', '^0.2.0'],
    ['~0.1.0', '~0.2.0'],
    ['0.1.0', '0.2.0'],
    ['^0.1.0 || ^1', '^0.1.0 || ^1 || ^0.2.0'],
    ['workspace:^', '(workspace:^ admits 0.2.0)'],
    ['next', '(next is not a version range)'],
  ])('a peer dependency on %s: %s', (requirement, expected) => {
    expect(asked('npm', requirement, { field: 'peerDependencies' })).toBe(expected);
  });
});

describe('Python', () => {
  test.each<[string, string, Parameters<typeof asked>[2]?]>([
    ['>=0.1,<1', '==0.2.0', { field: 'project.dependencies' }],
    ['', '==0.2.0', { field: 'project.dependencies' }],
    ['^0.1', '0.2.0', { field: 'tool.poetry.dependencies' }],
    ['*', '==0.2.0', { field: 'packages' }],
    [
      '>=0.1',
      '==0.2.1.dev20251113+git.71e210b',
      { version: '0.2.1.dev20251113+git.71e210b', field: 'x' },
    ],
    ['==0.10.0', '(==0.10.0 is newer; to go back, use --version or --sha)', { field: 'x' }],
    ['==0.10.0', '==0.2.0', { field: 'x', isNamed: true }],
    ...newer('>=0.3,<1', '==0.3.*', '>0.2.5', '~=0.3.0', '>=0.3,!=0.4', '===0.3.0', '==1!0.1'),
    ...newer('>0.2.0', '>=0.2,!=0.2.0', '>=0.2,!=0.2.*', '>= 0.2.1.dev1 , < 1', '>=0.2.0+local'),
    ...newer('^0.3', '~0.3', '0.3.*', '0.3.x', '>=0.3 <1', '^0.3 || ^0.4', '0.3'),
    ['>=0.2.0rc1', '==0.2.0', { field: 'x' }],
    ['>0.1.9,!=0.1.*', '==0.2.0', { field: 'x' }],
    ['!=0.3.0', '==0.2.0', { field: 'x' }],
    ['^0.1 || ^0.3', '0.2.0', { field: 'tool.poetry.dependencies' }],
    [
      '>=0.3.build',
      '(>=0.3.build may be newer, and cannot be compared; to change it, use --version or --sha)',
      { field: 'x' },
    ],
    ['@ git+https://example.org/sdk', '(it is taken from a URL)', { field: 'x' }],
    [
      '{ path = "../sdk" }',
      '(it is taken from a folder, a URL or a git repository)',
      { field: 'tool.poetry.dependencies' },
    ],
    [
      '{ workspace = true }',
      '(it says where the package comes from)',
      { field: 'tool.uv.sources' },
    ],
  ])('%s becomes %s', (requirement, expected, context) => {
    expect(asked('pypi', requirement, context)).toBe(expected);
  });
});

const GO = { version: 'v0.2.0', field: 'require' } as const;

describe('Go', () => {
  test.each<[string, string, Parameters<typeof asked>[2]?]>([
    ['v0.1.0', 'v0.2.0', GO],
    [
      'v0.2.1-0.20251113153211-71e210beab37',
      '(v0.2.1-0.20251113153211-71e210beab37 is newer; to go back, use --version or --sha)',
      GO,
    ],
    ['v0.3.0-rc.1', '(v0.3.0-rc.1 is newer; to go back, use --version or --sha)', GO],
    // Go calls that an upgrade: the pseudo-version has no release before it.
    ['v0.0.0-20261113153211-71e210beab37', 'v0.2.0', GO],
    ['../sdk', '(it says what replaces the module)', { version: 'v0.2.0', field: 'replace' }],
  ])('%s becomes %s', (requirement, expected, context) => {
    expect(asked('go', requirement, context)).toBe(expected);
  });
});

describe('images', () => {
  test.each<[string, string, Parameters<typeof asked>[2]?]>([
    [':0.1.0', ':0.2.0'],
    ['', ':0.2.0'],
    [':latest', ':0.2.0'],
    [':dev', ':0.2.0'],
    [':0.1', ':0.2.0'],
    [`:${OLD}`, `:${SHA}`, { commit: 'ancestor' }],
    [`:${SHA}`, `:${SHA}`, { commit: 'same' }],
    [`:${OLD}`, `(${OLD} is newer; to go back, use --version or --sha)`, { commit: 'descendant' }],
    [
      `:${OLD}`,
      `(${OLD} is of another branch; to change it, use --version or --sha)`,
      { commit: 'diverged' },
    ],
    [
      `:${OLD}`,
      `(${OLD} may be newer: its commit is not known here; to change it, use --version or --sha)`,
      { commit: 'unknown' },
    ],
    [`:${OLD}`, `:${SHA}`, { commit: 'unknown', isNamed: true }],
    ...newer(':0.3', ':0.3.0-rc.1', ':0.2.1-rc.1'),
    [':0.2', ':0.2.0'],
    [':0.2.0-rc.1', ':0.2.0'],
    [':${TAG}', '(a variable that has no value here decides it)'],
    [`:0.1.0@sha256:${'1'.repeat(64)}`, `:0.2.0@${DIGEST}`],
    [`@sha256:${'1'.repeat(64)}`, `@${DIGEST}`, { commit: 'ancestor' }],
    [
      `:dev@sha256:${'1'.repeat(64)}`,
      '(its digest is newer; to go back, use --version or --sha)',
      { commit: 'descendant' },
    ],
    [
      `@sha256:${'1'.repeat(64)}`,
      '(its digest may be newer: its commit is not known here; to change it, use --version or --sha)',
    ],
    [':0.1.0-alpine', '(the release publishes no tag like 0.1.0-alpine)'],
    [':0.10.0', '(0.10.0 is newer; to go back, use --version or --sha)'],
    [':0.1.0', `:${SHA}`, { version: '0.2.1-dev.1' }],
  ])('%s becomes %s', (requirement, expected, context) => {
    expect(asked('oci', requirement, context)).toBe(expected);
  });
});
