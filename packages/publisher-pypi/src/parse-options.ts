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
  httpsAddress,
  listOf,
  oneOf,
  optional,
  recordOf,
  secret,
  shape,
  string,
  union,
} from '@ameide/versioning-core/options';
import type { PypiOptions, PypiPorts } from './options.ts';

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

/** Throws `InvalidInputError`, code `invalid-input`, with the wrong option. */
export const parseOptions: Check<PypiOptions> = shape<PypiOptions>(
  {
    directory: parseRepositoryPath,
    uploadUrl: optional(indexAddressLike('https://upload.pypi.org/legacy/')),
    simpleUrl: optional(indexAddressLike('https://pypi.org/simple/')),
    token: secret(Secret),
    user: optional(string('a user name without colons, for example __token__', /^[^:\p{Cc}]+$/u)),
    localVersions: optional(boolean),
    formats: optional(listOf(oneOf('sdist', 'wheel'), "a list of 'sdist', 'wheel' or both", 1)),
    distributions: optional(listOf(distributionPattern, DISTRIBUTIONS, 1)),
    buildEnvironment: optional(
      recordOf(
        variable,
        "an object of strings, for example { UV_INDEX_URL: 'https://index.example.org/simple/' }",
        string('the name of an environment variable', /^[^=\0]+$/),
      ),
    ),
    allow: optional(exactPaths),
    ports: optional(
      shape<PypiPorts>({
        http: optional(anyObject()),
        processes: optional(anyObject()),
        env: optional(anyObject()),
        sleep: optional(func()),
      }),
    ),
  },
  { name: 'pypi' },
);

function indexAddressLike(example: string): Check<string> {
  return httpsAddress(
    `an https address without user, password, query and fragment (plain http only to this machine), for example ${example}`,
  );
}
