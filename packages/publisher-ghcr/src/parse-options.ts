import { BUILD_VARIABLES, type BuildVariable, Secret } from '@ameide/publisher-kit';
import {
  InvalidInputError,
  isOciTag,
  OCI_POINTERS,
  parseOciName,
  parseOciTag,
  parseRepositoryPath,
  pointerPolicy,
} from '@ameide/versioning-core';
import {
  anyObject,
  argv,
  boolean,
  type Check,
  type Checks,
  custom,
  exactPaths,
  func,
  hidden,
  httpsAddress,
  listOf,
  oneOf,
  optional,
  pathBelowRoot,
  pattern,
  recordOf,
  secret,
  shape,
  string,
  union,
} from '@ameide/versioning-core/options';
import { CREATED, REVISION, VERSION } from './image/media-types.ts';
import { checkDistinct, platformName, platformOption } from './image/platform.ts';
import type { DockerfileOptions, GhcrOptions, GhcrPorts, ImageOptions } from './options.ts';
import { checkRun, parseRun } from './parse-run.ts';
import { signOption } from './sign/sign-option.ts';

const RESERVED = new Set([REVISION, VERSION, CREATED]);

// People put tokens into build arguments.
const text = hidden(string('a string'));
const labelName: Check<string> = custom(
  (value) => typeof value === 'string' && value !== '' && !RESERVED.has(value),
  'another label: the commit sets revision, version and created',
);

const imagePath: Check<string> = custom(
  (value) =>
    typeof value === 'string' &&
    /^(?:\/(?!\.{1,2}(?:\/|$)|\.wh\.)[^/\\\p{Cc}]+)+\/?$|^\/$/u.test(value),
  'an absolute path in the image, for example /opt/sdk',
);

const movingTag: Check<string> = custom(
  (value) => typeof value === 'string' && isOciTag(value) && parseOciTag(value) === undefined,
  'a tag other than a version or a commit, which never move, for example latest',
);

const PATTERNS = "a list of patterns, for example ['bin/', '*.json']";
const FOLDERS = "a directory, or one for each platform: { 'linux/amd64': 'dist/linux_amd64' }";
const folders = recordOf(parseRepositoryPath, FOLDERS, platformName);

const filesOption: Check<NonNullable<GhcrOptions['files']>> = (value, field = 'files', code) => {
  if (typeof value === 'string' || value === undefined)
    return parseRepositoryPath(value, field, code);
  const parsed = folders(value, field, code);
  const names = Object.keys(parsed);
  if (names.length === 0) throw new InvalidInputError({ field, expected: FOLDERS }, code);
  checkDistinct(names, field);
  return parsed;
};

const imageChecks: Checks<ImageOptions> = {
  path: optional(imagePath),
  platform: optional(platformOption),
  labels: optional(
    recordOf(
      text,
      'an object of strings, for example { "org.opencontainers.image.licenses": "Apache-2.0" }',
      labelName,
    ),
  ),
  movingTags: optional(pointerPolicy(movingTag, OCI_POINTERS)),
  registry: optional(
    httpsAddress(
      'an https origin without a path, for example https://ghcr.io (plain http on a loopback address only)',
      ({ pathname }) => pathname === '/',
    ),
  ),
  packagesApi: optional(
    httpsAddress("the https address of GitHub's REST API, for example https://api.github.com"),
  ),
  user: optional(string('a user name')),
  token: secret(Secret),
  sign: optional(signOption),
  sbom: optional(
    pathBelowRoot('a file of the checkout, for example packages/sdk/dist/sbom.spdx.json'),
  ),
  ports: optional(
    shape<GhcrPorts>({
      env: optional(anyObject()),
      http: optional(anyObject()),
      processes: optional(anyObject()),
      sleep: optional(func()),
      now: optional(func()),
      docker: optional(func()),
    }),
  ),
};

const parseImageOptions = shape<ImageOptions>(imageChecks, { name: 'ghcr.bundle' });

/** Throws `InvalidInputError` with the wrong option. */
export function parseBundleOptions(value: ImageOptions): ImageOptions {
  const options = parseImageOptions(value);
  checkSbom(options);
  return options;
}

/** Nobody can tell an SBOM that is not signed from one that somebody else has attached. */
function checkSbom({ sbom, sign }: ImageOptions): void {
  if (sbom === undefined || sign !== undefined) return;
  throw new InvalidInputError({
    field: 'sbom',
    expected: 'to be omitted without sign: an SBOM is attached as a signed attestation',
    hint: "Add sign: 'keyless', or a key.",
  });
}

const parseGhcrOptions: Check<GhcrOptions> = shape<GhcrOptions>(
  {
    image: parseOciName,
    files: optional(filesOption),
    dockerfile: optional(
      shape<DockerfileOptions>({
        directory: parseRepositoryPath,
        file: optional(pathBelowRoot('a file below dockerfile.directory, for example Dockerfile')),
        buildArgs: optional(
          recordOf(
            union<[string, { readonly env: BuildVariable }]>(
              text,
              shape<{ readonly env: BuildVariable }>({ env: oneOf(...BUILD_VARIABLES) }),
            ),
            'an object of strings, for example { NODE_VERSION: "24" }',
          ),
        ),
        secrets: optional(
          recordOf(
            shape<{ readonly env: string }>({
              env: string('the name of an environment variable', /^[A-Za-z_]\w*$/),
            }),
            "an object by the secrets' ids, for example { npmrc: { env: 'NPMRC' } }",
          ),
        ),
        target: optional(string('the name of a stage of the Dockerfile', /./)),
      }),
    ),
    build: optional(argv),
    fromCheckout: optional(boolean),
    include: optional(listOf(pattern, PATTERNS, 1)),
    exclude: optional(listOf(pattern, PATTERNS)),
    run: optional(parseRun),
    allow: optional(exactPaths),
    ...imageChecks,
  },
  { name: 'ghcr' },
);

/** Throws `InvalidInputError` with the wrong option, also for options that exclude each other. */
export function parseOptions(value: GhcrOptions): GhcrOptions {
  const options = parseGhcrOptions(value);
  const { dockerfile, files, platform } = options;
  if ((files === undefined) === (dockerfile === undefined)) {
    throw new InvalidInputError({
      field: files === undefined ? 'files' : 'dockerfile',
      expected: 'exactly one of files and dockerfile',
    });
  }
  if (typeof files === 'object' && platform !== undefined) {
    throw new InvalidInputError({
      field: 'platform',
      expected: 'to be omitted: files names the platforms',
    });
  }
  checkRun(options);
  checkSbom(options);
  const unfit = WITH_FILES.find((name) => options[name] !== undefined);
  if (dockerfile === undefined || unfit === undefined) return options;
  throw new InvalidInputError({
    field: unfit,
    expected: 'to be omitted with a dockerfile, because the Dockerfile decides it',
  });
}

/** The options that need `files`. */
const WITH_FILES = ['build', 'exclude', 'fromCheckout', 'include', 'path', 'run'] as const;

/** Converts the `path` option to a prefix of archive paths: `/opt/sdk` → `opt/sdk/`, `/` → ''. */
export function archivePrefix(path = '/'): string {
  const inner = path.replace(/^\/|\/$/g, '');
  return inner === '' ? '' : `${inner}/`;
}
