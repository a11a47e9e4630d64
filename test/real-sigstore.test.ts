import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type RunningIdentityIssuer,
  type RunningRealSigstore,
  startCraneRegistry,
  startIdentityIssuer,
  startRealSigstore,
} from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { type GhcrOptions, ghcr } from '@ameide/publisher-ghcr';
import { createProcesses, createWorkspace } from '@ameide/publisher-kit';
import { createTestRepository } from '@ameide/publisher-kit/testing';
import {
  defineRelease,
  publishRelease,
  type ReleaseDefinition,
  verifyCommit,
} from '@ameide/release';
import { expect, onTestFinished, test } from 'vitest';

// A release whose image is signed with Sigstore's own services, and verified by ourselves and by cosign.

const ORIGIN = 'https://github.com/ameideio/ameide';
const WORKFLOW = '.github/workflows/publish-packages.yml';
const PASSWORD = 'local-key-password-7f31c0';
const TIMEOUT = 180_000;

needs(
  'sigstore',
  'cosign',
  'referrers-registry',
)('Sigstore’s own services sign an image', () => {
  test.each(['keyless', 'key'] as const)(
    '(%s), and cosign accepts it',
    async (how) => {
      const world = await startWorld();
      const { folder, issuer, repository, sigstore } = world;
      const keys = how === 'key' ? await keyPair(folder) : undefined;
      const definition = definitionOf(world, keys?.sign ?? 'keyless');
      const sha = repository.commit({
        files: { 'sdk/package.json': { name: '@ameideio/sdk', version: '0.1.0', license: 'MIT' } },
      });
      const opened = async () => ({ repository: await repository.open(), definition });
      const published = await publishRelease({
        ...(await opened()),
        ref: 'refs/heads/main',
        env: {},
      });
      expect(published).toMatchObject({
        status: 'converged',
        problems: [],
        artifacts: [{ proofs: [{ state: 'proven' }, { state: 'proven', sha }] }],
      });
      const by = keys?.by ?? [
        `--certificate-oidc-issuer=${issuer.issuer}`,
        `--certificate-identity=${ORIGIN}/${WORKFLOW}@refs/heads/main`,
      ];
      const cosign = async (...argv: readonly string[]) =>
        createProcesses().run({
          argv: ['cosign', ...argv, ...by, ...trustOf(sigstore), `${world.image}:${sha}`],
          cwd: folder,
          env: { DOCKER_CONFIG: folder, TUF_ROOT: join(folder, 'tuf') },
        });
      expect(await cosign('verify')).toMatchObject({ ok: true });
      expect(await cosign('verify-attestation', '--type=slsaprovenance1')).toMatchObject({
        ok: true,
      });
      expect(await verifyCommit(sha, await opened())).toMatchObject({
        exitCode: 0,
        artifacts: [{ commit: 'proven' }],
      });
    },
    TIMEOUT,
  );
});

interface World {
  readonly issuer: RunningIdentityIssuer;
  readonly sigstore: RunningRealSigstore;
  readonly repository: ReturnType<typeof createTestRepository>;
  readonly image: string;
  readonly folder: string;
}

async function startWorld(): Promise<World> {
  const started = new AsyncDisposableStack();
  onTestFinished(async () => started.disposeAsync());
  const issuer = started.use(await startIdentityIssuer({ issuer: 'own' }));
  const sigstore = started.use(await startRealSigstore({ issuer }));
  const registry = started.use(await startCraneRegistry({ referrers: true }));
  const repository = started.use(createTestRepository({ origin: ORIGIN }));
  const made = await createWorkspace();
  started.defer(async () => made.dispose());
  const image = `${registry.host}/ameideio/sdk`;
  return { issuer, sigstore, repository, image, folder: made.directory };
}

function definitionOf(
  { image, issuer, sigstore }: World,
  sign: NonNullable<GhcrOptions['sign']>,
): ReleaseDefinition {
  const env = { ...process.env, ...issuer.job, ...issuer.environment };
  return defineRelease({
    versionFile: 'sdk/package.json',
    repository: ORIGIN,
    identity: { repository: ORIGIN, workflow: WORKFLOW, issuer: issuer.issuer },
    sigstore: sigstore.option,
    publishers: [ghcr({ image, files: 'sdk', user: '', token: '', sign, ports: { env } })],
  });
}

function trustOf({ trustedRootFile }: RunningRealSigstore): readonly string[] {
  return ['--trusted-root', trustedRootFile, '--use-signed-timestamps', '--allow-http-registry'];
}

async function keyPair(folder: string) {
  const argv = ['cosign', 'generate-key-pair'] as const;
  const env = { COSIGN_PASSWORD: PASSWORD };
  expect(await createProcesses().run({ argv, cwd: folder, env })).toMatchObject({ ok: true });
  const file = join(folder, 'cosign.pub');
  const publicKey = await readFile(file, 'utf8');
  await writeFile(join(folder, 'config.json'), '{}');
  return {
    by: ['--key', file],
    sign: { key: join(folder, 'cosign.key'), publicKey, password: PASSWORD },
  };
}
