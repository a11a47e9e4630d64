import { Secret } from '@ameide/publisher-kit';
import {
  didYouMean,
  type InvalidInput,
  InvalidInputError,
  parseRepositoryPath,
  received,
} from '@ameide/versioning-core';
import type { Platform } from './image/assemble.ts';
import { CREATED, REVISION, VERSION } from './image/media-types.ts';
import type { DockerfileOptions, GhcrOptions, GhcrPorts, ImageOptions } from './options.ts';

// A release configuration is not type-checked when it runs, and may be plain JavaScript: every
// parser takes any value, and throws `InvalidInputError` that names the option.

type Known<T> = Readonly<Record<keyof T, true>>;
type TextRecord = Readonly<Record<string, string>>;

const PORTS: Known<GhcrPorts> = {
  env: true,
  http: true,
  processes: true,
  sleep: true,
  now: true,
  docker: true,
};
const BUNDLE: Known<ImageOptions> = {
  path: true,
  platform: true,
  labels: true,
  registry: true,
  user: true,
  token: true,
  ports: true,
};
const IMAGE: Known<GhcrOptions> = {
  image: true,
  files: true,
  dockerfile: true,
  build: true,
  ...BUNDLE,
};
const DOCKERFILE: Known<DockerfileOptions> = {
  directory: true,
  file: true,
  buildArgs: true,
  target: true,
};

const RESERVED = new Set([REVISION, VERSION, CREATED]);
const PLATFORM = /^([a-z0-9]+)\/([a-z0-9]+)(?:\/(v[0-9]+))?$/;

/** What has no parser of its own below: the names of the options, `user`, `token` and `ports`. */
export function checkOptions(options: unknown, kind: 'image' | 'bundle'): void {
  const { user, token, ports } = fieldsOf(
    options,
    kind === 'image' ? IMAGE : BUNDLE,
    'options',
    '',
  );
  if (user !== undefined && typeof user !== 'string')
    refuse(user, { field: 'user', expected: 'a user name' });
  if (typeof token !== 'function') parseToken(token);
  if (ports === undefined) return;
  const { env, http, processes, ...functions } = fieldsOf(ports, PORTS, 'ports', 'ports.');
  for (const [name, port] of Object.entries({ env, http, processes })) {
    if (port !== undefined && !isObject(port))
      refuse(port, { field: `ports.${name}`, expected: 'an object' });
  }
  for (const [name, port] of Object.entries(functions)) {
    if (port !== undefined && typeof port !== 'function')
      refuse(port, { field: `ports.${name}`, expected: 'a function' });
  }
}

/** What the option `token` is, or its function gave. It is shown in no message, whatever it is. */
export function parseToken(value: unknown): string | Secret | undefined {
  if (value === undefined || typeof value === 'string' || value instanceof Secret) return value;
  throw new InvalidInputError({
    field: 'token',
    expected: 'text, a Secret, or a function that gives one of them and no promise',
  });
}

export function parseBuild(value: unknown): readonly [string, ...string[]] | undefined {
  if (value === undefined || isArgv(value)) return value;
  const words =
    typeof value === 'string' && /^[\w./:-]+(?: [\w./:-]+)+$/.test(value) ? value.split(' ') : [];
  return refuse(value, {
    field: 'build',
    expected: 'a program and its arguments as a list of texts, for example ["pnpm", "build"]',
    ...(words.length === 0
      ? {}
      : {
          hint: `No shell splits it into words: write build: ${JSON.stringify(words).replaceAll(',', ', ')}`,
        }),
  });
}

export function parseDockerfileOptions(
  value: unknown,
): DockerfileOptions & { readonly file: string } {
  const directoryOnly = typeof value === 'string' && /^[\w./-]*$/.test(value);
  const hint = directoryOnly
    ? { hint: `Write dockerfile: { directory: ${JSON.stringify(value)} }` }
    : {};
  const { directory, file, buildArgs, target } = fieldsOf(
    value,
    DOCKERFILE,
    'dockerfile',
    'dockerfile.',
    hint,
  );
  if (target !== undefined && (typeof target !== 'string' || target === '')) {
    return refuse(target, {
      field: 'dockerfile.target',
      expected: 'the name of a stage of the Dockerfile',
    });
  }
  return {
    directory: parseRepositoryPath(directory, 'dockerfile.directory'),
    file: parseDockerfile(file),
    buildArgs: parseTexts(buildArgs, 'dockerfile.buildArgs', '{ NODE_VERSION: "24" }'),
    ...(target === undefined ? {} : { target }),
  };
}

/** The path of a Dockerfile below its build context. */
function parseDockerfile(value: unknown = 'Dockerfile'): string {
  try {
    const path = parseRepositoryPath(value);
    if (path !== '') return path;
  } catch {
    // Its words are of the root of the repository.
  }
  return refuse(value, {
    field: 'dockerfile.file',
    expected: 'a file below dockerfile.directory, for example Dockerfile',
  });
}

/** `linux/arm/v7` in its parts. */
export function parsePlatform(value: unknown = 'linux/amd64'): Platform {
  const [, os, architecture, variant] =
    (typeof value === 'string' ? PLATFORM.exec(value) : null) ?? [];
  if (os !== undefined && architecture !== undefined)
    return { os, architecture, ...(variant === undefined ? {} : { variant }) };
  return refuse(value, {
    field: 'platform',
    expected: 'os/architecture[/variant], for example linux/arm64',
  });
}

/** The `path` option as a prefix of archive paths: `/opt/sdk` → `opt/sdk/`, `/` → ''. */
export function parseImagePath(value: unknown = '/'): string {
  if (typeof value === 'string' && value.startsWith('/')) {
    const inner = value.replace(/^\/|\/$/g, '');
    if (inner === '') return '';
    const safe = inner.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
    if (safe && !/[\\\x00-\x1f\x7f]/.test(inner)) return `${inner}/`;
  }
  return refuse(value, {
    field: 'path',
    expected: 'an absolute path in the image, for example /opt/sdk',
  });
}

/** Refuses also a label that the commit sets. */
export function parseLabels(value: unknown): TextRecord {
  const labels = parseTexts(
    value,
    'labels',
    '{ "org.opencontainers.image.licenses": "Apache-2.0" }',
  );
  const taken = Object.keys(labels).find((name) => RESERVED.has(name));
  if (taken === undefined) return labels;
  throw new InvalidInputError({
    field: `labels.${taken}`,
    expected: 'another label: the commit sets revision, version and created',
  });
}

/** Values are not shown: people put tokens into build arguments. */
function parseTexts(value: unknown, field: string, example: string): TextRecord {
  if (value === undefined) return {};
  const expected = `texts by their names, for example ${example}`;
  if (!isPlain(value)) throw new InvalidInputError({ field, expected });
  for (const [name, text] of Object.entries(value)) {
    if (name === '') throw new InvalidInputError({ field, expected: 'a name for every text' });
    if (typeof text !== 'string')
      throw new InvalidInputError({
        field: `${field}.${name}`,
        expected: `text, and no ${kindOf(text)}`,
      });
  }
  return value as TextRecord;
}

/**
 * An object's fields, of which all are known. A misspelt option would otherwise do nothing, without
 * a word.
 */
function fieldsOf(
  value: unknown,
  known: Readonly<Record<string, true>>,
  field: string,
  prefix: string,
  more: Pick<InvalidInput, 'hint'> = {},
): Readonly<Record<string, unknown>> {
  const names = Object.keys(known);
  if (!isPlain(value))
    return refuse(value, {
      field,
      expected: `an object with options among ${names.join(', ')}`,
      ...more,
    });
  const other = Object.keys(value).find((name) => !names.includes(name));
  if (other === undefined) return value;
  const hint = didYouMean(other, names);
  throw new InvalidInputError({
    field: `${prefix}${other}`,
    expected: `one of the options ${names.join(', ')}`,
    ...(hint === undefined ? {} : { hint }),
  });
}

function refuse(value: unknown, input: InvalidInput): never {
  throw new InvalidInputError({ ...input, received: received(value) });
}

function isArgv(value: unknown): value is [string, ...string[]] {
  if (!Array.isArray(value) || value.length === 0 || value[0] === '') return false;
  // A list with holes skips them in `every`.
  return Array.from<unknown>(value).every((word) => typeof word === 'string');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** No Map, Date or promise, whose content is not in their fields. */
function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (!isObject(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value;
}
