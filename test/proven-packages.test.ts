import {
  type Fault,
  type FaultSubject,
  ociRepository,
  type Recorded,
  type RunningIdentityIssuer,
  type RunningNpmRegistry,
  type RunningOciRegistry,
  type RunningSigstore,
  type RunningTrustingIndex,
  recorded,
  startIdentityIssuer,
  startNpmRegistry,
  startOciRegistry,
  startPythonIndex,
  startSigstore,
} from '@ameide/local-registries';
import { configuration } from '@ameide/publisher-configuration';
import { ghcr } from '@ameide/publisher-ghcr';
import { createTestRepository, type TestRepository } from '@ameide/publisher-kit/testing';
import { npm } from '@ameide/publisher-npm';
import { pypi } from '@ameide/publisher-pypi';
import {
  defineRelease,
  publishRelease,
  type ReleaseDefinition,
  type ReleaseReport,
  verifyCommit,
} from '@ameide/release';
import { expect, onTestFinished, test } from 'vitest';

// An image, an npm package and a Python project of one commit, all with a provenance, at stand-ins for their registries
// and for Sigstore.

const ORIGIN = 'https://github.com/ameideio/ameide';
const WORKFLOW = '.github/workflows/publish-packages.yml';
const TRUSTED = { repository: 'ameideio/ameide', workflow: 'publish-packages.yml' };
const TIMEOUT = 120_000;

interface World {
  readonly issuer: RunningIdentityIssuer;
  readonly sigstore: RunningSigstore;
  readonly packages: Recorded<RunningNpmRegistry>;
  readonly python: Recorded<RunningTrustingIndex>;
  readonly images: Recorded<RunningOciRegistry>;
  readonly repository: TestRepository;
  readonly sha: string;
  /** Set to spoil the Python index's answers. */
  fault: ((request: FaultSubject) => Fault | undefined) | undefined;
}

async function startWorld(): Promise<World> {
  const issuer = await startIdentityIssuer();
  const sigstore = await startSigstore({ issuer });
  const { rekorUrl, trustedRoot } = sigstore;
  const project = { project: 'ameide-settings', isPending: true as const, ...TRUSTED };
  const trust = { issuer, audience: 'index.example', publishers: [project] };
  const spoiled: { fault: World['fault'] } = { fault: undefined };
  const [packages, python, images] = await Promise.all([
    recorded(startNpmRegistry({ provenance: { rekorUrl, trustedRoot } })),
    recorded(startPythonIndex({ trust, attestations: { trustedRoot } }), {
      fault: (request) => spoiled.fault?.(request),
    }),
    recorded(startOciRegistry()),
  ]);
  const repository = createTestRepository({ origin: ORIGIN });
  onTestFinished(async () => {
    await Promise.all([packages, python, images].map(async (one) => one[Symbol.asyncDispose]()));
    await Promise.all([issuer.stop(), sigstore.stop()]);
    await repository[Symbol.asyncDispose]();
  });
  const sha = repository.commit({
    files: {
      'sdk/package.json': { name: '@ameideio/sdk', version: '0.1.0', license: 'MIT' },
      'sdk/index.js': 'export default 42;\n',
      'settings/a.json': '{}\n',
    },
  });
  return Object.assign(spoiled, { issuer, sigstore, packages, python, images, repository, sha });
}

/** What the tests change of the definition. */
interface Changes {
  readonly provenance?: boolean;
  readonly only?: readonly string[];
}

function definitionOf(
  { images, issuer, packages, python, sigstore }: World,
  provenance: boolean,
): ReleaseDefinition {
  const env = { ...process.env, ...issuer.job, ...issuer.environment };
  const index = {
    uploadUrl: `${python.proxy.url}/legacy/`,
    simpleUrl: `${python.proxy.url}/simple/`,
    trustedPublishing: true,
    attestations: true,
    ports: { env },
  };
  return defineRelease({
    versionFile: 'sdk/package.json',
    repository: ORIGIN,
    identity: { repository: ORIGIN, workflow: WORKFLOW },
    sigstore: {
      fulcio: sigstore.fulcioUrl,
      rekor: sigstore.rekorUrl,
      timestamps: sigstore.tsaUrl,
      trustedRoot: sigstore.trustedRoot,
    },
    publishers: [
      npm({
        directory: 'sdk',
        registry: packages.proxy.url,
        token: packages.registry.token,
        access: 'public',
        provenance,
        ports: { env },
      }),
      configuration({ directory: 'settings', carriers: [pypi.bundle('ameide-settings', index)] }),
      ghcr({
        image: `${new URL(images.proxy.url).host}/ameideio/sdk`,
        files: 'sdk',
        user: images.registry.user,
        token: images.registry.password,
        sign: 'keyless',
        ports: { env },
      }),
    ],
  });
}

async function publish(
  world: World,
  { provenance = true, only = [] }: Changes = {},
): Promise<ReleaseReport> {
  return publishRelease({
    repository: await world.repository.open(),
    definition: definitionOf(world, provenance),
    ref: 'refs/tags/v0.1.0',
    env: {},
    ...(only.length === 0 ? {} : { only }),
  });
}

async function verify(world: World) {
  const repository = await world.repository.open();
  return verifyCommit(world.sha, { repository, definition: definitionOf(world, true) });
}

/** Sets a tag to the same image with one more annotation: its labels still name our commit. */
async function retag({ images }: World, tag: string): Promise<void> {
  const repository = ociRepository(images.registry, 'ameideio/sdk');
  const found = await repository.fetch(`manifests/${tag}`);
  const manifest = (await found.json()) as { readonly annotations?: object };
  const other = { ...manifest, annotations: { ...manifest.annotations, by: 'somebody' } };
  const headers = { 'content-type': found.headers.get('content-type') ?? '' };
  const body = JSON.stringify(other);
  const put = await repository.fetch(`manifests/${tag}`, { method: 'PUT', headers, body });
  expect(put.status).toBe(201);
}

test('every artifact of a release is proven, and a second run writes and signs nothing', {
  timeout: TIMEOUT,
}, async () => {
  const world = await startWorld();
  world.repository.git('tag', 'v0.1.0');
  const published = await publish(world);
  expect(published).toMatchObject({ status: 'converged', problems: [] });
  const report = await verify(world);
  expect(report.problems).toEqual([]);
  expect(report).toMatchObject({ exitCode: 0, sha: world.sha });
  expect(report.artifacts.map(({ commit, coordinate }) => `${coordinate} ${commit}`)).toEqual([
    'npm:@ameideio/sdk@0.1.0 proven',
    'pypi:ameide-settings==0.1.0 proven',
    expect.stringMatching(/^oci:.*:[0-9a-f]{40} proven$/),
    expect.stringMatching(/^oci:.*:0\.1\.0 proven$/),
  ]);

  const proxies = [world.packages.proxy, world.python.proxy, world.images.proxy];
  const logged = world.sigstore.entries().length;
  for (const proxy of proxies) proxy.clear();
  expect(await publish(world)).toMatchObject({ status: 'converged', problems: [] });
  expect(proxies.flatMap((proxy) => proxy.mutating())).toEqual([]);
  expect(world.sigstore.entries()).toHaveLength(logged);
  const secrets = [...world.issuer.secrets(), ...world.python.registry.minted()];
  const seen = JSON.stringify([published, report, proxies.map(({ requests }) => requests)]);
  expect(secrets.filter((secret) => seen.includes(secret))).toEqual([]);
});

test('a package published by hand, an image tagged again and a wheel replaced are named, and nothing else', {
  timeout: TIMEOUT,
}, async () => {
  const world = await startWorld();
  world.repository.git('tag', 'v0.1.0');
  const byHand = { provenance: false, only: ['npm:@ameideio/sdk'] };
  expect(await publish(world, byHand)).toMatchObject({ problems: [] });
  expect(await publish(world)).toMatchObject({ status: 'converged' });
  await retag(world, '0.1.0');
  world.fault = ({ path }) =>
    path.endsWith('.whl') ? { kind: 'status', status: 200, body: 'other bytes' } : undefined;
  const report = await verify(world);
  expect(report.problems.map(({ code, coordinate }) => `${coordinate} ${code}`)).toEqual([
    'npm:@ameideio/sdk@0.1.0 npm-no-provenance',
    'pypi:ameide-settings==0.1.0 pypi-wrong-attestation',
    expect.stringMatching(/^oci:.*:0\.1\.0 ghcr-images-differ$/),
  ]);
  expect(report.artifacts.map(({ commit }) => commit)).toEqual([
    'claimed',
    'claimed',
    'proven',
    'wrong',
  ]);
  expect(report.exitCode).not.toBe(0);
});
