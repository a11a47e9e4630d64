import { createHttp, createProcesses, Secret, sleep, toSecret } from '@ameide/publisher-kit';
import { NPM_POINTERS, parseRepositoryPath, pointerPolicy } from '@ameide/versioning-core';
import {
  anyObject,
  argv,
  type Check,
  exactPaths,
  func,
  httpsAddress,
  milliseconds,
  oneOf,
  optional,
  secret,
  shape,
  string,
} from '@ameide/versioning-core/options';
import { parseDistTag } from './manifest/dist-tag.ts';
import { parseRegistry, type Registry } from './manifest/registry.ts';
import {
  NPMJS,
  type NpmBundleOptions,
  type NpmOptions,
  type NpmPorts,
  type NpmTargetOptions,
  type Target,
} from './options.ts';

/** The options that a folder and a bundle share. */
const COMMON = {
  registry: optional(
    httpsAddress(
      'an https address without credentials and query (plain http for loopback only), for example https://registry.npmjs.org',
    ),
  ),
  token: secret(Secret),
  access: optional(oneOf('public', 'restricted')),
  distTags: optional(pointerPolicy(parseDistTag, NPM_POINTERS)),
  ports: optional(
    shape<NpmPorts>({
      http: optional(anyObject()),
      processes: optional(anyObject()),
      sleep: optional(func()),
      uploadTimeoutMs: optional(milliseconds),
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

const UPLOAD_TIMEOUT_MS = 120_000;

/** Returns the checked options with their defaults. */
export function createTarget(options: NpmTargetOptions): Target {
  const { access, distTags = {}, ports = {}, registry = NPMJS } = options;
  let kept: Secret | undefined;
  return {
    registry: parseRegistry(registry) as Registry,
    distTags: { ...NPM_POINTERS, ...distTags },
    http: ports.http ?? createHttp(),
    processes: ports.processes ?? createProcesses(),
    sleep: ports.sleep ?? sleep,
    uploadTimeoutMs: ports.uploadTimeoutMs ?? UPLOAD_TIMEOUT_MS,
    ...(access === undefined ? {} : { access }),
    takesCommonToken: !('token' in options),
    token() {
      kept ??= toSecret('token' in options ? options.token : tokenFromEnvironment());
      return kept;
    },
  };
}

function tokenFromEnvironment(): string | undefined {
  return process.env['NPM_TOKEN'] || process.env['NODE_AUTH_TOKEN'];
}
