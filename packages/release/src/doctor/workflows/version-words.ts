import type { ShellCommand } from '@ameide/source-files/workflows';
import { callOf, packageManagerCall } from './calls.ts';

/** Reads commits and clocks. */
const SOURCES: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/\bgit\s+(?:-\S+\s+\S+\s+)*rev-parse\s+(?:\S+\s+)*--short\b/, '`git rev-parse --short`'],
  [/\bgit\s+(?:-\S+\s+\S+\s+)*describe\b/, '`git describe`'],
  [/\bgit\s+rev-list\s+(?:\S+\s+)*--count\b/, '`git rev-list --count`'],
  [/\bdate\s+(?:-u\s+|--utc\s+|-d\s+\S+\s+)*["']?\+["']?%(?:Y|y|s|F)/, '`date`'],
  [/\$\{GITHUB_SHA:{1,2}\d|\bGITHUB_SHA\b[^\n]*\bcut\b/, '`$GITHUB_SHA`'],
  [/\$\{?GITHUB_RUN_(?:NUMBER|ID)\b|\$\{\{\s*github\.run_(?:number|id)\s*\}\}/, 'the run number'],
];

/** The version that a manifest states. */
const STATED =
  /\bjq\b[^\n]*\.version\b|package\.json['"]?\)?\.version\b|\b(?:npm|pnpm)\s+pkg\s+get\s+version\b|npm_package_version/;

/** Longer than any script that computes a version: expressions that go back and forth would take minutes. */
const MAX_LENGTH = 4000;

export function sourceIn(text: string): string | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  return SOURCES.find(([pattern]) => pattern.test(text))?.[1];
}

export function statesVersion(text: string): boolean {
  return text.length <= MAX_LENGTH && STATED.test(text);
}

/** `VERSION`, `NPM_VERSION`, `image_tag`: what holds a version. Not the versions of tools, or earlier ones. */
export function namesVersion(name: string): boolean {
  const words = name.replaceAll(/([a-z])([A-Z])/g, '$1_$2').toUpperCase();
  if (
    /(?:^|_)(?:LAST|LATEST|PREV|PREVIOUS|OLD|CURRENT|BASE|FROM|SINCE|NODE|PNPM|NPM_CLI|PYTHON|RUST|PROTOC|CHART|CACHE|MIN|MAX|STAGED|DOWNLOADED|INSTALLED)(?:_|$)/.test(
      words,
    )
  )
    return false;
  return /(?:^|_)(?:VERSION|PRERELEASE|SNAPSHOT|NIGHTLY|CANARY)(?:_|$)|(?:^|_)(?:IMAGE|DOCKER|RELEASE|DEV|BUILD)_TAG(?:_|$)|^TAG$|(?:^|_)V$/.test(
    words,
  );
}

/** `image_tag`, `DOCKER_TAG`. */
export function namesImageTag(name: string): boolean {
  const words = name.replaceAll(/([a-z])([A-Z])/g, '$1_$2').toUpperCase();
  return /(?:^|_)(?:IMAGE|DOCKER|BUILD|DEV)_TAG(?:_|$)/.test(words) && !/VERSION/.test(words);
}

/** Commands that set a version themselves; undefined for those that print or check one. */
export function setsVersion(command: ShellCommand): string | undefined {
  const call = callOf(command);
  if (call === undefined) return undefined;
  const values = call.args.map(({ value }) => value);
  const manager = packageManagerCall(call);
  if (manager !== undefined) {
    if (manager.command?.value === 'version' && manager.operands.length > 0)
      return `${manager.manager} version`;
    const isPkg = manager.command?.value === 'pkg' && manager.operands[0]?.value === 'set';
    return isPkg && manager.operands.some(({ value }) => value.startsWith('version='))
      ? 'npm pkg set version'
      : undefined;
  }
  const words = values.filter((one) => !one.startsWith('-'));
  if (/^(?:poetry|hatch|uv|pdm)$/.test(call.program) && words[0] === 'version') {
    const isRead = values.some((one) => /^(?:-s|--short|--dry-run|--output-format)$/.test(one));
    const isSet = words.length > 1 || values.some((one) => one.startsWith('--bump'));
    return isSet && !isRead ? `${call.program} version` : undefined;
  }
  if (call.program === 'lerna' && words[0] === 'version') return 'lerna version';
  if (call.program === 'jq' && values.some((one) => /\.version\s*\|?=(?!=)/.test(one)))
    return 'jq .version =';
  return undefined;
}

/** Files that state a version of what is built. */
const MANIFEST =
  /(?:^|\/)(?:package\.json|lerna\.json|deno\.jsonc?|jsr\.json|pyproject\.toml|setup\.(?:py|cfg)|Chart\.ya?ml|VERSION|_*(?:version|about|init)_*\.(?:py|ts|js|go|txt))$/i;

/** A `sed` that writes a version into a file. */
export function sedWritesVersion(command: ShellCommand): boolean {
  const call = callOf(command);
  if (call?.program !== 'sed' && call?.program !== 'gsed' && call?.program !== 'perl') return false;
  if (command.text.length > MAX_LENGTH) return false;
  const values = call.args.map(({ value }) => value);
  const isInPlace =
    values.some((one) => /^-[a-zA-Z]*i|^--in-place/.test(one)) || /\s>\s/.test(command.text);
  return (
    isInPlace &&
    values.some((one) => MANIFEST.test(one)) &&
    values.some(
      (one) =>
        !replacesOther(one) && /^s(.).*version.*\1|\bversion\b\s*\\?s?[*]?\s*[=:]/i.test(one),
    )
  );
}

/** What it looks for is a requirement (`name>=1.2`), or another key than the version: `"react": "…"`. */
function replacesOther(expression: string): boolean {
  const [, , pattern = ''] = /^s(.)(.*?)(?<!\\)\1/.exec(expression) ?? [];
  const [, key] = /\\?["']([\w@/.-]+)\\?["']\s*:/.exec(pattern) ?? [];
  return /[<>=~!]=/.test(pattern) || (key !== undefined && !/version/i.test(key));
}
