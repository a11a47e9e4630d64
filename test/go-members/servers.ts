import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { goModule } from '@ameide/publisher-go';
import { createTestRepository, type TestRepository } from '@ameide/publisher-kit/testing';
import {
  defineRelease,
  publishRelease,
  type ReleaseDefinition,
  type ReleaseReport,
  traceCommit,
  traceCoordinate,
} from '@ameide/release';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Go, openGo } from '../../packages/publisher-go/test/go-command.ts';

/** A git server with one user. */
export interface GitServer {
  readonly url: string;
  readonly user: string;
  readonly token: string;
  /** The owner of its repositories. */
  readonly owner: string;
  /** Creates an empty repository that anybody may read. Returns its clone URL. */
  create(name: string): Promise<string>;
  stop(): Promise<void>;
}

const MAIN = 'refs/heads/main';
const MIRRORED = 'github.com/acme/sdk';
const IN_PLACE = 'github.com/acme/mono/tool';
const SOURCE = (name: string): string => `package ${name}\n\n// Answer is 42.\nconst Answer = 42\n`;
const FILES = {
  'package.json': { version: '0.1.0' },
  'sdk/go.mod': `module ${MIRRORED}\n\ngo 1.21\n`,
  'sdk/sdk.go': SOURCE('sdk'),
  'tool/go.mod': `module ${IN_PLACE}\n\ngo 1.21\n`,
  'tool/tool.go': SOURCE('tool'),
};

/** A row of the table in publisher-go's README: its tests are the columns, one after the other. */
export function serverSuite(start: () => Promise<GitServer>): void {
  let root = '';
  let server: GitServer;
  let repository: TestRepository;
  let definition: ReleaseDefinition;
  let go: Go;
  let urls: readonly string[] = [];
  let [first, second] = ['', ''];

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'go-servers-'));
    server = await start();
    const { owner, token, url, user } = server;
    urls = [await server.create('sdk'), await server.create('mono')];
    const [mirror = '', remote = ''] = urls;
    repository = createTestRepository({ origin: 'https://github.com/acme/mono.git' });
    definition = defineRelease({
      versionFile: 'package.json',
      publishers: [
        goModule({ directory: 'sdk', mirror, token, user }),
        goModule({ directory: 'tool', remote, token, user }),
      ],
    });
    mkdirSync(join(root, 'go'));
    go = openGo(join(root, 'go'), { 'github.com/acme/': `${url}/${owner}/` });
    first = repository.commit({ files: FILES });
    second = repository.commit({ files: { 'README.md': 'More.\n' } });
    const pushed = new URL(remote);
    Object.assign(pushed, { username: user, password: token });
    await git('push', '--quiet', pushed.href, `${first}:${MAIN}`, `${second}:refs/heads/next`);
  }, 120_000);
  afterAll(async () => {
    await server.stop();
    await repository[Symbol.asyncDispose]();
    rmSync(root, { recursive: true, force: true });
  });

  /** Not `runGit`, which waits for git: the server may be in this process. */
  async function git(...args: readonly string[]): Promise<string> {
    return (await promisify(execFile)('git', args, { cwd: repository.directory })).stdout;
  }

  async function publish(sha: string, ref = MAIN): Promise<ReleaseReport> {
    repository.git('checkout', '--quiet', '--detach', sha);
    const opened = await repository.open();
    const report = await publishRelease({ repository: opened, definition, ref, env: {} });
    expect(report).toMatchObject({ exitCode: 0, problems: [] });
    return report;
  }
  const outcomes = ({ artifacts }: ReleaseReport): readonly unknown[] =>
    artifacts.map(({ outcome }) => outcome);
  const pointers = (report: ReleaseReport): readonly unknown[] =>
    report.pointers.map(({ outcome, pointer }) => `${pointer} ${outcome}`);
  /** Without HEAD, which a server points at a branch by itself, some time after a push. */
  const refs = async (): Promise<readonly string[]> =>
    Promise.all(urls.map((url) => git('ls-remote', '--refs', url)));

  test('publish: consumers get the commit, and dev moves', async () => {
    const report = await publish(first);
    // In place a dev build is there as soon as its commit is.
    expect(outcomes(report)).toEqual(['published', undefined]);
    expect(pointers(report)).toEqual(['dev moved']);
    for (const [module, query] of [
      [MIRRORED, `source-${first}`],
      [IN_PLACE, first],
    ] as const)
      expect(await go.consume(module, query)).toMatch(/^v0\.0\.0-2025/);
  });

  test('again: the same commit writes nothing', async () => {
    const before = await refs();
    expect(outcomes(await publish(first))).toEqual([undefined, undefined]);
    expect(await refs()).toEqual(before);
  });

  test('another commit: dev moves, and never back', async () => {
    const report = await publish(second);
    expect(outcomes(report)).toEqual(['published', undefined]);
    expect(pointers(report)).toEqual(['dev moved']);
    const before = await refs();
    expect(pointers(await publish(first))).toEqual(['dev superseded']);
    expect(await refs()).toEqual(before);
  });

  test('promote: a release moves main', async () => {
    repository.git('tag', 'v0.1.0', first);
    const report = await publish(first, 'refs/tags/v0.1.0');
    expect(outcomes(report)).toEqual(['published', 'published']);
    expect(pointers(report)).toEqual(['main moved']);
    const before = await refs();
    expect(outcomes(await publish(first, 'refs/tags/v0.1.0'))).toEqual([undefined, undefined]);
    expect(await refs()).toEqual(before);
  });

  test('trace: the commit and its artifacts are found from each other', async () => {
    const options = { repository: await repository.open(), definition };
    const ofCommit = await traceCommit(first, options);
    expect(ofCommit.exitCode).toBe(0);
    expect(ofCommit.artifacts.map(({ state }) => state)).not.toContain('absent');
    for (const name of [MIRRORED, IN_PLACE]) {
      const coordinate = { ecosystem: 'go', name, version: 'v0.1.0' } as const;
      const { artifacts } = await traceCoordinate(coordinate, options);
      expect(artifacts).toMatchObject([{ coordinate: `go:${name}@v0.1.0`, sha: first }]);
    }
  });

  test('a wrong token: nothing is pushed', async () => {
    repository.git('checkout', '--quiet', '--detach', second);
    repository.commit({ files: { 'package.json': { version: '0.2.0' } } });
    repository.git('tag', 'v0.2.0');
    const [mirror = '', remote = ''] = urls;
    const token = 'wrong_0000000000000000000000000000000000';
    const publishers = [
      goModule({ directory: 'sdk', mirror, token }),
      goModule({ directory: 'tool', remote, token }),
    ];
    const before = await refs();
    const report = await publishRelease({
      repository: await repository.open(),
      definition: { ...definition, publishers },
      ref: 'refs/tags/v0.2.0',
      env: {},
    });
    expect(report.exitCode).toBe(6);
    expect(new Set(report.problems.map(({ code }) => code))).toEqual(new Set(['go-unauthorized']));
    expect(await refs()).toEqual(before);
  });

  test('installed by go with GOPROXY=direct', async () => {
    for (const module of [MIRRORED, IN_PLACE])
      expect(await go.consume(module, 'latest')).toBe('v0.1.0');
    expect(await go.consume(MIRRORED, 'dev')).toMatch(/^v0\.0\.0-2025/);
    expect(await go.consume(IN_PLACE, second)).toMatch(/^v0\.1\.1-0\.2025/);
  });
}
