import { describe, expect, test } from 'vitest';
import { checkManifests, createPolicy } from '../../src/index.ts';

const SDK = 'ghcr.io/acme/sdk';
const DEV = `${SDK}:dev`;
const POLICY = createPolicy({
  images: ['ghcr.io/acme/*', 'docker.io/acme/sdk'],
  places: [
    { kind: 'Widget.example.com', images: ['spec.image', 'spec.more["a.b"][*]', 'spec.byName.*'] },
    { kind: 'Operator', images: ['spec.env[name=SDK_IMAGE].value'] },
    { kind: 'Fleet', podTemplates: ['spec.groups[*].template'], images: ['spec.base'] },
    { files: 'chart/values*.yaml', images: ['web.image', 'jobs.*.image'], annotations: 'podNotes' },
  ],
});

/** The field, line and column of each finding: each image in these texts has the tag `dev`. */
function fields(text: string, path = 'www.yaml'): readonly string[] {
  const { problems } = checkManifests([{ path, text }], {
    policy: POLICY,
    environment: 'production',
  });
  expect(new Set(problems.map(({ code }) => code))).toEqual(new Set(['deploy-tag-not-allowed']));
  for (const { column = 0, line = 0 } of problems) {
    // Each position is where a value begins.
    const rest = text.split('\n')[line - 1]?.slice(column - 1) ?? '';
    expect(rest).toMatch(/^(?:["'*|>]|ghcr|GHCR|dev|see|acme|-|nginx=)/);
  }
  return problems.map(({ field = '' }) => field);
}

const spec = `spec: {containers: [{image: "${DEV}"}]}`;

describe('pods', () => {
  test.each([
    ['Pod', `kind: Pod\n${spec}`, 'spec.containers[0].image'],
    ...['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ReplicationController', 'Job'].map(
      (kind) => [
        kind,
        `kind: ${kind}\nspec: {template: {${spec}}}`,
        'spec.template.spec.containers[0].image',
      ],
    ),
    [
      'CronJob',
      `kind: CronJob\nspec: {jobTemplate: {spec: {template: {${spec}}}}}`,
      'spec.jobTemplate.spec.template.spec.containers[0].image',
    ],
    ['PodTemplate', `kind: PodTemplate\ntemplate: {${spec}}`, 'template.spec.containers[0].image'],
    [
      'Rollout of Argo',
      `apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nspec: {template: {${spec}}}`,
      'spec.template.spec.containers[0].image',
    ],
    [
      'Service of Knative',
      `apiVersion: serving.knative.dev/v1\nkind: Service\nspec: {template: {${spec}}}`,
      'spec.template.spec.containers[0].image',
    ],
    [
      'patch without a kind',
      `spec: {template: {${spec}}}`,
      'spec.template.spec.containers[0].image',
    ],
  ])('%s', (_, text, field) => {
    expect(fields(text)).toEqual([field]);
  });

  test('containers of each kind, and image volumes, in this order', () => {
    const text = `kind: Pod
spec:
  volumes:
    - {name: a, emptyDir: {}}
    - {name: b, image: {reference: "${DEV}", pullPolicy: Always}}
  ephemeralContainers: [{image: "${DEV}"}]
  containers: [{name: a}, {image: "${DEV}"}]
  initContainers: [{image: nginx}, {image: "${DEV}"}]
`;
    expect(fields(text)).toEqual([
      'spec.initContainers[1].image',
      'spec.containers[1].image',
      'spec.ephemeralContainers[0].image',
      'spec.volumes[1].image.reference',
    ]);
  });

  test('lists, typed lists whose items have no kind, and lists in lists', () => {
    const text = `kind: List
items:
  - {kind: Pod, ${spec}}
  - kind: PodList
    items: [{${spec}}, {kind: Pod, ${spec}}]
  - {kind: DeploymentList, items: [{spec: {template: {${spec}}}}]}
`;
    expect(fields(text)).toEqual([
      'items[0].spec.containers[0].image',
      'items[1].items[0].spec.containers[0].image',
      'items[1].items[1].spec.containers[0].image',
      'items[2].items[0].spec.template.spec.containers[0].image',
    ]);
  });

  test('a custom resource whose kind ends in List is one itself', () => {
    expect(fields(`kind: AllowList\nspec: {template: {${spec}}}`)).toEqual([
      'spec.template.spec.containers[0].image',
    ]);
  });

  test('aliases and merges are found where they are read', () => {
    const text = `x: &c {image: "${DEV}"}\nkind: Pod\nspec: {containers: [*c, {<<: *c, name: b}]}\n`;
    // The first one is where it is written.
    expect(fields(text)).toEqual(['spec.containers[0].image', 'spec.containers[1].image']);
  });
});

describe('custom resources, by path', () => {
  test('the items of a list that have a name: an image without a tag is found there, too', () => {
    const text = `kind: Operator\nspec: {env: [{name: A, value: x y}, {name: SDK_IMAGE, value: ${SDK}}]}\n`;
    const { images, problems } = checkManifests([{ path: 'a.yaml', text }], {
      policy: POLICY,
      environment: 'production',
    });
    expect(images).toMatchObject([{ field: 'spec.env[1].value' }]);
    expect(problems).toMatchObject([{ code: 'deploy-tag-missing', field: 'spec.env[1].value' }]);
  });

  test.each(['a[name=]', 'a[=b]', 'a[name=b', 'a[*].b'])('%s is no path of annotations', (path) => {
    const place = { kind: 'Fleet', images: ['a'], annotations: path };
    expect(() => createPolicy({ images: [SDK], places: [place] })).toThrow(
      expect.objectContaining({ field: 'places[0].annotations' }),
    );
  });

  test('of a kind and its group', () => {
    const text = (apiVersion: string): string => `apiVersion: ${apiVersion}
kind: Widget
spec: {image: "${DEV}", more: {a.b: ["${DEV}", "${DEV}"]}, byName: {x: "${DEV}", "y.z": "${DEV}"}}
`;
    expect(fields(text('example.com/v1'))).toEqual([
      'spec.image',
      'spec.more["a.b"][0]',
      'spec.more["a.b"][1]',
      'spec.byName.x',
      'spec.byName["y.z"]',
    ]);
    // Another group: then they are text, which is found as well.
    expect(fields(text('example.org/v1')).length).toBe(5);
  });

  test('pod templates, also in a list', () => {
    const fleet = `{kind: Fleet, spec: {base: {repository: ${SDK}, tag: "dev"}, groups: [{template: {${spec}}}]}}`;
    expect(fields(fleet)).toEqual([
      'spec.groups[0].template.spec.containers[0].image',
      'spec.base',
    ]);
    expect(fields(`{kind: List, items: [${fleet}]}`)).toEqual([
      'items[0].spec.groups[0].template.spec.containers[0].image',
      'items[0].spec.base',
    ]);
  });
});

describe('kustomizations', () => {
  const images = `images: [{name: "${SDK}", newTag: "dev"}, {name: www, newName: "${SDK}", newTag: "dev"}, {name: "${SDK}", newName: nginx, newTag: "dev"}]`;
  test.each([
    ['by kind', `kind: Kustomization\n${images}`, 'any.yaml', 'images'],
    ['a component', `kind: Component\n${images}`, 'any.yaml', 'images'],
    ['by the name of the file', images, 'deploy/kustomization.yaml', 'images'],
    ['by the other names', images, 'deploy\\kustomization.yml', 'images'],
    ['by the last name', images, 'Kustomization', 'images'],
    [
      'of Flux',
      `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nspec: {${images}}`,
      'any.yaml',
      'spec.images',
    ],
  ])('%s', (_, text, path, at) => {
    expect(fields(text, path)).toEqual([`${at}[0]`, `${at}[1]`]);
  });

  test('a file of another name has no such list', () => {
    expect(
      checkManifests([{ path: 'a.yaml', text: images }], {
        policy: POLICY,
        environment: 'production',
      }).problems,
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

describe('text', () => {
  test.each([
    ['an argument', `args: ["--image=${DEV}"]`, ['spec.containers[0].args[0]']],
    ['a variable', `env: [{name: A, value: "${DEV}"}]`, ['spec.containers[0].env[0].value']],
    ['a folded text', `args:\n      - >-\n        see ${DEV}.`, ['spec.containers[0].args[0]']],
    ['two in one', `args: ["${DEV} ${DEV}"]`, Array(2).fill('spec.containers[0].args[0]')],
    ['another spelling', 'args: ["GHCR.IO:443/acme/sdk:dev"]', ['spec.containers[0].args[0]']],
    ['a short name', 'args: ["acme/sdk:dev"]', ['spec.containers[0].args[0]']],
  ])('%s', (_, line, expected) => {
    const text = `kind: Pod\nspec:\n  containers:\n  - image: nginx\n    ${line}\n`;
    expect(fields(text)).toEqual(expected);
  });

  test('YAML in a ConfigMap, and what kubectl applied last', () => {
    const text = `kind: ConfigMap
metadata:
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: |
      {"spec":{"containers":[{"image":"${DEV}"}]}}
data:
  pod.yaml: |
    image: ${DEV}
`;
    expect(fields(text)).toEqual([
      'metadata.annotations["kubectl.kubernetes.io/last-applied-configuration"]',
      'data["pod.yaml"]',
    ]);
  });

  test.each([
    ['a comment', `# ${DEV}\nkind: Pod # image: ${DEV}\n`],
    ['a key', `${JSON.stringify(DEV)}: 1\n`],
    ['a name alone', `a: ${SDK}\n`],
    [
      'another name around it',
      `a: x.${DEV}\nb: my-${DEV}\nc: x/${DEV}\nd: ghcr.io/acmes/sdk:dev\n`,
    ],
    ['an address', `a: https://${SDK}:8080/path\n`],
    ['a kind of image that is allowed', `a: ${SDK}:0.1.0\nb: ${SDK}@sha256:${'a'.repeat(64)}\n`],
  ])('%s is not found', (_, text) => {
    const { problems } = checkManifests([{ path: 'a.yaml', text }], {
      policy: POLICY,
      environment: 'production',
    });
    expect(problems).toEqual([]);
  });
});
