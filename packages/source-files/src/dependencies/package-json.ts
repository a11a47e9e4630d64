import { InvalidInputError } from '@ameide/versioning-core';
import { type Node, parseTree } from 'jsonc-parser';
import { parseManifestJson } from '../json/json.ts';
import { type Found, foundAt, UnreadableFile } from './found.ts';
import { overriddenName, realName } from './npm-names.ts';

const FIELDS = [
  'dependencies',
  'devDependencies',
  'peerDependencies',
  'optionalDependencies',
] as const;

interface File {
  readonly path: string;
  readonly text: string;
}

/**
 * Reads a package.json: its dependencies; what npm, pnpm, Yarn and Bun override; the catalogs of Bun. Throws
 * `UnreadableFile` for what is not a JSON object, and for a duplicate key.
 */
export function readPackageJson(path: string, text: string): readonly Found[] {
  try {
    parseManifestJson(text, path);
  } catch (error) {
    if (error instanceof InvalidInputError) throw new UnreadableFile(error.message);
    throw error;
  }
  const root = parseTree(text);
  const file = { path, text };
  const workspaces = valueOf(root, 'workspaces');
  return [
    ...FIELDS.flatMap((field) => ranges(file, valueOf(root, field), field)),
    ...overrides(file, valueOf(root, 'overrides'), 'overrides'),
    ...overrides(file, valueOf(root, 'resolutions'), 'resolutions'),
    ...overrides(file, valueOf(valueOf(root, 'pnpm'), 'overrides'), 'pnpm.overrides'),
    ...catalogs(file, root, ''),
    ...catalogs(file, workspaces, 'workspaces.'),
  ];
}

function catalogs(file: File, node: Node | undefined, prefix: string): readonly Found[] {
  return [
    ...ranges(file, valueOf(node, 'catalog'), `${prefix}catalog`),
    ...pairsOf(valueOf(node, 'catalogs')).flatMap(([name, catalog]) =>
      ranges(file, catalog, `${prefix}catalogs.${name}`),
    ),
  ];
}

function ranges(file: File, node: Node | undefined, field: string): readonly Found[] {
  return pairsOf(node).flatMap(([key, value]) => found(file, key, value, field));
}

/** npm's overrides nest; what is below a package is for its dependencies, `.` for itself. */
function overrides(
  file: File,
  node: Node | undefined,
  field: string,
  parent = '',
): readonly Found[] {
  return pairsOf(node).flatMap(([key, value]) => {
    const name = key === '.' ? parent : overriddenName(key);
    return value.type === 'object'
      ? overrides(file, value, field, name)
      : found(file, name, value, field);
  });
}

function found({ path, text }: File, key: string, value: Node, field: string): readonly Found[] {
  if (value.type !== 'string') return [];
  const requirement = String(value.value);
  const name = realName(key, requirement);
  return [
    foundAt(
      path,
      text,
      {
        ecosystem: 'npm',
        name,
        ...(name === key ? {} : { alias: key }),
        requirement,
        field,
        start: value.offset + 1,
        end: value.offset + value.length - 1,
      },
      (written) => JSON.stringify(written).slice(1, -1),
    ),
  ];
}

function valueOf(node: Node | undefined, key: string): Node | undefined {
  return pairsOf(node).find(([name]) => name === key)?.[1];
}

function pairsOf(node: Node | undefined): readonly (readonly [string, Node])[] {
  if (node?.type !== 'object') return [];
  return (node.children ?? []).flatMap(({ children: [key, value] = [] }) =>
    key === undefined || value === undefined ? [] : [[String(key.value), value] as const],
  );
}
