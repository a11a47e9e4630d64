import { type GoModDirective, goModString, parseGoModSyntax } from './mod.ts';
import { replacedByFolder } from './mod-rules.ts';

/** The parts of a go.work file that decide where modules are found (https://go.dev/ref/mod#go-work-file). */
export interface GoWork {
  /** The folders of its modules, as written, relative to the file. */
  readonly uses: readonly string[];
  /** Paths of modules that a `replace` points at a folder. */
  readonly localReplacements: readonly string[];
}

export function parseGoWork(text: string): GoWork {
  const { directives = [] } = parseGoModSyntax(text);
  const argsOf = (verb: string): readonly GoModDirective['args'][] =>
    directives.filter((one) => one.verb === verb).map(({ args }) => args);
  return {
    uses: argsOf('use').flatMap(([folder]) => goModString(folder ?? '') ?? []),
    localReplacements: argsOf('replace').flatMap((args) => replacedByFolder(args)?.path ?? []),
  };
}
