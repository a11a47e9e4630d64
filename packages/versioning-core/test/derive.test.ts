import { describe, expect, test } from 'vitest';
import {
  type BaseVersion,
  type Canonical,
  type Channel,
  canonical,
  classifyRef,
  deriveVersions,
  InvalidInputError,
  type Lineage,
  parseBase,
  type VersionOptions,
} from '../src/index.ts';

const at = (base: string): Canonical =>
  canonical({ base, sha: '71e210beab37b68546d56dceccba18f09264ecc3', datetime: '20251113153211' });
const dev: Channel = { kind: 'dev' };

function refusal(
  tuple: Canonical,
  channel: Channel,
  lineage: Lineage,
  options?: VersionOptions,
): InvalidInputError {
  try {
    deriveVersions(tuple, channel, lineage, options);
  } catch (error) {
    if (error instanceof InvalidInputError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('a tag must say the base that the commit holds', () => {
  test.each(['refs/tags/v0.2.0', 'refs/tags/v0.2.0-rc.3', 'refs/tags/v0.0.9'])(
    '%s on base 0.1.0',
    (ref) => {
      const tag = ref.replace('refs/tags/', '');
      const error = refusal(at('0.1.0'), classifyRef(ref), { tags: [tag], tagsAtCommit: [tag] });
      expect(error).toMatchObject({
        code: 'tag-differs-from-base',
        field: 'channel',
        received: JSON.stringify(tag),
      });
      expect(error.hint).toContain(tag);
      expect(error.hint).toContain('the commit has the base version 0.1.0');
      expect(error.hint).toContain('tag this commit v0.1.0');
    },
  );
});

describe('a base that is released already', () => {
  const released: Lineage = { tags: ['v0.1.0', 'v0.0.9'], tagsAtCommit: [] };

  test('leads to the next patch and says so', () => {
    const versions = deriveVersions(at('0.1.0'), dev, released);
    expect(versions.target).toBe('0.1.1');
    expect(versions.note).toContain('v0.1.0');
    expect(deriveVersions(at('0.1.0'), { kind: 'pull-request', number: 1 }, released).target).toBe(
      '0.1.1',
    );
  });

  test('leads to the next base that it is given, which has to be above it', () => {
    const nextBase = parseBase('0.2.0');
    const versions = deriveVersions(at('0.1.0'), dev, released, { nextBase });
    expect(versions).toMatchObject({
      target: '0.2.0',
      note: '0.1.0 is released (tag v0.1.0), so this build leads to 0.2.0.',
      npm: { version: expect.stringMatching(/^0\.2\.0-dev\./) as string },
      pypi: { version: expect.stringMatching(/^0\.2\.0\.dev/) as string },
    });
    expect(deriveVersions(at('0.1.5'), dev, released, { nextBase }).target).toBe('0.1.5');
    for (const wrong of ['0.1.0', '0.0.9'])
      expect(refusal(at('0.1.0'), dev, released, { nextBase: parseBase(wrong) })).toMatchObject({
        code: 'invalid-input',
        field: 'nextBase',
      });
    const text = '0.2.0-rc.1' as unknown as BaseVersion;
    expect(refusal(at('0.1.0'), dev, released, { nextBase: text })).toMatchObject({
      field: 'nextBase',
    });
  });

  test('is kept, or refused, as asked', () => {
    expect(deriveVersions(at('0.1.0'), dev, released, { afterRelease: 'keep' })).not.toHaveProperty(
      'note',
    );
    expect(refusal(at('0.1.0'), dev, released, { afterRelease: 'error' })).toMatchObject({
      code: 'base-already-released',
      field: 'base',
      hint: expect.stringContaining('0.1.1') as string,
    });
  });

  test.each([
    ['a module in a sub-directory', 'sdk/v0.1.0'],
    ['a candidate', 'v0.1.0-rc.1'],
    ['a foreign prerelease', 'v0.1.0-beta'],
    ['build metadata', 'v0.1.0+x'],
    ['no version', 'v0.1'],
    ['no v', '0.1.0'],
    ['leading zeros', 'v00.1.0'],
  ])('is not: a tag of %s', (_, tag) => {
    expect(deriveVersions(at('0.1.0'), dev, { tags: [tag] }).target).toBe('0.1.0');
  });

  test('does not count while its tag is on the commit itself: a repeated dev build finds what it has published', () => {
    const before = deriveVersions(at('0.1.0'), dev, { tags: [], tagsAtCommit: [] });
    const after = deriveVersions(at('0.1.0'), dev, { tags: ['v0.1.0'], tagsAtCommit: ['v0.1.0'] });
    expect([after.target, after.npm, after.pypi, after.oci]).toEqual([
      before.target,
      before.npm,
      before.pypi,
      before.oci,
    ]);
  });

  test('cannot be released a second time from another commit', () => {
    const again = refusal(at('0.1.0'), classifyRef('refs/tags/v0.1.0'), {
      tags: ['v0.1.0'],
      tagsAtCommit: [],
    });
    expect(again.code).toBe('base-already-released');
    const late = refusal(at('0.1.0'), classifyRef('refs/tags/v0.1.0-rc.2'), {
      tags: ['v0.1.0', 'v0.1.0-rc.2'],
      tagsAtCommit: ['v0.1.0-rc.2'],
    });
    expect(late.code).toBe('base-already-released');
  });

  test('does not stand in the way of a later release that is tagged first', () => {
    const lineage: Lineage = { tags: ['v0.1.0'], tagsAtCommit: ['v0.2.0'] };
    expect(deriveVersions(at('0.2.0'), classifyRef('refs/tags/v0.2.0'), lineage).npm.full).toBe(
      '0.2.0',
    );
    expect(
      deriveVersions(at('0.2.0'), classifyRef('refs/tags/v0.2.0-rc.1'), {
        tags: ['v0.1.0'],
        tagsAtCommit: [],
      }).npm.full,
    ).toBe('0.2.0-rc.1');
  });

  test('is released again from the same commit: a second run, or the candidate beside it', () => {
    const lineage: Lineage = {
      tags: ['v0.1.0', 'v0.1.0-rc.1'],
      tagsAtCommit: ['v0.1.0', 'v0.1.0-rc.1'],
    };
    expect(deriveVersions(at('0.1.0'), classifyRef('refs/tags/v0.1.0'), lineage).npm.full).toBe(
      '0.1.0',
    );
    expect(
      deriveVersions(at('0.1.0'), classifyRef('refs/tags/v0.1.0-rc.1'), lineage).npm.full,
    ).toBe('0.1.0-rc.1');
    expect(
      deriveVersions(at('0.1.0'), classifyRef('refs/tags/v0.1.0'), { tags: ['v0.1.0'] }).npm
        .version,
    ).toBe('0.1.0');
  });
});

describe('a base behind a release', () => {
  const lineage: Lineage = { tags: ['v0.9.0', 'v0.10.0', 'v0.2.0'] };
  test.each<Channel>([
    dev,
    { kind: 'pull-request', number: 7 },
    classifyRef('refs/tags/v0.9.1'),
    classifyRef('refs/tags/v0.9.1-rc.1'),
  ])('is refused on $kind', (channel) => {
    const error = refusal(at('0.9.1'), channel, lineage);
    expect(error).toMatchObject({ code: 'base-behind-release', field: 'base' });
    expect(error.hint).toContain('0.10.1');
    expect(error.hint).toContain('"keep"');
  });
  test('is kept as asked', () => {
    expect(deriveVersions(at('0.9.1'), dev, lineage, { afterRelease: 'keep' }).npm.version).toBe(
      '0.9.1-dev.20251113153211',
    );
  });
});

test('a patch that cannot be counted further is refused, not rounded', () => {
  const base = `0.1.${Number.MAX_SAFE_INTEGER}`;
  expect(refusal(at(base), dev, { tags: [`v${base}`] }).field).toBe('base');
});

describe('a release of a module needs its major version in the path', () => {
  test.each([
    ['2.0.0', 'github.com/o/sdk', 'github.com/o/sdk/v2'],
    ['3.1.0', 'github.com/o/sdk/v2', 'github.com/o/sdk/v3'],
    ['1.0.0', 'github.com/o/sdk/v2', 'github.com/o/sdk'],
    ['0.1.0', 'gopkg.in/sdk.v1', 'gopkg.in/sdk.v0'],
    ['2.0.0', 'gopkg.in/o/sdk.v1', 'gopkg.in/o/sdk.v2'],
  ])('%s and %s: write %s', (base, modulePath, right) => {
    for (const ref of [`refs/tags/v${base}`, `refs/tags/v${base}-rc.1`]) {
      const error = refusal(at(base), classifyRef(ref), { tags: [] }, { go: { modulePath } });
      expect(error).toMatchObject({ code: 'module-path-major', field: 'go.modulePath' });
      expect(error.hint).toContain(`"module ${right}"`);
      expect(
        deriveVersions(at(base), classifyRef(ref), { tags: [] }, { go: { modulePath: right } }).go
          .version,
      ).toBe(ref.slice(10));
    }
  });
});

describe('the folder of a Go module', () => {
  const tag = (directory: string, modulePath: string): string | null =>
    deriveVersions(
      at('2.0.0'),
      classifyRef('refs/tags/v2.0.0'),
      { tags: [] },
      { go: { directory, modulePath } },
    ).go.tag;

  test('is no major sub-directory when the path has its name beside the major version', () => {
    expect(tag('sdk/v2', 'github.com/o/r/sdk/v2')).toBe('sdk/v2.0.0');
    expect(tag('sdk/v2', 'github.com/o/r/sdk/v2/v2')).toBe('sdk/v2/v2.0.0');
  });
});

test('a tag on the commit counts as a base for Go when the list of tags lacks it', () => {
  const { go } = deriveVersions(at('0.1.0'), dev, { tags: [], tagsAtCommit: ['v0.1.0+build.7'] });
  expect(go.version).toBe('v0.1.1-0.20251113153211-71e210beab37');
});

describe('options from outside', () => {
  test.each([
    ['stamp', { stamp: 'time' }],
    ['afterRelease', { afterRelease: 'next-minor' }],
    ['go.directory', { go: { directory: '/abs' } }],
    ['go.directory', { go: { directory: '../up' } }],
    ['go.directory', { go: { directory: 'a//b' } }],
    ['go.directory', { go: { directory: 'a/' } }],
    ['go.directory', { go: { directory: 'a\\b' } }],
    ['go.directory', { go: { directory: 'a\nb' } }],
    ['go.modulePath', { go: { modulePath: '' } }],
    ['go.modulePath', { go: { modulePath: 'sdk' } }],
    ['go.modulePath', { go: { modulePath: 'github.com/o/sdk/v1' } }],
    ['go.modulePath', { go: { modulePath: 'github.com/o/sdk/v02' } }],
    ['go.modulePath', { go: { modulePath: 'gopkg.in/sdk' } }],
    ['go.modulePath', { go: { modulePath: 'github.com/o/sdk\n' } }],
  ])('%s: %j', (field, options) => {
    expect(refusal(at('0.1.0'), dev, { tags: [] }, options as VersionOptions).field).toBe(field);
  });
});

test('the same input gives the same output, and is left as it was', () => {
  const tuple = at('0.1.0');
  const lineage = Object.freeze({
    tags: Object.freeze(['v0.1.0-rc.1', 'v0.0.1']),
    tagsAtCommit: Object.freeze([]),
  });
  expect(deriveVersions(tuple, dev, lineage)).toEqual(
    deriveVersions(tuple, dev, { tags: ['v0.0.1', 'v0.1.0-rc.1'] }),
  );
  expect(Object.isFrozen(tuple)).toBe(true);
});
