import { goModString, parseGoModSyntax } from './mod.ts';
import {
  type GoLocalReplacement,
  type GoModuleReplacement,
  readLocalReplacements,
  readModuleReplacements,
} from './mod-rules.ts';

/** The parts of a go.work file that decide where modules are found (https://go.dev/ref/mod#go-work-file). */
export interface GoWork {
  /** The folders of its modules, as written, relative to the file. */
  readonly uses: readonly string[];
  readonly localReplacements: readonly GoLocalReplacement[];
  readonly moduleReplacements: readonly GoModuleReplacement[];
}

export function parseGoWork(text: string): GoWork {
  const { directives = [] } = parseGoModSyntax(text);
  return {
    uses: directives
      .filter(({ verb }) => verb === 'use')
      .flatMap(({ args: [folder] }) => goModString(folder ?? '') ?? []),
    localReplacements: readLocalReplacements(directives),
    moduleReplacements: readModuleReplacements(directives),
  };
}
