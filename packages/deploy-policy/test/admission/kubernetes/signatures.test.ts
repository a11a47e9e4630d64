import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type KubernetesObject, startOciRegistry } from '@ameide/local-registries';
import { component, needs } from '@ameide/local-registries/components';
import { expect, onTestFinished, test } from 'vitest';
import { createPolicy, renderAdmission } from '../../../src/index.ts';
import { podOf } from './apply-policy.ts';
import { kyvernoApply } from './kyverno-apply.ts';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/** Publishes an image without layers as `0.1.0`, and returns its digest. */
async function publish(registry: string, repository: string): Promise<string> {
  const config = JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    config: { Labels: { repository } },
  });
  const digest = digestOf(config);
  const upload = `${registry}/v2/${repository}/blobs/uploads/?digest=${digest}`;
  const octets = { 'content-type': 'application/octet-stream' };
  expect((await fetch(upload, { method: 'POST', body: config, headers: octets })).status).toBe(201);
  const mediaType = 'application/vnd.oci.image.config.v1+json';
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: { mediaType, digest, size: config.length },
    layers: [],
  });
  const tag = `${registry}/v2/${repository}/manifests/0.1.0`;
  const headers = { 'content-type': MANIFEST };
  expect((await fetch(tag, { method: 'PUT', body: manifest, headers })).status).toBe(201);
  return digestOf(manifest);
}

function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/** Makes a key, and signs an image with it as cosign 3 does: a bundle, in no log. Returns the public key. */
async function sign(image: string): Promise<string> {
  const cwd = await mkdtemp(join(tmpdir(), 'ameide-cosign-'));
  onTestFinished(() => rm(cwd, { recursive: true }));
  const env = { ...process.env, COSIGN_PASSWORD: 'test' };
  const cosign = async (...args: readonly string[]): Promise<unknown> =>
    promisify(execFile)(component('cosign').path ?? '', [...args], { cwd, env });
  await cosign('generate-key-pair');
  const none = ['fulcio', 'rekor', 'tsa', 'oidc'].map((service) => `--no-default-${service}`);
  await cosign('signing-config', 'create', ...none, '--out', 'services.json');
  const root = { mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1' };
  await writeFile(join(cwd, 'root.json'), JSON.stringify(root));
  const services = ['--signing-config', 'services.json', '--trusted-root', 'root.json'];
  await cosign('sign', '--yes', '--key', 'cosign.key', ...services, image);
  return readFile(join(cwd, 'cosign.pub'), 'utf8');
}

function withSpec(pod: KubernetesObject, spec: object): KubernetesObject {
  return { ...pod, spec: { ...(pod['spec'] as object), ...spec } };
}

needs('kyverno', 'cosign')('kyverno’s program and signatures', () => {
  test('admits what the key has signed, in containers and image volumes', async () => {
    await using registry = await startOciRegistry({ auth: 'none' });
    const host = new URL(registry.url).host;
    const [signed, unsigned] = [`${host}/acme/signed`, `${host}/acme/unsigned`];
    const digest = await publish(registry.url, 'acme/signed');
    await publish(registry.url, 'acme/unsigned');
    const publicKey = await sign(`${signed}@${digest}`);
    const policy = renderAdmission(createPolicy({ images: [`${host}/acme/*`] }), {
      engine: 'kyverno',
      environments: ['production'],
      signatures: { by: 'key', publicKey, log: false },
    });
    const other = { name: 'www', image: `${unsigned}:0.1.0` };
    const pods = [
      podOf('signed', `${signed}:0.1.0`),
      podOf('pinned', `${signed}:0.1.0@${digest}`),
      podOf('unsigned', other.image),
      podOf('foreign', 'nginx:latest'),
      withSpec(podOf('init', 'nginx:latest'), { initContainers: [other] }),
      withSpec(podOf('ephemeral', 'nginx:latest'), { ephemeralContainers: [other] }),
      withSpec(podOf('volume', `${signed}:0.1.0`), {
        volumes: [{ name: 'configuration', image: { reference: other.image } }],
      }),
    ];
    const { results } = await kyvernoApply(policy, pods);
    const verdicts = results
      .filter(({ source }) => source === 'KyvernoImageValidatingPolicy')
      .map(({ resources, result }) => [resources[0]?.name, result]);
    expect(Object.fromEntries(verdicts)).toEqual({
      signed: 'pass',
      pinned: 'pass',
      unsigned: 'fail',
      foreign: 'pass',
      init: 'fail',
      ephemeral: 'fail',
      volume: 'fail',
    });
  });
});
