import { pathIn } from '@ameide/versioning-core';
import type { GoModulePath } from '@ameide/versioning-core/go';
import { whereIs } from '../at-place.ts';
import type { ReleasedFacts } from '../facts.ts';
import type { Finding, Rule } from '../finding.ts';
import { type GoImport, goImports } from './go-imports.ts';
import { goFilesOf, isIn, modulePathOf } from './go-source.ts';

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
      const isOther = (path: string): boolean =>
        required.includes(`${path} v`) ||
        packages.some(({ ecosystem, name }) => ecosystem === 'go' && name === path);
      for (const path of goFilesOf(directory, reader)) {
        const text = (await reader.text(path)) ?? '';
        const imports = goImports(text).map((one) => {
          const old = oldImport(one, module, directory, reader.all);
          const isOld = old !== undefined && !isOther(old.module);
          return { ...one, right: isOld ? `${module.path}${old.rest}` : one.path };
        });
        for (const one of imports)
          if (one.right !== one.path) findings.push(finding(path, text, one, imports));
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
  if (!isIn(path, prefix)) return undefined;
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

interface JudgedImport extends GoImport {
  /** What to write. */
  readonly right: string;
}

function finding(
  path: string,
  text: string,
  one: JudgedImport,
  imports: readonly JudgedImport[],
): Finding {
  const { end, right, start } = one;
  // Imported twice, its name may be declared twice, which go refuses.
  const isTwice = imports.some((other) => other !== one && other.right === right);
  return {
    rule: NAME,
    message: `The import ${one.path} does not name a package of this module.`,
    hint: `Write ${right}.`,
    ...whereIs(path, text, one),
    ...(isTwice ? {} : { fix: [{ path, edits: [{ start, end, text: right }] }] }),
  };
}
