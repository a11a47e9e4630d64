import type { Pin, PinTarget } from '@ameide/deploy-policy';
import { parseImageReference } from '@ameide/deploy-policy';
import { type Repository, refuseShallow } from '@ameide/publisher-kit/git';
import {
  type InvalidInput,
  InvalidInputError,
  isSha,
  type Problem,
  parseOciTag,
} from '@ameide/versioning-core';
import { imagesOf } from '../../../deploy/load-policy.ts';
import { type ReadManifests, readManifests, STDIN } from '../../../deploy/manifest-files.ts';
import { namesIn, type PinRequest, pinFiles, pinTargets } from '../../../deploy/pin-files.ts';
import { pinReport } from '../../../deploy/pin-report.ts';
import type { CliEnvironment } from '../../environment.ts';
import { askRegistries } from './ask-registries.ts';
import {
  type DeployArguments,
  type OpenedPolicy,
  openPolicy,
  requireRelease,
} from './open-policy.ts';
import { printPin } from './print-pin.ts';

export interface PinArguments extends DeployArguments {
  readonly env: string;
  readonly paths: readonly string[];
  readonly sha?: string;
  readonly version?: string;
  readonly only?: readonly string[];
  readonly offline?: boolean;
  readonly write?: boolean;
}

/** `ameide-release deploy pin` */
export async function pin(env: CliEnvironment, args: PinArguments): Promise<number> {
  requireOne(args);
  await using opened = await openPolicy(args);
  const { policy } = opened;
  const read = await readFiles(args.paths);
  const chosen = chosenNames(args.only, opened);
  const names = namesIn(read, policy, chosen);
  const absent = args.only === undefined ? undefined : chosen.find((name) => !names.includes(name));
  if (absent !== undefined) throw notThere(absent);
  const request: PinRequest = { policy, environment: args.env, read, write: args.write === true };
  const target = await targetOf(args, opened);
  if (args.offline === true) {
    const pins = names.map((name) => offlinePin(name, target));
    const outcome = await pinFiles({ pins, problems: [] }, request).catch((error: unknown) => {
      throw ofOption(error, args);
    });
    const report = pinReport({ ...outcome, problems: outcome.problems.map(ofOffline) }, SCHEMA);
    await printPin(env, args.json, report);
    return report.exitCode;
  }
  const release = requireRelease(opened, 'deploy pin without --offline');
  const targets = names.map((name): PinTarget => ({ name, ...target }));
  const { exitCode, report } = await askRegistries(env, args, release, async (registry) =>
    pinReport(await pinTargets(targets, registry, request), SCHEMA),
  );
  await printPin(env, args.json, report);
  return exitCode;
}

const SCHEMA = 'ameide-release/deploy-pin/1';

/** Reads files; what comes in through a pipe cannot be pinned where it is. */
export async function readFiles(paths: readonly string[]): Promise<ReadManifests> {
  if (!paths.includes(STDIN)) return readManifests(paths, undefined);
  throw new InvalidInputError({
    field: 'path',
    received: STDIN,
    expected: 'files or folders: pin changes files where they are',
    hint: 'Pin the sources of what you render: kustomization.yaml, values.yaml.',
  });
}

/** The names that may be pinned: those of `--only`, else all that the definition publishes. */
function chosenNames(
  only: readonly string[] | undefined,
  { policy, release }: OpenedPolicy,
): readonly string[] {
  if (only !== undefined) return only.map(parseName);
  if (release !== undefined) return imagesOf(release.definition);
  const exact = policy.images.filter((name) => !name.endsWith('/*'));
  if (exact.length > 0) return exact;
  throw new InvalidInputError({
    field: 'only',
    expected:
      'the images to pin, because the policy has only patterns: --only ghcr.io/ameideio/ameide-sdk-ts',
  });
}

function parseName(text: string): string {
  const reference = parseImageReference(text.replace(/^oci:/, ''));
  if (reference !== undefined && reference.tag === undefined && reference.digest === undefined)
    return reference.name;
  throw new InvalidInputError({
    field: 'only',
    received: text,
    expected: 'an image without tag and digest, for example ghcr.io/ameideio/ameide-sdk-ts',
  });
}

type Target = Omit<PinTarget, 'name'>;

/** The commit to pin, as the repository knows it. */
async function targetOf(
  { sha, version }: PinArguments,
  { release }: OpenedPolicy,
): Promise<Target> {
  if (release === undefined) return targetWithoutRepository(sha, version);
  const { definition, repository } = release;
  await refuseShallow(repository);
  const tag = `${definition.tagPrefix ?? 'v'}${version}`;
  const commit =
    version === undefined
      ? await resolve(repository, sha ?? '', { field: 'sha' })
      : await resolve(repository, `refs/tags/${tag}`, {
          field: 'version',
          received: version,
          expected: `a version that is released: this clone has no tag ${tag}`,
        });
  if (
    version !== undefined &&
    sha !== undefined &&
    (await resolve(repository, sha, { field: 'sha' })) !== commit
  )
    throw new InvalidInputError({
      field: 'sha',
      received: sha,
      expected: `the commit of version ${version}, ${commit}, or --version alone`,
    });
  return { sha: commit, ...(version === undefined ? {} : { tag: version }) };
}

async function resolve(
  repository: Repository,
  ref: string,
  input: Partial<InvalidInput>,
): Promise<string> {
  try {
    return await repository.resolve(ref);
  } catch (error) {
    throw error instanceof InvalidInputError && error.field === 'ref' ? error.with(input) : error;
  }
}

/** Without a repository nobody can say which commit a version is. */
function targetWithoutRepository(sha: string | undefined, version: string | undefined): Target {
  if (isSha(sha)) return { sha, ...(version === undefined ? {} : { tag: version }) };
  throw new InvalidInputError({
    field: 'sha',
    ...(sha === undefined ? {} : { received: sha }),
    expected: 'the full SHA of the commit, because --policy has no repository that could say it',
  });
}

function offlinePin(name: string, { sha, tag = sha }: Target): Pin {
  return { name, tag, sha };
}

function requireOne({ sha, version }: PinArguments): void {
  if (version !== undefined) {
    const parsed = parseOciTag(version);
    if (parsed === undefined || parsed.sha !== undefined)
      throw new InvalidInputError({
        field: 'version',
        received: version,
        expected: 'a version X.Y.Z or X.Y.Z-rc.N, for example 0.1.0',
      });
  }
  if (version !== undefined || sha !== undefined) return;
  throw new InvalidInputError({
    field: 'sha',
    expected: 'what to pin: --sha SHA, or --version X.Y.Z',
  });
}

/** Names the option in place of the pins that were made of it. */
function ofOption(error: unknown, { version }: PinArguments): unknown {
  if (!(error instanceof InvalidInputError && error.field.startsWith('pins['))) return error;
  if (error.field.endsWith('.name')) return error.with({ field: 'only' });
  return error.with({ field: version === undefined ? 'sha' : 'version' });
}

/** Only the registry knows a digest. */
function ofOffline(problem: Problem): Problem {
  return problem.code === 'deploy-pin-digest-unknown'
    ? { ...problem, hint: 'Leave out --offline, so that the registry is asked for it.' }
    : problem;
}

function notThere(received: string): InvalidInputError {
  const expected = 'an image that a manifest here has, in an image field or in a text';
  const hint = 'ameide-release deploy check lists the images.';
  return new InvalidInputError({ field: 'only', received, expected, hint });
}
