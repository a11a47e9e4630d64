import { describe, expect, test } from 'vitest';
import { type GoModuleOptions, goModule } from '../src/index.ts';

const MIRROR = 'https://git.example.org/o/r.git';

describe('options', () => {
  const wrong: readonly (readonly [field: string, options: unknown])[] = [
    ...[
      '..',
      '../x',
      '/etc',
      'a//b',
      'a/./b',
      'a/../b',
      'a\\b',
      'a\nb',
      'C:/a',
      '/',
      undefined,
      7,
    ].map((directory) => ['directory', { directory }] as const),
    ...[undefined, null, 'packages/sdk', []].map((options) => ['goModule', options] as const),
    ['mirror', { directory: 'a', mirror: undefined }],
    ['branches', { directory: 'a', mirror: MIRROR, branches: undefined }],
    ['branches', { directory: 'a', mirror: MIRROR, branches: ['main'] }],
    ['branches.realease', { directory: 'a', mirror: MIRROR, branches: { realease: 'trunk' } }],
    ['token', { directory: 'a', token: 42 }],
    ['user', { directory: 'a', user: ['hunter2'] }],
    ['allow', { directory: 'a', allow: 'a/b.go' }],
    ['allow[1]', { directory: 'a', allow: ['a/b.go', '../c.go'] }],
    ['fromCheckout', { directory: 'a', mirror: MIRROR, fromCheckout: 'gen' }],
    ['fromCheckout', { directory: 'a', fromCheckout: ['gen'] }],
    ['fromCheckout[0]', { directory: 'a', mirror: MIRROR, fromCheckout: ['.'] }],
    ['fromCheckout[1]', { directory: 'a', mirror: MIRROR, fromCheckout: ['gen', 'go.mod'] }],
    ['miror', { directory: 'a', miror: MIRROR }],
    ['remote', { directory: 'a', mirror: MIRROR, remote: MIRROR }],
    ['mirror', { directory: 'a', mirror: 'https://user:hunter2secret@git.example.org/o/r.git' }],
    ['mirror', { directory: 'a', mirror: 'https://hunter2secret@git.example.org/o/r.git' }],
    ['mirror', { directory: 'a', mirror: 'ext::sh -c id' }],
    ['mirror', { directory: 'a', mirror: 'https://-x/o' }],
    ['mirror', { directory: 'a', mirror: 'o/r' }],
    ['mirror', { directory: 'a', mirror: '' }],
    ['remote', { directory: 'a', remote: '--upload-pack=id' }],
    ...['', '-f', '.x', 'a b', 'a..b', 'a.lock', '@{1}', '$(id)', 'a:b', 3].map(
      (dev) => ['branches.dev', { directory: 'a', mirror: MIRROR, branches: { dev } }] as const,
    ),
    ['branches.release', { directory: 'a', mirror: MIRROR, branches: { release: 'a~1' } }],
    ['branches', { directory: 'a', mirror: MIRROR, branches: { dev: 'main' } }],
  ];
  test.each(wrong)('refuses a wrong %s, before anything is read: %j', (field, options) => {
    expect(() => goModule(options as GoModuleOptions)).toThrow(
      expect.objectContaining({ name: 'InvalidInputError', field }) as Error,
    );
    try {
      goModule(options as GoModuleOptions);
    } catch (error) {
      expect(JSON.stringify([error, (error as Error).message])).not.toContain('hunter2');
    }
  });

  test('takes a directory as people write it', () => {
    expect(['', '.', './'].map((directory) => goModule({ directory }).label)).toEqual(
      Array(3).fill('goModule(.)'),
    );
    for (const directory of ['packages/sdk', 'packages/sdk/', './packages/sdk']) {
      expect(goModule({ directory }).label).toBe('goModule(packages/sdk)');
    }
  });
});
