import { type GoModDirective, goModString, parseGoModSyntax } from './mod.ts';
import { formatGoSemver, parseShortGoSemver } from './semver.ts';

/**
 * True if `go` builds with a module's committed `vendor` folder, and does not refuse it as
 * "inconsistent vendoring" (cmd/go/internal/modload/vendor.go, `checkVendorConsistency`):
 * vendor/modules.txt marks as explicit what go.mod requires, and as replaced what it replaces.
 * `modulesTxt` is undefined if there is no such file.
 */
export function isVendorConsistent(goMod: string, modulesTxt = ''): boolean {
  const { directives = [] } = parseGoModSyntax(goMod);
  const of = (verb: string): readonly string[][] =>
    directives.filter((one) => one.verb === verb).map(wordsOf);
  const vendored = readModulesTxt(modulesTxt);
  const required = of('require').map(([path, version]) => `${path} ${full(version)}`);
  const replaced = of('replace').map((words) => words.join(' '));
  const isReplaced = (line: string): boolean => {
    const [path = '', version = ''] = line.split(' ');
    return replaced.some((one) =>
      [`${path} =>`, `${path} ${version} =>`].some((start) => one.startsWith(start)),
    );
  };
  return (
    required.every((one) => vendored.explicit.includes(one)) &&
    vendored.explicit.every((one) => required.includes(one)) &&
    replaced.every((one) => vendored.replaced.includes(one)) &&
    vendored.replaced.every(isReplaced)
  );
}

function wordsOf({ args }: GoModDirective): string[] {
  return args.map((word) => goModString(word) ?? word);
}

function full(version = ''): string {
  const semver = parseShortGoSemver(version);
  if (semver === undefined) return version;
  return formatGoSemver(semver) + (semver.build === 'incompatible' ? '+incompatible' : '');
}

/** `# path version`, `# path [version] => target`, and under it `## explicit; go 1.21`. */
function readModulesTxt(text: string): {
  readonly explicit: readonly string[];
  readonly replaced: readonly string[];
} {
  const [explicit, replaced]: [string[], string[]] = [[], []];
  let current = '';
  for (const line of text.split('\n').map((one) => one.trim())) {
    if (line.startsWith('# ')) {
      const [module = '', target] = line.slice(2).split(' => ');
      current = module;
      if (target !== undefined) replaced.push(`${module} => ${target}`);
    } else if (/^## (?:.*; ?)?explicit(?:;|$)/.test(line)) explicit.push(current);
  }
  return { explicit, replaced };
}
