import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startOciRegistry } from '@ameide/local-registries';
import { component, needs } from '@ameide/local-registries/components';
import { createProcesses, Secret } from '@ameide/publisher-kit';
import { createTestRepository } from '@ameide/publisher-kit/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ghcr } from '../src/index.ts';
import { findDockerLogin } from '../src/login/docker-config.ts';
import { run } from './published.ts';
import { worldOf } from './registry-world.ts';
import { release, step, tree } from './release.ts';

const execute = promisify(execFile);
const HOST = 'registry.example:5000';
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const stored = (user: string, password: string): object => ({
  auth: base64(`${user}:${password}`),
});
const JSON_KEY =
  '{\n  "type": "service_account",\n  "private_key": "-----BEGIN\\nKEY-----\\n"\n}\n';

/** A home folder with these files; programs of `bin` are on PATH. */
function home(files: Readonly<Record<string, string | object>>): NodeJS.ProcessEnv {
  const folder = mkdtempSync(join(tmpdir(), 'ghcr-home-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(
      join(folder, path),
      typeof content === 'string' ? content : JSON.stringify(content),
    );
    if (path.startsWith('bin/')) chmodSync(join(folder, path), 0o755);
  }
  return { HOME: folder, PATH: `${join(folder, 'bin')}:/usr/bin:/bin` };
}

/** A stand-in for a credential helper: it speaks the protocol of docker-credential-helpers. */
const helper = (user: string, secret: string): string =>
  `#!/bin/sh\nread server\nprintf '{"ServerURL":"%s","Username":"${user}","Secret":"${secret}-for-%s"}' "$server" "$server"\n`;
const NOT_FOUND = '#!/bin/sh\necho credentials not found in native keychain\nexit 1\n';

async function ours(host: string, env: NodeJS.ProcessEnv, repository = 'o/sdk'): Promise<unknown> {
  const { value, problems } = await findDockerLogin(host, repository, {
    env,
    processes: createProcesses({ env }),
  });
  if (problems !== undefined) return problems[0].code;
  return value && { user: value.user, secret: value.password.reveal() };
}

const docker = (config: object): Readonly<Record<string, object>> => ({
  '.docker/config.json': config,
});

describe('a login that docker login stored', () => {
  const cases: [string, Readonly<Record<string, string | object>>, string?][] = [
    ['auths, by host and port', docker({ auths: { [HOST]: stored('u', 'p:with:colons') } })],
    ['nothing for this registry', docker({ auths: { 'other.example': stored('u', 'p') } })],
    ['another port', docker({ auths: { 'registry.example': stored('u', 'p') } })],
    [
      'an address of an old Docker',
      docker({ auths: { [`https://${HOST}/v1/`]: stored('u', 'p') } }),
    ],
    ['an empty entry', docker({ auths: { [HOST]: {} } })],
    [
      'an identity token',
      docker({
        auths: {
          [HOST]: {
            ...stored('00000000-0000-0000-0000-000000000000', ''),
            identitytoken: 'refresh',
          },
        },
      }),
    ],
    ['a JSON key', docker({ auths: { [HOST]: stored('_json_key', JSON_KEY) } })],
    [
      'Docker Hub',
      docker({ auths: { 'https://index.docker.io/v1/': stored('u', 'p') } }),
      'index.docker.io',
    ],
    [
      'a helper for this registry before the store and auths',
      {
        ...docker({
          auths: { [HOST]: stored('u', 'p') },
          credsStore: 'none',
          credHelpers: { [HOST]: 'one' },
        }),
        'bin/docker-credential-one': helper('helped', 'secret'),
        'bin/docker-credential-none': NOT_FOUND,
      },
    ],
    [
      'a helper for another registry, and a store',
      {
        ...docker({ credsStore: 'two', credHelpers: { 'other.example': 'one' } }),
        'bin/docker-credential-two': helper('<token>', 'refresh'),
      },
    ],
    [
      'a store that has none',
      { ...docker({ credsStore: 'none' }), 'bin/docker-credential-none': NOT_FOUND },
    ],
    [
      'auth before username and password',
      docker({ auths: { [HOST]: { ...stored('u', 'p'), username: 'x', password: 'y' } } }),
    ],
    [
      'a helper that writes its names in lower case',
      {
        ...docker({ credsStore: 'low' }),
        'bin/docker-credential-low': `#!/bin/sh\nprintf '{"username":"u","secret":"s"}'\n`,
      },
    ],
    [
      'Podman’s file',
      { '.config/containers/auth.json': { auths: { [HOST]: stored('pod', 'man') } } },
    ],
    [
      'Docker’s file before Podman’s',
      {
        ...docker({ auths: {} }),
        '.config/containers/auth.json': { auths: { [HOST]: stored('pod', 'man') } },
      },
    ],
  ];
  const crane = component('crane');
  needs('crane')('is what crane finds', () => {
    test.each(cases)('%s', async (_name, files, host = HOST) => {
      const env = home(files);
      const options = { env };
      const asked = await execute(String(crane.command?.[0]), ['auth', 'get', host], options).catch(
        () => undefined,
      );
      const said = asked === undefined ? {} : (JSON.parse(asked.stdout) as Record<string, string>);
      const { Username: user = '', Secret: secret = '' } = said;
      expect(await ours(host, env)).toEqual(user === '' ? undefined : { user, secret });
    });
  });

  // `skopeo login --get-login` says the same of these (containers-auth.json(5)).
  test.each([
    ['registry.example:5000', 'acme/sdk', 'acme'],
    ['registry.example:5000', 'other/sdk', 'all'],
    ['docker.io', 'library/x', 'hub'],
    ['index.docker.io', 'library/x', 'hub'],
  ])('Podman’s own keys: %s/%s', async (host, repository, user) => {
    const auths = {
      [HOST]: stored('all', 'p'),
      [`${HOST}/acme`]: stored('acme', 'p'),
      'docker.io': stored('hub', 'p'),
    };
    const env = home({ '.config/containers/auth.json': { auths } });
    expect(await ours(host, env, repository)).toMatchObject({ user });
  });

  test('a file that we may not read is a problem; a folder with its name is not', async () => {
    const long = { ...home({}), DOCKER_CONFIG: `/${'x'.repeat(300)}` };
    expect(await ours(HOST, long)).toBe('ghcr-docker-config');
    expect(await ours(HOST, home({ '.docker/config.json/x': '' }))).toBeUndefined();
  });

  // crane looks there only if it finds a file, too; Docker does not mind.
  const given = (config: object | string): NodeJS.ProcessEnv => ({
    ...home(docker({ auths: { [HOST]: stored('file', 'secret') } })),
    DOCKER_AUTH_CONFIG: typeof config === 'string' ? config : JSON.stringify(config),
  });
  needs('crane')('DOCKER_AUTH_CONFIG says what crane takes from it', () => {
    test.each<[string, object | string, string?]>([
      ['a login', { auths: { [HOST]: stored('env', 'p:with:colons') } }],
      ['one for another registry', { auths: { 'other.example': stored('env', 'p') } }],
      ['one for the host without its port', { auths: { 'registry.example': stored('env', 'p') } }],
      ['one with a scheme', { auths: { [`https://${HOST}/v1/`]: stored('env', 'p') } }],
      [
        'Docker Hub',
        { auths: { 'https://index.docker.io/v1/': stored('env', 'p') } },
        'index.docker.io',
      ],
      ['a user and a password', { auths: { [HOST]: { username: 'env', password: 'p' } } }],
      ['a helper', { auths: { [HOST]: stored('env', 'p') }, credHelpers: { [HOST]: 'x' } }],
      [
        'another entry that is not read',
        { auths: { [HOST]: stored('env', 'p'), 'other.example': { auth: '' } } },
      ],
      ['no user', { auths: { [HOST]: stored('', 'p') } }],
      ['nothing', { auths: {} }],
      ['no JSON', 'auths'],
      ['an empty text', ''],
    ])('%s', async (_name, config, host = HOST) => {
      const env = given(config);
      const argv = ['auth', 'get', host];
      const { stdout } = await execute(String(crane.command?.[0]), argv, { env });
      const { Username: user, Secret: secret } = JSON.parse(stdout) as Record<string, string>;
      expect(await ours(host, env)).toEqual({ user, secret });
    });
  });

  test('DOCKER_AUTH_CONFIG needs no file', async () => {
    const env = { ...given({ auths: { [HOST]: stored('env', 'p') } }), HOME: '/nonexistent' };
    expect(await ours(HOST, env)).toEqual({ user: 'env', secret: 'p' });
  });

  test('a helper that is missing, fails, or answers something else is a problem that shows nothing of it', async () => {
    const config = docker({ credsStore: 'one' });
    const programs = ['#!/bin/sh\necho the-secret\nexit 1\n', '#!/bin/sh\necho the-secret\n'];
    expect(await ours(HOST, home(config))).toBe('ghcr-credential-helper');
    for (const program of programs) {
      const env = home({ ...config, 'bin/docker-credential-one': program });
      const ports = { env, processes: createProcesses({ env }) };
      const found = await findDockerLogin(HOST, 'o/sdk', ports);
      expect(found).toMatchObject({
        problems: [{ code: 'ghcr-credential-helper', kind: 'authentication' }],
      });
      expect(JSON.stringify(found)).not.toContain('the-secret');
    }
  });

  test('a helper is never taken from the repository or its dependencies', async () => {
    await using repository = createTestRepository();
    repository.commit();
    await repository.open();
    const env = home({
      ...docker({ credsStore: 'one' }),
      'node_modules/.bin/docker-credential-one': helper('evil', 'x'),
    });
    repository.write('tools/docker-credential-one', helper('evil', 'x'));
    const evil = [
      join(env['HOME'] ?? '', 'node_modules/.bin'),
      join(repository.directory, 'tools'),
      'tools',
    ];
    for (const folder of evil) {
      if (folder !== 'tools') chmodSync(join(folder, 'docker-credential-one'), 0o755);
      const hostile = { ...env, PATH: `${folder}:${env['PATH']}` };
      expect(await ours(HOST, hostile)).toBe('ghcr-credential-helper');
      const program = join(env['HOME'] ?? '', 'bin/docker-credential-one');
      mkdirSync(join(program, '..'), { recursive: true });
      writeFileSync(program, helper('good', 'y'), { mode: 0o755 });
      expect(await ours(HOST, hostile)).toEqual({ user: 'good', secret: `y-for-${HOST}` });
      rmSync(program);
    }
  });

  test.each(['../evil', 'a/b', ''])('a helper is never a path: %j', async (name) => {
    const env = home({ ...docker({ credHelpers: { [HOST]: name } }), evil: NOT_FOUND });
    expect(await ours(HOST, env)).toBe(name === '' ? undefined : 'ghcr-credential-helper');
  });

  test('a file that is not JSON is a problem', async () => {
    expect(await ours(HOST, home({ '.docker/config.json': '{' }))).toBe('ghcr-docker-config');
  });
});

describe('an image is pushed', () => {
  test('with the login that Docker has for its registry', async () => {
    await using world = await worldOf(await startOciRegistry());
    const { user, password } = world.registry;
    const host = world.image.split('/')[0] ?? '';
    const env = home(docker({ auths: { [host]: stored(user, password) } }));
    const { token: _token, user: _user, ...options } = world.options({ ports: { env } });
    const made = await run({ ...world, options: () => options });
    expect(made.publisher.secrets?.()).toEqual([]);
    expect(await made.publisher.check(made.plan, made.step)).toEqual([]);
    // What is built is searched for it, too.
    expect(made.publisher.secrets?.().map((secret) => secret.reveal())).toContain(password);
    expect(await made.publish()).toMatchObject([{ outcome: 'published' }]);
  });

  test('with the option token, although Docker has another login', async () => {
    await using world = await worldOf(await startOciRegistry());
    const host = world.image.split('/')[0] ?? '';
    const env = home(docker({ auths: { [host]: stored('somebody', 'wrong') } }));
    const made = await run(world, {}, { ports: { env } });
    expect(await made.publish()).toMatchObject([{ outcome: 'published' }]);
  });

  test('without a login where the option token says that there is none', async () => {
    await using world = await worldOf(await startOciRegistry());
    const { user, password } = world.registry;
    const host = world.image.split('/')[0] ?? '';
    const env = home(docker({ auths: { [host]: stored(user, password) } }));
    const made = await run(world, {}, { token: '', ports: { env } });
    expect(await made.publish()).toMatchObject([{ problem: { code: 'ghcr-unauthorized' } }]);
  });

  // A stand-in for Azure's registry, after distribution's "Docker Registry v2 authentication using
  // OAuth2": POST with grant_type, service, client_id, scope and refresh_token.
  test('with an identity token, which buys a Bearer token', async () => {
    const forms: (Record<string, string> | undefined)[] = [];
    const server = createServer((request, response) => {
      const origin = `http://${request.headers.host}`;
      if (request.url?.startsWith('/oauth2/token') === true) {
        let body = '';
        request.on('data', (chunk) => (body += String(chunk)));
        request.on('end', () => {
          forms.push(Object.fromEntries(new URLSearchParams(body)));
          response.end(JSON.stringify({ access_token: 'bought' }));
        });
        return;
      }
      const isSignedIn = request.headers.authorization === 'Bearer bought';
      const challenge = `Bearer realm="${origin}/oauth2/token",service="acr.example"`;
      response.writeHead(
        isSignedIn ? 200 : 401,
        isSignedIn ? {} : { 'www-authenticate': challenge },
      );
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const env = home(docker({ auths: { [host]: { identitytoken: 'the-refresh-token' } } }));
    const publisher = await ghcr({ image: `${host}/o/sdk`, files: 'sdk', ports: { env } }).open(
      tree(),
    );
    const plan = publisher.plan(release());
    expect(await publisher.check(plan, await step())).toEqual([]);
    expect(forms).toEqual([
      {
        grant_type: 'refresh_token',
        client_id: 'ameide-release',
        service: 'acr.example',
        scope: 'repository:o/sdk:pull,push',
        refresh_token: 'the-refresh-token',
      },
    ]);
    await new Promise((resolve) => server.close(resolve));
  });

  test('with Google’s JSON key of several lines as the token', async () => {
    const seen: string[] = [];
    const server = createServer((request, response) => {
      const sent = request.headers.authorization ?? '';
      seen.push(Buffer.from(sent.replace('Basic ', ''), 'base64').toString());
      response
        .writeHead(sent === '' ? 401 : 200, { 'www-authenticate': 'Basic realm="gcr"' })
        .end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const options = { user: '_json_key', token: new Secret(JSON_KEY), ports: { env: {} } };
    const publisher = await ghcr({ image: `${host}/o/sdk`, files: 'sdk', ...options }).open(tree());
    const plan = publisher.plan(release());
    expect(await publisher.check(plan, await step())).toEqual([]);
    expect(seen.at(-1)).toBe(`_json_key:${JSON_KEY.trim()}`);
    await new Promise((resolve) => server.close(resolve));
  });
});
