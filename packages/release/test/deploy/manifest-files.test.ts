import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, realpath, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { InvalidInputError } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { readManifests } from '../../src/deploy/manifest-files.ts';
import { folder } from '../support/folder.ts';

type Files = Readonly<Record<string, string | Uint8Array>>;

/** A folder with these files. */
async function folderWith(files: Files): Promise<string> {
  const root = await realpath(await folder());
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}

/** The paths that were read, relative to `root`, and the codes of the problems. */
async function read(root: string, ...paths: readonly string[]): Promise<readonly string[]> {
  const { files, problems } = await readManifests(
    paths.map((path) => join(root, path)),
    undefined,
  );
  return [
    ...files.map(({ path }) => path.slice(root.length + 1)),
    ...problems.map(({ code, path = '' }) => `${code} ${path.slice(root.length + 1)}`),
  ];
}

async function refusal(call: Promise<unknown>): Promise<InvalidInputError> {
  const error: unknown = await call.catch((e: unknown) => e);
  if (error instanceof InvalidInputError) return error;
  throw new Error(`no refusal: ${String(error)}`);
}

describe('a folder', () => {
  test('is all YAML below it, sorted, without what git and package managers keep', async () => {
    const root = await folderWith({
      'b.yaml': 'b',
      'a.yml': 'a',
      'C.YAML': 'c',
      'sub/deep/d.yaml': 'd',
      'README.md': 'no',
      'values.yaml.bak': 'no',
      // What a pin that was killed leaves.
      'a.yaml.4b825dc6-42cb-46eb-9a06-0e54bf8d69288.partial': 'no',
      yaml: 'no',
      '.git/config.yaml': 'no',
      'node_modules/x/package.yaml': 'no',
      '.hidden/e.yaml': 'e',
      '.f.yaml': 'f',
    });
    expect(await read(root, '.')).toEqual([
      '.f.yaml',
      '.hidden/e.yaml',
      'C.YAML',
      'a.yml',
      'b.yaml',
      'sub/deep/d.yaml',
    ]);
  });

  test('takes of the JSON in it what is of Kubernetes', async () => {
    const root = await folderWith({
      'pod.json': '{ "kind": "Pod", "apiVersion" : "v1" }',
      'package.json': '{ "name": "sdk" }',
      'list.json': '[]',
    });
    expect(await read(root, '.')).toEqual(['pod.json']);
  });

  test('may have a link to a file, and one to a folder that is not followed', async () => {
    const root = await folderWith({ 'real/a.yaml': 'a', 'elsewhere/b.yaml': 'b' });
    await symlink('../elsewhere/b.yaml', join(root, 'real/b.yaml'));
    await symlink('../elsewhere', join(root, 'real/folder'));
    await symlink('.', join(root, 'real/loop'));
    expect(await read(root, 'real')).toEqual(['real/a.yaml', 'real/b.yaml']);
    const { links } = await readManifests([join(root, 'real')], undefined);
    expect(links.map((path) => basename(path))).toEqual(['folder', 'loop']);
  });

  test.each(['nowhere.yaml', 'self.yaml'])('with a link to %s is refused', async (target) => {
    const root = await folderWith({ 'a.yaml': 'a' });
    await symlink(target, join(root, 'self.yaml'));
    await expect(readManifests([root], undefined)).rejects.toMatchObject({ field: 'path' });
  });

  test('may have a kustomization without an end', async () => {
    const root = await folderWith({ 'a/Kustomization': 'images: []' });
    expect(await read(root, 'a')).toEqual(['a/Kustomization']);
  });

  test('behind a link is not the one beside it', async () => {
    const root = await folderWith({
      'real/x.yaml': 'theirs',
      'real/sub/y.yaml': '',
      'cwd/x.yaml': 'ours',
    });
    await symlink('../real/sub', join(root, 'cwd/link'));
    const { files } = await readManifests([`${root}/cwd/link/..`], undefined);
    expect(files.map(({ text }) => text)).toContain('theirs');
    expect(files.map(({ text }) => text)).not.toContain('ours');
  });

  test('that is a link is read', async () => {
    const root = await folderWith({ 'real/a.yaml': 'a' });
    await symlink('real', join(root, 'link'));
    expect(await read(root, 'link')).toEqual(['link/a.yaml']);
  });

  test('may have nothing in it', async () => {
    const root = await folderWith({ 'README.md': '' });
    const { files, problems } = await readManifests([root], undefined);
    expect(files).toEqual([]);
    expect(problems).toMatchObject([{ code: 'deploy-nothing-to-check' }]);
  });
});

describe('a file', () => {
  test('is read whatever its name', async () => {
    const root = await folderWith({ 'Manifest.tpl': 'a', 'package.json': '{}', '.git/x': 'b' });
    const paths = ['Manifest.tpl', 'package.json', '.git/x'];
    expect(await read(root, ...paths)).toEqual(paths);
  });

  test('that is named twice, or by a link, is read once: where it was named first', async () => {
    const root = await folderWith({ 'a/x.yaml': 'x', 'a/y.yaml': 'y' });
    await symlink('x.yaml', join(root, 'a/link.yaml'));
    expect(await read(root, 'a/x.yaml', 'a', './a/../a/y.yaml', 'a/link.yaml')).toEqual([
      'a/x.yaml',
      'a/y.yaml',
    ]);
  });

  test('is replaced where it really is', async () => {
    const root = await folderWith({ 'real.yaml': 'x' });
    await symlink('real.yaml', join(root, 'link.yaml'));
    const path = join(root, 'link.yaml');
    expect((await readManifests([path], undefined)).files).toEqual([
      { path, text: 'x', file: join(root, 'real.yaml') },
    ]);
  });

  test('keeps its byte order mark and its line ends', async () => {
    const text = '\uFEFFkind: Pod\r\n';
    const root = await folderWith({ 'a.yaml': text });
    const { files } = await readManifests([join(root, 'a.yaml')], undefined);
    expect(files.map((one) => one.text)).toEqual([text]);
  });

  test('that is not UTF-8 is a problem of its own; the others are read', async () => {
    const root = await folderWith({
      'a.yaml': Buffer.from('\uFEFFkind: Pod\n', 'utf16le'),
      'b.yaml': Buffer.from('# gr\xfc\xdfe\n', 'latin1'),
      'c.yaml': 'c',
    });
    expect(await read(root, '.')).toEqual([
      'c.yaml',
      'deploy-not-utf8 a.yaml',
      'deploy-not-utf8 b.yaml',
    ]);
  });

  // Linux opens it for everybody, and then reads nothing at its beginning.
  test.runIf(existsSync('/proc/self/mem'))('that fails while it is read is refused', async () => {
    const root = await folderWith({});
    await symlink('/proc/self/mem', join(root, 'a.yaml'));
    const { field, message } = await refusal(read(root, '.'));
    expect(field).toBe('path');
    expect(message).toMatch(/EIO.*a\.yaml/s);
  });

  test('may be a pipe: what a shell makes of <(helm template …)', async () => {
    const root = await folderWith({});
    execFileSync('mkfifo', [join(root, 'pipe')]);
    const [{ files }] = await Promise.all([
      readManifests([join(root, 'pipe')], undefined),
      writeFile(join(root, 'pipe'), 'kind: Pod\n'),
    ]);
    expect(files.map(({ text }) => text)).toEqual(['kind: Pod\n']);
  });
});

describe('a path with nothing behind it', () => {
  test.each([
    ['that is not there', 'no/such.yaml', 'ENOENT'],
    ['below a file', 'a.yaml/b.yaml', 'ENOTDIR'],
    ['in a loop of links', 'loop.yaml', 'ELOOP'],
    ['that is too long', `${'x'.repeat(300)}.yaml`, 'ENAMETOOLONG'],
  ])('%s is refused, and names the path', async (_, path, reason) => {
    const root = await folderWith({ 'a.yaml': 'a' });
    await symlink('loop.yaml', join(root, 'loop.yaml'));
    const { field, message } = await refusal(read(root, 'a.yaml', path));
    expect(field).toBe('path');
    expect(message).toContain(reason);
    expect(message).toContain(path.slice(0, 20));
  });
});

describe('standard input', () => {
  test('is read once, as one file that no path names', async () => {
    let reads = 0;
    const stdin = async (): Promise<Uint8Array> => {
      reads += 1;
      return Buffer.from('kind: Pod\n');
    };
    const { files } = await readManifests(['-'], stdin);
    expect(files).toEqual([{ path: 'standard input', text: 'kind: Pod\n' }]);
    expect((await readManifests(['-', '-'], stdin)).files).toHaveLength(1);
    expect(reads).toBe(2);
  });

  test.each([
    ['a terminal', async () => undefined],
    ['closed', undefined],
  ])('that is %s is refused, with what to pipe in', async (_, stdin) => {
    const { field, hint } = await refusal(readManifests(['-'], stdin));
    expect(field).toBe('path');
    expect(hint).toContain('helm template');
  });

  test('that is not UTF-8 is a problem', async () => {
    const { problems } = await readManifests(['-'], async () => Buffer.from([0xff, 0xfe, 0x41]));
    expect(problems).toMatchObject([{ code: 'deploy-not-utf8', path: 'standard input' }]);
  });
});
