import type { ImageChoice } from './choices.ts';

/** The options of an image that say who pushes it, as a definition that is data writes variables. */
interface ImageLogin {
  readonly user: string;
  readonly token: string;
}

/**
 * The job's own token is for ghcr.io alone, so an image elsewhere gets its login from variables: OCI_USER and
 * OCI_TOKEN, or with several registries a pair for each, because no token may reach another registry.
 */
export function imageLogin(
  { image }: ImageChoice,
  all: readonly ImageChoice[],
): ImageLogin | undefined {
  const host = hostOf(image);
  if (host === GHCR) return undefined;
  const hosts = new Set(all.map((one) => hostOf(one.image)).filter((one) => one !== GHCR));
  const end = hosts.size === 1 ? '' : `_${host.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`;
  return { user: `\${OCI_USER${end}}`, token: `\${OCI_TOKEN${end}}` };
}

const GHCR = 'ghcr.io';

function hostOf(image: string): string {
  return image.slice(0, image.indexOf('/'));
}

/** The name of the variable that a whole value consists of: `OCI_TOKEN` of `${OCI_TOKEN}`. */
export function variableOf(value: unknown): string | undefined {
  return typeof value === 'string' ? /^\$\{([A-Z_][A-Z0-9_]*)\}$/.exec(value)?.[1] : undefined;
}
