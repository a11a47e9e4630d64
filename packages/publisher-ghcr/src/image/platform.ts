import { InvalidInputError } from '@ameide/versioning-core';
import { type Check, listOf, string } from '@ameide/versioning-core/options';

/** `linux/amd64`, `linux/arm/v7` (OCI image-spec, image-index.md). */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/** The images of one build: one for each platform, and whether an index names them. */
export interface Platforms {
  readonly each: readonly Platform[];
  /** Without an index there is exactly one platform. */
  readonly isIndex: boolean;
}

// Go's names, as image-spec asks: Docker does not find an image for x86_64 or aarch64.
const ARCHITECTURES =
  '386|amd64|arm|arm64|loong64|mips|mips64|mips64le|mipsle|ppc64|ppc64le|riscv64|s390x';
const PLATFORM: RegExp = new RegExp(`^linux/(?:${ARCHITECTURES})(?:/v[1-9][0-9]?)?$`);

/**
 * The platforms of an image that runs nothing: a client takes the image of its own platform only.
 * As Docker's official images have them.
 */
const EVERY_PLATFORM: readonly string[] = [
  'linux/386',
  'linux/amd64',
  'linux/arm/v6',
  'linux/arm/v7',
  'linux/arm64',
  'linux/ppc64le',
  'linux/riscv64',
  'linux/s390x',
];

export const platformName: Check<string> = string(
  'linux/architecture[/variant] with the names of Go, for example linux/amd64, linux/arm64 or linux/arm/v7',
  PLATFORM,
);

const platformList = listOf(platformName, 'a platform such as linux/arm64, or a list of them', 1);

/** Accepts one platform, or a list in which none is twice. */
export const platformOption: Check<string | readonly string[]> = (value, field, code) => {
  if (typeof value === 'string') return platformName(value, field, code);
  const list = platformList(value, field, code);
  checkDistinct(list, field);
  return list;
};

/** Throws if two names mean the same platform, as `linux/arm64` and `linux/arm64/v8` do. */
export function checkDistinct(names: readonly string[], field = 'platform'): void {
  const formatted = names.map((name) => formatPlatform(parsePlatform(name)));
  const twice = formatted.find((name, index) => formatted.indexOf(name) < index);
  if (twice === undefined) return;
  throw new InvalidInputError({ field, received: twice, expected: 'each platform once' });
}

/**
 * Returns the parts of `linux/arm/v7`. As containerd and Docker do, takes `arm` for `arm/v7`, and
 * leaves out the variants that every such machine has.
 */
export function parsePlatform(platform: string): Platform {
  const [os = '', architecture = '', variant] = platform.split('/');
  if (architecture === 'arm') return { os, architecture, variant: variant ?? 'v7' };
  const isCommon = platform === 'linux/arm64/v8' || platform === 'linux/amd64/v1';
  return { os, architecture, ...(variant === undefined || isCommon ? {} : { variant }) };
}

export function formatPlatform({ os, architecture, variant }: Platform): string {
  return [os, architecture, ...(variant === undefined ? [] : [variant])].join('/');
}

/**
 * Parses the option `platform`: a list makes an index, also a list of one. The default is for files
 * that are the same everywhere.
 */
export function parsePlatforms(platform: string | readonly string[] = EVERY_PLATFORM): Platforms {
  const isIndex = typeof platform !== 'string';
  return { each: (isIndex ? platform : [platform]).map(parsePlatform), isIndex };
}
