import { type SourceFiles } from '@ameide/versioning-core';
import type { JsonObject } from '../json/json.ts';
import { parsePep508 } from '../python/pep508.ts';
import { readBeside } from './folders.ts';
import { objectAt, own, parseToml, textAt } from './parse.ts';
import { pypiName } from './pypi.ts';

/** What a pyproject.toml says for lockfiles that do not say it themselves. */
export interface PyprojectNames {
  readonly name?: string;
  readonly version?: string;
  /** What the project itself asks for, in any group. */
  readonly direct: ReadonlySet<string>;
}

/** Reads the pyproject.toml of a folder. A missing or unreadable one asks for nothing. */
export async function readPyproject(
  files: SourceFiles,
  directory: string,
): Promise<PyprojectNames> {
  const json = await readToml(files, directory, 'pyproject.toml');
  const project = objectAt(json, 'project');
  const tool = objectAt(json, 'tool');
  const poetry = objectAt(tool, 'poetry');
  const name = textAt(project, 'name') ?? textAt(poetry, 'name');
  const version = textAt(project, 'version') ?? textAt(poetry, 'version');
  const poetryGroups = Object.values(objectAt(poetry, 'group') ?? {}) as readonly JsonObject[];
  const direct = [
    ...requirements(own(project, 'dependencies')),
    ...groups(objectAt(project, 'optional-dependencies')),
    ...groups(objectAt(json, 'dependency-groups')),
    ...groups(objectAt(objectAt(tool, 'pdm'), 'dev-dependencies')),
    ...[poetry, ...poetryGroups].flatMap((one) =>
      ['dependencies', 'dev-dependencies'].flatMap((key) => Object.keys(objectAt(one, key) ?? {})),
    ),
  ];
  return {
    ...(name === undefined ? {} : { name: pypiName(name) ?? name }),
    ...(version === undefined ? {} : { version }),
    direct: new Set(direct.flatMap((one) => parsePep508(one)?.name ?? [])),
  };
}

async function readToml(
  files: SourceFiles,
  directory: string,
  name: string,
): Promise<JsonObject | undefined> {
  const text = await readBeside(files, directory, name);
  try {
    return text === undefined ? undefined : parseToml(text);
  } catch {
    return undefined;
  }
}

/** What a Pipfile asks for. */
export async function readPipfile(
  files: SourceFiles,
  directory: string,
): Promise<ReadonlySet<string>> {
  const json = await readToml(files, directory, 'Pipfile');
  const names = ['packages', 'dev-packages'].flatMap((key) =>
    Object.keys(objectAt(json, key) ?? {}),
  );
  return new Set(names.flatMap((one) => parsePep508(one)?.name ?? []));
}

function requirements(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

function groups(value: JsonObject | undefined): readonly string[] {
  return Object.values(value ?? {}).flatMap((one) => requirements(one));
}
