import { type Problem, printable, problem } from '@ameide/versioning-core';
import { isAlias, type Node } from 'yaml';
import type { Where } from '../check/rules.ts';
import type { Pin } from './wanted.ts';

/** Where a problem is. */
export type Place = Pick<Problem, 'path' | 'line' | 'column' | 'field'>;

export function digestUnknown(
  { name, tag }: Pin,
  reason: 'present' | 'required',
  { name: environment }: Where,
  place: Place,
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

/** `node` is what stands there: the alias, if it is one. */
export function sharedText(node: Node, place: Place): Problem {
  const who = isAlias(node) ? `The alias *${node.source}` : 'An alias or a merge';
  return problem({
    code: 'deploy-pin-shared',
    kind: 'input',
    message: `${who} shares this value with something that is not pinned to the same.`,
    hint: 'Write the value here instead of the alias, then pin again.',
    ...place,
  });
}

export function inText(text: string, { digest, name, tag }: Pin, place: Place): Problem {
  const wanted = `${name}:${tag}${digest !== undefined && text.includes('@') ? `@${digest}` : ''}`;
  return problem({
    code: 'deploy-pin-in-text',
    kind: 'input',
    message: `${printable(text)} stands in a text, which nobody but its author can change safely.`,
    hint: `Write ${wanted} there, or say in the policy's "places" that an image stands there.`,
    ...place,
  });
}

export function annotationProblem(why: string, place: Place): Problem {
  return problem({
    code: 'deploy-pin-annotation',
    kind: 'input',
    message: `The annotation for the commit of the images cannot be written: ${why}.`,
    hint: 'Give each container a name of its own, pin the images together, or remove the annotation.',
    ...place,
  });
}

export function pinFailed(what: string, place: Place): Problem {
  return problem({
    code: 'deploy-pin-failed',
    kind: 'input',
    message: `This document is written in a way that could not be changed safely: ${what}.`,
    hint: 'Write the image or its annotation there by hand, then pin again.',
    ...place,
  });
}
