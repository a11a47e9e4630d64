import { type HttpResponse, httpProblem, registryTime } from '@ameide/publisher-kit';
import { isObject } from '@ameide/source-files/json';
import {
  failed,
  type ListedVersion,
  managesName,
  ok,
  type PointerFinding,
  type Result,
  type Step,
  type VersionList,
} from '@ameide/versioning-core';
import semver from 'semver';
import type { Target } from './options.ts';
import type { NpmPlan } from './plan.ts';
import { noteOnLatest } from './pointers.ts';
import { malformed } from './problems.ts';
import { createClient, jsonObject, saysNotFound } from './registry/client.ts';
import { type Tags, tagsOf } from './registry/read-tags.ts';
import { isOwn } from './registry/read-version.ts';
import { readVersionDocument } from './registry/version-document.ts';

const NOTHING: VersionList = { versions: [], pointers: [] };

/**
 * Lists every version, the dist-tags that a release moves and `latest`, from one request. A version whose
 * document lacks the commit or the digest has none here: they are in its tarball.
 */
export async function listVersions(
  target: Target,
  plan: NpmPlan,
  { signal }: Step,
): Promise<Result<VersionList>> {
  const what = `list the versions of npm:${plan.name}`;
  try {
    const response = await createClient(target, signal).wholePackument(plan.name);
    if (saysNotFound(response) || !isOwn(response, target)) return ok(NOTHING);
    if (response.status !== 200)
      return failed(httpProblem({ code: 'npm', what, response, effect: 'none' }));
    return readList(what, plan, response);
  } catch (error) {
    signal.throwIfAborted();
    return failed(httpProblem({ code: 'npm', what, error, effect: 'none' }));
  }
}

function readList(what: string, plan: NpmPlan, response: HttpResponse): Result<VersionList> {
  const { versions: documents, 'dist-tags': list, time } = jsonObject(response) ?? {};
  if (!isObject(documents)) return failed(malformed(what, 'the answer holds no versions'));
  const tags = tagsOf(what, list);
  if (tags.value === undefined) return tags;
  const times = isObject(time) ? time : {};
  const versions = Object.entries(documents)
    .filter(([version]) => semver.valid(version) === version)
    .map(([version, document]) => listed(plan.name, version, document, times[version]));
  return ok({ versions, pointers: pointersIn(tags.value, plan, versions) });
}

function listed(name: string, version: string, document: unknown, time: unknown): ListedVersion {
  const found = isObject(document) ? readVersionDocument(document, name, version) : undefined;
  const [digest] = found?.digests ?? [];
  const publishedAt = registryTime(time);
  return {
    coordinate: { ecosystem: 'npm', name, version },
    ...(found?.gitHead === undefined ? {} : { sha: found.gitHead }),
    ...(digest === undefined ? {} : { digest }),
    ...(found?.deprecated === undefined ? {} : { deprecated: found.deprecated }),
    ...(publishedAt === undefined ? {} : { publishedAt }),
  };
}

function pointersIn(
  tags: Tags,
  { distTags, name }: NpmPlan,
  versions: readonly ListedVersion[],
): readonly PointerFinding[] {
  const commits = new Map(versions.map(({ coordinate, sha }) => [coordinate.version, sha]));
  return (
    [...tags]
      // What `npm install` follows, also where no release moves it.
      .filter(([tag]) => tag === 'latest' || managesName(distTags, tag))
      .map(([tag, version]): PointerFinding => {
        const sha = commits.get(version);
        const isStrange = tag === 'latest' && semver.prerelease(version) !== null;
        return {
          pointer: { ecosystem: 'npm', name, pointer: tag, version },
          version,
          ...(sha === undefined ? {} : { sha }),
          ...(isStrange ? { note: noteOnLatest(name, version) } : {}),
        };
      })
  );
}
