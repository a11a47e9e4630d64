import type { Shape } from './shape.ts';

export const PYTHON_SHAPES: readonly Shape[] = [
  {
    // https://github.com/pypa/setuptools-scm/issues/190
    name: 'setuptools-scm-static',
    title: 'setuptools-scm beside a static version: every tracked file is in sdist and wheel',
    needs: ['uv', 'python'],
    artifacts: [{ kind: 'python', directory: 'sdk', name: 'acme-scm-static' }],
  },
  {
    // https://github.com/pypa/setuptools-scm/issues/1540: an override of the version must not switch
    // off the list of tracked files.
    name: 'setuptools-scm-dynamic',
    title: 'setuptools-scm gives the version, one commit after the tag',
    needs: ['uv', 'python'],
    files: {
      '.gitignore': '_version.py\n*.egg-info\n',
      '.gitattributes': '.git_archival.txt export-subst\n',
    },
    afterRelease: true,
    artifacts: [
      {
        kind: 'python',
        directory: 'sdk',
        name: 'acme-scm-dynamic',
        namesOnly: ['/_version.py'],
      },
    ],
  },
  {
    name: 'setuptools-manifest',
    title: 'setuptools with MANIFEST.in, setup.cfg and license files',
    needs: ['uv', 'python'],
    artifacts: [{ kind: 'python', directory: '.', name: 'acme-manifest' }],
  },
  {
    name: 'setuptools-links',
    title: "setuptools: README and LICENSE are links to the root's, a data file is a link",
    needs: ['uv', 'python'],
    links: {
      'sdk/README.md': '../README.md',
      'sdk/LICENSE': '../LICENSE',
      'sdk/src/acme_links/latest.csv': 'table.csv',
    },
    artifacts: [{ kind: 'python', directory: 'sdk', name: 'acme-links' }],
  },
  {
    // https://github.com/pypa/hatch/issues/1641
    name: 'hatchling-root-ignore',
    title: 'hatchling below a root .gitignore: ignored leftovers stay out, `artifacts` are in',
    needs: ['uv', 'python'],
    files: { '.gitignore': '*.log\nlocal_settings.py\ngenerated.py\nnode_modules/\n' },
    prepare: [['python3', 'prepare.py']],
    artifacts: [{ kind: 'python', directory: 'python', name: 'acme-hatchling' }],
  },
  {
    name: 'hatch-vcs',
    title: 'hatch-vcs gives the version of a tagged commit and writes it into a file',
    needs: ['uv', 'python'],
    files: { '.gitignore': '_version.py\ndist/\n' },
    artifacts: [
      {
        kind: 'python',
        directory: '.',
        name: 'acme-hatch-vcs',
        namesOnly: ['/_version.py'],
      },
    ],
  },
  {
    // https://github.com/pypa/hatch/issues/284
    name: 'hatch-force-include',
    title: 'hatchling takes files from beside the project: force-include = { "../proto" = … }',
    needs: ['uv', 'python'],
    artifacts: [{ kind: 'python', directory: 'python', name: 'acme-force-include' }],
  },
  {
    name: 'pdm-scm',
    title: 'pdm-backend gives the version from git; source-includes and excludes',
    needs: ['uv', 'python'],
    files: { '.gitignore': '_version.py\n.pdm-build/\n' },
    artifacts: [{ kind: 'python', directory: 'sdk', name: 'acme-pdm' }],
  },
  {
    // https://github.com/python-poetry/poetry/issues/10831
    name: 'poetry-core',
    title: 'poetry-core: ignored files stay out, unless `include` names them',
    needs: ['uv', 'python'],
    files: { '.gitignore': 'local_settings.py\n*_pb2.py\n' },
    prepare: [['python3', 'prepare.py']],
    artifacts: [{ kind: 'python', directory: 'python', name: 'acme-poetry' }],
  },
  {
    // setuptools takes what a list of files in an egg-info names, as long as it is there.
    name: 'setuptools-leftovers',
    title:
      'setuptools: an egg-info that is committed, and what prepare leaves in build, dist and another',
    needs: ['uv', 'python'],
    files: {
      'committed/acme_committed.egg-info/PKG-INFO':
        'Metadata-Version: 2.1\nName: acme-committed\nVersion: 0.1.0\n',
      'committed/acme_committed.egg-info/SOURCES.txt': 'NOTES.txt\npyproject.toml\n',
    },
    prepare: [['python3', 'prepare.py']],
    artifacts: [
      { kind: 'python', directory: 'committed', name: 'acme-committed' },
      { kind: 'python', directory: 'prepared', name: 'acme-prepared' },
    ],
  },
  {
    name: 'poetry-table',
    title: 'poetry-core with [tool.poetry] alone: no [project] table',
    needs: ['uv', 'python'],
    artifacts: [{ kind: 'python', directory: 'sdk', name: 'acme-poetry-table' }],
  },
  {
    name: 'setup-cfg',
    title: 'setuptools with its metadata in setup.cfg, beside a setup.py that says nothing',
    needs: ['uv', 'python'],
    artifacts: [{ kind: 'python', directory: 'sdk', name: 'acme-setup-cfg' }],
  },
  {
    name: 'setup-cfg-attr',
    title: 'setup.cfg takes the version from a module, and has no project_urls',
    needs: ['uv', 'python'],
    artifacts: [{ kind: 'python', directory: '.', name: 'acme-setup-attr' }],
  },
  {
    // https://github.com/mesonbuild/meson-python/issues/640
    name: 'meson-python',
    title:
      'meson-python: the sdist is what `git archive` gives of the commit, and a script asks git',
    needs: ['uv', 'python'],
    files: {
      'sdk/.gitattributes': 'ci export-ignore\n',
      'prepare.py':
        "for path, text in ('acme_meson/__init__.py', 'prepared = True\\n'), ('pyproject.toml', '# prepared\\n'):\n    open('sdk/' + path, 'a').write(text)\n",
    },
    prepare: [['python3', 'prepare.py']],
    artifacts: [{ kind: 'python', directory: 'sdk', name: 'acme-meson' }],
  },
  {
    // https://github.com/PyO3/maturin/issues/2971
    name: 'maturin-workspace',
    title: 'maturin: a program that is a member of a Cargo workspace',
    needs: ['uv', 'python', 'cargo'],
    files: { '.gitignore': 'target/\n' },
    artifacts: [
      {
        kind: 'python',
        directory: 'python',
        name: 'acme-maturin',
        namesOnly: ['/scripts/acme-maturin', '.cyclonedx.json'],
      },
    ],
  },
  {
    name: 'maturin-cargo-version',
    title: 'maturin takes the version from Cargo.toml, which has its workspace’s; cargo --locked',
    needs: ['uv', 'python', 'cargo'],
    files: { '.gitignore': 'target/\n' },
    artifacts: [
      {
        kind: 'python',
        directory: 'sdk',
        name: 'acme-cargo-version',
        namesOnly: ['/scripts/acme-cargo-version', '.cyclonedx.json'],
      },
    ],
  },
  {
    name: 'scikit-build-core',
    title: 'scikit-build-core asks setuptools-scm for the version, which writes it into a file',
    needs: ['uv', 'python'],
    files: { '.gitignore': '_version.py\n' },
    artifacts: [
      { kind: 'python', directory: '.', name: 'acme-scikit', namesOnly: ['/_version.py'] },
    ],
  },
  {
    name: 'pbr',
    title: 'pbr: the version is from git, and so are AUTHORS, ChangeLog and the list of files',
    needs: ['uv', 'python'],
    artifacts: [{ kind: 'python', directory: '.', name: 'acme-pbr' }],
  },
  {
    name: 'no-build-system',
    title: 'no [build-system]: [project] alone, and setup.cfg without a pyproject.toml',
    needs: ['uv', 'python'],
    artifacts: [
      { kind: 'python', directory: 'sdk', name: 'acme-no-build-system' },
      { kind: 'python', directory: 'old', name: 'acme-old' },
    ],
  },
  {
    // https://github.com/pypa/flit/issues/540
    name: 'flit',
    title: 'flit: [tool.flit.sdist] includes and excludes; a .bat that git checks out with CRLF',
    needs: ['uv', 'python'],
    files: { '.gitattributes': '*.bat text eol=crlf\n' },
    artifacts: [{ kind: 'python', directory: 'sdk', name: 'acme-flit' }],
  },
  {
    // https://github.com/astral-sh/uv/pull/17736
    name: 'uv-workspace',
    title: 'a member of a uv workspace whose root has the indexes and constraints of its build',
    needs: ['uv', 'python'],
    beforeCommit: [
      ['uv', 'build', '--quiet', '--wheel', '--no-create-gitignore', '--out-dir', 'wheels', 'hook'],
    ],
    artifacts: [{ kind: 'python', directory: 'packages/api', name: 'acme-uv-api' }],
  },
  {
    name: 'python-beside-pnpm',
    title: 'a Python project at the root of a pnpm workspace: links in node_modules',
    needs: ['uv', 'python', 'pnpm'],
    files: { '.gitignore': 'node_modules\ndist\n' },
    prepare: [['pnpm', 'install', '--offline']],
    artifacts: [{ kind: 'python', directory: '.', name: 'acme-beside-pnpm' }],
  },
  {
    name: 'python-submodule',
    title: 'a package with a submodule inside it',
    needs: ['uv', 'python'],
    submodules: { 'sdk/src/acme_submodule/protos': 'protos' },
    recurseSubmodules: true,
    artifacts: [{ kind: 'python', directory: 'sdk', name: 'acme-submodule' }],
  },
  {
    // What `hatch new` makes.
    name: 'hatch-version-path',
    title: 'hatchling reads the version from a file of the package',
    needs: ['uv', 'python'],
    artifacts: [{ kind: 'python', directory: '.', name: 'acme-version-path' }],
  },
  {
    name: 'uv-backend',
    title: 'uv_build, with a dependency that is a workspace source',
    needs: ['uv', 'python'],
    executables: ['packages/core/scripts/acme-run'],
    artifacts: [{ kind: 'python', directory: 'packages/core', name: 'acme-uv-backend' }],
  },
];
