import {
  holdsPrivateKey,
  isKeyFile,
  isSecretFile,
  secretFiles,
  validateFiles,
} from '@ameide/publisher-kit';
import { literalSource } from '@ameide/publisher-kit/testing';
import { describe, expect, test } from 'vitest';

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
  ])('%s is a private key’s label', (label) => {
    expect(holdsPrivateKey(pem(label))).toBe(true);
  });

  test.each(['CERTIFICATE', 'PUBLIC KEY', 'RSA PUBLIC KEY', 'PGP PUBLIC KEY BLOCK'])(
    '%s is none',
    (label) => {
      expect(holdsPrivateKey(pem(label))).toBe(false);
    },
  );

  test('a PEM file counts by its content, and any other by its path alone', () => {
    const content = pem('RSA PRIVATE KEY');
    const files = [
      { path: 'tls/a.pem', content },
      { path: 'b.KEY', content },
      { path: 'c.pem', content: pem('CERTIFICATE') },
      { path: 'docs/keys.md', content },
      { path: '.npmrc', content: Buffer.alloc(0) },
    ];
    expect(secretFiles(files)).toEqual(['tls/a.pem', 'b.KEY', '.npmrc']);
    expect(files.map(({ path }) => path).filter(isKeyFile)).toEqual([
      'tls/a.pem',
      'b.KEY',
      'c.pem',
    ]);
  });
});

test('validateFiles finds a private key in a file of any name when the contents are in memory', async () => {
  const key = pem('PRIVATE KEY');
  const source = literalSource({ 'a.pem': key, 'b.yaml': key, 'c.txt': 'x', 'd.txt': key });
  const files = await source.list('');
  const contents = new Map(
    await Promise.all(
      files.map(async ({ path }) => [path, (await source.readBytes(path)) ?? key] as const),
    ),
  );
  const found = async (more: object): Promise<readonly unknown[]> =>
    (await validateFiles({ source, project: 'x', files, ...more })).map(({ path }) => path);
  expect(await found({})).toEqual(['a.pem']);
  expect(await found({ contents, allow: ['d.txt'] })).toEqual(['a.pem', 'b.yaml']);
});
