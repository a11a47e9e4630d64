import { named, PACKAGE_SHAPES, type PackShape, root } from './shapes.ts';
import { member, WORKSPACE_SHAPES, type WorkspaceShape } from './workspace-shapes.ts';

// Small copies of how public packages are laid out: programs for each platform, native addons,
// what an installation fetches or compiles, and all of publishConfig.

const PLATFORMS = { '@x/linux-x64': '1.0.0', '@x/darwin-arm64': '1.0.0' };

/** Packages alone, compared with each tool. */
const LAYOUT_SHAPES: readonly PackShape[] = [
  root(
    'esbuild: a command that postinstall replaces, and a package for each platform',
    {
      repository: { type: 'git', url: 'git+https://github.com/acme/esbuild.git' },
      scripts: { postinstall: 'node install.js' },
      main: 'lib/main.js',
      types: 'lib/main.d.ts',
      engines: { node: '>=18' },
      bin: { esbuild: 'bin/esbuild' },
      optionalDependencies: PLATFORMS,
    },
    named('bin/esbuild', 'install.js', 'lib/main.js', 'lib/main.d.ts', 'README.md', 'LICENSE.md'),
    { executables: ['bin/esbuild'] },
  ),
  root(
    'esbuild: the program of a platform',
    { os: ['linux'], cpu: ['x64'], preferUnplugged: true, engines: { node: '>=18' } },
    named('README.md'),
    { made: named('bin/esbuild'), executables: ['bin/esbuild'] },
  ),
  root(
    'napi-rs: the loader',
    {
      main: 'index.js',
      types: 'index.d.ts',
      browser: 'browser.js',
      files: ['index.d.ts', 'index.js', 'browser.js'],
      napi: { binaryName: 'x', targets: ['x86_64-unknown-linux-gnu'] },
      optionalDependencies: PLATFORMS,
      publishConfig: { registry: 'https://registry.npmjs.org/', access: 'public' },
    },
    named('Cargo.toml', 'src/lib.rs', 'build.rs', 'npm/linux-x64/package.json'),
    { made: named('index.js', 'index.d.ts', 'browser.js', 'x.linux-x64.node') },
  ),
  root(
    'napi-rs: the addon of a platform',
    {
      os: ['linux'],
      cpu: ['x64'],
      libc: ['glibc'],
      main: 'x.linux-x64.node',
      files: ['x.linux-x64.node'],
    },
    named('README.md'),
    { made: named('x.linux-x64.node', 'x.darwin-arm64.node') },
  ),
  root(
    'napi-rs: the addon for WebAssembly',
    {
      cpu: ['wasm32'],
      main: 'x.wasi.cjs',
      browser: 'x.wasi-browser.js',
      files: ['x.wasm32-wasi.wasm', 'x.wasi.cjs', 'x.wasi-browser.js', 'wasi-worker.mjs'],
      dependencies: { '@napi-rs/wasm-runtime': '^1.0.0' },
    },
    {},
    { made: named('x.wasm32-wasi.wasm', 'x.wasi.cjs', 'x.wasi-browser.js', 'wasi-worker.mjs') },
  ),
  root(
    'swc: a postinstall that checks the addon',
    {
      main: './index.js',
      types: './index.d.ts',
      files: ['postinstall.js', 'index.js', 'index.d.ts', 'binding.js'],
      scripts: { postinstall: 'node postinstall.js', build: 'napi build' },
      optionalDependencies: PLATFORMS,
      publishConfig: { registry: 'https://registry.npmjs.org/', access: 'public' },
    },
    named('postinstall.js', 'src/index.ts'),
    { made: named('index.js', 'index.d.ts', 'binding.js') },
  ),
  root(
    'sharp: sources that an installation may compile, below the root',
    {
      main: 'lib/index.js',
      types: 'lib/index.d.ts',
      files: ['install', 'lib', 'src/*.{cc,h,gyp}'],
      scripts: { install: 'node install/check.js || npm run build', clean: 'rm -rf src/build' },
      config: { libvips: '>=8.17.0' },
      binary: { napi_versions: [9] },
      optionalDependencies: PLATFORMS,
      contributors: ['A <a@example.com>'],
    },
    named(
      'install/check.js',
      'lib/index.js',
      'lib/index.d.ts',
      'src/binding.gyp',
      'src/a.cc',
      'src/a.h',
      'src/deep/b.cc',
      'test/a.js',
    ),
  ),
  root(
    'better-sqlite3: a binding.gyp and an install script',
    {
      main: 'lib/index.js',
      files: ['binding.gyp', 'src/**/*.[ch]pp', 'lib/**', 'deps/**'],
      scripts: { install: 'prebuild-install || node-gyp rebuild --release' },
    },
    named('binding.gyp', 'src/a.cpp', 'src/deep/b.hpp', 'src/c.c', 'lib/index.js', 'deps/d.gyp'),
    { made: named('build/Release/a.node') },
  ),
  root(
    'a binding.gyp, and nothing that says so',
    { main: 'build/Release/a.node' },
    named('binding.gyp', 'src/a.cc', 'index.js'),
  ),
  root(
    'node-gyp-build: prebuilt addons of all platforms',
    {
      main: 'index.js',
      files: ['prebuilds', 'binding.gyp', 'src', 'index.js'],
      scripts: { install: 'node-gyp-build' },
    },
    { ...named('binding.gyp', 'src/a.cc', 'index.js'), '.gitignore': 'prebuilds\nbuild\n' },
    { made: named('prebuilds/linux-x64/a.node', 'prebuilds/win32-x64/a.node', 'build/a.o') },
  ),
  root(
    'prisma: engines that an installation fetches',
    {
      bin: { prisma: 'build/index.js' },
      main: 'build/types.js',
      files: ['build', 'preinstall', '!build/**/*.map'],
      scripts: { preinstall: 'node preinstall/index.js' },
      exports: {
        './package.json': './package.json',
        '.': { require: './build/types.js', import: './build/types.js' },
        './config': { types: './config.d.ts', default: './config.js' },
      },
    },
    named('preinstall/index.js', 'src/cli.ts'),
    { made: named('build/index.js', 'build/types.js', 'build/a.js.map') },
  ),
  root(
    '@prisma/client: conditions of runtimes, and an entry point that postinstall makes',
    {
      main: 'default.js',
      types: 'default.d.ts',
      browser: 'index-browser.js',
      imports: { '#main': { node: './gen/index.js', default: './gen/index.js' } },
      exports: {
        '.': {
          types: './default.d.ts',
          require: {
            node: './default.js',
            'edge-light': './edge.js',
            workerd: './edge.js',
            worker: './edge.js',
            browser: './index-browser.js',
          },
          default: './default.js',
        },
        './runtime/*': './runtime/*',
        './*': './*',
      },
      files: ['default.js', 'default.d.ts', 'index-browser.js', 'edge.js', 'runtime', 'scripts'],
      scripts: { postinstall: 'node scripts/postinstall.js' },
    },
    named('default.js', 'default.d.ts', 'index-browser.js', 'scripts/postinstall.js'),
    { made: named('runtime/library.js') },
  ),
  root(
    'conditions of the repository’s own, null and lists in exports',
    {
      type: 'module',
      files: ['dist'],
      exports: {
        '.': {
          '@acme/source': './src/index.ts',
          source: './src/index.ts',
          development: './dist/dev.js',
          'types@>=5.2': './dist/index.d.ts',
          import: ['./dist/index.js', './dist/old.js'],
          require: null,
        },
        './internal/*': null,
        './sub/*': './dist/*.js',
      },
    },
    named('src/index.ts'),
    { made: named('dist/index.js', 'dist/dev.js', 'dist/index.d.ts') },
  ),
  root(
    'publishConfig with every field',
    {
      type: 'commonjs',
      main: 'src/a.ts',
      exports: './src/a.ts',
      bin: './src/cli.ts',
      publishConfig: {
        access: 'public',
        registry: 'https://registry.npmjs.org/',
        provenance: false,
        linkDirectory: false,
        executableFiles: ['lib/run.sh'],
        custom: 'x',
        sideEffects: false,
        type: 'module',
        main: 'lib/a.js',
        module: 'lib/a.mjs',
        browser: 'lib/browser.js',
        types: 'lib/a.d.ts',
        typings: 'lib/a.d.ts',
        typesVersions: { '>=4': { '*': ['lib/*'] } },
        exports: { '.': './lib/a.js', './package.json': './package.json' },
        imports: { '#a': './lib/a.js' },
        bin: { x: './lib/cli.js', y: 'lib/cli.js' },
        unpkg: 'lib/a.js',
        'umd:main': 'lib/a.js',
        esnext: 'lib/a.js',
        es2015: 'lib/a.js',
        engines: { node: '>=20' },
        os: ['linux'],
        cpu: ['x64'],
        libc: ['glibc'],
      },
    },
    named(
      'src/a.ts',
      'src/cli.ts',
      'lib/a.js',
      'lib/a.mjs',
      'lib/a.d.ts',
      'lib/browser.js',
      'lib/cli.js',
      'lib/run.sh',
    ),
  ),
  root(
    'publishConfig that empties fields',
    {
      main: 'a.js',
      types: 'a.d.ts',
      exports: './a.js',
      bin: 'a.js',
      publishConfig: { main: null, types: '', exports: null, bin: null, browser: false },
    },
    named('a.js', 'a.d.ts'),
  ),
  root(
    'publishConfig with access alone',
    { publishConfig: { access: 'restricted' } },
    named('a.js'),
  ),
  root('publishConfig that is empty', { publishConfig: {} }, named('a.js')),
];

/** A package in a folder of a repository that is no workspace, and whose root ignores what is built. */
const LAYOUTS_IN_REPOSITORIES: readonly WorkspaceShape[] = [
  {
    title: 'npm: esbuild, whose .gitignore lists what make writes',
    tool: 'npm',
    directory: 'npm/esbuild',
    files: {
      '.gitignore': '/npm/esbuild/bin\n/npm/esbuild/install.js\n/npm/esbuild/lib\n',
      'go.mod': 'module example.com/esbuild\n',
      'npm/esbuild/package.json': {
        name: '@x/esbuild',
        version: '1.0.0',
        main: 'lib/main.js',
        bin: { esbuild: 'bin/esbuild' },
        scripts: { postinstall: 'node install.js' },
      },
      'npm/esbuild/README.md': '# esbuild\n',
    },
    made: named('npm/esbuild/bin/esbuild', 'npm/esbuild/install.js', 'npm/esbuild/lib/main.js'),
    executables: ['npm/esbuild/bin/esbuild'],
  },
  member(
    'pnpm',
    'catalogs with anchors, aliases and merge keys',
    {
      dependencies: { react: 'catalog:', 'react-dom': 'catalog:', old: 'catalog:legacy' },
      devDependencies: { typescript: 'catalog:' },
      peerDependencies: { react: 'catalog:legacy' },
      optionalDependencies: { fsevents: 'catalog:legacy' },
    },
    {
      'pnpm-workspace.yaml': `
packages: &all [packages/*]
.shared: &shared { typescript: ~5.9.0, fsevents: ^2.0.0 }
catalog:
  <<: *shared
  react: &react ^18.0.0
  react-dom: *react
catalogs:
  legacy: { <<: *shared, react: ^17.0.0, old: npm:older@^1.0.0 }
`,
    },
  ),
  member(
    'pnpm',
    'every form of workspace:',
    {
      dependencies: {
        '@x/b': 'workspace:*',
        '@x/c': 'workspace:^',
        other: 'workspace:@x/b@~',
        exact: 'workspace:@x/c@1.2.0',
      },
      peerDependencies: { '@x/b': 'workspace:>=2.0.0 || ^1' },
      optionalDependencies: { '@x/d': 'workspace:../d' },
    },
    {
      'packages/b/package.json': { name: '@x/b', version: '2.1.0' },
      'packages/c/package.json': { name: '@x/c', version: '1.2.0' },
      'packages/d/package.json': { name: '@x/d', version: '0.3.0' },
    },
    { installs: true },
  ),
  member(
    'yarn',
    'every form of workspace:',
    {
      dependencies: { '@x/b': 'workspace:*', '@x/c': 'workspace:^', '@x/d': 'workspace:~' },
      devDependencies: { '@x/e': 'workspace:packages/e' },
      peerDependencies: { '@x/e': 'workspace:^' },
    },
    {
      'packages/b/package.json': { name: '@x/b', version: '2.1.0' },
      'packages/c/package.json': { name: '@x/c', version: '1.2.0' },
      'packages/d/package.json': { name: '@x/d', version: '0.3.0' },
      'packages/e/package.json': { name: '@x/e', version: '0.4.0' },
    },
  ),
  member(
    'yarn',
    'a catalog of a peer',
    { peerDependencies: { react: 'catalog:', old: 'catalog:legacy' } },
    {
      '.yarnrc.yml':
        'nodeLinker: node-modules\nenableTelemetry: false\nenableImmutableInstalls: false\ncatalog: { react: &r ^18.0.0 }\ncatalogs: { legacy: { old: *r } }\n',
    },
  ),
  member(
    'bun',
    'catalogs, and forms of workspace:',
    {
      dependencies: { '@x/b': 'workspace:*', '@x/c': 'workspace:^', '@x/d': 'workspace:~' },
      peerDependencies: { react: 'catalog:', old: 'catalog:legacy' },
    },
    {
      'package.json': {
        name: 'root',
        private: true,
        workspaces: {
          packages: ['packages/*'],
          catalog: { react: '^18.0.0' },
          catalogs: { legacy: { old: '^1.0.0' } },
        },
      },
      'packages/b/package.json': { name: '@x/b', version: '2.1.0' },
      'packages/c/package.json': { name: '@x/c', version: '1.2.0' },
      'packages/d/package.json': { name: '@x/d', version: '0.3.0' },
    },
    { installs: true },
  ),
  member(
    'pnpm',
    'a built package.json with workspace:, catalog: and publishConfig',
    { main: 'src/index.ts', publishConfig: { directory: 'dist', linkDirectory: true } },
    {
      'pnpm-workspace.yaml': 'packages: [packages/*]\ncatalog: { react: ^18.0.0 }\n',
      'packages/b/package.json': { name: '@x/b', version: '2.1.0' },
    },
    {
      installs: true,
      made: {
        'packages/a/dist/package.json': {
          name: '@x/a',
          version: '1.0.0',
          main: 'src/index.ts',
          dependencies: { react: 'catalog:' },
          scripts: { prepack: 'true', test: 'true' },
          publishConfig: { main: 'index.js', directory: 'dist', access: 'public' },
        },
        'packages/a/dist/index.js': 'x',
      },
    },
  ),
  ...['.', './', 'dist/', './dist', 'dist/../dist'].map((directory) =>
    member(
      'pnpm',
      `publishConfig.directory: ${directory}`,
      { files: ['index.js'], publishConfig: { directory, linkDirectory: false } },
      named('packages/a/index.js', 'packages/a/other.js'),
      {
        made: {
          'packages/a/dist/package.json': { name: '@x/a', version: '1.0.0', main: 'built.js' },
          'packages/a/dist/built.js': 'x',
        },
      },
    ),
  ),
];

export const ALONE: readonly PackShape[] = [...PACKAGE_SHAPES, ...LAYOUT_SHAPES];
export const IN_REPOSITORIES: readonly WorkspaceShape[] = [
  ...WORKSPACE_SHAPES,
  ...LAYOUTS_IN_REPOSITORIES,
];
