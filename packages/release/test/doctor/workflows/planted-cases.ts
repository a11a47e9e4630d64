import { CHECKOUT, type Files, WORKFLOW, workflow } from './ask.ts';

/** A repository with one problem, in the words of a real workflow. */
export interface PlantedCase {
  readonly title: string;
  readonly files: Files;
  readonly rule: string;
  /** The line of the finding, or a part of it. */
  readonly line: string;
  readonly message: string;
}

type Planted = Omit<PlantedCase, 'files'> & { readonly files?: Files; readonly steps?: string };

const run = (script: string): string => `- run: |\n${script.replaceAll(/^/gm, '    ')}`;
const steps = (...some: readonly string[]): Files => ({ [WORKFLOW]: workflow(some.join('\n')) });
const FULL = `- uses: ${CHECKOUT}\n  with:\n    fetch-depth: 0\n    persist-credentials: false`;
const SHALLOW = `- uses: ${CHECKOUT}\n  with:\n    persist-credentials: false`;

const LOCKED: Files = { 'pnpm-lock.yaml': '' };

const INSTALLS: readonly Planted[] = [
  {
    title: 'the filters of the north star',
    steps: '- run: pnpm install --filter ./packages/** --filter ./tools/**',
    rule: 'install-filter',
    line: 'pnpm install --filter',
    message: 'pnpm installs only a part of the workspace here (2 filters).',
  },
  {
    title: 'filters over several lines',
    steps: run(
      "pnpm install \\\n  --frozen-lockfile \\\n  --filter './packages/**' \\\n  --filter='./tools/**'",
    ),
    rule: 'install-filter',
    line: "--filter './packages/**' \\",
    message: 'pnpm installs only a part of the workspace here (2 filters).',
  },
  {
    title: 'a filter before the command',
    steps: '- run: pnpm --filter @acme/sdk i',
    rule: 'install-filter',
    line: 'pnpm --filter @acme/sdk i',
    message: 'pnpm installs only a part of the workspace here (a filter).',
  },
  {
    title: 'a filter in a composite action',
    files: {
      [WORKFLOW]: workflow(`${SHALLOW}\n- uses: ./.github/actions/setup`),
      '.github/actions/setup/action.yml':
        'name: setup\nruns:\n  using: composite\n  steps:\n    - shell: bash\n      run: pnpm install -F ./packages/**\n',
    },
    rule: 'install-filter',
    line: 'run: pnpm install -F ./packages/**',
    message: 'pnpm installs only a part of the workspace here (a filter).',
  },
  {
    title: 'a filter in a Makefile that a step calls',
    files: {
      ...steps('- run: make -C build ci'),
      'build/Makefile':
        '.PHONY: ci\nci: deps\n\tpnpm test\n\ndeps:\n\t@pnpm install --filter ./packages/** \\\n\t  --prod\n',
    },
    rule: 'install-filter',
    line: '@pnpm install --filter ./packages/** \\',
    message: 'pnpm installs only a part of the workspace here (a filter).',
  },
  {
    title: 'no frozen lockfile, in a script of package.json',
    files: {
      ...steps('- run: npm run bootstrap'),
      ...LOCKED,
      'package.json':
        '{\n  "name": "root",\n  "scripts": {\n    "bootstrap": "cd web && pnpm i --no-frozen-lockfile"\n  }\n}\n',
    },
    rule: 'install-lockfile',
    line: '"bootstrap": "cd web && pnpm i --no-frozen-lockfile"',
    message: 'pnpm may change the lockfile here: `--no-frozen-lockfile`.',
  },
  {
    title: 'a second try without the lockfile',
    files: {
      ...steps('- run: pnpm install --frozen-lockfile || pnpm install --no-frozen-lockfile'),
      ...LOCKED,
    },
    rule: 'install-lockfile',
    line: '|| pnpm install --no-frozen-lockfile',
    message: 'pnpm may change the lockfile here: `--no-frozen-lockfile`.',
  },
  {
    title: 'npm install where npm ci could be',
    files: {
      ...steps('- run: npm install\n  working-directory: web'),
      'web/package-lock.json': '{}',
    },
    rule: 'install-lockfile',
    line: '- run: npm install',
    message: '`npm install` may install other versions than web/package-lock.json says.',
  },
];

const VERSIONS: readonly Planted[] = [
  {
    title: 'go get below v2 alone',
    steps: run(
      'MAJOR="${VERSION%%.*}"\nif [ "$MAJOR" -gt 1 ]; then\n  echo "skip go get"\nelse\n  go get github.com/acme/sdk-go@v$VERSION\nfi',
    ),
    rule: 'go-get-by-major',
    line: 'go get github.com/acme/sdk-go@v$VERSION',
    message: '`go get` runs only for some major versions.',
  },
  {
    title: 'a guard before go get that leaves the script',
    steps: run(
      'if [ "$MAJOR" -gt 1 ]; then\n  echo "::notice::major > 1, skipping go get"\n  exit 0\nfi\ngo get "$MODULE@$TAG"',
    ),
    rule: 'go-get-by-major',
    line: 'go get "$MODULE@$TAG"',
    message: '`go get` runs only for some major versions.',
  },
  {
    title: 'a step for some majors',
    steps: '- if: env.MAJOR < 2\n  run: go mod download github.com/acme/sdk-go@latest',
    rule: 'go-get-by-major',
    line: '- if: env.MAJOR < 2',
    message: '`go mod download` runs only for some major versions.',
  },
  {
    title: 'a version made PEP 440 by sed',
    steps: run('PYPI_VERSION=$(echo "$NPM" | sed \'s/-dev\\./.dev/; s/+g/+git./\')'),
    rule: 'python-version-rewritten',
    line: "| sed 's/-dev",
    message: 'The script rewrites a version for PEP 440.',
  },
  {
    title: 'a version made PEP 440 by tr',
    steps: run("PY_VERSION=$(echo \"$RAW_VERSION\" | tr '-' '.')"),
    rule: 'python-version-rewritten',
    line: "| tr '-' '.'",
    message: 'The script rewrites a version for PEP 440.',
  },
  {
    title: 'a version made PEP 440 by Python',
    steps: run(
      "python3 -c \"import os; v = os.environ['VERSION']; print(v.replace('-rc.', 'rc'))\"",
    ),
    rule: 'python-version-rewritten',
    line: 'python3 -c',
    message: 'The script rewrites a version for PEP 440.',
  },
  {
    title: 'a version written into pyproject.toml by sed',
    steps: run(
      'sed -i "s/^version = .*/version = \\"$PYPI_VERSION\\"/" packages/py/pyproject.toml',
    ),
    rule: 'python-version-rewritten',
    line: 'sed -i',
    message: 'The script writes a version into a Python project.',
  },
  {
    title: 'a version written into pyproject.toml by Python',
    steps: run(
      "python - <<'EOF'\nimport toml\ndata = toml.load('pyproject.toml')\ndata['project']['version'] = '1.2.3'\nEOF",
    ),
    rule: 'python-version-rewritten',
    line: 'python - <<',
    message: 'The script writes a version into a Python project.',
  },
  {
    title: 'a version of base, date and commit',
    steps: run(
      'BASE=$(jq -r .version package.json)\nSHA=$(git rev-parse --short HEAD)\nVERSION="$BASE-dev.$(date -u +%Y%m%d)+g$SHA"',
    ),
    rule: 'version-by-hand',
    line: 'VERSION="$BASE-dev.',
    message: '`VERSION` is a version that the script makes from `date`.',
  },
  {
    title: 'a version as an output of the step',
    steps: run(
      'short=$(git rev-parse --short HEAD)\necho "version=0.1.0-dev.$short" >> "$GITHUB_OUTPUT"',
    ),
    rule: 'version-by-hand',
    line: 'echo "version=0.1.0-dev.$short"',
    message: '`version` is a version that the script makes from `git rev-parse --short`.',
  },
  {
    title: 'the suffix of a manifest’s version',
    steps: run(
      'current=$(node -p "require(\'./package.json\').version")\nNEXT_VERSION="${current}-nightly"',
    ),
    rule: 'version-by-hand',
    line: 'NEXT_VERSION=',
    message: '`NEXT_VERSION` is a version that the script makes from the version in the manifest.',
  },
  {
    title: 'npm version in a shell script',
    files: {
      ...steps('- run: ./scripts/nightly.sh'),
      'scripts/nightly.sh':
        '#!/usr/bin/env bash\nset -e\nnpm version --no-git-tag-version "0.0.0-$STAMP"\n',
    },
    rule: 'version-by-hand',
    line: 'npm version --no-git-tag-version',
    message: '`npm version` sets a version by hand.',
  },
  {
    title: 'a version of the run’s number in an environment',
    steps: '- run: make image\n  env:\n    IMAGE_VERSION: 1.4.${{ github.run_number }}',
    rule: 'version-by-hand',
    line: 'IMAGE_VERSION: 1.4.',
    message: '`IMAGE_VERSION` is a version made from the run number.',
  },
  {
    title: 'jq that writes a version',
    steps: run('jq --arg v "$V" \'.version = $v\' package.json > tmp && mv tmp package.json'),
    rule: 'version-by-hand',
    line: "'.version = $v'",
    message: '`jq .version =` sets a version by hand.',
  },
  {
    title: 'poetry version',
    steps: '- run: poetry version "$NEW"',
    rule: 'version-by-hand',
    line: 'poetry version',
    message: '`poetry version` sets a version by hand.',
  },
];

const beside = (
  command: string,
  message = `\`${command.split(' ').slice(0, 2).join(' ')}\` publishes beside \`ameide-release\`.`,
): Planted => ({
  title: command,
  steps: `- run: ${command}`,
  rule: 'publish-beside',
  line: `- run: ${command}`,
  message,
});

const PUBLISHES: readonly Planted[] = [
  beside('npm publish --access public'),
  beside('pnpm -r publish --no-git-checks', '`pnpm publish` publishes beside `ameide-release`.'),
  beside('yarn npm publish', '`yarn npm publish` publishes beside `ameide-release`.'),
  beside('pnpm changeset publish', '`changeset publish` publishes beside `ameide-release`.'),
  beside('python -m twine upload dist/*', '`twine upload` publishes beside `ameide-release`.'),
  beside('uv publish'),
  beside('pnpm nx release --yes', '`nx release` publishes beside `ameide-release`.'),
  beside(
    'docker buildx bake --push',
    '`docker buildx bake --push` publishes beside `ameide-release`.',
  ),
  beside('poetry publish --build'),
  beside('docker push ghcr.io/acme/sdk:dev'),
  beside('crane push image.tar ghcr.io/acme/sdk:dev'),
  beside("bash -c 'npm publish'", '`npm publish` publishes beside `ameide-release`.'),
  beside('cosign sign --yes ghcr.io/acme/sdk:1.2.3', '`cosign sign` signs by a tag.'),
  {
    title: 'lerna publish',
    steps: `${FULL}\n- run: npx lerna@8 publish from-package --yes`,
    rule: 'publish-beside',
    line: 'npx lerna@8 publish',
    message: '`lerna publish` publishes beside `ameide-release`.',
  },
  {
    title: 'the action of PyPI',
    steps: '- uses: pypa/gh-action-pypi-publish@cef221092ed1bacb1cc03d23a2d87d1d172e277b',
    rule: 'publish-beside',
    line: 'pypa/gh-action-pypi-publish',
    message: '`pypa/gh-action-pypi-publish` publishes beside `ameide-release`.',
  },
  {
    title: 'an error of a publish that is ignored',
    steps: '- run: ameide-release publish --from built || true',
    files: {
      [WORKFLOW]: workflow(`${FULL}\n- run: ameide-release publish --from built || true`),
    },
    rule: 'publish-error-ignored',
    line: '|| true',
    message: 'A failure of `ameide-release publish --from built` is ignored: `|| true`.',
  },
  {
    title: 'a publish that may fail',
    steps: `${FULL}\n- run: pnpm exec ameide-release publish\n  continue-on-error: true`,
    rule: 'publish-error-ignored',
    line: 'continue-on-error: true',
    message: 'The job goes on as if it had published when this step fails.',
  },
  {
    title: 'a missing repository that skips the sync',
    steps: run(
      'if ! gh repo view acme/sdk-go >/dev/null 2>&1; then\n  echo "mirror missing, skip"\n  exit 0\nfi\ngit push mirror HEAD:main',
    ),
    rule: 'publish-skipped',
    line: 'if ! gh repo view',
    message: '`git push mirror HEAD:main` is silently skipped when a repository is missing.',
  },
  {
    title: 'a missing repository, in one line',
    steps: run('git ls-remote "$MIRROR" >/dev/null || exit 0\ngit push "$MIRROR" HEAD:main'),
    rule: 'publish-skipped',
    line: 'git ls-remote "$MIRROR"',
    message: '`git push "$MIRROR" HEAD:main` is silently skipped when a repository is missing.',
  },
  {
    title: 'a step that asks for the repository',
    steps: `- id: mirror
  run: |
    if git ls-remote "$MIRROR"; then
      echo "exists=true" >> "$GITHUB_OUTPUT"
    else
      echo "exists=false" >> "$GITHUB_OUTPUT"
    fi
- if: steps.mirror.outputs.exists == 'true'
  run: git push "$MIRROR" HEAD:main`,
    rule: 'publish-skipped',
    line: "- if: steps.mirror.outputs.exists == 'true'",
    message:
      'This step publishes only where a repository is there, and is silently skipped otherwise.',
  },
  {
    title: 'a job that asks another one for the repository',
    files: {
      [WORKFLOW]: `${workflow('- run: git push "$MIRROR" HEAD:main', { job: "needs: [ask]\nif: needs.ask.outputs.exists == 'true'" })}  ask:
    runs-on: ubuntu-24.04
    permissions: {}
    outputs:
      exists: \${{ steps.mirror.outputs.exists }}
    steps:
      - id: mirror
        run: gh repo view acme/sdk-go && echo "exists=true" >> "$GITHUB_OUTPUT" || echo "exists=false" >> "$GITHUB_OUTPUT"
`,
    },
    rule: 'publish-skipped',
    line: "if: needs.ask.outputs.exists == 'true'",
    message:
      'The job work publishes only where a repository is there, and is silently skipped otherwise.',
  },
  {
    title: 'a step without a token',
    steps: `${FULL}
- if: \${{ env.NPM_TOKEN != '' }}
  run: ameide-release publish
  env:
    NPM_TOKEN: \${{ secrets.NPM_TOKEN }}`,
    rule: 'publish-skipped',
    line: "- if: ${{ env.NPM_TOKEN != '' }}",
    message: 'This step publishes only where a token is there, and is silently skipped otherwise.',
  },
  {
    title: 'a publishing workflow without concurrency',
    files: { [WORKFLOW]: workflow(`${FULL}\n- run: ameide-release publish`, { top: '' }) },
    rule: 'publish-concurrency',
    line: 'work:',
    message: 'Two runs of this workflow can publish at once (work).',
  },
  {
    title: 'a publish that a newer run cancels',
    files: {
      [WORKFLOW]: workflow(`${FULL}\n- run: ameide-release publish`, {
        top: 'concurrency:\n  group: publish\n  cancel-in-progress: true',
      }),
    },
    rule: 'publish-concurrency',
    line: 'cancel-in-progress: true',
    message: 'The job work publishes, and a newer run cancels it in the middle.',
  },
  {
    title: 'a publish for pull requests of strangers',
    files: {
      [WORKFLOW]: workflow(`${FULL}\n- run: ameide-release publish`, {
        on: '[push, pull_request_target]',
      }),
    },
    rule: 'publish-on-pull-request-target',
    line: 'on: [push, pull_request_target]',
    message:
      'The job work publishes, and `pull_request_target` starts it for anybody’s pull request.',
  },
  {
    title: 'an image without labels',
    files: {
      [WORKFLOW]: workflow(
        '- uses: docker/build-push-action@53b7df96c91f9c12dcc8a07bcb9ccacbed38856a\n  with:\n    push: true\n    tags: ghcr.io/acme/web:dev',
      ),
    },
    rule: 'image-labels',
    line: 'docker/build-push-action',
    message: 'The image is pushed without labels.',
  },
  {
    title: 'an image that a script builds without labels',
    steps: run('docker build -t "$IMAGE" .\ndocker push "$IMAGE"'),
    rule: 'image-labels',
    line: 'docker build -t "$IMAGE" .',
    message: 'The image is built without labels, and pushed.',
  },
];

const SECURITY: readonly Planted[] = [
  {
    title: 'a shallow checkout for ours',
    steps: `${SHALLOW}\n- run: pnpm exec ameide-release version --github-output`,
    rule: 'checkout-shallow',
    line: `- uses: ${CHECKOUT}`,
    message:
      'The checkout fetches one commit, and `ameide-release` in the same job needs the history and the tags.',
  },
  {
    title: 'some commits for git describe, in a script that is called',
    files: {
      [WORKFLOW]: workflow(
        `- uses: ${CHECKOUT}\n  with:\n    persist-credentials: false\n    fetch-depth: 10\n- run: bash ci/notes.sh`,
      ),
      'ci/notes.sh': 'git log "$(git describe --tags --abbrev=0)..HEAD"\n',
    },
    rule: 'checkout-shallow',
    line: `- uses: ${CHECKOUT}`,
    message:
      'The checkout fetches 10 commits, and `git describe` in the same job needs the history and the tags.',
  },
  {
    title: 'one commit for ours, in an action of the repository',
    files: {
      [WORKFLOW]: workflow(`${SHALLOW}\n- uses: ./.github/actions/version`),
      '.github/actions/version/action.yml':
        'runs:\n  using: composite\n  steps:\n    - shell: bash\n      run: ameide-release version\n',
    },
    rule: 'checkout-shallow',
    line: `- uses: ${CHECKOUT}`,
    message:
      'The checkout fetches one commit, and `ameide-release` in the same job needs the history and the tags.',
  },
  {
    title: 'credentials in a job with a secret',
    steps: `- uses: ${CHECKOUT}\n- run: ./test.sh\n  env:\n    KEY: \${{ secrets.KEY }}`,
    rule: 'checkout-credentials',
    line: `- uses: ${CHECKOUT}`,
    message:
      'The checkout leaves the job’s token in the folder, where every later step can read it.',
  },
  {
    title: 'an action by a tag',
    steps: '- uses: actions/setup-node@v6',
    rule: 'action-unpinned',
    line: '- uses: actions/setup-node@v6',
    message: 'actions/setup-node@v6 is a tag or a branch, which can be moved.',
  },
  {
    title: 'a short commit',
    steps: '- uses: actions/setup-node@8207627',
    rule: 'action-unpinned',
    line: '- uses: actions/setup-node@8207627',
    message: 'actions/setup-node@8207627 is a tag or a branch, which can be moved.',
  },
  {
    title: 'an image by a tag',
    steps: '- uses: docker://alpine:3.22',
    rule: 'action-unpinned',
    line: '- uses: docker://alpine:3.22',
    message: 'The image alpine:3.22 can change under its tag.',
  },
  {
    title: 'a reusable workflow of another repository',
    files: {
      [WORKFLOW]:
        'on: push\npermissions:\n  contents: read\njobs:\n  test:\n    uses: acme/ci/.github/workflows/test.yml@main\n',
    },
    rule: 'action-unpinned',
    line: 'uses: acme/ci/.github/workflows/test.yml@main',
    message: 'acme/ci/.github/workflows/test.yml@main is a tag or a branch, which can be moved.',
  },
  {
    title: 'no permissions',
    files: {
      [WORKFLOW]:
        'on: push\njobs:\n  test:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: npm test\n',
    },
    rule: 'permissions-missing',
    line: 'test:',
    message: 'The job test does not say which permissions its token has.',
  },
  {
    title: 'all permissions',
    files: {
      [WORKFLOW]:
        'on: push\npermissions: write-all\njobs:\n  test:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: npm test\n',
    },
    rule: 'permissions-wide',
    line: 'permissions: write-all',
    message: 'The token may write everything (`write-all`).',
  },
  {
    title: 'permissions for every job',
    files: {
      [WORKFLOW]:
        'on: push\npermissions:\n  contents: read\n  packages: write\njobs:\n  test:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: npm test\n  other:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: npm test\n',
    },
    rule: 'permissions-wide',
    line: 'packages: write',
    message: 'Every job of the workflow gets `packages: write`.',
  },
  {
    title: 'an identity for tests',
    files: {
      [WORKFLOW]:
        'on: push\npermissions: {}\njobs:\n  test:\n    runs-on: ubuntu-24.04\n    permissions:\n      contents: read\n      id-token: write\n    steps:\n      - run: go test ./...\n',
    },
    rule: 'permissions-wide',
    line: 'id-token: write',
    message:
      'The job test may use `id-token: write`, but nothing in it signs, publishes or logs in with its identity.',
  },
  {
    title: 'a token that may push for tests',
    files: {
      'package.json': '{ "scripts": { "test": "vitest run" } }',
      [WORKFLOW]:
        'on: push\npermissions: {}\njobs:\n  test:\n    runs-on: ubuntu-24.04\n    permissions:\n      contents: write\n    steps:\n      - run: npm test\n',
    },
    rule: 'permissions-wide',
    line: 'contents: write',
    message:
      'The job test may use `contents: write`, but nothing in it pushes a commit or a tag, or writes a release.',
  },
  {
    title: 'a secret for the whole job',
    files: {
      [WORKFLOW]: workflow('- run: npm ci\n- run: npm test', {
        job: 'env:\n  NPM_TOKEN: ${{ secrets.NPM_TOKEN }}',
      }),
    },
    rule: 'secret-scope',
    line: 'NPM_TOKEN: ${{ secrets.NPM_TOKEN }}',
    message: 'Every step of the job work can read the secret NPM_TOKEN, as `NPM_TOKEN`.',
  },
  {
    title: 'a secret for the whole workflow',
    files: {
      [WORKFLOW]: workflow('- run: npm ci', { top: 'env:\n  TOKEN: ${{ secrets.PYPI_TOKEN }}' }),
    },
    rule: 'secret-scope',
    line: 'TOKEN: ${{ secrets.PYPI_TOKEN }}',
    message: 'Every job of the workflow can read the secret PYPI_TOKEN, as `TOKEN`.',
  },
  {
    title: 'a secret in a script',
    steps: run('echo //registry.npmjs.org/:_authToken=${{ secrets.NPM_TOKEN }} > ~/.npmrc'),
    rule: 'secret-in-script',
    line: '_authToken=${{ secrets.NPM_TOKEN }}',
    message: 'The script contains the secret NPM_TOKEN itself.',
  },
  {
    title: 'a title in a script',
    steps: '- run: echo "${{ github.event.pull_request.title }}"',
    rule: 'untrusted-text-in-script',
    line: 'github.event.pull_request.title',
    message:
      '`github.event.pull_request.title` becomes part of the script, and others choose its text.',
  },
  {
    title: 'an input of a workflow in a script',
    files: {
      [WORKFLOW]: workflow('- run: echo "${{ inputs.name }}"', {
        on: '{ workflow_dispatch: { inputs: { name: {} } } }',
      }),
    },
    rule: 'untrusted-text-in-script',
    line: 'inputs.name',
    message: '`inputs.name` becomes part of the script, and whoever starts it chooses its text.',
  },
  {
    title: 'a publish in a workflow that a program writes',
    files: {
      [WORKFLOW]: `# ~~ Generated by projen. To modify, edit .projenrc.js.\n${workflow('- uses: actions/setup-node@v6\n- run: npm publish')}`,
    },
    rule: 'publish-beside',
    line: 'npm publish',
    message: '`npm publish` publishes beside `ameide-release`.',
  },
  {
    title: 'an empty workflow',
    files: { [WORKFLOW]: '\n' },
    rule: 'workflow-readable',
    line: '',
    message: 'The file contains no workflow.',
  },
  {
    title: 'a branch in a script of github-script',
    steps:
      '- uses: actions/github-script@3a2844b7e9c422d3c10d287c895573f7108da1b3\n  with:\n    script: |\n      const branch = "${{ github.head_ref }}";',
    rule: 'untrusted-text-in-script',
    line: 'const branch = "${{ github.head_ref }}";',
    message: '`github.head_ref` becomes part of the script, and others choose its text.',
  },
  {
    title: 'a file that is no YAML',
    files: { [WORKFLOW]: 'on: push\njobs:\n  test: [\n' },
    rule: 'workflow-readable',
    line: '',
    message: 'The file is not valid YAML:',
  },
];

export const PLANTED: readonly PlantedCase[] = [
  ...INSTALLS,
  ...VERSIONS,
  ...PUBLISHES,
  ...SECURITY,
].map(({ files, steps: some, ...rest }) => ({ ...rest, files: files ?? steps(some ?? '') }));
