import { type HttpError, type HttpResponse, httpProblem } from '@ameide/publisher-kit';
import { type Coordinate, formatCoordinate, type Problem, problem } from '@ameide/versioning-core';

/** The failed action, for a Problem. */
export interface Operation {
  /** As a verb: `push ghcr.io/o/r:0.1.0`. */
  readonly what: string;
  readonly coordinate?: string;
  /** What the action may have left on the registry. */
  readonly effect: Problem['effect'];
}

const GITHUB_HINT =
  'The token in GHCR_TOKEN or GITHUB_TOKEN needs write:packages (in GitHub Actions: permissions: packages: write). For a package that ' +
  'exists already, add this repository under "Manage Actions access" in the package settings.';
const OTHER_HINT =
  'Check the options token and user: that the token is valid for this registry, and may push to this repository.';

/** As Amazon ECR and Google say it, and Harbor, with 401 for a valid token. */
const NO_REPOSITORY = /^NAME_UNKNOWN|\bproject \S+ not found/;
const CREATE_HINT =
  'Create the repository, then run the same command again: some registries make none at the first push (Amazon ECR: ' +
  'aws ecr create-repository; Google and Harbor: the repository or project that the name begins with).';

/**
 * The problem of an unsuccessful answer: 401 and 403 are `authentication`; 408, 429 and 5xx may go
 * away.
 */
export function answerProblem(operation: Operation, response: HttpResponse): Problem {
  const detail = registryError(response);
  const found = httpProblem({
    code: 'ghcr',
    ...operation,
    response,
    ...(detail === undefined ? {} : { detail }),
  });
  if (NO_REPOSITORY.test(detail ?? '')) return { ...found, hint: CREATE_HINT };
  return found.kind === 'authentication'
    ? { ...found, hint: isGitHub(response.url) ? GITHUB_HINT : OTHER_HINT }
    : found;
}

/** True if a registry says that this tag is there and will not change. */
export function saysImmutable(response: HttpResponse): boolean {
  return /immutab|TAG_ALREADY_EXISTS/i.test(registryError(response) ?? '');
}

function isGitHub(url: string): boolean {
  return new URL(url).origin === 'https://ghcr.io';
}

/** The problem of a missing answer. */
export function networkProblem(operation: Operation, error: HttpError): Problem {
  return httpProblem({ code: 'ghcr', ...operation, error });
}

/** The problem of a missing token. `origin` is the registry's. */
export function noToken({ coordinate }: Operation, origin: string, repository: string): Problem {
  return problem({
    code: 'ghcr-unauthorized',
    kind: 'authentication',
    message: `There is no token for ${origin}, where ${repository} is pushed to.`,
    hint: isGitHub(origin)
      ? 'Set GHCR_TOKEN or GITHUB_TOKEN in the environment (in GitHub Actions with permissions: packages: write), or the option token; or run docker login.'
      : 'Give ghcr the options token and user, or run docker login. We send GHCR_TOKEN and GITHUB_TOKEN only to ghcr.io.',
    coordinate,
  });
}

/** The problem of a registry that accepts none of our kinds of authentication. */
export function unauthorized({ coordinate, what }: Operation, reason: string): Problem {
  return problem({
    code: 'ghcr-unauthorized',
    kind: 'authentication',
    message: `Could not ${what}: ${reason}.`,
    hint: 'Check the address: a registry asks for Basic or Bearer authentication.',
    coordinate,
  });
}

/**
 * The problem of another host, to which the registry sends a request, and which refuses it. Our
 * token is not for that host, so it is not the cause.
 */
export function refusedElsewhere(
  { coordinate, what }: Operation,
  status: number,
  origin: string,
): Problem {
  return problem({
    code: 'ghcr-redirect',
    kind: 'incomplete',
    message: `Could not ${what}: the registry sends this to ${origin}, which answered ${status}.`,
    hint:
      'Run the same command again: such an address may be good for a short time only. We send the token only to the registry; if that ' +
      'host is its API, set the option registry to it.',
    coordinate,
  });
}

/** The problem of a request that would have travelled unencrypted. */
export function insecure({ coordinate, what }: Operation, reason: string): Problem {
  return problem({
    code: 'ghcr-insecure',
    kind: 'incomplete',
    message: `Could not ${what}: ${reason}.`,
    hint: 'Use a registry that uses only https.',
    coordinate,
    rerun: 'after-fix',
  });
}

/** The problem of an answer that the distribution-spec does not allow. */
export function malformed({ coordinate, what }: Operation, reason: string): Problem {
  return problem({
    code: 'ghcr-malformed',
    kind: 'incomplete',
    message: `Could not ${what}: ${reason}.`,
    hint: 'Check that the address is the registry’s own: a proxy or a login page may have answered.',
    coordinate,
  });
}

/** The problem of a blob whose upload the registry accepted, but that it does not have. */
export function notStored({ coordinate, what }: Operation): Problem {
  return problem({
    code: 'ghcr-blob-not-stored',
    kind: 'incomplete',
    message: `Could not ${what}: the registry accepted it, but answers 404 for it.`,
    hint: 'Run the same command again. If this repeats, the registry, or a proxy in front of it, loses uploads.',
    coordinate,
  });
}

/** The problem of an image, config or layer that the registry names, but does not have. */
export function incompleteImage({ coordinate, what }: Operation): Problem {
  return problem({
    code: 'ghcr-image-incomplete',
    kind: 'incomplete',
    message: `Could not ${what}: the registry names it, but answers 404 for it.`,
    hint: 'Nobody can pull that image: a clean-up may have removed a part of it. Delete its tag, or push the image again.',
    coordinate,
  });
}

/** The problem of a layer that has the bytes of its digest, but is no readable archive. */
export function unreadableLayer({ coordinate, what }: Operation, reason: string): Problem {
  return problem({
    code: 'ghcr-layer-unreadable',
    kind: 'incomplete',
    message: `Could not ${what}: ${reason}.`,
    hint: 'These are the bytes that were pushed, so running again does not help: check whether clients can pull the image that has this layer.',
    coordinate,
    rerun: 'after-fix',
  });
}

/** The problem of a tag that exists and is not ours. */
export function tagConflict(
  coordinate: Coordinate,
  revision: string | undefined,
  sha: string | undefined,
): Problem {
  const named = revision === undefined ? 'names no commit' : `was built from ${revision}`;
  const ours = sha === undefined ? '' : `, not from ${sha}`;
  const where = formatCoordinate(coordinate);
  return problem({
    code: 'ghcr-tag-conflict',
    kind: 'conflict',
    message: `${where} is there already and ${named}${ours}.`,
    hint: `An immutable tag is never overwritten. Raise the base version${revision === undefined ? '' : `, or publish ${revision}, the commit of the existing image`}.`,
    coordinate: where,
  });
}

// distribution-spec, "Error codes": {"errors": [{"code": "MANIFEST_UNKNOWN", "message": "…"}]}.
function registryError(response: HttpResponse): string | undefined {
  try {
    const body = response.json() as { errors?: unknown } | null;
    const first: unknown = Array.isArray(body?.errors) ? body.errors[0] : undefined;
    if (typeof first !== 'object' || first === null) return undefined;
    const { code, message } = first as { code?: unknown; message?: unknown };
    return [code, message].filter((part) => typeof part === 'string').join(': ');
  } catch {
    return undefined;
  }
}

/** The problem of an image that is to be signed or described, and is not there. */
export function nothingToAttachTo(
  { image, sha }: { readonly image: string; readonly sha: string },
  verb: 'sign' | 'attach a file to',
): Problem {
  const coordinate = `oci:${image}:${sha}`;
  return problem({
    code: 'ghcr-nothing-to-attach-to',
    kind: 'incomplete',
    message: `Could not ${verb} ${coordinate}: the registry does not have this image.`,
    hint: 'Publish the image first, then run the same command again.',
    coordinate,
  });
}
