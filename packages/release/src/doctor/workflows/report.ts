import type { Edit } from '@ameide/source-files/text';
import type { ShellCommand } from '@ameide/source-files/workflows';
import type { Finding, Rule } from '../finding.ts';
import type { Script, WorkflowFacts } from './facts.ts';

/** What a rule says of a place, without its own name. */
export interface Hit {
  readonly path: string;
  /** Of the file. */
  readonly text: string;
  readonly offset: number;
  readonly message: string;
  readonly hint: string;
  readonly edits?: readonly Edit[];
}

interface RuleWords extends Pick<Rule<WorkflowFacts>, 'name' | 'title' | 'why'> {
  /** True for what also counts in a workflow that a program writes: what it publishes, and how. */
  readonly ofGenerated?: true;
  /** zizmor's name for the same rule: a line that it is told to ignore is ignored here, too. */
  readonly zizmor?: string;
}

/** A rule whose hits become findings. An alias shows a place twice, but it is one finding. */
export function workflowRule(
  { name, ofGenerated, title, why, zizmor }: RuleWords,
  hits: (facts: WorkflowFacts) => readonly Hit[],
): Rule<WorkflowFacts> {
  return {
    name,
    title,
    why,
    find: (facts) => {
      const found = new Map<string, Finding>();
      const places = new Map<string, PlaceOf>();
      for (const hit of hits(facts)) {
        if (zizmor !== undefined && isIgnored(hit, zizmor)) continue;
        if (ofGenerated === undefined && isGenerated(hit)) continue;
        const key = `${hit.path}\n${hit.offset}\n${hit.message}`;
        if (found.has(key)) continue;
        const placeOf = places.get(hit.path) ?? createPlaces(hit.text);
        places.set(hit.path, placeOf);
        found.set(key, findingOf(name, hit, placeOf));
      }
      return [...found.values()];
    },
  };
}

function findingOf(
  rule: string,
  { edits, hint, message, offset, path }: Hit,
  placeOf: PlaceOf,
): Finding {
  const fix = edits === undefined ? {} : { fix: [{ path, edits }] };
  return { rule, message, hint, path, ...placeOf(offset), ...fix };
}

type PlaceOf = (offset: number) => { readonly line: number; readonly column: number };

/** Finds the lines of a text once: `placeAt` looks at the whole text for each place. */
function createPlaces(text: string): PlaceOf {
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  return (offset) => {
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}

const WORKFLOW = /^\.github\/workflows\/[^/]+\.ya?ml$/;
/** Of projen, dist, gh-aw and others. */
const HEADER =
  /^#\W*(?:code )?(?:auto-?)?generated (?:by|from|with|using)\b|\b(?:file|workflow) (?:is|was) (?:auto(?:matically)?[ -]?)?generated\b|\b(?:auto-?|automatically )generated\b|@generated\b|\bdo not (?:edit|modify)\b/im;

/** True for a workflow whose first comment says that a program writes it: nobody can mend it by hand. */
function isGenerated({ path, text }: Hit): boolean {
  if (!WORKFLOW.test(path)) return false;
  const [header = ''] = /^\uFEFF?(?:\s*(?:#[^\n]*|---[^\n]*)?\n)*/.exec(text) ?? [];
  return path.endsWith('.lock.yml') || HEADER.test(header);
}

/** `# zizmor: ignore[artipacked,unpinned-uses] why` at the end of the line. */
function isIgnored({ offset, text }: Hit, name: string): boolean {
  const end = text.indexOf('\n', offset);
  const line = text.slice(offset, end === -1 ? undefined : end);
  const [, names = ''] = /#\s*zizmor:\s*ignore\[([^\]]*)\]/.exec(line) ?? [];
  return names.split(',').some((one) => one.trim() === name);
}

/** A hit at a command of a script, or at one of its words. */
export function hitAt(
  { path, source, text }: Script,
  { start }: Pick<ShellCommand, 'start'>,
  hit: Pick<Hit, 'message' | 'hint' | 'edits'>,
): Hit {
  return { path, text, offset: source.offsetOf(start), ...hit };
}
