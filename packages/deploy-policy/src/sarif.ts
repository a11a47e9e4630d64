import type { Problem } from '@ameide/versioning-core';
import { RULES } from './check/rule-names.ts';

type Shown = Pick<Problem, 'code' | 'message' | 'hint' | 'path' | 'line' | 'column'>;

/** GitHub refuses a run with more (docs.github.com: "SARIF results exceed one or more limits"). */
const MAX_RESULTS = 25_000;

const HOME = 'https://github.com/ameideio/ameide-publishing';

/** What a log says about the rules. */
export interface AboutRules {
  /** What each asks for, by its code. */
  readonly texts: Readonly<Record<string, string>>;
  /** Where they are explained, below the project's page. */
  readonly page: string;
}

const OWN_RULES: AboutRules = {
  texts: RULES,
  page: '/tree/main/packages/deploy-policy#readme',
};

/**
 * Returns findings as a SARIF log (OASIS SARIF 2.1.0), as GitHub's code scanning accepts it: every result has
 * a file and a line, and there are at most 25,000. What has no file, and how many results are left out, is
 * said in notifications. `version` is that of the program.
 */
export function toSarif(
  problems: readonly Shown[],
  version: string,
  about: AboutRules = OWN_RULES,
): object {
  const located = problems.filter(({ path = '' }) => path !== '');
  const others = problems.filter(({ path = '' }) => path === '');
  const shown = located.slice(0, MAX_RESULTS);
  const codes = [...new Set(problems.map(({ code }) => code))].toSorted();
  const notes = [...others.map(({ code, ...one }) => note(textOf(one), code)), ...leftOut(located)];
  return {
    $schema:
      'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'ameide-release',
            version,
            informationUri: HOME,
            rules: codes.map((code) => rule(code, about)),
          },
        },
        // Section 3.14.17: our columns count as JavaScript's strings do.
        columnKind: 'utf16CodeUnits',
        ...(notes.length === 0
          ? {}
          : { invocations: [{ executionSuccessful: true, toolExecutionNotifications: notes }] }),
        results: shown.map((problem) => result(problem, codes)),
      },
    ],
  };
}

function rule(id: string, { page, texts }: AboutRules): object {
  const text = texts[id] ?? id;
  return {
    id,
    shortDescription: { text },
    fullDescription: { text },
    help: { text: `${text} Each result says how to fix it.` },
    helpUri: `${HOME}${page}`,
    defaultConfiguration: { level: 'error' },
  };
}

function textOf({ hint, message }: Pick<Shown, 'message' | 'hint'>): string {
  return hint === undefined ? message : `${message} ${hint}`;
}

function note(text: string, ruleId?: string): object {
  return {
    level: 'error',
    message: { text },
    ...(ruleId === undefined ? {} : { associatedRule: { id: ruleId } }),
  };
}

function leftOut({ length }: readonly Shown[]): readonly object[] {
  return length <= MAX_RESULTS
    ? []
    : [note(`${length - MAX_RESULTS} more results are left out: GitHub accepts at most 25,000.`)];
}

function result(problem: Shown, codes: readonly string[]): object {
  const { code, column, line = 1, path = '' } = problem;
  return {
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: 'error',
    message: { text: textOf(problem) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(path) },
          region: { startLine: line, ...(column === undefined ? {} : { startColumn: column }) },
        },
      },
    ],
  };
}

/** A path as a URI reference (RFC 3986): relative to where the command ran. */
function uriOf(path: string): string {
  const isWindows = /^[A-Za-z]:[\\/]/.test(path);
  const parts = path.toWellFormed().replaceAll('\\', '/').split('/');
  const uri = parts
    .map((part, index) => (isWindows && index === 0 ? part : encodeURIComponent(part)))
    .join('/');
  if (isWindows) return `file:///${uri}`;
  return path.startsWith('/') ? `file://${uri}` : uri;
}
