import { describe, expect, test } from 'vitest';
import { type GoModuleOptions, goModule } from '../src/index.ts';

const MIRROR = 'https://git.example.org/o/r.git';

describe('options', () => {
  const wrong: readonly (readonly [field: string, options: unknown])[] = [
    ['directory', { directory: '../x' }],
    ['token', { directory: 'a', token: 42 }],
    ['branches.realease', { directory: 'a', mirror: MIRROR, branches: { realease: 'trunk' } }],
    ['allow[1]', { directory: 'a', allow: ['a/b.go', '../c.go'] }],
    ['remote', { directory: 'a', mirror: MIRROR, remote: MIRROR }],
    ['fromCheckout', { directory: 'a', fromCheckout: ['gen'] }],
    ['takeOver', { directory: 'a', takeOver: 'a'.repeat(40) }],
    ['takeOver', { directory: 'a', mirror: MIRROR, takeOver: 'main' }],
    ['takeOver', { directory: 'a', mirror: MIRROR, takeOver: 'abc1234' }],
    ['fromCheckout[0]', { directory: 'a', mirror: MIRROR, fromCheckout: ['.'] }],
    ['fromCheckout[1]', { directory: 'a', mirror: MIRROR, fromCheckout: ['gen', 'go.mod'] }],
    ['fromCheckout[0]', { directory: 'a', mirror: MIRROR, fromCheckout: ['*.pb.go'] }],
    ['mirror', { directory: 'a', mirror: 'https://user:hunter2secret@git.example.org/o/r.git' }],
    ['mirror', { directory: 'a', mirror: 'https://hunter2secret@git.example.org/o/r.git' }],
    ['mirror', { directory: 'a', mirror: 'ext::sh -c id' }],
    ['mirror', { directory: 'a', mirror: 'https://-x/o' }],
    ['mirror', { directory: 'a', mirror: 'o/r' }],
    ['mirror', { directory: 'a', mirror: '' }],
    ['remote', { directory: 'a', remote: '--upload-pack=id' }],
    ['branches.dev', { directory: 'a', mirror: MIRROR, branches: { dev: '-f' } }],
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
