import { type Problem, problem } from '@ameide/versioning-core';
import { formatNpm } from '../manifest/name.ts';
import type { Target } from '../options.ts';
import type { NpmPlan } from '../plan.ts';
import { noToken } from '../problems.ts';

/** A package that the registry does not show to everybody: new, or private. */
export function firstPublish({ name, registry }: NpmPlan): Problem {
  return problem({
    code: 'npm-trusted-first-publish',
    kind: 'authentication',
    message: `${registry} shows no package npm:${name} without a token, and trusted publishing neither makes a new package nor reads a private one.`,
    hint: 'For a new package, set NPM_TOKEN for the first release, and then add a trusted publisher to the package. A private package always needs NPM_TOKEN.',
  });
}

/** Dist-tags that the upload cannot move: it moves one, and a version is uploaded once. */
export function tagsNeedToken(plan: NpmPlan, tags: readonly string[], isThere: boolean): Problem {
  const { name, version } = plan;
  const list = tags.join(' and ');
  const why = isThere
    ? `${formatNpm(plan)} is published already, and only an upload moves a dist-tag with trusted publishing`
    : 'an upload moves one dist-tag, and trusted publishing can move none afterwards';
  const byHand = tags.map((tag) => `npm dist-tag add ${name}@${version} ${tag}`).join('; ');
  const remedy = isThere
    ? `Set NPM_TOKEN and run again, or log in and run: ${byHand}`
    : 'Leave one dist-tag for this channel in the option distTags, or set NPM_TOKEN.';
  return problem({
    code: 'npm-trusted-tags',
    kind: 'authentication',
    message: `Cannot move ${tags.length === 1 ? 'the dist-tag' : 'the dist-tags'} ${list} of npm:${name} to ${version}: ${why}.`,
    hint: remedy,
    coordinate: formatNpm(plan),
  });
}

/**
 * The problem of something that trusted publishing cannot do, without a token. Begins `what` with a verb: `move a
 * dist-tag`.
 */
export function needsToken(target: Target, plan: NpmPlan, what: string): Problem {
  const found = noToken({ ...target, offersTrust: false }, plan);
  if (!target.offersTrust) return found;
  return { ...found, hint: `${found.hint} Trusted publishing cannot ${what}.` };
}
