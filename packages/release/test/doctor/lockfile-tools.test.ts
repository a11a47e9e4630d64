import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type ComponentName, component, needs } from '@ameide/local-registries/components';
import { describe, expect, test } from 'vitest';
import { type Files, reportOn, repositoryOf } from './repository-of.ts';

const run = promisify(execFile);

type Argv = readonly [string, ...string[]];

/** What is changed after the lockfile was made: the text of a file, or what replaces a part of it. */
type Mutation = readonly [title: string, path: string, from: string, to: string];

interface Tool {
  readonly component: ComponentName;
  readonly files: Files;
  readonly lock: Argv;
  /** What CI runs, which refuses a lockfile that is out of step. */
  readonly check: Argv;
  readonly mutations: readonly Mutation[];
}

const SERVICE = 'services/web/package.json';
const PACKAGES: Files = {
  'packages/sdk/package.json': { name: '@acme/sdk', version: '1.2.0' },
  'packages/names/package.json': { name: '@acme/names', version: '0.3.0' },
};

function service(dependencies: object): object {
  return { name: 'web', version: '1.0.0', private: true, dependencies };
}

const ROOT = { name: 'root', version: '1.0.0', private: true };
const WORKSPACES = ['packages/*', 'services/*'];
const SDK = '"@acme/sdk": "';

const NPM_MUTATIONS: readonly Mutation[] = [
  ['nothing', SERVICE, '"name"', '"name"'],
  ['another range, which the locked version is in', SERVICE, `${SDK}^1.0.0"`, `${SDK}^1.1.0"`],
  ['another range, which it is not in', SERVICE, `${SDK}^1.0.0"`, `${SDK}^2.0.0"`],
  ['a dependency more', SERVICE, SDK, `"@acme/none": "1.0.0", ${SDK}`],
  ['another version of the folder, in the range', 'packages/sdk/package.json', '1.2.0', '1.3.0'],
  ['another version of the folder, not in it', 'packages/sdk/package.json', '1.2.0', '0.0.0'],
];

const TOOLS: Readonly<Record<string, Tool>> = {
  pnpm: {
    component: 'pnpm',
    files: {
      ...PACKAGES,
      'package.json': ROOT,
      'pnpm-workspace.yaml': `packages: ${JSON.stringify(WORKSPACES)}\ncatalog:\n  '@acme/names': workspace:^\n`,
      [SERVICE]: service({ '@acme/sdk': 'workspace:^', '@acme/names': 'workspace:~0.3.0' }),
    },
    lock: ['pnpm', 'install', '--lockfile-only', '--offline'],
    check: ['pnpm', 'install', '--lockfile-only', '--frozen-lockfile', '--offline'],
    mutations: [
      ['nothing', SERVICE, '"name"', '"name"'],
      ['another range', SERVICE, 'workspace:^"', 'workspace:^1.2.0"'],
      [
        'another version of a folder, in the range',
        'packages/names/package.json',
        '0.3.0',
        '0.3.1',
      ],
      ['another version of a folder, not in it', 'packages/names/package.json', '0.3.0', '0.4.0'],
      ['a dependency less', SERVICE, '"@acme/sdk": "workspace:^",', ''],
      ['another field', SERVICE, '"dependencies"', '"devDependencies"'],
      ['a dependency more', SERVICE, SDK, `"root": "workspace:*", ${SDK}`],
      [
        'a dependency of the root',
        'package.json',
        '"private"',
        '"dependencies": {"@acme/sdk": "workspace:*"}, "private"',
      ],
    ],
  },
  npm: {
    component: 'npm',
    files: {
      ...PACKAGES,
      'package.json': { ...ROOT, workspaces: WORKSPACES },
      [SERVICE]: service({ '@acme/sdk': '^1.0.0' }),
    },
    lock: ['npm', 'install', '--package-lock-only', '--offline', '--no-audit'],
    check: ['npm', 'ci', '--offline', '--no-audit', '--dry-run'],
    mutations: NPM_MUTATIONS,
  },
  yarn: {
    component: 'yarn',
    files: {
      ...PACKAGES,
      'package.json': { ...ROOT, workspaces: WORKSPACES },
      'yarn.lock': '',
      [SERVICE]: service({ '@acme/sdk': '^1.0.0' }),
    },
    lock: ['yarn', 'install', '--mode=update-lockfile'],
    check: ['yarn', 'install', '--immutable', '--mode=skip-build'],
    mutations: [
      ['nothing', SERVICE, '"name"', '"name"'],
      ['another range', SERVICE, `${SDK}^1.0.0"`, `${SDK}^1.1.0"`],
      ['a range of the workspace', SERVICE, `${SDK}^1.0.0"`, `${SDK}workspace:^"`],
      ['another version of the folder', 'packages/sdk/package.json', '1.2.0', '2.0.0'],
      ['a dependency more', SERVICE, SDK, `"@acme/names": "^0.3.0", ${SDK}`],
    ],
  },
  bun: {
    component: 'bun',
    files: {
      ...PACKAGES,
      'package.json': { ...ROOT, packageManager: 'bun@1.4.5', workspaces: WORKSPACES },
      [SERVICE]: service({ '@acme/sdk': 'workspace:^' }),
    },
    lock: ['bun', 'install', '--lockfile-only'],
    check: ['bun', 'install', '--frozen-lockfile'],
    mutations: [
      ['nothing', SERVICE, '"name"', '"name"'],
      ['another range', SERVICE, 'workspace:^"', 'workspace:^1.2.0"'],
      ['a dependency more', SERVICE, SDK, `"@acme/names": "workspace:^", ${SDK}`],
    ],
  },
  uv: {
    component: 'uv',
    files: {
      'pyproject.toml': `[project]
name = "jobs"
version = "0.0.0"
requires-python = ">=3.9"
dependencies = ["acme-sdk>=0, <5"]
[project.optional-dependencies]
all = ["acme-names"]
[dependency-groups]
dev = ["acme-names<9"]
[tool.uv.workspace]
members = ["packages/*"]
[tool.uv.sources]
acme-sdk = { workspace = true }
acme-names = { workspace = true }
`,
      'packages/sdk/pyproject.toml':
        '[project]\nname = "acme-sdk"\nversion = "1.0.0"\nrequires-python = ">=3.9"\n',
      'packages/names/pyproject.toml':
        '[project]\nname = "Acme.Names"\nversion = "0.0.0"\nrequires-python = ">=3.9"\n',
    },
    lock: ['uv', 'lock', '--offline'],
    check: ['uv', 'lock', '--check', '--offline'],
    mutations: [
      ['nothing', 'pyproject.toml', 'jobs', 'jobs'],
      ['another order of the specifiers', 'pyproject.toml', '>=0, <5', '<5,>=0'],
      ['another range', 'pyproject.toml', '<5', '<6'],
      [
        'a requirement more',
        'pyproject.toml',
        '"acme-sdk>=0, <5"',
        '"acme-sdk>=0, <5", "acme_names"',
      ],
      ['another range in a group', 'pyproject.toml', '<9', '<8'],
      ['a group more', 'pyproject.toml', 'dev = [', 'lint = ["acme-names"]\ndev = ['],
      ['a requirement of a group less', 'pyproject.toml', '["acme-names<9"]', '[]'],
      ['a requirement less', 'pyproject.toml', 'all = ["acme-names"]', 'all = []'],
      ['another version of a member', 'packages/sdk/pyproject.toml', '"1.0.0"', '"1.0.1"'],
    ],
  },
  'uv with folders': {
    component: 'uv',
    files: {
      'pyproject.toml': `[project]
name = "jobs"
version = "1.0.0-beta.1"
requires-python = ">=3.9"
dependencies = ["acme-sdk>=2", "acme-names"]
[tool.uv.sources]
acme-sdk = { path = "lib/sdk", editable = true }
acme-names = { path = "lib/names" }
`,
      'lib/sdk/pyproject.toml':
        '[project]\nname = "acme-sdk"\nversion = "1.0.0"\nrequires-python = ">=3.9"\n',
      'lib/names/pyproject.toml':
        '[project]\nname = "acme-names"\nversion = "1.0"\nrequires-python = ">=3.9"\n',
    },
    lock: ['uv', 'lock', '--offline'],
    check: ['uv', 'lock', '--check', '--offline'],
    mutations: [
      ['nothing', 'pyproject.toml', 'jobs', 'jobs'],
      ['the same version in another form', 'pyproject.toml', '1.0.0-beta.1', '1.0.0b1'],
      ['another version of its own', 'pyproject.toml', '1.0.0-beta.1', '1.0.0'],
      ['another version of a folder', 'lib/names/pyproject.toml', '"1.0"', '"1.1"'],
      ['another version of an editable folder', 'lib/sdk/pyproject.toml', '1.0.0', '0.0.0'],
      ['an equal version of a folder', 'lib/names/pyproject.toml', '"1.0"', '"1.0.0"'],
    ],
  },
  poetry: {
    component: 'poetry',
    files: {
      'pyproject.toml': `[project]
name = "jobs"
version = "0.0.0"
requires-python = ">=3.9"
[tool.poetry]
package-mode = false
[tool.poetry.dependencies]
acme-sdk = { path = "sdk" }
[build-system]
requires = ["poetry-core"]
build-backend = "poetry.core.masonry.api"
`,
      'sdk/pyproject.toml':
        '[project]\nname = "acme-sdk"\nversion = "1.0.0"\nrequires-python = ">=3.9"\n[build-system]\nrequires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n',
      'sdk/acme_sdk/__init__.py': '',
    },
    lock: ['poetry', 'lock', '--no-interaction'],
    check: ['poetry', 'check', '--lock'],
    mutations: [
      ['nothing', 'pyproject.toml', 'jobs', 'jobs'],
      ['another Python', 'pyproject.toml', '>=3.9', '>=3.10'],
      [
        'a group more',
        'pyproject.toml',
        '[build-system]',
        '[tool.poetry.group.dev.dependencies]\nacme-sdk = { path = "sdk" }\n[build-system]',
      ],
      ['another name', 'pyproject.toml', 'jobs', 'tasks'],
    ],
  },
  'poetry 1': {
    component: 'poetry',
    files: {
      'pyproject.toml': `[tool.poetry]
name = "jobs"
version = "0.0.0"
description = "Größe"
authors = []
package-mode = false
[tool.poetry.dependencies]
python = "^3.9"
acme-sdk = { path = "sdk", develop = true }
[tool.poetry.extras]
all = ["acme-sdk"]
`,
      'sdk/pyproject.toml':
        '[project]\nname = "acme-sdk"\nversion = "1.0.0"\nrequires-python = ">=3.9"\n[build-system]\nrequires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n',
      'sdk/acme_sdk/__init__.py': '',
    },
    lock: ['poetry', 'lock', '--no-interaction'],
    check: ['poetry', 'check', '--lock'],
    mutations: [
      ['nothing', 'pyproject.toml', 'jobs', 'jobs'],
      ['another extra', 'pyproject.toml', 'all = ["acme-sdk"]', 'sdk = ["acme-sdk"]'],
    ],
  },
};

for (const [name, tool] of Object.entries(TOOLS))
  needs(tool.component)(`what ${name} refuses is what doctor finds`, () => {
    test.each(tool.mutations)('%s', { timeout: 60_000 }, async (...mutation) => {
      const [, path, from, to] = mutation;
      const root = repositoryOf(tool.files);
      await call(tool, tool.lock, root);
      const text = readFileSync(join(root, path), 'utf8');
      expect(text).toContain(from);
      writeFileSync(
        join(root, path),
        text.replace(from, () => to),
      );
      const refusal = await call(tool, tool.check, root).then(
        () => undefined,
        (error: unknown) => String(error),
      );
      const found = await lockfileProblems(root);
      expect({ refuses: found.length > 0, found, refusal }).toMatchObject({
        refuses: refusal !== undefined,
      });
    });
  });

describe('go', () => {
  needs('go')('what go refuses with -mod=readonly is what doctor finds', () => {
    test.each([
      ['golang.org/x/text v0.41.0/go.mod h1:jvf1O8ajNzZqhSrQBPbutR/EB83Cc0CFrezNQIwbb5M=\n', 0],
      ['', 1],
      ['golang.org/x/text v0.40.0/go.mod h1:jvf1O8ajNzZqhSrQBPbutR/EB83Cc0CFrezNQIwbb5M=\n', 1],
    ])('a go.sum of %j', async (sum, count) => {
      const root = repositoryOf({
        'go.mod': 'module example.com/web\n\ngo 1.22\n\nrequire golang.org/x/text v0.41.0\n',
        'go.sum': sum,
        'main.go': 'package main\n\nimport _ "golang.org/x/text"\n\nfunc main() {}\n',
      });
      // No module can be fetched: with the line go gets as far as that.
      const env = {
        ...process.env,
        GOPROXY: 'off',
        GOFLAGS: '-mod=readonly',
        GOMODCACHE: join(root, '.git/cache'),
      };
      const error = await run('go', ['list', '-m', 'all'], { cwd: root, env }).then(
        () => '',
        (reason: unknown) => String(reason),
      );
      expect(/missing go\.sum entry/.test(error)).toBe(count > 0);
      expect((await lockfileProblems(root)).length).toBe(count);
    });
  });
});

async function call(tool: Tool, [program, ...args]: Argv, cwd: string): Promise<unknown> {
  const { command = [program] } = component(tool.component);
  const [file = program, ...first] = command;
  return run(file, [...first, ...args], {
    cwd,
    env: {
      ...process.env,
      CI: 'false',
      YARN_ENABLE_TELEMETRY: '0',
      npm_config_user_agent: undefined,
    },
  });
}

async function lockfileProblems(root: string): Promise<readonly string[]> {
  const { problems } = await reportOn(root);
  return problems.filter(({ code }) => code === 'lockfile-in-step').map(({ message }) => message);
}
