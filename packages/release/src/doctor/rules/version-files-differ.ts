import { locateJson } from '@ameide/source-files/json';
import type { Edit } from '@ameide/source-files/text';
import type { BaseVersion } from '@ameide/versioning-core';
import { type Where, whereIs } from '../at-place.ts';
import { DEPENDENCY_FIELDS, type ReleasedFacts, tableAt } from '../facts.ts';
import type { Finding, Rule } from '../finding.ts';
import { isPlaceholder } from './python-version.ts';

const NAME = 'version-files-differ';

export const VERSION_FILES_DIFFER: Rule<ReleasedFacts> = {
  name: NAME,
  title:
    'Only the version file states a version; every other package states it too, or the placeholder 0.0.0.',
  why: 'Two versions in one repository are two truths: people, tools and changelogs read the wrong one, and the published version is derived from the version file alone.',
  async find(facts) {
    const { base, definition } = facts.release;
    if (base === undefined) return [];
    const findings: Finding[] = [];
    for (const path of await candidates(facts)) {
      if (path === definition.versionFile) continue;
      const stated = await statedIn(path, facts);
      if (stated === undefined || stated.version === base || isPlaceholder(stated.version))
        continue;
      const isSafe = path.endsWith('package.json') && !(await isAskedFor(path, facts));
      findings.push(finding(path, stated, base, isSafe));
    }
    return findings;
  },
};

/** The package.json of what is published, lerna's own version, and files that are only a version. */
async function candidates({ reader, release }: ReleasedFacts): Promise<readonly string[]> {
  const manifests = release.published.flatMap(({ directory, ecosystem }) =>
    ecosystem === 'npm' && directory !== undefined
      ? [directory === '' ? 'package.json' : `${directory}/package.json`]
      : [],
  );
  return [...new Set([...manifests, 'lerna.json', 'VERSION', 'VERSION.txt', 'version.txt'])].filter(
    (path) => reader.has(path),
  );
}

interface Stated {
  readonly version: string;
  readonly where: Where;
  readonly edit: Edit;
}

async function statedIn(path: string, { reader }: ReleasedFacts): Promise<Stated | undefined> {
  const text = (await reader.text(path)) ?? '';
  if (!path.endsWith('.json')) {
    const version = text.trim().replace(/^v/, '');
    if (!/^\d+\.\d+\.\d+\S*$/.test(version)) return undefined;
    return { version, where: { path, line: 1 }, edit: { start: 0, end: 0, text: '' } };
  }
  const version = (await reader.json(path))?.['version'];
  const value = locateJson(text, ['version'])?.value;
  if (typeof version !== 'string' || !/^\d/.test(version) || value === undefined) return undefined;
  return { version, where: whereIs(path, text, value), edit: { ...value, text: '' } };
}

function finding(
  path: string,
  { edit, version, where }: Stated,
  base: BaseVersion,
  isSafe: boolean,
): Finding {
  return {
    rule: NAME,
    message: `${path} states the version ${version}, and the version file ${base}.`,
    hint: `Write ${base}, or the placeholder 0.0.0, or delete the file if nobody reads it.`,
    ...where,
    ...(isSafe ? { fix: [{ path, edits: [{ ...edit, text: JSON.stringify(base) }] }] } : {}),
  };
}

/** True if another package asks for this one's version by numbers: then the package manager might not find it. */
async function isAskedFor(path: string, { packages, reader }: ReleasedFacts): Promise<boolean> {
  const name = (await reader.json(path))?.['name'];
  if (typeof name !== 'string') return false;
  for (const { ecosystem, manifest } of packages) {
    if (ecosystem !== 'npm' || manifest === path) continue;
    const json = await reader.json(manifest);
    const ranges = DEPENDENCY_FIELDS.map((field) => tableAt(json, field)[name]);
    if (ranges.some((range) => typeof range === 'string' && /\d/.test(range))) return true;
  }
  return false;
}
