import { writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { describe, expect, it } from 'vitest';
import { type Origin, openRepository } from '../src/git/index.ts';
import { isHostAddress, isSameRepository } from '../src/git/repository/source-url.ts';
import { folder, type Sample, sample } from './git/sample.ts';

const HOME = 'https://github.com/Acme/sdk';

describe('addresses of one repository', () => {
  it.each([
    'https://github.com/acme/sdk',
    'https://github.com/acme/sdk.git',
    'https://github.com/acme/sdk/',
    'https://github.com/acme/sdk.git/',
    'https://GitHub.com/ACME/SDK',
    'https://github.com:443/acme/sdk',
    'https://github.com./acme/sdk',
    'https://www.github.com/acme/sdk',
    'https://x-access-token:ghs_secret@github.com/acme/sdk',
    'http://github.com/acme/sdk',
    'git://github.com/acme/sdk',
    'git@github.com:acme/sdk.git',
    'github.com:acme/sdk',
    'git@github.com:/acme/sdk.git',
    'ssh://git@github.com/acme/sdk.git',
    'ssh://git@github.com:22/acme/sdk',
    'ssh://git@ssh.github.com:443/acme/sdk.git',
    'git+ssh://git@github.com/acme/sdk',
    'https://github.com//acme/sdk',
    'https://github.com/acme/%73dk',
  ])('%s', (address) => expect(isSameRepository(address, HOME)).toBe(true));

  it.each([
    [
      'https://gitlab.example.org:8443/group/sub/sdk',
      'ssh://git@gitlab.example.org:2222/group/sub/sdk.git',
    ],
    ['https://gitlab.com/group/sdk', 'git@altssh.gitlab.com:group/sdk.git'],
    ['https://bitbucket.org/acme/sdk', 'ssh://git@altssh.bitbucket.org:443/acme/sdk.git'],
    ['https://ghe.example.org/acme/sdk', 'git@ghe.example.org:acme/sdk.git'],
    ['http://gitea:3000/acme/sdk', 'http://gitea:3000/acme/sdk.git'],
    ['https://127.0.0.1:8443/acme/sdk', 'https://user@127.0.0.1:8443/acme/sdk'],
    [
      'https://git.launchpad.net/~acme/sdk/+git/sdk',
      'git+ssh://acme@git.launchpad.net/~acme/sdk/+git/sdk',
    ],
    [
      'https://dev.azure.com/acme/My%20Project/_git/sdk',
      'https://acme@dev.azure.com/acme/My%20Project/_git/sdk',
    ],
  ])('%s and %s', (a, b) => {
    expect(isSameRepository(a, b)).toBe(true);
    expect(isSameRepository(b, a)).toBe(true);
  });
});

describe('addresses of another repository', () => {
  it.each([
    'https://github.com/somebody/sdk',
    'https://github.com/acme/sdk-fork',
    'https://github.com/acme/sdk/tree',
    'https://github.com/sdk',
    'https://github.com/',
    'https://github.com.example.org/acme/sdk',
    'https://github.com@example.org/acme/sdk',
    'https://example.org/github.com/acme/sdk',
    'https://github.com:8443/acme/sdk',
    'git@example.org:github.com/acme/sdk',
    'git@work:acme/sdk',
    'https://github.com/acme/sdk+fork',
    'https://github.com/acme%2Fsdk%2Fx/../sdk',
    'ext::sh -c touch% /tmp/x',
    'ftp://github.com/acme/sdk',
    'file://github.com/acme/sdk',
    '/srv/git/acme/sdk',
    '../acme/sdk',
    'C:/acme/sdk',
    '',
  ])('%s', (address) => expect(isSameRepository(address, HOME)).toBe(false));

  it.each(['/srv/r.git', '../r.git', 'file:///srv/r.git', 'C:\\r.git', 'r', ''])(
    '%j names no host',
    (address) => expect(isHostAddress(address)).toBe(false),
  );
});

const suite = needs('git');

async function originOf(repo: Sample, path?: string): Promise<Origin | undefined> {
  const env = {
    ...process.env,
    HOME: repo.directory,
    ...(path === undefined ? {} : { PATH: path }),
  };
  await using repository = await openRepository(repo.directory, { env });
  return await repository.origin();
}

suite('the remote of a clone', () => {
  it('is origin, or the only one', async () => {
    using repo = sample();
    expect(await originOf(repo)).toBeUndefined();
    repo.git('remote', 'add', 'upstream', 'https://github.com/acme/sdk');
    expect(await originOf(repo)).toMatchObject({ remote: 'upstream' });
    repo.git('remote', 'add', 'fork', 'https://github.com/somebody/sdk');
    expect(await originOf(repo)).toBeUndefined();
    repo.git('remote', 'add', 'origin', 'https://github.com/other/sdk');
    expect(await originOf(repo)).toEqual({
      remote: 'origin',
      addresses: ['https://github.com/other/sdk'],
    });
  });

  it('is where git fetches from: the first of several addresses, not where it pushes', async () => {
    using repo = sample();
    repo.git('remote', 'add', 'origin', 'https://github.com/acme/sdk');
    repo.git('remote', 'set-url', '--add', 'origin', 'https://github.com/somebody/sdk');
    repo.git('remote', 'set-url', '--push', 'origin', 'https://github.com/third/sdk');
    repo.git('config', 'url.https://github.com/fourth/.pushInsteadOf', 'https://github.com/acme/');
    expect(await originOf(repo)).toEqual({
      remote: 'origin',
      addresses: ['https://github.com/acme/sdk'],
    });
  });

  it('has the address that insteadOf makes of it, too', async () => {
    using repo = sample();
    repo.git('remote', 'add', 'origin', 'gh:acme/sdk');
    repo.write('.gitconfig', '[url "https://token@github.com/"]\n\tinsteadOf = gh:\n');
    expect(await originOf(repo)).toEqual({
      remote: 'origin',
      addresses: ['gh:acme/sdk', 'https://github.com/acme/sdk'],
    });
  });

  it('shows no credential', async () => {
    using repo = sample();
    repo.git('remote', 'add', 'origin', 'https://user:planted@github.com/acme/sdk');
    expect(JSON.stringify(await originOf(repo))).not.toContain('planted');
  });

  it.each([
    ['git@work:acme/sdk.git', 'git@github.com:acme/sdk.git'],
    ['ssh://git@work/acme/sdk.git', 'ssh://github.com/acme/sdk.git'],
    ['github.com-work:acme/sdk.git', 'github.com:acme/sdk.git'],
  ])('%s: an alias of ssh is looked up as ssh does', async (address, meant) => {
    using repo = sample();
    using programs = folder();
    repo.git('remote', 'add', 'origin', address);
    const path = [programs.directory, process.env['PATH'] ?? ''].join(delimiter);
    const says = 'user x\\nhostname github.com\\nport 22\\n';
    const script = `#!/bin/sh\n[ "$1 $2" = "-G --" ] && printf '${says}'\n`;
    writeFileSync(join(programs.directory, 'ssh'), script, { mode: 0o755 });
    const origin = await originOf(repo, path);
    expect(origin?.addresses.at(-1)).toBe(meant);
    expect(origin?.addresses.some((one) => isSameRepository(one, HOME))).toBe(true);
  });
});
