import { describe, expect, test } from 'vitest';
import { checkManifests, pinManifests } from '../../src/index.ts';
import { DEV, fields, POLICY, SDK } from './fields.ts';

describe('kustomizations', () => {
  const images = `images: [{name: "${SDK}", newTag: "dev"}, {name: www, newName: "${SDK}", newTag: "dev"}, {name: "${SDK}", newName: nginx, newTag: "dev"}]`;
  test.each([
    ['by kind', `kind: Kustomization\n${images}`, 'any.yaml', 'images'],
    ['a component', `kind: Component\n${images}`, 'any.yaml', 'images'],
    ['by the name of the file', images, 'deploy/kustomization.yaml', 'images'],
    ['by the other names', images, 'deploy\\kustomization.yml', 'images'],
    ['by the last name', images, 'Kustomization', 'images'],
    ['by its entries, as from a pipe', images, 'standard input', 'images'],
    [
      'of Flux',
      `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nspec: {${images}}`,
      'any.yaml',
      'spec.images',
    ],
  ])('%s', (_, text, path, at) => {
    expect(fields(text, path)).toEqual([`${at}[0]`, `${at}[1]`]);
  });

  test('by the name of a link to it', () => {
    const { images: found } = checkManifests(
      [
        {
          path: 'kustomization.yaml',
          inRepository: 'kust-prod.yaml',
          text: `images: [{name: ${SDK}}]`,
        },
      ],
      { policy: POLICY, environment: 'production' },
    );
    expect(found).toMatchObject([{ owner: 'Kustomization', field: 'images[0]' }]);
  });

  test('other lists of images are none', () => {
    expect(fields(`images: [{name: "${SDK}", digest: "", tag: "dev"}]`)).toEqual(['images[0]']);
    expect(
      checkManifests([{ path: 'a.yaml', text: `images: [{name: ${SDK}, version: dev}]` }], {
        policy: POLICY,
        environment: 'production',
      }).images,
    ).toEqual([]);
  });

  test('inline patches, and the images of Argo CD, are text', () => {
    expect(
      fields(`kind: Kustomization
patches:
  - patch: |-
      - {op: replace, path: /spec/image, value: "${DEV}"}
  - target: {kind: Pod}
    patch: '{"spec": {"image": "${DEV}"}}'
`),
    ).toEqual(['patches[0].patch', 'patches[1].patch']);
    expect(
      fields(`apiVersion: argoproj.io/v1alpha1
kind: Application
spec: {source: {kustomize: {images: ["${DEV}", "nginx=${DEV}"]}}}
`),
    ).toEqual(['spec.source.kustomize.images[0]', 'spec.source.kustomize.images[1]']);
  });
});

describe('values of charts', () => {
  test('maps with a repository, wherever they are, have their path', () => {
    const text = `global: {imageRegistry: ghcr.io}
web:
  image: {repository: "${SDK}", tag: "dev"}
  sidecars:
    - name: a
      image:
        registry: ghcr.io
        repository: acme/sdk
        tag: "dev"
"a.b": {repository: "${SDK}", tag: "dev"}
other: {repository: nginx, tag: "dev"}
chart: {repository: {url: x}}
`;
    expect(fields(text, 'values.yaml')).toEqual(['web.image', 'web.sidecars[0].image', '["a.b"]']);
  });

  test('by path, and in a HelmRelease', () => {
    const values = `web: {image: "${DEV}"}\njobs: {a: {image: {repository: "${SDK}", tag: "dev"}}, b: {image: "${DEV}"}}\n`;
    expect(fields(values, 'chart/values-production.yaml')).toEqual([
      'web.image',
      'jobs.a.image',
      'jobs.b.image',
    ]);
    expect(
      fields(`apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
spec: {values: {image: {repository: "${SDK}", tag: "dev"}}}
`),
    ).toEqual(['spec.values.image']);
  });

  test('a tag that stands beside a merged repository', () => {
    const text = `base: &base {repository: "${SDK}", tag: 0.1.0}\nweb: {<<: *base, tag: "dev"}\n`;
    expect(fields(text, 'values.yaml')).toEqual(['web']);
  });
});

describe('names that maps share through an alias', () => {
  test.each([
    [
      'with a kustomization',
      `kind: Kustomization
images: [{name: &r "${SDK}", newTag: 0.1.0}]
helmCharts: [{name: c, valuesInline: {image: {repository: *r, tag: "dev"}}}]
`,
      ['helmCharts[0].valuesInline.image'],
    ],
    [
      'with a configured place',
      `web: {image: {repository: &r "${SDK}", tag: 0.1.0}}\nworker: {image: {repository: *r, tag: "dev"}}\n`,
      ['worker.image'],
    ],
    [
      'before a configured place',
      `a: {image: {repository: &r "${SDK}", tag: "dev"}}\nweb: {image: {repository: *r, tag: 0.1.0}}\n`,
      ['a.image'],
    ],
  ])('%s: each map is an image of its own', (_, text, expected) => {
    expect(fields(text, 'chart/values.yaml')).toEqual(expected);
  });

  test('each is pinned', () => {
    const text = `web: {image: {repository: &r ${SDK}, tag: dev}}\nworker: {image: {repository: *r, tag: dev}}\n`;
    const { files, problems } = pinManifests([{ path: 'chart/values.yaml', text }], {
      policy: POLICY,
      environment: 'production',
      pins: [{ name: SDK, tag: '0.1.0', sha: 'a'.repeat(40) }],
    });
    expect(problems).toEqual([]);
    expect(files[0]?.text).toBe(text.replaceAll('tag: dev', 'tag: 0.1.0'));
  });
});

describe('Compose', () => {
  test('services, also by a merge', () => {
    const text = `x-base: &base {image: "${DEV}"}
services:
  web: {image: "${DEV}"}
  "a.b": {<<: *base, command: [run]}
  db: {image: postgres}
`;
    expect(fields(text, 'compose.yaml')).toEqual(['services.web.image', 'services["a.b"].image']);
  });

  test('an object with services is none', () => {
    const text = `kind: Mesh\nservices: {web: {image: "${DEV}"}}\n`;
    expect(fields(text)).toEqual(['services.web.image']);
  });
});
