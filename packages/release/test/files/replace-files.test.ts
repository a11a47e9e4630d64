import { spawnSync } from 'node:child_process';
import {
  chmod,
  link,
  mkdir,
  readdir,
  readFile,
  readlink,
  realpath,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Problem } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { type Replacement, replaceFiles } from '../../src/files/replace-files.ts';
import { folder } from '../support/folder.ts';

const BEFORE = 'image: a\n';
const AFTER = 'image: b\n';

async function folderWith(...paths: readonly string[]): Promise<string> {
  const root = await realpath(await folder());
  for (const path of paths) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), BEFORE);
  }
  return root;
}

function replacements(root: string, ...paths: readonly string[]): readonly Replacement[] {
  return paths.map((path) => ({ file: join(root, path), path, before: BEFORE, text: AFTER }));
}

/** The files below a folder, each with its text. */
async function texts(root: string): Promise<Readonly<Record<string, string>>> {
  const names = await readdir(root, { recursive: true, withFileTypes: true });
  const files = names.filter((one) => one.isFile());
  const read = files.map(async ({ name, parentPath }) => {
    const path = join(parentPath, name);
    return [path.slice(root.length + 1), await readFile(path, 'utf8')] as const;
  });
  return Object.fromEntries(await Promise.all(read));
}

describe('files are replaced', () => {
  test('all of them, and nothing else is left there', async () => {
    const root = await folderWith('a.yaml', 'sub/b.yaml', 'c.yaml');
    expect(await replaceFiles(replacements(root, 'a.yaml', 'sub/b.yaml'))).toEqual([]);
    expect(await texts(root)).toEqual({ 'a.yaml': AFTER, 'sub/b.yaml': AFTER, 'c.yaml': BEFORE });
  });

  test.each([0o600, 0o644, 0o664, 0o755, 0o666])(
    'with the mode that they had: %o',
    async (mode) => {
      const root = await folderWith('a.yaml');
      await chmod(join(root, 'a.yaml'), mode);
      await replaceFiles(replacements(root, 'a.yaml'));
      expect((await stat(join(root, 'a.yaml'))).mode & 0o777).toBe(mode);
    },
  );

  test('where a link leads: the link stays', async () => {
    const root = await folderWith('real/a.yaml');
    await symlink('real/a.yaml', join(root, 'link.yaml'));
    const file = await realpath(join(root, 'link.yaml'));
    await replaceFiles([{ file, path: 'link.yaml', before: BEFORE, text: AFTER }]);
    expect(await readlink(join(root, 'link.yaml'))).toBe('real/a.yaml');
    expect(await texts(root)).toEqual({ 'real/a.yaml': AFTER });
  });

  test('byte for byte: a byte order mark, CRLF, no line end at the end', async () => {
    const root = await folderWith('a.yaml');
    const before = '\uFEFFimage: a\r\nlast: grün';
    await writeFile(join(root, 'a.yaml'), before);
    const text = before.replace('a\r', 'b\r');
    const file = join(root, 'a.yaml');
    expect(await replaceFiles([{ file, path: 'a.yaml', before, text }])).toEqual([]);
    expect(await readFile(file)).toEqual(Buffer.from(text));
  });

  test('nothing, if there is nothing to replace', async () => {
    expect(await replaceFiles([])).toEqual([]);
  });
});

describe('no file is written', () => {
  test('if one was changed meanwhile', async () => {
    const root = await folderWith('a.yaml', 'b.yaml');
    await writeFile(join(root, 'b.yaml'), 'image: mine\n');
    expect(await replaceFiles(replacements(root, 'a.yaml', 'b.yaml'))).toMatchObject([
      { code: 'file-changed', kind: 'incomplete', path: 'b.yaml', rerun: 'safe' },
    ]);
    expect(await texts(root)).toEqual({ 'a.yaml': BEFORE, 'b.yaml': 'image: mine\n' });
  });

  test('if one is gone', async () => {
    const root = await folderWith('a.yaml', 'b.yaml');
    await rm(join(root, 'b.yaml'));
    expect(await replaceFiles(replacements(root, 'a.yaml', 'b.yaml'))).toMatchObject([
      {
        code: 'file-not-written',
        kind: 'incomplete',
        path: 'b.yaml',
        message: expect.stringMatching(/ENOENT.*No file was written\.$/) as string,
      },
    ]);
    expect(await texts(root)).toEqual({ 'a.yaml': BEFORE });
  });

  test('if one is read-only', async () => {
    const root = await folderWith('a.yaml', 'b.yaml');
    await chmod(join(root, 'b.yaml'), 0o444);
    expect(await replaceFiles(replacements(root, 'a.yaml', 'b.yaml'))).toMatchObject([
      {
        code: 'file-not-written',
        path: 'b.yaml',
        message: expect.stringContaining('read-only'),
      },
    ]);
    expect(await texts(root)).toEqual({ 'a.yaml': BEFORE, 'b.yaml': BEFORE });
  });

  test('if one has another name that would keep the old text', async () => {
    const root = await folderWith('a.yaml');
    await link(join(root, 'a.yaml'), join(root, 'b.yaml'));
    expect(await replaceFiles(replacements(root, 'a.yaml'))).toMatchObject([
      { code: 'file-not-written', message: expect.stringContaining('hard links') },
    ]);
    expect(await texts(root)).toEqual({ 'a.yaml': BEFORE, 'b.yaml': BEFORE });
  });
});

describe('nothing is written through a link', () => {
  test.each([
    ['of a file that is there', BEFORE],
    ['of a new file', undefined],
  ])('in the path %s', async (_which, before) => {
    const outside = await folderWith('sdk/a.yaml');
    const root = await folderWith('b.yaml');
    await symlink(join(outside, 'sdk'), join(root, 'sdk'));
    const path = before === undefined ? 'sdk/deep/a.yaml' : 'sdk/a.yaml';
    const file = { file: join(root, path), path, text: AFTER };
    const problems = await replaceFiles([
      ...replacements(root, 'b.yaml'),
      before === undefined ? file : { ...file, before },
    ]);
    expect(problems).toMatchObject([
      {
        code: 'file-not-written',
        path,
        message: expect.stringMatching(/\/sdk is a link, .*No file was written\.$/) as string,
      },
    ]);
    expect(await texts(outside)).toEqual({ 'sdk/a.yaml': BEFORE });
    expect(await texts(root)).toEqual({ 'b.yaml': BEFORE });
    expect(await readdir(join(outside, 'sdk'))).toEqual(['a.yaml']);
  });
});

test.each([
  ['a file', 'ignored', /a file that git ignores, or that is not text in UTF-8, is in the way/],
  ['a folder', 'folder', /a folder of this name is in the way/],
  [
    'a link that leads nowhere',
    'dangling',
    /a link of this name, which leads nowhere, is in the way/,
  ],
  ['a file in place of its folder', 'ignored/new', /\/ignored is no folder/],
])('%s in the way of a new file: says so, and no file is written', async (_what, path, says) => {
  const root = await folderWith('a.yaml', 'ignored', 'folder/b.yaml');
  await symlink('nowhere', join(root, 'dangling'));
  const files = [...replacements(root, 'a.yaml'), { file: join(root, path), path, text: AFTER }];
  expect(await replaceFiles(files)).toMatchObject([
    {
      code: 'file-not-written',
      path,
      message: expect.stringMatching(says),
      hint: expect.stringMatching(/^Move it away/),
    },
  ]);
  expect(await texts(root)).toEqual({ 'a.yaml': BEFORE, ignored: BEFORE, 'folder/b.yaml': BEFORE });
});

test('a file whose name is as long as a name can be is replaced', async () => {
  const long = `${'x'.repeat(250)}.yaml`;
  const root = await folderWith(long);
  expect(await replaceFiles(replacements(root, long))).toEqual([]);
  expect(await texts(root)).toEqual({ [long]: AFTER });
});

/** Replaces files as nobody, whom the modes of folders stop: root writes everywhere. */
function replaceAsNobody(files: readonly Replacement[]): readonly Problem[] {
  const module = new URL('../../src/files/replace-files.ts', import.meta.url).href;
  const script = `process.setgid(65534); process.setuid(65534);
    const { replaceFiles } = await import(${JSON.stringify(module)});
    console.log(JSON.stringify(await replaceFiles(${JSON.stringify(files)})));`;
  const { stderr, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  if (stderr !== '') throw new Error(stderr);
  return JSON.parse(stdout);
}

/** Folders with one file each, which everybody may write; `closed`: a mode with which nobody may replace it. */
async function foldersWith(closed: number, ...paths: readonly string[]): Promise<string> {
  const root = await folderWith(...paths);
  await chmod(root, 0o755);
  for (const path of paths) {
    await chmod(join(root, path), 0o666);
    await chmod(dirname(join(root, path)), path.startsWith('closed/') ? closed : 0o777);
  }
  return root;
}

describe.runIf(process.getuid?.() === 0)('a folder in which a file may not be replaced', () => {
  const PATHS = ['a/a.yaml', 'closed/b.yaml', 'c/c.yaml'];

  test('no new file: no file is written anywhere', async () => {
    const root = await foldersWith(0o755, ...PATHS);
    expect(replaceAsNobody(replacements(root, ...PATHS))).toMatchObject([
      {
        code: 'file-not-written',
        path: 'closed/b.yaml',
        message: expect.stringMatching(/EACCES.*No file was written\.$/) as string,
      },
    ]);
    expect(await texts(root)).toEqual(Object.fromEntries(PATHS.map((path) => [path, BEFORE])));
  });

  // The sticky bit: everybody may make a file, but only its owner may replace one.
  test('no rename: says what was written before it', async () => {
    const root = await foldersWith(0o1777, ...PATHS);
    expect(replaceAsNobody(replacements(root, ...PATHS))).toMatchObject([
      {
        code: 'file-not-written',
        kind: 'incomplete',
        path: 'closed/b.yaml',
        message: expect.stringMatching(/EPERM.*Written before it: a\/a\.yaml\.$/) as string,
      },
    ]);
    expect(await texts(root)).toEqual({
      'a/a.yaml': AFTER,
      'closed/b.yaml': BEFORE,
      'c/c.yaml': BEFORE,
    });
  });
});
