import { readGoRetractions } from '@ameide/publisher-kit';
import {
  type Coordinate,
  ok,
  type Published,
  type Publisher,
  type SourceTree,
  type Step,
} from '@ameide/versioning-core';
import { type Access, openAccess } from '../access.ts';
import type { GoMod } from '../go-mod.ts';
import { checkModuleAddress } from '../module-address.ts';
import type { GoModuleOptions } from '../options.ts';
import { publishedFrom, wasTaken } from '../push-outcome.ts';
import { findCommit, findTag, notPushed } from './inspect.ts';
import { missingTags } from './missing-tags.ts';
import {
  homeOf,
  type InPlaceModule,
  type InPlacePlan,
  noHome,
  planInPlace,
  tagPrefix,
} from './plan.ts';
import { createReach } from './reach.ts';
import { findSource } from './trace.ts';

interface Input {
  readonly source: SourceTree;
  readonly directory: string;
  readonly goMod: GoMod;
  readonly options: GoModuleOptions;
}

/**
 * Opens the publisher of a module in the source repository itself: a release is one tag, a dev
 * build the commit as it is.
 */
export async function inPlacePublisher({
  source,
  directory,
  goMod,
  options,
}: Input): Promise<Publisher<InPlacePlan>> {
  const modulePath = goMod.module.path;
  const { gitDirectory, sha } = source;
  const tags = await source.ancestorTags();
  const lineage = {
    tags: tags.map(({ tag }) => tag),
    tagsAtCommit: tags.filter((tag) => tag.sha === sha).map(({ tag }) => tag),
  };
  const { retracted, tag: retracting } = await readGoRetractions(
    source,
    { modulePath, directory },
    options.ports?.processes,
  );
  const module: InPlaceModule = { modulePath, directory, sha, lineage, retracted };
  // One host for a whole run: the plan names it, and a question about a coordinate has no plan of
  // its own.
  let home: string | undefined = options.remote;
  let opened: Access | undefined;
  const access = (): Access => (opened ??= openAccess(home ?? noHome(), options));
  const reach = createReach(source, access);
  const find = (coordinate: Coordinate, step: Step): ReturnType<typeof findCommit> =>
    findCommit(coordinate, sha, { reach, access: access() }, step);

  return {
    id: `go:${modulePath}`,
    visibleOn: 'publish',
    members: [{ ecosystem: 'go', name: modulePath }],
    plan(release) {
      home ??= homeOf(release);
      checkModuleAddress(goMod.module, home, directory);
      return planInPlace(release, home, module);
    },
    async check(plan, step) {
      // A dev build pushes nothing, so it needs no token; but somebody has to have pushed the
      // commit.
      if (plan.tag !== null) return access().check(step.signal);
      const known = { module, time: await source.commitTime(sha), retracting, access: access() };
      const [missing, ...findings] = await Promise.all([
        missingTags(plan, known, step),
        ...plan.coordinates.map(async (coordinate) => find(coordinate, step)),
      ]);
      const unpushed = findings.flatMap(
        ({ coordinate, state, problem }) =>
          problem ?? (state === 'absent' ? [notPushed(coordinate, plan)] : []),
      );
      return [...unpushed, ...missing];
    },
    async inspect(subject, step) {
      if ('plan' in subject) {
        const { plan } = subject;
        return plan.tag === null
          ? Promise.all(plan.coordinates.map((coordinate) => find(coordinate, step)))
          : findTag(plan, plan.tag, access(), step);
      }
      const prefix = tagPrefix(module);
      return [
        await findSource(
          subject.coordinate,
          { source, module: goMod.module, prefix, access: access(), reach },
          step,
        ),
      ];
    },
    async build(plan, { signal }) {
      signal.throwIfAborted();
      const commit = { name: 'commit', digest: sha, size: 0 };
      return ok({ artifacts: plan.coordinates.map((coordinate) => ({ coordinate, ...commit })) });
    },
    async publish(plan, _built, step) {
      step.signal.throwIfAborted();
      return Promise.all(
        plan.coordinates.map((coordinate) =>
          pushTag(coordinate, plan, { access: access(), gitDirectory, step }),
        ),
      );
    },
  };
}

async function pushTag(
  coordinate: Coordinate,
  plan: InPlacePlan,
  {
    access,
    gitDirectory,
    step,
  }: { readonly access: Access; readonly gitDirectory: string; readonly step: Step },
): Promise<Published> {
  const { tag, sha } = plan;
  if (tag === null) return { coordinate, outcome: 'already-there', digest: sha };
  step.emit({ publisher: plan.publisher, message: `pushing ${tag}` });
  const answer = await access.remote.push(gitDirectory, [{ ref: tag, sha, expect: null }], {
    signal: step.signal,
  });
  if (wasTaken(answer)) {
    // An annotated tag on our commit is a tag object to the push: what it leads to counts.
    const [finding] = await findTag(plan, tag, access, step);
    if (finding?.state === 'identical')
      return { coordinate, outcome: 'already-there', digest: sha };
    if (finding?.state === 'conflict' && finding.problem !== undefined)
      return { coordinate, outcome: 'conflict', problem: finding.problem };
    if (finding?.problem !== undefined)
      return { coordinate, outcome: 'incomplete', problem: finding.problem };
  }
  return publishedFrom({
    answer,
    coordinate,
    digest: sha,
    what: `push ${tag} to ${plan.registry}`,
  });
}
