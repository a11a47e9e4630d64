import { cleanText } from '@ameide/publisher-kit';
import {
  type Coordinate,
  type FileFinding,
  type Finding,
  formatCoordinate,
  isOurs,
  type Problem,
  type Published,
  problem,
} from '@ameide/versioning-core';
import type { PypiBuilt, PypiFile } from './build.ts';

/** Returns what a finding means for publishing. Pure. */
export function decide(
  finding: Finding,
  built: PypiBuilt,
): { readonly published: Published } | { readonly upload: readonly PypiFile[] } {
  const { coordinate } = finding;
  if (finding.state === 'absent') return { upload: built.files };
  if (finding.state === 'conflict' || finding.state === 'unknown') {
    const outcome = finding.state === 'conflict' ? 'conflict' : 'incomplete';
    return {
      published: {
        coordinate,
        outcome,
        ...(finding.problem === undefined ? {} : { problem: finding.problem }),
      },
    };
  }
  const byName = new Map((finding.files ?? []).map((file) => [file.name, file]));
  const absent = built.files.filter((file) => !isOurs(byName.get(file.name)?.state ?? 'absent'));
  if (absent.length === 0)
    return { published: { coordinate, outcome: 'already-there', ...digestOf(finding) } };
  // The index may also have files of our commit that we did not build, such as another platform's
  // wheels. Only the files that we have built, too, show whether the builds differ.
  const other = built.files
    .map((file) => byName.get(file.name))
    .find((file) => file?.state === 'same-source');
  if (other !== undefined)
    return { published: failed(coordinate, notReproducible(coordinate, other, absent)) };
  return { upload: absent };
}

/** Returns a note about the files of our commit that the index has and this run did not build. */
export function notBuiltHere(
  { coordinate, files = [] }: Finding,
  built: PypiBuilt,
): readonly string[] {
  const ours = new Set(built.files.map(({ name }) => name));
  const others = files.filter(({ name, state }) => state === 'same-source' && !ours.has(name));
  if (others.length === 0) return [];
  const names = others.map(({ name }) => cleanText(name)).join(', ');
  return [
    `${formatCoordinate(coordinate)} also has ${names}, which this run did not build: a run on another machine published it, or somebody else who named our commit.`,
  ];
}

function notReproducible(
  coordinate: Coordinate,
  other: FileFinding,
  absent: readonly PypiFile[],
): Problem {
  const names = absent.map((file) => file.name).join(', ');
  const text = formatCoordinate(coordinate);
  return problem({
    code: 'pypi-not-reproducible',
    kind: 'incomplete',
    message: `${text} lacks ${names}, and its ${other.name} has other bytes than this build of the same commit.`,
    rerun: 'after-fix',
    coordinate: text,
    effect: 'committed',
    hint: 'Pin the build requirements in [build-system] and build on the same platform, upload the missing file of the first build by hand, or release a new version.',
  });
}

/** Returns the outcome that a problem means for a version. */
export function failed(coordinate: Coordinate, cause: Problem): Published {
  const outcome =
    cause.kind === 'conflict' ? 'conflict' : cause.kind === 'unknown' ? 'unknown' : 'incomplete';
  return { coordinate, outcome, problem: cause };
}

function digestOf(finding: Finding): { readonly digest?: string } {
  return finding.digest === undefined ? {} : { digest: finding.digest };
}
