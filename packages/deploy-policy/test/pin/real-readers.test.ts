import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type ComponentName, component, needs } from '@ameide/local-registries/components';
import { gen, sample } from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { type ManifestFile, pinManifests } from '../../src/index.ts';
import { digest, PINS, POLICY, SDK, WWW } from './styles.ts';
import { createDraw, type Plain, writeYaml } from './write-yaml.ts';

function folderWith(files: readonly ManifestFile[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'pin-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  for (const { path, text } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

function run(name: ComponentName, args: readonly string[], cwd: string): string {
  const { command, path = '' } = component(name);
  const [program, ...own] = command ?? [path];
  return execFileSync(program ?? '', [...own, ...args], { cwd, encoding: 'utf8' });
}

function pinned(files: readonly ManifestFile[], environment = 'production') {
  const result = pinManifests(files, { policy: POLICY, environment, pins: PINS });
  expect(result.problems).toEqual([]);
  return result.files;
}

const CONTAINERS: readonly Plain[] = [
  { name: 'www', image: 'ghcr.io/acme/www:1.0.0', args: ['--verbose'] },
  { name: 'proxy', image: 'docker.io/library/nginx:1.27' },
];
const LABELS = { app: 'www' };

function template(
  containers: readonly Plain[],
  more: { readonly [key: string]: Plain } = {},
): Plain {
  return { metadata: { labels: LABELS }, spec: { containers, ...more } };
}

/** Objects that Kubernetes accepts. */
const OBJECTS: readonly { readonly [key: string]: Plain }[] = [
  ...['Deployment', 'DaemonSet', 'ReplicaSet'].map((kind) => ({
    apiVersion: 'apps/v1',
    kind,
    metadata: { name: 'www', annotations: { 'a.b/c': 'd' } },
    spec: { selector: { matchLabels: LABELS }, template: template(CONTAINERS) },
  })),
  {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'www' },
    spec: {
      template: {
        spec: { restartPolicy: 'Never', containers: CONTAINERS, initContainers: CONTAINERS },
      },
    },
  },
  {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'www' },
    spec: {
      schedule: '0 4 * * 1',
      jobTemplate: { spec: { template: template(CONTAINERS, { restartPolicy: 'Never' }) } },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'www', annotations: null },
    spec: {
      containers: CONTAINERS,
      volumes: [{ name: 'sdk', image: { reference: `ghcr.io/acme/sdk:1.0.0@${digest('0')}` } }],
    },
  },
];

/** Each object in several styles, the same ones in every run. */
const MANIFESTS: readonly ManifestFile[] = sample(gen(), { numRuns: 8, seed: 20_261_130 }).flatMap(
  (generate, style) =>
    OBJECTS.map((object, index) => ({
      path: `${index}-${style}.yaml`,
      text: writeYaml(object, createDraw(generate), 0),
    })),
);

needs('kubeconform')("Kubernetes' schemas", () => {
  test('accept what pin wrote', () => {
    const files = pinned(MANIFESTS);
    expect(files.every(({ changes }) => changes.length >= 2)).toBe(true);
    const folder = folderWith(files);
    const summary = run('kubeconform', ['-summary', '-strict', '.'], folder);
    expect(summary).toContain(`Valid: ${files.length}, Invalid: 0, Errors: 0, Skipped: 0`);
  });
});

interface Built {
  readonly image: string;
  readonly annotations: string;
}

/** What kustomize makes of a pod with these two images, which a kustomization changes. */
function build(kustomization: string, image: string): Built {
  const pod = `apiVersion: v1\nkind: Pod\nmetadata: {name: www}\nspec: {containers: [{name: www, image: "${image}"}]}\n`;
  const folder = folderWith([
    { path: 'pod.yaml', text: pod },
    { path: 'kustomization.yaml', text: kustomization },
  ]);
  const text = run('kustomize', ['build', '.'], folder);
  return {
    image: / image: (\S+)/.exec(text)?.[1] ?? '',
    annotations: / image-sha: (\S+)|ameide\.io\/image-sha: (\S+)/.exec(text)?.[2] ?? '',
  };
}

needs('kustomize')('kustomize', () => {
  const base = `ghcr.io/acme/www:0.9.0@${digest('9')}`;
  const entry = 'resources: [pod.yaml]\nimages:\n- name: ghcr.io/acme/www\n';

  test('runs exactly the pinned bytes when tag and digest are there', () => {
    const texts = [entry, `${entry}  newTag: 1.0.0\n`, `${entry}  digest: ${digest('0')}\n`];
    for (const text of texts) {
      const [file] = pinned([{ path: 'kustomization.yaml', text }], 'strict');
      expect(build(file?.text ?? '', base)).toEqual({
        image: `ghcr.io/acme/www:1.2.3@${digest('a')}`,
        annotations: WWW,
      });
    }
  });

  test('takes the digest of the base away when there is a tag alone', () => {
    const [file] = pinned([{ path: 'kustomization.yaml', text: entry }]);
    expect(build(file?.text ?? '', base)).toEqual({
      image: 'ghcr.io/acme/www:1.2.3',
      annotations: '',
    });
  });

  test('reads the tag of an entry with another name', () => {
    const text = 'resources: [pod.yaml]\nimages: [{name: sdk, newName: ghcr.io/acme/sdk}]\n';
    const [file] = pinned([{ path: 'kustomization.yaml', text }]);
    expect(build(file?.text ?? '', 'sdk:latest').image).toBe('ghcr.io/acme/sdk:2.0.0');
    expect(PINS.find(({ tag }) => tag === '2.0.0')?.sha).toBe(SDK);
  });
});
