import { posix } from 'node:path';
import { parseImageReference } from '@ameide/source-files/image';
import {
  actionName,
  type ShellWord,
  textAt,
  type YamlScalar,
} from '@ameide/source-files/workflows';
import { type Call, isComputed, packageManagerCall } from './calls.ts';
import { normal } from './directories.ts';
import type { StepFacts, WorkflowFacts } from './facts.ts';

/** Something that publishes by another way than `ameide-release`. */
export interface Publishing {
  /** As a sentence names it: `npm publish`. */
  readonly what: string;
  readonly ecosystem: 'npm' | 'pypi' | 'oci' | 'git' | 'github' | 'signature';
  /** What it publishes, as far as the command says; undefined if it does not. */
  readonly names?: readonly string[];
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
  return { what, ecosystem: 'npm', ...(name === undefined ? {} : { names: [name] }) };
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
  return { what: `${program} ${command}`, ecosystem };
}

function imagePublishing(program: string, args: readonly ShellWord[]): Publishing | undefined {
  const values = args.map(({ value }) => value);
  const words = values.filter((one) => !one.startsWith('-'));
  if (program === 'crane' && (words[0] === 'push' || words[0] === 'append'))
    return image('crane push', words.slice(-1));
  if (program === 'skopeo' && words[0] === 'copy')
    return image(
      'skopeo copy',
      words.slice(-1).map((one) => one.replace(/^docker:\/\//, '')),
    );
  if (program !== 'docker' && program !== 'podman' && program !== 'buildah') return undefined;
  if (words[0] === 'push' || (words[0] === 'image' && words[1] === 'push'))
    return image(`${program} push`, words.slice(words[0] === 'image' ? 2 : 1));
  if (words[0] === 'buildx' && words[1] === 'bake' && pushes(values))
    return image('docker buildx bake --push', []);
  if (!words.slice(0, 2).includes('build') || !pushes(values)) return undefined;
  const tags = values.flatMap((one, index) => {
    if (one === '-t' || one === '--tag') return values[index + 1] ?? [];
    return one.startsWith('--tag=') ? one.slice(6) : [];
  });
  return image(`${program} buildx build --push`, tags);
}

function pushes(values: readonly string[]): boolean {
  return values.some((one) => /^--push(?:=true)?$|type=registry|push=true/.test(one));
}

/** Only names that no variable makes are known. */
function image(what: string, references: readonly string[]): Publishing {
  const names = references.map((one) => parseImageReference(one.replace(/:[^/]*$/, ''))?.name);
  const isKnown =
    names.length > 0 && references.every((one) => !isComputed(one.replace(/[:@][^/]*$/, '')));
  const known = names.filter((one) => one !== undefined);
  return {
    what,
    ecosystem: 'oci',
    ...(isKnown && known.length === names.length ? { names: known } : {}),
  };
}

function gitPublishing(program: string, values: readonly string[]): Publishing | undefined {
  if (program !== 'git') return undefined;
  const words = values.filter((one) => !one.startsWith('-'));
  if (words[0] === 'push') {
    const isTag =
      values.some((one) => /^--(?:tags|follow-tags)$|^refs\/tags\/|:refs\/tags\//.test(one)) ||
      words.slice(2).some((one) => /^["']?v[\d$\uE000]/.test(one) || /\$\{?\w*TAG/i.test(one));
    return isTag ? { what: 'git push of a tag', ecosystem: 'git' } : undefined;
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

const ACTIONS: Readonly<Record<string, Publishing['ecosystem']>> = {
  'pypa/gh-action-pypi-publish': 'pypi',
  'js-devtools/npm-publish': 'npm',
  'cycjimmy/semantic-release-action': 'npm',
  'changesets/action': 'npm',
  'softprops/action-gh-release': 'github',
  'ncipollo/release-action': 'github',
  'actions/create-release': 'github',
  'googleapis/release-please-action': 'github',
  'docker/build-push-action': 'oci',
};

/** What a step publishes by an action. */
export function publishedByAction({
  step,
}: StepFacts): (Publishing & { readonly at: YamlScalar }) | undefined {
  const { uses } = step;
  if (uses === undefined) return undefined;
  const name = actionName(uses.text);
  const ecosystem = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (ecosystem === undefined) return undefined;
  // Without `publish` it only opens a pull request with the next versions.
  if (name === 'changesets/action' && textAt(step.with, 'publish') === undefined) return undefined;
  if (name !== 'docker/build-push-action') return { what: name, ecosystem, at: uses };
  const outputs = textAt(step.with, 'outputs') ?? '';
  const push = textAt(step.with, 'push') ?? 'false';
  if (push === 'false' && !/type=registry|push=true/.test(outputs)) return undefined;
  const tags = (textAt(step.with, 'tags') ?? '').split(/[\n,]/).map((one) => one.trim());
  const { names } = image(name, tags.filter((one) => one !== '').map(blanked));
  return { what: name, ecosystem, at: uses, ...(names === undefined ? {} : { names }) };
}

/** An expression in a tag is as good as a variable. */
function blanked(tag: string): string {
  return tag.replaceAll(/\$\{\{.*?\}\}/g, '$X');
}
