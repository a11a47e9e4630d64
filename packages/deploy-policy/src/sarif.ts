import type { Problem } from '@ameide/versioning-core';
import { RULES } from './check/rule-names.ts';

type Shown = Pick<Problem, 'code' | 'message' | 'hint' | 'path' | 'line' | 'column'>;

/**
 * Returns findings as a SARIF log, which code scanning reads (OASIS SARIF 2.1.0). `version` is that of
 * the program.
 */
export function toSarif(problems: readonly Shown[], version: string): object {
  const codes = [...new Set(problems.map(({ code }) => code))].toSorted();
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
            informationUri: 'https://github.com/ameideio/ameide-publishing',
            rules: codes.map((id) => ({
              id,
              shortDescription: { text: RULES[id] ?? id },
              defaultConfiguration: { level: 'error' },
            })),
          },
        },
        // Section 3.14.17: our columns count as JavaScript's strings do.
        columnKind: 'utf16CodeUnits',
        results: problems.map((problem) => result(problem, codes)),
      },
    ],
  };
}

function result(
  { code, column, hint, line, message, path }: Shown,
  codes: readonly string[],
): object {
  const region =
    line === undefined
      ? {}
      : { region: { startLine: line, ...(column === undefined ? {} : { startColumn: column }) } };
  return {
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: 'error',
    message: { text: hint === undefined ? message : `${message} ${hint}` },
    ...(path === undefined
      ? {}
      : {
          locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(path) }, ...region } }],
        }),
  };
}

/** A path as a URI reference (RFC 3986): relative to where the command ran. */
function uriOf(path: string): string {
  const uri = path.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/');
  return path.startsWith('/') ? `file://${uri}` : uri;
}
