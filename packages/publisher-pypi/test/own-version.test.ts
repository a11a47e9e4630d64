import { execFileSync } from 'node:child_process';
import { needs } from '@ameide/local-registries/components';
import { afterAll, expect, test } from 'vitest';
import { build, commit, open, removeScratch } from './world.ts';

// A version plugin may write what it computes into the package: that must be the release's as well.

afterAll(removeScratch);

const VERSION = '0.1.0.dev20251113153211';
const DYNAMIC = '[project]\nname = "acme-sdk"\ndynamic = ["version"]\n';
const STATIC = '[project]\nname = "acme-sdk"\nversion = "0.0.0"\n';
const WRITTEN = 'from acme_sdk._version import __version__\n';
const VCS = '[tool.hatch.version]\nsource = "vcs"\nraw-options = { root = ".." }\n';
const HOOK = '[tool.hatch.build.hooks.vcs]\nversion-file = "acme_sdk/_version.py"\n';
const SCM = '[tool.setuptools_scm]\nroot = ".."\nversion_file = "acme_sdk/_version.py"\n';

const PROJECTS: Readonly<
  Record<string, readonly [requires: string, backend: string, tables: string, module?: string]>
> = {
  'setuptools-scm': [
    '"setuptools==80.9.0", "setuptools-scm==9.2.2"',
    'setuptools.build_meta',
    DYNAMIC + SCM,
  ],
  'setuptools-scm, beside a static version': [
    '"setuptools==80.9.0", "setuptools-scm==8.3.1"',
    'setuptools.build_meta',
    STATIC + SCM,
  ],
  'hatch-vcs': ['"hatchling==1.28.0", "hatch-vcs==0.5.0"', 'hatchling.build', DYNAMIC + VCS + HOOK],
  'hatch-vcs, beside a static version': [
    '"hatchling==1.28.0", "hatch-vcs==0.5.0"',
    'hatchling.build',
    STATIC + HOOK,
  ],
  'uv-dynamic-versioning': [
    '"hatchling==1.28.0", "uv-dynamic-versioning==0.11.2"',
    'hatchling.build',
    `${DYNAMIC}[tool.hatch.version]\nsource = "uv-dynamic-versioning"\n[tool.hatch.build.hooks.version]\npath = "acme_sdk/_version.py"\n`,
  ],
  'pdm-backend': [
    '"pdm-backend==2.4.5"',
    'pdm.backend',
    `${DYNAMIC}[tool.pdm.version]\nsource = "scm"\nwrite_to = "acme_sdk/_version.py"\nwrite_template = "__version__ = '{}'"\n`,
  ],
  'poetry-dynamic-versioning': [
    '"poetry-core==2.2.1", "poetry-dynamic-versioning==1.9.1"',
    'poetry_dynamic_versioning.backend',
    '[tool.poetry]\nname = "acme-sdk"\nversion = "0.0.0"\ndescription = ""\nauthors = []\n[tool.poetry-dynamic-versioning]\nenable = true\n',
    '__version__ = "0.0.0"\n',
  ],
  'scikit-build-core': [
    '"scikit-build-core==0.11.6"',
    'scikit_build_core.build',
    `${DYNAMIC}[tool.scikit-build]\nwheel.cmake = false\nwheel.packages = ["acme_sdk"]\nmetadata.version.provider = "scikit_build_core.metadata.setuptools_scm"\nsdist.include = ["acme_sdk/_version.py"]\n${SCM}`,
  ],
};

needs(
  'git',
  'uv',
  'python',
)('the version that the built package tells of itself', () => {
  test.each(Object.entries(PROJECTS))(
    '%s: is the release’s',
    async (_title, [requires, backend, tables, module = WRITTEN]) => {
      const files = {
        '.gitignore': '_version.py\n',
        'sdk/pyproject.toml': `[build-system]\nrequires = [${requires}]\nbuild-backend = "${backend}"\n${tables}`,
        'sdk/CMakeLists.txt': 'cmake_minimum_required(VERSION 3.15)\nproject(acme)\n',
        'sdk/acme_sdk/__init__.py': module,
      };
      const { files: built } = await build(await open(commit(files), {}));
      const program =
        'import sys; sys.path.insert(0, sys.argv[1]); import acme_sdk; print(acme_sdk.__version__)';
      const argv = ['-I', '-c', program, built[0]?.path ?? ''];
      expect(execFileSync('python3', argv, { encoding: 'utf8' })).toBe(`${VERSION}\n`);
    },
    120_000,
  );
});
