import {
  type Built,
  type Coordinate,
  InvalidInputError,
  isOciTag,
  movingNames,
  type Plan,
  type Pointer,
  type PointerPolicy,
  PUBLIC_SIGSTORE,
  type Release,
  type Signing,
  unixSeconds,
} from '@ameide/versioning-core';
import { CREATED, DESCRIPTION, REVISION, SOURCE, TITLE, VERSION } from './image/media-types.ts';
import type { StoredBlob } from './image/store.ts';
import type { ImageName } from './image-name.ts';
import type { StoredSbom } from './sbom/sbom-file.ts';
import { noIdentity, type SignOption } from './sign/sign-option.ts';

/** An image's plan: the tags, and every label of the image. */
export interface GhcrPlan extends Plan {
  /** `ghcr.io/ameideio/ameide-sdk-ts`. */
  readonly image: string;
  /** The published version: `0.1.0`, or a dev build's full SemVer. The image does not contain it. */
  readonly version: string;
  /** The tag that a release of the same commit has; absent if this is that release. */
  readonly releaseTag?: string;
  /** The tags that each channel moves. */
  readonly movingTags: Required<PointerPolicy>;
  /** The commit's time, RFC 3339 in UTC. */
  readonly created: string;
  /** How it is signed; absent if it is not. */
  readonly signing?: Signing;
  /** The SBOM's path in the checkout; absent if none is attached. */
  readonly sbom?: string;
  /** Labels of the config, and the same annotations of the manifest. */
  readonly labels: Readonly<Record<string, string>>;
}

/** A built image and all that it names, as files of the workspace. */
export interface GhcrBuilt extends Built {
  /** The version in its label, if that is not the plan's. */
  readonly builtAs?: string;
  /** What the tags name: the image's manifest, or the index of its platforms. */
  readonly manifest: StoredBlob;
  /** The manifests that an index names, in its order. */
  readonly images: readonly StoredBlob[];
  /** Each config, followed by its layers in order; none twice. */
  readonly blobs: readonly StoredBlob[];
  /** The SBOM, a copy of the checkout's. It is no part of the image. */
  readonly sbom?: StoredSbom;
}

/** What `planImage` gets besides the release. */
export interface ImagePlanInput {
  readonly image: ImageName;
  readonly registry: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly description?: string | undefined;
  readonly movingTags: Required<PointerPolicy>;
  readonly sign?: SignOption | undefined;
  readonly sbom?: string | undefined;
}

/**
 * Makes the plan. Pure. Throws `InvalidInputError` for an invalid tag (a version with `+`, for
 * example).
 */
export function planImage(release: Release, input: ImagePlanInput): GhcrPlan {
  const { commitTag, versionTag } = release.versions.oci;
  const moving = movingNames(input.movingTags, release);
  const { base, sha } = release.canonical;
  const tags = versionTag === undefined ? [commitTag] : [commitTag, versionTag];
  for (const tag of [...tags, ...moving.map(({ name }) => name)]) checkTag(tag);
  const created = new Date(unixSeconds(release.canonical.datetime) * 1000)
    .toISOString()
    .replace('.000Z', 'Z');
  const version = versionTag ?? release.versions.npm.full;
  const name = input.image.name;
  return {
    publisher: `oci:${name}`,
    registry: input.registry,
    sha,
    image: name,
    version,
    ...(tags.includes(base) ? {} : { releaseTag: base }),
    created,
    labels: labelsOf(input, {
      sha,
      created,
      version: versionLabel(release),
      repository: release.repository,
    }),
    coordinates: tags.map((tag): Coordinate => ({ ecosystem: 'oci', name, version: tag })),
    movingTags: input.movingTags,
    ...signingOf(release, input.sign),
    ...(input.sbom === undefined ? {} : { sbom: input.sbom }),
    pointers: moving.map(
      ({ name: pointer, rule }): Pointer => ({
        ecosystem: 'oci',
        name,
        pointer,
        version: rule === 'ancestry' ? sha : (versionTag ?? sha),
      }),
    ),
  };
}

function signingOf({ signing }: Release, sign: SignOption | undefined): Pick<GhcrPlan, 'signing'> {
  if (sign === undefined) return {};
  if (sign === 'keyless' && signing?.identity === undefined) throw noIdentity();
  return { signing: signing ?? { sigstore: PUBLIC_SIGSTORE } };
}

/**
 * The same for every channel, because a commit has one image: if anything in it showed which run
 * built it, two runs at once would make two. So it is the version of the commit's dev build.
 */
function versionLabel({ canonical, versions }: Release): string {
  return `${versions.target}-dev.${canonical.datetime}+g${canonical.shortSha}`;
}

function checkTag(tag: string): void {
  if (isOciTag(tag)) return;
  throw new InvalidInputError({
    field: 'versions.oci',
    received: tag,
    expected: 'OCI tags: at most 128 letters, digits, ".", "_" and "-"',
  });
}

function labelsOf(
  input: ImagePlanInput,
  facts: { sha: string; created: string; version: string; repository: string | undefined },
): Record<string, string> {
  const labels: Record<string, string> = {
    [TITLE]: input.image.repository.split('/').at(-1) ?? input.image.repository,
    ...(input.description === undefined ? {} : { [DESCRIPTION]: input.description }),
    ...(facts.repository === undefined ? {} : { [SOURCE]: facts.repository }),
    ...input.labels,
    [CREATED]: facts.created,
    [REVISION]: facts.sha,
    [VERSION]: facts.version,
  };
  // A fixed order, so that the same labels give the same bytes.
  return Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}
