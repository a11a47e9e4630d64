import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { InvalidInputError } from '@ameide/versioning-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ghcr } from '../src/index.ts';
import type { GhcrBuilt } from '../src/plan.ts';
import { release, step, tree } from './release.ts';

// What becomes of the option sbom before anything is sent.

const IMAGE = 'ghcr.io/ameideio/sdk';
const IDENTITY = {
  repository: 'https://github.com/ameideio/ameide',
  workflow: '.github/workflows/publish.yml',
  issuer: 'https://token.actions.githubusercontent.com',
};
const SPDX = { spdxVersion: 'SPDX-2.3', SPDXID: 'SPDXRef-DOCUMENT', packages: [] };
const BUNDLE = {
  name: 'configuration',
  files: async () => ({ value: [{ path: 'a.json', content: Buffer.from('{}') }] }),
} as const;

/** Builds in a checkout that `prepare` has changed. */
async function buildWith(prepare: (checkout: string) => void | Promise<void>) {
  const carrier = ghcr.bundle(IMAGE, { sign: 'keyless', sbom: 'dist/sbom.json', token: '' });
  const publisher = await carrier.open(tree(), BUNDLE);
  const signing = {
    identity: IDENTITY,
    sigstore: { fulcio: 'https://fulcio.test', rekor: 'https://rekor.test' },
  };
  const plan = publisher.plan(release({ signing }));
  const own = await step();
  mkdirSync(join(own.checkout, 'dist'));
  await prepare(own.checkout);
  const result = await publisher.build(plan, own);
  return { result, publisher, plan };
}

function writing(content: string | Uint8Array) {
  return (checkout: string): void => writeFileSync(join(checkout, 'dist/sbom.json'), content);
}

test('an SBOM without a signature is refused, in both ways to make an image', () => {
  for (const call of [
    () => ghcr({ image: IMAGE, files: 'sdk', sbom: 'sbom.json' }),
    () => ghcr.bundle(IMAGE, { sbom: 'sbom.json' }),
  ]) {
    expect(call).toThrow(InvalidInputError);
    expect(call).toThrow(/sbom.*without sign/);
  }
});

test.each(['', '/etc/passwd', '../sbom.json', 'a//b'])(
  'the option sbom must be a path in the checkout, which %j is not',
  (sbom) => {
    expect(() => ghcr({ image: IMAGE, files: 'sdk', sign: 'keyless', sbom })).toThrow(/sbom/);
  },
);

describe('the build reads an SBOM', () => {
  test.each([
    ['SPDX 2.3', JSON.stringify(SPDX)],
    ['SPDX 2.3, with a byte order mark', `\u{feff}${JSON.stringify(SPDX, undefined, 2)}\n`],
    [
      'SPDX 3',
      JSON.stringify({
        '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld',
        '@graph': [],
      }),
    ],
    ['CycloneDX', JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1 })],
  ])('%s, and keeps its bytes', async (_format, text) => {
    const { result, publisher, plan } = await buildWith(writing(text));
    const { sbom } = result.value as GhcrBuilt;
    expect(readFileSync(sbom?.path ?? '', 'utf8')).toBe(text);

    const folder = (await step()).workspace;
    if (result.value === undefined) throw new Error('it is built');
    await publisher.save(result.value, folder, await step());
    const loaded = await publisher.load(plan, folder, await step());
    expect((loaded.value as GhcrBuilt).sbom).toMatchObject({ digest: sbom?.digest });
    expect(publisher.buildsFrom).toBe('checkout');
  });

  test('through a link that stays in the checkout', async () => {
    const { result } = await buildWith((checkout) => {
      writeFileSync(join(checkout, 'other.json'), JSON.stringify(SPDX));
      symlinkSync('../other.json', join(checkout, 'dist/sbom.json'));
    });
    expect(result.problems).toBeUndefined();
  });
});

const INVALID = 'ghcr-sbom-invalid';
const MISSING = 'ghcr-sbom-missing';

test.each<[string, string, RegExp, (checkout: string) => void | Promise<unknown>]>([
  ['nothing', MISSING, /not there/, () => undefined],
  ['a folder', MISSING, /not a regular file/, (at) => mkdirSync(join(at, 'dist/sbom.json'))],
  [
    'a link out of the checkout',
    MISSING,
    /leads out/,
    (at) => {
      writeFileSync(join(at, '..', 'outside.json'), JSON.stringify(SPDX));
      symlinkSync('../../outside.json', join(at, 'dist/sbom.json'));
    },
  ],
  [
    'a pipe',
    MISSING,
    /not a regular file/,
    async (at) => promisify(execFile)('mkfifo', [join(at, 'dist/sbom.json')]),
  ],
  [
    'a socket',
    MISSING,
    /ENXIO/,
    async (at) => {
      const server = createServer().listen(join(at, 'dist/sbom.json'));
      await once(server, 'listening');
      onTestFinished(() => void server.close());
    },
  ],
  [
    'more than 16 MiB',
    MISSING,
    /more than/,
    (at) => {
      writing('')(at);
      truncateSync(join(at, 'dist/sbom.json'), 16 * 1024 * 1024 + 1);
    },
  ],
  ['an empty file', INVALID, /empty/, writing('')],
  [
    'UTF-16, as PowerShell writes it',
    INVALID,
    /not in UTF-8/,
    writing(Buffer.from('\u{feff}{}', 'utf16le')),
  ],
  ['half of it', INVALID, /not JSON/, writing(JSON.stringify(SPDX).slice(0, -2))],
  ['XML', INVALID, /not JSON/, writing('<bom xmlns="http://cyclonedx.org/schema/bom/1.6"/>')],
  ['SPDX as tag and value', INVALID, /not JSON/, writing('SPDXVersion: SPDX-2.3\n')],
  ['null', INVALID, /neither/, writing('null')],
  ['a list', INVALID, /neither/, writing(JSON.stringify([SPDX]))],
  ['other JSON', INVALID, /neither/, writing('{"name":"sdk","version":"0.1.0"}')],
  [
    'JSON that is nested too deeply',
    INVALID,
    /not JSON/,
    writing(`{"bomFormat":"CycloneDX","x":${'['.repeat(200_000)}${']'.repeat(200_000)}}`),
  ],
])('%s is no SBOM, and nothing is built', async (_what, code, reason, prepare) => {
  const { result } = await buildWith(async (checkout) => void (await prepare(checkout)));
  expect(result.problems).toMatchObject([
    { code, kind: 'incomplete', rerun: 'after-fix', effect: 'none', path: 'dist/sbom.json' },
  ]);
  expect(result.problems?.[0].message).toMatch(reason);
});

test.each<[string, (file: string) => void]>([
  ['is empty', (file) => writeFileSync(file, '')],
  ['is another JSON', (file) => writeFileSync(file, '{}')],
])('a build folder whose SBOM %s is refused', async (_what, spoil) => {
  const { result, publisher, plan } = await buildWith(writing(JSON.stringify(SPDX)));
  if (result.value === undefined) throw new Error('it is built');
  const folder = (await step()).workspace;
  await publisher.save(result.value, folder, await step());
  spoil(join(folder, 'sbom.json'));
  expect((await publisher.load(plan, folder, await step())).problems).toMatchObject([
    { code: 'built-folder', kind: 'input' },
  ]);
});
