import type { MapArtifact, ReleaseMap } from '../release-map.ts';
import { isListComplete } from './view/cell.ts';

/** How complete a map is, for the line at the top of the page. */
export interface Completeness {
  /** `complete` only if nothing at all is in doubt. */
  readonly level: 'complete' | 'doubtful' | 'failed';
  readonly title: string;
  readonly reasons: readonly string[];
}

const STATUS: Readonly<Record<ReleaseMap['status'], string>> = {
  converged: 'Some things could not be read',
  'invalid-input': 'Incomplete: the definition or the command has a mistake',
  incomplete: 'Incomplete: not everything could be read',
  conflict: 'Conflict: a registry has something else under one of our names',
  unknown: 'Incomplete: a registry did not answer',
  unauthenticated: 'Incomplete: a token is missing or lacks a right',
};

const OF_SERVICES = 'The versions are complete; what some services use is not known';

function isOfServices({ problems, services }: ReleaseMap): boolean {
  const isOne = ({ code }: ReleaseMap['problems'][number]): boolean =>
    /^(?:inventory|lockfile|manifest)-/.test(code);
  return services !== undefined && problems.length > 0 && problems.every(isOne);
}

/** Decides it from the whole map, not from its status alone. */
export function completeness(map: ReleaseMap): Completeness {
  const { status, exitCode, problems, artifacts } = map;
  const reasons = [...artifacts.flatMap(listReasons), ...stateReasons(map)];
  if (status !== 'converged' || exitCode !== 0 || problems.length > 0)
    return { level: 'failed', title: isOfServices(map) ? OF_SERVICES : STATUS[status], reasons };
  if (reasons.length > 0)
    return {
      level: 'doubtful',
      title: 'Every registry answered, but not everything is known',
      reasons,
    };
  return { level: 'complete', title: 'Every registry answered', reasons };
}

function listReasons(artifact: MapArtifact): string[] {
  if (isListComplete(artifact)) return [];
  const { publisher, listed, registry } = artifact;
  return [
    listed === undefined
      ? `${publisher}: ${registry} returned no list of versions. An empty cell in its column means “not known”.`
      : `${publisher}: the list of its versions is incomplete. An empty cell in its column means “not known”.`,
  ];
}

function stateReasons({ rows, artifacts }: ReleaseMap): string[] {
  const versions = rows.flatMap(({ cells }) => cells.flatMap((cell) => cell.versions));
  const count = (state: string): number => versions.filter((one) => one.state === state).length;
  const [partial, unknown] = [count('partial'), count('unknown')];
  const gaps = rows.filter(({ cells }) => cells.length !== artifacts.length).length;
  return [
    ...(partial === 0 ? [] : [`${counted(partial, 'version')}: some files are missing (partial).`]),
    ...(unknown === 0
      ? []
      : [`${counted(unknown, 'version')}: listed, but the registry gave no details (unknown).`]),
    ...(gaps === 0 ? [] : [`${counted(gaps, 'commit')}: the data lacks artifacts.`]),
  ];
}

/** `1 commit`, `2,000 commits`. */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `2,000`: the same in every locale. */
export function grouped(count: number): string {
  return String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}
