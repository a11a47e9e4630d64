import { createHttp, githubAddresses, Secret, sleep, toSecret } from '@ameide/publisher-kit';
import { InvalidInputError, parseGithubName, RECORD_FILE } from '@ameide/versioning-core';
import { parseGoModulePath } from '@ameide/versioning-core/go';
import {
  anyObject,
  boolean,
  type Check,
  exactPaths,
  func,
  httpsAddress,
  listOf,
  oneOf,
  optional,
  parsedBy,
  pathBelowRoot,
  secret,
  shape,
  string,
  union,
} from '@ameide/versioning-core/options';
import { SUMS_FILE } from './checksums.ts';
import type { GithubAsset, GithubOptions, GithubPorts, Notes, Target } from './options.ts';

/** GitHub renames assets with other characters, or with a dot at the start or the end. */
const NAME = /^(?![.])[\w.+@~{}-]{1,200}(?<![.])$/;

const path = pathBelowRoot('a path below the root of the repository, for example dist/sdk.zip');
const anyName = string('a file name of letters, digits and . _ + @ ~ -, for example sdk.zip', NAME);
const archiveName = string(
  "the name of an archive, for example 'configuration-{version}.tar.gz'",
  /^(?![.])[\w.+@~{}-]{1,190}\.(?:tar\.gz|tgz)$/,
);

const modulePath = parsedBy((value) => parseGoModulePath(value).path);
const zipName = string(
  "the name of a zip archive, for example 'sdk-{version}.zip'",
  /^(?![.])[\w.+@~{}-]{1,190}\.zip$/,
);

type Asset<K extends string> = Extract<GithubAsset, Readonly<Record<K, unknown>>>;

const asset: Check<GithubAsset> = (value, field, code) => {
  const isOf = (kind: string): boolean =>
    typeof value === 'object' && value !== null && kind in value;
  if (isOf('folder'))
    return shape<Asset<'folder'>>({ folder: path, name: archiveName })(value, field, code);
  return isOf('goModule')
    ? shape<Asset<'goModule'>>({ goModule: modulePath, name: optional(zipName) })(
        value,
        field,
        code,
      )
    : shape<Asset<'file'>>({ file: path, name: optional(anyName) })(value, field, code);
};

const checkOptions = shape<GithubOptions>(
  {
    repository: parseGithubName,
    baseUrl: optional(
      httpsAddress(
        'the https address of a REST API (plain http for loopback only), for example https://github.example.com/api/v3',
      ),
    ),
    token: secret(Secret),
    notes: optional(
      union(
        oneOf('generated', 'changelog', 'none'),
        shape<{ changelog: string }>({ changelog: path }),
      ),
    ),
    assets: optional(listOf(asset, "a list, for example [{ file: 'LICENSE' }]")),
    latest: optional(boolean),
    allow: optional(exactPaths),
    ports: optional(
      shape<GithubPorts>({
        http: optional(anyObject()),
        env: optional(anyObject()),
        sleep: optional(func()),
      }),
    ),
  },
  { name: 'github', code: 'github-option' },
);

/** Throws `InvalidInputError`, code `github-option`, naming the option. */
export function parseOptions(options: GithubOptions): GithubOptions {
  const parsed = checkOptions(options);
  const names = (parsed.assets ?? []).map(nameOf);
  const taken = names.findIndex((name) => RESERVED.has(name.toLowerCase()));
  if (taken !== -1)
    throw wrongName(names, taken, `another name: the release gets its own ${names[taken]}`);
  const twice = names.findIndex((name, index) => names.indexOf(name) !== index);
  if (twice !== -1) throw wrongName(names, twice, 'a name that no asset before it has');
  return parsed;
}

function wrongName(names: readonly string[], index: number, expected: string): InvalidInputError {
  const field = `assets[${index}].name`;
  return new InvalidInputError({ field, received: names[index] ?? '', expected }, 'github-option');
}

/** Names of files that the release gets besides its assets, in lower case. */
const RESERVED: ReadonlySet<string> = new Set(
  [RECORD_FILE, SUMS_FILE].map((name) => name.toLowerCase()),
);

/** The name of an asset, with `{version}` as it is written. */
export function nameOf(asset: GithubAsset): string {
  if (asset.name !== undefined) return asset.name;
  if ('file' in asset) return lastPart(asset.file);
  return 'goModule' in asset
    ? `${lastPart(asset.goModule.replace(/\/v\d+$/, ''))}-{version}.zip`
    : '';
}

function lastPart(slashed: string): string {
  return slashed.slice(slashed.lastIndexOf('/') + 1);
}

/** Returns the checked options with their defaults. */
export function createTarget(options: GithubOptions): Target {
  const { allow = [], assets = [], latest = true, notes = 'generated', ports = {} } = options;
  const [owner = '', repo = ''] = options.repository.split('/');
  const addresses = githubAddresses(options.baseUrl);
  const tokenVariables =
    addresses.webUrl === 'https://github.com'
      ? ['GITHUB_TOKEN', 'GH_TOKEN']
      : ['GH_ENTERPRISE_TOKEN', 'GITHUB_ENTERPRISE_TOKEN', 'GITHUB_TOKEN', 'GH_TOKEN'];
  const fromEnvironment = (): Secret | undefined => {
    const env = ports.env ?? process.env;
    return tokenVariables.map((name) => toSecret(env[name])).find((token) => token !== undefined);
  };
  let kept: Secret | undefined;
  return {
    ...addresses,
    repository: options.repository,
    owner,
    repo,
    notes: notesOf(notes),
    assets,
    isLatestWanted: latest,
    allow,
    http: ports.http ?? createHttp(),
    sleep: ports.sleep ?? sleep,
    takesCommonToken: !('token' in options),
    tokenVariables,
    token() {
      kept ??= 'token' in options ? toSecret(options.token) : fromEnvironment();
      return kept;
    },
  };
}

function notesOf(notes: NonNullable<GithubOptions['notes']>): Notes {
  return notes === 'changelog' ? { changelog: 'CHANGELOG.md' } : notes;
}
