import { named, type PackShape, TOOLS, type Tool } from './shapes.ts';

/** A package in a workspace, and whose tool packs it. */
export interface WorkspaceShape extends PackShape {
  readonly tool: Tool;
  readonly directory: string;
  /** The tool packs only what is installed. (Yarn always.) Packages of the workspace alone. */
  readonly installs?: boolean;
}

const BUILT = named(
  'packages/a/dist/index.js',
  'packages/a/dist/index.js.map',
  'packages/a/debug.log',
  'packages/a/src/deep/index.ts',
);

/** The package `packages/a` of a workspace. */
export function member(
  tool: WorkspaceShape['tool'],
  title: string,
  manifest: object,
  files: PackShape['files'],
  more: Partial<WorkspaceShape> = {},
): WorkspaceShape {
  const workspaces = { name: 'root', private: true, workspaces: ['packages/*'] };
  const settings: Readonly<Record<WorkspaceShape['tool'], PackShape['files']>> = {
    npm: { 'package.json': workspaces },
    yarn: {
      'package.json': { ...workspaces, packageManager: 'yarn@4.18.1' },
      'yarn.lock': '',
      '.yarnrc.yml':
        'nodeLinker: node-modules\nenableTelemetry: false\nenableImmutableInstalls: false\n',
    },
    pnpm: {
      'package.json': { name: 'root', private: true },
      'pnpm-workspace.yaml': 'packages: [packages/*]\n',
    },
    bun: { 'package.json': workspaces, 'bun.lock': '' },
  };
  return {
    title: `${tool}: ${title}`,
    tool,
    directory: 'packages/a',
    files: {
      ...settings[tool],
      'packages/a/package.json': { name: '@x/a', version: '1.0.0', ...manifest },
      'packages/a/src/index.ts': 'src\n',
      ...files,
    },
    made: BUILT,
    ...more,
  };
}

const IGNORED = { '.gitignore': 'node_modules\ndist\n*.log\n.yarn\n' };

const IN_EVERY_WORKSPACE = TOOLS.flatMap((tool) => [
  member(tool, 'a root .gitignore alone', {}, IGNORED),
  member(
    tool,
    'a root .gitignore and an .npmignore of the package',
    {},
    { ...IGNORED, 'packages/a/.npmignore': 'src/deep\n' },
  ),
  member(
    tool,
    'a root .gitignore and a .gitignore of the package',
    {},
    { ...IGNORED, 'packages/a/.gitignore': '*.map\n' },
  ),
  member(tool, 'a root .gitignore and files', { files: ['dist', '!dist/*.map'] }, IGNORED),
]);

/** A workspace in a folder of a repository whose root has ignore files and a LICENSE of its own. */
function below(
  tool: 'npm' | 'pnpm',
  title: string,
  files: PackShape['files'],
  directory = 'js/packages/a',
): WorkspaceShape {
  const settings: Readonly<Record<typeof tool, PackShape['files']>> = {
    npm: { 'js/package.json': { name: '@x/js', version: '1.0.0', workspaces: ['packages/*'] } },
    pnpm: {
      'js/package.json': { name: '@x/js', version: '1.0.0' },
      'js/pnpm-workspace.yaml': 'packages: [packages/*]\n',
    },
  };
  return {
    title: `${tool}: a workspace below the root${title}`,
    tool,
    directory,
    files: {
      '.gitignore': '*.map\n',
      LICENSE: 'outer',
      ...settings[tool],
      'js/.gitignore': '*.log\n',
      'js/LICENSE': 'inner',
      'js/packages/.gitignore': 'deep\n',
      'js/packages/a/package.json': { name: '@x/a', version: '1.0.0' },
      'js/packages/a/index.js': 'x',
      ...files,
    },
    made: named(
      'js/packages/a/x.log',
      'js/packages/a/x.js.map',
      'js/packages/a/deep/x.js',
      'js/x.log',
      'js/x.js.map',
    ),
  };
}

const BELOW_THE_ROOT: readonly WorkspaceShape[] = (['npm', 'pnpm'] as const).flatMap((tool) => [
  below(tool, '', {}),
  below(tool, ' and an .npmignore', { 'js/.npmignore': '*.js.map\n' }),
  below(tool, ', itself', {}, 'js'),
  below(tool, ' with a yarn.lock', { 'yarn.lock': '', 'package.json': { name: 'root' } }),
  below(tool, ' with a package.json that is no JSON', { 'package.json': '{ // root\n}' }),
  below(tool, ' that is a workspace, too', {
    'package.json': { name: 'root', workspaces: ['js/packages/*'], packageManager: 'yarn@4.18.1' },
    'yarn.lock': '',
  }),
]);

/** What the patterns of a workspace name. */
const BY_PATTERN: readonly WorkspaceShape[] = [
  member(
    'npm',
    'a folder that a later pattern brings back',
    {},
    {
      ...IGNORED,
      'package.json': { name: 'root', workspaces: ['packages/*', '!packages/a', 'packages/a'] },
    },
  ),
  member(
    'npm',
    'a folder that its own ** names',
    {},
    { ...IGNORED, 'package.json': { name: 'root', workspaces: ['packages/a/**'] } },
  ),
  member(
    'pnpm',
    'a folder that its own ** names',
    {},
    { ...IGNORED, LICENSE: 'MIT', 'pnpm-workspace.yaml': 'packages: [packages/a/**]\n' },
  ),
  member(
    'pnpm',
    'a folder that !**/a/** excludes',
    {},
    { ...IGNORED, LICENSE: 'MIT', 'pnpm-workspace.yaml': "packages: ['packages/*', '!**/a/**']\n" },
  ),
];

/** What Yarn writes for itself, and the packages of its workspace. */
const OF_YARN: readonly WorkspaceShape[] = [
  member(
    'yarn',
    'the root of the workspace, with a package in a package',
    {},
    {
      'package.json': {
        name: '@x/root',
        version: '1.0.0',
        workspaces: ['packages/*', 'packages/*/inner'],
      },
      'packages/a/inner/package.json': { name: '@x/inner', version: '1.0.0' },
      'packages/a/inner/index.js': 'x',
      'packages/other/index.js': 'x',
      'index.js': 'x',
    },
    { directory: '' },
  ),
  member(
    'yarn',
    'a package with a package in it',
    { main: 'inner/index.js' },
    {
      'package.json': {
        name: 'root',
        private: true,
        workspaces: ['packages/*', 'packages/*/inner'],
      },
      'packages/a/inner/package.json': { name: '@x/inner', version: '1.0.0' },
      'packages/a/inner/index.js': 'x',
    },
    { allow: ['packages/a/inner/index.js'] },
  ),
  ...[
    { title: 'as it is by default', yaml: '' },
    {
      title: 'elsewhere',
      yaml: 'enableGlobalCache: false\ncacheFolder: ./cache\ninstallStatePath: state/a.gz\npnpUnpluggedFolder: ./un\n',
    },
    { title: 'in node_modules', yaml: 'nodeLinker: node-modules\nenableGlobalCache: false\n' },
  ].map(
    ({ title, yaml }): WorkspaceShape => ({
      title: `yarn: what Yarn writes, ${title}`,
      tool: 'yarn',
      directory: '',
      files: {
        'package.json': { name: '@x/root', version: '1.0.0', packageManager: 'yarn@4.18.1' },
        'yarn.lock': '',
        '.yarnrc.yml': `enableTelemetry: false\nenableImmutableInstalls: false\n${yaml}`,
        'index.js': 'x',
      },
      made: named(
        '.yarn/cache/a.zip',
        '.yarn/unplugged/a/index.js',
        '.yarn/plugins/a.cjs',
        'cache/a.zip',
        'un/a.js',
      ),
    }),
  ),
];

/** The packages of a workspace count nowhere, nor do the folders above. */
const OF_BUN: readonly WorkspaceShape[] = [
  member(
    'bun',
    'the root of the workspace',
    {},
    {
      ...IGNORED,
      'package.json': { name: '@x/root', version: '1.0.0', workspaces: ['packages/*'] },
    },
    { directory: '' },
  ),
  member('bun', 'a LICENSE and a README of the root', {}, named('LICENSE', 'README.md')),
  member(
    'bun',
    'bundled packages of the workspace',
    { dependencies: { b: 'workspace:*' }, bundledDependencies: ['b'] },
    {
      'packages/b/package.json': { name: 'b', version: '1.0.0', files: ['lib'], bin: 'cli.js' },
      'packages/b/cli.js': 'x',
      'packages/b/lib/index.js': 'x',
      'packages/b/other.js': 'x',
    },
    { made: { ...BUILT, 'packages/a/node_modules/b': { link: '../../b' } } },
  ),
];

export const WORKSPACE_SHAPES: readonly WorkspaceShape[] = [
  ...OF_YARN,
  ...OF_BUN,
  ...IN_EVERY_WORKSPACE,
  ...BELOW_THE_ROOT,
  ...BY_PATTERN,
  member(
    'pnpm',
    'a pnpm-workspace.yaml of the package',
    {},
    { ...IGNORED, LICENSE: 'MIT', 'packages/a/pnpm-workspace.yaml': 'hoist: false\n' },
  ),
  member(
    'npm',
    'an .npmignore between the root and the package',
    {},
    { ...IGNORED, 'packages/.npmignore': 'deep\n' },
  ),
  member(
    'pnpm',
    'an .npmignore between the root and the package',
    {},
    { ...IGNORED, 'packages/.npmignore': 'deep\n' },
  ),
  member(
    'npm',
    'a LICENSE and a README of the root',
    { files: ['dist'] },
    named('LICENSE', 'README.md'),
  ),
  ...TOOLS.map((tool) =>
    member(
      tool,
      'a .gitignore between the root and the package',
      {},
      { ...IGNORED, 'packages/.gitignore': '!dist\ndeep\n' },
    ),
  ),
  member(
    'pnpm',
    'a LICENSE and a README of the root',
    { files: ['dist'] },
    { LICENSE: 'MIT', 'LICENCE.md': 'MIT', 'README.md': 'root' },
  ),
  member(
    'pnpm',
    'a LICENSE of the root and one of the package',
    { files: ['dist'] },
    { LICENSE: 'MIT', 'packages/a/license.txt': 'Apache' },
  ),
  member(
    'pnpm',
    'publishConfig.directory',
    { main: 'src/index.ts', files: ['src'], publishConfig: { directory: 'out', main: 'x.js' } },
    { 'packages/.npmignore': 'index.js', LICENSE: 'MIT' },
    {
      made: {
        'packages/a/out/package.json': { name: '@x/a', version: '1.0.0', main: 'index.js' },
        'packages/a/out/index.js': 'x',
        'packages/a/out/lib/a.js': 'x',
      },
    },
  ),
  member(
    'pnpm',
    'publishConfig.directory outside the package',
    { publishConfig: { directory: '../../dist/a', linkDirectory: true } },
    { ...IGNORED, LICENSE: 'MIT' },
    {
      made: {
        'dist/a/package.json': { name: '@x/a', version: '1.0.0', publishConfig: { main: 'b.js' } },
        'dist/a/b.js': 'x',
        'dist/a/index.js': 'x',
      },
    },
  ),
  member(
    'pnpm',
    'a folder outside the workspace',
    {},
    {
      ...IGNORED,
      'other/package.json': { name: '@x/other', version: '1.0.0' },
      'other/index.js': 'x',
    },
    { made: { 'other/dist/index.js': 'x' }, directory: 'other' },
  ),
  member(
    'npm',
    'a workspace of Yarn 1',
    {},
    {
      ...IGNORED,
      'yarn.lock':
        '# THIS IS AN AUTOGENERATED FILE. DO NOT EDIT THIS FILE DIRECTLY.\n# yarn lockfile v1\n',
    },
  ),
  member(
    'npm',
    'the root of the workspace',
    {},
    {
      ...IGNORED,
      'package.json': { name: '@x/root', version: '1.0.0', workspaces: ['packages/*'] },
    },
    { directory: '' },
  ),
  ...[
    {
      title: 'and a package with files and an .npmignore',
      more: {},
      manifest: { files: ['index.js'] },
    },
    {
      title: 'with files, and ignore files below',
      more: { files: ['packages', 'other'] },
      manifest: {},
    },
  ].map(({ manifest, more, title }) =>
    member(
      'npm',
      `the root of the workspace ${title}`,
      manifest,
      {
        'package.json': { name: '@x/root', version: '1.0.0', workspaces: ['packages/*'], ...more },
        'packages/a/.npmignore': 'src\n',
        'packages/a/src/x.js': 'x',
        'packages/b/package.json': { name: '@x/b', version: '1.0.0' },
        'packages/b/.gitignore': 'src\n',
        'packages/b/src/x.js': 'x',
        'other/.npmignore': 'src\n',
        'other/src/x.js': 'x',
        'other/lib/.gitignore': 'y.js\n',
        'other/lib/y.js': 'y',
      },
      { directory: '' },
    ),
  ),
  member(
    'pnpm',
    'the root of the workspace',
    {},
    { ...IGNORED, 'package.json': { name: '@x/root', version: '1.0.0' } },
    { directory: '' },
  ),
  member(
    'pnpm',
    'bin as a string, an executable and peerDependenciesMeta',
    {
      bin: './dist/index.js',
      peerDependencies: { b: '1' },
      peerDependenciesMeta: { b: {}, c: { optional: true } },
    },
    { 'packages/a/run.sh': 'x' },
    { executables: ['packages/a/run.sh'] },
  ),
  ...[
    { title: 'without a pnpm-workspace.yaml' },
    { title: 'with settings and no packages', yaml: 'hoist: false\n' },
  ].flatMap(({ title, yaml }): readonly WorkspaceShape[] =>
    ['packages/a', ''].map((directory) => ({
      title: `pnpm: a repository ${title}, its ${directory === '' ? 'root' : 'folder'}`,
      tool: 'pnpm',
      directory,
      files: {
        ...IGNORED,
        'package.json': { name: '@x/root', version: '1.0.0' },
        'pnpm-lock.yaml': '',
        ...(yaml === undefined ? {} : { 'pnpm-workspace.yaml': yaml }),
        LICENSE: 'MIT',
        'packages/a/package.json': { name: '@x/a', version: '1.0.0' },
        'packages/a/index.js': 'x',
      },
      made: BUILT,
    })),
  ),
  member(
    'pnpm',
    'a folder outside the workspace, and a LICENSE of the root',
    {},
    {
      ...IGNORED,
      LICENSE: 'MIT',
      'other/package.json': { name: '@x/other', version: '1.0.0' },
      'other/index.js': 'x',
    },
    { directory: 'other' },
  ),
  member(
    'pnpm',
    'publishConfig.directory of the root',
    {},
    {
      ...IGNORED,
      LICENSE: 'MIT',
      'package.json': { name: '@x/root', version: '1.0.0', publishConfig: { directory: 'out' } },
    },
    {
      directory: '',
      made: {
        'out/package.json': { name: '@x/root', version: '1.0.0' },
        'out/index.js': 'x',
      },
    },
  ),
];
