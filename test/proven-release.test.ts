import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ociRepository,
  type RunningIdentityIssuer,
  type RunningNpmRegistry,
  type RunningOciRegistry,
  startIdentityIssuer,
  startNpmRegistry,
  startOciRegistry,
  startPythonIndex,
  startSigstore,
} from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { ghcr } from '@ameide/publisher-ghcr';
import { createProcesses } from '@ameide/publisher-kit';
import { createTestRepository, type TestRepository } from '@ameide/publisher-kit/testing';
import { npm } from '@ameide/publisher-npm';
import { pypi } from '@ameide/publisher-pypi';
import {
  defineRelease,
  publishRelease,
  type ReleaseDefinition,
  type VerifyReport,
  verifyCommit,
} from '@ameide/release';
import { afterEach, beforeEach, expect, test } from 'vitest';

// A release to npm, PyPI and an image registry, all of it proven: and what verify says once somebody
// has published, moved or replaced something by hand.

const ORIGIN = 'https://github.com/ameideio/ameide';
const WORKFLOW = '.github/workflows/publish-packages.yml';
const SIGNER = `${ORIGIN}/${WORKFLOW}@refs/tags/v0.1.0`;
const VERSION = '0.1.0';

let folder: string;
let repository: TestRepository;
let packages: RunningNpmRegistry;
let images: RunningOciRegistry;
let issuer: RunningIdentityIssuer;
let image: string;
let definition: ReleaseDefinition;
let stop: () => Promise<unknown>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ameide-proven-'));
  repository = createTestRepository({ origin: ORIGIN });
  repository.commit({ files: FILES });
  repository.git('tag', `v${VERSION}`);
  const claims = { ref: `refs/tags/v${VERSION}`, sha: repository.git('rev-parse', 'HEAD') };
  issuer = await startIdentityIssuer({ claims });
  const sigstore = await startSigstore({ issuer });
  const { rekorUrl, trustedRoot } = sigstore;
  packages = await startNpmRegistry({ provenance: { rekorUrl, trustedRoot } });
  images = await startOciRegistry();
  const trusted = { repository: 'ameideio/ameide', workflow: 'publish-packages.yml' };
  const index = await startPythonIndex({
    directory: folder,
    trust: {
      issuer,
      audience: 'index.example',
      publishers: [{ project: 'ameide-sdk', isPending: true, ...trusted }],
    },
    attestations: { trustedRoot },
  });
  stop = async () =>
    Promise.all([issuer, sigstore, packages, images, index].map(async (one) => one.stop()));
  image = `${new URL(images.url).host}/ameideio/sdk`;
  const env = { ...process.env, ...issuer.job, ...issuer.environment };
  const ports = { env };
  const { user, password: token } = images;
  definition = defineRelease({
    versionFile: 'npm/package.json',
    repository: ORIGIN,
    identity: { repository: ORIGIN, workflow: WORKFLOW },
    sigstore: {
      fulcio: sigstore.fulcioUrl,
      rekor: rekorUrl,
      timestamps: sigstore.tsaUrl,
      trustedRoot,
    },
    publishers: [
      npm({
        directory: 'npm',
        registry: packages.url,
        token: packages.token,
        access: 'public',
        provenance: true,
        ports,
      }),
      pypi({
        directory: 'python',
        uploadUrl: `${index.url}/legacy/`,
        simpleUrl: `${index.url}/simple/`,
        trustedPublishing: true,
        attestations: true,
        ports,
      }),
      ghcr({ image, files: 'npm', user, token, sign: 'keyless', ports }),
    ],
  });
});

afterEach(async () => {
  await stop();
  await repository[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const FILES = {
  'npm/package.json': {
    name: '@ameideio/sdk',
    version: VERSION,
    license: 'MIT',
    repository: { type: 'git', url: `git+${ORIGIN}.git`, directory: 'npm' },
  },
  'npm/index.js': 'export default 1;\n',
  'python/pyproject.toml': [
    '[build-system]',
    'requires = ["flit_core >=3.2"]',
    'build-backend = "flit_core.buildapi"',
    '[project]',
    'name = "ameide-sdk"',
    'version = "0.0.0"',
    'description = "An SDK."',
    '[tool.flit.module]',
    'name = "ameide_sdk"',
    '',
  ].join('\n'),
  'python/ameide_sdk/__init__.py': '',
};

async function publish(only: readonly string[] = []) {
  const opened = await repository.open();
  return publishRelease({
    repository: opened,
    definition,
    ref: `refs/tags/v${VERSION}`,
    env: {},
    only,
  });
}

async function verify(): Promise<VerifyReport> {
  return verifyCommit('HEAD', { repository: await repository.open(), definition });
}

/** Each artifact of the release, and what is said about its commit. */
function commits({ artifacts }: VerifyReport): Readonly<Record<string, string>> {
  return Object.fromEntries(artifacts.map(({ commit, coordinate }) => [coordinate, commit]));
}

function names() {
  return {
    npm: `npm:@ameideio/sdk@${VERSION}`,
    pypi: `pypi:ameide-sdk==${VERSION}`,
    commit: `oci:${image}:${repository.git('rev-parse', 'HEAD')}`,
    tag: `oci:${image}:${VERSION}`,
  };
}

needs('uv')('a release whose definition asks for every proof', () => {
  test('is proven, each artifact by the workflow', { timeout: 60_000 }, async () => {
    expect(await publish()).toMatchObject({ status: 'converged', problems: [] });
    const report = await verify();
    const { commit, npm: one, pypi: two, tag } = names();
    expect(report).toMatchObject({ exitCode: 0, problems: [], notes: [] });
    expect(commits(report)).toEqual({
      [one]: 'proven',
      [two]: 'proven',
      [commit]: 'proven',
      [tag]: 'proven',
    });
    const signers = report.artifacts.flatMap(({ proofs }) => proofs.map(({ signer }) => signer));
    expect(new Set(signers)).toEqual(new Set([SIGNER]));
    expect(await publish()).toMatchObject({ status: 'converged' });
  });

  test('is not proven any more where somebody published, moved or replaced something by hand', {
    timeout: 60_000,
  }, async () => {
    const { commit, npm: one, pypi: two, tag } = names();
    expect(
      await publish(['pypi:ameide-sdk', `oci:${image}`]),
      'all but the npm package',
    ).toMatchObject({ status: 'converged' });
    await publishByHand();
    await retag();
    await replaceWheel();
    const report = await verify();
    expect(commits(report)).toEqual({
      [one]: 'claimed',
      [two]: 'claimed',
      [commit]: 'proven',
      [tag]: 'wrong',
    });
    expect(report.exitCode).toBe(4);
    const named = report.problems.map(({ coordinate }) => coordinate);
    expect(named).toHaveLength(3);
    expect(new Set(named)).toEqual(new Set([one, two, tag]));
  });
});

/** With npm's own program, from a clone: it names the commit. */
async function publishByHand(): Promise<void> {
  const npmrc = join(folder, 'npmrc');
  const host = packages.url.replace(/^http:/, '');
  await writeFile(npmrc, `registry=${packages.url}/\n${host}/:_authToken=${packages.token}\n`);
  const { ok, summary } = await createProcesses().run({
    argv: ['npm', 'publish', '--access', 'public', '--userconfig', npmrc],
    cwd: join(repository.directory, 'npm'),
  });
  if (!ok) throw new Error(summary);
}

/** Sets the version's tag to the same image with one more annotation: its labels still name our commit. */
async function retag(): Promise<void> {
  const there = ociRepository(images, 'ameideio/sdk');
  const found = await there.fetch(`manifests/${VERSION}`);
  const manifest = (await found.json()) as { readonly annotations?: object };
  const other = { ...manifest, annotations: { ...manifest.annotations, by: 'somebody' } };
  const put = await there.fetch(`manifests/${VERSION}`, {
    method: 'PUT',
    headers: { 'content-type': found.headers.get('content-type') ?? '' },
    body: JSON.stringify(other),
  });
  expect(put.status).toBe(201);
}

/** As somebody can who has the index: the file, and the digest that its page gives. */
async function replaceWheel(): Promise<void> {
  const files = await readdir(folder, { recursive: true });
  const wheel = join(folder, files.find((name) => name.endsWith('.whl')) ?? '');
  const before = await readFile(wheel);
  const after = Buffer.concat([before, Buffer.from([0])]);
  const record = join(folder, files.find((name) => name.endsWith('ameide-sdk.json')) ?? '');
  const text = await readFile(record, 'utf8');
  const replaced = text.replaceAll(sha256(before), sha256(after));
  expect(replaced).not.toBe(text);
  await writeFile(wheel, after);
  await writeFile(record, replaced);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
