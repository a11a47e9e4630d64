import { Secret } from '@ameide/publisher-kit';
import { parseRepositoryPath } from '@ameide/versioning-core';
import {
  anyObject,
  boolean,
  type Check,
  custom,
  exactPaths,
  func,
  hidden,
  listOf,
  oneOf,
  optional,
  recordOf,
  secret,
  shape,
  string,
  union,
  webAddress,
} from '@ameide/versioning-core/options';
import type { PypiBundleOptions, PypiOptions, PypiPorts } from './options.ts';
import { expectedAddress } from './plain-http.ts';

// The environment may contain tokens, for example for an index with build requirements.
const variable: Check<string | Secret> = hidden(
  union(
    string('a string without NUL characters', /^[^\0]*$/),
    custom<Secret>((value) => value instanceof Secret, 'a Secret'),
  ),
);

const DISTRIBUTIONS = "a list of paths or patterns, for example ['sdk/dist/*']";

/** Relative patterns stay in the checkout. */
const distributionPattern: Check<string> = custom(
  (value) =>
    typeof value === 'string' &&
    value !== '' &&
    !/[\\\0]/.test(value) &&
    (value.startsWith('/') || !value.split('/').includes('..')),
  "a path or pattern below the repository root, or an absolute one, for example 'sdk/dist/*'",
);

/** The options that a folder and a bundle share. */
const INDEX_OPTIONS = {
  uploadUrl: optional(webAddress(expectedAddress('uploadUrl'))),
  simpleUrl: optional(webAddress(expectedAddress('simpleUrl'))),
  plainHttp: optional(
    listOf(
      string('a host, with its port unless that is 80', /^[^\s/@:]+(?::\d+)?$/),
      "a list of hosts, for example ['pypi.corp.example:8080']",
      1,
    ),
  ),
  token: secret(Secret),
  trustedPublishing: optional(boolean),
  attestations: optional(boolean),
  user: optional(string('a user name without colons, for example __token__', /^[^:\p{Cc}]+$/u)),
  localVersions: optional(boolean),
  ports: optional(
    shape<PypiPorts>({
      http: optional(anyObject()),
      processes: optional(anyObject()),
      env: optional(anyObject()),
      sleep: optional(func()),
    }),
  ),
};

/** Throws `InvalidInputError`, code `invalid-input`, with the wrong option. */
export const parseOptions: Check<PypiOptions> = shape<PypiOptions>(
  {
    directory: parseRepositoryPath,
    formats: optional(listOf(oneOf('sdist', 'wheel'), "a list of 'sdist', 'wheel' or both", 1)),
    distributions: optional(
      union(distributionPattern, listOf(distributionPattern, DISTRIBUTIONS, 1)),
    ),
    buildEnvironment: optional(
      recordOf(
        variable,
        "an object of strings, for example { UV_INDEX_URL: 'https://index.example.org/simple/' }",
        string('the name of an environment variable', /^[^=\0]+$/),
      ),
    ),
    allow: optional(exactPaths),
    ...INDEX_OPTIONS,
  },
  { name: 'pypi' },
);

/** As `parseOptions`. */
export const parseBundleOptions: Check<PypiBundleOptions> = shape<PypiBundleOptions>(
  {
    license: optional(string('an SPDX expression, for example Apache-2.0', /^[\w.+() -]+$/)),
    module: optional(
      string('the name of a Python module, for example ameide_configuration', /^[A-Za-z_]\w*$/),
    ),
    ...INDEX_OPTIONS,
  },
  { name: 'pypi.bundle' },
);
