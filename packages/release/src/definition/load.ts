import { existsSync, realpathSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { InvalidInputError } from '@ameide/versioning-core';
import { defineRelease, type ReleaseDefinition } from './definition.ts';
import { locateError } from './source-location.ts';

/** The file names to look for at the repository's root, in this order. */
const CODE_NAMES = [
  'release.config.ts',
  'release.config.mts',
  'release.config.js',
  'release.config.mjs',
] as const;
const DATA_NAME = 'release.config.json';

/**
 * Reads the release definition: `file` (relative to the working directory), or the first of
 * `CODE_NAMES`, or `DATA_NAME`, at `root`. Imports a program; Node runs TypeScript itself (22.18 and
 * newer), so there is no build step. A file that ends with `.json` is only read. Throws
 * `InvalidInputError`.
 */
export async function loadDefinition(root: string, file?: string): Promise<ReleaseDefinition> {
  const path = locateDefinition(root, file);
  const definition = await (path.endsWith('.json') ? loadData(path) : loadCode(path));
  if (definition.deploy !== undefined)
    (await import('@ameide/deploy-policy/policy')).deployOptions(definition.deploy, 'deploy');
  return definition;
}

/**
 * As `loadDefinition`, but runs nothing of the repository: refuses a program that it finds there. One
 * that `file` names is run, because the caller chose it.
 */
export async function loadTrustedDefinition(
  root: string,
  file?: string,
): Promise<ReleaseDefinition> {
  const path = locateDefinition(root, file);
  if (file !== undefined || path.endsWith('.json')) return loadDefinition(root, path);
  throw new InvalidInputError(
    {
      field: 'config',
      expected: `a definition that is data, ${DATA_NAME}, because --from runs nothing of the repository; ${path} is a program`,
      hint: `Write it as ${DATA_NAME}. To run it with the tokens of this job on purpose, or to use one outside of the repository: --config FILE.`,
    },
    'definition-is-code',
  );
}

async function loadData(path: string): Promise<ReleaseDefinition> {
  const { readDefinition } = await import('./data/read-definition.ts');
  return defineRelease((await readDefinition(path)) as ReleaseDefinition);
}

async function loadCode(path: string): Promise<ReleaseDefinition> {
  const loaded = await importWithLongerStackTrace(path).catch((cause: unknown) => {
    throw cause instanceof InvalidInputError
      ? withLocation(cause, path)
      : loadingFailed(cause, path);
  });
  const definition = (loaded as { default?: unknown }).default;
  if (definition === undefined) {
    throw new InvalidInputError(
      {
        field: 'config',
        expected: `a default export in ${path}: export default defineRelease({ … })`,
      },
      'config-failed',
    );
  }
  return defineRelease(definition as ReleaseDefinition);
}

/** Node records ten frames of a stack trace. The definition's frame may come after them. */
async function importWithLongerStackTrace(path: string): Promise<unknown> {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 100;
  try {
    return await import(pathToFileURL(path).href);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** Returns the real path of the file that `loadDefinition` imports. Throws `InvalidInputError`. */
export function locateDefinition(root: string, file: string | undefined): string {
  const path = file === undefined ? findDefinition(root) : resolve(file);
  // Node names the real path in stack traces.
  if (path !== undefined && existsSync(path)) return realpathSync(path);
  throw new InvalidInputError(
    {
      field: 'config',
      expected:
        path === undefined
          ? `a ${CODE_NAMES[0]} or ${DATA_NAME} at ${root}, the root of the repository`
          : `an existing file; there is no ${path}`,
      hint:
        path === undefined
          ? 'Write one with defineRelease from @ameide/release, or name it with --config FILE.'
          : '--config FILE is relative to the working directory, even with -C.',
    },
    'no-config',
  );
}

function findDefinition(root: string): string | undefined {
  const found = [...CODE_NAMES, DATA_NAME].filter((name) => existsSync(resolve(root, name)));
  const [code, data = DATA_NAME] = [found[0], found.at(-1)];
  if (code === undefined) return undefined;
  if (code === data || data !== DATA_NAME) return resolve(root, code);
  throw new InvalidInputError(
    {
      field: 'config',
      expected: `one definition; there are ${code} and ${data}`,
      hint: 'Remove one of them, or name one with --config FILE.',
    },
    'config-failed',
  );
}

function loadingFailed(cause: unknown, path: string): InvalidInputError {
  const message = cause instanceof Error ? cause.message : String(cause);
  const { line, frame = [] } = locateError(cause, path);
  const at = line === undefined ? path : `${path}:${line}`;
  const hint = loadingHint(cause, path);
  return new InvalidInputError(
    {
      field: 'config',
      expected: [
        `a module that loads; ${at} failed with: ${message}`,
        ...frame.map((text) => `  ${text}`),
      ].join('\n'),
      ...(hint === undefined ? {} : { hint }),
    },
    'config-failed',
  );
}

/** Returns a hint for the two errors that almost everybody meets once. */
function loadingHint(cause: unknown, path: string): string | undefined {
  if (!(cause instanceof Error)) return undefined;
  if (
    cause instanceof SyntaxError &&
    /import statement outside a module|Unexpected token 'export'/.test(cause.message)
  )
    return `The nearest package.json makes this file CommonJS: rename it to ${basename(path).replace(/\.[jt]s$/, (end) => `.m${end.slice(1)}`)}, or set "type": "module" there.`;
  if (
    'code' in cause &&
    cause.code === 'ERR_MODULE_NOT_FOUND' &&
    cause.message.startsWith('Cannot find package')
  )
    return 'Install the dependencies (npm install, pnpm install, …). If the package is still missing, add it to the devDependencies of the repository root.';
  return undefined;
}

/**
 * Adds the line of the wrong publisher option, as a definition may list several similar publishers.
 */
function withLocation(error: InvalidInputError, path: string): InvalidInputError {
  const { line } = locateError(error, path);
  if (line === undefined) return error;
  const { code, expected, field, hint, received } = error;
  return new InvalidInputError(
    {
      field,
      expected,
      // `received` is JSON already, as `printable` wrote it.
      ...(received === undefined ? {} : { received: JSON.parse(received) as string }),
      hint: `${hint === undefined ? '' : `${hint} `}It is at ${path}:${line}.`,
    },
    code,
  );
}
