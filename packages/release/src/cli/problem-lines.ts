import colors from 'picocolors';
import type { ProblemReport } from '../report/shown.ts';

/** Where a problem arose, and the names that its message refers to. */
export interface ProblemContext {
  readonly artifacts?: readonly {
    readonly publisher: string;
    readonly registry: string;
    readonly coordinate: string;
  }[];
  /**
   * True for a command that only reads: the output does not say that nothing was sent.
   */
  readonly readsOnly?: boolean;
}

type Artifacts = NonNullable<ProblemContext['artifacts']>;

/**
 * Formats problems: what happened, what to do, what is left on the registry, whether to run again.
 * Problems with one code at one registry form one block. So do problems that say the same at several registries, for
 * example that the job has no identity. In a block, problems with the same reason share one message, followed by a list of the other names.
 */
export function problemLines(
  problems: readonly ProblemReport[],
  { artifacts = [], readsOnly = false }: ProblemContext = {},
): string[] {
  const everywhere = sharedByRegistries(problems, artifacts);
  const causes = Map.groupBy(problems, (problem) =>
    causeOf(problem, everywhere.has(problem.message) ? undefined : placeOf(problem, artifacts)),
  );
  return [...causes.values()].flatMap((group) => block(group, artifacts, readsOnly));
}

function block(
  group: readonly ProblemReport[],
  artifacts: Artifacts,
  readsOnly: boolean,
): string[] {
  const [first] = group;
  if (first === undefined) return [];
  const { code, effect, hint, rerun } = first;
  const publishers = new Set(group.map(({ publisher }) => publisher));
  const registries = new Set(group.map((problem) => registryOf(problem, artifacts)));
  const shared = registries.size === 1 ? [...registries][0] : undefined;
  const place = publishers.size === 1 ? first.publisher : shared;
  const reasons = Map.groupBy(group, ({ message, reason }) => reason ?? message);
  const left = readsOnly ? '' : `${LEFT[effect](subjectOf(group, publishers.size))} `;
  return [
    '',
    `${colors.red('problem')} ${colors.bold(code)}${place === undefined ? '' : `  ${place}`}`,
    ...[...reasons.values()].flatMap((same) => messageLines(same, publishers.size > 1)),
    ...(hint === undefined ? [] : indented(hint).map((line) => colors.cyan(line))),
    `  ${left}${RERUN[rerun]}`,
  ];
}

/** Returns the first problem's message, and the names of the others that it applies to. */
function messageLines(same: readonly ProblemReport[], hasManyPublishers: boolean): string[] {
  const [first, ...others] = same;
  if (first === undefined) return [];
  const { message, publisher } = first;
  const isNamed = publisher === undefined || message.includes(bareName(publisher));
  // A message that names an artifact need not name its publisher, too.
  const named = new Set(
    same.flatMap((problem) => (problem.coordinate === undefined ? [] : [problem.publisher])),
  );
  const further = others
    .filter(({ coordinate, publisher: of }) => coordinate !== undefined || !named.has(of))
    .map(nameOf);
  const names = [...new Set(further)].filter(
    (name) => name !== undefined && name !== nameOf(first),
  );
  return [
    ...indented(hasManyPublishers && !isNamed ? `${publisher}: ${message}` : message),
    ...(names.length === 0 ? [] : ['  The same of:', ...names.map((name) => `    ${name}`)]),
  ];
}

/** `npm:@scope/name` without its ecosystem. */
function bareName(publisher: string): string {
  return publisher.slice(publisher.indexOf(':') + 1);
}

/** A message may end with a program's last lines, so indent every line. */
function indented(text: string): string[] {
  return text.split('\n').map((line) => `  ${line}`);
}

/** Returns the messages that several registries have word for word: their cause is no single registry. */
function sharedByRegistries(
  problems: readonly ProblemReport[],
  artifacts: Artifacts,
): ReadonlySet<string> {
  const groups = Map.groupBy(problems, ({ message }) => message);
  const several = [...groups].filter(
    ([, group]) => new Set(group.map((one) => placeOf(one, artifacts))).size > 1,
  );
  return new Set(several.map(([message]) => message));
}

function causeOf(
  { code, effect, hint, kind, rerun }: ProblemReport,
  place: string | undefined,
): string {
  return JSON.stringify([code, kind, effect, rerun, hint, place]);
}

function placeOf(problem: ProblemReport, artifacts: Artifacts): string | undefined {
  return registryOf(problem, artifacts) ?? problem.publisher;
}

function registryOf({ publisher }: ProblemReport, artifacts: Artifacts): string | undefined {
  return artifacts.find((artifact) => artifact.publisher === publisher)?.registry;
}

function nameOf({ coordinate, publisher }: ProblemReport): string | undefined {
  return coordinate ?? publisher;
}

function subjectOf(group: readonly ProblemReport[], publishers: number): string | undefined {
  const names = new Set(group.map(nameOf));
  if (names.size === 1) return [...names][0];
  return publishers === 1 ? group[0]?.publisher : 'any of them';
}

const LEFT: Readonly<Record<ProblemReport['effect'], (subject: string | undefined) => string>> = {
  none: (subject) =>
    subject === undefined ? 'Nothing was sent.' : `It wrote nothing for ${subject}.`,
  committed: (subject) =>
    `What it sent${subject === undefined ? '' : ` for ${subject}`} is on the registry.`,
  unknown: (subject) =>
    `What it sent${subject === undefined ? '' : ` for ${subject}`} may be on the registry.`,
};

const RERUN: Readonly<Record<ProblemReport['rerun'], string>> = {
  safe: 'Running the same command again is safe.',
  'after-fix': 'Run it again after the fix.',
  never: 'Do not run it again as it is.',
};
