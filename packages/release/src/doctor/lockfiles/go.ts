import { goModString, parseGoModSyntax } from '@ameide/versioning-core/go';
import type { Difference } from './project.ts';

/**
 * What `go build -mod=readonly` refuses: a required version without its line in go.sum. `sums` is the text of
 * go.sum, with that of go.work.sum.
 */
export function goDifferences(path: string, text: string, sums: string): readonly Difference[] {
  const { directives = [] } = parseGoModSyntax(text);
  const words = directives.map((one) => ({
    ...one,
    args: one.args.map((word) => goModString(word) ?? word),
  }));
  const replaced = new Map(
    words.flatMap(({ args, verb }) => {
      const arrow = args.indexOf('=>');
      return verb === 'replace' && arrow > 0
        ? [[args.slice(0, arrow).join(' '), args.slice(arrow + 1)] as const]
        : [];
    }),
  );
  const lines = new Set(sums.split('\n').map((line) => line.split(' ').slice(0, 2).join(' ')));
  return words.flatMap(({ args: [module = '', version = ''], line, verb }): Difference[] => {
    if (verb !== 'require') return [];
    const [to = module, toVersion = version] =
      replaced.get(`${module} ${version}`) ?? replaced.get(module) ?? [];
    if (/^\.{0,2}\//.test(to) || lines.has(`${to} ${toVersion}/go.mod`)) return [];
    return [
      {
        message: `go.mod requires ${to} ${toVersion}, and go.sum has no line for it.`,
        where: { path, line },
      },
    ];
  });
}
