import type { CasePlace, DeployCase } from './case.ts';

/** An object of the Kubernetes API. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata & { readonly name: string; readonly namespace: string };
  readonly [field: string]: unknown;
}

interface Metadata {
  readonly annotations?: Readonly<Record<string, string>>;
}

const OTHER = { name: 'other', image: 'registry.k8s.io/pause:3.10' };
const labels = { app: 'www' };
const selector = { matchLabels: labels };

type Template = { readonly metadata: object; readonly spec: object };

const SPECS: Readonly<Partial<Record<CasePlace, (image: string) => object>>> = {
  'second container': (image) => ({ containers: [OTHER, { name: 'www', image }] }),
  'init container': (image) => ({
    initContainers: [{ name: 'www', image }],
    containers: [OTHER],
  }),
  'ephemeral container': (image) => ({
    containers: [OTHER],
    ephemeralContainers: [{ name: 'www', image }],
  }),
  'image volume': (image) => ({
    containers: [OTHER],
    volumes: [{ name: 'www', image: { reference: image } }],
  }),
};

/** Of every kind but pods: what stands in it besides its name. */
const KINDS: Readonly<
  Partial<Record<CasePlace, readonly [apiVersion: string, body: (template: Template) => object]>>
> = {
  Deployment: ['apps/v1', (template) => ({ spec: { selector, template } })],
  'Deployment, annotated itself': ['apps/v1', (template) => ({ spec: { selector, template } })],
  StatefulSet: ['apps/v1', (template) => ({ spec: { serviceName: 'www', selector, template } })],
  DaemonSet: ['apps/v1', (template) => ({ spec: { selector, template } })],
  ReplicaSet: ['apps/v1', (template) => ({ spec: { selector, template } })],
  ReplicationController: ['v1', (template) => ({ spec: { selector: labels, template } })],
  Job: ['batch/v1', (template) => ({ spec: { template: once(template) } })],
  CronJob: [
    'batch/v1',
    (template) => ({
      spec: { schedule: '0 4 * * *', jobTemplate: { spec: { template: once(template) } } },
    }),
  ],
  PodTemplate: ['v1', (template) => ({ template })],
};

function once({ metadata, spec }: Template): Template {
  return { metadata, spec: { ...spec, restartPolicy: 'Never' } };
}

/** The object of a case. Its namespace is called as the environment. */
export function manifestOf(
  { annotations, environment, image, place }: DeployCase,
  name: string,
): Manifest {
  const annotated = annotations === undefined ? {} : { annotations };
  const containers = { containers: [{ name: 'www', image }] };
  const spec = SPECS[place]?.(image) ?? containers;
  const known = KINDS[place];
  if (known === undefined)
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: environment, ...annotated },
      spec,
    };
  const [apiVersion, body] = known;
  const isOutside = place === 'Deployment, annotated itself';
  return {
    apiVersion,
    kind: place.replace(/,.*/, ''),
    metadata: { name, namespace: environment, ...(isOutside ? annotated : {}) },
    ...body({ metadata: { labels, ...(isOutside ? {} : annotated) }, spec }),
  };
}
