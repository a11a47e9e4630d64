import { describe, expect, test } from 'vitest';
import { checkManifests, createPolicy } from '../../src/index.ts';
import { DEV, fields, POLICY, SDK } from './fields.ts';

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
