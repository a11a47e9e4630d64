import { pathIn } from '@ameide/versioning-core';
import { type GoModulePath, matchesPathMajor, parseGoModSyntax } from '@ameide/versioning-core/go';
import { whereIs } from '../at-place.ts';
import type { ReleasedFacts } from '../facts.ts';
import type { Finding, Rule } from '../finding.ts';
import { fixOfPath } from './go-path-fix.ts';
import { modulePathOf } from './go-source.ts';

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
  const moduleLine = { ...span, text: right };
  const { alsoNamed, fix } = await fixOfPath(facts.reader, { ...wrong, moduleLine });
  return {
    rule: NAME,
    message: `The base version is ${facts.release.base}, and the module path is ${module.path}.`,
    hint: `Write module ${right}, and change every import of it.${alsoNamed === undefined ? '' : ` ${alsoNamed} names it, too.`}`,
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
