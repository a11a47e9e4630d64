import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import {
  type RunningOciRegistry,
  recorded,
  startCraneRegistry,
  startDockerRegistry,
  startIdentityIssuer,
  startSigstore,
} from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { ghcr } from '@ameide/publisher-ghcr';
import { createProcesses, createWorkspace } from '@ameide/publisher-kit';
import { createTestRepository } from '@ameide/publisher-kit/testing';
import { buildRelease, defineRelease, publishRelease, verifyCommit } from '@ameide/release';
import { expect, onTestFinished, test, vi } from 'vitest';
import { verifyTable } from '../packages/release/src/cli/verify-table.ts';

// An SBOM that npm itself makes during the build, which has the time in it, attached to the image of a whole release.

const ORIGIN = 'https://github.com/ameideio/ameide';
const WORKFLOW = '.github/workflows/publish-packages.yml';
const REF = 'refs/heads/main';
/** A build makes it. */
const SBOM = 'sdk/sbom.spdx.json';
const SECRET = 'planted-token-5b1e7d93c2a4';

const FILES = {
  'sdk/package.json': {
    name: '@ameideio/sdk',
    version: '0.1.0',
    license: 'MIT',
    scripts: {
      sbom: 'npm sbom --package-lock-only --sbom-format spdx > sbom.spdx.json',
    },
  },
  'sdk/leaky.spdx.json': { spdxVersion: 'SPDX-2.3', comment: SECRET },
  'sdk/package-lock.json': {
    name: '@ameideio/sdk',
    version: '0.1.0',
    lockfileVersion: 3,
    packages: { '': { name: '@ameideio/sdk', version: '0.1.0', license: 'MIT' } },
  },
};

async function folder(): Promise<string> {
  const made = await createWorkspace();
  onTestFinished(async () => made.dispose());
  return made.directory;
}

async function startWorld(starting: Promise<RunningOciRegistry>) {
  const [registry, issuer] = await Promise.all([starting, startIdentityIssuer()]);
  const sigstore = await startSigstore({ issuer });
  const repository = createTestRepository({ origin: ORIGIN });
  const { proxy } = await recorded(registry);
  onTestFinished(async () => {
    await Promise.all([proxy.stop(), registry.stop(), issuer.stop(), sigstore.stop()]);
    await repository[Symbol.asyncDispose]();
    vi.unstubAllEnvs();
  });
  vi.stubEnv('PLANTED_TOKEN', SECRET);
  const sha = repository.commit({ files: FILES });
  const image = `${new URL(proxy.url).host}/ameideio/sdk`;
  const env = { ...process.env, ...issuer.job, ...issuer.environment };
  const definitionWith = (sbom?: string) =>
    defineRelease({
      versionFile: 'sdk/package.json',
      repository: ORIGIN,
      identity: { repository: ORIGIN, workflow: WORKFLOW },
      sigstore: sigstore.option,
      publishers: [
        ghcr({
          image,
          files: 'sdk',
          build: ['npm', 'run', 'sbom'],
          exclude: ['*.spdx.json'],
          user: registry.user,
          token: registry.password,
          sign: 'keyless',
          ...(sbom === undefined ? {} : { sbom }),
          ports: { env },
        }),
      ],
    });
  const options = async (sbom?: string) => ({
    repository: await repository.open(),
    definition: definitionWith(sbom),
    ref: REF,
    env: {},
  });
  return { proxy, registry, sigstore, issuer, sha, image, options };
}

type World = Awaited<ReturnType<typeof startWorld>>;

/** What the real cosign finds. */
async function sbomsOf({ image, issuer, proxy, registry, sha, sigstore }: World) {
  const cwd = await folder();
  const auth = Buffer.from(`${registry.user}:${registry.password}`).toString('base64');
  const auths = registry.user === '' ? {} : { [new URL(proxy.url).host]: { auth } };
  await writeFile(join(cwd, 'config.json'), JSON.stringify({ auths }));
  const { stdoutText } = await createProcesses().run({
    argv: [
      'cosign',
      'verify-attestation',
      '--type=spdxjson',
      '--trusted-root',
      sigstore.trustedRootFile,
      '--allow-http-registry',
      `--certificate-oidc-issuer=${issuer.issuer}`,
      `--certificate-identity=${ORIGIN}/${WORKFLOW}@${REF}`,
      `${image}:${sha}`,
    ],
    cwd,
    env: { DOCKER_CONFIG: cwd, TUF_ROOT: join(cwd, 'tuf') },
  });
  return stdoutText
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly payload: string })
    .map(({ payload }) => JSON.parse(Buffer.from(payload, 'base64').toString()).predicate);
}

const PROVEN = [{ kind: 'signature' }, { kind: 'provenance' }, { kind: 'sbom', state: 'proven' }];

needs(
  'cosign',
  'docker-registry',
  'referrers-registry',
)('an SBOM of an image', () => {
  test('is built and attached to an image that was published without one, and only once', async () => {
    const world = await startWorld(startDockerRegistry());
    expect(await publishRelease(await world.options())).toMatchObject({ status: 'converged' });
    const leaky = await publishRelease(await world.options('sdk/leaky.spdx.json'));
    expect(leaky.problems).toMatchObject([{ code: 'secret-in-artifact' }]);
    const unproven = await verifyCommit(world.sha, await world.options(SBOM));
    expect(unproven).toMatchObject({ exitCode: 3, problems: [{ code: 'not-proven' }] });
    expect(stripVTControlCharacters(verifyTable(unproven))).toMatch(
      /SBOM[^]*proven +proven +missing[^]* has no SBOM\./,
    );

    const report = await publishRelease(await world.options(SBOM));
    expect(report).toMatchObject({ status: 'converged', artifacts: [{ proofs: PROVEN }] });
    expect(report.artifacts).toMatchObject([{ state: 'same-source' }]);
    world.proxy.clear();
    expect(await publishRelease(await world.options(SBOM))).toMatchObject({ status: 'converged' });
    expect(world.proxy.mutating()).toEqual([]);
    const found = await sbomsOf(world);
    expect(found).toMatchObject([{ spdxVersion: 'SPDX-2.3', name: '@ameideio/sdk@0.1.0' }]);
    const verified = await verifyCommit(world.sha, await world.options(SBOM));
    expect(verified).toMatchObject({ exitCode: 0, artifacts: [{ proofs: PROVEN }] });
  }, 120_000);

  test('is saved in the build folder, and attached from there', async () => {
    const world = await startWorld(startCraneRegistry({ referrers: true }));
    const out = await folder();
    expect(await buildRelease({ ...(await world.options(SBOM)), out })).toMatchObject({
      problems: [],
    });
    const part = (await readdir(out, { withFileTypes: true })).find((one) => one.isDirectory());
    const file = join(out, part?.name ?? '', 'sbom.json');
    const sbom = JSON.parse(await readFile(file, 'utf8'));
    const report = await publishRelease({ ...(await world.options(SBOM)), from: out });
    expect(report).toMatchObject({ status: 'converged', artifacts: [{ proofs: PROVEN }] });
    expect(await sbomsOf(world)).toEqual([sbom]);

    await appendFile(file, ' ');
    const changed = await publishRelease({ ...(await world.options(SBOM)), from: out });
    expect(changed).toMatchObject({ exitCode: 2, problems: [{ code: 'built-folder-changed' }] });
  }, 120_000);
});
