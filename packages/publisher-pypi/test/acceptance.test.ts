import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { component, needs } from '@ameide/local-registries/components';
import { ArchiveError, createProcesses } from '@ameide/publisher-kit';
import { afterAll, describe, expect, test } from 'vitest';
import KNOWN from '../src/acceptance/classifiers.json' with { type: 'json' };
import { type Acceptance, fileFlaws } from '../src/acceptance/file-flaws.ts';
import { renderRst } from '../src/acceptance/render-rst.ts';
import { readMetadata } from '../src/distribution/archive.ts';
import {
  type AcceptanceCase,
  archiveCases,
  DESCRIPTION_CASES,
  MAIL_CASES,
  METADATA_CASES,
} from './acceptance-cases.ts';
import { folder, removeScratch } from './world.ts';

afterAll(removeScratch);

const ARCHIVE_CASES = await archiveCases();
const processes = createProcesses();
type Render = Acceptance['render'];
const noRenderer: Render = async () => ({});
const renderer: Render = (text) =>
  renderRst(text, { processes, cwd: folder(), env: {}, signal: new AbortController().signal });

/** What we say about a file: the reasons to refuse it. */
async function reasons(
  { bytes, name }: AcceptanceCase,
  { isPypi = true, render = noRenderer, allow = [] }: Partial<Acceptance> = {},
): Promise<readonly string[]> {
  const kind = name.endsWith('.whl') ? 'wheel' : 'sdist';
  try {
    const metadata = await readMetadata(kind, bytes);
    const file = { name, bytes, kind, metadata, pythonTag: 'py3' } as const;
    return (await fileFlaws(file, { isPypi, allow, render })).map(({ reason }) => reason);
  } catch (error) {
    // `verifyOutput` reports it: pypi-build-output.
    if (error instanceof ArchiveError) return [error.message];
    throw error;
  }
}

describe('PyPI', () => {
  test.each(
    [...METADATA_CASES, ...MAIL_CASES, ...ARCHIVE_CASES].map((one) => [one.title, one] as const),
  )('decides: %s', async (_title, one) => {
    const found = await reasons(one);
    expect(found.length === 0, found.join('; ')).toBe(one.taken);
  });

  test('takes a classifier that we do not know, when it is allowed', async () => {
    const one = METADATA_CASES.find(({ title }) => title.includes('Topic :: Nothing'));
    if (one === undefined) throw new Error('the case is gone');
    expect(await reasons(one, { allow: ['Topic :: Nothing'] })).toEqual([]);
  });
});

test('another index refuses only what installers cannot use', async () => {
  const refused: string[] = [];
  for (const one of [...METADATA_CASES, ...MAIL_CASES, ...DESCRIPTION_CASES, ...ARCHIVE_CASES])
    if ((await reasons(one, { isPypi: false })).length > 0) refused.push(one.title);
  const archives = refused.filter((title) => !/^[A-Z]|^metadata/.test(title));
  expect(archives).toEqual([
    'a build number without a digit',
    'an empty tag',
    'no WHEEL',
    'no RECORD',
    'bytes before its start',
  ]);
  const fields = refused
    .filter((title) => /^[A-Z]/.test(title))
    .map((title) => title.split(':')[0]);
  expect(new Set(fields)).toEqual(new Set(['Requires-Python', 'Requires-Dist', 'Provides-Extra']));
});

test('without a renderer, only descriptions that certainly do not render are refused', async () => {
  const refused: string[] = [];
  for (const one of DESCRIPTION_CASES) {
    const isRefused = (await reasons(one)).length > 0;
    if (isRefused) refused.push(one.title.replace('a description with ', ''));
    if (one.taken) expect(isRefused, one.title).toBe(false);
  }
  expect(refused).toEqual([
    'a directive of Sphinx',
    'a role of Sphinx',
    'a short underline',
    'include',
    'raw',
  ]);
});

needs('twine')('with the renderer of PyPI', () => {
  test.each(DESCRIPTION_CASES.map((one) => [one.title, one] as const))(
    '%s',
    async (_title, one) => {
      const found = await reasons(one, { render: renderer });
      expect(found.length === 0, found.join('; ')).toBe(one.taken);
    },
  );
});

/** The command of a Python that has twine, and with it the libraries of PyPI's upload. */
const [python = 'python3'] = component('twine').command ?? [];

function write(cases: readonly AcceptanceCase[]): readonly string[] {
  const root = folder();
  return cases.map(({ bytes, name }, index) => {
    mkdirSync(join(root, String(index)));
    const path = join(root, String(index), name);
    writeFileSync(path, bytes);
    return path;
  });
}

needs('twine', 'uv')('the libraries that PyPI is made of', () => {
  const oracle = new URL('acceptance-oracle.py', import.meta.url).pathname;

  function judge(cases: readonly AcceptanceCase[]): readonly (boolean | null)[] {
    const input = JSON.stringify(write(cases));
    const { stdout } = spawnSync(python, [oracle], { input, encoding: 'utf8' });
    return JSON.parse(stdout) as readonly (boolean | null)[];
  }

  test('say what the cases say', () => {
    // PyPI's own code for the rest is asked where WAREHOUSE names a checkout of it.
    const archives = process.env['WAREHOUSE'] === undefined ? [] : ARCHIVE_CASES;
    const cases = [...METADATA_CASES, ...MAIL_CASES, ...DESCRIPTION_CASES, ...archives];
    const judged = judge(cases);
    const wrong = cases.filter(({ taken }, index) => judged[index] === !taken);
    expect(wrong.map(({ title }) => title)).toEqual([]);
    expect(cases.length).toBeGreaterThan(60);
  });

  test('know the classifiers that we know', () => {
    const list =
      'import json, trove_classifiers as t; print(json.dumps([sorted(t.classifiers), t.deprecated_classifiers]))';
    const [valid, deprecated] = JSON.parse(
      execFileSync(python, ['-c', list], { encoding: 'utf8' }),
    );
    expect(KNOWN).toEqual({ valid, deprecated });
  });

  test('twine check says the same of descriptions', () => {
    const paths = write(DESCRIPTION_CASES);
    const failed = DESCRIPTION_CASES.filter((_, index) => {
      const { status } = spawnSync(python, ['-m', 'twine', 'check', paths[index] ?? '']);
      return status !== 0;
    });
    expect(failed).toEqual(DESCRIPTION_CASES.filter(({ taken }) => !taken));
  });
});
