import { locateJson } from '@ameide/source-files/json';
import type { Span } from '@ameide/source-files/text';
import { type BaseVersion, folderOf } from '@ameide/versioning-core';
import { type Where, whereIs } from '../at-place.ts';
import { DEPENDENCY_FIELDS, type ReleasedFacts, tableAt } from '../facts.ts';
import type { FileFix, Finding, Rule } from '../finding.ts';
import { npmVersionFixes, npmVersions } from './locked-versions.ts';
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
    const locks = await npmVersions(facts.reader);
    const findings: Finding[] = [];
    for (const path of await candidates(facts)) {
      if (path === definition.versionFile) continue;
      const stated = await statedIn(path, facts);
      if (stated === undefined || stated.version === base || isPlaceholder(stated.version))
        continue;
      if (!path.endsWith('package.json')) findings.push(ofFile(path, stated, base));
      else {
        const asked = await askedBy(path, facts);
        const fix = [
          { path, edits: [{ ...stated.span, text: JSON.stringify(base) }] },
          ...npmVersionFixes(folderOf(path), base, locks),
        ];
        findings.push(
          asked === undefined
            ? ofPackage(path, stated, base, fix)
            : ofAsked(path, stated, base, asked),
        );
      }
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
  /** Of the version, in JSON with its quotes. */
  readonly span: Span;
}

async function statedIn(path: string, { reader }: ReleasedFacts): Promise<Stated | undefined> {
  const text = (await reader.text(path)) ?? '';
  if (!path.endsWith('.json')) {
    const version = text.trim().replace(/^v/, '');
    if (!/^\d+\.\d+\.\d+\S*$/.test(version)) return undefined;
    return { version, where: { path, line: 1 }, span: { start: 0, end: 0 } };
  }
  const version = (await reader.json(path))?.['version'];
  const value = locateJson(text, ['version'])?.value;
  if (typeof version !== 'string' || !/^\d/.test(version) || value === undefined) return undefined;
  return { version, where: whereIs(path, text, value), span: value };
}

function ofFile(path: string, { version, where }: Stated, base: BaseVersion): Finding {
  return {
    rule: NAME,
    message: `${path} states the version ${version}, and the version file ${base}.`,
    hint: `Write ${base}, or the placeholder 0.0.0, or delete the file if nobody reads it.`,
    ...where,
  };
}

function ofPackage(
  path: string,
  { version, where }: Stated,
  base: BaseVersion,
  fix: readonly FileFix[],
): Finding {
  return {
    rule: NAME,
    message: `${path} states the version ${version}, and the version file ${base}.`,
    hint: `Write ${base}, or the placeholder 0.0.0.`,
    ...where,
    together: `state another version than the version file, ${base}`,
    fix,
  };
}

/** With another version alone, the package manager would take the package from the registry. */
function ofAsked(
  path: string,
  { version, where }: Stated,
  base: BaseVersion,
  { manifest, range }: Asked,
): Finding {
  return {
    rule: NAME,
    message: `${path} states the version ${version}, and the version file ${base}; ${manifest} asks for it as ${range}.`,
    hint: `Write ${base}, and a range that has it (^${base}; workspace:^ with pnpm, Yarn 2 and later, and Bun) wherever another package asks for this one by numbers; then install, and commit the lockfile.`,
    ...where,
    together: `state another version than the version file, ${base}, and other packages ask for them by numbers`,
  };
}

interface Asked {
  readonly manifest: string;
  readonly range: string;
}

/** Where another package asks for this one's version by numbers; a catalog may do so. */
async function askedBy(
  path: string,
  { packages, reader }: ReleasedFacts,
): Promise<Asked | undefined> {
  const name = (await reader.json(path))?.['name'];
  if (typeof name !== 'string') return undefined;
  const named = packages.flatMap(({ ecosystem, manifest }) =>
    ecosystem === 'npm' ? manifest : [],
  );
  // The root of a workspace may have no name.
  for (const manifest of new Set([...named, 'package.json'])) {
    if (manifest === path || !reader.has(manifest)) continue;
    const json = await reader.json(manifest);
    const ranges = DEPENDENCY_FIELDS.map((field) => tableAt(json, field)[name]);
    for (const range of ranges)
      if (typeof range === 'string' && /\d|^catalog:/.test(range)) return { manifest, range };
  }
  return undefined;
}
