import type { Argv, NpmArtifact, Shape } from './shape.ts';

const BUILD: Argv = ['node', 'build.mjs'];
const MEMBERS = ['own-npmignore', 'own-gitignore', 'with-files', 'plain'];
const IGNORES = {
  '.gitignore': 'node_modules\ndist\n.yarn\n',
  'packages/own-gitignore/.gitignore': '*.map\n',
};

function members(tool: NpmArtifact['tool'], scope: string): readonly NpmArtifact[] {
  return MEMBERS.map((member) => ({
    kind: 'npm',
    directory: `packages/${member}`,
    name: `@${scope}/${member}`,
    tool,
    build: BUILD,
  }));
}

function root(name: string, more: Partial<NpmArtifact> = {}): NpmArtifact {
  return { kind: 'npm', directory: '.', name: `@acme-shape/${name}`, tool: 'npm', ...more };
}

export const NPM_SHAPES: readonly Shape[] = [
  {
    // https://github.com/pnpm/pnpm/issues/12560
    name: 'pnpm-workspace',
    title:
      'a pnpm workspace whose root .gitignore lists dist: packages with an .npmignore, a .gitignore, `files`, and none',
    needs: ['npm', 'pnpm', 'python'],
    files: IGNORES,
    artifacts: members('pnpm', 'pnpm-shape'),
  },
  {
    name: 'pnpm-yaml-alias',
    title: 'a pnpm-workspace.yaml with an anchor and an alias',
    needs: ['npm', 'pnpm', 'python'],
    files: { '.gitignore': 'node_modules\ndist\n' },
    artifacts: [
      {
        kind: 'npm',
        directory: 'packages/with-files',
        name: '@pnpm-alias/with-files',
        tool: 'pnpm',
        build: BUILD,
      },
    ],
  },
  {
    // https://github.com/npm/npm-packlist/issues/106
    name: 'npm-workspaces',
    title: 'npm workspaces, the same',
    needs: ['npm', 'python'],
    files: IGNORES,
    artifacts: members('npm', 'npm-shape'),
  },
  {
    name: 'yarn-workspace',
    title: 'a Yarn 4 workspace, the same',
    needs: ['yarn', 'python'],
    files: {
      ...IGNORES,
      '.yarnrc.yml': 'nodeLinker: node-modules\nenableTelemetry: false\nenableGlobalCache: false\n',
    },
    prepare: [['yarn', 'install', '--no-immutable']],
    artifacts: members('yarn', 'yarn-shape'),
  },
  {
    // https://github.com/nrwl/nx/issues/21855
    name: 'nx-dist',
    title: "an nx library that is built into the root's dist, publishConfig.directory",
    needs: ['npm', 'pnpm', 'python'],
    files: { '.gitignore': 'node_modules\ndist\n' },
    artifacts: [
      {
        kind: 'npm',
        directory: 'libs/answers',
        name: '@nx-shape/answers',
        tool: 'pnpm',
        build: BUILD,
      },
    ],
  },
  {
    // https://pnpm.io/package_json#publishconfigdirectory
    name: 'publish-directory',
    title: 'publishConfig.directory is a folder of the package that has its own package.json',
    needs: ['npm', 'pnpm', 'python'],
    files: { '.gitignore': 'node_modules\ndist\n' },
    artifacts: [
      {
        kind: 'npm',
        directory: 'packages/lib',
        name: '@publish-directory/lib',
        tool: 'pnpm',
        build: BUILD,
      },
    ],
  },
  {
    name: 'native-addon',
    title: 'a native addon: `main` is compiled when the package is installed',
    needs: ['npm', 'python'],
    files: { '.gitignore': 'build\n' },
    artifacts: [root('native-addon')],
  },
  {
    name: 'fetched-binary',
    title: 'a `bin` that postinstall fetches',
    needs: ['npm', 'python'],
    artifacts: [root('fetched-binary')],
  },
  {
    name: 'source-condition',
    title: 'an export condition that only the repository itself uses: "@acme/source"',
    needs: ['npm', 'python'],
    files: { '.gitignore': 'dist\n' },
    artifacts: [root('source-condition', { build: BUILD })],
  },
  {
    name: 'prints-version',
    title: 'a program whose build copies the version from package.json',
    needs: ['npm', 'python'],
    files: { '.gitignore': 'dist\n' },
    artifacts: [
      root('prints-version', {
        build: BUILD,
        versionBy: ['npm', 'version', '0.1.0', '--no-git-tag-version'],
      }),
    ],
  },
  {
    name: 'bundled-dependencies',
    title: 'bundleDependencies: a dependency travels inside the tarball',
    needs: ['npm', 'python'],
    files: { '.gitignore': 'node_modules\n' },
    prepare: [['npm', 'ci', '--no-audit', '--no-fund']],
    artifacts: [root('bundled-dependencies')],
  },
  {
    // https://github.com/pnpm/pnpm/issues/7311
    name: 'npm-file-kinds',
    title: 'files that git checks out with CRLF, links, an executable, a name with an accent',
    needs: ['npm', 'python'],
    files: { '.gitattributes': '* text=auto\n*.cmd text eol=crlf\n' },
    links: { 'js/lib/alias.js': 'answer.js', 'js/docs': 'lib' },
    executables: ['js/bin/run.sh'],
    artifacts: [{ kind: 'npm', directory: 'js', name: '@acme-shape/file-kinds', tool: 'npm' }],
  },
  {
    name: 'npm-submodule',
    title: 'a package with a submodule inside it',
    needs: ['npm', 'python'],
    submodules: { 'js/protos': 'protos' },
    recurseSubmodules: true,
    artifacts: [{ kind: 'npm', directory: 'js', name: '@acme-shape/submodule', tool: 'npm' }],
  },
];
