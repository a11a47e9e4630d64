import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  ociRepository,
  type RunningIdentityIssuer,
  type RunningOciRegistry,
  type RunningSigstore,
  startCraneRegistry,
  startDockerRegistry,
  startIdentityIssuer,
  startSigstore,
} from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { ghcr } from '@ameide/publisher-ghcr';
import { createProcesses, createWorkspace } from '@ameide/publisher-kit';
import { createTestRepository, type TestRepository } from '@ameide/publisher-kit/testing';
import {
  defineRelease,
  publishRelease,
  type ReleaseDefinition,
  type ReleaseReport,
  verifyCommit,
} from '@ameide/release';
import { describe, expect, onTestFinished, test } from 'vitest';
import { retag } from './retag.ts';

// Images of a whole release, signed and verified: by the stand-in for Sigstore, and by the real cosign.

const ORIGIN = 'https://github.com/ameideio/ameide';
const WORKFLOW = '.github/workflows/publish-packages.yml';
const TIMEOUT = 120_000;

interface World {
  readonly registry: RunningOciRegistry;
  readonly sigstore: RunningSigstore;
  readonly issuer: RunningIdentityIssuer;
  readonly repository: TestRepository;
  readonly image: string;
  readonly definition: ReleaseDefinition;
  publish(ref: string): Promise<ReleaseReport>;
  cosign(...argv: readonly string[]): Promise<boolean>;
}

async function folder(): Promise<string> {
  const made = await createWorkspace();
  onTestFinished(async () => made.dispose());
  return made.directory;
}

async function startWorld(
  starting: Promise<RunningOciRegistry>,
  sign: 'keyless' | 'key',
): Promise<World> {
  const [registry, issuer] = await Promise.all([starting, startIdentityIssuer()]);
  const sigstore = await startSigstore({ issuer });
  const repository = createTestRepository({ origin: ORIGIN });
  onTestFinished(async () => {
    await Promise.all([registry.stop(), issuer.stop(), sigstore.stop()]);
    await repository[Symbol.asyncDispose]();
  });
  const image = `${new URL(registry.url).host}/ameideio/sdk`;
  const keys = sign === 'key' ? await keyPair() : undefined;
  const { user, password: token } = registry;
  const env = {
    ...process.env,
    ...(keys === undefined ? { ...issuer.job, ...issuer.environment } : {}),
  };
  const options = { image, files: 'sdk', user, token, ports: { env } } as const;
  const definition = defineRelease({
    versionFile: 'sdk/package.json',
    repository: ORIGIN,
    identity: { repository: ORIGIN, workflow: WORKFLOW },
    sigstore: sigstore.option,
    publishers: [ghcr({ ...options, sign: keys?.option ?? 'keyless' })],
  });
  const by = keys?.by ?? [
    `--certificate-oidc-issuer=${issuer.issuer}`,
    `--certificate-identity=${ORIGIN}/${WORKFLOW}@refs/heads/main`,
  ];
  const cwd = await folder();
  const auth = Buffer.from(`${user}:${token}`).toString('base64');
  const auths = user === '' ? {} : { [new URL(registry.url).host]: { auth } };
  await writeFile(join(cwd, 'config.json'), JSON.stringify({ auths }));
  return {
    registry,
    issuer,
    sigstore,
    repository,
    image,
    definition,
    publish: async (ref) =>
      publishRelease({ repository: await repository.open(), definition, ref, env: {} }),
    async cosign(command = '', ...argv) {
      const trust = ['--trusted-root', sigstore.trustedRootFile, '--allow-http-registry'];
      const { ok } = await createProcesses().run({
        argv: ['cosign', command, ...trust, ...by, ...argv],
        cwd,
        env: { DOCKER_CONFIG: cwd, TUF_ROOT: join(cwd, 'tuf') },
      });
      return ok;
    },
  };
}

async function keyPair() {
  const cwd = await folder();
  const password = 'local-key-password-7f31c0';
  const argv = ['cosign', 'generate-key-pair'] as const;
  const { ok, summary } = await createProcesses().run({
    argv: [...argv],
    cwd,
    env: { COSIGN_PASSWORD: password },
  });
  if (!ok) throw new Error(summary);
  const file = join(cwd, 'cosign.pub');
  const publicKey = await readFile(file, 'utf8');
  return {
    by: ['--key', file],
    option: { key: join(cwd, 'cosign.key'), publicKey, password },
  };
}

function commit({ repository }: World, version: string): string {
  return repository.commit({
    files: {
      'sdk/package.json': { name: '@ameideio/sdk', version, license: 'MIT' },
      'sdk/index.js': `export default '${version}';\n`,
    },
  });
}

async function verify(world: World, revision: string) {
  return verifyCommit(revision, {
    repository: await world.repository.open(),
    definition: world.definition,
  });
}

const REGISTRIES = {
  'docker-registry, without referrers': async () => startDockerRegistry(),
  'a registry with referrers': async () => startCraneRegistry({ referrers: true }),
};

describe.each(Object.entries(REGISTRIES))('at %s', (_name, registry) => {
  needs(
    'cosign',
    'docker-registry',
    'referrers-registry',
  )('images are signed', () => {
    test.each(['keyless', 'key'] as const)(
      '(%s) in a dev build and in the release of the same commit, and cosign accepts both',
      async (sign) => {
        const world = await startWorld(registry(), sign);
        const sha = commit(world, '0.1.0');
        expect(await world.publish('refs/heads/main')).toMatchObject({
          status: 'converged',
          problems: [],
          artifacts: [{ proofs: [{ state: 'proven' }, { state: 'proven', sha }] }],
        });
        world.repository.git('tag', 'v0.1.0');
        const logged = world.sigstore.entries().length;
        expect(await world.publish('refs/tags/v0.1.0')).toMatchObject({ status: 'converged' });
        expect(world.sigstore.entries()).toHaveLength(logged);

        const { digest } = (await verify(world, sha)).artifacts[0] ?? {};
        for (const reference of [`:${sha}`, ':0.1.0', `@${digest}`]) {
          expect(await world.cosign('verify', `${world.image}${reference}`)).toBe(true);
          const attested = ['verify-attestation', '--type=slsaprovenance1'];
          expect(await world.cosign(...attested, `${world.image}${reference}`)).toBe(true);
        }
        expect(await verify(world, sha)).toMatchObject({
          exitCode: 0,
          artifacts: [{ commit: 'proven' }, { commit: 'proven' }],
        });
      },
      TIMEOUT,
    );

    test(
      'and an image that somebody puts in the place of ours is found by verify, which names it alone',
      async () => {
        const world = await startWorld(registry(), 'keyless');
        const sha = commit(world, '0.1.0');
        world.repository.git('tag', 'v0.1.0');
        await world.publish('refs/tags/v0.1.0');
        await retag(ociRepository(world.registry, 'ameideio/sdk'), '0.1.0');
        expect(await world.cosign('verify', `${world.image}:0.1.0`)).toBe(false);
        const report = await verify(world, sha);
        expect(report).toMatchObject({
          exitCode: 4,
          artifacts: [{ commit: 'proven' }, { commit: 'wrong' }],
        });
        expect(report.artifacts).toHaveLength(2);
        expect(report.problems.map(({ coordinate }) => coordinate)).toEqual([
          `oci:${world.image}:0.1.0`,
        ]);
      },
      TIMEOUT,
    );
  });
});

needs(
  'cosign',
  'crane',
  'oras',
)('one byte of a bundle or of its payload is changed', () => {
  test.each<[string, (text: string) => string]>([
    ['bundle', (text) => text.replace(/("sig":".{40})(.)/, (_, head, one) => head + other(one))],
    ['payload', otherPayload],
  ])(
    'in the %s: cosign refuses the image, and verify names what is wrong',
    async (_what, change) => {
      const world = await startWorld(startCraneRegistry({ referrers: true }), 'keyless');
      const sha = commit(world, '0.1.0');
      await world.publish('refs/heads/main');
      const [first] = (await verify(world, sha)).artifacts;
      const copy = { ...world, image: world.image.replace('/sdk', '/copy') };
      await copyOf(world, first?.digest ?? '', change);
      expect(await world.cosign('verify', `${world.image}@${first?.digest}`)).toBe(true);
      expect(await world.cosign('verify', `${copy.image}@${first?.digest}`)).toBe(false);
      const report = await verifyCommit(sha, {
        repository: await world.repository.open(),
        definition: {
          ...world.definition,
          publishers: [
            ghcr({ image: copy.image, files: 'sdk', user: '', token: '', sign: 'keyless' }),
          ],
        },
      });
      expect(report.exitCode).toBe(4);
      expect(report.artifacts).toMatchObject([
        { commit: 'claimed', proofs: [{ state: 'wrong' }, {}] },
      ]);
      expect(report.problems.map(({ code }) => code)).toContain('ghcr-wrong-signature');
    },
    TIMEOUT,
  );
});

/** The last digit of the digest that it is about. */
function otherPayload(text: string): string {
  const payload = /"payload":"([^"]+)"/.exec(text)?.[1] ?? '';
  const statement = Buffer.from(payload, 'base64').toString();
  const changed = statement.replace(/("sha256":"[0-9a-f]{63})(.)/, (_, head, one) => {
    return `${head}${one === '0' ? '1' : '0'}`;
  });
  return text.replace(payload, Buffer.from(changed).toString('base64'));
}

function other(character: string): string {
  return character === 'A' ? 'B' : 'A';
}

/** Copies an image to the repository `copy`, with its signature, in which one byte is changed. */
async function copyOf(
  { image, registry }: World,
  digest: string,
  change: (text: string) => string,
): Promise<void> {
  const cwd = await folder();
  const to = image.replace('/sdk', '/copy');
  const run = async (...argv: [string, ...string[]]): Promise<void> => {
    const { ok, summary } = await createProcesses().run({ argv, cwd });
    if (!ok) throw new Error(summary);
  };
  const tag = (await ociRepository(registry, 'ameideio/sdk').tags()) as Record<string, string>;
  const name = Object.keys(tag).find((one) => tag[one] === digest && /^[0-9a-f]{40}$/.test(one));
  await run('crane', 'copy', '--insecure', `${image}@${digest}`, `${to}:${name}`);
  const there = ociRepository(registry, 'ameideio/sdk');
  const listed = (await (await there.fetch(`referrers/${digest}`)).json()) as {
    readonly manifests: readonly { readonly digest: string }[];
  };
  for (const { digest: one } of listed.manifests) {
    const manifest = (await (await there.fetch(`manifests/${one}`)).json()) as {
      readonly annotations: Readonly<Record<string, string>>;
      readonly layers: readonly { readonly digest: string }[];
    };
    const type = manifest.annotations['dev.sigstore.bundle.predicateType'] ?? '';
    if (!type.includes('cosign')) continue;
    const text = await (await there.fetch(`blobs/${manifest.layers[0]?.digest}`)).text();
    expect(change(text)).not.toBe(text);
    await writeFile(join(cwd, 'bundle.json'), change(text));
    const media = 'application/vnd.dev.sigstore.bundle.v0.3+json';
    const notes = Object.entries(manifest.annotations).flatMap(([key, value]) => [
      '--annotation',
      `${key}=${value}`,
    ]);
    await run(
      'oras',
      'attach',
      '--plain-http',
      '--artifact-type',
      media,
      ...notes,
      `${to}@${digest}`,
      `bundle.json:${media}`,
    );
  }
}
