import { inParallel, readGoRetractions, settleAll } from '@ameide/publisher-kit';
import {
  type Coordinate,
  ok,
  type Publisher,
  type SourceTree,
  type Step,
} from '@ameide/versioning-core';
import { goTagPrefix } from '@ameide/versioning-core/go';
import { openAccess, type PushAccess } from '../access.ts';
import { validateAddress } from '../module/address.ts';
import { commandNote } from '../module/command-note.ts';
import { moduleFolders } from '../module/members.ts';
import { retractionNotes } from '../module/retraction-notes.ts';
import type { GoModuleOptions } from '../options.ts';
import { type ModuleAtCommit, validateModule } from '../validate.ts';
import { buildInPlace, builtInPlace } from './build.ts';
import { checkDevBuild } from './check.ts';
import { findCommit, findTag } from './inspect.ts';
import { createStoreOf } from './object-store.ts';
import {
  type InPlaceModule,
  type InPlacePlan,
  noRemote,
  planInPlace,
  repositoryUrl,
} from './plan.ts';
import { pushTag } from './publish.ts';
import { createIsReachable } from './reachable.ts';
import { rehearseInPlace } from './rehearse.ts';
import { missingVersions, siblingsOf } from './required-members.ts';
import { findSource } from './trace.ts';
import { listVersions } from './versions.ts';

interface Input {
  readonly source: SourceTree;
  readonly module: ModuleAtCommit;
  readonly options: GoModuleOptions;
}

/**
 * Opens the publisher of a module in its source repository: a release is one tag, a dev build is
 * the commit itself.
 */
export async function inPlacePublisher(input: Input): Promise<Publisher<InPlacePlan>> {
  const { source, module, options } = input;
  const { file, project } = module;
  const { folders, inPlace, retracting } = await readInPlace(input);
  // One host for the whole run: the plan names it, and a query about a coordinate has no plan.
  let remote: string | undefined = options.remote;
  let opened: PushAccess | undefined;
  const access = (): PushAccess => (opened ??= openAccess(remote ?? noRemote(), options));
  const storeOf = createStoreOf(source, access);
  const isReachable = createIsReachable(storeOf, access);
  const find = (coordinate: Coordinate, step: Step): ReturnType<typeof findCommit> =>
    findCommit(coordinate, source.sha, { isReachable, access: access() }, step);

  return {
    id: project,
    visibleOn: 'publish',
    members: [{ ecosystem: 'go', name: inPlace.modulePath }],
    plan(release) {
      remote ??= repositoryUrl(release);
      return planInPlace(release, remote, inPlace);
    },
    async validate({ coordinates, publisher, registry, tag }, step) {
      const released = tag === null ? undefined : coordinates[0]?.version;
      const notes = [...retractionNotes(module, released), ...(await commandNote(module))];
      for (const message of notes) step.emit({ publisher, message, isNote: true });
      return [
        ...validateAddress(module, registry, module.directory),
        ...(await validateModule(module, source)),
      ];
    },
    async check(plan, step) {
      // Do this first: if it throws, nothing has begun.
      const known = { module: inPlace, retracting, access: access() };
      const missing = missingVersions(plan, { access: known.access, folders }, step);
      if (plan.tag !== null)
        return (await settleAll([known.access.check(step.signal), missing])).flat();
      const found = plan.coordinates.map(async (coordinate) => find(coordinate, step));
      return (await settleAll([checkDevBuild(plan, { ...known, found }, step), missing])).flat();
    },
    async inspect(subject, step) {
      if ('coordinate' in subject) {
        const tracing = { module: file.module, prefix: goTagPrefix(inPlace), access: access() };
        return [await findSource(subject.coordinate, { source, isReachable, ...tracing }, step)];
      }
      const { plan } = subject;
      return plan.tag === null
        ? inParallel(plan.coordinates, async (coordinate) => find(coordinate, step))
        : findTag(plan, plan.tag, access(), step);
    },
    versions: (plan, step, question) => listVersions(plan, inPlace, access(), step, question),
    buildsFrom: 'checkout',
    build: (plan, step) => buildInPlace(plan, module, step),
    save: async () => undefined,
    load: async (plan) => ok(builtInPlace(plan)),
    rehearse: async (plan, _built, step) =>
      rehearseInPlace(plan, { module: inPlace, access: access(), storeOf }, step),
    async publish(plan, _built, step) {
      step.signal.throwIfAborted();
      const pushing = { access: access(), gitDirectory: source.gitDirectory, step };
      return inParallel(plan.coordinates, async (coordinate) => pushTag(coordinate, plan, pushing));
    },
  };
}

/** Reads what the version of a dev build depends on. */
async function readInPlace({ source, module }: Input): Promise<{
  /** The folder of each module in the repository; empty if this one requires nothing. */
  readonly folders: ReadonlyMap<string, string>;
  readonly inPlace: InPlaceModule;
  /** The tag whose go.mod lists the retractions, if there is one. */
  readonly retracting: string | undefined;
}> {
  const location = { modulePath: module.file.module.path, directory: module.directory };
  const [tags, { retracted, tag }] = await Promise.all([
    source.ancestorTags(),
    readGoRetractions(source, location),
  ]);
  const lineage = {
    tags: tags.map((one) => one.tag),
    tagsAtCommit: tags.filter(({ sha }) => sha === source.sha).map((one) => one.tag),
  };
  const { requirements } = module.file.content;
  const folders =
    requirements.length === 0 ? new Map<string, string>() : await moduleFolders(source);
  const siblings = siblingsOf(location, folders);
  const inPlace = { ...location, sha: source.sha, lineage, retracted, requirements, siblings };
  return { folders, inPlace, retracting: tag };
}
