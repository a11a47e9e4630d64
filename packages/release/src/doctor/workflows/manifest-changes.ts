import type { ShellCommand } from '@ameide/source-files/workflows';
import { callOf, packageManagerCall } from './calls.ts';

/** Files that say what is installed. */
const MANIFEST =
  /(?:^|\/)(?:package\.json|pnpm-workspace\.yaml|lerna\.json|pnpm-lock\.yaml|yarn\.lock|package-lock\.json|npm-shrinkwrap\.json|bun\.lockb?|\.npmrc|\.yarnrc\.yml|\.pnpmfile\.[cm]?js)$/;
const GLOBAL = /^(?:-g|--global|--location=global|--no-save)$/;
const CHANGING =
  /^(?:update|up|upgrade|upgrade-interactive|add|remove|rm|uninstall|un|version|dedupe|import|link|patch-commit|patch-remove)$/;
const TOOLS: Readonly<Record<string, RegExp>> = {
  changeset: /^version$/,
  lerna: /^(?:version|publish)$/,
  nx: /^(?:release|migrate)$/,
  turbo: /^prune$/,
  syncpack: /^(?:fix|format|update|fix-mismatches|set-semver-ranges)$/,
  'ameide-release': /^(?:consume|migrate|init)$/,
};
const WHOLE_TOOLS = new Set([
  'semantic-release',
  'release-it',
  'np',
  'bumpp',
  'ncu',
  'npm-check-updates',
  'standard-version',
]);
/** Other commits and patches bring other manifests. */
const GIT =
  /^(?:apply|am|checkout|cherry-pick|merge|pull|rebase|reset|restore|revert|stash|switch)$/;

/** True for a command after which a lockfile need no longer fit: it changes a manifest, or a lockfile. */
export function changesManifests(command: ShellCommand): boolean {
  const call = callOf(command);
  if (writesManifest(command)) return true;
  if (call === undefined) return false;
  const values = call.args.map(({ value }) => value);
  const words = values.filter((one) => !one.startsWith('-'));
  if (WHOLE_TOOLS.has(call.program)) return true;
  const tool = Object.hasOwn(TOOLS, call.program) ? TOOLS[call.program] : undefined;
  if (tool !== undefined) return words.some((one) => tool.test(one));
  if (call.program === 'git') return words.some((one) => GIT.test(one));
  const manager = packageManagerCall(call);
  const word = manager?.command?.value;
  if (manager === undefined || word === undefined || values.some((one) => GLOBAL.test(one)))
    return false;
  const { operands } = manager;
  const first = operands[0]?.value ?? '';
  if (/^(?:install|i|in)$/.test(word)) return operands.length > 0;
  // `yarn changeset version` runs the program; `pnpm pkg set`, `yarn set version`.
  if (word === 'pkg') return /^(?:set|delete|fix)$/.test(first);
  return (
    CHANGING.test(word) ||
    (word === 'set' && first === 'version') ||
    (word === 'npm' && CHANGING.test(first))
  );
}

const WRITERS = /^(?:mv|cp|tee|rm|sponge|install|rsync|touch|truncate|patch)$/;
const EDITORS = /^(?:sed|gsed|perl|yq)$/;

/** `sed -i … package.json`, `jq … > package.json`, `mv new.json package.json`, `rm pnpm-lock.yaml`. */
function writesManifest(command: ShellCommand): boolean {
  const redirected = command.redirects.some(
    ({ text }) =>
      /^\d*&?>/.test(text) &&
      MANIFEST.test(text.replace(/^\d*&?>+\|?\s*/, '').replaceAll(/["']/g, '')),
  );
  if (redirected) return true;
  const call = callOf(command);
  const values = call?.args.map(({ value }) => value) ?? [];
  if (!values.some((one) => MANIFEST.test(one))) return false;
  const { program = '' } = call ?? {};
  return (
    WRITERS.test(program) ||
    (EDITORS.test(program) && values.some((one) => /^-[a-zA-Z]*i|^--in-?place/.test(one)))
  );
}
