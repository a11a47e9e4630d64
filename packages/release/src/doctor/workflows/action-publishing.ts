import { actionName, textAt, type YamlScalar } from '@ameide/source-files/workflows';
import { isComputed } from './calls.ts';
import type { StepFacts } from './facts.ts';
import { image, isLocalImage } from './image-publishing.ts';
import { type Publishing, publishesNothing } from './publishing.ts';

const ACTIONS: Readonly<Record<string, Publishing['ecosystem']>> = {
  'pypa/gh-action-pypi-publish': 'pypi',
  'js-devtools/npm-publish': 'npm',
  'cycjimmy/semantic-release-action': 'npm',
  'changesets/action': 'npm',
  'softprops/action-gh-release': 'github',
  'ncipollo/release-action': 'github',
  'actions/create-release': 'github',
  'googleapis/release-please-action': 'github',
  'goreleaser/goreleaser-action': 'github',
  'docker/build-push-action': 'oci',
  'docker/bake-action': 'oci',
  'depot/build-push-action': 'oci',
  'depot/bake-action': 'oci',
  'useblacksmith/build-push-action': 'oci',
};

/** True for an action that builds one image, with the inputs of docker/build-push-action. */
export function buildsImage(name: string): boolean {
  return /^(?:docker|depot|useblacksmith)\/build-push-action$/.test(name);
}

/** What a step publishes by an action. */
export function publishedByAction({
  step,
}: StepFacts): (Publishing & { readonly at: YamlScalar }) | undefined {
  const { uses } = step;
  if (uses === undefined) return undefined;
  const what = actionName(uses.text);
  const ecosystem = Object.hasOwn(ACTIONS, what) ? ACTIONS[what] : undefined;
  if (ecosystem === undefined) return undefined;
  const input = (key: string): string | undefined => textAt(step.with, key);
  // Without `publish` it only opens a pull request with the next versions.
  if (what === 'changesets/action' && input('publish') === undefined) return undefined;
  if (what === 'goreleaser/goreleaser-action') {
    const args = (input('args') ?? '').split(/\s+/);
    if (!args.includes('release') || publishesNothing(args)) return undefined;
  }
  if (ecosystem === 'oci') {
    const names = pushedNames(what, input);
    return names === undefined
      ? undefined
      : { what, ecosystem, at: uses, ...(names.length === 0 ? {} : { names }) };
  }
  const registry = input('repository-url') ?? input('repository_url') ?? input('registry');
  const isKnown = registry !== undefined && !isComputed(blanked(registry));
  return { what, ecosystem, at: uses, ...(isKnown ? { registry } : {}) };
}

/** The images that an action pushes, as far as their names are written; undefined if it pushes none. */
function pushedNames(
  what: string,
  input: (key: string) => string | undefined,
): readonly string[] | undefined {
  const push = input('push') ?? 'false';
  const elsewhere = [input('outputs'), input('set')].join('\n');
  if (push === 'false' && !/type=registry|push=true/.test(elsewhere)) return undefined;
  const tags = (input('tags') ?? '').split(/[\n,]/).map((one) => one.trim());
  const written = tags.filter((one) => one !== '').map(blanked);
  if (written.length > 0 && written.every(isLocalImage)) return undefined;
  return image(what, written).names ?? [];
}

/** An expression in a tag is as good as a variable. */
function blanked(tag: string): string {
  return tag.replaceAll(/\$\{\{.*?\}\}/g, '$X');
}
