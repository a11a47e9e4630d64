import type { Finding, Problem } from '@ameide/versioning-core';
import type { RunContext } from '../run/context.ts';
import type { Entry } from '../run/entries.ts';
import { noAnswer } from '../run/findings.ts';
import { statesOf } from '../run/publisher-run.ts';
import { inspectCoordinate } from '../run/read-registry.ts';

/** An entry of the map, with what its registry reports about it. */
export interface ReadEntry extends Entry {
  readonly state: 'published' | 'partial' | 'unknown';
  readonly digest?: string;
  readonly resolved?: string;
  readonly deprecated?: string;
  readonly problems: readonly Problem[];
}

/** Asks the registry about a version, unless the list has its commit and digest already. */
export async function readEntry(entry: Entry, context: RunContext): Promise<ReadEntry> {
  const { listed, run } = entry;
  const { coordinate, deprecated, digest, sha } = listed;
  if (sha !== undefined && digest !== undefined) {
    const reported = { digest, ...(deprecated === undefined ? {} : { deprecated }) };
    return { ...entry, ...reported, state: 'published', problems: [] };
  }
  const { value = [], problems } = await inspectCoordinate(coordinate, run, context);
  const [finding] = value;
  if (finding === undefined || finding.state === 'unknown') {
    const why = problems.length > 0 ? problems : [finding?.problem ?? noAnswer(coordinate)];
    return { ...entry, state: 'unknown', problems: why };
  }
  // The SHA in the version's text is no proof: the artifact itself may name another one, or none.
  const { sha: _claimed, ...asked } = entry;
  return { ...asked, ...answer(finding), problems };
}

function answer({
  deprecated,
  digest,
  files,
  resolved,
  sha,
  state,
}: Finding): Omit<ReadEntry, keyof Entry | 'problems'> & Pick<Entry, 'sha'> {
  const isPartial = state === 'absent' || statesOf({ state, files } as Finding).includes('absent');
  return {
    state: isPartial ? 'partial' : 'published',
    ...(sha === undefined ? {} : { sha }),
    ...(digest === undefined ? {} : { digest }),
    ...(resolved === undefined ? {} : { resolved }),
    ...(deprecated === undefined ? {} : { deprecated }),
  };
}
