import { readdirSync, readFileSync } from 'node:fs';
import { needs } from '@ameide/local-registries/components';
import { processProblem, remoteProblem } from '@ameide/publisher-kit';
import { expect, test } from 'vitest';
import { openLab, tagRef } from './lab.ts';
import { publish } from './readme.example.ts';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

test('the example in the README is the file that runs here', () => {
  const [, block] = /```ts\n([\s\S]*?)```/.exec(read('../README.md')) ?? [];
  expect(block).toBe(read('./readme.example.ts'));
});

needs('git')('the example', () => {
  test('publishes, and a second time finds it there', async () => {
    await using lab = await openLab();
    const sha = lab.commit();
    const { release, step } = await lab.open(sha, tagRef('v0.1.0'));
    const { source } = step;
    const options = {
      directory: 'packages/sdk',
      mirror: lab.url,
      token: lab.host.token,
      user: lab.host.user,
    };
    expect(await publish(options, source, release, step)).toMatchObject([{ outcome: 'published' }]);
    expect(await publish(options, source, release, step)).toMatchObject([
      { outcome: 'already-there' },
    ]);
    expect(Object.keys(lab.refs())).toEqual([
      'refs/heads/main',
      `refs/tags/source-${sha}`,
      'refs/tags/v0.1.0',
    ]);
  });
});

test('every code in the sources is in a table, and no other', () => {
  const folder = new URL('../src/', import.meta.url);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ts'),
  );
  const sources = files.map((path) => readFileSync(new URL(path, folder), 'utf8')).join('');
  const used = [...sources.matchAll(/'(go-[a-z-]+)'/g)]
    .map(([, code]) => code)
    // What the codes of GitHub's API begin with.
    .filter((code) => code !== 'go-github');
  const ends = ['not-found', 'exit', 'signal', 'timeout', 'too-much-output'] as const;
  const verifying = ends.map(
    (failure) =>
      processProblem({ code: 'go-verify', what: 'x', result: { failure, summary: 'x' } }).code,
  );
  const hosts = [
    'authentication',
    'not-found',
    'moved',
    'unreachable',
    'unknown-outcome',
    'other',
  ] as const;
  const kits = hosts.map(
    (kind) => remoteProblem({ code: 'go', what: 'x', failure: { kind, message: 'x' } }).code,
  );
  const rows = [...read('../README.md').matchAll(/^\| `([a-z-]+-[a-z-]+)` +\|/gm)].map(
    ([, code]) => code,
  );
  const inherited = ['invalid-input', 'module-path-major'];
  const shared = [
    'secret-file',
    'built-secret-file',
    'lfs-content-missing',
    'submodule-missing',
    'partial-clone',
  ];
  const written = used.filter((code) => code !== 'go-verify');
  expect(new Set(rows)).toEqual(
    new Set([...written, ...verifying, ...kits, ...inherited, ...shared]),
  );
  expect(rows).toHaveLength(new Set(rows).size);
});
