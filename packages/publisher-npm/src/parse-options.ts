import {
  createHttp,
  createProcesses,
  createRunAnswers,
  Secret,
  sleep,
  toSecret,
} from '@ameide/publisher-kit';
import { findIdentity } from '@ameide/publisher-kit/identity';
import { NPM_POINTERS, parseRepositoryPath, pointerPolicy } from '@ameide/versioning-core';
import {
  anyObject,
  argv,
  boolean,
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
  type Trust,
} from './options.ts';

/** The options that a folder and a bundle share. */
const COMMON = {
  registry: optional(
    httpsAddress(
      'an https address without credentials and query (plain http for loopback only), for example https://registry.npmjs.org',
    ),
  ),
  token: secret(Secret),
  trustedPublishing: optional(boolean),
  access: optional(oneOf('public', 'restricted')),
  provenance: optional(boolean),
  distTags: optional(pointerPolicy(parseDistTag, NPM_POINTERS)),
  ports: optional(
    shape<NpmPorts>({
      http: optional(anyObject()),
      processes: optional(anyObject()),
      env: optional(anyObject()),
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
  const { access, distTags = {}, ports = {}, registry: address = NPMJS } = options;
  const { env = process.env, http = createHttp() } = ports;
  const registry = parseRegistry(address) as Registry;
  const offersTrust = options.trustedPublishing ?? registry.url === NPMJS;
  let kept: Secret | undefined;
  const token = (): Secret | undefined => {
    kept ??= toSecret('token' in options ? options.token : tokenFrom(env));
    return kept;
  };
  let trust: { readonly found: Trust | undefined } | undefined;
  const findTrust = (): Trust | undefined => {
    const identity = findIdentity(env, http);
    return identity === undefined ? undefined : { identity, uploads: new Map() };
  };
  return {
    registry,
    distTags: { ...NPM_POINTERS, ...distTags },
    http,
    answers: createRunAnswers(),
    processes: ports.processes ?? createProcesses(),
    sleep: ports.sleep ?? sleep,
    uploadTimeoutMs: ports.uploadTimeoutMs ?? UPLOAD_TIMEOUT_MS,
    ...(access === undefined ? {} : { access }),
    provenance: options.provenance ?? false,
    takesCommonToken: !('token' in options),
    env,
    token,
    offersTrust,
    audience: audienceOf(registry),
    // Where the job has no identity, the token is not read before it is needed.
    trust() {
      if (!offersTrust) return undefined;
      trust ??= { found: findTrust() };
      return trust.found === undefined || token() !== undefined ? undefined : trust.found;
    },
    exchanged: [],
  };
}

/** As npm's client writes it (`lib/utils/oidc.js`): without the port. */
function audienceOf({ url }: Registry): string {
  return `npm:${new URL(url).hostname}`;
}

/** What actions/setup-node sets with the input `registry-url` where the job has no token. */
const NO_TOKEN = 'XXXXX-XXXXX-XXXXX-XXXXX';

function tokenFrom(env: NodeJS.ProcessEnv): string | undefined {
  return [env['NPM_TOKEN'], env['NODE_AUTH_TOKEN']].find(
    (one) => one !== undefined && one !== '' && one !== NO_TOKEN,
  );
}
