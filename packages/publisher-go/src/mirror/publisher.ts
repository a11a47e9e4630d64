import {
  InvalidInputError,
  matchesPathMajor,
  type Publisher,
  type SourceTree,
} from '@ameide/versioning-core';
import { type Access, openAccess } from '../access.ts';
import type { GoMod } from '../go-mod.ts';
import { findSecretFiles } from '../module-files.ts';
import type { GoModuleOptions } from '../options.ts';
import { buildCommit } from './build.ts';
import { inspectPlan } from './inspect.ts';
import { openMirror } from './mirror.ts';
import { type Branches, type MirrorBuilt, type MirrorPlan, planMirror } from './plan.ts';
import { promoteMirror, readPointers } from './promote.ts';
import { pushTags } from './push.ts';
import { highestFirst } from './refs.ts';
import { inspectCoordinate } from './trace.ts';

interface Input {
  readonly source: SourceTree;
  readonly directory: string;
  readonly goMod: GoMod;
  readonly mirror: string;
  readonly branches: Branches;
  readonly options: GoModuleOptions;
}

/** Opens the publisher of a module that has a repository of its own. */
export async function mirrorPublisher(input: Input): Promise<Publisher<MirrorPlan, MirrorBuilt>> {
  const { source, directory, goMod, mirror: url, branches, options } = input;
  const modulePath = goMod.module.path;
  const [tree, time, tags] = await Promise.all([
    source.treeId(directory),
    source.commitTime(source.sha),
    source.ancestorTags(),
  ]);
  if (tree === undefined)
    throw new InvalidInputError({
      field: 'directory',
      received: directory,
      expected: `a directory at commit ${source.sha}`,
    });
  // A tag on the commit itself is not before it: the mirror commit of a release is the one its dev
  // build already had.
  const before = tags.filter(({ sha }) => sha !== source.sha).map(({ tag }) => tag);
  const earlier = highestFirst(before).filter((tag) => matchesPathMajor(tag, goMod.module.major));
  const content = { tree, sha: source.sha, time, module: modulePath };
  let opened: Access | undefined;
  const access = (): Access => (opened ??= openAccess(url, options));
  const mirror = openMirror(source, access, [branches.release, branches.dev]);

  return {
    id: `go:${modulePath}`,
    visibleOn: 'publish',
    members: [{ ecosystem: 'go', name: modulePath }],
    plan: (release) => planMirror(release, { modulePath, mirror: url, content, earlier, branches }),
    check: async (plan, step) => [
      ...(await findSecretFiles(plan, source, directory)),
      ...(await access().check(step.signal)),
    ],
    inspect: async (subject, step) =>
      'coordinate' in subject
        ? [await inspectCoordinate(subject.coordinate, { url, module: goMod.module, mirror, step })]
        : inspectPlan(subject.plan, subject.built?.commit, mirror, step),
    build: (plan, step) => buildCommit(plan, mirror, step),
    publish: (plan, built, step) =>
      Promise.all(
        plan.coordinates.map((coordinate) =>
          pushTags({ coordinate, plan, built, mirror, access: access(), step }),
        ),
      ),
    pointers: (plan, step) => readPointers(plan, mirror, step),
    promote: (plan, step) => promoteMirror(plan, mirror, access, step),
  };
}
