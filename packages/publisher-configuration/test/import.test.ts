import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import {
  createTestRepository,
  repositoryCommit,
  runPublisher,
} from '@ameide/publisher-kit/testing';
import { expect, test } from 'vitest';
import { configuration } from '../src/index.ts';
import { folder, installed, run } from './installed.ts';
import { npmWorld, PACKAGE } from './worlds.ts';

const TOOLS = resolve(import.meta.dirname, '../../../node_modules/.bin');
const SCHEMA = {
  type: 'object',
  properties: {
    port: { type: 'integer' },
    level: { enum: ['info', 'debug'] },
    hosts: { type: 'array', items: { $ref: '#/$defs/host' } },
  },
  required: ['port'],
  $defs: { host: { type: ['string', 'null'] } },
};
const FILES = {
  'environments/production.yaml': 'port: 80\nlevel: info\nhosts: [a, ~]\n',
  'free.yaml': '- "\u2028"\n- no\n',
  'many.yaml': '1\n---\n2\n',
  'exact.yaml': 'id: 12345678901234567890\n',
  'schema.json': JSON.stringify(SCHEMA),
  'run.sh': '#!/bin/sh\n',
  'base.yaml': 'level: info\nhosts: [a, b]\ntls: { on: true, mode: strict }\n',
  'base/production.yaml': 'port: 443\nhosts: [c]\ntls: { mode: null }\n',
  'base/development.yaml': '# As the base, but for the port.\nport: 8080\n',
};

/** A project that has installed what the files are published as. */
async function consumer(): Promise<string> {
  await using npm = await npmWorld();
  await using repository = createTestRepository({ origin: 'https://github.com/ameideio/ameide' });
  const files = Object.entries(FILES).map(([path, text]) => [`conf/${path}`, text]);
  const sha = repository.commit({ files: Object.fromEntries(files) });
  const [definition] = configuration({
    directory: 'conf',
    schemas: { 'environments/': 'schema.json', '/base.yaml': 'schema.json' },
    overlays: { '/base/': 'base.yaml' },
    carriers: [npm.carrier()],
  });
  if (definition === undefined) throw new Error('no definition');
  const commit = await repositoryCommit(await repository.open(), { sha, ref: 'refs/tags/v0.1.0' });
  expect((await runPublisher(definition, commit)).problems).toEqual([]);
  return await installed(npm.registry.url, '0.1.0');
}

const PROGRAM = `
const failure = (call) => { try { call(); } catch (error) { return error.message; } };
const changed = load('environments/production.yaml');
changed.port = 1;
console.log(JSON.stringify({
  production: load('environments/production.yaml'),
  free: load('free.yaml'),
  many: loadAll('many.yaml'),
  merged: load('base.yaml', 'base/production.yaml'),
  files,
  version: index.version,
  failures: [() => load('many.yaml'), () => load('exact.yaml'), () => load('run.sh'), () => load('base.yaml', 'free.yaml')].map(failure),
}));
`;

const TOLD = {
  production: { port: 80, level: 'info', hosts: ['a', null] },
  free: ['\u2028', 'no'],
  many: [1, 2],
  merged: { level: 'info', hosts: ['c'], tls: { on: true }, port: 443 },
  files: [...Object.keys(FILES), 'index.json'].toSorted((a, b) =>
    a === 'index.json'
      ? 1
      : b === 'index.json'
        ? -1
        : Buffer.compare(Buffer.from(a), Buffer.from(b)),
  ),
  version: '0.1.0',
  failures: [
    'many.yaml has 2 documents: use loadAll',
    'exact.yaml is no file of JSON or YAML that JSON can hold',
    'run.sh is no file of JSON or YAML that JSON can hold',
    'free.yaml is no overlay of base.yaml',
  ],
};

const TYPED = `
import { type Documents, type File, files, index, load, loadAll } from '${PACKAGE}';
const production = load('environments/production.yaml');
const port: number = production.port;
const level: 'info' | 'debug' | undefined = production.level;
const host: string | null | undefined = production.hosts?.[0];
const free: unknown = load('free.yaml');
const many: unknown[] = loadAll('many.yaml');
const file: File = 'run.sh';
const all: readonly File[] = files;
const sha: string = index.sha;
type Loadable = keyof Documents;
const name: Loadable = 'schema.json';
const merged: number = load('base.yaml', 'base/production.yaml').port;
const base: unknown = load('base.yaml');
// @ts-expect-error no overlay
load('base.yaml', 'free.yaml');
// @ts-expect-error required in what is merged, not in the base
load('base.yaml').port;
// @ts-expect-error no such file
load('environments/prodction.yaml');
// @ts-expect-error no document
load('run.sh');
// @ts-expect-error not in the schema
production.prot;
// @ts-expect-error a number
production.port.length;
export { all, base, merged, file, free, host, level, many, name, port, sha };
`;

needs('git', 'npm')('the npm package', () => {
  test('is imported and required in Node', async () => {
    const project = await consumer();
    const names = '{ files, index, load, loadAll }';
    await writeFile(join(project, 'a.mjs'), `import ${names} from '${PACKAGE}';${PROGRAM}`);
    await writeFile(join(project, 'b.cjs'), `const ${names} = require('${PACKAGE}');${PROGRAM}`);
    for (const program of ['a.mjs', 'b.cjs'])
      expect(JSON.parse(await run([process.execPath, program], project))).toEqual(TOLD);
  });

  test('has types, strictly, for Node and for bundlers', async () => {
    const project = await consumer();
    await writeFile(join(project, 'typed.ts'), TYPED);
    for (const [module, moduleResolution] of [
      ['nodenext', 'nodenext'],
      ['esnext', 'bundler'],
    ]) {
      const options = ['--module', module ?? '', '--moduleResolution', moduleResolution ?? ''];
      const strict = ['--noEmit', '--strict', '--skipLibCheck', 'false', '--types', ''];
      await run([join(TOOLS, 'tsc'), ...strict, ...options, 'typed.ts'], project);
    }
  }, 60_000);

  test('is bundled, with nothing of it left to resolve', async () => {
    const project = await consumer();
    await writeFile(
      join(project, 'entry.js'),
      `import { load } from '${PACKAGE}';
      console.log(JSON.stringify(load('free.yaml')));`,
    );
    const config = `export default {
      logLevel: 'silent',
      build: { lib: { entry: 'entry.js', formats: ['es'], fileName: 'bundle' }, minify: false },
    };`;
    await writeFile(join(project, 'vite.config.mjs'), config);
    await run([join(TOOLS, 'vite'), 'build'], project);
    const alone = await folder();
    await cp(join(project, 'dist/bundle.js'), join(alone, 'bundle.mjs'));
    expect(await run([process.execPath, 'bundle.mjs'], alone)).toBe('["\u2028","no"]\n');
  }, 60_000);

  test('publint and are-the-types-wrong find nothing wrong with it', async () => {
    const project = await consumer();
    const packed = join(project, 'node_modules', PACKAGE);
    const home = await folder();
    await mkdir(join(home, 'npm'));
    const env = { npm_config_cache: join(home, 'npm'), npm_config_update_notifier: 'false' };
    await run(['npm', 'pack', '--ignore-scripts', '--pack-destination', home, packed], home, env);
    const tarball = join(home, 'ameideio-configuration-0.1.0.tgz');
    await run([join(TOOLS, 'publint'), 'run', tarball, '--strict'], home);
    await run([join(TOOLS, 'attw'), tarball, '--profile', 'esm-only', '--no-emoji'], home);
  }, 60_000);
});
