import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { layOutCopy } from '../../src/consume/lockfiles/private-copy.ts';
import { folder } from '../support/folder.ts';
import { createGitWorld } from '../support/git-world.ts';

async function copyOf(git: ReturnType<typeof createGitWorld>, isHead = false) {
  const copy = await folder();
  await using repository = await git.open();
  const head = await repository.resolve('HEAD');
  const files = isHead ? repository.source(head) : repository.workingTree();
  const { signal } = new AbortController();
  const made = await layOutCopy({ repository, files, head, isHead, signal }, copy);
  const paths = readdirSync(copy, { recursive: true, encoding: 'utf8' });
  const own = paths.filter((path) => !/^(?:\.git|packages)(?:\/|$)/.test(path)).toSorted();
  return { copy, made, paths: own.filter((path) => !lstatSync(join(copy, path)).isDirectory()) };
}

test('no link leads out of the copy', async () => {
  const git = createGitWorld();
  const outside = await folder();
  writeFileSync(join(outside, 'secret.json'), 'outside\n');
  git.write('a/package.json', '{}\n');
  const links = {
    'a/absolute.json': join(outside, 'secret.json'),
    'a/absolute-inside.json': join(git.directory, 'a/package.json'),
    'a/nothing.json': '../nothing.json',
    'a/out.json': `../../${outside.split('/').at(-1)}/secret.json`,
    'a/through.json': 'absolute.json',
    'a/inside.json': './package.json',
  };
  for (const [path, target] of Object.entries(links))
    symlinkSync(target, join(git.directory, path));
  git.commit('Links');
  mkdirSync(join(git.directory, 'new'));
  symlinkSync(outside, join(git.directory, 'new/folder'));
  for (const isHead of [false, true]) {
    const { copy, made, paths } = await copyOf(git, isHead);
    expect(paths).toEqual(['a/inside.json', 'a/package.json']);
    expect(readlinkSync(join(copy, 'a/inside.json'))).toBe('./package.json');
    expect(made.value).toContain('a/absolute.json');
  }
  expect(readFileSync(join(outside, 'secret.json'), 'utf8')).toBe('outside\n');
});

test('the copy has what is not committed, unless it is of HEAD', async () => {
  const git = createGitWorld();
  for (const path of ['changed.txt', 'gone.txt', 'folder/file.txt', 'file'])
    git.write(path, 'old\n');
  git.write('.gitignore', '.npmrc\n');
  git.write('package.json', '{}\n');
  git.commit('Files');
  git.write('.npmrc', 'registry=https://npm.example/\n');
  git.write('changed.txt', 'new\n');
  git.write('added/package.json', '{}\n');
  rmSync(join(git.directory, 'gone.txt'));
  // A folder became a file, and a file a folder.
  rmSync(join(git.directory, 'folder'), { recursive: true });
  git.write('folder', 'new\n');
  rmSync(join(git.directory, 'file'));
  git.write('file/inner.txt', 'new\n');
  const { copy, paths } = await copyOf(git);
  const common = ['.gitignore', '.npmrc'];
  expect(paths).toEqual([
    ...common,
    'added/package.json',
    'changed.txt',
    'file/inner.txt',
    'folder',
    'package.json',
  ]);
  expect(readFileSync(join(copy, 'changed.txt'), 'utf8')).toBe('new\n');
  const head = await copyOf(git, true);
  expect(head.paths).toEqual([
    ...common,
    'changed.txt',
    'file',
    'folder/file.txt',
    'gone.txt',
    'package.json',
  ]);
  expect(readFileSync(join(head.copy, 'changed.txt'), 'utf8')).toBe('old\n');
});

test('a folder that is a link now is not followed', async () => {
  const git = createGitWorld();
  const outside = await folder();
  git.write('services/package.json', '{}\n');
  git.commit('Files');
  rmSync(join(git.directory, 'services'), { recursive: true });
  for (const name of ['package.json', '.npmrc']) writeFileSync(join(outside, name), 'outside\n');
  symlinkSync(outside, join(git.directory, 'services'));
  const { paths } = await copyOf(git);
  expect(paths.filter((path) => path !== '.gitignore')).toEqual([]);
  expect(readdirSync(outside).toSorted()).toEqual(['.npmrc', 'package.json']);
});
