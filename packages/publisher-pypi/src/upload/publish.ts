import type { Secret } from '@ameide/publisher-kit';
import {
  type Coordinate,
  type FileFinding,
  type Finding,
  formatCoordinate,
  isOurs,
  type Problem,
  type Published,
  type Step,
} from '@ameide/versioning-core';
import type { PypiBuilt, PypiFile } from '../build/build.ts';
import { expectedOf, inspectVersion } from '../inspect.ts';
import type { PypiPlan } from '../plan.ts';
import { problem } from '../problems.ts';
import { noToken, type PypiSettings } from '../settings.ts';
import { createIndexReader } from '../simple-api/index-reader.ts';
import { upload } from './upload.ts';

/** What one file's upload came to. */
type Landed =
  | { readonly state: 'uploaded' }
  /** The file of another run of this commit is there, with other bytes. */
  | { readonly state: 'theirs'; readonly finding: Finding }
  | { readonly state: 'failed'; readonly problem: Problem };

/** What `publish` needs at every step of it. */
interface Publishing {
  readonly settings: PypiSettings;
  readonly coordinate: Coordinate;
  readonly token: Secret;
  readonly signal: AbortSignal;
  say(message: string): void;
  look(): Promise<Finding>;
}

const ATTEMPTS = 3;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Uploads what is absent. What is there is compared, never overwritten; after a doubtful answer the
 * index is read again.
 */
export async function publishPypi(
  plan: PypiPlan,
  built: PypiBuilt,
  settings: PypiSettings,
  step: Step,
): Promise<readonly Published[]> {
  const [coordinate] = plan.coordinates;
  if (coordinate === undefined) throw new Error('a plan of this publisher has one coordinate');
  const reader = createIndexReader(settings, step.signal);
  const look = (): Promise<Finding> => inspectVersion(reader, coordinate, expectedOf(plan, built));
  const before = await look();
  const decided = decide(before, built);
  if ('published' in decided) return [decided.published];
  const token = settings.token();
  if (token === undefined) return [failed(coordinate, noToken(coordinate))];
  const say = (message: string): void => step.emit({ publisher: plan.publisher, message });
  const publishing: Publishing = { settings, coordinate, token, signal: step.signal, say, look };
  return [await uploadAll(publishing, built, decided.upload, before.state !== 'absent')];
}

/** Pure: what a finding means for publishing. */
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
  // Other files of our commit may be there, another platform's wheels; only what we built too can
  // tell the builds apart.
  const other = built.files
    .map((file) => byName.get(file.name))
    .find((file) => file?.state === 'same-source');
  if (other !== undefined)
    return { published: failed(coordinate, notReproducible(coordinate, other, absent)) };
  return { upload: absent };
}

async function uploadAll(
  publishing: Publishing,
  built: PypiBuilt,
  files: readonly PypiFile[],
  anyThere: boolean,
): Promise<Published> {
  const { coordinate } = publishing;
  let landed = anyThere;
  for (const file of files) {
    publishing.say(`uploading ${file.name}`);
    const result = await uploadOne(publishing, file);
    if (result.state === 'failed') {
      return failed(
        coordinate,
        landed && result.problem.effect === 'none'
          ? { ...result.problem, effect: 'committed' }
          : result.problem,
      );
    }
    if (result.state === 'theirs') {
      const decided = decide(result.finding, built);
      if ('published' in decided) return decided.published;
    }
    landed = true;
  }
  const sdist = built.files.find((file) => file.kind === 'sdist');
  return {
    coordinate,
    outcome: 'published',
    ...(sdist === undefined ? {} : { digest: `sha256:${sdist.sha256}` }),
  };
}

/**
 * One file, until it is there or the index says no. Sending the same bytes again is safe: PyPI
 * answers 200 to a file that it has with that digest, other indexes refuse it; but first the index
 * is read, so that what has landed is not sent twice.
 */
async function uploadOne(publishing: Publishing, file: PypiFile): Promise<Landed> {
  const { settings, coordinate, token, signal } = publishing;
  let doubtful = false;
  for (let attempt = 1; ; attempt++) {
    const answer = await upload(settings, coordinate, file, token, signal);
    if (answer.state === 'accepted') return { state: 'uploaded' };
    if (answer.state !== 'refused') {
      publishing.say(`${answer.problem.message} Reading the index again.`);
      const judged = afterLook(await publishing.look(), file, answer.problem);
      if (judged !== undefined) return judged;
    }
    doubtful ||= answer.state === 'doubtful';
    const pause = answer.afterMs ?? FIRST_PAUSE_MS * 2 ** (attempt - 1);
    if (!answer.again || attempt >= ATTEMPTS || pause > LONGEST_PAUSE_MS) {
      return {
        state: 'failed',
        problem: doubtful ? notShown(coordinate, answer.problem) : answer.problem,
      };
    }
    await settings.sleep(pause, signal);
  }
}

/**
 * Pure: what the index holds after an answer that was not success; undefined when the file is not
 * there.
 */
function afterLook(finding: Finding, file: PypiFile, answer: Problem): Landed | undefined {
  const { coordinate } = finding;
  if (finding.state === 'unknown') {
    const text = `${answer.message} The index could not be read afterwards, so the file may be there.`;
    return { state: 'failed', problem: outcomeUnknown(coordinate, text, finding.problem) };
  }
  if (finding.state === 'conflict' && finding.problem !== undefined)
    return { state: 'failed', problem: finding.problem };
  const there = finding.files?.find((entry) => entry.name === file.name);
  if (there?.state === 'identical') return { state: 'uploaded' };
  if (there?.state === 'same-source') return { state: 'theirs', finding };
  return undefined;
}

/**
 * An attempt was doubtful, and the file is not shown. Index pages are cached: that it never will be
 * is not certain.
 */
function notShown(coordinate: Coordinate, last: Problem): Problem {
  return outcomeUnknown(
    coordinate,
    `${last.message} The index does not show the file, but it may have landed.`,
    last,
  );
}

function outcomeUnknown(
  coordinate: Coordinate,
  message: string,
  cause: Problem | undefined,
): Problem {
  const hint =
    'Run the same command again, in a while: it reads the index first, and uploads nothing twice.';
  const more = {
    coordinate: formatCoordinate(coordinate),
    effect: 'unknown',
    rerun: 'safe',
    hint,
    cause,
  } as const;
  return problem('pypi-outcome-unknown', 'unknown', message, more);
}

function notReproducible(
  coordinate: Coordinate,
  other: FileFinding,
  absent: readonly PypiFile[],
): Problem {
  const names = absent.map((file) => file.name).join(', ');
  const text = formatCoordinate(coordinate);
  return problem(
    'pypi-not-reproducible',
    'incomplete',
    `${text} lacks ${names}, and its ${other.name} has other bytes than this build of the same commit.`,
    {
      coordinate: text,
      effect: 'committed',
      hint: 'Pin the build requirements in [build-system] and build on the same platform, upload the missing file of the first build by hand, or release a new version.',
    },
  );
}

function failed(coordinate: Coordinate, cause: Problem): Published {
  const outcome =
    cause.kind === 'conflict' ? 'conflict' : cause.kind === 'unknown' ? 'unknown' : 'incomplete';
  return { coordinate, outcome, problem: cause };
}

function digestOf(finding: Finding): { readonly digest?: string } {
  return finding.digest === undefined ? {} : { digest: finding.digest };
}
