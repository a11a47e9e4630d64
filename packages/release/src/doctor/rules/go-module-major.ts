import type { Edit } from '@ameide/source-files/text';
import { pathIn } from '@ameide/versioning-core';
import { type GoModulePath, matchesPathMajor, parseGoModSyntax } from '@ameide/versioning-core/go';
import { whereIs } from '../at-place.ts';
import type { ReleasedFacts } from '../facts.ts';
import type { FileFix, Finding, Rule } from '../finding.ts';
import { goFilesOf, importEdits, modulePathOf } from './go-source.ts';

const NAME = 'go-module-major';

export const GO_MODULE_MAJOR: Rule<ReleasedFacts> = {
  name: NAME,
  title:
    'The path of a Go module ends in /vN exactly if the base version is of major N, 2 or more.',
  why: 'go refuses to download v2.0.0 of a module whose path has no /v2, and v1.0.0 of one that has it (https://go.dev/ref/mod#major-version-suffixes).',
  async find(facts) {
    const { base, published } = facts.release;
    if (base === undefined) return [];
    const findings: Finding[] = [];
    for (const { directory, ecosystem } of published) {
      if (ecosystem !== 'go' || directory === undefined) continue;
      const file = pathIn(directory, 'go.mod');
      const module = await modulePathOf(file, facts.reader);
      if (module === undefined || matchesPathMajor(`v${base}`, module.major)) continue;
      const right = pathFor(module, base);
      findings.push(await finding(facts, { directory, file, module, right }));
    }
    return findings;
  },
};

function pathFor({ path, prefix }: GoModulePath, base: string): string {
  const major = base.slice(0, base.indexOf('.'));
  if (path.startsWith('gopkg.in/')) return `${prefix}.v${major}`;
  return major === '0' || major === '1' ? prefix : `${prefix}/v${major}`;
}

interface Wrong {
  readonly directory: string;
  readonly file: string;
  readonly module: GoModulePath;
  readonly right: string;
}

async function finding(facts: ReleasedFacts, wrong: Wrong): Promise<Finding> {
  const { file, module, right } = wrong;
  const text = (await facts.reader.text(file)) ?? '';
  const line = parseGoModSyntax(text).directives?.find(({ verb }) => verb === 'module')?.line ?? 1;
  const start = text.indexOf(module.path, lineStart(text, line));
  const span = { start, end: start + module.path.length };
  const fix = await fixes(facts, wrong, { ...span, text: right });
  return {
    rule: NAME,
    message: `The base version is ${facts.release.base}, and the module path is ${module.path}.`,
    hint: `Write module ${right}, and change every import of it.`,
    ...whereIs(file, text, span),
    ...(fix === undefined ? {} : { fix }),
  };
}

function lineStart(text: string, line: number): number {
  return text
    .split('\n')
    .slice(0, line - 1)
    .reduce((sum, one) => sum + one.length + 1, 0);
}

/**
 * The module line and the imports of the module's own files. Undefined if something else may name the path,
 * which we would break: another module's go.mod, a linker flag in a Makefile, an option of a .proto file.
 */
async function fixes(
  { packages, reader }: ReleasedFacts,
  { directory, file, module, right }: Wrong,
  moduleLine: Edit,
): Promise<readonly FileFix[] | undefined> {
  if (module.path.startsWith('gopkg.in/')) return undefined;
  const sources = goFilesOf(directory, packages, reader);
  const known = new Set([file, ...sources]);
  const others = reader.paths.filter((path) => !known.has(path) && MAY_NAME_IT.test(path));
  for (const path of others)
    if (((await reader.text(path)) ?? '').includes(module.path)) return undefined;
  const imports = await Promise.all(
    sources.map(async (path) => ({
      path,
      edits: importEdits((await reader.text(path)) ?? '', module.path, right),
    })),
  );
  return [{ path: file, edits: [moduleLine] }, ...imports.filter(({ edits }) => edits.length > 0)];
}

const MAY_NAME_IT = /(?:\.(?:go|mod|work|proto|mk|sh|bazel|bzl|ya?ml|toml|nix)|file)$/i;
