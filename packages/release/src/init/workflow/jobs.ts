import { definitionFile } from '../definition-file.ts';
import { execCommand } from '../javascript.ts';
import { job } from './job.ts';
import { type PublishingNeeds, secretsOf } from './needs.ts';
import type { WorkflowQuestion } from './render.ts';
import {
  CHECK_OUT,
  installStep,
  SET_UP_NODE,
  SET_UP_PYTHON,
  SET_UP_UV,
  setUpGo,
  setUpJavaScript,
} from './setup.ts';
import { type TestSteps, workspacesOf } from './test-steps.ts';
import { actionStep, runStep, type StepLines } from './yaml.ts';

export interface WorkflowParts extends WorkflowQuestion {
  readonly needs: PublishingNeeds;
  readonly tests: TestSteps;
}

const OUTPUTS = [
  'IS_RELEASE',
  'CHANNEL',
  'BASE_VERSION',
  'GIT_SHA',
  'SHORT_SHA',
  'DATE',
  'DATETIME',
  'NPM_VERSION',
  'NPM_PUBLISHED_VERSION',
  'NPM_DIST_TAG',
  'PYPI_VERSION',
  'PYPI_PUBLIC_VERSION',
  'GO_VERSION',
  'GO_RELEASE_TAG',
];

const READ_ONLY = ['permissions:', '  contents: read'];

export function versionJob(parts: WorkflowParts): string {
  return job('version', 'Classify, and compute the versions', {
    minutes: 10,
    fields: [
      ...READ_ONLY,
      'outputs:',
      ...OUTPUTS.map((name) => `  ${name}: \${{ steps.version.outputs.${name} }}`),
    ],
    steps: [
      CHECK_OUT,
      ...installTool(parts),
      runStep('Compute the versions', [tool(parts, 'version --github-output')], {
        id: 'version',
        ...outside(parts),
      }),
    ],
  });
}

export function testJob({ facts, publish, tests }: WorkflowParts): string {
  const workspaces = workspacesOf(facts, publish);
  const go = publish.find(({ ecosystem }) => ecosystem === 'go');
  const hasPython = publish.some(({ ecosystem }) => ecosystem === 'pypi');
  return job('test', 'Lint and test', {
    minutes: 30,
    fields: READ_ONLY,
    steps: [
      CHECK_OUT,
      ...(workspaces.length === 0 ? [] : setUpJavaScript(workspaces)),
      ...(go === undefined ? [] : [setUpGo(go.directory)]),
      ...(hasPython ? [SET_UP_PYTHON] : []),
      ...(tests.usesUv ? [SET_UP_UV] : []),
      ...workspaces.map(installStep),
      ...(tests.steps.length === 0 ? [NO_TESTS] : tests.steps),
    ],
  });
}

const NO_TESTS = runStep('Test', ['echo "::warning::There are no tests here yet."'], {
  comment: ['No tests were found. Add them here: nothing is published if they fail.'],
});

export function buildJob(parts: WorkflowParts): string {
  const { facts, publish } = parts;
  const workspaces = workspacesOf(facts, publish);
  const others = workspaces.filter(({ directory }) => directory !== '');
  return job('build', 'Build, without a token', {
    minutes: 30,
    fields: ['needs: [version]', ...READ_ONLY],
    order: 'needs-first',
    steps: [
      CHECK_OUT,
      ...setUpJavaScript(isFromPublisher(parts) ? others : workspaces),
      ...(parts.needs.pypi ? [SET_UP_PYTHON, SET_UP_UV] : []),
      ...(isFromPublisher(parts) ? [INSTALL_PUBLISHER] : rootInstall(parts)),
      runStep('Build', [tool(parts, 'build --out "$RUNNER_TEMP/built"')], outside(parts)),
      actionStep('Keep what was built', 'upload', {
        name: 'built',
        path: '${{ runner.temp }}/built',
        'if-no-files-found': 'error',
        'include-hidden-files': true,
      }),
    ],
  });
}

export function publishJob(parts: WorkflowParts): string {
  const { needs } = parts;
  return job('publish', 'Publish, in order', {
    minutes: 60,
    order: 'needs-first',
    fields: [
      'needs: [version, test, build]',
      '# A fork has no tokens, and its tags and branches are not ours.',
      "if: github.event_name == 'push' && !github.event.repository.fork",
    ],
    after: [
      ...environment(parts, true),
      'permissions:',
      needs.ownTags ? '  contents: write # for the tags of the Go modules' : '  contents: read',
      ...(needs.images ? ['  packages: write # for the images'] : []),
      ...identity(needs),
    ],
    steps: [
      CHECK_OUT,
      ...publisherSteps(parts),
      actionStep('Get what was built', 'download', {
        name: 'built',
        path: '${{ runner.temp }}/built',
      }),
      publishStep(parts),
    ],
  });
}

export function promoteJob(parts: WorkflowParts): string {
  const { needs } = parts;
  return job('promote', 'Promote', {
    minutes: 30,
    order: 'needs-first',
    fields: ['needs: [version, publish]'],
    after: [
      ...environment(parts, false),
      'permissions:',
      '  contents: read',
      ...(needs.images ? ["  packages: write # for the images' tags"] : []),
    ],
    steps: [
      CHECK_OUT,
      ...publisherSteps(parts),
      runStep('Read everything back, then move the pointers', [trusted(parts, 'promote')], {
        ...outside(parts, 'data'),
        env: tokens({ ...needs, pypiToken: needs.pypiToken && needs.pypiReads }),
      }),
    ],
  });
}

function publishStep(parts: WorkflowParts): StepLines {
  const from = parts.form === 'data' ? 'built' : '"$RUNNER_TEMP/built"';
  return runStep(
    'Publish, first what nobody sees before the promotion',
    [trusted(parts, `publish --from ${from} --hold-pointers`)],
    {
      ...outside(parts, 'data'),
      ...(parts.form === 'data'
        ? {}
        : {
            runComment: [
              `${definitionFile(parts.facts, 'code')} is a program: this job runs it, and what it imports, beside the tokens.`,
            ],
          }),
      env: tokens(parts.needs),
    },
  );
}

/** The step that installs the tool where no code of the repository can run. */
const INSTALL_PUBLISHER = runStep(
  'Install the publisher',
  [
    'mkdir publisher',
    'cp "$GITHUB_WORKSPACE"/.github/publisher/package*.json publisher',
    'npm ci --prefix publisher --ignore-scripts --no-audit --no-fund',
  ],
  {
    comment: [
      'Outside of the checkout, so that this job runs nothing of it: no script, no setting, no module.',
    ],
    workingDirectory: '${{ runner.temp }}',
  },
);

/** True if the repository does not install the tool itself. */
function isFromPublisher({ facts, form }: WorkflowParts): boolean {
  return form === 'data' && facts.javascript === undefined;
}

function rootInstall({ facts: { javascript } }: WorkflowParts): readonly StepLines[] {
  return javascript === undefined ? [] : [installStep(javascript)];
}

/** Installs the tool for the jobs that hold no token. */
function installTool(parts: WorkflowParts): readonly StepLines[] {
  const { javascript } = parts.facts;
  if (isFromPublisher(parts) || javascript === undefined) return [SET_UP_NODE, INSTALL_PUBLISHER];
  return [...setUpJavaScript([javascript]), installStep(javascript)];
}

/** Installs the tool for the jobs that hold tokens. */
function publisherSteps(parts: WorkflowParts): readonly StepLines[] {
  return parts.form === 'data' ? [SET_UP_NODE, INSTALL_PUBLISHER] : installTool(parts);
}

const PUBLISHER = 'publisher/node_modules/.bin/ameide-release -C "$GITHUB_WORKSPACE"';

function tool(parts: WorkflowParts, command: string): string {
  const { javascript } = parts.facts;
  return isFromPublisher(parts) || javascript === undefined
    ? `${PUBLISHER} ${command}`
    : `${execCommand(javascript)} ameide-release ${command}`;
}

function trusted(parts: WorkflowParts, command: string): string {
  if (parts.form === 'data') return `${PUBLISHER} ${command}`;
  const [verb = '', ...rest] = command.split(' ');
  const config = verb === 'publish' ? ` --config ${definitionFile(parts.facts, 'code')}` : '';
  return tool(parts, [`${verb}${config}`, ...rest].join(' '));
}

/** The publisher is called from its own folder. */
function outside(parts: WorkflowParts, form?: 'data'): { readonly workingDirectory?: string } {
  const isOutside = form === 'data' ? parts.form === 'data' : isFromPublisher(parts);
  return isOutside ? { workingDirectory: '${{ runner.temp }}' } : {};
}

function environment({ environments }: WorkflowParts, isFirst: boolean): readonly string[] {
  if (!environments) return [];
  return [
    ...(isFirst
      ? [
          '# The environments release, candidate and dev hold the secrets: configure there which refs may use them.',
        ]
      : []),
    'environment: ${{ needs.version.outputs.CHANNEL }}',
  ];
}

function identity({ npm, pypi, signs }: PublishingNeeds): readonly string[] {
  const trusting = [...(npm ? ['npm'] : []), ...(pypi ? ['PyPI'] : [])].join(' and ');
  if (signs)
    return [
      `  id-token: write # The job proves which workflow it is: to Sigstore, which certifies what it signs${pypi ? ', and to PyPI' : ''}.`,
    ];
  return trusting === ''
    ? []
    : [
        `  id-token: write # The job proves which workflow it is: ${trusting} can trust that in place of a token.`,
      ];
}

function tokens(needs: PublishingNeeds): Readonly<Record<string, string>> {
  return {
    ...Object.fromEntries(secretsOf(needs).map((name) => [name, `\${{ secrets.${name} }}`])),
    ...(needs.images || needs.ownTags ? { GITHUB_TOKEN: '${{ github.token }}' } : {}),
  };
}
