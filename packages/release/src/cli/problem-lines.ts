import colors from 'picocolors';
import type { ProblemReport } from '../report/shown.ts';
import { plain } from './plain.ts';

/** What the names in a message are looked up in, and where the problem was met. */
export interface ProblemContext {
  readonly artifacts?: readonly {
    readonly publisher: string;
    readonly registry: string;
    readonly coordinate: string;
  }[];
  /** `plan` and `trace`: that nothing was written goes without saying. */
  readonly readsOnly?: boolean;
}

type Artifacts = NonNullable<ProblemContext['artifacts']>;

/**
 * Problems: what happened, what to do, what it left behind, whether to run again. Those of one
 * cause, that is of one code at one registry, are one block; messages that say the same of several
 * artifacts are one line and a list of names.
 */
export function problemLines(
  problems: readonly ProblemReport[],
  { artifacts = [], readsOnly = false }: ProblemContext = {},
): string[] {
  const causes = Map.groupBy(problems, (problem) => causeOf(problem, artifacts));
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
  const place = publishers.size === 1 ? first.publisher : registryOf(first, artifacts);
  const sayings = Map.groupBy(group, (problem) => saying(problem, artifacts));
  const left = readsOnly ? '' : `${LEFT[effect](subjectOf(group, publishers.size))} `;
  return [
    '',
    `${colors.red('problem')} ${colors.bold(code)}${place === undefined ? '' : `  ${place}`}`,
    ...[...sayings.values()].flatMap((same) => said(same, publishers.size > 1)),
    ...(hint === undefined ? [] : indented(hint).map((line) => colors.cyan(line))),
    `  ${left}${RERUN[rerun]}`,
  ];
}

/** The first message, and whom else it holds for. */
function said(same: readonly ProblemReport[], manyPublishers: boolean): string[] {
  const [first, ...others] = same;
  if (first === undefined) return [];
  const { message, publisher } = first;
  const isNamed =
    publisher === undefined || message.includes(publisher.slice(publisher.indexOf(':') + 1));
  // Of a publisher whose artifacts are named that is enough.
  const named = new Set(
    same.flatMap((problem) => (problem.coordinate === undefined ? [] : [problem.publisher])),
  );
  const own = nameOf(first);
  const names = [
    ...new Set(
      others
        .filter((problem) => problem.coordinate !== undefined || !named.has(problem.publisher))
        .map(nameOf),
    ),
  ].filter((name) => name !== undefined && name !== own);
  return [
    ...indented(manyPublishers && !isNamed ? `${publisher}: ${message}` : message),
    ...(names.length === 0 ? [] : ['  The same of:', ...names.map((name) => `    ${name}`)]),
  ];
}

/** A message may end in the last lines of a program. */
function indented(text: string): string[] {
  return plain(text)
    .split('\n')
    .map((line) => `  ${line}`);
}

function causeOf(problem: ProblemReport, artifacts: Artifacts): string {
  const { code, effect, hint, kind, rerun } = problem;
  const place = registryOf(problem, artifacts) ?? problem.publisher;
  return JSON.stringify([
    code,
    kind,
    effect,
    rerun,
    hint === undefined ? '' : withoutNames(hint, problem, artifacts),
    place,
  ]);
}

/**
 * What a message says, whatever it says it of: `Could not <do something with X>: <reason>` is its
 * reason, from whichever URL.
 */
function saying(problem: ProblemReport, artifacts: Artifacts): string {
  const text = withoutNames(problem.message, problem, artifacts);
  const reason = /^Could not .*?: (.*)$/s.exec(text)?.[1] ?? text;
  return reason.replace(/^[A-Z]+ https?:\/\/\S+: /, '');
}

function withoutNames(
  text: string,
  { coordinate, publisher }: ProblemReport,
  artifacts: Artifacts,
): string {
  const own = artifacts
    .filter((artifact) => artifact.publisher === publisher)
    .map((artifact) => artifact.coordinate);
  const names = [publisher, coordinate, ...own]
    .filter((name) => name !== undefined)
    .flatMap((name) => {
      const bare = name.slice(name.indexOf(':') + 1);
      return [name, bare, bare.replace(/^.*(?:==|[@:])/s, '')];
    })
    .filter((name) => name.length > 2)
    .sort((a, b) => b.length - a.length);
  return names.reduce((rest, name) => rest.replaceAll(name, '\u2026'), text);
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
