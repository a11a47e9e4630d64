import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { createProcesses } from '@ameide/publisher-kit';
import { literalSource } from '@ameide/publisher-kit/testing';
import { describe, expect, test } from 'vitest';
import { npm } from '../src/npm.ts';
import { makeRelease, type ReleaseOptions, releaseChannel } from './support/release.ts';
import { makeStep, writeFiles } from './support/step.ts';
import { invalidInput } from './support/thrown.ts';

const DEV = '0.2.1-dev.20251113153211';
const MEMBERS = ['@x/a', '@x/b'].map((name) => ({ ecosystem: 'npm' as const, name }));
const dev: ReleaseOptions = { base: '0.2.1', members: MEMBERS };
const release = { ...dev, channel: releaseChannel('0.2.1') };

/** A pnpm workspace of `@x/a`, which has the range, and `@x/b`, which has the version. */
function workspace(field: string, range: string, version = '0.2.0') {
  return {
    'package.json': { name: 'root', private: true },
    'pnpm-workspace.yaml': `packages: [packages/*]\ncatalog: { '@x/b': 'workspace:^5.0.0' }\n`,
    'packages/a/package.json': { name: '@x/a', version, [field]: { '@x/b': range } },
    'packages/b/package.json': { name: '@x/b', version },
    'packages/c/package.json': { name: '@x/c', version: '1.0.0' },
  };
}

interface Published {
  readonly range: unknown;
  readonly notes: readonly string[];
}

async function published(
  field: string,
  range: string,
  { version, of = dev }: { readonly version?: string; readonly of?: ReleaseOptions } = {},
): Promise<Published> {
  const source = literalSource(workspace(field, range, version));
  const publisher = await npm({ directory: 'packages/a' }).open(source);
  const plan = publisher.plan(makeRelease(of));
  const step = makeStep({ source });
  expect(await publisher.validate?.(plan, step)).toEqual([]);
  const notes = step.events.flatMap(({ isNote, message }) => (isNote ? [message] : []));
  return { range: (plan.manifest[field] as Record<string, unknown>)['@x/b'], notes };
}

// Each is a range that pnpm refuses as well; `needs('pnpm')` below asks the pnpm at hand.
const REFUSED: readonly (readonly [version: string, range: string, field: string])[] = [
  ['0.2.0', 'workspace:^5.0.0', 'dependencies'],
  ['0.0.0', 'workspace:^1.0.0', 'dependencies'],
  ['0.2.0', 'workspace:@x/b@^5.0.0', 'dependencies'],
  ['0.2.0', 'workspace:>=1 <2', 'dependencies'],
  ['0.2.0', 'catalog:', 'dependencies'],
  ['0.2.0', 'workspace:^5.0.0', 'peerDependencies'],
  ['0.2.0', 'workspace:^7.0.0 || ^5.0.0', 'peerDependencies'],
];

describe('a workspace: range that neither the workspace’s version nor the release’s is in is refused', () => {
  test.each([
    ...REFUSED,
    // pnpm leaves an optional dependency out that it cannot find; Yarn and Bun refuse it.
    ['0.2.0', 'workspace:^5.0.0', 'optionalDependencies'] as const,
  ])('%s in the workspace, %s in %s', async (version, range, field) => {
    const error = await invalidInput(async () => published(field, range, { version }));
    expect(error).toMatchObject({
      code: 'npm-range',
      field: `packages/a/package.json: ${field}.@x/b`,
      expected: `a range that the release's version of @x/b, ${DEV}, is in`,
    });
  });

  test('and the hint says what to write', async () => {
    const { hint, received } = await invalidInput(async () =>
      published('dependencies', 'workspace:^5.0.0'),
    );
    expect(received).toBe('"workspace:^5.0.0"');
    expect(hint).toBe(
      'Write workspace:^ for the version that this release publishes, or ^5.0.0 for one that was published before.',
    );
  });
});

needs('pnpm')('the refused ranges, by the real pnpm', () => {
  test.each(REFUSED)(
    '%s in the workspace, %s in %s',
    { timeout: 30_000 },
    async (version, range, field) => {
      const cwd = await mkdtemp(join(tmpdir(), 'pnpm-range-'));
      try {
        const files = Object.entries(workspace(field, range, version)).map(([path, content]) => [
          path,
          typeof content === 'string' ? content : JSON.stringify(content),
        ]);
        writeFiles(cwd, Object.fromEntries(files));
        const result = await createProcesses().run({ argv: ['pnpm', 'install', '--offline'], cwd });
        expect(JSON.stringify(result)).toContain('Available versions:');
      } finally {
        await rm(cwd, { recursive: true });
      }
    },
  );
});

describe('every other workspace: range is published', () => {
  test.each([
    ['0.2.0', 'workspace:^', `^${DEV}`],
    ['0.2.0', 'workspace:~', `~${DEV}`],
    ['0.2.0', 'workspace:*', DEV],
    ['0.2.0', 'workspace:../b', DEV],
    ['0.0.0', 'workspace:^0.0.0', `^${DEV}`],
    ['0.2.0', 'workspace:^0.2.0', `^${DEV}`],
    ['5.1.0', 'workspace:^5.0.0', `^${DEV}`],
  ])('%s in the workspace, %s: %s', async (version, range, expected) => {
    const found = await published('dependencies', range, { version });
    expect(found).toEqual({ range: expected, notes: [] });
  });

  test('one that the release is in, and a dev build leads up to', async () => {
    const version = '0.0.0';
    expect(await published('dependencies', 'workspace:~0.2.0', { version, of: release })).toEqual({
      range: '~0.2.0',
      notes: [],
    });
    expect(await published('dependencies', 'workspace:~0.2.0', { version })).toEqual({
      range: '~0.2.0',
      notes: [
        `npm:@x/a requires @x/b ~0.2.0, which this release (${DEV}) does not satisfy: it stays as it is.`,
      ],
    });
  });

  test('a devDependency, which no client installs', async () => {
    const found = await published('devDependencies', 'workspace:^5.0.0');
    expect(found).toEqual({ range: '^5.0.0', notes: [] });
  });
});

describe('a plain range that the release’s version is not in stays, with a note', () => {
  test.each([
    ['dependencies', '^5.0.0'],
    ['optionalDependencies', '^5.0.0'],
    ['peerDependencies', '^5.0.0 || ^6.0.0'],
    ['dependencies', 'npm:@x/b@^5.0.0'],
  ])('%s: %s', async (field, range) => {
    expect(await published(field, range, { of: release })).toEqual({
      range,
      notes: [
        `npm:@x/a requires @x/b ${range.replace(/^npm:@x\/b@/, '')}, which this release (0.2.1) does not satisfy: it stays as it is.`,
      ],
    });
  });

  test.each([
    ['dependencies', '^0.2.0', '^0.2.0'],
    ['dependencies', 'latest', 'latest'],
    ['peerDependencies', '*', '*'],
    ['peerDependencies', '^0.1.0 || workspace:^', '^0.1.0 || ^0.2.1'],
    ['devDependencies', '^5.0.0', '^5.0.0'],
  ])('no note of %s: %s', async (field, range, expected) => {
    expect(await published(field, range, { of: release })).toEqual({ range: expected, notes: [] });
  });
});
