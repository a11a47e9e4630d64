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
  [
    { exports: { '.': { types: './dist/x.d.ts', default: './dist/index' } } },
    ['dist/x.d.ts', 'dist/index'],
  ],
])('%j names what is missing', (manifest, missing) => {
  expect(missingFiles(manifest as never, PATHS)).toEqual(missing);
});
