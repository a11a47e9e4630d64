import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type ComponentName, component, needs } from '../src/components.ts';
import { client, folder, type Outcome } from './client.ts';

const pod = (tag: string, fields: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'app' },
  spec: { containers: [{ name: 'app', image: `ghcr.io/ameideio/app:${tag}` }], ...fields },
});

/** Refuses the tag `dev` in production's pods. */
const POLICY = {
  apiVersion: 'kyverno.io/v1',
  kind: 'ClusterPolicy',
  metadata: { name: 'no-dev' },
  spec: {
    validationFailureAction: 'Enforce',
    background: false,
    rules: [
      {
        name: 'no-dev',
        match: { any: [{ resources: { kinds: ['Pod'] } }] },
        validate: {
          message: 'no moving tag',
          pattern: { spec: { containers: [{ image: '!*:dev' }] } },
        },
      },
    ],
  },
};

/** Runs a program in a folder with these files, which are JSON and so YAML. */
async function run(
  name: ComponentName,
  files: Readonly<Record<string, object>>,
  ...args: readonly string[]
): Promise<Outcome & { readonly directory: string }> {
  const directory = await folder();
  for (const [file, content] of Object.entries(files))
    await writeFile(join(directory, file), JSON.stringify(content));
  const [program = '', ...own] = component(name).command ?? [];
  return { directory, ...(await client(directory, {}, program, ...own, ...args)) };
}

needs('kubeconform')('kubeconform', () => {
  test('knows the kinds of Kubernetes and their fields, without a network', async () => {
    const volumes = [{ name: 'configuration', image: { reference: 'ghcr.io/ameideio/c:0.1.0' } }];
    const right = { 'pod.yaml': pod('0.1.0', { volumes }) };
    expect(await run('kubeconform', right, '-summary', 'pod.yaml')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Valid: 1, Invalid: 0, Errors: 0, Skipped: 0') as string,
    });
    const wrong = { 'pod.yaml': pod('0.1.0', { contaners: [] }) };
    expect(await run('kubeconform', wrong, 'pod.yaml')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("additional properties 'contaners' not allowed") as string,
    });
  });
});

needs('kustomize')('kustomize', () => {
  test('sets the tag of an image', async () => {
    const images = [{ name: 'ghcr.io/ameideio/app', newTag: '0.1.0' }];
    const kustomization = { resources: ['pod.yaml'], images };
    const files = { 'pod.yaml': pod('dev'), 'kustomization.yaml': kustomization };
    const { code, stdout, directory } = await run('kustomize', files, 'build');
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining('image: ghcr.io/ameideio/app:0.1.0'),
    ]);
    expect(JSON.parse(await readFile(join(directory, 'pod.yaml'), 'utf8'))).toEqual(pod('dev'));
  });
});

needs('helm')('helm', () => {
  test('renders a chart', async () => {
    const { code, directory } = await run('helm', {}, 'create', 'app');
    expect(code).toBe(0);
    const [helm = ''] = component('helm').command ?? [];
    const set = ['--set', 'image.repository=ghcr.io/ameideio/app,image.tag=0.1.0'];
    const rendered = await client(directory, {}, helm, 'template', 'app', ...set);
    expect(rendered.stdout).toContain('image: "ghcr.io/ameideio/app:0.1.0"');
  });
});

needs('kyverno')('kyverno’s program', () => {
  test.each([
    ['dev', 1, 'pass: 0, fail: 1, warn: 0, error: 0, skip: 0'],
    ['0.1.0', 0, 'pass: 1, fail: 0, warn: 0, error: 0, skip: 0'],
  ])('judges a pod with the tag %s', async (tag, code, summary) => {
    const files = { 'policy.yaml': POLICY, 'pod.yaml': pod(tag) };
    const outcome = await run('kyverno', files, 'apply', 'policy.yaml', '--resource', 'pod.yaml');
    expect(outcome).toMatchObject({ code, stdout: expect.stringContaining(summary) as string });
  });
});
