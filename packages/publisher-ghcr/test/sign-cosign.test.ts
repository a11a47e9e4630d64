import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startDockerRegistry, startOciRegistry } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { createProcesses, createWorkspace } from '@ameide/publisher-kit';
import { expect, onTestFinished, test } from 'vitest';
import type { KeyOptions } from '../src/sign/sign-option.ts';
import { SHA } from './release.ts';
import { outcomes, type SigningWorld, signingWorld, states } from './signing-world.ts';

const processes = createProcesses();
const PASSWORD = 'local-key-password-7f31c0';

async function folder(): Promise<string> {
  const made = await createWorkspace();
  onTestFinished(async () => made.dispose());
  return made.directory;
}

async function cosign(
  argv: readonly string[],
  world: SigningWorld,
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly ok: boolean; readonly text: string }> {
  const cwd = await folder();
  const auth = Buffer.from(`${world.registry.user}:${world.registry.password}`).toString('base64');
  const auths = { [new URL(world.proxy.url).host]: { auth } };
  await writeFile(join(cwd, 'config.json'), JSON.stringify({ auths }));
  const result = await processes.run({
    argv: ['cosign', ...argv],
    cwd,
    maxOutputBytes: 32 * 1024 * 1024,
    env: { DOCKER_CONFIG: cwd, TUF_ROOT: join(cwd, 'tuf'), ...env },
  });
  return { ok: result.ok, text: `${result.stdoutText}\n${result.stderrText}` };
}

const BY_IDENTITY = [
  '--certificate-oidc-issuer=https://token.actions.githubusercontent.com',
  '--certificate-identity=https://github.com/ameideio/ameide/.github/workflows/publish-packages.yml@refs/heads/main',
];

function references({ digest, image }: SigningWorld): readonly [string, string] {
  return [`${image}:${SHA}`, `${image}@${digest}`];
}

const REGISTRIES = {
  'a registry with referrers': async () => startOciRegistry(),
  'docker-registry, which has none': async () => startDockerRegistry(),
};

needs('cosign', 'docker-registry')('cosign accepts', () => {
  test.each(Object.entries(REGISTRIES))(
    'an image that is signed keyless, at %s',
    async (_name, registry) => {
      const world = await signingWorld(registry());
      expect(outcomes(await world.sign())).toEqual(['signature: signed', 'provenance: signed']);
      const trusted = ['--trusted-root', world.sigstore.trustedRootFile, '--allow-http-registry'];
      for (const reference of references(world)) {
        const verified = await cosign(['verify', ...trusted, ...BY_IDENTITY, reference], world);
        expect(verified).toMatchObject({ ok: true });
        const attested = await cosign(
          ['verify-attestation', ...trusted, ...BY_IDENTITY, '--type=slsaprovenance1', reference],
          world,
        );
        expect(attested).toMatchObject({ ok: true });
      }
      const [other] = ['--certificate-identity=https://github.com/somebody/else'];
      const refused = await cosign(
        ['verify', ...trusted, BY_IDENTITY[0] ?? '', other ?? '', `${world.image}:${SHA}`],
        world,
      );
      expect(refused).toMatchObject({ ok: false });
    },
  );

  test.each(Object.entries(REGISTRIES))(
    'an image that is signed with a key, at %s',
    async (_name, registry) => {
      const keys = await keyPair();
      const world = await signingWorld(registry(), { sign: keys.option, hasIdentity: false });
      expect(await world.check()).toEqual([]);
      expect(outcomes(await world.sign())).toEqual(['signature: signed', 'provenance: signed']);
      expect(states(await world.proofs())).toEqual(['signature: proven', 'provenance: proven']);
      const trusted = ['--trusted-root', world.sigstore.trustedRootFile, '--allow-http-registry'];
      const key = ['--key', keys.publicFile];
      for (const reference of references(world)) {
        const verified = await cosign(['verify', ...trusted, ...key, reference], world);
        expect(verified).toMatchObject({ ok: true });
      }
      expect(outcomes(await world.sign())).toEqual([
        'signature: already-signed',
        'provenance: already-signed',
      ]);
    },
  );
});

/** Of about five million bytes: the log is sent all of it. */
const LARGE_SPDX = JSON.stringify({
  spdxVersion: 'SPDX-2.3',
  SPDXID: 'SPDXRef-DOCUMENT',
  packages: Array.from({ length: 50_000 }, (_, at) => ({
    SPDXID: `SPDXRef-Package-${at}`,
    name: `package-${at}`,
    versionInfo: '1.0.0',
    downloadLocation: 'NOASSERTION',
  })),
});
const CYCLONEDX = JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1 });
const SPDX_3 = JSON.stringify({
  '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld',
  '@graph': [{ type: 'SpdxDocument', spdxId: 'https://acme.example/document' }],
});

needs('cosign', 'docker-registry')('cosign verifies an SBOM', () => {
  test.each([
    ['SPDX of 5 MB', LARGE_SPDX, 'spdxjson', 'docker-registry, which has none', 1],
    ['CycloneDX', CYCLONEDX, 'cyclonedx', 'a registry with referrers', 2],
    ['SPDX 3', SPDX_3, 'https://spdx.dev/Document/v3', 'a registry with referrers', 1],
  ] as const)(
    '$0, signed keyless, at $3, logged by Rekor v$4',
    async (_what, sbom, type, registry, rekorVersion) => {
      const world = await signingWorld(REGISTRIES[registry](), { sbom, rekorVersion });
      expect(outcomes(await world.sign())).toContain('sbom: signed');
      const trusted = ['--trusted-root', world.sigstore.trustedRootFile, '--allow-http-registry'];
      const ask = async (asked: string) =>
        cosign(
          [
            'verify-attestation',
            ...trusted,
            ...BY_IDENTITY,
            `--type=${asked}`,
            references(world)[0],
          ],
          world,
        );
      const verified = await ask(type);
      expect(verified).toMatchObject({ ok: true });
      const { payload } = JSON.parse(verified.text.split('\n')[0] ?? '') as { payload: string };
      const { predicate } = JSON.parse(Buffer.from(payload, 'base64').toString());
      expect(predicate).toEqual(JSON.parse(sbom));
      expect(await ask('vuln')).toMatchObject({ ok: false });
    },
  );

  test('of 5 MB, signed with a key, and logged', async () => {
    const keys = await keyPair();
    const sign = keys.option;
    const world = await signingWorld(startOciRegistry(), {
      sign,
      hasIdentity: false,
      sbom: LARGE_SPDX,
    });
    expect(outcomes(await world.sign())).toContain('sbom: signed');
    const trusted = ['--trusted-root', world.sigstore.trustedRootFile, '--allow-http-registry'];
    const argv = [...trusted, '--key', keys.publicFile, '--type=spdxjson', references(world)[0]];
    expect(await cosign(['verify-attestation', ...argv], world)).toMatchObject({ ok: true });
  });
});

interface KeyPair {
  readonly option: KeyOptions;
  readonly publicFile: string;
}

async function keyPair(): Promise<KeyPair> {
  const cwd = await folder();
  const env = { COSIGN_PASSWORD: PASSWORD };
  const made = await processes.run({ argv: ['cosign', 'generate-key-pair'], cwd, env });
  if (!made.ok) throw new Error(made.summary);
  const publicFile = join(cwd, 'cosign.pub');

  const publicKey = await readFile(publicFile, 'utf8');
  return {
    publicFile,
    option: { key: join(cwd, 'cosign.key'), publicKey, password: PASSWORD },
  };
}
