import { createProcesses, readGoRetractions } from '@ameide/publisher-kit';
import {
  type Coordinate,
  failed,
  ok,
  type Publisher,
  type SourceTree,
  type Step,
} from '@ameide/versioning-core';
import { goTagPrefix } from '@ameide/versioning-core/go';
import { type Access, openAccess } from '../access.ts';
import { validateAddress } from '../module/address.ts';
import { findUncommittedSources } from '../module/uncommitted.ts';
import type { GoModuleOptions } from '../options.ts';
import { type ModuleAtCommit, validateModule } from '../validate.ts';
import { checkDevBuild } from './check.ts';
import { findCommit, findTag } from './inspect.ts';
import {
  type InPlaceModule,
  type InPlacePlan,
  noRemote,
  planInPlace,
  repositoryUrl,
} from './plan.ts';
import { pushTag } from './publish.ts';
import { createIsReachable } from './reachable.ts';
import { findSource } from './trace.ts';

interface Input {
  readonly source: SourceTree;
  readonly module: ModuleAtCommit;
  readonly options: GoModuleOptions;
}

/**
 * Opens the publisher of a module in the source repository itself: a release is one tag, a dev
 * build the commit as it is.
 */
export async function inPlacePublisher({
  source,
  module,
  options,
}: Input): Promise<Publisher<InPlacePlan>> {
  const { directory, file, project } = module;
  const modulePath = file.module.path;
  const processes = options.ports?.processes ?? createProcesses();
  const { gitDirectory, sha } = source;
  const tags = await source.ancestorTags();
  const lineage = {
    tags: tags.map(({ tag }) => tag),
    tagsAtCommit: tags.filter((tag) => tag.sha === sha).map(({ tag }) => tag),
  };
  const location = { modulePath, directory };
  const { retracted, tag: retracting } = await readGoRetractions(source, location, processes);
  const inPlace: InPlaceModule = { ...location, sha, lineage, retracted };
  // One host for a whole run: the plan names it, and a question about a coordinate has no plan of
  // its own.
  let remote: string | undefined = options.remote;
  let opened: Access | undefined;
  const access = (): Access => (opened ??= openAccess(remote ?? noRemote(), options));
  const isReachable = createIsReachable(source, access);
  const find = (coordinate: Coordinate, step: Step): ReturnType<typeof findCommit> =>
    findCommit(coordinate, sha, { isReachable, access: access() }, step);

  return {
    id: project,
    visibleOn: 'publish',
    members: [{ ecosystem: 'go', name: modulePath }],
    plan(release) {
      remote ??= repositoryUrl(release);
      return planInPlace(release, remote, inPlace);
    },
    validate: async ({ registry }) => [
      ...validateAddress(module, registry, directory),
      ...(await validateModule(module, source)),
    ],
    async check(plan, step) {
      if (plan.tag !== null) return access().check(step.signal);
      const time = await source.commitTime(sha);
      const found = plan.coordinates.map(async (coordinate) => find(coordinate, step));
      return checkDevBuild(
        plan,
        { module: inPlace, time, retracting, access: access(), found },
        step,
      );
    },
    async inspect(subject, step) {
      if ('plan' in subject) {
        const { plan } = subject;
        return plan.tag === null
          ? Promise.all(plan.coordinates.map((coordinate) => find(coordinate, step)))
          : findTag(plan, plan.tag, access(), step);
      }
      const prefix = goTagPrefix(location);
      const tracing = { source, module: file.module, prefix, access: access(), isReachable };
      return [await findSource(subject.coordinate, tracing, step)];
    },
    buildsFrom: 'checkout',
    async build(plan, { checkout, signal }) {
      signal.throwIfAborted();
      const [first, ...more] = await findUncommittedSources({ module, checkout, elsewhere: [] });
      if (first !== undefined) return failed(first, ...more);
      const commit = { name: 'commit', digest: sha, size: 0 };
      return ok({ artifacts: plan.coordinates.map((coordinate) => ({ coordinate, ...commit })) });
    },
    async publish(plan, _built, step) {
      step.signal.throwIfAborted();
      const pushing = { access: access(), gitDirectory, step };
      return Promise.all(plan.coordinates.map((coordinate) => pushTag(coordinate, plan, pushing)));
    },
  };
}
