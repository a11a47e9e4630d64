import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import {
  type RunningPythonIndex,
  startDevpi,
  startGitea,
  startGitlabPypi,
  startPulp,
  startPypiserver,
  startPythonIndex,
} from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { createTestRepository, type TestRepository } from '@ameide/publisher-kit/testing';
import { pypi } from '@ameide/publisher-pypi';
import {
  defineRelease,
  publishRelease,
  type ReleaseDefinition,
  type ReleaseReport,
  traceCommit,
} from '@ameide/release';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from './shapes/program.ts';
import type { Argv } from './shapes/shape.ts';

// The README's table of indexes: what each does, and a release at each, from publishing to installing.

const NAME = 'acme-table';
const FILES = {
  'version.json': { version: '0.1.0' },
  // uv builds it by itself, without a network.
  'pyproject.toml': `[build-system]\nrequires = ["uv_build"]\nbuild-backend = "uv_build"\n\n[project]\nname = "${NAME}"\nversion = "0.0.0"\nrequires-python = ">=3.9"\n\n[tool.uv.build-backend]\nmodule-root = ""\n`,
  'acme_table/__init__.py': 'ANSWER = 42\n',
};
const DEV = `pypi:${NAME}==0.1.0.dev20251113153211`;
const RELEASE = `pypi:${NAME}==0.1.0`;

/** What the README's table says of an index. */
interface Facts {
  readonly page: 'JSON' | 'HTML';
  /** The wheel's METADATA is served beside it (PEP 658). */
  readonly sidecar: boolean;
  /** The status of the Simple API's root. */
  readonly root: number;
  /** The answers to a file name that is there, with the same bytes and with others. */
  readonly taken: readonly [same: number, other: number];
  readonly localVersions: boolean;
}

type Index = RunningPythonIndex & { readonly user?: string };

needs(
  'uv',
  'pip',
  'poetry',
  'pypiserver',
)('pypiserver', () =>
  suite(startPypiserver, {
    page: 'HTML',
    sidecar: false,
    root: 200,
    taken: [409, 409],
    localVersions: true,
  }),
);
needs(
  'uv',
  'pip',
  'poetry',
  'devpi',
)('devpi', () =>
  suite(startDevpi, {
    page: 'JSON',
    sidecar: false,
    root: 200,
    taken: [200, 409],
    localVersions: true,
  }),
);
needs(
  'uv',
  'pip',
  'poetry',
)("PyPI's rules, in the embedded index", () =>
  suite(startPythonIndex, {
    page: 'JSON',
    sidecar: true,
    root: 200,
    taken: [200, 400],
    localVersions: false,
  }),
);
needs(
  'uv',
  'pip',
  'poetry',
)('GitLab (stand-in)', () =>
  suite(startGitlabPypi, {
    page: 'HTML',
    sidecar: false,
    root: 200,
    taken: [400, 400],
    localVersions: true,
  }),
);
needs(
  'uv',
  'pip',
  'poetry',
  'gitea',
)('Gitea', () =>
  suite(startGitea, {
    page: 'HTML',
    sidecar: false,
    root: 404,
    taken: [409, 409],
    localVersions: true,
  }),
);
needs(
  'uv',
  'pip',
  'poetry',
  'pulp',
)('Pulp', () =>
  suite(startPulp, {
    page: 'JSON',
    sidecar: true,
    root: 200,
    taken: [400, 400],
    localVersions: true,
  }),
);

function suite(start: () => Promise<Index>, facts: Facts): void {
  let index: Index;
  let repository: TestRepository;
  let sha = '';
  beforeAll(async () => {
    // Pulp takes minutes on a busy machine.
    index = await start();
    repository = createTestRepository({ origin: 'https://github.com/acme/mono.git' });
    sha = repository.commit({ files: FILES });
  }, 300_000);
  afterAll(async () => {
    await index.stop();
    await repository[Symbol.asyncDispose]();
  });

  const definition = (localVersions = false): ReleaseDefinition => {
    const { simpleUrl, token, uploadUrl, user = '__token__' } = index;
    const options = { simpleUrl, token, uploadUrl, user, localVersions };
    return defineRelease({
      versionFile: 'version.json',
      publishers: [pypi({ directory: '.', ...options })],
    });
  };
  const publish = async (ref: string, localVersions = false): Promise<ReleaseReport> =>
    publishRelease({
      repository: await repository.open(),
      definition: definition(localVersions),
      env: {},
      ref,
    });
  const outcomes = ({ artifacts, problems }: ReleaseReport): unknown[] => [
    ...artifacts.map(({ coordinate, state, outcome }) => [coordinate, state, outcome]),
    ...problems.map(({ code }) => code),
  ];

  test('a dev build and its release are published once, and nothing is to be promoted', async () => {
    const dev = await publish('refs/heads/main');
    expect(outcomes(dev)).toEqual([[DEV, 'identical', 'published']]);
    expect(dev.pointers).toEqual([]);
    expect(outcomes(await publish('refs/heads/main'))).toEqual([[DEV, 'same-source', undefined]]);
    repository.git('tag', 'v0.1.0');
    for (const [state, outcome] of [
      ['identical', 'published'],
      ['same-source', undefined],
    ])
      expect(outcomes(await publish('refs/tags/v0.1.0'))).toEqual([[RELEASE, state, outcome]]);
  });

  test('the commit is traced to both, and both to the commit', async () => {
    const options = { repository: await repository.open(), definition: definition() };
    const { artifacts, exitCode } = await traceCommit(sha, options);
    expect(exitCode).toBe(0);
    expect(artifacts.map((one) => [one.coordinate, one.state, one.sha])).toEqual([
      [RELEASE, 'same-source', sha],
      [DEV, 'same-source', sha],
    ]);
  });

  test('pip, uv and Poetry install it', async () => {
    const home = await mkdtemp(join(tmpdir(), 'ameide-python-'));
    const installs = Object.entries(INSTALL).map(async ([client, install], number) => {
      const [, version = ''] = (number === 0 ? DEV : RELEASE).split('==');
      await mkdir(join(home, client));
      return install(version, index.simpleUrl, join(home, client));
    });
    expect(await Promise.all(installs)).toEqual(['42\n', '42\n', '42\n']);
    await rm(home, { recursive: true, force: true });
  });

  test('the index answers as the README says', async () => {
    const local = `${DEV}+git.${sha.slice(0, 7)}`;
    const [first] = outcomes(await publish('refs/heads/main', true));
    const localVersions = isDeepStrictEqual(first, [local, 'identical', 'published']);
    expect({ ...(await factsOf(index)), localVersions }).toEqual(facts);
  });

  test('another commit with the same version is a conflict, and nothing is uploaded', async () => {
    repository.commit({ files: { 'acme_table/__init__.py': 'ANSWER = 43\n' } });
    repository.git('tag', '--force', 'v0.1.0');
    expect(outcomes(await publish('refs/tags/v0.1.0'))).toEqual([
      [RELEASE, 'conflict', undefined],
      'pypi-version-conflict',
    ]);
  });
}

async function factsOf({ simpleUrl, token, uploadUrl, user = '__token__' }: Index) {
  const accept = 'application/vnd.pypi.simple.v1+json, text/html;q=0.1';
  const page = await fetch(`${simpleUrl}${NAME}/`, { headers: { accept } });
  const html = await (
    await fetch(`${simpleUrl}${NAME}/`, { headers: { accept: 'text/html' } })
  ).text();
  const [, address = ''] = /href="([^"#]*0\.1\.0-py[^"#]*\.whl)[#"]/.exec(html) ?? [];
  const wheel = new URL(address, page.url).href;
  const bytes = Buffer.from(await (await fetch(wheel)).arrayBuffer());
  const headers = {
    authorization: `Basic ${Buffer.from(`${user}:${token}`).toString('base64')}`,
  };
  const upload = async (content: Buffer<ArrayBuffer>): Promise<number> =>
    (
      await fetch(uploadUrl, {
        method: 'POST',
        headers,
        body: await uploadForm(content, wheel.split('/').at(-1) ?? ''),
      })
    ).status;
  // A zip archive may end with a comment, whose length is its last two bytes.
  const other = Buffer.concat([bytes.subarray(0, -2), Buffer.from([1, 0]), Buffer.from('#')]);
  return {
    page: page.headers.get('content-type')?.includes('json') === true ? 'JSON' : 'HTML',
    sidecar: (await fetch(`${wheel}.metadata`)).ok,
    root: (await fetch(simpleUrl)).status,
    taken: [await upload(bytes), await upload(other)],
  };
}

async function uploadForm(content: Buffer<ArrayBuffer>, fileName: string): Promise<FormData> {
  const form = new FormData();
  const digest = Buffer.from(await crypto.subtle.digest('SHA-256', content)).toString('hex');
  const fields = {
    ':action': 'file_upload',
    protocol_version: '1',
    metadata_version: '2.4',
    name: NAME,
    version: '0.1.0',
    filetype: 'bdist_wheel',
    pyversion: 'py3',
    requires_python: '>=3.9',
    sha256_digest: digest,
  };
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('content', new Blob([content]), fileName);
  return form;
}

type Install = (version: string, simpleUrl: string, folder: string) => Promise<string>;

const ASK: Argv = ['python3', '-c', 'import acme_table; print(acme_table.ANSWER)'];

const INSTALL: Readonly<Record<'pip' | 'uv' | 'poetry', Install>> = {
  async pip(version, simpleUrl, folder) {
    const argv = ['python3', '-m', 'pip', 'install', '--quiet', '--no-cache-dir'] as const;
    const where = ['--target', folder, '--index-url', simpleUrl];
    await run([...argv, ...where, `${NAME}==${version}`], folder, { PIP_CONFIG_FILE: '/dev/null' });
    return run(ASK, folder, { PYTHONPATH: folder });
  },
  async uv(version, simpleUrl, folder) {
    const argv = ['uv', 'pip', 'install', '--quiet', '--no-config', '--no-cache'] as const;
    await run(
      [...argv, '--target', folder, '--index-url', simpleUrl, `${NAME}==${version}`],
      folder,
    );
    return run(ASK, folder, { PYTHONPATH: folder });
  },
  async poetry(version, simpleUrl, folder) {
    const project = `[project]\nname = "consumer"\nversion = "1"\nrequires-python = ">=3.9"\ndependencies = ["${NAME}==${version}"]\n[tool.poetry]\npackage-mode = false\n[[tool.poetry.source]]\nname = "index"\nurl = "${simpleUrl}"\npriority = "primary"\n`;
    await writeFile(join(folder, 'pyproject.toml'), project);
    const env = {
      POETRY_CACHE_DIR: join(folder, 'cache'),
      POETRY_CONFIG_DIR: join(folder, 'config'),
      POETRY_VIRTUALENVS_IN_PROJECT: 'true',
      POETRY_VIRTUALENVS_OPTIONS_NO_PIP: 'true',
      PYTHON_KEYRING_BACKEND: 'keyring.backends.null.Keyring',
    };
    await run(['poetry', 'install', '--no-interaction', '--quiet'], folder, env);
    return run(['.venv/bin/python', ...ASK.slice(1)], folder);
  },
};
