import {
  entriesOf,
  entryOf,
  type ShellCommand,
  type Workflow,
  type YamlMap,
} from '@ameide/source-files/workflows';
import type { Rule } from '../finding.ts';
import { callOf } from './calls.ts';
import type { Script, WorkflowFacts } from './facts.ts';
import { isPep440Rewrite, isPythonFile, writesVersionInPython } from './python-words.ts';
import { type Hit, hitAt, workflowRule } from './report.ts';
import { publishesByCall } from './reusable.ts';
import {
  namesImageTag,
  namesVersion,
  sedWritesVersion,
  setsVersion,
  sourceIn,
  statesVersion,
} from './version-words.ts';

const INSTEAD =
  'Remove it: `ameide-release version --github-output` gives every job NPM_VERSION, PYPI_VERSION, GO_VERSION, SHORT_SHA and DATETIME of the commit, and `publish` writes them into what it builds.';

export const versionByHand: Rule<WorkflowFacts> = workflowRule(
  {
    name: 'version-by-hand',
    ofGenerated: true,
    title: 'No script computes a version.',
    why: 'Versions that a script puts together differ between ecosystems, change with the clock of the run, and do not lead back to their commit.',
  },
  (facts) => [
    ...versionsByHand(facts),
    ...facts.workflows.flatMap((workflow) => [
      ...environment(workflow, workflow.root),
      ...workflow.jobs.flatMap(({ body, steps }) =>
        [body, ...steps.map((step) => step.body)].flatMap((one) => environment(workflow, one)),
      ),
    ]),
  ],
);

function versionsByHand(facts: WorkflowFacts): readonly Hit[] {
  const publishing = new Set(
    facts.jobs.filter((one) => publishesByCall(one, facts)).map(({ workflow }) => workflow),
  );
  const published = new Set(
    facts.jobs.filter(({ workflow }) => publishing.has(workflow)).flatMap(({ scripts }) => scripts),
  );
  return facts.scripts.flatMap((script) => byHand(script, published.has(script)));
}

/** The tag of an image that nobody publishes is a name for a test. */
function byHand(script: Script, isPublished: boolean): readonly Hit[] {
  const parts = new Map<string, string>();
  const stated = new Set<string>();
  const isVersion = (name: string): boolean =>
    namesVersion(name) && (isPublished || !namesImageTag(name));
  return script.commands.flatMap((command) => {
    const found = commandHit(command) ?? compositionHit(command, { parts, stated, isVersion });
    return found === undefined ? [] : hitAt(script, command, { message: found, hint: INSTEAD });
  });
}

function commandHit(command: ShellCommand): string | undefined {
  const set = setsVersion(command);
  if (set !== undefined) return `\`${set}\` sets a version by hand.`;
  if (sedWritesVersion(command) && !command.words.some(({ value }) => isPythonFile(value)))
    return `\`${callOf(command)?.program ?? 'sed'}\` writes a version into a file.`;
  return undefined;
}

/** A value that a script gives to a name: by an assignment, or as an output of the step. */
interface Named {
  readonly name: string;
  readonly value: string;
}

/** Remembers which variables hold a part of a version, and reports the version that they become. */
function compositionHit(
  command: ShellCommand,
  {
    isVersion,
    parts,
    stated,
  }: {
    readonly parts: Map<string, string>;
    readonly stated: Set<string>;
    readonly isVersion: (name: string) => boolean;
  },
): string | undefined {
  for (const { name, value } of namedValues(command)) {
    const source = sourceIn(value);
    const variable = [...parts].find(([part]) => uses(value, part));
    const what = source ?? variable?.[1];
    if (isTagOnly(value)) continue;
    if (what !== undefined && isVersion(name))
      return `\`${name}\` is a version that the script makes from ${what}.`;
    if (what !== undefined) parts.set(name, what);
    const base = [...stated].find((one) => uses(value, one));
    if (isVersion(name) && base !== undefined && hasSuffix(value, base))
      return `\`${name}\` is a version that the script makes from the version in the manifest.`;
    if (statesVersion(value)) stated.add(name);
  }
  return undefined;
}

function namedValues({ assignments, redirects, words }: ShellCommand): readonly Named[] {
  const own = assignments.map(({ name, value }) => ({ name, value: value.text }));
  const isOutput = redirects.some(({ text }) => /GITHUB_(?:OUTPUT|ENV)/.test(text));
  if (!isOutput && !words.some(({ value }) => /::set-output name=/.test(value))) return own;
  const lines = [
    ...words.slice(1).map(({ text }) => text),
    ...redirects.flatMap(({ body = '' }) => body.split('\n')),
  ];
  return [
    ...own,
    ...lines.flatMap((text) => {
      const [, name, value] =
        /^["']?(?:::set-output name=)?([A-Za-z_][\w-]*)(?:=|::)([^]*)$/.exec(text.trim()) ?? [];
      return name === undefined || value === undefined ? [] : [{ name, value }];
    }),
  ];
}

function uses(value: string, variable: string): boolean {
  return new RegExp(`\\$\\{?${variable.replaceAll(/\W/g, String.raw`\$&`)}\\b`).test(value);
}

/** The tag that is there already, as `git describe --tags --abbrev=0` prints it. */
function isTagOnly(value: string): boolean {
  return /\bgit\s+describe\b[^)]*(?:--abbrev=0|--exact-match)/.test(value);
}

function hasSuffix(value: string, base: string): boolean {
  return new RegExp(`\\$\\{?${base}\\}?[-.+]`).test(value);
}

/** `VERSION: 1.0.${{ github.run_number }}` in an `env:`. */
function environment({ path, text }: Workflow, owner: YamlMap | undefined): readonly Hit[] {
  return entriesOf(entryOf(owner, 'env')?.value).flatMap(({ key, value }) => {
    if (value.kind !== 'scalar' || !namesVersion(key.text)) return [];
    if (!/\$\{\{\s*github\.run_(?:number|id)\s*\}\}/.test(value.text)) return [];
    return {
      path,
      text,
      offset: key.start,
      message: `\`${key.text}\` is a version made from the run number.`,
      hint: INSTEAD,
    };
  });
}

export const pythonVersionRewritten: Rule<WorkflowFacts> = workflowRule(
  {
    name: 'python-version-rewritten',
    ofGenerated: true,
    title: 'No step rewrites a version for Python.',
    why: 'Each of these rewrites knows some forms of a version and breaks on the next one; and the result no longer names the commit. PYPI_VERSION is a PEP 440 version from the start.',
  },
  (facts) =>
    facts.scripts.flatMap((script) =>
      script.commands.flatMap((command) => {
        const message = pythonHit(command);
        return message === undefined
          ? []
          : hitAt(script, command, {
              message,
              hint: 'Remove it: keep `version = "0.0.0"` in pyproject.toml. `ameide-release` stamps PYPI_VERSION into a copy when it builds, and `ameide-release version --github-output` prints it.',
            });
      }),
    ),
);

function pythonHit(command: ShellCommand): string | undefined {
  if (sedWritesVersion(command) && command.words.some(({ value }) => isPythonFile(value)))
    return 'The script writes a version into a Python project.';
  if (writesVersionInPython(command)) return 'The script writes a version into a Python project.';
  return isPep440Rewrite(command) ? 'The script rewrites a version for PEP 440.' : undefined;
}
