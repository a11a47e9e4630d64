import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import {
  type ArchiveEntry,
  createProcesses,
  createRedactor,
  findSecrets,
  gzip,
  isTelling,
  packTar,
  packZip,
} from '@ameide/publisher-kit';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { prepareSearch } from '../src/secret/search.ts';

const TOKEN = 'npm_a1B2c3D4e5F6g7H8';
const PASSWORD = 'p@ss/word+with="1"';
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function searched(text: string, chunk: number, value = TOKEN): number | undefined {
  const search = prepareSearch([{ name: 'NPM_TOKEN', value }])();
  const all = bytes(text);
  for (let at = 0; at < all.length; at += chunk) search.write(all.subarray(at, at + chunk));
  return search.found.get('NPM_TOKEN');
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const FORMS: readonly ((value: string) => string)[] = [
  (value) => value,
  encodeURIComponent,
  (value) => encodeURIComponent(value).toLowerCase(),
  (value) => JSON.stringify(value).slice(1, -1),
  base64,
  (value) => base64(`x${value}yy`),
  (value) => base64(`xy${value}y`),
  (value) => base64(`_auth:${value}~`).replaceAll('+', '-').replaceAll('/', '_'),
  (value) => Buffer.from(value).toString('hex'),
  (value) => Buffer.from(value).toString('hex').toUpperCase(),
];

describe('the search through a stream', () => {
  test.each([
    ['a token', TOKEN, FORMS.toSpliced(2, 1)],
    ['a password', PASSWORD, FORMS.toSpliced(2, 1)],
  ])('finds every form of %s, wherever a chunk ends', (_what, value, forms) => {
    for (const form of forms) {
      const text = `${'before '.repeat(200)}${form(value)} after`;
      for (const chunk of [1, 7, 64, 1400, 1 << 20])
        expect(searched(text, chunk, value), form(value)).toBeGreaterThanOrEqual(1390);
    }
  });

  test.each([60, 64, 76])('finds base64 in lines of %i characters', (columns) => {
    for (let before = 0; before < columns; before++) {
      const text = base64(`${'x'.repeat(before)}${TOKEN}${'y'.repeat(90)}`);
      for (const end of ['\n', '\r\n', '\\n']) {
        const lines = text.replaceAll(new RegExp(`.{${columns}}`, 'g'), (line) => line + end);
        expect(searched(lines, 50), `${before} ${columns}`).toBeDefined();
      }
    }
  });

  test('finds nothing in what only looks alike', () => {
    const alike = [TOKEN.slice(0, -1), TOKEN.toLowerCase(), base64(TOKEN).slice(0, -8)];
    expect(searched(alike.join(' '), 10)).toBeUndefined();
  });

  test('agrees with the redactor', () => {
    const redactor = createRedactor([TOKEN]);
    for (let at = 0; at < 100; at++) {
      const text = base64(`${'a'.repeat(at)}${at % 2 === 0 ? TOKEN : 'no token at all'}${at}`);
      expect(searched(text, 30) !== undefined).toBe(redactor.redact(text) !== text);
    }
  });

  test('looks at 64 MiB for forty secrets quickly', () => {
    const secrets = Array.from({ length: 40 }, (_, at) => ({
      name: `T${at}`,
      value: `ghp_${'a1B2c3D4e5F6'.repeat(3)}${at}`,
    }));
    const search = prepareSearch(secrets)();
    const chunk = bytes('const value = require("./module").default; // text\n'.repeat(20_000));
    const before = performance.now();
    for (let size = 0; size < 1 << 26; size += chunk.length) search.write(chunk);
    expect(search.found.size).toBe(0);
    // A second or less on a machine that does nothing else.
    expect(performance.now() - before).toBeLessThan(20_000);
  });
});

describe('the search through files', () => {
  const entries: readonly (ArchiveEntry & { readonly content: Uint8Array })[] = [
    { path: 'package/index.js', content: bytes('export {};\n') },
    { path: `package/${'deep/'.repeat(30)}.npmrc`, content: bytes(`//r/:_authToken=${TOKEN}\n`) },
    { path: 'package/z.js', content: bytes('export {};\n') },
  ];
  const secret = { name: 'NPM_TOKEN', value: TOKEN };
  const within = entries[1]?.path ?? '';

  async function found(
    files: Readonly<Record<string, Uint8Array>>,
    prepare?: (folder: string) => void,
  ) {
    const folder = mkdtempSync(join(tmpdir(), 'kit-search-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    prepare?.(folder);
    const { signal } = new AbortController();
    return findSecrets(folder, [secret], { processes: createProcesses(), signal });
  }

  test('names the file in a tar archive, compressed or not, and in a zip archive', async () => {
    const tar = await packTar(entries, { mtime: 0 });
    expect(
      await found({
        'a.tgz': await gzip(tar),
        'b.tar': tar,
        'c.tar.zst': zstdCompressSync(tar),
        'd.whl': await packZip(entries, { mtime: 315_532_800 }),
      }),
    ).toEqual(
      expect.arrayContaining(
        ['a.tgz', 'b.tar', 'c.tar.zst', 'd.whl'].map((artifact) => ({
          name: 'NPM_TOKEN',
          artifact,
          path: within,
        })),
      ),
    );
  });

  test('searches every frame of zstd', async () => {
    const tar = await packTar(entries, { mtime: 0 });
    const frames = [tar.subarray(0, 300), tar.subarray(300)].map((part) => zstdCompressSync(part));
    expect(await found({ 'a.tar.zst': Buffer.concat(frames) })).toEqual([
      { name: 'NPM_TOKEN', artifact: 'a.tar.zst', path: within },
    ]);
  });

  test('names a file that is no archive, and says nothing of one without secrets', async () => {
    const config = bytes(JSON.stringify({ config: { Env: [`NPM_TOKEN=${TOKEN}`] } }));
    expect(
      await found({ 'config.json': config, 'clean.tgz': await gzip(bytes('nothing')) }),
    ).toEqual([{ name: 'NPM_TOKEN', artifact: 'config.json' }]);
  });

  test('names the file in a git pack', async () => {
    const all = await found({}, (folder) => {
      const repository = `${folder}-repository`;
      onTestFinished(() => rmSync(repository, { recursive: true }));
      mkdirSync(join(repository, 'sub'), { recursive: true });
      const git = (args: readonly string[], input = ''): string =>
        execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
          cwd: repository,
          input,
          encoding: 'utf8',
        });
      git(['init', '--quiet']);
      writeFileSync(join(repository, 'sub/.npmrc'), `token=${TOKEN}\n`);
      git(['add', '--all']);
      git(['commit', '--quiet', '-m', 'one']);
      const objects = git(['rev-list', '--objects', 'HEAD']).replaceAll(/^(\S+).*$/gm, '$1');
      git(['pack-objects', '--quiet', join(folder, 'p')], objects);
      for (const name of readdirSync(folder))
        if (name.endsWith('.pack')) renameSync(join(folder, name), join(folder, 'commit.pack'));
        else rmSync(join(folder, name));
    });
    expect(all).toEqual([{ name: 'NPM_TOKEN', artifact: 'commit.pack', path: 'sub/.npmrc' }]);
  });

  test('takes as much memory for a file as it has bytes', async () => {
    // What a file's stream takes for each read.
    const taken = vi.spyOn(Buffer, 'allocUnsafeSlow');
    onTestFinished(() => taken.mockRestore());
    const size = 3000;
    await found({ 'a.txt': new Uint8Array(size) });
    const sizes = taken.mock.calls.map(([length]) => length);
    expect(sizes.length).toBeGreaterThan(0);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(size + 1);
  });
});

test.each([
  ['postgres', false],
  ['changeme', false],
  ['12345678', false],
  ['/run/secrets/token1', false],
  ['https://example.com/1', false],
  ['short1', false],
  ['postgres1', true],
  [TOKEN, true],
  ['correct-horse-battery-staple', true],
])('%s is told from ordinary text: %s', (value, telling) => {
  expect(isTelling(value)).toBe(telling);
});
