import { createGitRemote, Secret } from '@ameide/publisher-kit';
import { InvalidInputError, parseRepositoryPath } from '@ameide/versioning-core';
import {
  anyObject,
  branchName,
  func,
  optional,
  parsedBy,
  secret,
  shape,
  string,
} from '@ameide/versioning-core/options';
import type { GoModuleOptions, GoModulePorts } from './options.ts';

/** Options, checked before anything is read. */
export interface ParsedOptions extends GoModuleOptions {
  /** `''` for the root of the repository. */
  readonly directory: string;
  readonly branches: { readonly release: string; readonly dev: string };
}

type Branches = NonNullable<GoModuleOptions['branches']>;

const gitAddress = optional(parsedBy((value) => createGitRemote({ url: value as string }).url));

const checkOptions = shape<GoModuleOptions>(
  {
    directory: parseRepositoryPath,
    mirror: gitAddress,
    remote: gitAddress,
    token: secret(Secret),
    user: optional(string('a user name')),
    branches: optional(
      shape<Branches>({ release: optional(branchName), dev: optional(branchName) }),
    ),
    ports: optional(
      shape<GoModulePorts>({
        http: optional(anyObject()),
        processes: optional(anyObject()),
        env: optional(anyObject()),
        sleep: optional(func()),
      }),
    ),
  },
  { name: 'goModule' },
);

/** Throws `InvalidInputError` that names the option. */
export function parseOptions(options: GoModuleOptions): ParsedOptions {
  const parsed = checkOptions(options);
  const branches = { release: 'main', dev: 'dev', ...parsed.branches };
  if (parsed.mirror !== undefined && parsed.remote !== undefined)
    throw new InvalidInputError({ field: 'remote', expected: 'either mirror or remote, not both' });
  if (branches.release !== branches.dev) return { ...parsed, branches };
  const expected = 'two branches, one for releases and one for dev builds';
  throw new InvalidInputError({ field: 'branches', received: branches.dev, expected });
}
