import { compareText } from '@ameide/source-files/text';
import type { DefinitionData, PublisherEntry } from '../definition-data.ts';
import { variableOf } from '../image-login.ts';
import { CODE, literal, Raw, WIDTH } from './literal.ts';

/** The package that exports each publisher. */
export const PUBLISHER_PACKAGES: Readonly<Record<string, string>> = {
  configuration: '@ameide/publisher-configuration',
  ghcr: '@ameide/publisher-ghcr',
  goModule: '@ameide/publisher-go',
  npm: '@ameide/publisher-npm',
  pypi: '@ameide/publisher-pypi',
};

const COMMENTS: Readonly<Record<string, string>> = {
  versionFile: 'Every version is derived from the one in this file.',
  versionFrom: 'Every version is derived from the highest release tag before the commit.',
  afterRelease: 'After a release, the pending changesets decide which version dev builds lead to.',
  identity: 'Whose signatures and provenances are accepted: those of this workflow.',
  branches: 'Commits of these branches are published as dev builds.',
  prepare: 'Runs once, in a checkout of the commit, before anything is built.',
  consumers: 'What uses the published packages: consume and inventory look here.',
};

/** From this number on, publishers that differ in their folder alone become a list of folders. */
const MANY = 4;

const LIST_NAMES: Readonly<Record<string, string>> = {
  npm: 'NPM_PACKAGES',
  pypi: 'PYTHON_PROJECTS',
  goModule: 'GO_MODULES',
};

/** `release.config.ts` */
export function renderCode(data: DefinitionData): string {
  const used = [...new Set(data.publishers.flatMap((entry) => Object.keys(entry)))];
  const { items, lists } = groupPublishers(data.publishers);
  const imports = [
    ...used.map((name) => [name, PUBLISHER_PACKAGES[name] ?? ''] as const),
    ['defineRelease', '@ameide/release'] as const,
  ]
    .toSorted(([, one], [, other]) => compareText(one, other))
    .map(([name, module]) => `import { ${name} } from '${module}';`);
  const members = Object.entries(data).flatMap(([name, value]) => {
    const key = `  ${name}: `;
    const text =
      name === 'publishers'
        ? publishersText(items)
        : literal(value, CODE, { column: key.length, indent: 2 });
    const comment = COMMENTS[name];
    return [...(comment === undefined ? [] : [`  // ${comment}`]), `${key}${text},`];
  });
  return [
    ...imports,
    '',
    ...lists.flatMap((list) => [list, '']),
    'export default defineRelease({',
    ...members,
    '});',
    '',
  ].join('\n');
}

interface Grouped {
  /** Constants with folders, whole statements. */
  readonly lists: readonly string[];
  /** The elements of `publishers`, indented by four. */
  readonly items: readonly string[];
}

function publishersText(items: readonly string[]): string {
  const flat = `[${items.join(', ')}]`;
  return `  publishers: ${flat},`.length <= WIDTH && !flat.includes('\n')
    ? flat
    : `[\n${items.map((item) => `    ${item},\n`).join('')}  ]`;
}

function groupPublishers(entries: readonly PublisherEntry[]): Grouped {
  const parts = entries.flatMap((entry) =>
    Object.entries(entry).map(([name, { directory, ...options }]) => ({
      name,
      directory,
      options: fromEnvironment(options),
    })),
  );
  const alike = Map.groupBy(parts, ({ name, options }) => `${name} ${JSON.stringify(options)}`);
  const lists: string[] = [];
  const items: string[] = [];
  const named = new Set<string>();
  for (const group of alike.values()) {
    const [{ name, options } = { name: '', options: {} }] = group;
    const folders = group.map(({ directory }) => directory);
    const list = LIST_NAMES[name];
    if (group.length < MANY || list === undefined)
      items.push(...group.map((one) => callOf(name, { directory: one.directory, ...one.options })));
    else if (named.has(list))
      items.push(mapped(literal(folders, CODE, { column: 7, indent: 4 }), name, options));
    else {
      named.add(list);
      const head = `const ${list} = `;
      lists.push(`${head}${literal(folders, CODE, { column: head.length })};`);
      items.push(mapped(list, name, options));
    }
  }
  return { lists, items };
}

type Options = Readonly<Record<string, unknown>>;

/** A program reads itself what the definition as data has as `${OCI_TOKEN}`. */
function fromEnvironment(options: Options): Options {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => {
      const variable = variableOf(value);
      return [name, variable === undefined ? value : new Raw(`process.env.${variable}`)] as const;
    }),
  );
}

/** `...LIST.map((directory) => npm({ directory }))` */
function mapped(list: string, name: string, options: Options): string {
  const head = `...${list}.map((directory) =>`;
  const flat = `${head} ${callOf(name, { directory: DIRECTORY, ...options }, 1000)})`;
  const last = flat.slice(flat.lastIndexOf('\n') + 1);
  const start = flat.includes('\n') ? 0 : 4;
  if (start + last.length + 1 <= WIDTH) return flat;
  return `${head}\n      ${callOf(name, { directory: DIRECTORY, ...options }, WIDTH, 6)},\n    )`;
}

/** Written as a shorthand. */
const DIRECTORY = new Raw('directory');

function callOf(name: string, options: Options, width: number = WIDTH, indent: number = 4): string {
  const at = { column: indent + name.length + 1, indent, after: 2, width };
  return `${name}(${literal(options, CODE, at).replace('directory: directory', 'directory')})`;
}
