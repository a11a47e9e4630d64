import {
  type Coordinate,
  type Finding,
  managesName,
  type Publisher,
  type PublisherDefinition,
  type Result,
  type SourceTree,
  type Step,
} from '@ameide/versioning-core';
import { attachFiles } from './attach.ts';
import { checkImage } from './check.ts';
import { checkRemoval } from './check-removal.ts';
import type { BuildRegistry } from './engine/registry-auth.ts';
import { loadLayout, saveLayout } from './image/layout.ts';
import { VERSION } from './image/media-types.ts';
import { type ImageName, parseImageName } from './image-name.ts';
import { classifyTags, imageOn, inspectCoordinate } from './inspect.ts';
import type { PackagesAccess } from './packages/open-packages.ts';
import { type GhcrBuilt, type GhcrPlan, type ImagePlanInput, planImage } from './plan.ts';
import { moveImageTag, promoteImage, readPointers } from './promote.ts';
import { type PublishPorts, publishImage } from './publish.ts';
import type { RegistryClient } from './registry/client.ts';
import { rehearseImage } from './rehearse/rehearse.ts';
import { openRemover } from './removal/open-remover.ts';
import { removeImages } from './remove.ts';
import type { ImageSigning } from './sign/image-signing.ts';
import type { ImageSource } from './source/source.ts';
import { otherVersion, readCommitTags } from './tags.ts';
import { listVersions } from './versions.ts';

/** The publisher of an image. Functions that are optional in other publishers always exist here. */
export type GhcrPublisher = Publisher<GhcrPlan, GhcrBuilt> &
  Required<Pick<Publisher<GhcrPlan, GhcrBuilt>, 'validate' | 'promote' | 'pointers'>>;

export interface GhcrDefinition extends PublisherDefinition<GhcrPlan, GhcrBuilt> {
  open(source: SourceTree): Promise<GhcrPublisher>;
}

/** Creates the publisher of one image. */
export function imagePublisher(
  input: ImagePlanInput,
  source: ImageSource,
  clientOf: (image: ImageName) => RegistryClient,
  ports: RemovalPorts &
    Required<Pick<GhcrPublisher, 'secrets'>> & {
      /** Absent if the image is not signed. */
      readonly signing?: ImageSigning;
      /** True for an image that files about the release are attached to. */
      readonly attaches?: boolean;
    },
): GhcrPublisher {
  const { host, name } = input.image;
  const client = clientOf(input.image);
  const { signing } = ports;
  const inspectOne = async (coordinate: Coordinate, step: Step): Promise<readonly Finding[]> => {
    const asked = imageOn(host, coordinate);
    return inspectCoordinate(coordinate, step, asked.name === name ? client : clientOf(asked));
  };
  // The version in the label of this commit's image on the registry, as `inspect` has read it.
  let builtAs: string | undefined;
  // True if `inspect` has found none of the plan's tags.
  let isExpectedAbsent = false;
  return {
    id: `oci:${name}`,
    visibleOn: 'promote',
    secrets: ports.secrets,
    members: [{ ecosystem: 'oci', name }],
    plan: (release) => planImage(release, input),
    validate: (plan, step) => source.validate(plan, step),
    check: async (plan, step) => {
      const unsigned = signing?.check(plan, step) ?? Promise.resolve([]);
      return (await Promise.all([checkImage(client, step), unsigned])).flat();
    },
    checkTools: (_plan, step) => source.checkTools(step),
    async inspect(subject, step) {
      if ('coordinate' in subject) return inspectOne(subject.coordinate, step);
      const tags = await readCommitTags(client, subject.plan, step.signal);
      builtAs ??= otherVersion(tags, subject.plan);
      isExpectedAbsent = tags.planned.every(({ image }) => image.state === 'absent');
      return classifyTags(subject, tags);
    },
    canInspect: (coordinate) =>
      coordinate.ecosystem === 'oci' && parseImageName(coordinate.name).host === host,
    versions: (plan, step) => listVersions(client, plan, step),
    ...buildFacts(source),
    build: async (plan, step) =>
      source.isReproducible && builtAs !== undefined
        ? buildAs(builtAs, plan, step, source, client.session)
        : source.build(plan, step, client.session),
    save: saveLayout,
    load: (plan, folder, step) => loadLayout(plan, folder, step.signal),
    rehearse: (plan, built, step) => rehearseImage(client, plan, built, step),
    ...publishVerbs(client, ports, () => isExpectedAbsent),
    ...signingVerbs(signing),
    ...pointerVerbs(client, input, ports),
    ...removalVerbs(client, ports),
  };
}

function publishVerbs(
  client: RegistryClient,
  ports: PublishPorts & { readonly attaches?: boolean },
  isExpectedAbsent: () => boolean,
): Pick<GhcrPublisher, 'publish' | 'attach'> {
  // True if one of the plan's tags was set and nothing has been attached since.
  let isNew = false;
  const attach: GhcrPublisher['attach'] = async (plan, files, step) => {
    const how = { ...ports, isNew };
    isNew = false;
    return attachFiles(client, plan, files, step, how);
  };
  return {
    async publish(plan, built, step) {
      const how = { ...ports, isExpectedAbsent: isExpectedAbsent() };
      const tags = await publishImage(client, plan, built, step, how);
      isNew ||= tags.some(({ outcome }) => outcome === 'published');
      return tags;
    },
    ...(ports.attaches === true ? { attach } : {}),
  };
}

function pointerVerbs(
  client: RegistryClient,
  { movingTags }: ImagePlanInput,
  ports: Parameters<typeof promoteImage>[3],
): Pick<GhcrPublisher, 'promote' | 'pointers' | 'managesPointer' | 'movePointer'> {
  return {
    promote: (plan, step) => promoteImage(client, plan, step, ports),
    pointers: (plan, step) => readPointers(client, plan, step.signal),
    managesPointer: (tag, version) => managesName(movingTags, tag, version),
    movePointer: (plan, move, step) => moveImageTag(client, plan, move, step, ports),
  };
}

function buildFacts({
  buildKey,
  buildsFrom,
  isReproducible,
}: ImageSource): Pick<Publisher, 'buildKey' | 'buildsFrom' | 'isReproducible'> {
  return { buildsFrom, isReproducible, ...(buildKey === undefined ? {} : { buildKey }) };
}

function signingVerbs(
  signing: ImageSigning | undefined,
): Pick<Publisher<GhcrPlan, GhcrBuilt>, 'sign' | 'needsBuildToSign' | 'proofs'> {
  if (signing === undefined) return {};
  return {
    sign: (plan, step, built, seen) => signing.sign({ plan, built, seen }, step),
    needsBuildToSign: (plan, step) => signing.needsBuild(plan, step),
    proofs: (plan, step) => signing.proofs(plan, step),
  };
}

type RemovalPorts = PublishPorts & { readonly packages?: PackagesAccess };

function removalVerbs(
  client: RegistryClient,
  ports: RemovalPorts,
): Pick<Publisher<GhcrPlan, GhcrBuilt>, 'checkRemoval' | 'remove'> {
  return {
    checkRemoval: (_plan, step) => checkRemoval(client, ports.packages, step),
    remove: (plan, coordinates, step) =>
      removeImages(client, plan, coordinates, step, async () => openRemover(client, ports, step)),
  };
}

/**
 * Builds the image with the version label that the registry's image of this commit has: only then can
 * their bytes be compared.
 */
async function buildAs(
  version: string,
  plan: GhcrPlan,
  step: Step,
  source: ImageSource,
  registry: BuildRegistry,
): Promise<Result<GhcrBuilt>> {
  const labels = { ...plan.labels, [VERSION]: version };
  const built = await source.build({ ...plan, version, labels }, step, registry);
  return built.value === undefined
    ? built
    : { ...built, value: { ...built.value, builtAs: version } };
}
