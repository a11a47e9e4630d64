import { createHttp, createProcesses, Secret, sleep, toSecret } from '@ameide/publisher-kit';
import { InvalidInputError, parseRepositoryPath } from '@ameide/versioning-core';
import {
  anyObject,
  argv,
  type Check,
  exactPaths,
  func,
  httpsAddress,
  oneOf,
  optional,
  secret,
  shape,
  string,
} from '@ameide/versioning-core/options';
import { parseDistTag } from './manifest/dist-tag.ts';
import { parseRegistry, type Registry } from './manifest/registry.ts';
import {
  type DistTags,
  NPMJS,
  type NpmBundleOptions,
  type NpmOptions,
  type NpmPorts,
  type NpmTargetOptions,
  type Target,
} from './options.ts';

const distTag = optional<string | null>((value, field) =>
  value === null ? null : parseDistTag(value, field),
);

/** The options that a folder and a bundle share. */
const COMMON = {
  registry: optional(
    httpsAddress(
      'an https address without credentials and query (plain http for loopback only), for example https://registry.npmjs.org',
    ),
  ),
  token: secret(Secret),
  access: optional(oneOf('public', 'restricted')),
  distTags: optional(
    prereleasesNotLatest(shape<DistTags>({ release: distTag, candidate: distTag, dev: distTag })),
  ),
  ports: optional(
    shape<NpmPorts>({
      http: optional(anyObject()),
      processes: optional(anyObject()),
      sleep: optional(func()),
    }),
  ),
};

/** Throws `InvalidInputError`, code `npm-option` or `npm-dist-tag`, naming the option. */
export const parseOptions: Check<NpmOptions> = shape<NpmOptions>(
  {
    directory: parseRepositoryPath,
    build: optional(argv),
    allow: optional(exactPaths),
    ...COMMON,
  },
  { name: 'npm', code: 'npm-option' },
);

/** As `parseOptions`. */
export const parseBundleOptions: Check<NpmBundleOptions> = shape<NpmBundleOptions>(
  { license: optional(string('an SPDX expression, for example Apache-2.0', /\S/)), ...COMMON },
  { name: 'npm.bundle', code: 'npm-option' },
);

function prereleasesNotLatest(check: Check<DistTags>): Check<DistTags> {
  return (value, field = 'distTags', code) => {
    const tags = check(value, field, code);
    for (const channel of ['candidate', 'dev'] as const) {
      if (tags[channel] !== 'latest') continue;
      const expected = 'another tag: latest names stable versions only';
      const wrong = { field: `${field}.${channel}`, received: 'latest', expected };
      throw new InvalidInputError(wrong, 'npm-dist-tag');
    }
    return tags;
  };
}

/** Returns the checked options with their defaults. */
export function createTarget(options: NpmTargetOptions): Target {
  const { access, distTags = {}, ports = {}, registry = NPMJS } = options;
  let kept: Secret | undefined;
  return {
    registry: parseRegistry(registry) as Registry,
    distTags,
    http: ports.http ?? createHttp(),
    processes: ports.processes ?? createProcesses(),
    sleep: ports.sleep ?? sleep,
    ...(access === undefined ? {} : { access }),
    token() {
      kept ??= toSecret('token' in options ? options.token : tokenFromEnvironment());
      return kept;
    },
  };
}

function tokenFromEnvironment(): string | undefined {
  return process.env['NPM_TOKEN'] || process.env['NODE_AUTH_TOKEN'];
}
