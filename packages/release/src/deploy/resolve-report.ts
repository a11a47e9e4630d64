import {
  type FoundRelease,
  formatImageReference,
  type ReleaseArtifact,
  type ResolvedImage,
} from '@ameide/deploy-policy';
import { type Problem, problem } from '@ameide/versioning-core';
import { type ProblemReport, problemReport } from '../report/shown.ts';
import { EXIT_CODES, type Status, statusOf } from '../report/status.ts';
import { distinct } from '../run/publisher-run.ts';

/** What `deploy resolve --json` prints. */
export interface DeployResolveReport {
  readonly schema: 'ameide-release/deploy-resolve/1';
  readonly status: Status;
  /** 0 only if the commit of every image is known, and every registry has answered. */
  readonly exitCode: number;
  readonly images: readonly ResolvedReport[];
  readonly problems: readonly ProblemReport[];
}

/** One image, as its registry has it, and what else was published from its commit. */
export interface ResolvedReport {
  /** `ghcr.io/acme/sdk:0.1.0` */
  readonly image: string;
  readonly state: ResolvedImage['answer']['state'];
  readonly digest?: string;
  /** The commit that it says that it was built from. */
  readonly sha?: string;
  /** Absent if this clone does not have the commit. */
  readonly release?: Omit<FoundRelease, 'problems' | 'sha'>;
}

export function resolveReport(
  images: readonly ResolvedImage[],
  problems: readonly Problem[],
): DeployResolveReport {
  const all = distinct([...problems, ...images.flatMap(problemsOf)]);
  const status = statusOf(all);
  return {
    schema: 'ameide-release/deploy-resolve/1',
    status,
    exitCode: EXIT_CODES[status],
    images: images.map(resolvedReport),
    problems: all.map((one) => problemReport(one)),
  };
}

function resolvedReport({ answer, reference, release }: ResolvedImage): ResolvedReport {
  const found = answer.state === 'found' ? answer : undefined;
  return {
    image: formatImageReference(reference),
    state: answer.state,
    ...(found === undefined ? {} : { digest: found.digest }),
    ...(found?.sha === undefined ? {} : { sha: found.sha }),
    ...(release?.state === 'found' ? { release: shownRelease(release.release) } : {}),
  };
}

function shownRelease({
  artifacts,
  datetime,
  version,
}: FoundRelease): NonNullable<ResolvedReport['release']> {
  return { version, datetime, artifacts: artifacts.map(shownArtifact) };
}

/** Without the problems, which are listed on their own, and whose causes may hold anything. */
function shownArtifact({ proofs, ...artifact }: ReleaseArtifact): ReleaseArtifact {
  return { ...artifact, proofs: proofs.map(({ kind, state }) => ({ kind, state })) };
}

function problemsOf({ answer, reference, release }: ResolvedImage): readonly Problem[] {
  const image = formatImageReference(reference);
  if (answer.state === 'unknown') return [answer.problem];
  if (answer.state === 'absent')
    return [unresolved('deploy-image-absent', `${image} does not exist on its registry.`)];
  if (answer.state === 'unknown-image')
    return [
      unresolved(
        'deploy-image-unknown',
        `The release definition publishes no image ${reference.name}.`,
        'Name the definition that publishes it: --config FILE, or -C DIR.',
      ),
    ];
  if (answer.sha === undefined)
    return [
      unresolved(
        'deploy-image-no-commit',
        `${image} has no label org.opencontainers.image.revision, so its commit is not known.`,
      ),
    ];
  if (release?.state === 'found') return unansweredIn(release.release);
  return [
    unresolved(
      'deploy-commit-unknown',
      `${image} says that it was built from ${answer.sha}, which this clone does not have.`,
      'Fetch all branches and tags.',
    ),
  ];
}

/** What no registry said of a release, and which proofs could not be read. */
function unansweredIn({ artifacts, problems }: FoundRelease): readonly Problem[] {
  const unread = artifacts.flatMap(({ proofs }) => proofs.flatMap((one) => one.problem ?? []));
  return [...problems, ...unread];
}

function unresolved(code: string, message: string, hint?: string): Problem {
  return problem({ code, kind: 'policy', message, hint });
}
