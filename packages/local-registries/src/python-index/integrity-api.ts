import type { IndexStore } from './index-store.ts';
import { normalizeName } from './project-name.ts';
import { Refusal } from './refusal.ts';

export const INTEGRITY_TYPE = 'application/vnd.pypi.integrity.v1+json';

/**
 * Answers `GET /integrity/<project>/<version>/<file name>/provenance` (https://docs.pypi.org/api/integrity/). Throws a
 * `Refusal` for a file that is not there, or has no attestations.
 */
export async function readIntegrity(store: IndexStore, path: string): Promise<string> {
  const [, name = '', version, fileName] =
    /^\/integrity\/([^/]+)\/([^/]+)\/([^/]+)\/provenance$/.exec(path) ?? [];
  const normalized = normalizeName(name);
  const project = /^[a-z0-9-]+$/.test(normalized) ? await store.project(normalized) : undefined;
  const file = project?.files.find((one) => one.fileName === fileName && one.version === version);
  if (file?.provenance === undefined)
    throw new Refusal(404, `No provenance available for ${fileName ?? name}`);
  return JSON.stringify(file.provenance);
}
