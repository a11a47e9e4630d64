import { readCatalogFile } from './catalogs.ts';
import { readCompose } from './compose.ts';
import { readDockerfile } from './dockerfile.ts';
import type { Reader } from './found.ts';
import { readGoMod } from './go-mod.ts';
import { readPackageJson } from './package-json.ts';
import { readPyproject } from './pyproject.ts';
import { readRequirements } from './requirements.ts';

/** By the file's name. Folders before it count for requirements alone. */
const READERS: readonly (readonly [RegExp, Reader])[] = [
  [/(?:^|\/)package\.json$/, readPackageJson],
  [/(?:^|\/)(?:pnpm-workspace\.yaml|\.yarnrc\.yml)$/, readCatalogFile],
  [/(?:^|\/)(?:pyproject\.toml|Pipfile)$/, readPyproject],
  [
    /(?:^|\/)(?:[^/]*(?:requirements|constraints)[^/]*|requirements\/[^/]+)\.(?:txt|in)$/i,
    readRequirements,
  ],
  [/(?:^|\/)go\.(?:mod|work)$/, readGoMod],
  [
    /(?:^|\/)(?:(?:Dockerfile|Containerfile)(?:\.(?!dockerignore$)[^/]+)?|[^/]+\.(?:Dockerfile|Containerfile))$/i,
    readDockerfile,
  ],
  [/(?:^|\/)(?:docker-)?compose(?:[.-][^/]+)?\.ya?ml$/, readCompose],
];

/** Folders of what others wrote. */
const NOT_OURS = /(?:^|\/)(?:node_modules|\.git|\.yarn|\.venv)\//;

/** Returns the reader of a file; undefined for one that asks for no packages or images. */
export function readerOf(path: string): Reader | undefined {
  if (NOT_OURS.test(path)) return undefined;
  return READERS.find(([name]) => name.test(path))?.[1];
}

/** True for a file that asks for packages or images, by its name. */
export function isDependencyFile(path: string): boolean {
  return readerOf(path) !== undefined;
}
