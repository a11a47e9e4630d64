import type { FileContent } from '@ameide/publisher-kit/testing';

export const TOOLS = ['npm', 'pnpm', 'yarn', 'bun'] as const;
export type Tool = (typeof TOOLS)[number];

/** A small repository, and the package in it that is packed. */
export interface PackShape {
  readonly title: string;
  readonly files: Readonly<Record<string, FileContent>>;
  readonly executables?: readonly string[];
  /** Of the package. Default the root. */
  readonly directory?: string;
  /** Written into the clone after the checkout, as a build or an installation does. */
  readonly made?: Readonly<Record<string, FileContent>>;
  /** The tools that it is compared with. Default all. */
  readonly tools?: readonly Tool[];
  /** What a tool says nothing of: entry points that are not packed, a file of credentials. */
  readonly allow?: readonly string[];
}

/** `yarn pack` needs an installation for scripts that it runs, and for peer dependencies. */
const WITHOUT_INSTALLATION: readonly Tool[] = ['npm', 'pnpm', 'bun'];

/** Yarn and Bun have their own rows. */
const BY_PATTERN: readonly Tool[] = ['npm', 'pnpm'];

/** npm makes these executable when it installs them. */
const NOT_BY_NPM: readonly Tool[] = ['pnpm', 'yarn', 'bun'];

/** pnpm bundles only with `nodeLinker: hoisted`, and Yarn nothing. */
const BUNDLING: readonly Tool[] = ['npm', 'yarn', 'bun'];
const BUNDLED_FOLDERS = ['node_modules/b', 'node_modules/d'];

let shapes = 0;

/** A package at the root, of a name that no other has: they are all packed by one run of a tool. */
export function root(
  title: string,
  manifest: object,
  files: PackShape['files'],
  more: Partial<PackShape> = {},
): PackShape {
  const named = { name: `@x/shape-${shapes++}`, version: '1.0.0', ...manifest };
  return { title, files: { 'package.json': named, ...files }, ...more };
}

/** The same of every file: what matters is which are packed. */
export function named(...paths: readonly string[]): PackShape['files'] {
  return Object.fromEntries(paths.map((path) => [path, `${path}\n`]));
}

const TREE = named(
  'index.js',
  'lib/a.js',
  'lib/deep/index.js',
  'src/a.ts',
  'test/a.test.js',
  'docs/index.md',
);

/** As `npm install` lays them out: b asks for c, which is shared, and has an e of its own. */
const BUNDLED: PackShape['files'] = {
  'node_modules/b/package.json': {
    name: 'b',
    version: '1.0.0',
    dependencies: { c: '1', e: '2' },
    devDependencies: { d: '1' },
  },
  'node_modules/b/index.js': 'b',
  'node_modules/b/test/a.js': 'b',
  'node_modules/b/.npmignore': 'test',
  'node_modules/b/node_modules/e/package.json': { name: 'e', version: '2.0.0' },
  'node_modules/b/node_modules/e/index.js': 'e2',
  'node_modules/c/package.json': {
    name: 'c',
    version: '1.0.0',
    optionalDependencies: { b: '1' },
    files: ['lib'],
  },
  'node_modules/c/lib/index.js': 'c',
  'node_modules/c/other.js': 'c',
  'node_modules/d/package.json': { name: 'd', version: '1.0.0' },
  'node_modules/d/index.js': 'd',
  'node_modules/e/package.json': { name: 'e', version: '1.0.0' },
};

/** The same as it comes from a registry: what was packed once has no ignore file any more. */
const { 'node_modules/b/.npmignore': _ignoreFile, ...INSTALLED } = BUNDLED;

export const PACKAGE_SHAPES: readonly PackShape[] = [
  root('no ignore file and no files', {}, TREE),
  root('files names a folder', { files: ['lib'] }, TREE),
  root('files names folders with slashes and dots', { files: ['./lib/', '/src'] }, TREE),
  root('files names a file that is also deeper', { files: ['index.js'] }, TREE),
  root('files has patterns', { files: ['lib/**/*.js', 'src/*.ts'] }, TREE),
  root('files has a pattern for one level', { files: ['lib/*'] }, TREE),
  root('files has a bare pattern', { files: ['*.js'] }, TREE),
  root('files has a negation', { files: ['lib', '!lib/deep'] }, TREE),
  root('files has a negated pattern', { files: ['lib', 'test', '!**/*.test.js'] }, TREE),
  root('files has a negation before what it leaves out', { files: ['!lib/deep', 'lib'] }, TREE),
  root('files has only a negation', { files: ['!test'] }, TREE),
  // Bun refuses an empty list.
  root('files is empty', { files: [] }, TREE, { tools: ['npm', 'pnpm', 'yarn'] }),
  root('files names what is not there', { files: ['dist', 'lib'] }, TREE),
  root('files has braces', { files: ['{lib,src}/**'] }, TREE),
  root(
    'files is everything',
    { files: ['**'] },
    { ...TREE, '.hidden': 'x', '.config/a.json': '{}' },
  ),
  root(
    'names that begin with @ at the top',
    { types: '@types/index.d.ts' },
    { ...TREE, '@types/index.d.ts': 'export {};\n', '@a.js': '', 'lib/@b/c.js': '' },
  ),
  root(
    'files names a folder that begins with @',
    { files: ['@types', 'lib'] },
    { ...TREE, '@types/index.d.ts': 'export {};\n' },
  ),
  root('files is a star', { files: ['*'] }, { ...TREE, '.hidden': 'x' }),
  root(
    'files and a .npmignore at the root',
    { files: ['lib'] },
    { ...TREE, '.npmignore': 'deep\n' },
  ),
  root(
    'files and a .npmignore in the folder',
    { files: ['lib'] },
    { ...TREE, 'lib/.npmignore': 'deep\n' },
  ),
  root(
    'files and a .gitignore that lists the folder',
    { files: ['dist'] },
    { ...TREE, '.gitignore': 'dist\n' },
    { made: named('dist/index.js') },
  ),
  root(
    'files names a file that a folder .npmignore leaves out',
    { files: ['lib/a.js', 'lib/deep'] },
    { ...TREE, 'lib/.npmignore': 'a.js\n' },
  ),
  root('a .npmignore at the root', {}, { ...TREE, '.npmignore': 'src\ntest/\n*.md\n' }),
  root('a .npmignore in a folder', {}, { ...TREE, 'lib/.npmignore': 'deep\n' }),
  root('a .npmignore with negations', {}, { ...TREE, '.npmignore': 'lib/*\n!lib/a.js\n' }),
  root(
    'an empty .npmignore beside a .gitignore',
    {},
    { ...TREE, '.npmignore': '', '.gitignore': 'dist\nlib\n' },
    { made: named('dist/index.js') },
  ),
  root(
    'a .gitignore only',
    {},
    { ...TREE, '.gitignore': 'dist\n*.log\n' },
    { made: named('dist/index.js', 'debug.log', 'lib/debug.log') },
  ),
  root(
    'a .gitignore with negations',
    {},
    { ...TREE, '.gitignore': 'dist/*\n!dist/index.js\n' },
    { made: named('dist/index.js', 'dist/other.js') },
  ),
  root(
    'a .gitignore in a folder',
    {},
    { ...TREE, 'lib/.gitignore': 'made.js\n' },
    { made: named('lib/made.js') },
  ),
  root(
    'both ignore files in a folder',
    {},
    { ...TREE, 'lib/.gitignore': 'a.js\n', 'lib/.npmignore': 'deep\n' },
  ),
  root(
    'a .gitignore with a rooted path and a comment',
    {},
    { ...TREE, '.gitignore': '# made\n/src\n\n' },
  ),
  root(
    'README, LICENSE and their like, and files',
    { files: ['lib'] },
    {
      ...TREE,
      ...named(
        'README.md',
        'LICENSE',
        'LICENCE.txt',
        'COPYING',
        'CHANGELOG.md',
        'HISTORY.md',
        'NOTICE',
        'CHANGES',
        'AUTHORS',
        'SECURITY.md',
      ),
    },
  ),
  root(
    'README in lower case, another language, and a copy',
    { files: ['lib'] },
    {
      ...TREE,
      ...named(
        'readme.markdown',
        'README.de.md',
        'README.md~',
        'license-notes.txt',
        'lib/README.md',
      ),
    },
  ),
  root(
    'README that .npmignore lists',
    {},
    { ...TREE, ...named('README.md', 'LICENSE'), '.npmignore': 'README.md\nLICENSE\n' },
  ),
  root('main outside files', { files: ['lib'], main: 'index.js' }, TREE, { allow: ['index.js'] }),
  root('main with a dot, outside files', { files: ['lib'], main: './src/a.ts' }, TREE, {
    allow: ['src/a.ts'],
  }),
  root('main without an extension, outside files', { files: ['lib'], main: './index' }, TREE, {
    allow: ['index'],
  }),
  root('main that is a folder, outside files', { files: ['lib'], main: 'docs' }, TREE, {
    allow: ['docs'],
  }),
  root(
    'bin as a string, outside files',
    { files: ['lib'], bin: 'cli.js' },
    { ...TREE, ...named('cli.js') },
  ),
  root(
    'bin as an object, outside files',
    { files: ['lib'], bin: { a: './cli.js', b: 'bin/b.js' } },
    { ...TREE, ...named('cli.js', 'bin/b.js') },
  ),
  root(
    'bin that .npmignore lists',
    { bin: { a: 'cli.js' } },
    { ...TREE, ...named('cli.js'), '.npmignore': 'cli.js\n' },
    { allow: ['cli.js'] },
  ),
  root('browser outside files', { files: ['lib'], browser: 'src/a.ts' }, TREE, {
    allow: ['src/a.ts'],
  }),
  root(
    'types and module outside files',
    { files: ['lib'], types: 'src/a.ts', module: 'index.js' },
    TREE,
    { allow: ['src/a.ts', 'index.js'] },
  ),
  root(
    'directories.bin',
    { directories: { bin: './bin' }, files: ['lib'] },
    { ...TREE, ...named('bin/one.js', 'bin/two', 'bin/deep/three.js', 'bin/.hidden') },
  ),
  root(
    'directories.bin beside bin',
    { directories: { bin: 'bin' }, bin: { a: 'cli.js' } },
    { ...TREE, ...named('bin/one.js', 'cli.js') },
  ),
  root(
    'directories.man and man',
    { directories: { man: 'man' } },
    { ...TREE, ...named('man/a.1', 'man/deep/b.2', 'man/note.txt') },
  ),
  root(
    'a package.json in a folder',
    { files: ['lib'] },
    { ...TREE, 'lib/package.json': { type: 'commonjs', files: ['a.js'] } },
  ),
  root(
    'a package.json in a folder, without files',
    {},
    { ...TREE, 'lib/package.json': { files: ['a.js'] } },
  ),
  root(
    'links to a file, a folder, out and to nothing',
    {},
    {
      ...TREE,
      'lib/link.js': { link: 'a.js' },
      folder: { link: 'lib' },
      out: { link: '../out' },
      self: { link: '.' },
    },
  ),
  root(
    'links that files names',
    { files: ['link.js', 'folder', 'lib/a.js'] },
    { ...TREE, 'link.js': { link: 'index.js' }, folder: { link: 'lib' } },
  ),
  root(
    'files that are executable',
    { bin: { a: 'cli.js' } },
    { ...TREE, ...named('cli.js', 'run.sh', 'data.txt') },
    { executables: ['run.sh'] },
  ),
  root(
    'publishConfig.executableFiles',
    { publishConfig: { executableFiles: ['./run.sh', 'lib/a.js'] } },
    { ...TREE, ...named('run.sh') },
  ),
  root('CRLF', {}, { 'index.js': 'a\r\nb\r\n', 'other.js': 'a\nb\n', 'run.cmd': 'a\r\nb\r\n' }),
  root(
    'names with spaces and unicode',
    { files: ['lib dir', 'ünï'] },
    named('lib dir/a b.js', 'ünï/日本.js', 'ünï/é.js', 'index.js'),
  ),
  root(
    'names with brackets, a hash and an exclamation mark',
    {},
    named('[id].js', 'lib/[...rest].js', '#a.js', '!b.js', 'a+b@c.js'),
  ),
  root(
    'files names what has brackets',
    { files: ['app/[id].js', 'app/other'] },
    named('app/[id].js', 'app/i.js', 'app/other/[slug]/page.js'),
  ),
  root(
    'hidden files and folders',
    {},
    {
      ...TREE,
      ...named(
        '.eslintrc.json',
        '.github/workflows/ci.yml',
        '.vscode/settings.json',
        '.editorconfig',
        '.hidden/a.js',
      ),
    },
  ),
  root(
    'what npm never packs',
    {},
    {
      ...TREE,
      ...named(
        '.npmrc',
        'a.orig',
        '.a.js.swp',
        '._a',
        '.DS_Store',
        'npm-debug.log',
        '.lock-wscript',
        'CVS/a',
        'archived-packages/a.tgz',
        'build/config.gypi',
        'build/a.js',
        '.wafpickle-1',
      ),
    },
    { allow: ['.npmrc'] },
  ),
  root(
    'lockfiles',
    {},
    {
      ...TREE,
      'package-lock.json': '{}',
      'yarn.lock': '',
      'pnpm-lock.yaml': '',
      'bun.lockb': '',
      'npm-shrinkwrap.json': '{}',
      'lib/package-lock.json': '{}',
      'lib/yarn.lock': '',
    },
  ),
  root(
    'lockfiles that files names',
    { files: ['lib', 'package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock'] },
    { ...TREE, 'package-lock.json': '{}', 'yarn.lock': '', 'npm-shrinkwrap.json': '{}' },
  ),
  root(
    'node_modules, at the root and deeper',
    {},
    { ...TREE, 'lib/node_modules/b/index.js': 'x', 'fixtures/node_modules/c/index.js': 'x' },
    { made: named('node_modules/d/index.js') },
  ),
  root(
    'node_modules that files names',
    { files: ['lib', 'node_modules', 'lib/node_modules'] },
    { ...TREE, 'lib/node_modules/b/index.js': 'x' },
    { made: named('node_modules/d/index.js') },
  ),
  root(
    'an empty folder and an empty file',
    { files: ['lib', 'empty'] },
    { 'lib/empty.js': '', 'empty/.gitkeep': '' },
  ),
  root(
    'a folder of a name that is ignored elsewhere',
    {},
    { ...TREE, ...named('lib/dist/a.js'), '.gitignore': '/dist\n' },
    { made: named('dist/index.js') },
  ),
  root(
    'publishConfig overrides entry points',
    {
      files: ['lib'],
      main: 'src/a.ts',
      types: 'src/a.ts',
      bin: 'src/cli.ts',
      exports: './src/a.ts',
      publishConfig: {
        main: 'lib/a.js',
        types: 'lib/a.d.ts',
        bin: 'index.js',
        exports: './lib/a.js',
      },
    },
    { ...TREE, ...named('src/cli.ts', 'lib/a.d.ts') },
    { allow: ['src/a.ts', 'src/cli.ts'] },
  ),
  root('files is a dot', { files: ['.'] }, { ...TREE, '.npmignore': 'docs\n' }),
  root('files is a dot with a slash', { files: ['./'] }, TREE),
  root('files has an empty entry', { files: ['', 'lib'] }, TREE),
  root('files has a rooted negation', { files: ['lib', '!/lib/deep/'] }, TREE),
  root('files has any folder', { files: ['**/deep', '**/*.ts'] }, TREE),
  root('files with another case', { files: ['LIB'] }, TREE, { allow: ['LIB'] }),
  root(
    'files names a folder and a file in it that it leaves out',
    { files: ['lib', '!lib/*.js', 'lib/a.js'] },
    TREE,
  ),
  root('files names a built folder with a .gitignore of everything', { files: ['dist'] }, TREE, {
    made: { 'dist/.gitignore': '*\n', 'dist/index.js': 'x' },
    allow: ['dist'],
  }),
  root(
    'a .npmignore with CRLF and trailing spaces',
    {},
    { ...TREE, '.npmignore': 'src \r\n*.md\r\n' },
  ),
  root(
    'a .npmignore that lists everything',
    {},
    { ...TREE, ...named('README.md'), '.npmignore': '*\n' },
  ),
  root(
    'a .gitignore that lists hidden files',
    {},
    { ...TREE, '.gitignore': '.*\n!.keep\n', '.keep': '', '.x': '' },
  ),
  root('browser as an object', { browser: { './index.js': './lib/a.js' }, files: ['lib'] }, TREE),
  root(
    'bin with an empty name and a path out of the package',
    { bin: { a: '../cli.js' }, files: ['lib'] },
    TREE,
    { allow: ['cli.js'] },
  ),
  root(
    'patchedDependencies',
    { patchedDependencies: { b: 'patches/b.patch' }, files: ['lib', 'patches'] },
    { ...TREE, ...named('patches/b.patch') },
  ),
  root(
    'bundleDependencies',
    { dependencies: { b: '1', d: '1' }, bundleDependencies: ['b'] },
    TREE,
    { tools: BUNDLING, allow: BUNDLED_FOLDERS, made: BUNDLED },
  ),
  root(
    'bundledDependencies, all of them',
    { dependencies: { b: '1', d: '1' }, bundledDependencies: true, files: ['lib'] },
    TREE,
    { tools: BUNDLING, allow: BUNDLED_FOLDERS, made: BUNDLED },
  ),
  root(
    'main and bin that .gitignore lists',
    { main: './dist/index.js', bin: { a: './dist/cli.js' } },
    { ...TREE, '.gitignore': 'dist\n' },
    { allow: ['dist/index.js'], made: named('dist/index.js', 'dist/cli.js', 'dist/other.js') },
  ),
  ...[
    ['lib', '!lib/a.js', 'lib/a.js'],
    ['lib', '!/lib/a.js', './lib/a.js'],
    ['lib', '!./lib/a.js', 'lib/a.js'],
    ['index.js', '!index.js', 'README.md', '!README.md'],
    ['lib/deep', '!lib/deep', 'lib/deep'],
  ].map((files) =>
    root(`files: ${files.join(' ')}`, { files }, TREE, {
      allow: ['lib/a.js', 'index.js', 'lib/deep'],
    }),
  ),
  ...['lib/../src', './lib/../src/', 'x/../lib/a.js'].map((entry) =>
    root(`files leads up: ${entry}`, { files: ['docs', entry] }, TREE, {
      allow: ['src', 'lib/a.js'],
      tools: BY_PATTERN,
    }),
  ),
  root(
    'main that a folder .npmignore leaves out',
    { main: 'lib/a.js' },
    { ...TREE, 'lib/.npmignore': 'a.js\n' },
    { allow: ['lib/a.js'] },
  ),
  root(
    'publishConfig.main and bin outside files',
    { files: ['lib'], main: 'lib/a.js', publishConfig: { main: 'index.js', bin: 'cli.js' } },
    { ...TREE, ...named('cli.js') },
  ),
  root(
    'scripts, and fields that pnpm completes or leaves out',
    {
      scripts: { build: 'true', install: 'true', publish: 'true' },
      bin: 'index.js',
      pnpm: { overrides: { a: '1' } },
      gitHead: 'written by hand',
    },
    TREE,
  ),
  root(
    'scripts that run around packing, and peer dependencies',
    {
      scripts: {
        prepare: 'true',
        prepack: 'true',
        prepublishOnly: 'true',
        postpack: 'true',
        postpublish: 'true',
      },
      peerDependencies: { a: '^1.0.0', b: '^1.0.0' },
      peerDependenciesMeta: { a: {}, b: { optional: true } },
    },
    TREE,
    { tools: WITHOUT_INSTALLATION },
  ),
  root(
    'odd names and paths of commands',
    {
      bin: {
        'a b': 'lib/a.js',
        't/u': 'lib/b.js',
        '@s/v': 'lib/c.js',
        '../x': 'lib/d.js',
        $: 'lib/e.js',
        y: '/lib/f.js',
        z: './lib/g.js',
        '%': 'lib/h.js',
        ü: 'lib/i.js',
      },
    },
    Object.fromEntries('abcdefghi'.split('').map((name) => [`lib/${name}.js`, name])),
    { tools: ['pnpm'] },
  ),
  root('a command by an absolute path', { bin: '/lib/a.js' }, TREE, { tools: NOT_BY_NPM }),
  root('a command by an absolute path and a name', { bin: { a: '/lib/a.js' } }, TREE, {
    tools: NOT_BY_NPM,
  }),
  root('commands in a list', { bin: ['./lib/a.js'] }, TREE, { tools: ['pnpm', 'bun'] }),
  root('a command out of the package', { bin: { a: '../lib/a.js' } }, TREE, { tools: NOT_BY_NPM }),
  root(
    'optional peers of no truth value',
    { peerDependenciesMeta: { a: { optional: 'x' }, b: { optional: 1 } } },
    TREE,
    { tools: WITHOUT_INSTALLATION },
  ),
  root(
    'an escaped exclamation mark',
    { files: ['\\!a', 'lib'] },
    { ...TREE, '!a/x.js': '' },
    { tools: ['pnpm'], allow: ['\\!a'] },
  ),
  root('repository as a short form', { repository: 'github:acme/mono' }, TREE),
  root(
    'repository as an object',
    { repository: { type: 'git', url: 'https://example.com/a' } },
    TREE,
  ),
  root('man outside files', { files: ['lib'], man: './man/a.1' }, { ...TREE, ...named('man/a.1') }),
  root(
    'ignore files that list package.json, the README and the LICENSE',
    {},
    { ...TREE, ...named('README', 'LICENSE'), '.npmignore': 'package.json\nREADME\nLICEN*\n' },
  ),
  root(
    'files that negate package.json, the README and the LICENSE',
    { files: ['lib', '!package.json', '!README.md', '!LICENSE'] },
    { ...TREE, ...named('README.md', 'LICENSE') },
  ),
  root('files that lead out of the package', { files: ['lib', '../x', '/../src'] }, TREE, {
    allow: ['src'],
  }),
  root('files has a globstar with a slash', { files: ['lib/**/', 'docs/**'] }, TREE),
  root(
    'files has a negation after a folder of everything',
    { files: ['**', '!src/**', '!test'] },
    TREE,
  ),
  root(
    'a .gitignore in a folder that takes back what the root lists',
    {},
    { ...TREE, '.gitignore': '*.log\n', 'lib/.gitignore': '!keep.log\n' },
    { made: named('a.log', 'lib/keep.log') },
  ),
  root(
    'a .npmignore deep in a folder of files',
    { files: ['lib'] },
    { ...TREE, 'lib/deep/.npmignore': 'index.js\n', ...named('lib/deep/other.js') },
  ),
  root(
    'a .npmrc that says ignore-scripts, and scripts',
    { scripts: { prepack: 'exit 1', prepare: 'exit 1' } },
    { ...TREE, '.npmrc': 'ignore-scripts=true\n' },
    // Yarn always runs prepack, and pnpm reads the file.
    { tools: ['npm', 'bun'], allow: ['.npmrc'] },
  ),
  root('bundleDependencies: false', { dependencies: { b: '1' }, bundleDependencies: false }, TREE, {
    made: BUNDLED,
  }),
  root(
    'bundleDependencies that files and .npmignore say nothing of',
    { dependencies: { b: '1' }, bundleDependencies: ['b'], files: ['lib', '!node_modules'] },
    { ...TREE, '.gitignore': 'node_modules\n' },
    { allow: BUNDLED_FOLDERS, made: INSTALLED },
  ),
  root(
    'bundleDependencies by file: ranges, as npm installs them',
    {
      dependencies: { b: 'file:libs/b', out: 'file:libs/out' },
      bundleDependencies: ['b', 'out'],
      files: ['index.js'],
    },
    {
      ...TREE,
      'libs/b/package.json': {
        name: 'b',
        version: '1.0.0',
        dependencies: { c: '1', d: 'file:../d' },
      },
      'libs/b/.npmignore': 'test\n',
      ...named('libs/b/index.js', 'libs/b/test/a.js', 'libs/d/index.js', 'libs/out/index.js'),
      'libs/d/package.json': { name: 'd', version: '1.0.0' },
      'libs/out/package.json': { name: 'out', version: '1.0.0' },
    },
    {
      tools: BUNDLING,
      allow: ['node_modules/b', 'node_modules/out'],
      made: {
        'node_modules/b': { link: '../libs/b' },
        'node_modules/d': { link: '../libs/d' },
        'node_modules/out': { link: '../libs/out' },
        'node_modules/c/package.json': { name: 'c', version: '1.0.0' },
        'node_modules/c/index.js': 'c',
      },
    },
  ),
  root(
    'module and a browser map outside files',
    {
      files: ['lib'],
      module: './index.js',
      browser: { './src/a.ts': './docs/index.md', b: false },
    },
    TREE,
    { allow: ['index.js'] },
  ),
  root(
    'an entry point of brackets',
    { files: ['lib'], main: 'app/[id].js' },
    { ...TREE, ...named('app/[id].js', 'app/i.js') },
    { allow: ['app/[id].js'] },
  ),
  root(
    'files with backslashes, braces in braces, a class and a question mark',
    { files: ['li\\b', '{sr[a-c],docs/{index,other}}*/**', 'tes?/*.js'] },
    TREE,
  ),
  root(
    'files has patterns with two stars that are no folders',
    { files: ['li**/a.js', '**.md', 'src/**.ts', 'test/**/**'] },
    TREE,
  ),
  root(
    'files has a pattern for anything, twice negated',
    { files: ['**/*', '!!lib', '!src/**/*'] },
    TREE,
  ),
  root(
    'files names what tools always leave out',
    {
      files: [
        '.hg',
        '.gitignore',
        '.DS_Store',
        'CVS',
        'lib',
        'lib/.npmrc',
        '.env.production',
        'bunfig.toml',
      ],
    },
    {
      ...TREE,
      ...named('.hg/a', '.DS_Store', 'CVS/a', '.env.production', 'lib/.npmrc', 'lib/CVS/a'),
      'bunfig.toml': '',
      'lib/bunfig.toml': '',
      '.gitignore': '',
      'lib/.gitignore': 'a.js\n',
    },
    { allow: ['.env.production', 'lib/.npmrc'] },
  ),
  root(
    'an .npmignore that takes back what tools leave out',
    {},
    {
      ...TREE,
      ...named('.hg/a', 'CVS/a', 'a.orig', '.github/a', 'lib/node_modules/b/index.js'),
      '.npmignore': '!.hg\n!CVS\n!*.orig\n!.github\n!node_modules\n',
    },
  ),
  root(
    'an .npmignore in a folder with a path, a rooted path and a folder',
    {},
    {
      ...TREE,
      'lib/.npmignore': 'deep/index.js\n/a.js\nmore/\n',
      ...named('lib/deep/other.js', 'lib/deep/a.js', 'lib/more/a.js', 'lib/deep/more'),
    },
  ),
  root(
    'an .npmignore with two stars, braces, a class and an escape',
    {},
    {
      ...TREE,
      '.npmignore': '**/deep\ndocs/**\n*.{test,spec}.js\n[!a-z]*.md\n\\#a.js\n',
      ...named('#a.js', 'A.md', 'b.md', 'b.spec.js', 'src/deep/a.ts'),
    },
  ),
  root(
    'names of tools, also deeper',
    {},
    {
      ...named(
        'package.tgz',
        'lib/package.tgz',
        '.#lock',
        '.yarn/patches/a.patch',
        '.yarn/versions/a.yml',
        '.pnp.data.json',
        'lib/.pnp.cjs',
        'lib/bun.lock',
      ),
      '.yarnrc.yml': 'enableTelemetry: false\n',
      'lib/.yarnrc.yml': '',
      'bunfig.toml': '',
    },
    { allow: ['.yarnrc.yml', 'lib/.yarnrc.yml'] },
  ),
  root(
    'CHANGELOG and a README that is a folder',
    {},
    {
      ...TREE,
      ...named('CHANGELOG.md', 'changelog', 'README/a.md', 'LICENSE-MIT', 'License', 'READMEx'),
      '.npmignore': 'CHANGELOG.md\nchangelog\nREADME\nL*\nREADMEx\n',
    },
  ),
  root(
    'directories.bin, and no files',
    { directories: { bin: './bin' } },
    { ...TREE, ...named('bin/one.js', 'bin/deep/two') },
  ),
  root(
    'directories.bin that ignore files list',
    { directories: { bin: 'bin' } },
    {
      ...TREE,
      '.npmignore': 'bin\n',
      'bin/.npmignore': 'two\n',
      ...named('bin/one.js', 'bin/two', 'bin/deep/three.js'),
    },
    { allow: ['bin/one.js', 'bin/two', 'bin/deep/three.js'] },
  ),
];

/** The package.json and lockfile that show a tool; a shape may hold the lockfile of another. */
const MARKS: Readonly<Record<Tool, { readonly manifest: object; readonly files: object }>> = {
  npm: { manifest: { packageManager: 'npm@11' }, files: {} },
  pnpm: { manifest: {}, files: { 'pnpm-lock.yaml': '' } },
  yarn: { manifest: { packageManager: 'yarn@4.18.1' }, files: { 'yarn.lock': '' } },
  bun: { manifest: { packageManager: 'bun@1.4.5' }, files: { 'bun.lock': '' } },
};

/** Returns those of the shapes that are compared with a tool, as a repository of it. */
export function shapesOf(tool: Tool, all: readonly PackShape[]): readonly PackShape[] {
  const { files: lockfile, manifest } = MARKS[tool];
  return all
    .filter(({ tools = [tool] }) => tools.includes(tool))
    .map((shape) => ({
      ...shape,
      files: {
        ...lockfile,
        ...shape.files,
        'package.json': { ...(shape.files['package.json'] as object), ...manifest },
      },
    }));
}
