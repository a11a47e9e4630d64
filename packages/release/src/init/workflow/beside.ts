import type { DefinitionData } from '../definition-data.ts';
import { WORKFLOW_FILE } from '../definition-data.ts';
import { PUBLISHER_PACKAGES } from '../render/code.ts';

/** Where the jobs with tokens install the publisher from. */
export const PUBLISHER_FOLDER = '.github/publisher';

export const ACTIONLINT: string = `# actionlint 1.7.12 does not know \`queue\` yet, which GitHub has had since May 2026.
paths:
  ${WORKFLOW_FILE}:
    ignore:
      - 'unexpected key "queue" for "concurrency" section'
`;

/** Keeps what the workflow pins current. */
export function renderDependabot(form: 'code' | 'data'): string {
  const updates = [
    ['github-actions', '/'],
    ...(form === 'data' ? [['npm', `/${PUBLISHER_FOLDER}`]] : []),
  ].map(
    ([ecosystem, directory]) => `  - package-ecosystem: ${ecosystem}
    directory: ${directory}
    schedule:
      interval: weekly
    cooldown:
      default-days: 7
`,
  );
  const what =
    form === 'data'
      ? 'the actions’ commits, the versions beside them and the publisher'
      : 'the actions’ commits and the versions beside them';
  return `# Keeps ${what} current; the cooldown leaves time to find a bad release.
version: 2
updates:
${updates.join('')}`;
}

/** The packages that a definition needs, sorted. */
export function neededPackages({ publishers }: DefinitionData): readonly string[] {
  const names = publishers.flatMap((entry) => Object.keys(entry));
  const packages = names.flatMap((name) => PUBLISHER_PACKAGES[name] ?? []);
  return [...new Set([...packages, '@ameide/release'])].toSorted();
}

/** True for the version of a package that was never published: no command can install that. */
export function isPlaceholder(version: string): boolean {
  return version === '0.0.0';
}

/** The package.json of `PUBLISHER_FOLDER`. */
export function renderPublisher(data: DefinitionData, ownVersion: string): string {
  const version = isPlaceholder(ownVersion) ? 'latest' : ownVersion;
  const dependencies = Object.fromEntries(neededPackages(data).map((name) => [name, version]));
  return `${JSON.stringify({ private: true, dependencies }, null, 2)}\n`;
}
