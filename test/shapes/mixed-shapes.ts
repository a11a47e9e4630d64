import type { Shape } from './shape.ts';

export const MIXED_SHAPES: readonly Shape[] = [
  {
    name: 'oddities-elsewhere',
    title:
      'dead and absolute links, a submodule, a name that is not UTF-8 and an .env, none of them in a package',
    needs: ['uv', 'npm', 'go', 'python'],
    links: {
      'third_party/dead': 'nowhere',
      'third_party/absolute': '/etc/hostname',
      'test/fixtures/loop': '.',
    },
    latin1Files: ['test/fixtures/caf\xe9.txt'],
    submodules: { 'third_party/protos': 'protos' },
    artifacts: [
      { kind: 'npm', directory: 'js', name: '@acme-shape/oddities', tool: 'npm' },
      { kind: 'python', directory: 'python', name: 'acme-oddities' },
      { kind: 'go', directory: 'go', name: 'github.com/acme/go-oddities', mirror: true },
    ],
  },
  {
    // https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
    name: 'lfs-asset',
    title: 'files that git-lfs keeps outside of git, in a tarball, a wheel and a mirrored module',
    needs: ['uv', 'npm', 'go', 'python', 'git-lfs'],
    files: { '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n' },
    lfs: true,
    artifacts: [
      { kind: 'npm', directory: 'js', name: '@acme-shape/lfs-asset', tool: 'npm' },
      { kind: 'python', directory: 'python', name: 'acme-lfs' },
      { kind: 'go', directory: 'go', name: 'github.com/acme/go-lfs', mirror: true },
    ],
  },
  {
    // Tools look for their settings in every folder above a project, until something stops them.
    name: 'foreign-settings',
    title:
      'ignore files, workspaces and settings of somebody else in the folder for temporary files',
    needs: ['uv', 'npm', 'go', 'python'],
    inTemporaryFolder: {
      '.gitignore': 'helpers.*\n*.cjs\n',
      '.npmignore': 'helpers.*\n',
      '.npmrc': 'ignore-scripts=true\n',
      '.dockerignore': '*\n',
      'package.json': '{ "type": "module", "workspaces": ["**"], "files": [] }\n',
      'pnpm-workspace.yaml': 'packages: ["**"]\n',
      'pyproject.toml':
        '[tool.uv.workspace]\nmembers = ["other/*"]\n\n[tool.hatch.build]\nexclude = ["*.py"]\n',
      'go.work': 'go 1.22\n\nuse ./nowhere\n',
      'Cargo.toml': '[workspace]\nmembers = ["nowhere"]\n',
    },
    artifacts: [
      {
        kind: 'npm',
        directory: 'js',
        name: '@acme-shape/foreign',
        tool: 'npm',
        build: ['node', 'build.cjs'],
      },
      { kind: 'python', directory: 'py', name: 'acme-foreign' },
      { kind: 'go', directory: 'go', name: 'github.com/acme/go-foreign', mirror: true },
    ],
  },
  {
    // https://git-scm.com/docs/git-describe: what many builds print as their version.
    name: 'git-describe',
    title: 'builds that write `git describe --dirty` into what they make',
    needs: ['uv', 'npm', 'python'],
    artifacts: [
      {
        kind: 'npm',
        directory: 'js',
        name: '@acme-shape/git-describe',
        tool: 'npm',
        build: ['node', 'build.cjs'],
      },
      { kind: 'python', directory: 'py', name: 'acme-git-describe' },
    ],
  },
];
