import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runGit } from '@ameide/publisher-kit/testing';
import type { GitWorld } from '../support/git-world.ts';

/**
 * What `go list -m` resolves a commit to, from the repository itself, whose root is `address`:
 * `github.com/ameideio/sdk`.
 */
export function goVersion(
  git: GitWorld,
  sha: string,
  modulePath: string,
  address: string = modulePath,
): string {
  const home = mkdtempSync(join(tmpdir(), 'ameide-go-list-'));
  try {
    const bare = join(home, 'bare');
    runGit(home, ['clone', '--quiet', '--bare', git.directory, bare]);
    const env = {
      PATH: process.env['PATH'] ?? '',
      HOME: home,
      GOCACHE: join(home, 'cache'),
      GOMODCACHE: join(home, 'mod'),
      GOPROXY: 'direct',
      GOSUMDB: 'off',
      GOFLAGS: '-mod=mod -modcacherw',
      GOTOOLCHAIN: 'local',
      GIT_ALLOW_PROTOCOL: 'file',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: `url.file://${bare}.insteadOf`,
      GIT_CONFIG_VALUE_0: `https://${address}`,
    };
    writeFileSync(join(home, 'go.mod'), `module consumer\n\ngo 1.22\n`);
    const output = execFileSync('go', ['list', '-m', '-json', `${modulePath}@${sha}`], {
      cwd: home,
      env,
      encoding: 'utf8',
    });
    return JSON.parse(output).Version;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
