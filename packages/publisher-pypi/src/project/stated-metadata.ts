import type { FormField } from '../upload/form-fields.ts';
import { buildBackend } from './build-system.ts';
import { isTable, type Table, tableAt, tableOf } from './toml.ts';

/** A README that a build makes the description of. */
interface StatedReadme {
  /** Relative to the project's folder. */
  readonly file: string;
  readonly contentType: string;
}

/** Metadata that a project states, and that no build backend changes. */
export interface StatedMetadata {
  /** As fields of the upload form, each with its place in pyproject.toml. */
  readonly fields: readonly { readonly place: string; readonly field: FormField }[];
  readonly readme?: StatedReadme;
  /** True if the build fails for a classifier that trove-classifiers does not have. */
  readonly isVerified: boolean;
}

/** Reads `[project]`, or `[tool.poetry]` where there is none. */
export function statedMetadata(root: Table): StatedMetadata {
  if (isTable(root['project']))
    return { ...fromProject(root['project']), isVerified: isHatchlingAlone(root) };
  const poetry = tableAt(root, 'tool', 'poetry');
  const readme = readmeOf(poetry['readme']);
  return {
    fields: [
      ...texts('tool.poetry.classifiers', 'classifiers', poetry['classifiers']),
      ...urls('tool.poetry.urls', poetry['urls']),
    ],
    ...(readme === undefined ? {} : { readme }),
    isVerified: false,
  };
}

/** A metadata hook of hatchling may add classifiers of its own. */
function isHatchlingAlone(root: Table): boolean {
  const hooks = tableAt(root, 'tool', 'hatch', 'metadata', 'hooks');
  return buildBackend(root) === 'hatchling.build' && Object.keys(hooks).length === 0;
}

function fromProject(project: Table): Omit<StatedMetadata, 'isVerified'> {
  const readme = readmeOf(project['readme']);
  const extras = Object.keys(tableOf(project['optional-dependencies']));
  return {
    fields: [
      ...texts('project.description', 'summary', [project['description']]).map((stated) => ({
        ...stated,
        // Backends join its lines.
        field: [stated.field[0], stated.field[1].replace(/\s+/g, ' ')] as const,
      })),
      ...texts('project.classifiers', 'classifiers', project['classifiers']),
      ...texts('project.requires-python', 'requires_python', [project['requires-python']]),
      ...texts('project.dependencies', 'requires_dist', project['dependencies']),
      ...extras.flatMap((extra) =>
        texts(
          `project.optional-dependencies.${extra}`,
          'requires_dist',
          tableOf(project['optional-dependencies'])[extra],
        ),
      ),
      ...urls('project.urls', project['urls']),
      ...texts('project.readme.content-type', 'description_content_type', [
        tableOf(project['readme'])['content-type'],
      ]),
    ],
    ...(readme === undefined ? {} : { readme }),
  };
}

function texts(place: string, name: string, list: unknown): StatedMetadata['fields'] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((text: unknown, index) =>
    typeof text === 'string'
      ? [{ place: list.length > 1 ? `${place}[${index}]` : place, field: [name, text] as const }]
      : [],
  );
}

function urls(place: string, table: unknown): StatedMetadata['fields'] {
  return Object.entries(tableOf(table)).flatMap(([label, url]) =>
    typeof url === 'string'
      ? [{ place: `${place}.${label}`, field: ['project_urls', `${label}, ${url}`] as const }]
      : [],
  );
}

function readmeOf(readme: unknown): StatedReadme | undefined {
  const { file, 'content-type': given } =
    typeof readme === 'string' ? { file: readme } : tableOf(readme);
  if (typeof file !== 'string') return undefined;
  const bySuffix = /\.rst$/i.test(file) ? 'text/x-rst' : 'text/markdown';
  return { file, contentType: typeof given === 'string' ? given : bySuffix };
}
