import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { createProcesses, type Processes } from '@ameide/publisher-kit';
import { afterAll, expect, test } from 'vitest';
import { readMetadata } from '../src/distribution/archive.ts';
import { build, commit, folder, open, removeScratch } from './world.ts';

// PEP 517: without [build-system], the build is setuptools' own of before, for every front end.

afterAll(removeScratch);

const VERSION = '0.1.0.dev20251113153211';
const MODULE = { 'sdk/acme_sdk/__init__.py': '' };
const SETUP_CFG = '[metadata]\nname = acme-sdk\nversion = 0.0.0\n[options]\npackages = acme_sdk\n';
const SETUP_PY = 'from setuptools import setup\n\nsetup()\n';

const PROJECTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '[project] alone': { 'sdk/pyproject.toml': '[project]\nname = "acme-sdk"\nversion = "0.0.0"\n' },
  'setup.cfg beside settings of other tools': {
    'sdk/pyproject.toml': '[tool.black]\nline-length = 100\n',
    'sdk/setup.cfg': SETUP_CFG,
  },
  'setup.cfg and setup.py, without a pyproject.toml': {
    'sdk/setup.cfg': SETUP_CFG,
    'sdk/setup.py': SETUP_PY,
  },
  'a version that setup.py asks setuptools-scm for': {
    'sdk/setup.cfg': SETUP_CFG.replace('version = 0.0.0\n', ''),
    'sdk/setup.py': SETUP_PY.replace(
      '()',
      '(setup_requires=["setuptools_scm"], use_scm_version={"root": ".."})',
    ),
  },
  'setup.py alone': {
    'sdk/setup.py': `from setuptools import setup, find_packages

setup(
    name='acme-sdk',
    version = '0.0.0',  # by the release
    python_requires=">=3.8",
    packages=find_packages(),
    install_requires=["six==1.17.0"],
)
`,
  },
  'a version of setup.py that hides that of setup.cfg': {
    'sdk/setup.cfg': '[metadata]\nversion = 3.0\nproject_urls =\n    Home = https://example.org\n',
    'sdk/setup.py': SETUP_PY.replace(
      '()',
      "(name='acme-sdk', version='0.0.0', packages=['acme_sdk'])",
    ),
  },
  'a setup.cfg for other tools': {
    'sdk/setup.cfg': '[flake8]\nmax-line-length = 100',
    'sdk/setup.py': SETUP_PY.replace(
      '()',
      "(name='acme-sdk', version='0.0.0', packages=['acme_sdk'])",
    ),
  },
  'a version that setup.cfg asks pbr for': {
    'sdk/setup.cfg':
      '[metadata]\nname = acme-sdk\n[files]\npackages =\n    acme_sdk\n[options]\nsetup_requires = pbr>=6\n',
    'sdk/setup.py': SETUP_PY.replace('()', '(pbr=True)'),
  },
};

/** The real programs, with `build` as the only front end. */
function withoutUv(): Processes {
  const real = createProcesses();
  const isUv = (argv: readonly string[]): boolean => argv[0] === 'uv' || argv[2] === 'uv';
  return {
    which: (program) => real.which(program),
    run: (command) =>
      real.run(isUv(command.argv) ? { ...command, argv: ['no-such-program'] } : command),
  };
}

const NAMES = [`acme_sdk-${VERSION}-py3-none-any.whl`, `acme_sdk-${VERSION}.tar.gz`];

/** What pip's own wheel says of a project, but for what the stamp changes. */
async function pipMetadata(project: string): Promise<unknown> {
  const output = join(folder(), 'wheels');
  mkdirSync(output);
  const argv = ['-m', 'pip', 'wheel', '--quiet', '--no-deps', '--wheel-dir', output, project];
  execFileSync('python3', argv);
  const [name = ''] = readdirSync(output);
  return unstamped(join(output, name));
}

async function unstamped(wheel: string): Promise<unknown> {
  const { fields } = await readMetadata('wheel', readFileSync(wheel));
  return fields.filter(
    ([field, value]) => field !== 'version' && !value.startsWith('Source Commit,'),
  );
}

needs(
  'git',
  'uv',
  'python-build',
)('a project without [build-system]', () => {
  test.each(Object.entries(PROJECTS))(
    'is built with uv, as pip builds it: %s',
    async (title, files) => {
      const root = commit({ ...MODULE, ...files });
      const built = await build(await open(root, {}));
      expect(built.files.map(({ name }) => name)).toEqual(NAMES);
      // pbr writes AUTHORS into an sdist alone, and pip makes none.
      if (title.includes('pbr')) return;
      const ours = await unstamped(built.files[0]?.path ?? '');
      expect(ours).toEqual(await pipMetadata(join(root, 'sdk')));
    },
    120_000,
  );

  test('is built with `build`', async () => {
    const files = PROJECTS['setup.cfg and setup.py, without a pyproject.toml'];
    const ports = { processes: withoutUv(), env: {} };
    const built = await build(await open(commit({ ...MODULE, ...files }), { ports }));
    expect(built.files.map(({ name }) => name)).toEqual(NAMES);
  }, 120_000);
});

test.each([
  ['setup.cfg alone, which no front end builds', { 'sdk/setup.cfg': SETUP_CFG }, 'setup.cfg alone'],
  ['setup.py alone, which is a program', { 'sdk/setup.py': SETUP_PY }, 'setup.py is a program'],
])('%s, is refused', async (_title, files, hint) => {
  await expect(open(commit({ ...MODULE, ...files }), {})).rejects.toThrow(
    expect.objectContaining({ hint: expect.stringContaining(hint) }),
  );
});
