import { remoteProblem } from '@ameide/publisher-kit';
import type { BuildResult, Published, Publisher, SourceTree, Step } from '@ameide/versioning-core';
import { formatCoordinate, InvalidInputError, matchesPathMajor } from '@ameide/versioning-core';
import type { Access } from '../access.ts';
import { openAccess } from '../access.ts';
import type { GoMod } from '../go-mod.ts';
import type { GoModuleOptions } from '../options.ts';
import { publishedFrom, tagExists } from '../push-outcome.ts';
import { inspectCoordinate, inspectPlan } from './inspect.ts';
import type { Failed, Mirror } from './mirror.ts';
import { openMirror } from './mirror.ts';
import type { MirrorBuilt, MirrorPlan } from './plan.ts';
import { planMirror, tagsOf } from './plan.ts';
import { promoteMirror, readPointers } from './promote.ts';
import { highestFirst } from './refs.ts';

interface Input {
  readonly source: SourceTree;
  readonly directory: string;
  readonly goMod: GoMod;
  readonly mirror: string;
  readonly options: GoModuleOptions;
}

/** Opens the publisher of a module that has a repository of its own. */
export async function mirrorPublisher({
  source,
  directory,
  goMod,
  mirror: url,
  options,
}: Input): Promise<Publisher<MirrorPlan, MirrorBuilt>> {
  const name = goMod.module.path;
  const [tree, time, tags] = await Promise.all([source.treeId(directory), source.commitTime(source.sha), source.ancestorTags()]);
  if (tree === undefined)
    throw new InvalidInputError({ field: 'directory', received: directory, expected: `a directory at commit ${source.sha}` });
  // A tag on the commit itself is not before it: the mirror commit of a release is the one its dev build already had.
  const before = tags.filter(({ sha }) => sha !== source.sha).map(({ tag }) => tag);
  const earlier = highestFirst(before).filter((tag) => matchesPathMajor(tag, goMod.module.major));
  const content = { tree, sha: source.sha, time, module: name };
  const branches = { release: options.branches?.release ?? 'main', dev: options.branches?.dev ?? 'dev' };
  let opened: Access | undefined;
  const access = (): Access => (opened ??= openAccess(url, options));
  const mirror = openMirror(source, access, [branches.release, branches.dev]);

  return {
    id: `go:${name}`,
    visibility: 'immediate',
    members: [{ ecosystem: 'go', name }],
    plan: (release) => planMirror(release, { goMod, mirror: url, content, earlier, branches }),
    check: (_plan, step) => access().check(step.signal),
    inspect: async (subject, step) =>
      'coordinate' in subject ? [await inspectCoordinate(subject.coordinate, url, mirror, step)] : inspectPlan(subject.plan, mirror, step),
    build: (plan, step) => buildCommit(plan, mirror, step),
    publish: (plan, built, step) => pushCommit(plan, built, mirror, access(), step),
    pointers: (plan, step) => readPointers(plan, mirror, step),
    promote: (plan, step) => promoteMirror(plan, mirror, access(), step),
  };
}

async function buildCommit(plan: MirrorPlan, mirror: Mirror, step: Step): Promise<BuildResult<MirrorBuilt>> {
  const made = await makeCommit(plan, mirror, step);
  if ('failure' in made) return { problem: remoteProblem({ code: 'go', what: `read ${plan.registry}`, failure: made.failure }) };
  const artifacts = plan.coordinates.map((coordinate) => ({ coordinate, name: 'commit', digest: made.commit, size: 0 }));
  return { built: { artifacts, ...made } };
}

/** A source commit has one mirror commit, whichever channel made it first; only when there is none yet, one is written. */
async function makeCommit(
  plan: MirrorPlan,
  mirror: Mirror,
  step: Step,
): Promise<{ readonly commit: string; readonly gitDirectory: string } | Failed> {
  const answer = await mirror.refs(plan.sourceTag, step);
  if ('failure' in answer) return answer;
  const { refs } = answer;
  for (const tag of tagsOf(plan)) {
    const commit = tag === plan.sourceTag ? refs.source : refs.versions.get(tag);
    if (commit === undefined) continue;
    const found = await mirror.recognise(`refs/tags/${tag}`, commit, plan.content, refs, step);
    if ('failure' in found) return found;
    if (found.sha !== plan.sha) continue;
    const fetched = await mirror.fetch(`refs/tags/${tag}`, step);
    return 'failure' in fetched ? fetched : { commit, ...fetched };
  }
  const parent = plan.earlier.find((tag) => refs.versions.has(tag));
  const commit = parent === undefined ? undefined : refs.versions.get(parent);
  return mirror.write(plan.content, commit === undefined ? undefined : { ref: `refs/tags/${parent}`, commit }, step);
}

/** Both tags in one atomic push, each of which must not exist yet. A tag that is there on another commit is left alone. */
async function pushCommit(plan: MirrorPlan, built: MirrorBuilt, mirror: Mirror, access: Access, step: Step): Promise<Published[]> {
  const answer = await mirror.refs(plan.sourceTag, step);
  return Promise.all(
    plan.coordinates.map(async (coordinate): Promise<Published> => {
      const what = `push ${formatCoordinate(coordinate)} to ${plan.registry}`;
      if ('failure' in answer) {
        const problem = remoteProblem({ code: 'go', what, failure: answer.failure, coordinate: formatCoordinate(coordinate) });
        return { coordinate, outcome: 'incomplete', problem };
      }
      const there = tagsOf(plan).map((tag) => ({
        tag,
        commit: tag === plan.sourceTag ? answer.refs.source : answer.refs.versions.get(tag),
      }));
      const taken = there.find(({ commit }) => commit !== undefined && commit !== built.commit);
      if (taken !== undefined)
        return {
          coordinate,
          outcome: 'conflict',
          problem: tagExists(coordinate, `${taken.tag} of ${plan.registry} is on ${taken.commit}`),
        };
      const missing = there.filter(({ commit }) => commit === undefined).map(({ tag }) => tag);
      if (missing.length === 0) return { coordinate, outcome: 'already-there', digest: built.commit };
      step.emit({ publisher: plan.publisher, message: `pushing ${missing.join(' and ')}` });
      const updates = missing.map((tag) => ({ ref: `refs/tags/${tag}`, sha: built.commit, expect: null }));
      const pushed = await access.remote.push(built.gitDirectory, updates, { signal: step.signal });
      return publishedFrom({ answer: pushed, coordinate, digest: built.commit, what });
    }),
  );
}
