import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  ociRepository,
  startIdentityIssuer,
  startOciRegistry,
  startSigstore,
} from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { createProcesses } from '@ameide/publisher-kit';
import { createTestRepository } from '@ameide/publisher-kit/testing';
import { expect, onTestFinished, test } from 'vitest';
import { startArgvSampler } from '../packages/publisher-kit/src/contract/argv-sampler.ts';
import { createSecretScan } from '../packages/publisher-kit/src/contract/secret-scan.ts';
import { runProcess } from '../packages/release/test/support/process.ts';

// An image that is signed by processes of `ameide-release`, with a key and without, beside a build that publishes all
// that it can see of its environment. None of the secrets may be anywhere.

const PASSWORD = 'planted-key-password-7f31c0';
const REPOSITORY = 'https://github.com/ameideio/ameide';
const from = (name: string): string => JSON.stringify(import.meta.resolve(name));

const CONFIG = `
import { ghcr } from ${from('@ameide/publisher-ghcr')};
const { OCI, OCI_NAME, OCI_KEY, PUBLIC_KEY, SIGSTORE, TRUSTED_ROOT } = process.env;
const key = { key: 'env://SIGNING_KEY', publicKey: PUBLIC_KEY };
export default {
  versionFile: 'sdk/package.json',
  repository: '${REPOSITORY}',
  identity: { repository: '${REPOSITORY}', workflow: '.github/workflows/publish-packages.yml' },
  sigstore: { fulcio: SIGSTORE, rekor: SIGSTORE, timestamps: SIGSTORE, trustedRoot: JSON.parse(TRUSTED_ROOT) },
  publishers: [
    ghcr({
      image: OCI + '/ameideio/sdk', files: 'sdk', build: ['node', 'look.js'],
      user: OCI_NAME, token: OCI_KEY, sign: PUBLIC_KEY ? key : 'keyless',
    }),
  ],
};
`;

const LOOK = `
const { readFileSync, writeFileSync } = require('node:fs');
writeFileSync('seen.json', JSON.stringify({ env: process.env, argv: process.argv, own: readFileSync('/proc/self/environ', 'latin1') }));
`;

const FILES = {
  'sdk/package.json': { name: '@ameideio/sdk', version: '0.1.0' },
  'sdk/look.js': LOOK,
  'release.config.ts': CONFIG,
};

interface Keys {
  readonly privateKey: string;
  readonly publicKey: string;
}

async function temporary(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'planted-signing-'));
  onTestFinished(async () => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function keyPair(): Promise<Keys> {
  const cwd = await temporary();
  const { ok, summary } = await createProcesses().run({
    argv: ['cosign', 'generate-key-pair'],
    cwd,
    env: { COSIGN_PASSWORD: PASSWORD },
  });
  if (!ok) throw new Error(summary);
  const [privateKey, publicKey] = await Promise.all(
    ['cosign.key', 'cosign.pub'].map(async (name) => readFile(join(cwd, name), 'utf8')),
  );
  return { privateKey: privateKey ?? '', publicKey: publicKey ?? '' };
}

async function world() {
  const issuer = await startIdentityIssuer();
  const sigstore = await startSigstore({ issuer });
  const oci = await startOciRegistry();
  const repository = createTestRepository({ origin: REPOSITORY });
  onTestFinished(async () => {
    await Promise.all([issuer, sigstore, oci].map(async (one) => one.stop()));
    await repository[Symbol.asyncDispose]();
  });
  repository.commit({ files: FILES });
  const [folder, built] = [await temporary(), await temporary()];
  const env = {
    SIGSTORE: sigstore.fulcioUrl,
    TRUSTED_ROOT: JSON.stringify(sigstore.trustedRoot),
    OCI: new URL(oci.url).host,
    OCI_NAME: oci.user,
    OCI_KEY: oci.password,
    TMPDIR: folder,
    ...issuer.job,
    GITHUB_SHA: repository.git('rev-parse', 'HEAD'),
  };
  const run = async (argv: readonly string[], more: Readonly<Record<string, string>>) =>
    runProcess(['-C', repository.directory, ...argv], {
      env: { ...env, ...more },
    });
  return { built, folder, issuer, oci, run, sigstore };
}

/** The file that the build has put into the image. */
async function seenInImage(oci: Parameters<typeof ociRepository>[0]): Promise<string> {
  const there = ociRepository(oci, 'ameideio/sdk');
  const index = (await (await there.fetch('manifests/dev')).json()) as Named;
  const image = index.manifests?.[0]?.digest ?? 'dev';
  const { layers = [] } = (await (await there.fetch(`manifests/${image}`)).json()) as Named;
  const layer = await there.fetch(`blobs/${layers.at(-1)?.digest}`);
  return gunzipSync(await layer.arrayBuffer()).toString('latin1');
}

interface Named {
  readonly manifests?: readonly { readonly digest: string }[];
  readonly layers?: readonly { readonly digest: string }[];
}

needs('cosign')('no secret of signing is in output, arguments, files, builds or images', () => {
  test.each(['with a key', 'without a key'])('%s', { timeout: 120_000 }, async (how) => {
    const { built, folder, issuer, oci, run, sigstore } = await world();
    const keys = how === 'with a key' ? await keyPair() : undefined;
    const secretsOfRun: Readonly<Record<string, string>> =
      keys === undefined
        ? issuer.environment
        : { COSIGN_PASSWORD: PASSWORD, SIGNING_KEY: keys.privateKey };
    const more = {
      ...secretsOfRun,
      ...(keys === undefined ? {} : { PUBLIC_KEY: keys.publicKey }),
      NODE_DEBUG: 'http,http2,net,undici,fetch,stream',
    };
    using argv = startArgvSampler();
    const results = [
      await run(['build', '--out', join(built, 'first'), '--json', '--verbose'], more),
      await run(['publish', '--json', '--verbose'], more),
      await run(['verify', 'HEAD', '--json', '--verbose'], more),
    ];
    expect(results.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(results[2]?.stdout).toContain('"commit": "proven"');
    const seen = await seenInImage(oci);
    expect(seen).toContain('AMEIDE_SHA');
    const logs = await Promise.all(
      [sigstore, oci, issuer].map(async ({ logFile }) => readFile(logFile, 'utf8')),
    );
    const texts = [
      ...results.flatMap(({ stderr, stdout }) => [stdout, stderr]),
      ...argv.seen(),
      ...logs,
      seen,
    ];
    const secrets = [
      oci.password,
      ...issuer.secrets(),
      ...(keys === undefined ? [] : [PASSWORD, keyBody(keys.privateKey)]),
    ];
    expect(argv.canSee && argv.seen().some((line) => line.includes('publish'))).toBe(true);
    expect(issuer.secrets().length).toBeGreaterThan(keys === undefined ? 3 : 0);
    for (const secret of secrets)
      expect(
        texts.filter((text) => text.includes(secret)),
        secret.slice(0, 8),
      ).toEqual([]);
    const scan = createSecretScan(secrets);
    await writeFile(join(built, 'control'), PASSWORD);
    const controlled = keys === undefined ? [] : ['control'];
    expect((await scan.inFiles(built)).map((file) => file.split('/').at(-1))).toEqual(controlled);
    expect(await readdir(folder)).toEqual([]);
  });
});

/** A line in the middle of the key: the first ones are the same in all keys. */
function keyBody(pem: string): string {
  const lines = pem.trim().split('\n');
  return lines[Math.floor(lines.length / 2)] ?? pem;
}
