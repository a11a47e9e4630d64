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
    ['^0.1.0', '^0.2.0'],
    ['~0.1.0', '~0.2.0'],
    ['0.1.0', '0.2.0'],
    ['>=0.3.0', '>=0.2.0'],
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

describe('Go', () => {
  test.each<[string, string, Parameters<typeof asked>[2]?]>([
    ['v0.1.0', 'v0.2.0', { version: 'v0.2.0', field: 'require' }],
    [
      'v0.2.1-0.20251113153211-71e210beab37',
      '(v0.2.1-0.20251113153211-71e210beab37 is newer; to go back, use --version or --sha)',
      { version: 'v0.2.0', field: 'require' },
    ],
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
    [`:${'1'.repeat(40)}`, `:${SHA}`],
    [`:0.1.0@sha256:${'1'.repeat(64)}`, `:0.2.0@${DIGEST}`],
    [`@sha256:${'1'.repeat(64)}`, `@${DIGEST}`],
    [':0.1.0-alpine', '(the release publishes no tag like 0.1.0-alpine)'],
    [':0.10.0', '(0.10.0 is newer; to go back, use --version or --sha)'],
    [':0.1.0', `:${SHA}`, { version: '0.2.1-dev.1' }],
  ])('%s becomes %s', (requirement, expected, context) => {
    expect(asked('oci', requirement, context)).toBe(expected);
  });
});
