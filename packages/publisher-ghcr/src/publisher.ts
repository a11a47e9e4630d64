import {
  type Coordinate,
  type Finding,
  InvalidInputError,
  type Publisher,
  type Step,
  type Subject,
} from '@ameide/versioning-core';
import type { ImageSource } from './image/source.ts';
import { judge } from './judge.ts';
import { type GhcrBuilt, type GhcrPlan, type ImagePlanInput, planImage } from './plan.ts';
import { promoteImage, readPointers } from './pointers.ts';
import { type PublishPorts, publishImage } from './publish.ts';
import { checkVersion } from './reference.ts';
import type { RegistryClient } from './registry/client.ts';
import { readHeld } from './registry/facts.ts';

/** An image's publisher, without the functions that another kind of publisher may lack. */
export type GhcrPublisher = Publisher<GhcrPlan, GhcrBuilt> &
  Required<Pick<Publisher<GhcrPlan, GhcrBuilt>, 'promote' | 'pointers'>>;

/** The verbs over one image. */
export function imagePublisher(
  input: ImagePlanInput,
  source: ImageSource,
  client: RegistryClient,
  ports: PublishPorts,
): GhcrPublisher {
  const { name } = input.image;
  return {
    id: `oci:${name}`,
    visibleOn: 'promote',
    members: [{ ecosystem: 'oci', name }],
    plan: (release) => planImage(release, input),
    async check(_plan, step) {
      const [registry, tools] = await Promise.all([client.ping(step.signal), source.check(step)]);
      return registry === undefined ? tools : [registry, ...tools];
    },
    inspect: (subject, step) => inspect(subject, step, client, name),
    buildsFrom: source.buildsFrom,
    build: (plan, step) => source.build(plan, step, (text) => client.session.redact(text)),
    publish: (plan, built, step) => publishImage(client, plan, built, step, ports),
    promote: (plan, step) => promoteImage(client, plan, step, ports),
    pointers: (plan, step) => readPointers(client, plan, step.signal),
  };
}

async function inspect(
  subject: Subject<GhcrPlan, GhcrBuilt>,
  step: Step,
  client: RegistryClient,
  name: string,
): Promise<readonly Finding[]> {
  if ('coordinate' in subject) {
    const { coordinate } = subject;
    return [
      judge(checked(coordinate, name), await readHeld(client, coordinate.version, step.signal)),
    ];
  }
  const { plan, built } = subject;
  return Promise.all(
    plan.coordinates.map(async (coordinate) =>
      judge(
        coordinate,
        await readHeld(client, coordinate.version, step.signal),
        plan.sha,
        built?.manifest.digest,
      ),
    ),
  );
}

function checked(coordinate: Coordinate, name: string): Coordinate {
  checkVersion(coordinate.version);
  if (coordinate.ecosystem === 'oci' && coordinate.name === name) return coordinate;
  throw new InvalidInputError({
    field: 'coordinate',
    received: `${coordinate.ecosystem}:${coordinate.name}`,
    expected: `oci:${name}`,
  });
}
