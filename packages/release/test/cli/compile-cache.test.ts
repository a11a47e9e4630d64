import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { makeCompiledFolder } from '../../src/cli/compile-cache.ts';

const isWindows = process.platform === 'win32';

function makeHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'ameide-home-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return home;
}

describe.skipIf(isWindows)('the folder for what Node compiles', () => {
  test('is in the cache folder of the user, who alone can open it', () => {
    const home = makeHome();
    const folder = makeCompiledFolder({ HOME: home });
    expect(folder).toBe(join(home, '.cache/ameide-release/compiled'));
    expect(statSync(folder ?? '').mode & 0o777).toBe(0o700);
    expect(makeCompiledFolder({ HOME: home })).toBe(folder);
  });

  test('is in XDG_CACHE_HOME, unless that is relative', () => {
    const home = makeHome();
    const cache = join(home, 'elsewhere');
    expect(makeCompiledFolder({ HOME: home, XDG_CACHE_HOME: cache })).toBe(
      join(cache, 'ameide-release/compiled'),
    );
    expect(makeCompiledFolder({ HOME: home, XDG_CACHE_HOME: 'elsewhere' })).toBe(
      join(home, '.cache/ameide-release/compiled'),
    );
    expect(makeCompiledFolder({ XDG_CACHE_HOME: 'elsewhere' })).toBeUndefined();
  });

  const shared = ['', '.cache', '.cache/ameide-release', '.cache/ameide-release/compiled'];
  test.each(shared)('is not used if others can write to ~/%s', (path) => {
    const home = makeHome();
    mkdirSync(join(home, shared.at(-1) ?? ''), { recursive: true });
    chmodSync(join(home, path), 0o777);
    expect(makeCompiledFolder({ HOME: home })).toBeUndefined();
  });

  test('is not used if others can write where a link leads to', () => {
    const [home, there] = [makeHome(), makeHome()];
    mkdirSync(join(there, 'cache'));
    symlinkSync(join(there, 'cache'), join(home, '.cache'));
    expect(makeCompiledFolder({ HOME: home })).toBeDefined();
    chmodSync(there, 0o777);
    expect(makeCompiledFolder({ HOME: home })).toBeUndefined();
  });

  test('may be below a folder where others cannot replace it, such as /tmp', () => {
    const home = makeHome();
    chmodSync(home, 0o1777);
    expect(makeCompiledFolder({ XDG_CACHE_HOME: home })).toBeDefined();
    // They can still place files in it.
    chmodSync(join(home, 'ameide-release/compiled'), 0o1777);
    expect(makeCompiledFolder({ XDG_CACHE_HOME: home })).toBeUndefined();
  });

  test('is not used if another user owns it', () => {
    const home = makeHome();
    const other = statSync(home).uid + 1;
    makeCompiledFolder({ HOME: home });
    expect(makeCompiledFolder({ HOME: home }, other)).toBeUndefined();
  });

  test('is not made in the home folder of another user, as with sudo', () => {
    const home = makeHome();
    if (statSync(home).uid === 0) chownSync(home, 1, 1);
    expect(makeCompiledFolder({ HOME: home }, 0)).toBeUndefined();
    expect(readdirSync(home)).toEqual([]);
  });

  test('is not made without a home folder', () => {
    const home = join(makeHome(), 'missing');
    expect(makeCompiledFolder({ HOME: home })).toBeUndefined();
    expect(existsSync(home)).toBe(false);
    expect(makeCompiledFolder({ HOME: '' })).toBeUndefined();
    expect(makeCompiledFolder({})).toBeUndefined();
  });

  test('is not used where it cannot be made', () => {
    const home = makeHome();
    writeFileSync(join(home, '.cache'), '');
    expect(makeCompiledFolder({ HOME: home })).toBeUndefined();
    // Answers ENOENT to mkdir(2), although it is there.
    if (process.platform === 'linux') expect(makeCompiledFolder({ HOME: '/proc' })).toBeUndefined();
  });
});
