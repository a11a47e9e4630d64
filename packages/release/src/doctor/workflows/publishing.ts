import { posix } from 'node:path';
import { type Call, isComputed, packageManagerCall } from './calls.ts';
import { normal } from './directories.ts';
import type { WorkflowFacts } from './facts.ts';
import { imagePublishing } from './image-publishing.ts';
import { isTestRegistry } from './registries.ts';

/** Something that publishes by another way than `ameide-release`. */
export interface Publishing {
  /** As a sentence names it: `npm publish`. */
  readonly what: string;
  readonly ecosystem: 'npm' | 'pypi' | 'oci' | 'git' | 'github' | 'signature';
  /** What of it, as a sentence goes on: ` of a tag`. */
  readonly of?: string;
  /** What it publishes, as far as the command says; undefined if it does not. `NAME/*`: something below. */
  readonly names?: readonly string[];
  /** The URL or the name of the registry, if the command says it. */
  readonly registry?: string;
}

/** What a command publishes, if it runs in `directory`. */
export function publishedBy(
  call: Call,
  directory: string | undefined,
  facts: Pick<WorkflowFacts, 'packageNames'>,
): Publishing | undefined {
  const values = call.args.map(({ value }) => value);
  if (values.some((one) => /^--(?:dry-run(?:=true)?|help)$|^-h$/.test(one))) return undefined;
  return (
    npmPublishing(call, directory, facts) ??
    toolPublishing(call.program, values) ??
    imagePublishing(call.program, call.args) ??
    gitPublishing(call.program, values)
  );
}

function npmPublishing(
  call: Call,
  directory: string | undefined,
  { packageNames }: Pick<WorkflowFacts, 'packageNames'>,
): Publishing | undefined {
  const manager = packageManagerCall(call);
  if (manager?.command?.value !== 'publish') return undefined;
  // Yarn 1 has `yarn publish`, later ones `yarn npm publish`.
  const isNpm = manager.manager === 'yarn' && call.args.some(({ value }) => value === 'npm');
  const what = `${manager.manager}${isNpm ? ' npm' : ''} publish`;
  const [folder = '.'] = manager.operands.map(({ value }) => value);
  const at = posix.join(directory ?? '', manager.directory ?? '', folder);
  const isKnown =
    directory !== undefined &&
    !manager.isElsewhere &&
    !isComputed(at) &&
    !/\.t(?:ar\.)?gz$/.test(at);
  const name = isKnown ? packageNames.get(normal(at)) : undefined;
  const registry = flagValue(
    call.args.map(({ value }) => value),
    ['--registry'],
  );
  return {
    what,
    ecosystem: 'npm',
    ...(name === undefined ? {} : { names: [name] }),
    ...(registry === undefined ? {} : { registry }),
  };
}

const TOOLS: readonly (readonly [program: RegExp, command: string, Publishing['ecosystem']])[] = [
  [/^lerna$/, 'publish', 'npm'],
  [/^lerna$/, 'version', 'git'],
  [/^release-please$/, 'release-pr', 'github'],
  [/^release-please$/, 'github-release', 'github'],
  [/^changeset$/, 'publish', 'npm'],
  [/^twine$/, 'upload', 'pypi'],
  [/^(?:uv|poetry|flit|hatch|pdm|maturin)$/, 'publish', 'pypi'],
  [/^maturin$/, 'upload', 'pypi'],
  [/^nx$/, 'release', 'npm'],
  [/^gh$/, 'release create', 'github'],
  [/^goreleaser$/, 'release', 'github'],
  [/^cosign$/, 'sign', 'signature'],
];

const PYPI_FLAGS = ['--repository-url', '--publish-url', '--repository', '--repo', '--index', '-r'];

/** The literal value of a flag. */
function flagValue(values: readonly string[], flags: readonly string[]): string | undefined {
  for (const flag of flags) {
    const at = values.indexOf(flag);
    const value =
      at === -1
        ? values.find((one) => one.startsWith(`${flag}=`))?.slice(flag.length + 1)
        : values[at + 1];
    if (value !== undefined) return isComputed(value) ? undefined : value;
  }
  return undefined;
}

/** `goreleaser release --snapshot`, `--skip=publish`, `--skip publish,sign`: https://goreleaser.com/cmd/goreleaser_release */
export function publishesNothing(values: readonly string[]): boolean {
  const skipped = values.flatMap((one, index) =>
    one.startsWith('--skip=') ? one.slice(7) : values[index - 1] === '--skip' ? one : [],
  );
  return (
    values.some((one) => /^--(?:snapshot|skip-publish|skip-release)(?:=true)?$/.test(one)) ||
    skipped.some((one) => one.split(',').includes('publish'))
  );
}

/** True for a trial: a registry that is there for tests, or that runs beside them. */
export function isTrial({ registry }: Publishing): boolean {
  return registry !== undefined && isTestRegistry(registry);
}

/** Programs that version and publish, whatever their arguments. */
const WHOLE_TOOLS = new Set(['semantic-release', 'release-it', 'np', 'standard-version']);

function toolPublishing(program: string, values: readonly string[]): Publishing | undefined {
  if (WHOLE_TOOLS.has(program)) return { what: program, ecosystem: 'npm' };
  const words = values.filter((one) => !one.startsWith('-'));
  const tool = TOOLS.find(
    ([name, command]) =>
      name.test(program) && words.slice(0, command.split(' ').length).join(' ') === command,
  );
  if (tool === undefined) return undefined;
  const [, command, ecosystem] = tool;
  // A signature of a digest says exactly what it signs.
  if (ecosystem === 'signature') {
    if (words.some((one) => /@sha256:|@.*digest/i.test(one)) || words.length < 2) return undefined;
    if (words.slice(1).some((one) => isComputed(one) && !one.includes(':'))) return undefined;
  }
  if (program === 'goreleaser' && publishesNothing(values)) return undefined;
  const registry = ecosystem === 'pypi' ? flagValue(values, PYPI_FLAGS) : undefined;
  return {
    what: `${program} ${command}`,
    ecosystem,
    ...(registry === undefined ? {} : { registry }),
  };
}

function gitPublishing(program: string, values: readonly string[]): Publishing | undefined {
  if (program !== 'git') return undefined;
  const words = values.filter((one) => !one.startsWith('-'));
  if (words[0] === 'push') {
    const isTag =
      values.some((one) => /^--(?:tags|follow-tags)$|^\+?refs\/tags\/|:refs\/tags\//.test(one)) ||
      (!values.some((one) => /^-\w*u|^--set-upstream/.test(one)) && words.slice(2).some(isTagName));
    return isTag ? { what: 'git push', of: ' of a tag', ecosystem: 'git' } : undefined;
  }
  if (
    words[0] !== 'tag' ||
    values.some((one) =>
      /^-(?:l|d|v|n)|^--(?:list|delete|points-at|sort|contains|merged|verify)/.test(one),
    )
  )
    return undefined;
  return words.some((one, index) => index > 0 && /^v[\d$\uE000]|TAG|VERSION/i.test(one))
    ? { what: 'git tag', ecosystem: 'git' }
    : undefined;
}

/** What people begin the names of branches with. Go modules have tags with folders: `sdk/go/v1.2.3`. */
const BRANCH =
  /(?:^|:|refs\/heads\/)["']?\+?(?:heads|releases?|hotfix|bump|chore|feature|feat|fix|update|branch|bot|automation|auto|version|prep|prepare|backport|sync|docs|ci|deps|staging)[/-]/i;

/** `v1.2.3`, `sdk/go/v$VERSION`, `$TAG`; but not `release/$TAG`, which is a branch. */
function isTagName(refspec: string): boolean {
  if (BRANCH.test(refspec) || refspec.includes('refs/heads/')) return false;
  return /(?:^|\/)v[\d$\uE000]/.test(refspec) || /\$\{?\w*TAG/i.test(refspec);
}
