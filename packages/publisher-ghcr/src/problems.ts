import { type HttpError, type HttpResponse, httpProblem } from '@ameide/publisher-kit';
import type { Problem } from '@ameide/versioning-core';

/** What was being done, for a Problem. */
export interface Deed {
  /** As a verb: `push ghcr.io/o/r:0.1.0`. */
  readonly what: string;
  readonly coordinate?: string;
  /** What the registry may hold because of it. */
  readonly effect: Problem['effect'];
}

/** Shortens a Problem's construction; leaves out what is undefined. */
export function problem(
  code: string,
  kind: Problem['kind'],
  message: string,
  more: {
    hint?: string;
    coordinate?: string | undefined;
    effect?: Problem['effect'];
    rerun?: Problem['rerun'];
    cause?: unknown;
  } = {},
): Problem {
  return {
    code,
    kind,
    message,
    effect: more.effect ?? 'none',
    rerun: more.rerun ?? 'after-fix',
    ...(more.hint === undefined ? {} : { hint: more.hint }),
    ...(more.coordinate === undefined ? {} : { coordinate: more.coordinate }),
    ...(more.cause === undefined ? {} : { cause: more.cause }),
  };
}

const GITHUB_HINT =
  'The token in GHCR_TOKEN or GITHUB_TOKEN needs write:packages (in GitHub Actions: permissions: packages: write). For a package that ' +
  'exists already, add this repository under "Manage Actions access" in the package settings.';
const OTHER_HINT =
  'Check the options token and user: that the token is valid for this registry, and may push to this repository.';

/**
 * A registry's answer that is not a success: 401 and 403 are `authentication`, 408, 429 and 5xx may
 * pass by themselves.
 */
export function answerProblem(deed: Deed, response: HttpResponse): Problem {
  const detail = registryError(response);
  const found = httpProblem({
    code: 'ghcr',
    ...deed,
    response,
    ...(detail === undefined ? {} : { detail }),
  });
  return found.kind === 'authentication'
    ? { ...found, hint: isGitHub(response.url) ? GITHUB_HINT : OTHER_HINT }
    : found;
}

function isGitHub(url: string): boolean {
  return new URL(url).origin === 'https://ghcr.io';
}

/** No answer at all. */
export function networkProblem(deed: Deed, error: HttpError): Problem {
  return httpProblem({ code: 'ghcr', ...deed, error });
}

/** Nobody is signed in. `origin` is the registry's. */
export function noToken(deed: Deed, origin: string, repository: string): Problem {
  const hint = isGitHub(origin)
    ? 'Set GHCR_TOKEN or GITHUB_TOKEN in the environment (in GitHub Actions with permissions: packages: write), or the option token.'
    : 'Give ghcr the options token and user. GHCR_TOKEN and GITHUB_TOKEN go to ghcr.io alone.';
  const message = `There is no token for ${origin}, where ${repository} is pushed to.`;
  return problem('ghcr-unauthorized', 'authentication', message, {
    coordinate: deed.coordinate,
    hint,
  });
}

/** The registry takes no kind of token that is known here. */
export function unauthorized(deed: Deed, why: string): Problem {
  return problem('ghcr-unauthorized', 'authentication', `Could not ${deed.what}: ${why}.`, {
    coordinate: deed.coordinate,
    hint: 'Check the address: a registry asks for Basic or Bearer authentication.',
  });
}

/**
 * A host that the registry sends a request to does not take it. Our token is not for that host, so
 * that it is no matter of the token.
 */
export function refusedElsewhere(deed: Deed, status: number, origin: string): Problem {
  return problem(
    'ghcr-redirect',
    'incomplete',
    `Could not ${deed.what}: the registry sends this to ${origin}, which answered ${status}.`,
    {
      coordinate: deed.coordinate,
      rerun: 'safe',
      hint:
        'Run the same command again: such an address may be good for a short time only. The token goes to the registry alone; if that ' +
        'host is its API, give it as the option registry.',
    },
  );
}

/** Something would have travelled unencrypted. */
export function insecure(deed: Deed, why: string): Problem {
  return problem('ghcr-insecure', 'incomplete', `Could not ${deed.what}: ${why}.`, {
    coordinate: deed.coordinate,
    hint: 'Use a registry that keeps to https.',
  });
}

/** An answer that the distribution-spec does not allow. */
export function malformed(deed: Deed, why: string): Problem {
  const hint =
    'Check that the address is the registry’s own: a proxy or a login page may have answered.';
  return problem('ghcr-malformed', 'incomplete', `Could not ${deed.what}: ${why}.`, {
    coordinate: deed.coordinate,
    rerun: 'safe',
    hint,
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
