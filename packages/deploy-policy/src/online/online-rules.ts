import { formatImageReference, type ImageReference } from '@ameide/source-files/image';
import { PROOF_NAMES, type Problem, printable } from '@ameide/versioning-core';
import { allowedTags, type Broken, type Where } from '../check/rules.ts';
import type { FoundImage } from '../check/run.ts';
import { isImmutableTag, TAG_FORMS, tagKind } from '../policy/tag-kind.ts';
import type {
  FoundRelease,
  ImageAnswer,
  ReleaseAnswer,
  ReleaseArtifact,
} from './image-registry.ts';

type Found = Extract<ImageAnswer, { readonly state: 'found' }>;

/** What is wrong with an image that is not there. */
export function imageRules({ reference }: FoundImage, answer: ImageAnswer): readonly Broken[] {
  const text = formatImageReference(reference);
  if (answer.state === 'absent')
    return [
      {
        code: 'deploy-image-absent',
        message: `${text} does not exist on its registry.`,
        hint: 'Publish it first, or pin a version that is published: ameide-release map lists them.',
      },
    ];
  if (answer.state !== 'unknown-image') return [];
  return [
    {
      code: 'deploy-image-unknown',
      message: `The release definition publishes no image ${reference.name}, so that nobody can say what ${text} should be.`,
      hint: 'Name the definition that publishes it with --config, correct the name, or check this file without --online.',
    },
  ];
}

/** The digest in the manifest is what runs; the tag beside it must be of the same bytes. */
export function digestRule(
  { reference }: FoundImage,
  answer: ImageAnswer,
  byDigest: ImageAnswer | undefined,
): readonly Broken[] {
  const { digest, name, tag } = reference;
  if (answer.state !== 'found' || digest === undefined) return [];
  if (byDigest?.state === 'absent')
    return [
      {
        code: 'deploy-image-absent',
        message: `${name}@${digest} does not exist on its registry.`,
        hint: 'Pin it again: ameide-release deploy pin.',
      },
    ];
  if (answer.digest === digest) return [];
  return [
    {
      code: 'deploy-digest-differs',
      message: `The tag ${tag} of ${name} names ${answer.digest}, but the manifest runs ${digest}.`,
      hint: 'Pin it again, so that both are of one image: ameide-release deploy pin.',
    },
  ];
}

/** Whether an image is of the commit that everything says it is of, and may run there. */
export function commitRules(
  image: FoundImage,
  found: Found,
  release: ReleaseAnswer | undefined,
  where: Where,
): readonly (Broken | Problem)[] {
  const text = formatImageReference(image.reference);
  if (found.sha === undefined || release === undefined)
    return [
      {
        code: 'deploy-image-no-commit',
        message: `${text} has no label org.opencontainers.image.revision, so its commit is not known.`,
        hint: 'It was not pushed by ameide-release publish: find out who pushed it.',
      },
    ];
  const differing = differs(image, found.sha);
  if (differing.length > 0) return differing;
  if (release.state === 'unknown-commit')
    return [
      {
        code: 'deploy-commit-unknown',
        message: `${text} says that it was built from ${found.sha}, which this clone does not have.`,
        hint: 'Fetch all branches and tags. If the commit is still not there, somebody else pushed this image.',
      },
    ];
  const own = artifactsOf(image.reference, found, release.release);
  if (own.length === 0)
    return isUnanswered(image.reference.name, release.release)
      ? []
      : [notOfCommit(text, found.sha)];
  return [...channelRule(image.reference, own, where), ...proofRule(text, own, where)];
}

/** The commit that the label says, against the one that the tag and the annotation say. */
function differs({ reference, sha }: FoundImage, labelled: string): readonly Broken[] {
  const { name, tag = '' } = reference;
  const found: Broken[] = [];
  if (tagKind(tag) === 'commit' && tag !== labelled)
    found.push({
      code: 'deploy-image-other-commit',
      message: `The tag of ${name} is ${tag}, but the image says that it was built from ${labelled}.`,
      hint: 'Somebody has moved the tag: do not run it. Find out who pushed this image.',
    });
  if (sha !== undefined && sha !== labelled)
    found.push({
      code: 'deploy-annotation-differs',
      message: `The annotation says ${sha}, but ${formatImageReference(reference)} was built from ${labelled}.`,
      hint: 'Pin it again, which writes both: ameide-release deploy pin.',
    });
  return found;
}

/** The names and digests under which the commit's release has this image. */
function artifactsOf(
  { name, tag }: ImageReference,
  found: Found,
  { artifacts }: FoundRelease,
): readonly ReleaseArtifact[] {
  const of = artifacts.filter(
    ({ coordinate, state }) => coordinate.startsWith(`oci:${name}:`) && state === 'published',
  );
  // A version names one commit; a moving tag, or a digest alone, is what it is by its bytes.
  return isImmutableTag(tag)
    ? of.filter(({ coordinate }) => coordinate === `oci:${name}:${tag}`)
    : of.filter((one) => one.digest === found.digest);
}

/**
 * True if nobody can say whether the commit has an image, because a registry did not answer: the release's own
 * problems say so.
 */
export function isUnanswered(name: string, { artifacts, problems }: FoundRelease): boolean {
  const own = artifacts.filter(({ coordinate }) => coordinate.startsWith(`oci:${name}:`));
  return own.length === 0 ? problems.length > 0 : own.some(({ state }) => state === 'unknown');
}

function notOfCommit(text: string, sha: string): Broken {
  return {
    code: 'deploy-image-other-commit',
    message: `${text} says that it was built from ${sha}, but it is none of the images that are published from that commit.`,
    hint: 'Anybody who may push can make an image that says so: do not run it. Find out who pushed it. ameide-release trace shows what the commit has.',
  };
}

/** A digest alone says nothing of the channel; the tags of the same bytes do. */
function channelRule(
  reference: ImageReference,
  own: readonly ReleaseArtifact[],
  where: Where,
): readonly Broken[] {
  if (reference.tag !== undefined) return [];
  const tags = own.map(({ coordinate }) => coordinate.slice(coordinate.lastIndexOf(':') + 1));
  const kinds = tags.flatMap((tag) => tagKind(tag) ?? []);
  if (kinds.some((kind) => where.tags.includes(kind)) || where.tags.length === 0) return [];
  return [
    {
      code: 'deploy-tag-not-allowed',
      message: `The digest of ${reference.name} is of an image with the tags ${tags.map(printable).join(', ')}, which are not allowed in ${where.name}.`,
      hint: `Allowed there: ${allowedTags(where)}. Found: ${kinds.map((kind) => TAG_FORMS[kind]).join(', ')}.`,
    },
  ];
}

/** The proofs that an image lacks. One that could not be read is no proof that is missing. */
export function proofRule(
  text: string,
  own: readonly ReleaseArtifact[],
  where: Where,
): readonly (Broken | Problem)[] {
  if (where.proof === 'optional') return [];
  const [one] = own;
  const proofs = one?.proofs ?? [];
  const unanswered = proofs.flatMap(({ problem }) => problem ?? []);
  const unproven = proofs.filter(
    ({ problem, state }) => state !== 'proven' && problem === undefined,
  );
  if (unproven.length === 0) return unanswered;
  const what = unproven.map(({ kind, state }) => `${PROOF_NAMES[kind]} ${state}`).join(', ');
  return [
    ...unanswered,
    {
      code: 'deploy-image-not-proven',
      message: `${text} lacks what the release definition asks of it: ${what}.`,
      hint: 'Run ameide-release verify for the reason, and ameide-release publish again for what is missing.',
    },
  ];
}

const MISSING: Readonly<Record<ReleaseArtifact['state'], string>> = {
  published: 'published',
  missing: 'not published',
  wrong: "another commit's",
  unknown: 'not known',
};

/** A release that is there in part only. */
export function releaseRules({
  artifacts,
  problems,
  sha,
}: FoundRelease): readonly (Broken | Problem)[] {
  // Without a problem, nobody would hear of what no registry said.
  const missing = artifacts.filter(
    ({ state }) => state !== 'published' && (state !== 'unknown' || problems.length === 0),
  );
  if (missing.length === 0) return problems;
  const list = missing
    .map(({ coordinate, state }) => `${coordinate} (${MISSING[state]})`)
    .join(', ');
  return [
    ...problems,
    {
      code: 'deploy-release-incomplete',
      message: `Commit ${sha} is published in part only: ${list}.`,
      hint: 'Complete the release: ameide-release publish continues from what is there.',
    },
  ];
}
