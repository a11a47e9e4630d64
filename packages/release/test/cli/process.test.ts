import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createGitWorld, type GitWorld } from '../support/git-world.ts';
import { runMany, runProcess } from '../support/process.ts';

const packages = join(import.meta.dirname, '../../..');
const SECRETS = {
  NPM_TOKEN: 'npm_plantedsecret1',
  PYPI_TOKEN: 'pypi-plantedsecret2',
  OCI_TOKEN: 'ghp_plantedsecret3',
  GO_TOKEN: 'ghs_plantedsecret4',
};

/** Counts what it is asked, and refuses it. */
async function countingServer(): Promise<{ readonly url: string; readonly requests: string[] }> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    response.writeHead(401).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

/**
 * A repository with one package of each ecosystem, and a definition that publishes them all to one
 * server.
 */
function monorepo(url: string): GitWorld {
  const git = createGitWorld({ origin: 'https://github.com/example/monorepo' });
  git.write('packages/sdk/index.js', 'export {};\n');
  git.write(
    'packages/py/pyproject.toml',
    '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "sdk"\nversion = "0.0.0"\n',
  );
  git.write('packages/go/go.mod', 'module github.com/example/sdk\n\ngo 1.22\n');
  const entry = (name: string): string =>
    JSON.stringify(pathToFileURL(join(packages, name, 'src/index.ts')).href);
  git.write(
    'release.config.ts',
    `import { ghcr } from ${entry('publisher-ghcr')};
import { goModule } from ${entry('publisher-go')};
import { npm } from ${entry('publisher-npm')};
import { pypi } from ${entry('publisher-pypi')};
import { defineRelease } from ${entry('release')};
const { NPM_TOKEN, PYPI_TOKEN, OCI_TOKEN, GO_TOKEN } = process.env;
export default defineRelease({
  versionFile: 'packages/sdk/package.json',
  repository: 'https://github.com/example/monorepo',
  publishers: [
    npm({ directory: 'packages/sdk', registry: '${url}', token: NPM_TOKEN }),
    pypi({ directory: 'packages/py', uploadUrl: '${url}/legacy/', simpleUrl: '${url}/simple/', token: PYPI_TOKEN }),
    goModule({ directory: 'packages/go', mirror: '${url}/example/sdk.git', token: GO_TOKEN }),
    ghcr({ image: '${new URL(url).host}/example/sdk', files: 'packages/sdk', user: 'user', token: OCI_TOKEN }),
  ],
});
`,
  );
  git.commit('everything', '2025-11-14T09:05:00+00:00');
  return git;
}

function expectNoSecret(text: string): void {
  for (const secret of Object.values(SECRETS)) {
    for (const form of [
      secret,
      encodeURIComponent(secret),
      Buffer.from(secret).toString('base64').slice(0, 16),
    ])
      expect(text).not.toContain(form);
  }
}

const REFS = [
  '$(id)',
  '`id`',
  '-flag',
  'refs/heads/../x',
  'refs/heads/a@{0}',
  'refs/heads/a.lock',
  'refs/heads/a\nb=c',
  'refs/heads/\u202ea',
];
const COMMITS = [
  'abc',
  'ABCDEF0123456789ABCDEF0123456789ABCDEF01',
  '0'.repeat(40),
  '-x',
  '$(id)',
  'HEAD^{tree}',
  'a..b',
];
const COORDINATES = [
  'npm:sdk',
  'npm:@example/sdk@v1',
  'npm:@example/sdk@^1.0.0',
  'go:github.com/example/sdk@latest',
  'npm:../sdk@1.0.0',
  'npm:@example/sdk@01.0.0',
  `npm:${'a'.repeat(300)}@1.0.0`,
  'pypi:sdk',
  'pypi:sdk==1.0.0\nx=y',
  'go:github.com/example/sdk@1.0.0',
  'oci:ghcr.io/example/sdk',
  'oci:ghcr.io/../sdk:1',
  'oci:ghcr.io/example/sdk@sha256:short',
  'maven:a:b@1',
];

describe('bad input: exit 2, the field named, not one request', () => {
  test('refs, coordinates, commits and publisher ids', async () => {
    const server = await countingServer();
    const git = monorepo(server.url);
    const cases: readonly (readonly [code: string, field: string, argv: readonly string[]])[] = [
      ...REFS.map((ref) => ['invalid-input', 'ref', ['publish', `--ref=${ref}`]] as const),
      ...COMMITS.map((subject) => ['invalid-input', 'ref', ['trace', '--', subject]] as const),
      ...COORDINATES.map(
        (subject) => ['invalid-input', 'coordinate', ['trace', '--', subject]] as const,
      ),
      ['module-path-major', 'coordinate', ['trace', 'go:github.com/example/sdk@v2.0.0']],
      ['unknown-coordinate', 'coordinate', ['trace', 'go:github.com/example/other@v1.0.0']],
      ['tag-missing', 'ref', ['publish', '--ref', 'refs/tags/v0.1.0']],
      ['unknown-publisher', 'only', ['publish', '--only', 'npm:@example/other']],
      ['unknown-publisher', 'only', ['publish', '--only', '']],
      ['plan-unreadable', 'plan', ['publish', '--plan', 'nowhere.json']],
      [
        'plan-unreadable',
        'plan',
        ['publish', '--plan', join(git.directory, 'packages/sdk/package.json')],
      ],
      ['no-config', 'config', ['publish', '--config', 'nowhere.ts']],
      [
        'release-definition',
        'name',
        ['publish', '--config', join(git.directory, 'packages/sdk/package.json')],
      ],
      ['definition-is-code', 'config', ['publish', '--from', 'nowhere']],
      ['definition-is-code', 'config', ['promote', '--from', 'nowhere']],
    ];
    const results = await runMany(
      cases.map(([, , [command = '', ...rest]]) => [
        '-C',
        git.directory,
        command,
        '--json',
        ...rest,
      ]),
      { env: SECRETS },
    );
    const told = results.map(({ code, stdout }, index) => {
      const { exitCode, problems } = JSON.parse(stdout);
      return [
        cases[index]?.[2].join(' '),
        code,
        exitCode,
        problems[0].kind,
        problems[0].code,
        problems[0].message.split(':')[0],
      ];
    });
    expect(told).toEqual(
      cases.map(([code, field, argv]) => [argv.join(' '), 2, 2, 'input', code, field]),
    );
    for (const { stdout, stderr } of results) expectNoSecret(stdout + stderr);
    expect(server.requests).toEqual([]);
  });

  test('a dirty tree', async () => {
    const server = await countingServer();
    const git = monorepo(server.url);
    git.write('left.txt', 'x');
    const { code, stdout } = await runProcess(['-C', git.directory, 'publish', '--json'], {
      env: SECRETS,
    });
    expect([code, JSON.parse(stdout).problems[0].code]).toEqual([2, 'dirty-tree']);
    expect(server.requests).toEqual([]);
  });
});

describe('as a process', () => {
  test('progress goes to standard error alone; tokens go nowhere; refused tokens end with 6', async () => {
    const server = await countingServer();
    const git = monorepo(server.url);
    const json = await runProcess(['-C', git.directory, 'plan', '--json'], { env: SECRETS });
    expect(json.code).toBe(6);
    expect(JSON.parse(json.stdout)).toMatchObject({
      schema: 'ameide-release/report/2',
      exitCode: 6,
      status: 'unauthenticated',
    });
    expect(json.stderr).toContain('check');
    const people = await runProcess(['-C', git.directory, 'publish'], { env: SECRETS });
    expect(people.code).toBe(6);
    expect(people.stdout).toContain('not published');
    expect(people.stdout).not.toContain('asking');
    expectNoSecret(json.stdout + json.stderr + people.stdout + people.stderr);
    expect(
      server.requests.filter((line) => !line.startsWith('GET') && !line.startsWith('HEAD')),
    ).toEqual([]);
  });

  test('`version` loads what it needs: commander, the core and git, no HTTP client, no publisher, no engine', async () => {
    const git = createGitWorld();
    const hook = `data:text/javascript,${encodeURIComponent(`
      import { registerHooks } from 'node:module';
      registerHooks({ load: (url, context, next) => { process.stderr.write('loaded ' + url + '\\n'); return next(url, context); } });
    `)}`;
    const result = await runProcess(['-C', git.directory, 'version', '--base', '0.1.0', '--json'], {
      nodeArguments: ['--import', hook],
    });
    expect(result.code).toBe(0);
    const loaded = [...result.stderr.matchAll(/^loaded file:\/\/(.*)$/gm)].map(
      (match) => match[1] ?? '',
    );
    const rooms = new Set(
      loaded.map(
        (path) =>
          /\/node_modules\/(?!\.pnpm\/)((?:@[^/]+\/)?[^/]+)/.exec(
            path.slice(path.lastIndexOf('/node_modules/')),
          )?.[1] ?? path.slice(packages.length + 1),
      ),
    );
    const own = [...rooms].filter((room) => room.includes('/src/'));
    expect(own.length).toBeGreaterThan(20);
    const unneeded = own.filter(
      (room) =>
        !/^(?:versioning-core\/src|publisher-kit\/src\/(?:git|process|secret|problem\/text|observe|digest|parallel|write|sleep|http\/(?:credential|retry-after))|release\/src\/(?:bin|own-version|cli|commit|report\/(?:facts|command|inventory-mark)))/.test(
          room,
        ),
    );
    expect(unneeded).toEqual([]);
    for (const heavy of [
      'libnpmpublish',
      'dockerode',
      'tar-stream',
      'undici',
      'smol-toml',
      'yaml',
      '@octokit/rest',
    ])
      expect([...rooms]).not.toContain(heavy);
  });

  test('what others write is made safe, and standard output is the result alone', async () => {
    const server = await countingServer();
    const git = createGitWorld();
    git.write(
      'release.config.ts',
      `import { get } from 'node:http';
import { npm } from ${JSON.stringify(pathToFileURL(join(packages, 'publisher-npm/src/index.ts')).href)};
const headers = { authorization: 'Bearer ' + process.env.NPM_TOKEN };
await new Promise((resolve) => get('${server.url}/x', { headers }, (answer) => answer.resume().on('end', resolve)));
console.log('the definition has ' + process.env.NPM_TOKEN);
process.stdout.write('in parts ' + process.env.PYPI_TOKEN.slice(0, 9));
process.stdout.write(process.env.PYPI_TOKEN.slice(9) + '\\n');
const umlaut = Buffer.from('caf\u00e9\\n');
process.stderr.write(umlaut.subarray(0, 4));
process.stderr.write(umlaut.subarray(4));
process.stderr.write('63c3a974c3a90a', 'hex');
process.stdout.write(Buffer.from('and \\u001b[2J\\n'), () => process.stderr.write('written\\n'));
process.stderr.write('no line end');
await new Promise((resolve) => process.stdout.end('ended ' + process.env.OCI_TOKEN + '\\n', resolve));
process.stdout.end();
process.stderr.end(() => undefined);
export default { versionFile: 'packages/sdk/package.json', publishers: [npm({ directory: 'packages/sdk' })] };
`,
    );
    git.commit('a definition that prints');
    const { code, stdout, stderr } = await runProcess(['-C', git.directory, 'version', '--json'], {
      env: { ...SECRETS, NODE_DEBUG: 'http,net,stream' },
    });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ base: '0.1.0' });
    expect(stderr).toMatch(/^HTTP \d+:/m);
    expect(stderr).toContain('the definition has ');
    expect(stderr).toContain(String.raw`and \u001b[2J`);
    expect(stderr).toContain('written');
    expect(stderr).toContain('no line end');
    expect(stderr).toContain('ended [secret]\n');
    expect(stderr).toContain('in parts [secret]\n');
    expect(stderr).toContain('caf\u00e9\n');
    expect(stderr).toContain('c\u00e9t\u00e9\n');
    expectNoSecret(stdout + stderr);
  });

  test('a reader that goes away does not end it with a stack', async () => {
    const git = createGitWorld();
    const hook = `data:text/javascript,${encodeURIComponent("process.stdout.write = () => { process.stdout.emit('error', Object.assign(new Error('EPIPE'), { code: 'EPIPE' })); return false; };")}`;
    const result = await runProcess(['-C', git.directory, 'version', '--base', '0.1.0'], {
      nodeArguments: ['--import', hook],
    });
    expect(result).toMatchObject({ code: 0, stderr: '' });
  });
});
