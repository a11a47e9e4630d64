import {
  failed,
  ok,
  type Result,
  type Step,
  type VersionList,
  type VersionQuestion,
} from '@ameide/versioning-core';
import {
  type GoModule,
  type GoModuleLocation,
  goTagPrefix,
  isRetractedVersion,
  listGoVersions,
  retractingTag,
} from '@ameide/versioning-core/go';
import type { PushAccess } from '../access.ts';
import { unreadable } from '../problems.ts';
import { namedBy } from './inspect.ts';
import type { InPlacePlan } from './plan.ts';

/**
 * Lists the module's version tags in the source repository. Every other pushed commit is a version, too
 * (a pseudo-version), and cannot be listed.
 */
export async function listVersions(
  plan: InPlacePlan,
  module: Required<GoModuleLocation> & Pick<GoModule, 'retracted'>,
  { remote }: PushAccess,
  { signal }: Step,
  { withdrawn = false }: VersionQuestion = {},
): Promise<Result<VersionList>> {
  const { directory, modulePath, retracted = [] } = module;
  const start = `refs/tags/${goTagPrefix(module)}`;
  const answer = await remote.lsRemote([`${start}v*`], { signal });
  if ('failure' in answer) return failed(unreadable(plan.registry, answer.failure));
  const tags = answer.refs.map(({ ref }) => ref.slice('refs/tags/'.length));
  const versions = listGoVersions(tags, { modulePath, directory }).flatMap((version) => {
    const sha = namedBy(`${start}${version}`, answer.refs);
    const coordinate = { ecosystem: 'go', name: modulePath, version } as const;
    if (sha === undefined) return [];
    const withdrawn = isRetractedVersion(version, retracted) ? { isWithdrawn: true as const } : {};
    return [{ coordinate, sha, digest: sha, ...withdrawn }];
  });
  const { tag, paths: [path = ''] = [] } = retractingTag(tags, { modulePath, directory }) ?? {};
  if (tag === undefined || !withdrawn) return ok({ versions, pointers: [], isPartial: true });
  const retracting = {
    tag,
    version: tag.slice(goTagPrefix(module).length),
    folder: path.replace(/\/?go\.mod$/, ''),
  };
  return ok({ versions, pointers: [], isPartial: true, retracting });
}
