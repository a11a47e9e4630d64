import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isKeyFile, isSecretFile, secretFiles, validateFiles } from '@ameide/publisher-kit';
import { literalSource } from '@ameide/publisher-kit/testing';
import { describe, expect, onTestFinished, test } from 'vitest';

const pem = (label: string): Buffer =>
  Buffer.from(`-----BEGIN ${label}-----\nMII=\n-----END ${label}-----\n`);

describe('a file that usually holds credentials', () => {
  test.each([
    '.npmrc',
    '.NPMRC',
    '.yarnrc',
    '.yarnrc.yml',
    '.pypirc',
    '.netrc',
    '_netrc',
    '.git-credentials',
    '.dockercfg',
    '.env',
    'a/.env',
    '.ENV',
    '.env.production',
    '.env.local',
    '.envrc',
    'lib/id_rsa',
    'id_ed25519',
    '.ssh/id_ed25519_sk',
    '.npmrc~',
    '.npmrc.bak',
    '.env~',
    'id_rsa.old',
    'home/.docker/config.json',
    '.aws/credentials',
    '.git/config',
    'vendor/.git/hooks/x',
    '.pgpass',
    'prod.env',
    'config/production.env',
    'a/.env.production',
    '.kube/config',
    'deploy/kubeconfig',
    'ci.kubeconfig',
    '.cargo/credentials.toml',
    '.cargo/credentials',
    'release.p12',
    'signing.PFX',
    'upload.jks',
    'release.keystore',
    'vault.kdbx',
    'putty.ppk',
    'office.ovpn',
    'terraform.tfstate',
    'envs/prod.tfstate.backup',
    'credentials.json',
    'aws-credentials.json',
    'application_default_credentials.json',
    'client_secret_1234.apps.googleusercontent.com.json',
    '.htpasswd',
    '.bash_history',
    '.node_repl_history',
    '.m2/settings.xml',
    '.gradle/gradle.properties',
    '.config/gh/hosts.yml',
    '.config/gcloud/credentials.db',
    '.gnupg/private-keys-v1.d/A.key',
    'master.key',
    '.vscode/sftp.json',
  ])('%s is one', (path) => {
    expect(isSecretFile(path)).toBe(true);
  });

  test.each([
    '.env.example',
    '.env.sample',
    '.env.template',
    '.env.dist',
    '.env.default',
    '.env.defaults',
    'env',
    'npmrc',
    'environment.ts',
    'src/env.js',
    'id_rsa.pub',
    'id_rsa.pub.md',
    '.npmrc.md',
    '.gitignore',
    '.github/workflows/ci.yml',
    'a.git/config',
    '.env/readme.md',
    '.env.example.bak',
    'docker/config.json',
    '.docker/config.json.md',
    '.aws/config',
    '.env.production.example',
    '.env.local.sample',
    '.env.vault',
    '.env.schema',
    'example.env',
    'docker/default.env',
    'src/keystore.ts',
    'src/credentials.ts',
    'credentials.schema.json',
    'src/kube/config.ts',
    'config/gradle.properties',
    'android/app/debug.keystore',
    'settings.xml',
    'docs/terraform.tfstate.md',
    'lib/p12.js',
    'src/bash_history.ts',
  ])('%s is none', (path) => {
    expect(isSecretFile(path)).toBe(false);
  });

  test.each([
    'RSA PRIVATE KEY',
    'PRIVATE KEY',
    'EC PRIVATE KEY',
    'ENCRYPTED PRIVATE KEY',
    'OPENSSH PRIVATE KEY',
    'PGP PRIVATE KEY BLOCK',
  ])('a .pem or .key with %s is one', (label) => {
    expect(['a.pem', 'tls/b.KEY'].filter((path) => isKeyFile(path, pem(label)))).toHaveLength(2);
  });

  test.each(['CERTIFICATE', 'PUBLIC KEY', 'RSA PUBLIC KEY', 'PGP PUBLIC KEY BLOCK'])(
    'a .pem with %s is none',
    (label) => {
      expect(isKeyFile('a.pem', pem(label))).toBe(false);
    },
  );
});

describe('a private key in a file of any name', () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const ED25519 = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
    type: 'pkcs1',
    format: 'pem',
    cipher: 'aes-128-cbc',
    passphrase: 'x',
  }) as string;
  const literal = (text: string): string =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => `  '${line}\\n'`)
      .join(' +\n');

  test.each([
    ['the smallest', ED25519],
    ['one with headers', RSA],
    ['in JSON, as in a service account', JSON.stringify({ private_key: ED25519 })],
    ['indented in YAML', `key: |\n${RSA.replaceAll(/^/gm, '    ')}`],
    ['as a literal of a program', `const key =\n${literal(RSA)};\n`],
    ['with the line ends of Windows', ED25519.replaceAll('\n', '\r\n')],
    [
      'of OpenPGP',
      `-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: GnuPG v2\n\n${'lQOYBF0'.repeat(20)}\n=AbCd\n-----END PGP PRIVATE KEY BLOCK-----\n`,
    ],
  ])('is one: %s', (_what, text) => {
    expect(isKeyFile('notes.txt', Buffer.from(text))).toBe(true);
    expect(secretFiles([{ path: 'a/notes.txt', content: Buffer.from(text) }])).toEqual([
      'a/notes.txt',
    ]);
  });

  test.each([
    ['a label in code', "if (!pem.startsWith('-----BEGIN PRIVATE KEY-----')) throw new Error();"],
    [
      'both labels in code',
      "const [a, b] = ['-----BEGIN RSA PRIVATE KEY-----', '-----END RSA PRIVATE KEY-----'];",
    ],
    [
      'a placeholder',
      '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ...\n-----END PRIVATE KEY-----',
    ],
    ['a public key', ED25519.replaceAll('PRIVATE', 'PUBLIC')],
    ['a template', '-----BEGIN PRIVATE KEY-----\n${{ secrets.KEY }}\n-----END PRIVATE KEY-----'],
  ])('is none: %s', (_what, text) => {
    expect(isKeyFile('readme.md', Buffer.from(text))).toBe(false);
  });

  test('is found on disk, between two pieces that are read', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kit-keys-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'bundle.js');
    for (const before of [0, (1 << 20) - 40, (1 << 20) + 5]) {
      writeFileSync(file, `${' '.repeat(before)}${RSA}${' '.repeat(100)}`);
      expect(secretFiles([{ path: 'bundle.js', content: { file } }])).toEqual(['bundle.js']);
    }
  });
});

test('validateFiles finds a private key in a file of any name when the contents are in memory', async () => {
  const key = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
  const source = literalSource({ 'a.pem': key, 'b.yaml': key, 'c.txt': 'x', 'd.txt': key });
  const files = await source.list('');
  const contents = new Map(
    await Promise.all(
      files.map(async ({ path }) => [path, (await source.readBytes(path)) ?? ''] as const),
    ),
  );
  const found = async (more: object): Promise<readonly unknown[]> =>
    (await validateFiles({ source, project: 'x', files, ...more })).map(({ path }) => path);
  expect(await found({})).toEqual(['a.pem']);
  expect(await found({ contents, allow: ['d.txt'] })).toEqual(['a.pem', 'b.yaml']);
});
