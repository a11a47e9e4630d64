import type { KubernetesObject } from '@ameide/local-registries';
import { type DeployPolicy, type Environment } from '../../../src/index.ts';

/** More than a release has, with names of full length. */
const IMAGES = Array.from(
  { length: 100 },
  (_, index) => `registry${index % 3}.example.com/${'team/'.repeat(20)}service-${index}`,
);

function environment(name: string): Environment {
  return {
    tags: ['release'],
    digest: 'required',
    annotation: 'required',
    proof: 'optional',
    namespaceLabels: { 'ameide.io/environment': name },
  };
}

/** A policy of 101 images, in environments that no other policy has. */
export const CROWD: DeployPolicy = {
  images: [...IMAGES, 'ghcr.io/ameideio/ameide-sdk-ts'],
  environments: { crowded: environment('crowded') },
  places: [],
};

/** The same, where refusals are only warnings. */
export const WARNED: DeployPolicy = { ...CROWD, environments: { warned: environment('warned') } };

/** A pod with 60 containers of the crowd. */
export function bigPod(
  tag: string,
  labels: Readonly<Record<string, string>> = {},
): KubernetesObject {
  const containers = IMAGES.slice(0, 60).map((image, index) => ({
    name: `container-${index}`,
    image: `${image}:${tag}@sha256:${'0'.repeat(64)}`,
  }));
  const annotations = { 'ameide.io/image-sha': '0'.repeat(40) };
  const metadata = { name: 'big', namespace: 'crowded', annotations, labels };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers } };
}
