import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { needs } from '@ameide/local-registries/components';
import { expect, onTestFinished, test } from 'vitest';
import { expectValid } from '../../support/event-schema.ts';
import { createGitWorld, type GitWorld } from '../../support/git-world.ts';
import { runProcess } from '../../support/process.ts';
import { runInTerminal } from '../../support/pseudo-terminal.ts';

const packages = join(import.meta.dirname, '../../../..');
/** Of the environment. */
const ENV = {
  NPM_TOKEN: 'npm_plantedsecret1',
  OCI_TOKEN: 'ghp_plantedsecret2',
  INDEX_URL: 'https://user:plantedsecret3@index.example/simple/',
};
/** That no variable has. */
const PYPI_TOKEN = 'pypi-plantedsecret4';
const SIGNATURE = 'plantedsecret5';
const PASSWORD = 'plantedsecret6';

/** Refuses everything, and repeats the token of another publisher in its reason. */
async function refusingServer(): Promise<string> {
  const message = `the token ${ENV.NPM_TOKEN} may not do that`;
  const body = { error: message, errors: [{ code: 'DENIED', message }] };
  return listen((_, response) => {
    response.writeHead(403, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
}

async function listen(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/**
 * Redirects every read to an address that repeats a token of another publisher, and has a signature and
 * a token in its query and its fragment.
 */
async function leakingServer(): Promise<string> {
  return listen((request, response) => {
    const { method, url = '' } = request;
    const isRead = (method === 'GET' || method === 'HEAD') && !url.startsWith('/moved/');
    const query = `X-Amz-Signature=${SIGNATURE}&_authToken=${ENV.NPM_TOKEN}&token=${SIGNATURE}`;
    if (isRead) {
      const location = `/moved/${PYPI_TOKEN}/${ENV.NPM_TOKEN}?${query}#access_token=${SIGNATURE}`;
      response.writeHead(302, { location, 'set-cookie': `session=${SIGNATURE}` }).end();
    } else response.writeHead(404).end('{}');
  });
}

function repository(url: string): GitWorld {
  const git = createGitWorld({ origin: `https://user:${PASSWORD}@github.com/example/monorepo` });
  const tokens = createGitWorld().directory;
  writeFileSync(join(tokens, 'pypi'), PYPI_TOKEN);
  git.write('packages/sdk/index.js', 'export {};\n');
  git.write(
    'packages/py/pyproject.toml',
    '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "sdk"\nversion = "0.0.0"\n',
  );
  const entry = (name: string): string =>
    JSON.stringify(pathToFileURL(join(packages, name, 'src/index.ts')).href);
  const file = JSON.stringify(join(tokens, 'pypi'));
  // It prints an address with a login, and a token that no variable has.
  const print = `console.log('the index is ' + process.argv[1] + ' and the token ' + require('node:fs').readFileSync(${file}, 'utf8'))`;
  git.write(
    'release.config.ts',
    `import { readFileSync } from 'node:fs';
import { ghcr } from ${entry('publisher-ghcr')};
import { npm } from ${entry('publisher-npm')};
import { pypi } from ${entry('publisher-pypi')};
import { defineRelease } from ${entry('release')};
const { NPM_TOKEN, OCI_TOKEN } = process.env;
export default defineRelease({
  versionFile: 'packages/sdk/package.json',
  repository: 'https://github.com/example/monorepo',
  prepare: [[process.execPath, '-e', ${JSON.stringify(print)}, 'https://u:${PASSWORD}@index.example/?sig=${SIGNATURE}', NPM_TOKEN]],
  publishers: [
    npm({ directory: 'packages/sdk', registry: '${url}', token: NPM_TOKEN }),
    pypi({ directory: 'packages/py', uploadUrl: '${url}/legacy/', simpleUrl: '${url}/simple/', token: readFileSync(${file}, 'utf8') }),
    ghcr({ image: '${new URL(url).host}/example/sdk', files: 'packages/sdk', user: 'user', token: OCI_TOKEN }),
  ],
});
`,
  );
  git.commit('everything', '2025-11-14T09:05:00+00:00');
  return git;
}

const SECRETS = [
  ...Object.values(ENV).slice(0, 2),
  PYPI_TOKEN,
  SIGNATURE,
  PASSWORD,
  'plantedsecret3',
];

function expectNoSecret(text: string): void {
  for (const secret of SECRETS)
    for (const form of [
      secret,
      encodeURIComponent(secret),
      Buffer.from(secret).toString('base64').slice(0, 14),
      Buffer.from(`__token__:${secret}`).toString('base64').slice(0, 30),
    ])
      expect(text).not.toContain(form);
}

test.each(['plan', 'publish', 'build'])(
  '%s --verbose --events shows requests and programs, and none of the planted secrets',
  async (command) => {
    const git = repository(await leakingServer());
    const out = createGitWorld().directory;
    const file = join(out, 'events.ndjson');
    const more = command === 'build' ? ['--out', join(out, 'built')] : [];
    const argv = ['-C', git.directory, command, '--verbose', '--events', file, ...more];
    const { stderr, stdout } = await runProcess(argv, { env: ENV });
    const events = readFileSync(file, 'utf8');
    if (command !== 'build') {
      expect(stderr).toMatch(/GET http:\/\/127\.0\.0\.1:\d+\/\S*: 302, \d+ ms/);
      expect(stderr).toMatch(/\/moved\/\[secret\]\/\[secret\]\?\u2026: 404, \d+ ms/);
      expect(events).toContain('/moved/[secret]/[secret]?\u2026');
    }
    expect(stderr).toMatch(/git .*: exit code 0, \d+ ms/);
    expectValid(
      events
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    );
    expect(events).toContain('"type":"program"');
    if (command === 'build')
      expect(stderr).toContain(
        'the index is https://index.example/?sig=[secret] and the token [secret]',
      );
    expectNoSecret(stdout + stderr + events);
  },
);

test('the page of map --html shows none of the planted secrets', async () => {
  const git = repository(await refusingServer());
  const file = join(createGitWorld().directory, 'map.html');
  const argv = ['-C', git.directory, 'map', '--json', '--html', file];
  const { stderr, stdout } = await runProcess(argv, { env: ENV });
  expect(stdout).toContain('the token [secret] may not do that');
  const page = readFileSync(file, 'utf8');
  expect(page).toContain('the token [secret] may not do that');
  expectNoSecret(stdout + stderr + page);
});

needs('python')('in a terminal', () => {
  test('live lines with --verbose show none of them either', async () => {
    const git = repository(await leakingServer());
    const argv = ['-C', git.directory, 'plan', '--verbose', '--progress', 'live'];
    const terminal = runInTerminal(argv, { env: ENV, columns: 200 });
    await terminal.ended;
    expect(terminal.bytes()).toContain('/moved/[secret]');
    expectNoSecret(terminal.bytes());
  });
});
