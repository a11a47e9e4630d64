import { type Problem, printable, problem } from '@ameide/versioning-core';
import { isAlias, type Node } from 'yaml';
import type { Location, Where } from '../check/rules.ts';
import type { Pin } from './wanted.ts';

export function digestUnknown(
  { name, tag }: Pin,
  reason: 'present' | 'required',
  { name: environment }: Where,
  place: Location,
): Problem {
  const why =
    reason === 'present' ? 'The manifest has a digest there' : `${environment} requires a digest`;
  return problem({
    code: 'deploy-pin-digest-unknown',
    kind: 'input',
    message: `${why}, and that of ${name}:${tag} is not known.`,
    hint: 'Ask the registry for it, or give it with the pin: an old digest beside a new tag would run the old image.',
    ...place,
  });
}

/** `node` is the alias, if there is one. */
export function sharedText(node: Node, place: Location): Problem {
  const who = isAlias(node) ? `The alias *${node.source}` : 'An alias or a merge';
  return problem({
    code: 'deploy-pin-shared',
    kind: 'input',
    message: `${who} uses this value in another place, too, where it must be different: another image, or annotations of another object.`,
    hint: 'Write the value out in both places, without the alias or merge key, then pin again.',
    ...place,
  });
}

export function inText(text: string, { digest, name, tag }: Pin, place: Location): Problem {
  const wanted = `${name}:${tag}${digest !== undefined && text.includes('@') ? `@${digest}` : ''}`;
  return problem({
    code: 'deploy-pin-in-text',
    kind: 'input',
    message: `${printable(text)} is inside a longer string, which pin does not edit.`,
    hint: `Write ${wanted} there by hand. If the whole value is an image, add its path to "places" in the policy.`,
    ...place,
  });
}

export function annotationProblem(why: string, place: Location): Problem {
  return problem({
    code: 'deploy-pin-annotation',
    kind: 'input',
    message: `The annotation for the commit of the images cannot be written: ${why}.`,
    hint: 'Give each container a name of its own, make the annotations a map, pin the images together, or remove the annotation.',
    ...place,
  });
}

export function pinFailed(what: string, place: Location): Problem {
  return problem({
    code: 'deploy-pin-failed',
    kind: 'input',
    message: `This document is written in a way that could not be changed safely: ${what}.`,
    hint: 'Write the image or its annotation there by hand, then pin again.',
    ...place,
  });
}
