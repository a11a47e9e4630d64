import { parseImageReference } from '@ameide/source-files/image';
import type { ShellWord } from '@ameide/source-files/workflows';
import { isComputed } from './calls.ts';
import type { Publishing } from './publishing.ts';
import { isTestRegistry } from './registries.ts';

interface Pushed {
  readonly what: string;
  readonly references: readonly string[];
}

/** What a command pushes to a registry of images. */
export function imagePublishing(
  program: string,
  args: readonly ShellWord[],
): Publishing | undefined {
  const values = args.map(({ value }) => value);
  const pushed = /^(?:docker|podman|buildah|nerdctl|depot)$/.test(program)
    ? pushedByEngine(program, values)
    : pushedByTool(program, values);
  if (pushed === undefined) return undefined;
  const { references, what } = pushed;
  if (references.length > 0 && references.every(isLocalImage)) return undefined;
  return image(what, references);
}

/** True for a registry that runs on the machine itself: it is there for tests. */
export function isLocalImage(reference: string): boolean {
  const [host = ''] = reference.split('/');
  return reference.includes('/') && isTestRegistry(`https://${host}`);
}

function pushedByEngine(program: string, values: readonly string[]): Pushed | undefined {
  const words = values.filter((one) => !one.startsWith('-'));
  if (words[0] === 'push' || (words[0] === 'image' && words[1] === 'push'))
    return { what: `${program} push`, references: words.slice(words[0] === 'image' ? 2 : 1) };
  if (words[0] === 'manifest' && words[1] === 'push')
    return { what: `${program} manifest push`, references: words.slice(2, 3) };
  // It makes a tag of what is pushed already.
  if (words[0] === 'buildx' && words[1] === 'imagetools' && words[2] === 'create')
    return { what: 'docker buildx imagetools create', references: tagsOf(values) };
  const isBake = words[0] === 'bake' || (words[0] === 'buildx' && words[1] === 'bake');
  const command = `${program}${words[0] === 'buildx' || program === 'docker' ? ' buildx' : ''}`;
  if (isBake && pushes(values)) return { what: `${command} bake --push`, references: [] };
  if (!words.slice(0, 2).includes('build') || !pushes(values)) return undefined;
  return { what: `${command} build --push`, references: tagsOf(values) };
}

function pushedByTool(program: string, values: readonly string[]): Pushed | undefined {
  const words = values.filter((one) => !one.startsWith('-'));
  const [command = '', second = ''] = words;
  const last = words.slice(-1);
  if (program === 'crane' && /^(?:push|append|copy|cp)$/.test(command))
    return { what: `crane ${command}`, references: last };
  if (program === 'crane' && command === 'tag')
    return { what: 'crane tag', references: words.slice(1, 2) };
  if (program === 'skopeo' && command === 'copy')
    return {
      what: 'skopeo copy',
      references: last.map((one) => one.replace(/^docker:\/\//, '')),
    };
  if (program === 'oras' && command === 'push')
    return { what: 'oras push', references: words.slice(1, 2) };
  if (program === 'helm' && command === 'push') return pushedChart(words);
  if (program === 'gcloud' && command === 'builds' && second === 'submit')
    return { what: 'gcloud builds submit', references: tagsOf(values) };
  if (program === 'pack' && command === 'build' && values.includes('--publish'))
    return { what: 'pack build --publish', references: words.slice(1, 2) };
  return undefined;
}

/** A chart is named after its archive: `helm push web-1.2.3.tgz oci://ghcr.io/acme/charts`. */
function pushedChart(words: readonly string[]): Pushed | undefined {
  const [, archive = '', to = ''] = words;
  if (!to.startsWith('oci://')) return undefined;
  const [, chart] = /^(?:.*\/)?([a-z0-9-]+?)-\d[^/]*\.tgz$/.exec(archive) ?? [];
  return {
    what: 'helm push',
    references: [`${to.slice('oci://'.length).replace(/\/$/, '')}/${chart ?? '*'}`],
  };
}

function tagsOf(values: readonly string[]): readonly string[] {
  return values.flatMap((one, index) => {
    if (one === '-t' || one === '--tag') return values[index + 1] ?? [];
    return one.startsWith('--tag=') ? one.slice('--tag='.length) : [];
  });
}

function pushes(values: readonly string[]): boolean {
  return values.some((one) => /^--push(?:=true)?$|type=registry|push=true/.test(one));
}

/** Only names that no variable makes are known. */
export function image(what: string, references: readonly string[]): Publishing {
  const names = references.map(nameOf);
  const isKnown = names.length > 0 && names.every((one) => one !== undefined);
  return { what, ecosystem: 'oci', ...(isKnown ? { names } : {}) };
}

function nameOf(reference: string): string | undefined {
  const isFolder = reference.endsWith('/*');
  const bare = isFolder ? reference.slice(0, -2) : reference;
  if (isComputed(bare.replace(/[:@][^/]*$/, ''))) return undefined;
  const name = parseImageReference(bare.replace(/[:@][^/]*$/, ''))?.name;
  return name === undefined || !isFolder ? name : `${name}/*`;
}
