import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { startGitHost, startRecordingProxy } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { expect, it } from 'vitest';
import { createGitRemote } from '../src/git/index.ts';
import type { Credential } from '../src/http/http.ts';
import { createProcesses } from '../src/process/create-processes.ts';
import type { Command, Processes } from '../src/process/processes.ts';
import { Secret } from '../src/secret/secret.ts';
import { folder, sample } from './git/sample.ts';
import { serve } from './server.ts';

const suite = needs('git');
const now = (): Promise<void> => Promise.resolve();

type Host = Awaited<ReturnType<typeof startGitHost>>;

function basic(host: Host, url: string, password = host.token): Credential {
  return {
    scheme: 'basic',
    origin: new URL(url).origin,
    user: host.user,
    password: new Secret(password),
  };
}

suite('a git host over http', () => {
  it('takes new refs once, refuses others in their place, and lists them', async () => {
    await using host = await startGitHost();
    const url = await host.createRepository('o/r.git');
    using repo = sample();
    const [first, second] = [repo.commit('one'), repo.commit('two')];
    repo.git('tag', '-a', 'v0.1.0', '-m', 'x', first);
    const tag = repo.git('rev-parse', 'v0.1.0');
    const remote = createGitRemote({ url, credential: basic(host, url) });
    const git = join(repo.directory, '.git');

    expect(await remote.lsRemote(['refs/heads/*'])).toEqual({ refs: [] });
    const updates = [
      { ref: 'refs/heads/main', sha: first, expect: null },
      { ref: 'refs/tags/v0.1.0', sha: tag, expect: null },
    ];
    expect(await remote.push(git, updates)).toEqual({
      results: updates.map(({ ref }) => ({ ref, outcome: 'ok' })),
    });
    expect(await remote.push(git, updates)).toEqual({
      results: updates.map(({ ref }) => ({ ref, outcome: 'already' })),
    });
    expect(await remote.lsRemote(['refs/heads/main', 'refs/tags/v0.1.0'])).toEqual({
      refs: [
        { ref: 'refs/heads/main', sha: first },
        { ref: 'refs/tags/v0.1.0', sha: tag, peeled: first },
      ],
    });
    expect(await remote.lsRemote(['refs/tags/v*'])).toMatchObject({
      refs: [{ ref: 'refs/tags/v0.1.0' }],
    });

    // All or nothing: the branch could move, the tag is taken.
    expect(
      await remote.push(git, [
        { ref: 'refs/heads/main', sha: second, expect: first },
        { ref: 'refs/tags/v0.1.0', sha: second, expect: null },
      ]),
    ).toMatchObject({
      results: [
        { ref: 'refs/heads/main', outcome: 'rejected', reason: 'atomic' },
        { ref: 'refs/tags/v0.1.0', outcome: 'rejected', reason: 'stale' },
      ],
    });
    expect(await remote.push(git, [{ ref: 'refs/tags/v0.1.0', sha: second }])).toMatchObject({
      results: [{ outcome: 'rejected', reason: 'exists' }],
    });
    expect(
      await remote.push(git, [{ ref: 'refs/heads/main', sha: second, expect: second }]),
    ).toMatchObject({
      results: [{ outcome: 'rejected', reason: 'stale' }],
    });
    expect(await remote.push(git, [{ ref: 'refs/heads/main', sha: second }])).toMatchObject({
      results: [{ outcome: 'ok' }],
    });
    expect(await remote.push(git, [{ ref: 'refs/heads/main', sha: first }])).toMatchObject({
      results: [{ outcome: 'rejected', reason: 'not-forward' }],
    });
    expect(
      await remote.push(git, [{ ref: 'refs/heads/main', sha: first, expect: second }]),
    ).toMatchObject({
      results: [{ outcome: 'ok' }],
    });
  });

  it('deletes a ref only while it names what was seen, and once', async () => {
    await using host = await startGitHost();
    const url = await host.createRepository('o/r.git');
    using repo = sample();
    const [first, second] = [repo.commit('one'), repo.commit('two')];
    const remote = createGitRemote({ url, credential: basic(host, url) });
    const git = join(repo.directory, '.git');
    const [one, two] = ['refs/tags/one', 'refs/tags/two'];
    await remote.push(git, [
      { ref: one, sha: first, expect: null },
      { ref: two, sha: second, expect: null },
    ]);
    const both = (seen: string) => [
      { ref: one, sha: null, expect: first },
      { ref: two, sha: null, expect: seen },
    ];
    expect(await remote.push(git, both(first))).toMatchObject({
      results: [{ outcome: 'rejected' }, { outcome: 'rejected', reason: 'stale' }],
    });
    expect((await remote.lsRemote(['refs/tags/*'])) as object).toMatchObject({
      refs: [{ ref: one }, { ref: two }],
    });
    expect(await remote.push(git, both(second))).toMatchObject({
      results: [{ outcome: 'ok' }, { outcome: 'ok' }],
    });
    expect(await remote.lsRemote(['refs/tags/*'])).toEqual({ refs: [] });
    await expect(async () => remote.push(git, [{ ref: one, sha: null }])).rejects.toMatchObject({
      field: 'updates.expect',
    });
  });

  it('fetches what is asked for, and no tags beside it', async () => {
    await using host = await startGitHost();
    const url = await host.createRepository('r.git');
    using repo = sample();
    const sha = repo.commit('one');
    const remote = createGitRemote({ url, credential: basic(host, url) });
    await remote.push(join(repo.directory, '.git'), [
      { ref: 'refs/heads/main', sha },
      { ref: 'refs/tags/v0.1.0', sha },
    ]);
    using other = sample('--bare');
    expect(await remote.fetch(other.directory, ['refs/heads/main:refs/mirror/main'])).toEqual({
      fetched: true,
    });
    expect(other.git('for-each-ref', '--format=%(refname) %(objectname)')).toBe(
      `refs/mirror/main ${sha}`,
    );
    expect(await remote.fetch(other.directory, ['refs/heads/none'])).toMatchObject({
      failure: { kind: 'other' },
    });
  });

  it('asks no more than it has to: once for refs, twice for a commit by its id', async () => {
    await using host = await startGitHost();
    const url = await host.createRepository('r.git');
    using repo = sample();
    repo.commit('one');
    const sha = repo.commit('two');
    const git = join(repo.directory, '.git');
    await createGitRemote({ url, credential: basic(host, url) }).push(git, [
      { ref: 'refs/heads/main', sha },
    ]);
    await using proxy = await startRecordingProxy(host.url);
    const remote = createGitRemote({ url: url.replace(host.url, proxy.url) });
    expect(await remote.lsRemote(['refs/heads/*'])).toMatchObject({ refs: [{ sha }] });
    expect(proxy.requests).toHaveLength(1);
    proxy.clear();
    // It has a history of its own, which it would offer.
    using other = sample();
    other.commit('another');
    const call = { depth: 1, isUnrelated: true };
    expect(await remote.fetch(join(other.directory, '.git'), [sha], call)).toEqual({
      fetched: true,
    });
    expect(proxy.requests.map(({ method }) => method)).toEqual(['GET', 'POST']);
    expect(other.git('rev-list', sha)).toBe(sha);
  });

  it('leaves large files on the host, and pushes on top of them; of a folder it fetches all', async () => {
    await using host = await startGitHost();
    const url = await host.createRepository('r.git');
    using repo = sample();
    repo.write('large', 'x'.repeat(2000));
    const first = repo.commit('one');
    const remote = createGitRemote({ url, credential: basic(host, url) });
    const ref = 'refs/heads/main';
    await remote.push(join(repo.directory, '.git'), [{ ref, sha: first }]);
    using partial = sample('--bare');
    const limits = { depth: 1, maxFileBytes: 1000 };
    expect(await remote.fetch(partial.directory, [ref], limits)).toEqual({ fetched: true });
    const has = (at: typeof partial): string =>
      at.git('rev-list', '--objects', '--missing=print', first);
    expect(has(partial)).toContain(`?${repo.git('rev-parse', `${first}:large`)}`);
    const tree = partial.gitWith({ input: '' }, 'mktree');
    const next = partial.git('commit-tree', '-p', first, '-m', 'two', tree);
    const updates = [{ ref, sha: next, expect: first }];
    expect(await remote.push(partial.directory, updates, { isPartial: true })).toEqual({
      results: [{ ref, outcome: 'ok' }],
    });
    using whole = sample('--bare');
    const inFolder = createGitRemote({ url: host.path('r.git') });
    expect(
      await inFolder.fetch(whole.directory, [`${ref}:${ref}`], { maxFileBytes: 1000 }),
    ).toEqual({
      fetched: true,
    });
    expect(has(whole)).not.toContain('?');
  });

  it('reports a hook that declines with the host’s words', async () => {
    await using host = await startGitHost();
    const url = await host.createRepository('r.git');
    const hook = join(host.path('r.git'), 'hooks/pre-receive');
    mkdirSync(join(hook, '..'), { recursive: true });
    writeFileSync(hook, '#!/bin/sh\nexit 1\n');
    chmodSync(hook, 0o755);
    using repo = sample();
    const sha = repo.commit('one');
    const remote = createGitRemote({ url, credential: basic(host, url) });
    expect(
      await remote.push(join(repo.directory, '.git'), [{ ref: 'refs/heads/main', sha }]),
    ).toMatchObject({
      results: [
        {
          outcome: 'rejected',
          reason: 'declined',
          detail: expect.stringContaining('hook declined') as string,
        },
      ],
    });
  });

  it.each(['wrong', 'none'] as const)(
    'names the token when it is %s, sends nothing else, and shows it nowhere',
    async (which) => {
      await using host = await startGitHost();
      await using proxy = await startRecordingProxy(host.url);
      await host.createRepository('r.git');
      const url = `${proxy.url}/r.git`;
      using repo = sample();
      const sha = repo.commit('one');
      const token = 'wrong-5d1f0b7a9c';
      const remote = createGitRemote({
        url,
        ...(which === 'none' ? {} : { credential: basic(host, url, token) }),
        sleep: now,
      });
      const answer = await remote.push(join(repo.directory, '.git'), [
        { ref: 'refs/heads/main', sha, expect: null },
      ]);
      expect(answer).toMatchObject({
        results: [{ outcome: 'not-sent' }],
        failure: { kind: 'authentication' },
      });
      expect(JSON.stringify(answer)).not.toContain(token);
      expect(JSON.stringify(answer)).not.toContain(
        Buffer.from(`${host.user}:${token}`).toString('base64'),
      );
      expect(proxy.requests.length, 'no storm of retries').toBeLessThanOrEqual(2);
      expect(await createGitRemote({ url }).lsRemote([])).toEqual({ refs: [] });
    },
  );

  it('tells apart what is not there and what cannot be reached', async () => {
    await using host = await startGitHost();
    const pauses: number[] = [];
    const sleep = (ms: number): Promise<void> => {
      pauses.push(ms);
      return Promise.resolve();
    };
    const missing = createGitRemote({ url: `${host.url}/none.git`, sleep });
    expect(await missing.lsRemote([])).toMatchObject({ failure: { kind: 'not-found' } });
    expect(pauses).toEqual([]);
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    expect(
      await createGitRemote({ url: `http://127.0.0.1:${port}/r.git`, sleep }).lsRemote([]),
    ).toMatchObject({
      failure: { kind: 'unreachable' },
    });
    const [first = 0, second = 0, ...more] = pauses;
    expect([first >= 500 && first <= 1000, second >= 1000 && second <= 2000, more]).toEqual([
      true,
      true,
      [],
    ]);
  });

  it.for([
    ['a line without an end', 'please log in'],
    ['nothing', ''],
    ['a page', '<!doctype html><title>Log in</title>'],
  ])('takes %s from a host that is no git host for no list of refs', async ([, body = '']) => {
    await using portal = await serve((_, response) => response.writeHead(200).end(body));
    const remote = createGitRemote({ url: `${portal.url}/r.git`, sleep: now });
    for (const patterns of [[], ['refs/heads/main']])
      expect(await remote.lsRemote(patterns)).toMatchObject({ failure: { kind: 'other' } });
  });

  it('asks once for refs that a host lacks, and takes an empty repository for what it is', async () => {
    await using host = await startGitHost();
    const url = await host.createRepository('o/r.git');
    await using proxy = await startRecordingProxy(host.url);
    const remote = createGitRemote({ url: url.replace(host.url, proxy.url) });
    expect(await remote.lsRemote(['refs/tags/v1'])).toEqual({ refs: [] });
    expect(await remote.lsRemote([])).toEqual({ refs: [] });

    using repo = sample();
    const sha = repo.commit('one');
    const direct = createGitRemote({ url, credential: basic(host, url) });
    await direct.push(join(repo.directory, '.git'), [
      { ref: 'refs/heads/main', sha, expect: null },
    ]);
    proxy.clear();
    expect(await remote.lsRemote(['refs/tags/v1'])).toEqual({ refs: [] });
    const asked = proxy.requests.length;
    expect(await remote.lsRemote(['refs/heads/main'])).toEqual({
      refs: [{ ref: 'refs/heads/main', sha }],
    });
    expect(proxy.requests.length).toBe(2 * asked);
  });

  it('does not follow a redirect, and sends the credential to no other address', async () => {
    await using thief = await serve((_, response) => response.writeHead(404).end());
    await using mover = await serve((seen, response) =>
      response.writeHead(301, { location: `${thief.url}${seen.url}` }).end(),
    );
    const credential: Credential = {
      scheme: 'bearer',
      origin: mover.url,
      token: new Secret('token-71e210beab'),
    };
    const remote = createGitRemote({ url: `${mover.url}/r.git`, credential, sleep: now });
    expect(await remote.lsRemote([])).toMatchObject({ failure: { kind: 'moved' } });
    expect(mover.seen[0]?.headers.authorization).toBe('Bearer token-71e210beab');
    expect(thief.seen).toEqual([]);
  });

  it('sends one Authorization header, though the user’s configuration has another', async () => {
    await using server = await serve((_, response) => response.writeHead(404).end());
    using home = folder();
    writeFileSync(
      join(home.directory, '.gitconfig'),
      `[http]\n\textraHeader = Authorization: Basic b3RoZXI=\n[http "${server.url}"]\n\textraHeader = Authorization: Basic c2Vjb25k\n`,
    );
    const processes = createProcesses({
      env: { ...process.env, HOME: home.directory, XDG_CONFIG_HOME: home.directory },
    });
    const credential: Credential = {
      scheme: 'bearer',
      origin: server.url,
      token: new Secret('ours'),
    };
    await createGitRemote({
      url: `${server.url}/r.git`,
      credential,
      processes,
      sleep: now,
    }).lsRemote([]);
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer ours']);
  });

  it('writes the credential into no trace that the user’s configuration asks for', async () => {
    await using server = await serve((_, response) => response.writeHead(404).end());
    using home = folder();
    const traces = ['normalTarget', 'eventTarget', 'perfTarget'].map(
      (kind) => [kind, join(home.directory, kind)] as const,
    );
    const targets = traces.map(([kind, path]) => `\t${kind} = ${path}\n`).join('');
    writeFileSync(
      join(home.directory, '.gitconfig'),
      `[trace2]\n${targets}\tconfigParams = *\n\tenvVars = GIT_CONFIG_VALUE_6\n`,
    );
    const processes = createProcesses({
      env: { ...process.env, HOME: home.directory, XDG_CONFIG_HOME: home.directory },
    });
    const credential: Credential = {
      scheme: 'bearer',
      origin: server.url,
      token: new Secret('ours'),
    };
    await createGitRemote({
      url: `${server.url}/r.git`,
      credential,
      processes,
      sleep: now,
    }).lsRemote([]);
    expect(traces.filter(([, path]) => existsSync(path))).toEqual([]);
    expect(server.seen).not.toEqual([]);
  });

  it('does not send the credential where a configured insteadOf leads', async () => {
    await using thief = await serve((_, response) => response.writeHead(404).end());
    using home = folder();
    writeFileSync(
      join(home.directory, '.gitconfig'),
      `[url "${thief.url}/"]\n\tinsteadOf = https://git.example.org/\n`,
    );
    const processes = createProcesses({
      env: { ...process.env, HOME: home.directory, XDG_CONFIG_HOME: home.directory },
    });
    const credential: Credential = {
      scheme: 'bearer',
      origin: 'https://git.example.org',
      token: new Secret('ours'),
    };
    await createGitRemote({
      url: 'https://git.example.org/r.git',
      credential,
      processes,
      sleep: now,
    }).lsRemote([]);
    expect(thief.seen.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  it('keeps the token out of arguments and files, and asks nobody', async () => {
    await using host = await startGitHost();
    const url = await host.createRepository('r.git');
    using repo = sample();
    const sha = repo.commit('one');
    const commands: Command[] = [];
    const real = createProcesses();
    const processes: Processes = {
      which: (program) => real.which(program),
      run: (command) => {
        commands.push(command);
        return real.run(command);
      },
    };
    const git = join(repo.directory, '.git');
    await createGitRemote({ url, credential: basic(host, url), processes }).push(git, [
      { ref: 'refs/heads/main', sha },
    ]);
    const encoded = Buffer.from(`${host.user}:${host.token}`).toString('base64');
    expect(commands).toHaveLength(1);
    const shown = JSON.stringify(commands);
    expect([shown.includes(host.token), shown.includes(encoded)]).toEqual([false, false]);
    expect(
      Object.values(commands[0]?.env ?? {}).filter((value) => value instanceof Secret),
    ).toHaveLength(1);
    expect(commands[0]?.env).toMatchObject({ GIT_TERMINAL_PROMPT: '0', GIT_ASKPASS: '' });
    expect(readFileSync(join(git, 'config'), 'utf8')).not.toContain('http');
  });

  it.each([
    ['in a line', ''],
    ['cut in two by what is kept of the output', 'y'.repeat(65_536 - 12)],
  ])('shows no token that the host repeats, %s', async (_, after) => {
    using bin = folder();
    const print = `printf '%s' "fatal: the host said \${TOKEN#Authorization: Bearer }${after}" >&2`;
    const script = `#!/bin/sh\nTOKEN=$(env | sed -n 's/^GIT_CONFIG_VALUE_[0-9]*=\\(Auth.*\\)/\\1/p')\n${print}; exit 128\n`;
    writeFileSync(join(bin.directory, 'git'), script, { mode: 0o755 });
    const processes = createProcesses({ env: { PATH: `${bin.directory}:/usr/bin:/bin` } });
    const credential: Credential = {
      scheme: 'bearer',
      origin: 'https://git.example.org',
      token: new Secret('ghp_a1B2c3D4e5F6g7H8'),
    };
    const answer = await createGitRemote({
      url: 'https://git.example.org/r.git',
      credential,
      processes,
    }).lsRemote([]);
    expect(answer).toMatchObject({
      failure: {
        kind: 'other',
        message: expect.stringMatching(after === '' ? /said \[secret\]$/ : /y$/) as string,
      },
    });
    expect(JSON.stringify(answer)).not.toMatch(/a1B2|c3D4|e5F6|g7H8/);
  });

  it('stops on abort with the signal’s reason', async () => {
    await using server = await serve(() => undefined);
    const abort = new AbortController();
    const reason = new Error('enough');
    const listing = createGitRemote({ url: `${server.url}/r.git` }).lsRemote([], {
      signal: abort.signal,
    });
    while (server.seen.length === 0) await new Promise((resolve) => setImmediate(resolve));
    abort.abort(reason);
    await expect(listing).rejects.toBe(reason);
  });
});

suite('a push whose answer is lost', () => {
  const isPush = ({ method, path }: { method: string; path: string }): boolean =>
    method === 'POST' && path.includes('git-receive-pack');

  it.each([
    ['the answer is dropped after it landed', { kind: 'reset', forward: true }],
    ['a 503 hides that it landed', { kind: 'status', status: 503, forward: true }],
  ] as const)('is known to be there: %s', async (_, fault) => {
    await using host = await startGitHost();
    await host.createRepository('r.git');
    let faults = 0;
    await using proxy = await startRecordingProxy(host.url, {
      fault: (request) => (isPush(request) && faults++ === 0 ? fault : undefined),
    });
    const url = `${proxy.url}/r.git`;
    using repo = sample();
    const sha = repo.commit('one');
    const remote = createGitRemote({ url, credential: basic(host, url), sleep: now });
    expect(
      await remote.push(join(repo.directory, '.git'), [
        { ref: 'refs/heads/main', sha, expect: null },
      ]),
    ).toEqual({
      results: [{ ref: 'refs/heads/main', outcome: 'ok' }],
    });
    // curl may repeat the request on a new connection by itself; the ref has moved once all the
    // same.
    expect(
      readFileSync(join(host.path('r.git'), 'logs/refs/heads/main'), 'utf8')
        .trim()
        .split('\n'),
    ).toHaveLength(1);
  });

  it.each([
    ['the connection breaks', { kind: 'reset' }],
    ['the host says 503', { kind: 'status', status: 503 }],
  ] as const)('is sent again when it did not land: %s', async (_, fault) => {
    await using host = await startGitHost();
    await host.createRepository('r.git');
    let faults = 0;
    await using proxy = await startRecordingProxy(host.url, {
      fault: (request) => (isPush(request) && faults++ === 0 ? fault : undefined),
    });
    const url = `${proxy.url}/r.git`;
    using repo = sample();
    const sha = repo.commit('one');
    const remote = createGitRemote({ url, credential: basic(host, url), sleep: now });
    expect(
      await remote.push(join(repo.directory, '.git'), [
        { ref: 'refs/heads/main', sha, expect: null },
      ]),
    ).toEqual({
      results: [{ ref: 'refs/heads/main', outcome: 'ok' }],
    });
    expect(proxy.requests.filter(isPush)).toHaveLength(2);
  });

  it.each([
    [
      'not sent when the host says 503',
      { kind: 'status', status: 503 },
      { outcome: 'not-sent', kind: 'unreachable' },
    ],
    [
      'unknown when the connection breaks',
      { kind: 'reset' },
      { outcome: 'unknown', kind: 'unknown-outcome' },
    ],
  ] as const)(
    'is given up after a few tries, as %s each time',
    async (_, fault, { outcome, kind }) => {
      await using host = await startGitHost();
      await host.createRepository('r.git');
      await using proxy = await startRecordingProxy(host.url, {
        fault: (request) => (isPush(request) ? fault : undefined),
      });
      const url = `${proxy.url}/r.git`;
      using repo = sample();
      const sha = repo.commit('one');
      const remote = createGitRemote({ url, credential: basic(host, url), sleep: now });
      expect(
        await remote.push(join(repo.directory, '.git'), [{ ref: 'refs/heads/main', sha }]),
      ).toMatchObject({
        results: [{ outcome }],
        failure: { kind },
      });
      // curl repeats a request on a connection that broke.
      expect(proxy.requests.filter(isPush).length).toBeGreaterThanOrEqual(3);
    },
  );

  it('is unknown when the refs cannot be read again', async () => {
    await using host = await startGitHost();
    await host.createRepository('r.git');
    let dark = false;
    await using proxy = await startRecordingProxy(host.url, {
      fault: (request) => {
        if (isPush(request)) dark = true;
        return dark ? { kind: 'reset', forward: isPush(request) } : undefined;
      },
    });
    const url = `${proxy.url}/r.git`;
    using repo = sample();
    const sha = repo.commit('one');
    const remote = createGitRemote({ url, credential: basic(host, url), sleep: now });
    expect(
      await remote.push(join(repo.directory, '.git'), [{ ref: 'refs/heads/main', sha }]),
    ).toMatchObject({
      results: [{ outcome: 'unknown' }],
      failure: { kind: 'unknown-outcome' },
    });
    dark = false;
    expect(await remote.lsRemote([])).toMatchObject({ refs: [{ ref: 'refs/heads/main', sha }] });
  });
});

function refusal(url: string): unknown {
  try {
    return createGitRemote({ url });
  } catch (thrown) {
    return thrown;
  }
}

suite('addresses', () => {
  it.each([
    'ext::sh -c id',
    '-u',
    '--upload-pack=x',
    'ftp://host/x',
    'http://',
    'relative/path',
    '',
    'https://host/x?y',
    'https://host/x#y',
    'ssh://-oProxyCommand=x/y',
    '-x@host:path',
    'a\nb',
    'fd::3',
  ])('refuses %j', (url) => {
    expect(() => createGitRemote({ url })).toThrow(
      expect.objectContaining({ name: 'InvalidInputError', field: 'url' }) as Error,
    );
  });

  it('refuses a token in the address, and does not repeat it', () => {
    const error = refusal('https://user:ghp_secret@github.com/o/r.git');
    expect(error).toMatchObject({ field: 'url' });
    expect(JSON.stringify(error) + String(error)).not.toContain('ghp_secret');
  });

  it.each([
    'https://user:ghp_secret\n@github.com/o/r.git',
    'git+https://user:ghp_secret@github.com/o/r.git',
    'HTTPS://user:ghp_secret@github.com/o/r.git',
    'git:ghp_secret@github.com:o/r.git',
    'https://github.com/o/r.git?access_token=ghp_secret',
    'file://user:ghp_secret@/o/r.git',
  ])('refuses %j without repeating it', (url) => {
    const error = refusal(url);
    expect(error).toMatchObject({ name: 'InvalidInputError', field: 'url' });
    expect(JSON.stringify(error) + String(error)).not.toContain('secret');
  });

  it.each([
    ['http://git.example.org/r.git', 'http://git.example.org'],
    ['https://git.example.org/r.git', 'https://other.example.org'],
    ['git@git.example.org:r.git', 'https://git.example.org'],
    ['/srv/r.git', 'https://git.example.org'],
  ])('refuses a credential for %s bound to %s', (url, origin) => {
    const credential: Credential = { scheme: 'bearer', origin, token: new Secret('x') };
    expect(() => createGitRemote({ url, credential })).toThrow(
      expect.objectContaining({ field: 'credential' }) as Error,
    );
  });

  it('refuses refs that are not full, odd ids, and a ref twice', async () => {
    const remote = createGitRemote({ url: '/srv/r.git' });
    const sha = 'a'.repeat(40);
    for (const updates of [
      [{ ref: 'main', sha }],
      [{ ref: '--force', sha }],
      [{ ref: 'refs/heads/a b', sha }],
      [{ ref: 'refs/heads/x', sha: 'HEAD' }],
      [{ ref: 'refs/heads/x', sha, expect: '' }],
      [
        { ref: 'refs/heads/x', sha },
        { ref: 'refs/heads/x', sha },
      ],
    ]) {
      await expect((async () => remote.push('/srv', updates))()).rejects.toMatchObject({
        name: 'InvalidInputError',
      });
    }
    await expect(remote.fetch('/srv', ['--upload-pack=x'])).rejects.toMatchObject({
      field: 'refspecs',
    });
    await expect(remote.lsRemote(['--upload-pack=x'])).rejects.toMatchObject({ field: 'patterns' });
  });
});
