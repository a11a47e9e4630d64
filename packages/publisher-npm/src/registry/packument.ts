import { httpProblem } from '@ameide/publisher-kit';
import { isObject, type JsonObject } from '@ameide/source-files/json';
import { type Coordinate, failed, ok, type Result, type Step } from '@ameide/versioning-core';
import { formatNpm } from '../manifest/name.ts';
import type { Target } from '../options.ts';
import { malformed } from '../problems.ts';
import { jsonObject, type RegistryClient, saysNotFound } from './client.ts';
import { tagsOf } from './read-tags.ts';
import { isOwn } from './read-version.ts';

/** A packument as it is sent back, and the revision that it replaces. */
export interface RevisedPackument {
  readonly rev: string;
  /** How often it was written, if its revision counts that, as CouchDB's do: `8-7bd7…`. */
  readonly writes?: number;
  readonly versions: Readonly<Record<string, JsonObject>>;
  readonly tags: ReadonlyMap<string, string>;
  /** The path of each version's tarball, below the registry's address. */
  readonly tarballs: ReadonlyMap<string, string>;
  /** Returns the packument without some versions, as npm sends it. */
  without(gone: readonly string[]): object;
  /** Returns the path of the tarball of a version that is not there any more. */
  pathLike(coordinate: Coordinate): string;
}

/** Reads the packument as npm does before it writes; `absent` if there is no such package. */
export async function readRevisedPackument({
  client,
  coordinate,
  step,
  target,
}: {
  readonly client: RegistryClient;
  readonly coordinate: Coordinate;
  readonly step: Step;
  readonly target: Target;
}): Promise<Result<RevisedPackument | 'absent'>> {
  const reference = formatNpm(coordinate);
  const what = `read ${reference}`;
  const about = { code: 'npm', what, coordinate: reference, effect: 'none' } as const;
  try {
    const response = await client.wholePackument(coordinate.name);
    if (saysNotFound(response) || !isOwn(response, target)) return ok('absent');
    if (response.status !== 200) return failed(httpProblem({ ...about, response }));
    const body = jsonObject(response) ?? {};
    const { _rev: rev, 'dist-tags': list, versions } = body;
    const tags = tagsOf(what, list);
    if (tags.value === undefined) return tags;
    if (typeof rev !== 'string' || !isVersions(versions))
      return failed(malformed(what, 'the answer is not a packument with a revision', reference));
    return ok(revised({ body, rev, versions, tags: tags.value }, target));
  } catch (error) {
    step.signal.throwIfAborted();
    return failed(httpProblem({ ...about, error }));
  }
}

function revised(
  {
    body,
    rev,
    versions,
    tags,
  }: Pick<RevisedPackument, 'rev' | 'tags' | 'versions'> & {
    readonly body: Readonly<Record<string, unknown>>;
  },
  target: Target,
): RevisedPackument {
  const tarballs = new Map(
    Object.entries(versions).flatMap(([version, { dist }]) => {
      const address = isObject(dist) ? dist['tarball'] : undefined;
      const path = typeof address === 'string' ? pathOf(address, target) : undefined;
      return path === undefined ? [] : [[version, path] as const];
    }),
  );
  const [writes] = /^\d+(?=-)/.exec(rev) ?? [];
  return {
    rev,
    ...(writes === undefined ? {} : { writes: Number(writes) }),
    versions,
    tags,
    tarballs,
    without(gone) {
      const without = new Set(gone);
      const { _attachments, _revisions, ...rest } = body;
      const left = Object.entries(versions).filter(([one]) => !without.has(one));
      return { ...rest, versions: Object.fromEntries(left) };
    },
    pathLike({ name, version }) {
      // Each registry has its own form of the path, which contains the version.
      for (const [other, path] of tarballs) {
        const at = path.lastIndexOf(other);
        if (at > 0) return path.slice(0, at) + version + path.slice(at + other.length);
      }
      return `${name}/-/${name.replace(/^.*\//, '')}-${version}.tgz`;
    },
  };
}

function isVersions(value: unknown): value is RevisedPackument['versions'] {
  return isObject(value) && Object.values(value).every(isObject);
}

/**
 * Returns the path below the registry's address, as npm does: a registry may name another host, the
 * one that it knows itself by.
 */
function pathOf(address: string, { registry }: Target): string | undefined {
  const url = URL.parse(address);
  const base = new URL(`${registry.url}/`).pathname;
  if (url === null) return undefined;
  return url.pathname.startsWith(base) ? url.pathname.slice(base.length) : url.pathname.slice(1);
}
