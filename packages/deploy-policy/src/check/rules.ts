import { formatImageReference, type ImageReference } from '@ameide/source-files/image';
import { isOciDigest, isSha, type Problem, printable, problem } from '@ameide/versioning-core';
import type { WrongImage } from '../places/read-image.ts';
import type { Environment } from '../policy/environment.ts';
import { TAG_FORMS, tagKind } from '../policy/tag-kind.ts';

/** What a rule says of one image, without where it stands. */
export type Broken = Pick<Problem, 'code' | 'message' | 'hint'>;

/** An environment with its name. */
export interface Where extends Environment {
  readonly name: string;
}

const WRONG: Readonly<Record<WrongImage, (text: string) => Broken>> = {
  'not-text': (text) => ({
    code: 'deploy-not-text',
    message:
      text === ''
        ? 'The value is empty.'
        : `Kubernetes reads ${plain(text)} here as a number, a boolean, null, a list or a map, not as a string.`,
    hint: text === '' ? 'Write an image.' : 'If it is a string, put it in quotes.',
  }),
  template: (text) => ({
    code: 'deploy-template',
    message: `${printable(text)} is a template, not an image.`,
    hint: 'Check what it renders: helm template CHART | ameide-release deploy check --env ENV -',
  }),
  variable: (text) => ({
    code: 'deploy-variable',
    message: `${printable(text)} holds a variable, which no container runtime replaces.`,
    hint: 'Check what your tool makes of it (kubectl kustomize, docker compose config, flux envsubst): … | ameide-release deploy check --env … -',
  }),
  'not-a-reference': (text) => ({
    code: 'deploy-not-a-reference',
    message: `${printable(text)} is not an image reference.`,
    hint: wrongReference(text),
  }),
};

/** Without the quotes that it lacks in the file. */
function plain(text: string): string {
  return printable(text).slice(1, -1);
}

export function wrongImage(wrong: WrongImage, text: string): Broken {
  return WRONG[wrong](text);
}

/** More of a text than this is not looked at. */
const MAX_HINTED = 1000;

function wrongReference(whole: string): string {
  const text = whole.slice(0, MAX_HINTED);
  if (text.trim() !== text || /\s/.test(text))
    return 'It has a space or a line break in it: remove that.';
  if (/[^\x20-\x7e]/.test(text))
    return 'Only ASCII is allowed: a letter may look like another one.';
  if (/^https?:/.test(text)) return 'Remove the scheme: an image begins with its registry.';
  const path = text.replace(/@.*/, '').replace(/:[^/]*$/, '');
  if (/[A-Z]/.test(path.slice(path.indexOf('/') + 1)))
    return 'The name of a repository is in lower case.';
  if (/@/.test(text)) return 'A digest is sha256: and 64 hex digits.';
  return 'The form is registry/repository:tag, for example ghcr.io/ameideio/ameide-sdk-ts:0.1.0.';
}

/** The rules for an image of ours. `isPatch`: what is left out comes from elsewhere. */
export function brokenRules(
  image: ImageReference,
  where: Where,
  isPatch = false,
): readonly Broken[] {
  if (isPatch && image.tag === undefined && image.digest === undefined) return [];
  return [...tagRule(image, where), ...digestRule(image, where)];
}

/** The kind of tag that the environment allows, in words. */
export function allowedTags({ tags }: Where): string {
  return tags.length === 0
    ? 'no tag, only a digest'
    : tags.map((kind) => TAG_FORMS[kind]).join(', ');
}

/** The command that writes what the environment allows. */
export function pinCommand({ name, tags }: Where): string {
  const isVersioned = tags.includes('release') && !tags.includes('commit');
  return `ameide-release deploy pin --env ${name} ${isVersioned ? '--version X.Y.Z' : '--sha SHA'} FILE`;
}

function tagRule({ digest, name, tag }: ImageReference, where: Where): readonly Broken[] {
  const hint = `Allowed there: ${allowedTags(where)}. To write it: ${pinCommand(where)}`;
  if (tag === undefined) {
    if (digest !== undefined) return [];
    const message = `${name} has no tag, so that ${where.name} would run whatever "latest" is at the time.`;
    return [{ code: 'deploy-tag-missing', message, hint }];
  }
  const kind = tagKind(tag);
  if (kind !== undefined && where.tags.includes(kind)) return [];
  const message = `The tag ${printable(tag)} of ${name} is not allowed in ${where.name}.`;
  return [{ code: 'deploy-tag-not-allowed', message, hint }];
}

function digestRule(image: ImageReference, where: Where): readonly Broken[] {
  const { digest } = image;
  const text = formatImageReference(image);
  if (digest === undefined)
    return where.digest === 'optional'
      ? []
      : [
          {
            code: 'deploy-digest-required',
            message: `${text} has no digest, which ${where.name} requires.`,
            hint: `To write it: ${pinCommand(where)}`,
          },
        ];
  if (isOciDigest(digest)) return [];
  return [
    {
      code: 'deploy-digest-not-sha256',
      message: `The digest of ${text} is not a SHA-256 digest.`,
      hint: 'Write sha256: and 64 lower-case hex digits.',
    },
  ];
}

/** The rules for the annotation of an image of ours: `sha` is what it says. */
export function annotationRules(
  image: ImageReference,
  annotation: { readonly key: string; readonly sha: string | undefined },
): readonly Broken[] {
  const { key, sha } = annotation;
  if (sha === undefined || !isSha(sha))
    return [
      {
        code: 'deploy-annotation-not-a-sha',
        message: `The annotation ${key} is not the full SHA of a commit.`,
        hint: 'Write 40 hex digits (64 in a repository with SHA-256), in quotes if they are all digits.',
      },
    ];
  const { tag = '' } = image;
  if (tagKind(tag) !== 'commit' || tag === sha) return [];
  return [
    {
      code: 'deploy-annotation-differs',
      message: `The annotation ${key} says ${sha}, but the tag of ${image.name} is ${tag}.`,
      hint: 'Find out which of the two is meant. ameide-release deploy pin writes both.',
    },
  ];
}

/** Where a problem is. */
export type Location = Pick<Problem, 'path' | 'line' | 'column' | 'field'>;

/** A problem of the kind that decides the exit code 2. */
export function finding(broken: Broken, place: Location): Problem {
  return problem({ kind: 'policy', ...broken, ...place });
}

/** What a rule says as a problem; what a registry did not say is one already. */
export function asProblem(one: Broken | Problem, place: Location = {}): Problem {
  return 'kind' in one ? one : finding(one, place);
}
