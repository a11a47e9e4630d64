import colors from 'picocolors';
import type { DeployResolveReport, ResolvedReport } from '../deploy/resolve-report.ts';
import { problemText } from './deploy-check-text.ts';
import { table } from './table.ts';

/** `deploy resolve` for people. */
export function deployResolveText({
  exitCode,
  images,
  problems,
  status,
}: DeployResolveReport): string {
  return [
    ...images.flatMap((image, index) => imageLines(image, isFirst(images, index))),
    ...problems.flatMap(problemText),
    status === 'converged'
      ? colors.green('The commit of every image is known.')
      : colors.red(`Exit ${exitCode} (${status}).`),
  ].join('\n');
}

/** What else was published from a commit is shown once. */
function isFirst(images: readonly ResolvedReport[], index: number): boolean {
  return images.findIndex(({ sha }) => sha === images[index]?.sha) === index;
}

function imageLines(
  { digest, image, release, sha }: ResolvedReport,
  showsRelease: boolean,
): readonly string[] {
  const facts = [
    ...(release === undefined ? [] : [['version', release.version]]),
    ...(sha === undefined ? [] : [['commit', sha]]),
    ...(release === undefined ? [] : [['committed', release.datetime]]),
    ...(digest === undefined ? [] : [['digest', digest]]),
  ];
  if (facts.length === 0) return [];
  const width = Math.max(...facts.map(([name = '']) => name.length));
  return [
    colors.bold(image),
    ...facts.map(([name = '', value = '']) => `  ${colors.dim(name.padEnd(width))}  ${value}`),
    ...(release === undefined || !showsRelease
      ? []
      : ['', table(['ALSO FROM THIS COMMIT', 'STATE', 'PROOFS'], rows(release))]),
    '',
  ];
}

function rows({
  artifacts,
}: NonNullable<ResolvedReport['release']>): readonly (readonly string[])[] {
  return artifacts.map(({ coordinate, proofs, state }) => [
    coordinate,
    state === 'published' ? colors.green(state) : colors.red(state),
    proofs.map((one) => `${one.kind} ${one.state}`).join(', '),
  ]);
}
