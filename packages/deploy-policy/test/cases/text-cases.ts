import { codesOf, DIGEST, SHA, type TextCase, TS } from './case.ts';

type Row = readonly [
  title: string,
  verdict: string,
  text: string,
  path?: string,
  environment?: string,
];

const OPENER = 'apiVersion: v1\nkind: Pod\nmetadata: { name: www }\nspec:\n';
const WIDGET = 'apiVersion: example.com/v1\nkind: Widget\nmetadata: { name: www }\n';
const list = (kind: string, image: string): string =>
  `apiVersion: v1\nkind: ${kind}\nitems:\n  - apiVersion: v1\n    kind: Pod\n    spec: { containers: [{ name: www, image: "${image}" }] }\n`;
const kustomize = (entry: string): string =>
  `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nimages:\n  - ${entry}\n`;

/** What no API server sees: sources of manifests, and YAML that is read in a way of its own. */
const ROWS: readonly Row[] = [
  ['a list', '.', list('List', `${TS}:0.1.0`)],
  ['a list', 'T', list('List', `${TS}:dev`)],
  ['a list of one kind', 'T', list('PodList', `${TS}:dev`)],
  [
    'a list in a list',
    'T',
    `kind: List\nitems:\n  - kind: List\n    items:\n      - kind: Pod\n        spec: { containers: [{ image: "${TS}:dev" }] }\n`,
  ],
  [
    'two documents',
    'TT',
    `${OPENER}  containers: [{ image: "${TS}:dev" }]\n---\n${OPENER}  containers: [{ image: "${TS}:latest" }]\n`,
  ],
  ['a kustomization', '.', kustomize(`{ name: ${TS}, newTag: 0.1.0 }`)],
  ['a kustomization', 'T', kustomize(`{ name: ${TS}, newTag: dev }`)],
  ['a kustomization of another name', 'T', kustomize(`{ name: www, newName: ${TS}, newTag: dev }`)],
  [
    'a kustomization away from ours',
    '.',
    kustomize(`{ name: ${TS}, newName: nginx, newTag: dev }`),
  ],
  ['a kustomization without a tag', '.', kustomize(`{ name: ${TS}, newName: ${TS} }`)],
  ['a kustomization with a digest', '.', kustomize(`{ name: ${TS}, digest: "${DIGEST}" }`)],
  ['a kustomization whose tag is a number', 'n', kustomize(`{ name: ${TS}, newTag: 0.1 }`)],
  [
    'a kustomization without a kind',
    'T',
    `images: [{ name: ${TS}, newTag: dev }]\n`,
    'overlay/kustomization.yaml',
  ],
  [
    'a patch in a kustomization',
    'T',
    `kind: Kustomization\npatches:\n  - patch: |-\n      - { op: replace, path: /spec/image, value: "${TS}:dev" }\n`,
  ],
  ['values', '.', `web:\n  image: { repository: ${TS}, tag: 0.1.0 }\n`, 'values.yaml'],
  ['values', 'T', `web:\n  image: { repository: ${TS}, tag: dev }\n`, 'values.yaml'],
  ['values anywhere', 'T', `a: { b: { c: { repository: ${TS}, tag: dev } } }\n`, 'other.yaml'],
  [
    'values with a registry',
    'T',
    `image: { registry: GHCR.IO, repository: ameideio/configuration, tag: dev }\n`,
    'values.yaml',
  ],
  ['values without a tag', 'M', `image: { repository: ${TS}, tag: "" }\n`, 'values.yaml'],
  [
    'values with a configured reference',
    'T',
    `web:\n  image: ${TS}:dev\n`,
    'values-production.yaml',
  ],
  ['a Compose file', '.', `services:\n  www: { image: "${TS}:0.1.0" }\n`, 'compose.yaml'],
  ['a Compose file', 'T', `services:\n  www: { image: "${TS}:dev" }\n`, 'compose.yaml'],
  [
    'a Compose file with a variable',
    'V',
    `services:\n  www: { image: "${TS}:\${TAG}" }\n`,
    'compose.yaml',
  ],
  ['a custom resource', '.', `${WIDGET}spec: { image: "${TS}:0.1.0" }\n`],
  ['a custom resource', 'T', `${WIDGET}spec: { image: "${TS}:dev" }\n`],
  [
    'a list in a custom resource',
    'TT',
    `${WIDGET}spec: { sidecars: [{ image: "${TS}:dev" }, { image: "${TS}:latest" }] }\n`,
  ],
  [
    'a pod template in a custom resource',
    'T',
    `${WIDGET}spec: { worker: { spec: { containers: [{ image: "${TS}:dev" }] } } }\n`,
  ],
  [
    'an argument',
    'T',
    `${OPENER}  containers: [{ image: nginx, args: ["--sidecar=${TS}:dev"] }]\n`,
  ],
  [
    'an argument with other text',
    '.',
    `${OPENER}  containers: [{ image: nginx, args: ["see ${TS} for more"] }]\n`,
  ],
  ['a number', 'n', `${OPENER}  containers: [{ image: 1 }]\n`],
  ['nothing', 'n', `${OPENER}  containers: [{ image: }]\n`],
  [
    'a tag that looks like a number, in an image',
    'T',
    `${OPENER}  containers: [{ image: ${TS}:1 }]\n`,
  ],
  [
    'an alias',
    'TT',
    `${OPENER}  initContainers: [{ image: &image "${TS}:dev" }]\n  containers: [{ image: *image }]\n`,
  ],
  [
    'a merge key',
    'TT',
    `${OPENER}  initContainers: [&base { image: "${TS}:dev" }]\n  containers: [{ <<: *base, name: www }]\n`,
  ],
  ['a folded image', 'R', `${OPENER}  containers:\n    - image: >-\n        ${TS}\n        :dev\n`],
  [
    'a duplicate key',
    'y',
    `${OPENER}  containers: [{ image: "${TS}:0.1.0", image: "${TS}:dev" }]\n`,
  ],
  [
    'a template',
    'G',
    `${OPENER}  containers:\n    {{- range .Values.images }}\n    - image: {{ . }}\n    {{- end }}\n`,
  ],
  [
    'an annotation of digits without quotes',
    'N',
    `apiVersion: v1\nkind: Pod\nmetadata: { annotations: { ameide.io/image-sha: ${'1'.repeat(40)} } }\nspec: { containers: [{ image: "${TS}:0.1.0" }] }\n`,
  ],
  [
    'a kustomization whose annotation differs',
    'X',
    `kind: Kustomization\ncommonAnnotations: { ameide.io/image-sha: ${'a'.repeat(40)} }\nimages: [{ name: ${TS}, newTag: ${SHA} }]\n`,
    'kustomization.yaml',
    'staging',
  ],
];

const MORE: Readonly<Record<string, readonly string[]>> = {
  n: ['deploy-not-text'],
  y: ['deploy-yaml'],
};

export const TEXT_CASES: readonly TextCase[] = ROWS.map(
  ([title, verdict, text, path = 'manifest.yaml', environment = 'production']) => ({
    title,
    environment,
    path,
    text,
    codes: MORE[verdict] ?? codesOf(verdict),
  }),
);
