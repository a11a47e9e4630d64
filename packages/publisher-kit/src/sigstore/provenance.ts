import type { Signing } from '@ameide/versioning-core';
import type { Statement } from './statement.ts';

/** SLSA provenance v1, https://slsa.dev/spec/v1.1/provenance. */
export const SLSA_PROVENANCE = 'https://slsa.dev/provenance/v1';

/** The commit that something was built from. */
export interface SourceCommit {
  /** `https://github.com/ameideio/ameide`; absent if unknown. */
  readonly repository?: string | undefined;
  /** The full source SHA. */
  readonly sha: string;
}

/** The commit of a plan, in the repository whose signatures are accepted. */
export function sourceCommitOf({
  sha,
  signing,
}: {
  readonly sha: string;
  readonly signing?: Signing;
}): SourceCommit {
  return { sha, repository: signing?.identity?.repository };
}

/**
 * Makes the predicate of a provenance: from the CI's variables about the run, which the certificate of a
 * keyless signature confirms, and the commit, which may be another one than the run's own.
 */
export function provenanceOf(from: SourceCommit, env: NodeJS.ProcessEnv): object {
  const { externalParameters, internalParameters = {}, ...run } = runOf(env);
  const { repository, sha } = from;
  const source = {
    ...(repository === undefined ? {} : { uri: sourceAddress(repository, sha, run) }),
    digest: { gitCommit: sha },
  };
  return {
    buildDefinition: {
      buildType: run.buildType,
      externalParameters,
      internalParameters,
      resolvedDependencies: [source],
    },
    runDetails: {
      builder: { id: run.builder },
      ...(run.invocation === undefined ? {} : { metadata: { invocationId: run.invocation } }),
    },
  };
}

interface Run {
  readonly buildType: string;
  readonly builder: string;
  readonly externalParameters: object;
  readonly internalParameters?: object;
  /** The page of the run. */
  readonly invocation?: string;
  readonly sha?: string | undefined;
  readonly ref?: string | undefined;
}

function sourceAddress(repository: string, sha: string, run: Pick<Run, 'sha' | 'ref'>): string {
  const isOwn = run.sha === sha && run.ref !== undefined;
  return `git+${repository}${isOwn ? `@${run.ref}` : ''}`;
}

function runOf(env: NodeJS.ProcessEnv): Run {
  if (env['GITHUB_ACTIONS'] === 'true') return githubRun(env);
  return env['GITLAB_CI'] === 'true' ? gitlabRun(env) : { ...OWN, externalParameters: {} };
}

const DOCUMENTATION = 'https://github.com/ameideio/ameide-publishing/blob/main/docs/provenance.md';

/** A machine that is no CI, or one that we do not know. */
const OWN = {
  buildType: `${DOCUMENTATION}#build-type`,
  builder: `${DOCUMENTATION}#other-machines`,
} as const;

/** https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1 */
function githubRun(env: NodeJS.ProcessEnv): Run {
  const server = env['GITHUB_SERVER_URL'] ?? 'https://github.com';
  const repository = `${server}/${env['GITHUB_REPOSITORY'] ?? ''}`;
  // `o/r/.github/workflows/publish.yml@refs/heads/main`
  const [, path = '', ref = ''] =
    /^[^/]+\/[^/]+\/([^@]+)@(.+)$/.exec(env['GITHUB_WORKFLOW_REF'] ?? '') ?? [];
  return {
    buildType: 'https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1',
    builder: `https://github.com/actions/runner/${env['RUNNER_ENVIRONMENT'] ?? 'unknown'}`,
    externalParameters: { workflow: { ref, repository, path } },
    internalParameters: {
      github: {
        event_name: env['GITHUB_EVENT_NAME'] ?? '',
        repository_id: env['GITHUB_REPOSITORY_ID'] ?? '',
        repository_owner_id: env['GITHUB_REPOSITORY_OWNER_ID'] ?? '',
      },
    },
    invocation: `${repository}/actions/runs/${env['GITHUB_RUN_ID'] ?? ''}/attempts/${env['GITHUB_RUN_ATTEMPT'] ?? ''}`,
    sha: env['GITHUB_SHA'],
    ref: env['GITHUB_REF'],
  };
}

/** https://docs.gitlab.com/ci/runners/configure_runners/#artifact-provenance-metadata */
function gitlabRun(env: NodeJS.ProcessEnv): Run {
  const project = env['CI_PROJECT_URL'] ?? '';
  return {
    buildType: 'https://gitlab.com/gitlab-org/gitlab-runner/-/blob/main/PROVENANCE.md',
    builder: `${project}/-/runners/${env['CI_RUNNER_ID'] ?? ''}`,
    externalParameters: {
      entryPoint: env['CI_JOB_NAME'] ?? '',
      source: project,
      configuration: env['CI_CONFIG_PATH'] ?? '',
    },
    ...(env['CI_JOB_URL'] === undefined ? {} : { invocation: env['CI_JOB_URL'] }),
    sha: env['CI_COMMIT_SHA'],
    ref: refOf(env),
  };
}

function refOf(env: NodeJS.ProcessEnv): string | undefined {
  if (env['CI_COMMIT_TAG'] !== undefined) return `refs/tags/${env['CI_COMMIT_TAG']}`;
  return env['CI_COMMIT_BRANCH'] === undefined
    ? undefined
    : `refs/heads/${env['CI_COMMIT_BRANCH']}`;
}

/** Returns the commits that a provenance says its subject was built from. */
export function sourceCommitsIn({ predicate, predicateType }: Statement): readonly SourceCommit[] {
  if (predicateType !== SLSA_PROVENANCE) return [];
  const definition = Object(Object(predicate)['buildDefinition']) as Readonly<
    Record<string, unknown>
  >;
  const dependencies = definition['resolvedDependencies'];
  if (!Array.isArray(dependencies)) return [];
  return dependencies.flatMap((one: unknown): readonly SourceCommit[] => {
    const { digest, uri } = Object(one) as Readonly<Record<string, unknown>>;
    const sha: unknown = Object(digest)['gitCommit'];
    if (typeof sha !== 'string') return [];
    const repository = typeof uri === 'string' ? repositoryIn(uri) : undefined;
    return [{ sha, ...(repository === undefined ? {} : { repository }) }];
  });
}

/** `git+https://github.com/o/r@refs/heads/main` */
function repositoryIn(uri: string): string | undefined {
  return /^git\+(https?:\/\/[^@]+)(?:@.*)?$/.exec(uri)?.[1];
}
