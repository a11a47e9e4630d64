import {
  createPins,
  type DeployPolicy,
  environmentOf,
  type FoundImage,
  type ImageRegistry,
  listImages,
  type PinnedFile,
  type PinTarget,
  pinManifests,
  tagKind,
} from '@ameide/deploy-policy';
import type { Problem, Relation, SourceFiles } from '@ameide/versioning-core';
import { chartOfTemplate } from '../consumers/chart-of-template.ts';
import { type EnvironmentOfPath, environmentOfPath } from '../consumers/environment-of-path.ts';
import type { FoundRelease } from './find-release.ts';
import type { ImageCommits } from './image-commits.ts';
import { reasonNotToLower } from './lowest.ts';
import { lowestImage, shownImage } from './lowest-image.ts';
import { mayName, writtenName } from './names-in-text.ts';
import type { PlannedFiles } from './plan-files.ts';
import type { KeptPlace, PlannedFile } from './planned-file.ts';
import { unreadProblem } from './unread.ts';

export interface ManifestQuestion {
  readonly files: SourceFiles;
  readonly release: FoundRelease;
  readonly policy: DeployPolicy;
  /** `consumers.environments` */
  readonly environments?: Readonly<Record<string, readonly string[]>>;
  readonly isIncluded: (path: string) => boolean;
  readonly isNamed: boolean;
  readonly imageCommits: ImageCommits;
}

/** Files that consume reads in another way, or that hold no manifests. */
const OTHERS =
  /(?:^|\/)(?:(?:docker-)?compose(?:[.-][^/]+)?\.ya?ml|pnpm-(?:workspace|lock)\.yaml|package(?:-lock)?\.json)$|(?:^|\/)(?:node_modules|\.github)\//;
const MAY_BE_MANIFEST = /\.(?:ya?ml|json)$|(?:^|\/)Kustomization$/i;

interface Manifest {
  readonly path: string;
  readonly text: string;
  readonly images: readonly FoundImage[];
}

/** A manifest, and what its images become. */
interface Pinnable extends Manifest {
  readonly environment: string;
  readonly names: readonly string[];
}

/** Pins the images of a release in the manifests of consumers, as `deploy pin` does, each by its environment. */
export async function planManifests(
  question: ManifestQuestion,
  ask: <R>(use: (registry: ImageRegistry) => Promise<R>) => Promise<R>,
): Promise<Omit<PlannedFiles, 'settled'>> {
  const { environments, policy, release } = question;
  const names = release.artifacts.flatMap(({ ecosystem, name }) =>
    ecosystem === 'oci' ? [name] : [],
  );
  const read = await readManifests(question, names);
  const { notes, problems } = read;
  const kept: KeptPlace[] = [];
  const environmentAt = environmentOfPath(policy, environments);
  const pinnable: Pinnable[] = [];
  for (const one of read.manifests) {
    const { keep, pinned } = await sortImages(one, environmentAt, question);
    kept.push(...keep);
    if (pinned !== undefined) pinnable.push(pinned);
  }
  if (pinnable.length === 0) return { files: [], kept, same: 0, problems, notes };
  const results = await ask(async (registry) => pinAll(pinnable, question, registry));
  return { ...results, problems: [...problems, ...results.problems], kept, notes };
}

interface Read extends Pick<PlannedFiles, 'problems' | 'notes'> {
  readonly manifests: readonly Manifest[];
}

async function readManifests(
  { files, isIncluded, policy }: ManifestQuestion,
  names: readonly string[],
): Promise<Read> {
  const manifests: Manifest[] = [];
  const lastParts = names.map((name) => name.slice(name.lastIndexOf('/') + 1));
  const written = names.map((name) => writtenName({ ecosystem: 'oci', name }));
  const unread: Problem[] = [];
  const notes: string[] = [];
  const all = (await files.list('')).map(({ path }) => path);
  const chartOf = chartOfTemplate(all);
  for (const path of all) {
    if (!MAY_BE_MANIFEST.test(path) || OTHERS.test(path) || !isIncluded(path)) continue;
    const bytes = (await files.readBytes(path)) ?? new Uint8Array();
    // Charts may write the parts of a name apart, so only the last one has to be here.
    if (!mayName(bytes, lastParts)) continue;
    const text = new TextDecoder().decode(bytes);
    if (chartOf(path) !== undefined) {
      notes.push(
        `${path} is a template of a Helm chart, which was left alone: pin the chart's values.`,
      );
      continue;
    }
    const { images, notes: unclear, problems } = listImages([{ path, text }], policy);
    notes.push(...unclear);
    const own = images.filter(({ reference }) => names.includes(reference.name));
    if (own.length > 0) manifests.push({ path, text, images: own });
    for (const { code, line = 1, message } of problems) {
      // A template may be anything's.
      if (code === 'deploy-yaml' && mayName(bytes, written))
        unread.push(unreadProblem(path, message));
      else notes.push(`${path}:${line} was left alone: ${message}`);
    }
  }
  return { manifests, problems: unread, notes };
}

/** Which of a manifest's images are pinned, and why the others are not. */
async function sortImages(
  manifest: Manifest,
  environmentAt: EnvironmentOfPath,
  question: ManifestQuestion,
): Promise<{ readonly keep: readonly KeptPlace[]; readonly pinned?: Pinnable }> {
  const environment = environmentAt(manifest.path);
  const keep: KeptPlace[] = [];
  for (const image of manifest.images) {
    const reason =
      environment.kind === 'known'
        ? reasonToKeep(image, environment.name, question, await commitOf(image, question))
        : `${environment.kind === 'none' ? 'its environment is not known' : `it belongs to ${environment.names.join(' and ')}`} (set consumers.environments)`;
    if (reason !== undefined) keep.push(keptImage(manifest.path, image, reason));
  }
  const names = [...new Set(manifest.images.map(({ reference }) => reference.name))];
  // All places of one image in a file are pinned, or none.
  const free = names.filter((name) => keep.every((one) => one.name !== name));
  if (environment.kind !== 'known' || free.length === 0) return { keep };
  return { keep, pinned: { ...manifest, environment: environment.name, names: free } };
}

async function commitOf(
  { reference }: FoundImage,
  { imageCommits, isNamed }: ManifestQuestion,
): Promise<Relation | undefined> {
  return isNamed ? undefined : imageCommits(reference);
}

function reasonToKeep(
  { reference }: FoundImage,
  name: string,
  { isNamed, policy, release }: ManifestQuestion,
  commit: Relation | undefined,
): string | undefined {
  const { tag } = reference;
  const { kind, version } = release;
  const { tags } = environmentOf(policy, name);
  const old = tag === undefined ? undefined : tagKind(tag);
  if (tag !== undefined && old === undefined) return `the release publishes no tag like ${tag}`;
  const moves = old === 'dev' || old === 'latest' || old === 'line';
  if (moves && tags.includes(old)) return `${tag} moves, and ${name} allows that`;
  const own = kind === 'dev' ? 'commit' : kind;
  if (!tags.includes(own) && !tags.includes('commit'))
    return `${name} does not allow the images of a ${kind === 'dev' ? 'dev build' : kind}`;
  return reasonNotToLower(shownImage(reference), lowestImage(reference, commit), {
    release: { ecosystem: 'oci', version },
    isNamed,
  });
}

function keptImage(path: string, image: FoundImage, reason: string): KeptPlace {
  const { field, line, reference } = image;
  const { digest, name, tag } = reference;
  const requirement = `${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
  return { path, line, ecosystem: 'oci', name, field, requirement, reason };
}

async function pinAll(
  manifests: readonly Pinnable[],
  { policy, release }: ManifestQuestion,
  registry: ImageRegistry,
): Promise<Pick<PlannedFiles, 'files' | 'same' | 'problems'>> {
  const files: PlannedFile[] = [];
  const problems: Problem[] = [];
  let same = 0;
  for (const [environment, group] of Map.groupBy(manifests, (one) => one.environment)) {
    const { tags } = environmentOf(policy, environment);
    const isVersion = release.kind !== 'dev' && tags.includes(release.kind);
    const targets = [...new Set(group.flatMap(({ names }) => names))].map(
      (name): PinTarget => ({
        name,
        sha: release.sha,
        ...(isVersion ? { tag: release.version } : {}),
      }),
    );
    const created = await createPins(targets, { policy, environment, registry });
    problems.push(...created.problems);
    if (created.problems.length > 0) continue;
    for (const one of group) {
      const pins = created.pins.filter(({ name }) => one.names.includes(name));
      const result = pinManifests([one], { policy, environment, pins });
      problems.push(...result.problems);
      files.push(...result.files.flatMap((file) => plannedFile(file, one)));
      same += result.pinned - result.files.flatMap(({ changes }) => changes).length;
    }
  }
  return { files, same: Math.max(same, 0), problems };
}

function plannedFile(
  { before, changes, edits, path, text }: PinnedFile,
  { images }: Manifest,
): readonly PlannedFile[] {
  if (changes.length === 0) return [];
  const shown = changes.map(({ field, from = '', line, to }) => ({
    path,
    line,
    field,
    ecosystem: 'oci' as const,
    // An annotation of the commit is of no image.
    name: images.find((image) => image.line === line)?.reference.name ?? '',
    from,
    to,
  }));
  return [{ path, before, text, edits, changes: shown }];
}
