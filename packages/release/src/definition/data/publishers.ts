import { InvalidInputError, type PublisherDefinition } from '@ameide/versioning-core';

type Options = Readonly<Record<string, unknown>>;
type Made = PublisherDefinition | readonly PublisherDefinition[];
/** `npm({ … })`, with `npm.bundle(name, { … })` where it can carry another publisher's files. */
type Factory = ((options: Options) => Made) & {
  readonly bundle?: (name: unknown, options: Options) => unknown;
};

/** The packages that a definition can name, by the name of what each exports. */
const PACKAGES = {
  npm: '@ameide/publisher-npm',
  pypi: '@ameide/publisher-pypi',
  goModule: '@ameide/publisher-go',
  ghcr: '@ameide/publisher-ghcr',
  configuration: '@ameide/publisher-configuration',
  github: '@ameide/publisher-github',
} as const;

/** Makes a publisher from `{ "npm": { "directory": "packages/sdk" } }`. */
export async function makePublisher(entry: unknown, field: string): Promise<Made> {
  const { factory, name, options } = await factoryOf(entry, field, Object.keys(PACKAGES));
  const made = name === 'configuration' ? await withCarriers(options, `${field}.${name}`) : options;
  return inField(`${field}.${name}`, () => factory(made));
}

/** Makes the carriers from `[{ "npm": { "name": "@acme/configuration" } }]`. */
async function withCarriers(options: Options, field: string): Promise<Options> {
  const { carriers } = options;
  if (!Array.isArray(carriers)) return options;
  const made: unknown[] = [];
  for (const [at, entry] of carriers.entries())
    made.push(await makeCarrier(entry, `${field}.carriers[${at}]`));
  return { ...options, carriers: made };
}

async function makeCarrier(entry: unknown, field: string): Promise<unknown> {
  const { factory, name, options } = await factoryOf(entry, field, ['npm', 'pypi', 'ghcr']);
  const by = name === 'ghcr' ? 'image' : 'name';
  const { [by]: carried, ...rest } = options;
  return inField(`${field}.${name}`, () => factory.bundle?.(carried, rest));
}

async function factoryOf(
  entry: unknown,
  field: string,
  known: readonly string[],
): Promise<{ readonly factory: Factory; readonly name: string; readonly options: Options }> {
  const entries = isObject(entry) ? Object.entries(entry) : [];
  const [name = '', options] = entries[0] ?? [];
  if (entries.length !== 1 || !known.includes(name) || !isObject(options))
    throw new InvalidInputError(
      {
        field,
        expected: `one of ${known.join(', ')} with its options, for example { "npm": { "directory": "packages/sdk" } }`,
      },
      'release-definition',
    );
  const exported = await importPackage(PACKAGES[name as keyof typeof PACKAGES], field);
  return { factory: exported[name] as Factory, name, options };
}

/** Imports from beside this package, never from the repository, whose code would run with our tokens. */
async function importPackage(name: string, field: string): Promise<Options> {
  try {
    return (await import(name)) as Options;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause;
    throw new InvalidInputError(
      {
        field,
        expected: `the package ${name} to be installed beside @ameide/release`,
        hint: `Install ${name} in the place where @ameide/release is, in the same version.`,
      },
      'config-failed',
    );
  }
}

/** Names the entry in the error of a wrong option. */
function inField<T>(field: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    throw error.with({ field: `${field}.${error.field}` });
  }
}

function isObject(value: unknown): value is Options {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
