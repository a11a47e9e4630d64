import type { Coordinate, FileFinding, Finding, FindingState, Step } from '@ameide/versioning-core';
import { canonical, deriveVersions, isPseudoVersion } from '@ameide/versioning-core';
import { silent } from '../silent.ts';
import type { Failed, Mirror, MirrorCommit } from './mirror.ts';
import type { MirrorPlan } from './plan.ts';
import { tagsOf } from './plan.ts';
import type { MirrorRefs } from './refs.ts';
import { highestFirst } from './refs.ts';

/** What the mirror holds of a plan: its `source-<sha>` tag and, for a release, its version tag. */
export async function inspectPlan(plan: MirrorPlan, mirror: Mirror, step: Step): Promise<Finding[]> {
  const answer = await mirror.refs(plan.sourceTag, step);
  return Promise.all(
    plan.coordinates.map((coordinate) =>
      'failure' in answer ? silent(coordinate, plan.registry, answer.failure) : findOne(coordinate, plan, answer.refs, mirror, step),
    ),
  );
}

async function findOne(coordinate: Coordinate, plan: MirrorPlan, refs: MirrorRefs, mirror: Mirror, step: Step): Promise<Finding> {
  const names = tagsOf(plan);
  const looked = await Promise.all(names.map((name) => lookAt(name, plan, refs, mirror, step)));
  const failed = looked.find((look) => 'failure' in look);
  if (failed !== undefined) return silent(coordinate, plan.registry, failed.failure);
  const files = looked.filter((look): look is Look => !('failure' in look));
  const main = files.find(({ file }) => file.name === coordinate.version) ?? files[0];
  const conflict = files.find(({ file }) => file.state === 'conflict');
  const state = conflict === undefined ? (main?.file.state ?? 'absent') : 'conflict';
  const found = (conflict ?? main)?.found;
  return {
    coordinate,
    state,
    ...(found === undefined ? {} : { digest: found.commit, ...(found.sha === undefined ? {} : { sha: found.sha }) }),
    ...(found === undefined || state === 'conflict' ? {} : resolvedOf(coordinate, found, plan, refs)),
    ...(files.length > 1 ? { files: files.map(({ file }) => file) } : {}),
  };
}

interface Look {
  readonly file: FileFinding;
  readonly found?: MirrorCommit;
}

async function lookAt(name: string, plan: MirrorPlan, refs: MirrorRefs, mirror: Mirror, step: Step): Promise<Look | Failed> {
  const commit = name === plan.sourceTag ? refs.source : refs.versions.get(name);
  if (commit === undefined) return { file: { name, state: 'absent' } };
  const found = await mirror.recognise(`refs/tags/${name}`, commit, plan.content, refs, step);
  if ('failure' in found) return found;
  const state: FindingState = found.sha !== plan.sha ? 'conflict' : found.proven ? 'identical' : 'same-source';
  return { file: { name, state, digest: commit }, found };
}

/** What `go` makes of a mirror commit: a version tag on it, or the pseudo-version after the highest version tag before it. */
function resolvedOf(coordinate: Coordinate, found: MirrorCommit, plan: MirrorPlan, refs: MirrorRefs): { readonly resolved?: string } {
  const at = (commit: string | undefined): string[] => [...refs.versions].filter(([, target]) => target === commit).map(([tag]) => tag);
  const tuple = canonical({ base: '0.0.0', sha: found.commit, datetime: plan.content.time });
  const lineage = { tags: found.parent === undefined ? [] : at(found.parent), tagsAtCommit: at(found.commit) };
  const { go } = deriveVersions(tuple, { kind: 'dev' }, lineage, { afterRelease: 'keep', go: { modulePath: coordinate.name } });
  return go.version === coordinate.version ? {} : { resolved: go.version };
}

/** For `trace`: which source commit a version, a pseudo-version or a `source-<sha>` of the mirror names. */
export async function inspectCoordinate(coordinate: Coordinate, url: string, mirror: Mirror, step: Step): Promise<Finding> {
  const { version } = coordinate;
  const tag = isPseudoVersion(version) ? await tagOfPseudo(version, mirror, step) : version;
  if (typeof tag === 'object') return silent(coordinate, url, tag.failure);
  if (tag === undefined) return { coordinate, state: 'absent' };
  const answer = await mirror.refs(tag, step);
  if ('failure' in answer) return silent(coordinate, url, answer.failure);
  const commit = answer.refs.versions.get(tag) ?? answer.refs.source;
  if (commit === undefined) return { coordinate, state: 'absent' };
  const found = await mirror.read(`refs/tags/${tag}`, commit, step);
  if ('failure' in found) return silent(coordinate, url, found.failure);
  return {
    coordinate,
    state: found.sha === undefined ? 'conflict' : 'same-source',
    digest: commit,
    ...(found.sha === undefined ? {} : { sha: found.sha }),
  };
}

async function tagOfPseudo(version: string, mirror: Mirror, step: Step): Promise<string | undefined | Failed> {
  const answer = await mirror.sources(step);
  if ('failure' in answer) return answer;
  const [sha] = [...answer.sources].find(([, commit]) => commit.startsWith(version.slice(-12))) ?? [];
  return sha === undefined ? undefined : `source-${sha}`;
}

/** The version tag that a mirror commit carries, the highest. */
export function versionAt(commit: string, refs: MirrorRefs): string | undefined {
  return highestFirst([...refs.versions].filter(([, target]) => target === commit).map(([tag]) => tag))[0];
}
