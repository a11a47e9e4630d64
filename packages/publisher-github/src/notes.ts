import { shownPath } from '@ameide/publisher-kit';
import type { Asked } from '@ameide/publisher-kit/github';
import { type Problem, problem, type SourceTree } from '@ameide/versioning-core';
import type { GithubClient } from './api/client.ts';
import type { Notes } from './options.ts';
import type { GithubPlan } from './plan.ts';
import type { TaggedPlan } from './tag-version.ts';

/** Returns the notes of a release: those that GitHub generates, or a section of a changelog. */
export async function readNotes(
  client: GithubClient,
  notes: Notes,
  plan: TaggedPlan,
  source: SourceTree,
): Promise<Asked<string>> {
  if (notes === 'none') return { value: '' };
  if (notes === 'generated') return client.notes(plan.tag, plan.sha);
  const text = (await source.readText(notes.changelog)) ?? '';
  return { value: partOf(text, plan.version) ?? '' };
}

/** Reports a changelog without a section about the version. Offline. */
export async function validateNotes(
  notes: Notes,
  plan: GithubPlan,
  source: SourceTree,
): Promise<readonly Problem[]> {
  if (typeof notes === 'string' || plan.tag === undefined) return [];
  const path = notes.changelog;
  const text = await source.readText(path);
  const part = text === undefined ? undefined : partOf(text, plan.version);
  if (part !== undefined && part !== '') return [];
  const what =
    text === undefined
      ? 'which the commit does not have'
      : part === undefined
        ? `which has no heading for ${plan.version}`
        : `which has no text below its heading for ${plan.version}`;
  return [
    problem({
      code: 'github-no-notes',
      kind: 'input',
      message: `${plan.publisher} takes its notes from ${shownPath(path)}, ${what}.`,
      hint: `Add a heading such as "## ${plan.version}" with text below it, or set the option notes.`,
      path,
    }),
  ];
}

const HEADING = /^(#{1,6})\s+(.+?)\s*#*$/;
const FENCE = /^ {0,3}(?:```|~~~)/;

/**
 * Returns the text of a changelog below the heading of a version, up to the next heading of the same or a
 * higher level. Changesets writes `## 0.1.0`, Keep a Changelog `## [0.1.0] - 2025-11-13`, others
 * `# v0.1.0 (2025-11-13)`. Undefined if there is no such heading.
 */
export function partOf(changelog: string, version: string): string | undefined {
  const lines = changelog.split(/\r?\n/);
  const headings = headingsOf(lines);
  const start = headings.findIndex(({ text }) => namesVersion(text, version));
  const heading = headings[start];
  if (heading === undefined) return undefined;
  const end = headings.slice(start + 1).find(({ level }) => level <= heading.level);
  return lines
    .slice(heading.line + 1, end?.line)
    .join('\n')
    .trim();
}

interface Heading {
  readonly line: number;
  readonly level: number;
  readonly text: string;
}

/** Leaves out lines in code blocks, which are no headings. */
function headingsOf(lines: readonly string[]): readonly Heading[] {
  let inCode = false;
  return lines.flatMap((text, line) => {
    if (FENCE.test(text)) inCode = !inCode;
    const [, marks = '', title = ''] = inCode ? [] : (HEADING.exec(text) ?? []);
    return marks === '' ? [] : [{ line, level: marks.length, text: title }];
  });
}

function namesVersion(heading: string, version: string): boolean {
  const literal = version.replaceAll(/[.+]/g, '\\$&');
  return new RegExp(`(?:^|[\\s[@v])${literal}(?![\\w.+-]*\\d)`).test(heading);
}
