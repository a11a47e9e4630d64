import {
  createPace,
  errorAnswer,
  inParallel,
  outcomeUnknown,
  type Pace,
  write,
} from '@ameide/publisher-kit';
import {
  type Coordinate,
  type Finding,
  type FindingState,
  ok,
  type Problem,
  type Published,
  type Result,
  type Step,
} from '@ameide/versioning-core';
import type { PypiBuilt, PypiFile } from './build.ts';
import { decide, failed, notBuiltHere } from './decide.ts';
import { expectedOf, inspectVersion } from './inspect.ts';
import type { PypiPlan } from './plan.ts';
import type { PypiSettings } from './settings.ts';
import { createIndexReader } from './simple-api/index-reader.ts';
import { createTokenSource, type TokenSource } from './upload/token-source.ts';
import { upload } from './upload/upload.ts';

/** The result of one file's upload. */
type Uploaded =
  | { readonly state: 'uploaded' }
  /** The index has the file with other bytes, from another run of this commit. */
  | { readonly state: 'theirs'; readonly finding: Finding }
  | { readonly state: 'failed'; readonly problem: Problem };

/** What the index has for one file, with the finding of the whole version. */
interface FileLook {
  readonly state: FindingState;
  readonly finding: Finding;
}

/** What each step of `publish` needs. */
interface Publishing {
  readonly settings: PypiSettings;
  readonly coordinate: Coordinate;
  readonly tokens: TokenSource;
  readonly pace: Pace;
  say(message: string): void;
  read(): Promise<Finding>;
}

/**
 * Uploads absent files. Compares existing files and never overwrites them. After a doubtful answer
 * it reads the index again.
 */
export async function publishPypi(
  plan: PypiPlan,
  built: PypiBuilt,
  settings: PypiSettings,
  step: Step,
): Promise<readonly Published[]> {
  const [coordinate] = plan.coordinates;
  if (coordinate === undefined) throw new Error('a plan of this publisher has one coordinate');
  const read = (): Promise<Finding> => {
    const reader = createIndexReader(settings, step.signal);
    return inspectVersion(reader, coordinate, expectedOf(plan, built));
  };
  const before = await read();
  const decided = decide(before, built);
  if ('published' in decided) return [decided.published];
  const say = (message: string): void => void step.emit({ publisher: plan.publisher, message });
  for (const message of notBuiltHere(before, built))
    step.emit({ publisher: plan.publisher, message, isNote: true });
  const files = await withAttestations(plan, settings, decided.upload, step);
  if (files.value === undefined) return [failed(coordinate, files.problems[0])];
  const pace = createPace(step.signal, { sleep: settings.sleep });
  const tokens = createTokenSource(settings, coordinate, pace);
  const publishing: Publishing = { settings, coordinate, tokens, pace, say, read };
  return [await uploadAll(publishing, built, files.value, before.state !== 'absent')];
}

/**
 * Adds an attestation to each file: of all, before the first one is uploaded. Loads the Sigstore libraries only for a plan
 * that has attestations.
 */
async function withAttestations(
  plan: PypiPlan,
  settings: PypiSettings,
  files: readonly PypiFile[],
  step: Step,
): Promise<Result<readonly PypiFile[]>> {
  if (plan.signing === undefined) return ok(files);
  const { attestFiles } = await import('./attestations/index.ts');
  return attestFiles(plan, settings, files, step);
}

async function uploadAll(
  publishing: Publishing,
  built: PypiBuilt,
  files: readonly PypiFile[],
  anyThere: boolean,
): Promise<Published> {
  const { coordinate } = publishing;
  // The first file creates the version, and the others are added to it.
  const [first, rest] = anyThere ? [[], files] : [files.slice(0, 1), files.slice(1)];
  let landed = anyThere;
  for (const some of [first, rest]) {
    const results = await uploadFiles(publishing, some);
    landed ||= results.some(({ state }) => state !== 'failed');
    for (const result of results) {
      if (result.state === 'failed') {
        return failed(
          coordinate,
          landed && result.problem.effect === 'none'
            ? { ...result.problem, effect: 'committed' }
            : result.problem,
        );
      }
      if (result.state !== 'theirs') continue;
      const decided = decide(result.finding, built);
      if ('published' in decided) return decided.published;
    }
  }
  const sdist = built.files.find((file) => file.kind === 'sdist');
  return {
    coordinate,
    outcome: 'published',
    ...(sdist === undefined ? {} : { digest: `sha256:${sdist.sha256}` }),
  };
}

/** How many files to send at once. There is a limit because each is in memory. */
const UPLOADS_AT_ONCE = 4;

/** Uploads files, a few at once, and begins no further one after a failure. */
async function uploadFiles(
  publishing: Publishing,
  files: readonly PypiFile[],
): Promise<readonly Uploaded[]> {
  let hasFailed = false;
  const results = await inParallel(
    files,
    async (file): Promise<Uploaded | undefined> => {
      if (hasFailed) return undefined;
      publishing.say(`uploading ${file.name}`);
      const result = await uploadOne(publishing, file);
      hasFailed ||= result.state === 'failed';
      return result;
    },
    UPLOADS_AT_ONCE,
  );
  return results.filter((result) => result !== undefined);
}

/**
 * Uploads one file. Repeating it with the same bytes is harmless: PyPI answers 200 if it has the
 * file with that digest; other indexes refuse it.
 */
async function uploadOne(publishing: Publishing, file: PypiFile): Promise<Uploaded> {
  const { coordinate, pace, settings, tokens } = publishing;
  const written = await write<FileLook, Problem>(
    {
      async send() {
        const token = await tokens.next();
        if (token.problems !== undefined) return errorAnswer(undefined, token.problems[0]);
        const answer = await upload(settings, coordinate, file, token.value, pace.signal).finally(
          settings.answers.forget,
        );
        if (answer.state === 'denied' || answer.state === 'doubtful')
          publishing.say(`${answer.reason.message} Reading the index again.`);
        const isRefused = answer.state !== 'accepted' && answer.reason.kind === 'authentication';
        return isRefused && tokens.renew(token.value) ? { ...answer, again: true } : answer;
      },
      read: async () => lookAt(file, await publishing.read()),
    },
    pace,
  );
  if (written.state === 'accepted') return { state: 'uploaded' };
  if (written.state === 'found') return found(written.seen);
  const { reason } = written;
  if (written.state === 'not-written') return { state: 'failed', problem: reason };
  const unread = written.unread?.finding.problem;
  return { state: 'failed', problem: outcomeUnknown('pypi', reason, unread) };
}

/** Returns what a version's finding means for one of its files. Pure. */
function lookAt(file: PypiFile, finding: Finding): FileLook {
  if (finding.state === 'unknown' || finding.state === 'conflict')
    return { state: finding.state, finding };
  const there = finding.files?.find(({ name }) => name === file.name);
  return { state: there?.state ?? 'absent', finding };
}

function found({ finding, state }: FileLook): Uploaded {
  if (state === 'identical') return { state: 'uploaded' };
  return finding.state === 'conflict' && finding.problem !== undefined
    ? { state: 'failed', problem: finding.problem }
    : { state: 'theirs', finding };
}
