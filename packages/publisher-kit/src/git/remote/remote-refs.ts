import { InvalidInputError, isSha, parseSha } from '@ameide/versioning-core';
import { parseFullRef } from '../ref-name.ts';
import type { RefUpdate, RemoteRef } from './remote.ts';

/**
 * Parses `refs/heads/main`, or a pattern in which `*` matches anything: `refs/tags/v*`. Throws
 * `InvalidInputError`.
 */
export function parseRefPattern(pattern: string): string {
  parseFullRef(pattern.replaceAll('*', 'x'), 'patterns');
  return pattern;
}

/**
 * Parses `source` or `source:target`, each a full ref; the source may be an object id. A leading
 * `+` allows the target to lose commits.
 */
export function parseRefspec(refspec: string): string {
  const [source = '', target, ...more] = refspec.replace(/^\+/, '').split(':');
  if (more.length > 0)
    throw new InvalidInputError({
      field: 'refspecs',
      received: refspec,
      expected: 'source or source:target',
    });
  if (!isSha(source)) parseFullRef(source, 'refspecs');
  if (target !== undefined) parseFullRef(target, 'refspecs');
  return refspec;
}

/** Checks updates, and that no ref occurs twice. */
export function parseUpdates(updates: readonly RefUpdate[]): readonly RefUpdate[] {
  const seen = new Set<string>();
  for (const { ref, sha, expect } of updates) {
    parseFullRef(ref, 'updates.ref');
    if (sha !== null) parseSha(sha, 'updates.sha');
    else if (typeof expect !== 'string')
      throw new InvalidInputError({
        field: 'updates.expect',
        expected: 'the object id that the ref to delete names',
      });
    if (expect !== undefined && expect !== null) parseSha(expect, 'updates.expect');
    if (seen.has(ref))
      throw new InvalidInputError({ field: 'updates', received: ref, expected: 'each ref once' });
    seen.add(ref);
  }
  return updates;
}

/**
 * Reads the output of `git ls-remote`, `<id>\t<ref>` with `<ref>^{}` for the commit of an annotated
 * tag. Keeps the refs that a pattern matches in full, or all without patterns; git itself also
 * matches a pattern against the end of a longer ref.
 */
export function parseRefList(output: string, patterns: readonly string[]): readonly RemoteRef[] {
  const matchers = patterns.map(
    (pattern) =>
      new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`),
  );
  const refs = new Map<string, RemoteRef>();
  for (const line of output.split('\n')) {
    const [sha = '', name] = line.split('\t');
    // git lists HEAD, too.
    if (name?.startsWith('refs/') !== true) continue;
    const ref = name.replace(/\^\{\}$/, '');
    if (patterns.length > 0 && !matchers.some((matcher) => matcher.test(ref))) continue;
    const known = refs.get(ref);
    // The tag object precedes its commit.
    refs.set(ref, known === undefined ? { ref, sha } : { ...known, peeled: sha });
  }
  return [...refs.values()];
}
