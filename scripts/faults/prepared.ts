import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReleaseDefinition } from '@ameide/release';
import {
  formatCoordinate,
  type Plan,
  type Publisher,
  type PublisherDefinition,
  type Step,
} from '@ameide/versioning-core';

/**
 * A release whose publishers load what they saved before in `folder`, under the commit and the
 * coordinates; what is not there yet they build, and save. Everything else they do as always: a
 * case then takes a second instead of eight. `publish --from` would refuse the folder, because the
 * registries of each case have other ports.
 */
export function withPreparedBuilds(
  definition: ReleaseDefinition,
  folder: string,
): ReleaseDefinition {
  const publishers = definition.publishers.flat();
  return { ...definition, publishers: publishers.map((one) => preparedDefinition(one, folder)) };
}

/** The same, once everything is there: nothing is checked out or installed any more. */
export function onlyPrepared(definition: ReleaseDefinition, folder: string): ReleaseDefinition {
  const { prepare: _prepare, ...rest } = withPreparedBuilds(definition, folder);
  return {
    ...rest,
    publishers: rest.publishers.flat().map((one) => ({
      ...one,
      open: async (source) => {
        const publisher = await one.open(source);
        return { ...publisher, buildsFrom: 'objects', checkTools: async () => [] };
      },
    })),
  };
}

function preparedDefinition(one: PublisherDefinition, folder: string): PublisherDefinition {
  return {
    ...one,
    async open(source) {
      const publisher = await one.open(source);
      return { ...publisher, build: (plan, step) => build(publisher, plan, step, folder) };
    },
  };
}

async function build(
  publisher: Publisher,
  plan: Plan,
  step: Step,
  folder: string,
): ReturnType<Publisher['build']> {
  const kept = join(folder, nameOf(plan));
  if (existsSync(kept)) return publisher.load(plan, kept, step);
  const built = await publisher.build(plan, step);
  if (built.value === undefined) return built;
  const half = `${kept}.half`;
  await rm(half, { recursive: true, force: true });
  await mkdir(half, { recursive: true });
  await publisher.save(built.value, half, step);
  await rename(half, kept);
  return built;
}

/** The same name wherever the registry listens. */
function nameOf({ coordinates, sha }: Plan): string {
  const name = coordinates
    .map(formatCoordinate)
    .join(' ')
    .replaceAll(/127\.0\.0\.1:\d+/g, 'host');
  return `${sha} ${name}`.replaceAll(/[^\w.@=-]+/g, '_');
}
