import { readFileSync } from 'node:fs';
import { needs } from '@ameide/local-registries/components';
import type { Member } from '@ameide/versioning-core';
import { afterAll, describe, expect, test } from 'vitest';
import { readMetadata } from '../src/distribution/archive.ts';
import { build, commit, open, removeScratch } from './world.ts';

// What the real build backends write into METADATA and PKG-INFO for the members of a dev build.

afterAll(removeScratch);

const VERSION = '0.1.0.dev20251113153211';
const MEMBERS: readonly Member[] = ['core', 'acme-extra', 'sdk'].map((name) => ({
  ecosystem: 'pypi',
  name,
}));
const OPTIONS = { uploadUrl: 'http://127.0.0.1:1/', simpleUrl: 'http://127.0.0.1:1/simple/' };
const LISTS = `dependencies = [
  "six>=1", # not ours
  'Core[fast]>=0.0.0; python_version>="3.8"',
]

[project.optional-dependencies]
all = ["Acme.Extra", "sdk[more]==0.0.0"]
more = []
`;

function project(requires: string, backend: string, more = ''): Readonly<Record<string, string>> {
  const system = `[build-system]\nrequires = ["${requires}"]\nbuild-backend = "${backend}"\n`;
  const pyproject = `${system}\n[project]\nname = "sdk"\nversion = "0.0.0"\ndescription = "An SDK"\n${LISTS}${more}`;
  return { 'sdk/pyproject.toml': pyproject, 'sdk/sdk/__init__.py': '"""An SDK."""\n' };
}

const POETRY =
  '[build-system]\nrequires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n';

/** A project whose requirements are in files beside it. */
function listed(requires: string, backend: string, more: string): Readonly<Record<string, string>> {
  const system = `[build-system]\nrequires = ${requires}\nbuild-backend = "${backend}"\n`;
  const project = `[project]\nname = "sdk"\nversion = "0.0.0"\ndescription = "An SDK"\ndynamic = ["dependencies", "optional-dependencies"]\n`;
  return {
    'sdk/pyproject.toml': `${system}${project}${more}`,
    ...LINES,
    'sdk/sdk/__init__.py': '',
  };
}

const LINES = {
  'sdk/requirements.txt': '# what it needs\nsix>=1\r\n  Core[fast]>=0.0.0; python_version>="3.8"\n',
  'sdk/extra/all.txt': 'Acme.Extra\n\nsdk[more]==0.0.0',
};

const PROJECTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  hatchling: project('hatchling', 'hatchling.build'),
  setuptools: project(
    'setuptools',
    'setuptools.build_meta',
    '[tool.setuptools]\npackages = ["sdk"]\n',
  ),
  flit: project('flit_core', 'flit_core.buildapi'),
  'pdm-backend': project('pdm-backend', 'pdm.backend'),
  'poetry-core': project('poetry-core', 'poetry.core.masonry.api'),
  uv_build: project(
    'uv_build',
    'uv_build',
    '[tool.uv.build-backend]\nmodule-root = ""\n[tool.uv.sources]\ncore = { workspace = true }\n',
  ),
  'scikit-build-core': {
    ...project(
      'scikit-build-core',
      'scikit_build_core.build',
      '[tool.scikit-build]\nwheel.cmake = false\nwheel.packages = ["sdk"]\n',
    ),
  },
  'meson-python': {
    ...project('meson-python', 'mesonpy'),
    'sdk/meson.build':
      "project('sdk', version: '0.0.0')\npy = import('python').find_installation(pure: true)\npy.install_sources('sdk/__init__.py', subdir: 'sdk')\n",
  },
  'setup.cfg': {
    'sdk/setup.cfg':
      '[metadata]\nname = sdk\nversion = 0.0.0\n[options]\npackages = sdk\ninstall_requires =\n    six>=1\n    Core[fast]>=0.0.0; python_version>="3.8"\n[options.extras_require]\nall = Acme.Extra; sdk[more]==0.0.0\nmore =\n',
    'sdk/setup.py': 'from setuptools import setup\n\nsetup()\n',
    'sdk/sdk/__init__.py': '',
  },
  'files of setuptools': listed(
    '["setuptools"]',
    'setuptools.build_meta',
    '[tool.setuptools]\npackages = ["sdk"]\n[tool.setuptools.dynamic]\ndependencies = { file = "requirements.txt" }\noptional-dependencies.all = { file = ["extra/all.txt"] }\n',
  ),
  'files of setup.cfg': {
    'sdk/setup.cfg':
      '[metadata]\nname = sdk\nversion = 0.0.0\n[options]\npackages = sdk\ninstall_requires = file: requirements.txt\n[options.extras_require]\nall = file: extra/all.txt\n',
    'sdk/setup.py': 'from setuptools import setup\n\nsetup()\n',
    ...LINES,
    'sdk/sdk/__init__.py': '',
  },
  'hatchling with files of hatch-requirements-txt': listed(
    '["hatchling", "hatch-requirements-txt"]',
    'hatchling.build',
    '[tool.hatch.metadata.hooks.requirements_txt]\nfiles = ["requirements.txt"]\n[tool.hatch.metadata.hooks.requirements_txt.optional-dependencies]\nall = ["extra/all.txt"]\nmore = []\n',
  ),
  'Poetry without [project]': {
    'sdk/pyproject.toml': `${POETRY}[tool.poetry]
name = "sdk"
version = "0.0.0"
description = "An SDK"
authors = []
[tool.poetry.dependencies]
python = ">=3.8"
six = ">=1"
Core = { path = "../core", develop = true, extras = ["fast"], markers = 'python_version>="3.8"' }
"Acme.Extra" = { version = "^0.0.0", optional = true }
[tool.poetry.extras]
all = ["Acme.Extra"]
`,
    'sdk/sdk/__init__.py': '',
  },
};

/** Name and specifier of each requirement, as any spelling means them. */
async function requirements(root: string): Promise<readonly (readonly string[])[]> {
  const opened = await open(root, OPTIONS, MEMBERS);
  expect(await opened.publisher.validate?.(opened.plan, opened.step())).toEqual([]);
  const { files } = await build(opened);
  return Promise.all(
    files.map(async ({ kind, path }) => {
      const { fields } = await readMetadata(kind, readFileSync(path));
      return fields
        .filter(([field]) => field === 'requires-dist')
        .map(([, value]) =>
          value
            .replaceAll(/[\s()]/g, '')
            .toLowerCase()
            .replaceAll(/[._]/g, (c) => (c === '_' ? '-' : c))
            .replace(/;.*/, '')
            .replace(/^acme\.extra/, 'acme-extra'),
        )
        .sort();
    }),
  );
}

needs(
  'git',
  'uv',
  'python',
)('a dev build requires exactly the members that it was built with', () => {
  test.for(Object.entries(PROJECTS))('%s', { timeout: 120_000 }, async ([name, files]) => {
    // hatchling resolves a project's own extras itself.
    const self = /^(?:Poetry|hatchling)/.test(name) ? [] : [`sdk[more]==${VERSION}`];
    const right = [`acme-extra==${VERSION}`, `core[fast]==${VERSION}`, ...self, 'six>=1'];
    expect(await requirements(commit(files))).toEqual([right, right]);
  });
});

needs(
  'git',
  'uv',
  'python',
)('requirements that only the build knows', () => {
  const dynamic = (requirement: string): Readonly<Record<string, string>> => ({
    'sdk/pyproject.toml':
      '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n[project]\nname = "sdk"\nversion = "0.0.0"\ndynamic = ["dependencies"]\n[tool.setuptools]\npackages = ["sdk"]\n',
    'sdk/setup.py': `from setuptools import setup\nsetup(install_requires=['${requirement}'])\n`,
    'sdk/sdk/__init__.py': '',
  });
  const built = async (files: Readonly<Record<string, string>>) => {
    const opened = await open(commit(files), OPTIONS, MEMBERS);
    return opened.publisher.build(opened.plan, opened.step());
  };

  test.each(['core==0.0.0', 'core>=0.1.0', 'CORE~=0.1.0 ; python_version > "3"'])(
    '%s is refused after the build, as nobody could install it',
    async (requirement) => {
      expect(await built(dynamic(requirement))).toMatchObject({
        problems: ['.whl', '.tar.gz'].map((suffix) => ({
          code: 'pypi-member-requirement',
          kind: 'incomplete',
          rerun: 'after-fix',
          effect: 'none',
          message: expect.stringMatching(
            new RegExp(
              `sdk-\\S+\\${suffix} of pypi:sdk requires core, of the same release, as \\S+, and this release publishes ${VERSION}`,
            ),
          ) as string,
        })),
      });
    },
  );

  test('what has the version is published as it is', async () => {
    expect(await built(dynamic('core>=0.0.0'))).toHaveProperty('value');
  });
});

describe('plan refuses what cannot be', () => {
  const hatchling = project('hatchling', 'hatchling.build');
  const found = async (from: string, to: string) => {
    const text = hatchling['sdk/pyproject.toml'] ?? '';
    const files = { ...hatchling, 'sdk/pyproject.toml': text.replace(from, to) };
    const opened = await open(commit(files), OPTIONS, MEMBERS);
    return opened.publisher.validate?.(opened.plan, opened.step());
  };

  test.each([
    ['Core[fast]>=0.0.0', 'core>=2', 'project.dependencies[1]', 'as >=2'],
    ['Acme.Extra', 'Acme.Extra===0.0.0', 'project.optional-dependencies.all[0]', 'as ===0.0.0'],
    [
      'Acme.Extra',
      'Acme.Extra @ https://example.org/x.whl',
      'project.optional-dependencies.all[0]',
      'from an address',
    ],
    ['"hatchling"', '"hatchling", "core==0.0.0"', 'build-system.requires[1]', 'as ==0.0.0'],
  ])('%s as %s, in %s', async (from, to, field, how) => {
    expect(await found(from, to)).toMatchObject([
      {
        code: 'pypi-member-requirement',
        kind: 'input',
        path: 'sdk/pyproject.toml',
        field,
        message: expect.stringContaining(`of the same release, is required ${how}`) as string,
      },
    ]);
  });

  test('a line of a requirements file', async () => {
    const files = PROJECTS['files of setuptools'] ?? {};
    const changed = { ...files, 'sdk/requirements.txt': '-r other.txt\nsix\ncore>=2  # soon\n' };
    const opened = await open(commit(changed), OPTIONS, MEMBERS);
    expect(await opened.publisher.validate?.(opened.plan, opened.step())).toMatchObject([
      { code: 'pypi-member-requirement', kind: 'input', path: 'sdk/requirements.txt', line: 3 },
    ]);
  });

  test('not a build requirement on an earlier version, or on any', async () => {
    expect(await found('"hatchling"', '"hatchling", "core", "acme-extra==0.0.9"')).toEqual([]);
  });
});

describe('the root of a uv workspace says what comes from a folder', () => {
  test('for its members', async () => {
    const workspace =
      '[tool.uv.workspace]\nmembers = ["*"]\n[tool.uv.sources]\nAcme_Extra = { workspace = true }\n';
    const files = { ...project('hatchling', 'hatchling.build'), 'pyproject.toml': workspace };
    const opened = await open(commit(files), OPTIONS, MEMBERS);
    expect(opened.plan.localNames).toEqual(['acme-extra']);
    expect(opened.plan.requires?.map(({ name, version }) => [name, version])).toEqual([
      ['core', VERSION],
      ['acme-extra', VERSION],
    ]);
  });
});
