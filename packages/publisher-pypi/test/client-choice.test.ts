import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { clientChoice } from '@ameide/versioning-core/clients';
import { strToU8, zipSync } from 'fflate';
import { expect, onTestFinished, test } from 'vitest';
import { run } from '../../../test/shapes/program.ts';

/** What an index has, a yanked version with `!`, and what pip installs; the expectation is written by hand. */
const CASES: readonly (readonly [versions: string, chosen: string | undefined])[] = [
  ['0.1.0', '0.1.0'],
  ['0.1.0 2.3.1', '2.3.1'],
  ['0.1.0 2.3.1!', '0.1.0'],
  ['0.1.0 2.3.1! 2.0.0', '2.0.0'],
  ['0.1.0 2.4.0b1', '0.1.0'],
  ['0.1.0 0.1.1.dev20251113', '0.1.0'],
  ['0.1.0! 2.4.0b1', undefined],
  ['2.4.0b1 2.4.0.dev5', '2.4.0b1'],
  ['2.4.0rc1 2.4.0.dev5 2.5.0a1', '2.5.0a1'],
  ['0.1.0!', undefined],
  ['0.1.0 0.1.0.post1', '0.1.0.post1'],
  ['1!0.1 9.9', '1!0.1'],
  ['1.10 1.9', '1.10'],
  ['0.1.0 0.1.0+local.1', '0.1.0+local.1'],
];

needs('pip')('what a client chooses', () => {
  test('pip chooses what clientChoice says', async () => {
    const url = await serve(CASES.map(([versions]) => versions.split(' ')));
    const folder = await mkdtemp(join(tmpdir(), 'ameide-choice-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const flags = [
      '--disable-pip-version-check',
      '--no-cache-dir',
      '--dry-run',
      '--quiet',
    ] as const;
    for (const [index, [versions, expected]] of CASES.entries()) {
      const report = ['--report', '-', '--target', join(folder, String(index))] as const;
      const argv = ['python3', '-m', 'pip', 'install', ...flags, ...report] as const;
      const printed = await run([...argv, '--index-url', url, `p${index}`], folder, {
        PIP_CONFIG_FILE: '/dev/null',
      }).catch(() => '{"install":[]}');
      const { install } = JSON.parse(printed) as {
        readonly install: readonly { readonly metadata: { readonly version: string } }[];
      };
      expect([versions, install[0]?.metadata.version]).toEqual([versions, expected]);
    }
  });
});

/** Splits `2.3.1!` into the version and its mark; an epoch (`1!0.1`) is no mark. */
function read(text: string): { readonly version: string; readonly isYanked: boolean } {
  return { version: text.replace(/!$/, ''), isYanked: text.endsWith('!') };
}

/** A Simple API with a project for each list, in HTML. */
async function serve(lists: readonly (readonly string[])[]): Promise<string> {
  const server = createServer((request, response) => {
    const [, kind, index = '', file = ''] = request.url?.split('/') ?? [];
    if (kind === 'files') {
      response.end(wheel(index, decodeURIComponent(file).split('-')[1] ?? ''));
      return;
    }
    const links = (lists[Number(index.slice(1))] ?? []).map(read).map(({ isYanked, version }) => {
      const name = `${index}-${version}-py3-none-any.whl`;
      return `<a href="/files/${index}/${encodeURIComponent(name)}"${isYanked ? ' data-yanked=""' : ''}>${name}</a>`;
    });
    response.setHeader('content-type', 'text/html');
    response.end(`<!DOCTYPE html><html><body>${links.join('\n')}</body></html>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple/`;
}

function wheel(name: string, version: string): Uint8Array {
  const info = `${name}-${version}.dist-info`;
  return zipSync({
    [`${info}/METADATA`]: strToU8(`Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`),
    [`${info}/WHEEL`]: strToU8('Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n'),
    [`${info}/RECORD`]: strToU8(''),
  });
}

test.each(CASES)('of %s the choice is %s', (text, expected) => {
  const versions = text.split(' ').map((one) => {
    const { isYanked, version } = read(one);
    const coordinate = { ecosystem: 'pypi', name: 'p', version } as const;
    return { coordinate, ...(isYanked ? { isWithdrawn: true as const } : {}) };
  });
  const choice = clientChoice({ ecosystem: 'pypi', name: 'p' }, { versions, pointers: [] });
  expect(choice).toEqual({
    command: 'pip install p',
    ...(expected === undefined ? {} : { version: expected }),
  });
});
