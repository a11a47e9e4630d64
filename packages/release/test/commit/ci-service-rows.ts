type Variables = Readonly<Record<string, string>>;

/** One CI system's variables, from its reference. */
export interface ServiceRows {
  readonly branch?: Variables;
  readonly tag?: Variables;
  /** Each is a pull request's, by a title. */
  readonly pulls: Readonly<Record<string, Variables>>;
  /** The titles of those that `ci-info` 4.5.0 takes for another run. */
  readonly unknownToCiInfo?: readonly string[];
  /** True if it says nothing that tells a branch from a tag. */
  readonly hasNoRef?: boolean;
}

const GITLAB = { CI: 'true', GITLAB_CI: 'true', CI_COMMIT_SHA: 'a'.repeat(40) };
const MERGE_REQUEST = {
  ...GITLAB,
  CI_PIPELINE_SOURCE: 'merge_request_event',
  CI_COMMIT_REF_NAME: 'feature',
  CI_MERGE_REQUEST_ID: '34',
  CI_MERGE_REQUEST_IID: '1',
  CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: 'feature',
  CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
};
const AZURE = { TF_BUILD: 'True', BUILD_BUILDURI: 'vstfs:///Build/Build/1430' };
const JENKINS = { JENKINS_URL: 'https://jenkins.example/', BUILD_ID: '153', BUILD_NUMBER: '153' };
const CIRCLE = { CI: 'true', CIRCLECI: 'true', CIRCLE_BUILD_NUM: '9' };
const BUILDKITE = { CI: 'true', BUILDKITE: 'true', BUILDKITE_PULL_REQUEST: 'false' };
const BITBUCKET = { CI: 'true', BITBUCKET_BUILD_NUMBER: '9', BITBUCKET_COMMIT: 'a'.repeat(40) };
const DRONE = { CI: 'true', DRONE: 'true', DRONE_BUILD_EVENT: 'push' };
const HARNESS = { HARNESS_BUILD_ID: '9', DRONE_BUILD_EVENT: 'push' };
const WOODPECKER = { CI: 'woodpecker', CI_PIPELINE_EVENT: 'push' };
const TRAVIS = { CI: 'true', TRAVIS: 'true', TRAVIS_PULL_REQUEST: 'false', TRAVIS_BRANCH: 'main' };
const APPVEYOR = { CI: 'True', APPVEYOR: 'True', APPVEYOR_REPO_BRANCH: 'main' };
const CIRRUS = { CI: 'true', CIRRUS_CI: 'true', CIRRUS_BRANCH: 'main' };
const SEMAPHORE = { CI: 'true', SEMAPHORE: 'true', SEMAPHORE_GIT_REF_TYPE: 'branch' };
const VELA = { VELA: 'true', VELA_BUILD_EVENT: 'push' };
const CODEBUILD = { CODEBUILD_BUILD_ARN: 'arn:aws:codebuild:eu-west-1:1:build/a:b' };
const PROW = { CI: 'true', PROW_JOB_ID: '1ce07fa2-0831-11e8-b07e-0a58ac101036' };
const MAIN = 'refs/heads/main';
const TAG = 'refs/tags/v0.1.0';

export const SERVICE_ROWS: Readonly<Record<string, ServiceRows>> = {
  'GitLab CI': {
    branch: { ...GITLAB, CI_PIPELINE_SOURCE: 'push', CI_COMMIT_BRANCH: 'main' },
    tag: { ...GITLAB, CI_PIPELINE_SOURCE: 'push', CI_COMMIT_TAG: 'v0.1.0' },
    pulls: {
      'a merge request': {
        ...MERGE_REQUEST,
        CI_MERGE_REQUEST_EVENT_TYPE: 'detached',
        CI_MERGE_REQUEST_REF_PATH: 'refs/merge-requests/1/head',
      },
      'a merged result': {
        ...MERGE_REQUEST,
        CI_MERGE_REQUEST_EVENT_TYPE: 'merged_result',
        CI_MERGE_REQUEST_REF_PATH: 'refs/merge-requests/1/merge',
      },
      'a merge train': {
        ...MERGE_REQUEST,
        CI_MERGE_REQUEST_EVENT_TYPE: 'merge_train',
        CI_MERGE_REQUEST_REF_PATH: 'refs/merge-requests/1/train',
      },
      'a fork’s, in the fork': {
        ...MERGE_REQUEST,
        CI_PROJECT_PATH: 'somebody/sdk',
        CI_MERGE_REQUEST_PROJECT_PATH: 'example/sdk',
        CI_MERGE_REQUEST_SOURCE_PROJECT_PATH: 'somebody/sdk',
      },
      'GitHub’s, in a mirror': {
        ...GITLAB,
        CI_PIPELINE_SOURCE: 'external_pull_request_event',
        CI_COMMIT_BRANCH: 'feature',
        CI_EXTERNAL_PULL_REQUEST_IID: '7',
      },
    },
    unknownToCiInfo: ['GitHub’s, in a mirror'],
  },
  'Azure Pipelines': {
    branch: { ...AZURE, BUILD_REASON: 'IndividualCI', BUILD_SOURCEBRANCH: MAIN },
    tag: { ...AZURE, BUILD_REASON: 'IndividualCI', BUILD_SOURCEBRANCH: TAG },
    pulls: {
      'a pull request': {
        ...AZURE,
        BUILD_REASON: 'PullRequest',
        BUILD_SOURCEBRANCH: 'refs/pull/1/merge',
        SYSTEM_PULLREQUEST_PULLREQUESTID: '17',
      },
      'its ref, built by hand': {
        ...AZURE,
        BUILD_REASON: 'Manual',
        BUILD_SOURCEBRANCH: 'refs/pull/1/merge',
      },
    },
    unknownToCiInfo: ['its ref, built by hand'],
  },
  Jenkins: {
    branch: { ...JENKINS, BRANCH_NAME: 'main' },
    tag: { ...JENKINS, BRANCH_NAME: 'v0.1.0', TAG_NAME: 'v0.1.0' },
    pulls: {
      'of a multibranch project': { ...JENKINS, BRANCH_NAME: 'PR-7', CHANGE_ID: '7' },
      'of the pull request builder': { ...JENKINS, ghprbPullId: '7', GIT_BRANCH: 'origin/pr/7' },
      'a merge request of GitLab’s plugin': { ...JENKINS, gitlabMergeRequestIid: '7' },
      'of the GitHub Integration plugin': { ...JENKINS, GITHUB_PR_NUMBER: '7' },
      'a change in Gerrit': { ...JENKINS, GERRIT_REFSPEC: 'refs/changes/20/884120/1' },
    },
    unknownToCiInfo: [
      'a merge request of GitLab’s plugin',
      'of the GitHub Integration plugin',
      'a change in Gerrit',
    ],
  },
  CircleCI: {
    branch: { ...CIRCLE, CIRCLE_BRANCH: 'main' },
    tag: { ...CIRCLE, CIRCLE_TAG: 'v0.1.0' },
    pulls: {
      'a branch with a pull request': {
        ...CIRCLE,
        CIRCLE_BRANCH: 'feature',
        CIRCLE_PULL_REQUEST: 'https://github.com/example/sdk/pull/7',
      },
      'a fork’s': { ...CIRCLE, CIRCLE_BRANCH: 'pull/7', CIRCLE_PR_NUMBER: '7' },
    },
    unknownToCiInfo: ['a fork’s'],
  },
  Buildkite: {
    branch: { ...BUILDKITE, BUILDKITE_BRANCH: 'main', BUILDKITE_TAG: '' },
    tag: { ...BUILDKITE, BUILDKITE_BRANCH: 'v0.1.0', BUILDKITE_TAG: 'v0.1.0' },
    pulls: {
      'a pull request': {
        ...BUILDKITE,
        BUILDKITE_BRANCH: 'feature',
        BUILDKITE_PULL_REQUEST: '7',
      },
      'a merge queue': { ...BUILDKITE, BUILDKITE_BRANCH: 'gh-readonly-queue/main/pr-7-abc' },
    },
    unknownToCiInfo: ['a merge queue'],
  },
  'Bitbucket Pipelines': {
    branch: { ...BITBUCKET, BITBUCKET_BRANCH: 'main' },
    tag: { ...BITBUCKET, BITBUCKET_TAG: 'v0.1.0' },
    pulls: {
      'a pull request': { ...BITBUCKET, BITBUCKET_BRANCH: 'feature', BITBUCKET_PR_ID: '7' },
    },
  },
  Drone: {
    branch: { ...DRONE, DRONE_COMMIT_REF: MAIN, DRONE_BRANCH: 'main' },
    tag: { ...DRONE, DRONE_BUILD_EVENT: 'tag', DRONE_COMMIT_REF: TAG, DRONE_TAG: 'v0.1.0' },
    pulls: {
      'a pull request': {
        ...DRONE,
        DRONE_BUILD_EVENT: 'pull_request',
        DRONE_COMMIT_REF: 'refs/pull/7/head',
        DRONE_PULL_REQUEST: '7',
      },
    },
  },
  Harness: {
    branch: { ...HARNESS, DRONE_COMMIT_REF: MAIN },
    tag: { ...HARNESS, DRONE_BUILD_EVENT: 'tag', DRONE_COMMIT_REF: TAG },
    pulls: {
      'a pull request': {
        ...HARNESS,
        DRONE_BUILD_EVENT: 'pull_request',
        DRONE_COMMIT_REF: 'refs/heads/feature',
      },
    },
    unknownToCiInfo: ['a pull request'],
  },
  Woodpecker: {
    branch: { ...WOODPECKER, CI_COMMIT_REF: MAIN, CI_COMMIT_BRANCH: 'main' },
    tag: { ...WOODPECKER, CI_PIPELINE_EVENT: 'tag', CI_COMMIT_REF: TAG, CI_COMMIT_TAG: 'v0.1.0' },
    pulls: {
      'a pull request': {
        ...WOODPECKER,
        CI_PIPELINE_EVENT: 'pull_request',
        CI_COMMIT_REF: 'refs/pull/7/head',
        CI_COMMIT_PULL_REQUEST: '7',
      },
      'one that was closed': {
        ...WOODPECKER,
        CI_PIPELINE_EVENT: 'pull_request_closed',
        CI_COMMIT_REF: 'refs/pull/7/head',
      },
    },
    unknownToCiInfo: ['a pull request', 'one that was closed'],
  },
  'Travis CI': {
    branch: { ...TRAVIS, TRAVIS_TAG: '' },
    tag: { ...TRAVIS, TRAVIS_BRANCH: 'v0.1.0', TRAVIS_TAG: 'v0.1.0' },
    pulls: { 'a pull request': { ...TRAVIS, TRAVIS_PULL_REQUEST: '7' } },
  },
  AppVeyor: {
    branch: { ...APPVEYOR, APPVEYOR_REPO_TAG: 'false' },
    tag: { ...APPVEYOR, APPVEYOR_REPO_TAG: 'true', APPVEYOR_REPO_TAG_NAME: 'v0.1.0' },
    pulls: { 'a pull request': { ...APPVEYOR, APPVEYOR_PULL_REQUEST_NUMBER: '7' } },
  },
  'Cirrus CI': {
    branch: CIRRUS,
    tag: { ...CIRRUS, CIRRUS_TAG: 'v0.1.0' },
    pulls: { 'a pull request': { ...CIRRUS, CIRRUS_BRANCH: 'pull/7', CIRRUS_PR: '7' } },
  },
  Semaphore: {
    branch: { ...SEMAPHORE, SEMAPHORE_GIT_REF: MAIN },
    tag: { ...SEMAPHORE, SEMAPHORE_GIT_REF_TYPE: 'tag', SEMAPHORE_GIT_REF: TAG },
    pulls: {
      'a pull request': {
        ...SEMAPHORE,
        SEMAPHORE_GIT_REF_TYPE: 'pull-request',
        SEMAPHORE_GIT_REF: 'refs/heads/main',
        SEMAPHORE_GIT_PR_NUMBER: '7',
      },
    },
    unknownToCiInfo: ['a pull request'],
  },
  Vela: {
    branch: { ...VELA, VELA_BUILD_REF: MAIN },
    tag: { ...VELA, VELA_BUILD_EVENT: 'tag', VELA_BUILD_REF: TAG },
    pulls: {
      'a pull request': {
        ...VELA,
        VELA_BUILD_EVENT: 'pull_request',
        VELA_BUILD_REF: 'refs/pull/7/head',
        VELA_PULL_REQUEST: '7',
      },
    },
    unknownToCiInfo: ['a pull request'],
  },
  'AWS CodeBuild': {
    branch: { ...CODEBUILD, CODEBUILD_WEBHOOK_EVENT: 'PUSH', CODEBUILD_WEBHOOK_HEAD_REF: MAIN },
    tag: { ...CODEBUILD, CODEBUILD_WEBHOOK_EVENT: 'PUSH', CODEBUILD_WEBHOOK_HEAD_REF: TAG },
    pulls: {
      'a pull request': {
        ...CODEBUILD,
        CODEBUILD_WEBHOOK_EVENT: 'PULL_REQUEST_UPDATED',
        CODEBUILD_WEBHOOK_HEAD_REF: 'refs/heads/feature',
        CODEBUILD_WEBHOOK_TRIGGER: 'pr/7',
        CODEBUILD_SOURCE_VERSION: 'pr/7',
      },
      'one that was merged: its own commit is built': {
        ...CODEBUILD,
        CODEBUILD_WEBHOOK_EVENT: 'PULL_REQUEST_MERGED',
        CODEBUILD_WEBHOOK_TRIGGER: 'pr/7',
      },
      'built by hand': { ...CODEBUILD, CODEBUILD_SOURCE_VERSION: 'pr/7' },
    },
    unknownToCiInfo: ['one that was merged: its own commit is built', 'built by hand'],
  },
  Bamboo: {
    branch: { bamboo_planKey: 'SDK-MAIN', bamboo_planRepository_branchName: 'main' },
    pulls: { 'a pull request': { bamboo_planKey: 'SDK-MAIN0', bamboo_repository_pr_key: '7' } },
    unknownToCiInfo: ['a pull request'],
    hasNoRef: true,
  },
  Prow: {
    branch: { ...PROW, JOB_TYPE: 'postsubmit', PULL_BASE_REF: 'main' },
    pulls: {
      'a pull request': { ...PROW, JOB_TYPE: 'presubmit', PULL_NUMBER: '7' },
      'several at once': { ...PROW, JOB_TYPE: 'batch' },
    },
    unknownToCiInfo: ['a pull request', 'several at once'],
    hasNoRef: true,
  },
};
