import { folderOf, pathIn } from '@ameide/versioning-core';

/**
 * Returns a function that gives the folder of the Helm chart that a file is a template of, and undefined for other files.
 * A folder `templates` elsewhere is none of a chart. `paths`: all files of the repository.
 */
export function chartOfTemplate(paths: readonly string[]): (path: string) => string | undefined {
  const charts = paths.filter((path) => /(?:^|\/)Chart\.yaml$/.test(path)).map(folderOf);
  return (path) => charts.find((chart) => path.startsWith(pathIn(chart, 'templates/')));
}
