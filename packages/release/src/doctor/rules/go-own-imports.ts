import { pathIn } from '@ameide/versioning-core';
import type { GoModulePath } from '@ameide/versioning-core/go';
import { whereIs } from '../at-place.ts';
import type { ReleasedFacts } from '../facts.ts';
import type { Finding, Rule } from '../finding.ts';
import { type GoImport, goFilesOf, goImports, modulePathOf } from './go-source.ts';

const NAME = 'go-own-imports';

export const GO_OWN_IMPORTS: Rule<ReleasedFacts> = {
  name: NAME,
  title: 'A Go module imports its own packages by its current path.',
  why: 'After a change of the major version, an import without it (or with the old one) names another module: go does not find it, or builds the old release into the new one.',
  async find({ packages, reader, release: { published } }) {
    const findings: Finding[] = [];
    for (const { directory, ecosystem } of published) {
      if (ecosystem !== 'go' || directory === undefined) continue;
      const file = pathIn(directory, 'go.mod');
      const module = await modulePathOf(file, reader);
      if (module === undefined || module.path.startsWith('gopkg.in/')) continue;
      // A module may ask for its old major version on purpose, to bridge both.
      const required = (await reader.text(file)) ?? '';
      for (const path of goFilesOf(directory, packages, reader)) {
        const text = (await reader.text(path)) ?? '';
        for (const one of goImports(text)) {
          const old = oldImport(one, module, directory, reader.paths);
          if (old === undefined || required.includes(`${old.module} v`)) continue;
          findings.push(finding(path, text, one, `${module.path}${old.rest}`));
        }
      }
    }
    return findings;
  },
};

interface OldImport {
  /** The path of the other module. */
  readonly module: string;
  /** What follows it. */
  readonly rest: string;
}

/** An import by the module's path with another major version; undefined for any other import. */
function oldImport(
  { path }: GoImport,
  { major: own, prefix }: GoModulePath,
  directory: string,
  paths: readonly string[],
): OldImport | undefined {
  if (path !== prefix && !path.startsWith(`${prefix}/`)) return undefined;
  const [, major = '', rest = ''] = /^(\/v\d+)?(\/.*)?$/.exec(path.slice(prefix.length)) ?? [];
  const has = (folder: string): boolean =>
    paths.some(
      (one) => one.startsWith(`${pathIn(directory, folder.slice(1))}/`) && one.endsWith('.go'),
    );
  // A folder may be called v2; and below the same path another module may be published.
  if (major === own || (major !== '' && has(major)) || (rest !== '' && !has(rest)))
    return undefined;
  return { module: `${prefix}${major}`, rest };
}

function finding(path: string, text: string, one: GoImport, right: string): Finding {
  return {
    rule: NAME,
    message: `The import ${one.path} does not name a package of this module.`,
    hint: `Write ${right}.`,
    ...whereIs(path, text, one),
    fix: [{ path, edits: [{ start: one.start, end: one.end, text: right }] }],
  };
}
