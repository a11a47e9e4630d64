/** An image as a manifest names it. */
export interface ImageReference {
  /**
   * Registry and repository in full, as container runtimes complete them: `nginx` is
   * `docker.io/library/nginx`, `GHCR.IO:443/acme/sdk` is `ghcr.io/acme/sdk`.
   */
  readonly name: string;
  readonly tag?: string;
  /** `sha256:<64 hex digits>`, or a SHA-384 or SHA-512 in the same form. */
  readonly digest?: string;
}

// https://github.com/distribution/reference/blob/v0.6.0/regexp.go
const COMPONENT = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const LABEL = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const HOST = `(?:${LABEL}(?:\\.${LABEL})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const REFERENCE = new RegExp(
  `^((?:${HOST}/)?${COMPONENT}(?:/${COMPONENT})*)` +
    '(?::([A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?' +
    '(?:@(sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128}))?$',
);

const MAX_NAME = 255;
/** The longest domain, port, name, tag and digest together are shorter. No text is too long for the expression. */
const MAX_TEXT = 1024;
/** A bare image ID, which no registry knows. */
const IMAGE_ID = /^[0-9a-f]{64}$/;

/**
 * Reads an image as container runtimes do (`ParseNormalizedNamed` of distribution/reference).
 * Returns undefined for what they refuse.
 */
export function parseImageReference(text: string): ImageReference | undefined {
  if (text.length > MAX_TEXT || IMAGE_ID.test(text)) return undefined;
  const [, written, tag, digest] = REFERENCE.exec(text) ?? [];
  if (written === undefined) return undefined;
  const name = completeName(written);
  if (name.slice(name.indexOf('/') + 1).length > MAX_NAME) return undefined;
  return {
    name,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** Writes a reference without changing its name. */
export function formatImageReference({ digest, name, tag }: ImageReference): string {
  return `${name}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

/**
 * Completes a name without tag and digest: its registry, and `library/` for Docker's own images. The port of
 * HTTPS is as good as none, also with zeros before it.
 */
export function completeName(written: string): string {
  const cut = written.indexOf('/');
  const first = written.slice(0, Math.max(cut, 0));
  const isHost = /[.:]/.test(first) || first === 'localhost' || first.toLowerCase() !== first;
  const host = isHost ? first.toLowerCase().replace(/:0*443$/, '') : 'docker.io';
  const path = isHost ? written.slice(cut + 1) : written;
  if (host !== 'docker.io' && host !== 'index.docker.io') return `${host}/${path}`;
  return `docker.io/${path.includes('/') ? path : `library/${path}`}`;
}
