import { expect, test } from 'vitest';
import { missingFiles } from '../src/pack/entry-points.ts';

const PATHS = [
  'dist/index.js',
  'dist/index.d.ts',
  'dist/types/index.d.ts',
  'lib/data.json',
  'lib/native.node',
  'src/a.ts',
  'index.js',
  'cli.js',
];

test.each<[string, object]>([
  ['nothing', {}],
  [
    'a path',
    {
      main: 'dist/index.js',
      module: './dist/index.js',
      types: './dist/index.d.ts',
      typings: 'dist/index.d.ts',
    },
  ],
  [
    'a path without its extension',
    { main: './lib/native', module: 'lib/data', types: 'dist/index', typings: 'src/a' },
  ],
  ['a folder with an index', { main: 'dist', module: './dist/', types: './dist/types' }],
  ['the package itself', { main: '.', module: './' }],
  ['no entry point', { main: '', types: false }],
  ['a way round', { main: 'lib/../dist/index.js', bin: '/cli.js' }],
  [
    'patterns and folders in exports',
    {
      exports: {
        './*': './gone/*.js',
        './x/': './gone/',
        '.': { import: ['./dist/index.js'], default: null },
      },
    },
  ],
  ['its package.json', { exports: { './package.json': './package.json' } }],
  [
    'conditions that the repository alone uses',
    {
      exports: {
        '.': { '@acme/source': './src/gone.ts', default: './dist/index.js' },
        './a': { import: { source: './src/a.gone.ts', default: './dist/index.js' } },
        './b': { live: ['./src/gone.ts', './src/gone.js'], require: './index.js' },
      },
    },
  ],
  ['the first alternative of a list', { exports: [null, './index.js', './gone.js'] }],
  [
    'main, module and browser where there are exports',
    { main: 'gone.js', module: 'gone.mjs', browser: 'gone.js', exports: './index.js' },
  ],
  [
    'what a script at installation may make',
    {
      main: 'build/Release/addon.node',
      bin: { tool: 'bin/tool' },
      exports: './gone.js',
      scripts: { postinstall: 'node install.js' },
    },
  ],
])('files that are there: %s', (_, manifest) => {
  expect(missingFiles(manifest as never, PATHS)).toEqual([]);
});

test.each<[object, readonly string[]]>([
  [{ main: './build/index.js' }, ['build/index.js']],
  [{ main: 'build' }, ['build']],
  [{ main: 'dist/index.mj' }, ['dist/index.mj']],
  [{ module: 'lib' }, ['lib']],
  [{ types: './dist/main.d.ts', typings: './dist/main.d.ts' }, ['dist/main.d.ts']],
  [{ bin: './dist/cli' }, ['dist/cli']],
  [{ bin: { a: 'cli.js', b: './b.js' } }, ['b.js']],
  [{ exports: { development: './gone.js', default: './index.js' } }, ['gone.js']],
  [{ exports: { 'types@<=4.9': './gone.d.ts', default: './index.js' } }, ['gone.d.ts']],
  [{ exports: { '@acme/source': './src/gone.ts', default: './gone.js' } }, ['gone.js']],
  [{ exports: './index.js', types: './gone.d.ts' }, ['gone.d.ts']],
  [
    { exports: { '.': { types: './dist/x.d.ts', default: './dist/index' } } },
    ['dist/x.d.ts', 'dist/index'],
  ],
])('%j names what is missing', (manifest, missing) => {
  expect(missingFiles(manifest as never, PATHS)).toEqual(missing);
});

test('a binding.gyp is compiled at installation, unless the package says otherwise', () => {
  const manifest = { main: 'build/Release/addon.node' };
  const paths = ['binding.gyp', 'src/addon.c'];
  expect(missingFiles(manifest, paths)).toEqual([]);
  expect(missingFiles({ ...manifest, gypfile: false }, paths)).toEqual([manifest.main]);
  expect(missingFiles(manifest, ['deps/x/binding.gyp'])).toEqual([manifest.main]);
});

test('a bundled dependency that is not installed is missing, also where an install script runs', () => {
  const manifest = {
    dependencies: { b: '1', '@x/c': '1' },
    bundleDependencies: ['b', '@x/c'],
    scripts: { install: 'node install.js' },
  };
  expect(missingFiles(manifest, ['node_modules/b/package.json'])).toEqual(['node_modules/@x/c']);
  expect(missingFiles({ ...manifest, bundleDependencies: true }, [])).toEqual([
    'node_modules/b',
    'node_modules/@x/c',
  ]);
});
