import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { needs } from '@ameide/local-registries/components';
import { runGit } from '@ameide/publisher-kit/testing';
import { array, assert, asyncProperty, constantFrom } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { copyExample } from './example-copy.ts';
import { PLANTS } from './plants.ts';

const run = promisify(execFile);
const FIXED = PLANTS.filter(({ fixes }) => fixes !== undefined);

describe('--fix', () => {
  test.each(FIXED)('changes only what is meant: $title', async ({ finds, fixes, ...change }) => {
    const example = copyExample();
    example.change(change);
    const before = await example.report();
    expect(before.written).toBe(false);
    const report = await example.report('--fix');
    expect([report.problems, report.exitCode, report.written]).toEqual([[], 0, true]);
    expect(report.fixed.map(({ rule }) => rule)).toEqual(finds.map((one) => one.split(' ')[0]));
    expect(example.changed()).toEqual(fixes === 'restores' ? [] : fixes?.toSorted());
    // The second time there is nothing to do.
    const again = await example.report('--fix');
    expect([again.problems, again.fixed, again.diff, again.written]).toEqual([[], [], '', false]);
  });

  test('all at once: what it can fix is fixed, what it cannot is left as it is', async () => {
    const example = copyExample();
    const all = PLANTS.filter(({ joins = true }) => joins);
    for (const { finds: _, fixes: _fixes, title: _title, ...change } of all) example.change(change);
    const left = all.filter(({ fixes }) => fixes === undefined).flatMap(({ finds }) => finds);
    const report = await example.report('--fix');
    expect(report.exitCode).toBe(2);
    expect(report.problems.length).toBe(left.length);
    expect(report.problems.filter(({ isFixable }) => isFixable === true)).toEqual([]);
    expect(report.fixed.length).toBe(all.flatMap(({ finds }) => finds).length - left.length);
    const again = await example.report('--fix');
    expect([again.problems, again.fixed, again.diff]).toEqual([report.problems, [], '']);
  });

  test('of any problems: what it fixed is gone, what it left is as before, and it is done', async () => {
    const joining = PLANTS.filter(({ joins = true }) => joins);
    await assert(
      asyncProperty(array(constantFrom(...joining), { maxLength: 8 }), async (some) => {
        const example = copyExample();
        const chosen = [...new Set(some)];
        for (const { finds: _, fixes: _fixes, title: _title, ...change } of chosen)
          example.change(change);
        const before = await example.report();
        const after = await example.report('--fix');
        expect(after.problems.length + after.fixed.length).toBe(before.problems.length);
        expect(after.problems.map(({ message }) => message)).toEqual(
          before.problems.filter((one) => one.isFixable !== true).map(({ message }) => message),
        );
        const again = await example.report('--fix');
        expect([again.problems, again.fixed, again.diff]).toEqual([after.problems, [], '']);
      }),
      { numRuns: 10 },
    );
  }, 60_000);

  test('an install is not frozen before its lockfile is mended', async () => {
    const example = copyExample();
    const plant = PLANTS.find(({ title }) => title.includes('a frozen one would fail'));
    example.change(plant ?? {});
    const report = await example.report('--fix');
    expect([report.problems.length, report.fixed, report.written]).toEqual([2, [], false]);
  });

  test('prints the diff, which git can apply', async () => {
    const example = copyExample();
    const path = 'packages/ameide_sdk_python/pyproject.toml';
    const text = example.read(path).replace('version = "0.0.0"', 'version = "1.2.3"');
    writeFileSync(join(example.directory, path), text);
    const { diff } = await example.report('--fix');
    writeFileSync(join(example.directory, path), text);
    writeFileSync(join(example.directory, '.git/fix.diff'), diff);
    runGit(example.directory, ['apply', '.git/fix.diff']);
    expect(example.changed()).toEqual([]);
  });

  test('keeps a byte order mark and CRLF', async () => {
    const example = copyExample();
    const path = 'packages/ameide_sdk_python/pyproject.toml';
    const original = `\uFEFF${example.read(path).replaceAll('\n', '\r\n')}`;
    writeFileSync(
      join(example.directory, path),
      original.replace('version = "0.0.0"', 'version = "1.2.3"'),
    );
    const report = await example.report('--fix');
    expect([report.problems, report.written]).toEqual([[], true]);
    expect(example.read(path)).toBe(original);
  });

  test('without it nothing is written', async () => {
    const example = copyExample();
    for (const { finds: _, fixes: _fixes, title: _title, ...change } of FIXED.filter(
      ({ joins = true }) => joins,
    ))
      example.change(change);
    const before = runGit(example.directory, ['diff']);
    await example.doctor();
    await example.doctor('--sarif');
    expect(runGit(example.directory, ['diff'])).toBe(before);
  });
});

needs('go')('a tree that it left', () => {
  test('builds', async () => {
    const example = copyExample();
    const wanted = new Set([
      'a Go module without the major of its base version',
      'a Python project that states its version',
    ]);
    for (const { finds: _, fixes: _fixes, title, ...change } of PLANTS)
      if (wanted.has(title)) example.change(change);
    expect((await example.report('--fix')).problems).toEqual([]);
    const go = { cwd: join(example.directory, 'packages/ameide_sdk_go') };
    await run('go', ['build', './...'], go);
    await run('go', ['vet', './...'], go);
    await run('npx', ['-y', 'pnpm@12', 'install', '--frozen-lockfile', '--lockfile-only'], {
      cwd: example.directory,
    });
  });
});
