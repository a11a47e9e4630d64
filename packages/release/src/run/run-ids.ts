import { isDeepStrictEqual } from 'node:util';
import {
  didYouMean,
  InvalidInputError,
  inputProblem,
  type Problem,
  type Publisher,
  type PublisherId,
} from '@ameide/versioning-core';
import type { PublisherRun } from './publisher-run.ts';

/**
 * Gives each run its id. A package that the release publishes to several registries has one
 * publisher for each, of one id: their runs are `npm:@scope/name#npm.pkg.github.com` and
 * `npm:@scope/name#registry.npmjs.org`.
 */
export function withIds(
  runs: readonly PublisherRun[],
  publishers: readonly Publisher[],
): readonly PublisherRun[] {
  const shared = new Set(repeated(publishers.map(({ id }) => id)));
  return runs.map((run) =>
    shared.has(run.publisher.id) ? { ...run, id: idAt(run.publisher.id, run.plan.registry) } : run,
  );
}

function idAt(id: PublisherId, registry: string): PublisherId {
  return `${id}#${registry.replace(/^https?:\/\//, '').replace(/\/+$/, '')}`;
}

/** True if `only` selects the publisher at some registry, or is empty. */
export function selects(only: readonly string[], { id }: Publisher): boolean {
  return only.length === 0 || only.some((name) => name === id || name.startsWith(`${id}#`));
}

/** True if `only` selects the run, by its own id or by its publisher's, or is empty. */
export function selectsRun(only: readonly string[], { id, publisher }: PublisherRun): boolean {
  return only.length === 0 || only.includes(id) || only.includes(publisher.id);
}

/**
 * Reports what would be published twice to one registry, and publishers of one id whose members
 * differ: a Go module has one mirror.
 */
export function duplicates(
  runs: readonly PublisherRun[],
  publishers: readonly Publisher[],
): readonly Problem[] {
  const differing = publishers.filter((one, index) => {
    const first = publishers.findIndex(({ id }) => id === one.id);
    return (
      first !== index &&
      !isDeepStrictEqual(namesAndMirrors(one), namesAndMirrors(publishers[first] ?? one))
    );
  });
  const received = new Set([
    ...repeated(runs.map(({ id }) => id)),
    ...differing.map(({ id }) => id),
  ]);
  return [...received].map((id) => {
    const expected = 'each artifact once, or at several registries';
    const input = { field: 'publishers', received: id, expected };
    return inputProblem(new InvalidInputError(input, 'duplicate-publisher'));
  });
}

/**
 * Reports packages of which more than one publisher takes its token from the environment: a registry
 * would get the token of another.
 */
export function sharedTokens(publishers: readonly Publisher[]): readonly Problem[] {
  const common = publishers.filter(({ takesCommonToken }) => takesCommonToken === true);
  return [...new Set(repeated(common.map(({ id }) => id)))].map((received) => {
    const expected = 'a token of its own for each registry that a package is published to';
    const hint =
      'Without the option token each would take the token of the environment: give the option in all entries of this package but one.';
    const input = { field: 'publishers', received, expected, hint };
    return inputProblem(new InvalidInputError(input, 'token-shared'));
  });
}

function namesAndMirrors({ members }: Publisher): unknown {
  return members.map(({ ecosystem, name, mirror }) => ({ ecosystem, name, mirror }));
}

function repeated(ids: readonly string[]): readonly string[] {
  return ids.filter((id, index) => ids.indexOf(id) !== index);
}

/** Reports entries of `only` that are no id. */
export function unknownIds(
  only: readonly string[],
  runs: readonly PublisherRun[],
  publishers: readonly Publisher[],
): readonly Problem[] {
  const known = [...new Set([...publishers, ...runs].map(({ id }) => id))];
  const unknown = only.filter((id) => !known.includes(id));
  return unknown.map((received) => {
    const hint = didYouMean(received, known);
    const expected = `one of ${known.join(', ')}`;
    const input = { field: 'only', received, expected, ...(hint === undefined ? {} : { hint }) };
    return inputProblem(new InvalidInputError(input, 'unknown-publisher'));
  });
}
