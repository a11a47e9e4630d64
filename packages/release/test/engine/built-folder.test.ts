import { execFileSync } from 'node:child_process';
import {
  cp,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { PublisherDefinition } from '@ameide/versioning-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { type BuildIndex, indexName, indexText } from '../../src/built/build-index.ts';
import type { ReleaseReport } from '../../src/report/release-report.ts';
import { calls, createFakeWorld, type FakeWorld, fake } from '../fake-publisher.ts';
import { folder } from '../support/folder.ts';
import { createGitWorld, type GitWorld } from '../support/git-world.ts';
import { buildTo, promote, publish } from '../support/run.ts';
import { schemaErrors } from '../support/schema.ts';

let world: FakeWorld;
let git: GitWorld;
let publishers: readonly PublisherDefinition[];
/** A folder with what the publishers built. */
let out: string;

beforeEach(async () => {
  [world, git, out] = [createFakeWorld(), createGitWorld(), await folder()];
  publishers = ['a', 'b', 'c'].map((name) => fake(world, name));
  await build(out);
  world.log.length = 0;
});

async function build(to: string, ...only: readonly string[]): Promise<void> {
  expect(await buildTo(to, publishers, { git, only })).toMatchObject({ exitCode: 0, problems: [] });
}

function codes({ problems }: ReleaseReport): readonly string[] {
  return problems.map(({ code }) => code);
}

async function partOf(at: string, name: string): Promise<string> {
  const found = (await readdir(at)).find((one) => one.startsWith(`npm-${name}-`));
  return join(at, found ?? '');
}

async function indexesOf(at: string): Promise<readonly string[]> {
  return (await readdir(at)).filter((name) => name.startsWith('index-'));
}

async function readIndex(at: string): Promise<BuildIndex> {
  const [name = ''] = await indexesOf(at);
  return JSON.parse(await readFile(join(at, name), 'utf8')) as BuildIndex;
}

/** Writes another index in place of the only one, as somebody who knows its format would. */
async function replaceIndex(at: string, index: BuildIndex): Promise<void> {
  for (const name of await indexesOf(at)) await rm(join(at, name));
  const text = indexText(index);
  await writeFile(join(at, indexName(text)), text);
}

const TARBALL = 'package.tgz';

test('the index has everything that is in the folder, as its schema says', async () => {
  const index = await readIndex(out);
  expect(schemaErrors('built-1', index)).toEqual([]);
  const files = (await readdir(out, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && !entry.name.startsWith('index-'))
    .map(({ name, parentPath }) => `${basename(parentPath)}/${name}`);
  const indexed = index.parts.flatMap((part) =>
    part.files.map(({ path }) => `${part.folder}/${path}`),
  );
  expect(indexed.toSorted()).toEqual(files.toSorted());
  expect(index).toMatchObject({
    sha: git.git('rev-parse', 'HEAD').trim(),
    channel: 'dev',
    definition: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string,
    parts: ['a', 'b', 'c'].map((name) => ({
      publisher: `npm:${name}`,
      registry: expect.any(String) as string,
      artifacts: [{ coordinate: expect.stringMatching(`^npm:${name}@`) as string }],
      pointers: [{ name: `npm:${name}`, pointer: 'dev' }],
      files: [{ path: TARBALL, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string }],
    })),
  });
});

/** Another build of the same commit, other commit, and so on. */
type Change = () => Promise<object | undefined | void>;

const CHANGES: Readonly<Record<string, Readonly<Record<string, Change>>>> = {
  'built-folder-incomplete': {
    'no such folder': async () => ({ from: '/nowhere' }),
    'an empty folder': async () => ({ from: await folder() }),
    'a part is missing': async () => rm(await partOf(out, 'b'), { recursive: true }),
    'no index: the build was killed before it wrote one': async () => {
      for (const name of await indexesOf(out)) await rm(join(out, name));
    },
    'the rest of a build that was killed while it saved a part': async () => {
      await mkdir(`${await partOf(out, 'b')}.partial`);
    },
    'the rest of a build that was killed while it wrote the index': async () =>
      writeFile(join(out, 'index-0123456789abcdef.json.partial'), '{'),
    'only a part was built': async () => {
      const one = await folder();
      await build(one, 'npm:a');
      return { from: one };
    },
  },
  'built-folder-changed': {
    'an index that is none': async () => {
      const [name = ''] = await indexesOf(out);
      await writeFile(join(out, name), '[]');
    },
    'an index that was cut off': async () => {
      const [name = ''] = await indexesOf(out);
      await truncate(join(out, name), 100);
    },
    'an index that is a link': async () => {
      const [name = ''] = await indexesOf(out);
      const elsewhere = join(await folder(), name);
      await rename(join(out, name), elsewhere);
      await symlink(elsewhere, join(out, name));
    },
    'an index that is a pipe': async () => {
      const [name = ''] = await indexesOf(out);
      await rm(join(out, name));
      execFileSync('mkfifo', [join(out, name)]);
    },
    'an index that names a folder elsewhere': async () => {
      const index = await readIndex(out);
      const parts = index.parts.map((part) => ({ ...part, folder: `../${basename(out)}/x` }));
      await replaceIndex(out, { ...index, parts });
    },
    'a file beside the parts': async () => writeFile(join(out, 'notes.txt'), ''),
    'a file was changed': async () => writeFile(join(await partOf(out, 'b'), TARBALL), 'o'),
    'a file was cut off': async () => truncate(join(await partOf(out, 'b'), TARBALL), 0),
    'a file was added': async () => writeFile(join(await partOf(out, 'b'), 'more'), ''),
    'a file was removed': async () => rm(join(await partOf(out, 'b'), TARBALL)),
    'a file became a link to the same bytes': async () => {
      const file = join(await partOf(out, 'b'), TARBALL);
      const elsewhere = join(await folder(), TARBALL);
      await rename(file, elsewhere);
      await symlink(elsewhere, file);
    },
    'a link out of the folder was added': async () =>
      symlink('/etc/passwd', join(await partOf(out, 'b'), 'link')),
    'a pipe was added': async () =>
      void execFileSync('mkfifo', [join(await partOf(out, 'b'), 'pipe')]),
    'a part became a link to the same folder': async () => {
      const own = await partOf(out, 'b');
      const elsewhere = join(await folder(), 'elsewhere');
      await rename(own, elsewhere);
      await symlink(elsewhere, own);
    },
    'another publisher’s part under this name': async () => {
      const own = await partOf(out, 'b');
      await rm(own, { recursive: true });
      await cp(await partOf(out, 'a'), own, { recursive: true });
    },
    'an index whose artifacts are not in the files': async () => {
      const index = await readIndex(out);
      const parts = index.parts.map((part) => ({
        ...part,
        artifacts: part.artifacts.map((one) => ({ ...one, digest: 'sha256:other' })),
      }));
      await replaceIndex(out, { ...index, parts });
    },
  },
  'built-folder-mixed': {
    'two builds of one publisher': async () => {
      const other = await folder();
      await build(other, 'npm:b');
      for (const name of await indexesOf(other)) await cp(join(other, name), join(out, name));
    },
    'a part of another commit': async () => {
      const [one, other] = [await folder(), await folder()];
      await build(one, 'npm:a', 'npm:c');
      git.write('more', 'more');
      git.commit('another');
      await build(other, 'npm:b');
      await cp(other, one, { recursive: true });
      return { from: one };
    },
  },
  'built-for-another': {
    'of another commit': async () => {
      git.write('more', 'more');
      git.commit('another');
    },
    'of another channel': async () => void git.git('tag', 'v0.1.0'),
    'of another definition': async () => ({ definition: { prepare: [['true']] } }),
    'of another plan': async () => {
      const index = await readIndex(out);
      const parts = index.parts.map((part) => ({ ...part, plan: `sha256:${'0'.repeat(64)}` }));
      await replaceIndex(out, { ...index, parts });
    },
  },
};

describe.each(Object.entries(CHANGES))(
  '%s: exit 2, and nothing is asked or sent',
  (code, cases) => {
    test.each(Object.entries(cases))('%s', async (_name, change) => {
      const options = { git, from: out, ...(await change()) };
      world.log.length = 0;
      for (const command of [publish, promote]) {
        const report = await command(publishers, options);
        expect(report).toMatchObject({ exitCode: 2, status: 'invalid-input' });
        expect(new Set(codes(report))).toEqual(new Set([code]));
        expect(report.problems[0]).toMatchObject({ effect: 'none', rerun: 'after-fix' });
      }
      expect(calls(world, 'check', 'inspect', 'publish', 'promote')).toEqual([]);
    });
  },
);

describe('what counts as one build', () => {
  test('the folders of several jobs, put together', async () => {
    const whole = await folder();
    for (const only of ['npm:a', 'npm:b', 'npm:c']) {
      const part = await folder();
      await build(part, only);
      await cp(part, whole, { recursive: true });
    }
    expect(await indexesOf(whole)).toHaveLength(3);
    expect(await publish(publishers, { git, from: whole })).toMatchObject({ exitCode: 0 });
  });

  test('a part that was built again in the same folder leaves the first build’s index', async () => {
    await build(out, 'npm:b');
    const parts = await Promise.all(
      (await indexesOf(out)).map(async (name) => {
        const text = await readFile(join(out, name), 'utf8');
        return (JSON.parse(text) as BuildIndex).parts.map(({ publisher }) => publisher);
      }),
    );
    expect(parts.map(String).toSorted()).toEqual(['npm:a,npm:c', 'npm:b']);
    expect(await publish(publishers, { git, from: out })).toMatchObject({ exitCode: 0 });
  });
});
