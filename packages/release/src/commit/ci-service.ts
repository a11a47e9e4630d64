import vendors from 'ci-info/vendors.json' with { type: 'json' };
import { type CiRun, isPullRequest, NOT_MERGED, type RunEnvironment } from './ci-run.ts';

/** One CI system: the variables that `ci-info` does not know. */
interface Service {
  /** Set in every run of it; with a value if others set the variable, too. */
  readonly mark: string | readonly [name: string, value: string];
  /** The variable with the full ref that a run is for. */
  readonly ref?: string;
  /** Or those with a tag, and with a branch, of which a run has one; the tag comes first. */
  readonly tag?: string;
  readonly branch?: string;
  /** Variables that identify a pull request, beside those of `ci-info`: one that matches is enough. */
  readonly pull?: Readonly<Record<string, RegExp>>;
}

const SET = /./;

/** From each system's reference of predefined variables. */
export const CI_SERVICES: Readonly<Record<string, Service>> = {
  'GitLab CI': {
    mark: 'GITLAB_CI',
    ref: 'CI_MERGE_REQUEST_REF_PATH',
    tag: 'CI_COMMIT_TAG',
    branch: 'CI_COMMIT_BRANCH',
    pull: {
      CI_EXTERNAL_PULL_REQUEST_IID: SET,
      CI_PIPELINE_SOURCE: /^(?:merge_request|external_pull_request)_event$/,
    },
  },
  'Azure Pipelines': { mark: 'TF_BUILD', ref: 'BUILD_SOURCEBRANCH' },
  Jenkins: {
    mark: 'JENKINS_URL',
    ref: 'GERRIT_REFSPEC',
    tag: 'TAG_NAME',
    branch: 'BRANCH_NAME',
    pull: { gitlabMergeRequestIid: SET, GITHUB_PR_NUMBER: SET },
  },
  CircleCI: {
    mark: 'CIRCLECI',
    tag: 'CIRCLE_TAG',
    branch: 'CIRCLE_BRANCH',
    // A fork's pull request is built as the branch `pull/7`.
    pull: { CIRCLE_PR_NUMBER: SET, CIRCLE_BRANCH: /^pull\/\d+$/ },
  },
  Buildkite: { mark: 'BUILDKITE', tag: 'BUILDKITE_TAG', branch: 'BUILDKITE_BRANCH' },
  'Bitbucket Pipelines': {
    mark: 'BITBUCKET_BUILD_NUMBER',
    tag: 'BITBUCKET_TAG',
    branch: 'BITBUCKET_BRANCH',
  },
  Drone: { mark: 'DRONE', ref: 'DRONE_COMMIT_REF' },
  // Harness CI keeps Drone's variables, without its mark.
  Harness: {
    mark: 'HARNESS_BUILD_ID',
    ref: 'DRONE_COMMIT_REF',
    pull: { DRONE_BUILD_EVENT: /^pull_request/ },
  },
  Woodpecker: {
    mark: ['CI', 'woodpecker'],
    ref: 'CI_COMMIT_REF',
    pull: { CI_PIPELINE_EVENT: /^pull_request/, CI_COMMIT_PULL_REQUEST: SET },
  },
  'Travis CI': { mark: 'TRAVIS', tag: 'TRAVIS_TAG', branch: 'TRAVIS_BRANCH' },
  AppVeyor: { mark: 'APPVEYOR', tag: 'APPVEYOR_REPO_TAG_NAME', branch: 'APPVEYOR_REPO_BRANCH' },
  'Cirrus CI': { mark: 'CIRRUS_CI', tag: 'CIRRUS_TAG', branch: 'CIRRUS_BRANCH' },
  Semaphore: {
    mark: 'SEMAPHORE',
    ref: 'SEMAPHORE_GIT_REF',
    pull: { SEMAPHORE_GIT_REF_TYPE: /^pull-request$/, SEMAPHORE_GIT_PR_NUMBER: SET },
  },
  Vela: {
    mark: 'VELA',
    ref: 'VELA_BUILD_REF',
    pull: { VELA_BUILD_EVENT: /^pull_request/, VELA_PULL_REQUEST: SET },
  },
  'AWS CodeBuild': {
    mark: 'CODEBUILD_BUILD_ARN',
    ref: 'CODEBUILD_WEBHOOK_HEAD_REF',
    pull: {
      CODEBUILD_WEBHOOK_EVENT: /^PULL_REQUEST/,
      CODEBUILD_WEBHOOK_TRIGGER: /^pr\//,
      CODEBUILD_SOURCE_VERSION: /^pr\//,
    },
  },
  Bamboo: { mark: 'bamboo_planKey', pull: { bamboo_repository_pr_key: SET } },
  Prow: { mark: 'PROW_JOB_ID', pull: { JOB_TYPE: /^(?:presubmit|batch)$/, PULL_NUMBER: SET } },
};

/** Returns what a run outside of GitHub Actions is for. */
export function serviceRun(env: RunEnvironment): CiRun {
  const services = Object.values(CI_SERVICES).filter(({ mark }) => isMarked(env, mark));
  const ref = services.map((service) => refOf(env, service)).find((one) => one !== undefined);
  const isPull =
    vendors.some((vendor: Vendor) => isVendorsPull(env, vendor)) ||
    services.some(({ pull = {} }) =>
      Object.entries(pull).some(([name, value]) => value.test(env[name] ?? '')),
    );
  if (!isPull) return ref === undefined ? {} : { ref };
  // The branch of a pull request's run is its target, or the author's.
  const own = ref !== undefined && isPullRequest(ref) ? { ref } : {};
  return { ...own, limit: { commits: [], reason: NOT_MERGED } };
}

function isMarked(env: RunEnvironment, mark: Service['mark']): boolean {
  if (typeof mark === 'string') return isSet(env, mark);
  const [name, value] = mark;
  return env[name] === value;
}

function refOf(env: RunEnvironment, { ref, tag, branch }: Service): string | undefined {
  const full = ref === undefined ? undefined : env[ref];
  if (full?.startsWith('refs/') === true) return full;
  if (tag !== undefined && isSet(env, tag)) return `refs/tags/${env[tag]}`;
  if (branch !== undefined && isSet(env, branch)) return `refs/heads/${env[branch]}`;
  return undefined;
}

/** One CI system, as the data of `ci-info` describes it. Its code reads `process.env` alone. */
interface Vendor {
  readonly env: string | Condition | readonly string[];
  /** Absent where `ci-info` cannot tell. */
  readonly pr?: string | Condition;
}

/**
 * `{ env, ne }`, `{ env, any }` (a variable's value), `{ env, includes }`, `{ any }` (one of several
 * variables), or variables with their values.
 */
type Condition = Readonly<Record<string, string | readonly string[] | undefined>>;

function isVendorsPull(env: RunEnvironment, { env: marks, pr }: Vendor): boolean {
  if (pr === undefined) return false;
  const all = typeof marks === 'string' || !Array.isArray(marks) ? [marks] : marks;
  return all.every((mark: string | Condition) => isMet(env, mark)) && isMet(env, pr);
}

/** As `checkEnv` and `checkPR` of `ci-info`, except that an empty variable counts as absent. */
function isMet(env: RunEnvironment, condition: string | Condition): boolean {
  if (typeof condition === 'string') return isSet(env, condition);
  const { any, env: name, includes, ne } = condition;
  if (typeof name !== 'string')
    return Array.isArray(any) ? any.some((one) => isSet(env, one)) : equal(env, condition);
  const value = env[name] ?? '';
  if (value === '') return false;
  if (typeof includes === 'string') return value.includes(includes);
  return ne === undefined ? any?.includes(value) === true : value !== ne;
}

function equal(env: RunEnvironment, values: Condition): boolean {
  return Object.entries(values).every(([name, value]) => env[name] === value);
}

function isSet(env: RunEnvironment, name: string): boolean {
  return (env[name] ?? '') !== '';
}
