import type { Plant } from '../plants.ts';
import { CHECKOUT, workflow } from './ask.ts';

const PUBLISH = '.github/workflows/publish-packages.yml';
const HISTORY = `    steps:
      - name: Check out the commit, with history and tags
        uses: ${CHECKOUT} # v7.0.1
        with:
          fetch-depth: 0
`;
const file = (name: string): string => `.github/workflows/${name}.yml`;
const run = (script: string): string => workflow(`- run: |\n${script.replaceAll(/^/gm, '    ')}`);

/** Problems of workflows, and of the scripts that they call, that are planted into the example. */
export const WORKFLOW_PLANTS: readonly Plant[] = [
  {
    title: 'a shallow checkout where versions are computed',
    edits: {
      [PUBLISH]: [
        [
          `GO_RELEASE_TAG }}\n${HISTORY}`,
          `GO_RELEASE_TAG }}\n${HISTORY.replace('fetch-depth: 0', 'fetch-depth: 1')}`,
        ],
      ],
    },
    finds: [`checkout-shallow ${PUBLISH}:51`],
    fixes: 'restores',
  },
  {
    title: 'credentials that stay in the checkout of the job that publishes',
    edits: {
      [PUBLISH]: [
        [
          `and to PyPI.\n${HISTORY}          persist-credentials: false\n`,
          `and to PyPI.\n${HISTORY}`,
        ],
      ],
    },
    finds: [`checkout-credentials ${PUBLISH}:175`],
    fixes: [PUBLISH],
  },
  {
    title: 'a publish that may fail',
    edits: {
      [PUBLISH]: [
        [
          '- name: Publish, first what nobody sees before the promotion\n',
          '- name: Publish, first what nobody sees before the promotion\n        continue-on-error: true\n',
        ],
      ],
    },
    finds: [`publish-error-ignored ${PUBLISH}:197`],
  },
  {
    title: 'a promotion whose failure is ignored',
    edits: {
      [PUBLISH]: [['-C "$GITHUB_WORKSPACE" promote', '-C "$GITHUB_WORKSPACE" promote || true']],
    },
    finds: [`publish-error-ignored ${PUBLISH}:233`],
  },
  {
    title: 'a promotion that is skipped without a token',
    edits: {
      [PUBLISH]: [
        [
          '- name: Read everything back, then move the pointers\n',
          "- name: Read everything back, then move the pointers\n        if: env.NPM_TOKEN != ''\n",
        ],
      ],
    },
    finds: [`publish-skipped ${PUBLISH}:232`],
  },
  {
    title: 'runs that cancel each other',
    edits: { [PUBLISH]: [['cancel-in-progress: false', 'cancel-in-progress: true']] },
    finds: [`publish-concurrency ${PUBLISH}:20`],
  },
  {
    title: 'packages that the build may write',
    edits: {
      [PUBLISH]: [
        [
          'name: Build, without a token\n    needs: [version]\n    runs-on: ubuntu-24.04\n    timeout-minutes: 30\n    permissions:\n',
          'name: Build, without a token\n    needs: [version]\n    runs-on: ubuntu-24.04\n    timeout-minutes: 30\n    permissions:\n      packages: write\n',
        ],
      ],
    },
    finds: [`permissions-wide ${PUBLISH}:123`],
  },
  {
    title: 'a secret for all tests',
    edits: {
      [PUBLISH]: [['  test:\n', '  test:\n    env:\n      NPM_TOKEN: ${{ secrets.NPM_TOKEN }}\n']],
    },
    finds: [`secret-scope ${PUBLISH}:72`],
  },
  {
    title: 'a secret in a script',
    edits: {
      [PUBLISH]: [
        [
          'run: pnpm exec ameide-release build',
          'run: NPM_TOKEN=${{ secrets.NPM_TOKEN }} pnpm exec ameide-release build',
        ],
      ],
    },
    finds: [`secret-in-script ${PUBLISH}:151`],
  },
  {
    title: 'the name of a branch in a script',
    edits: {
      [PUBLISH]: [
        ['unittest discover tests', 'unittest discover tests -k "${{ github.head_ref }}"'],
      ],
    },
    finds: [`untrusted-text-in-script ${PUBLISH}:113`],
  },
  {
    title: 'a publish for pull requests of strangers',
    adds: {
      [file('previews')]: workflow(
        `- uses: ${CHECKOUT}\n  with: { fetch-depth: 0, persist-credentials: false }\n- run: ameide-release publish`,
        { on: 'pull_request_target' },
      ),
    },
    finds: [`publish-on-pull-request-target ${file('previews')}:2`],
  },
  {
    title: 'an image without labels',
    adds: {
      [file('images')]: workflow(
        '- uses: docker/build-push-action@53b7df96c91f9c12dcc8a07bcb9ccacbed38856a\n  with:\n    context: services/www_ameide\n    push: true\n    tags: ghcr.io/ameideio/www-ameide:${{ github.sha }}',
      ),
    },
    finds: [`image-labels ${file('images')}:12`],
  },
  {
    title: 'an image of the definition that is pushed by hand',
    adds: {
      [file('push-image')]: workflow('- run: docker push ghcr.io/ameideio/ameide-sdk-ts:dev'),
    },
    finds: [`publish-beside ${file('push-image')}:12`],
  },
  {
    title: 'an upload in a Makefile that a workflow calls',
    adds: {
      [file('python')]: workflow('- run: make -C packages/ameide_sdk_python upload'),
      'packages/ameide_sdk_python/Makefile':
        'upload: build\n\ttwine upload dist/*\n\nbuild:\n\tuv build\n',
    },
    finds: ['publish-beside packages/ameide_sdk_python/Makefile:2'],
  },
  {
    title: 'a tag that a script makes',
    adds: { [file('tag')]: run('git tag "v$VERSION"\ngit push origin main') },
    finds: [`publish-beside ${file('tag')}:13`],
  },
  {
    title: 'a sync that is skipped without the mirror',
    adds: {
      [file('sync')]: run(
        'if ! gh repo view ameideio/ameide-sdk-go > /dev/null; then\n  echo "no mirror, skip"\n  exit 0\nfi\ngit push https://github.com/ameideio/ameide-sdk-go HEAD:main',
      ),
    },
    finds: [`publish-skipped ${file('sync')}:13`],
  },
  {
    title: 'an install that may change the lockfile, in a shell script',
    adds: {
      [file('nightly')]: workflow('- run: bash scripts/nightly.sh'),
      'scripts/nightly.sh': '#!/usr/bin/env bash\npnpm install \\\n  --no-frozen-lockfile\n',
    },
    finds: ['install-lockfile scripts/nightly.sh:3'],
    fixes: [file('nightly'), 'scripts/nightly.sh'],
  },
  {
    title: 'a version of the clock and the commit',
    adds: {
      [file('snapshot')]: run(
        'SHA=$(git rev-parse --short HEAD)\nNPM_VERSION="0.1.0-dev.$(date +%Y%m%d)+g$SHA"\necho "$NPM_VERSION"',
      ),
    },
    finds: [`version-by-hand ${file('snapshot')}:14`],
  },
  {
    title: 'a version made PEP 440 by sed',
    adds: {
      [file('pep440')]: run(
        'PYPI_VERSION=$(echo "$NPM_VERSION" | sed \'s/-dev\\./.dev/\')\necho "$PYPI_VERSION"',
      ),
    },
    finds: [`python-version-rewritten ${file('pep440')}:13`],
  },
  {
    title: 'an action by its branch, in a composite action',
    adds: {
      '.github/actions/setup/action.yml':
        'name: setup\nruns:\n  using: composite\n  steps:\n    - uses: actions/setup-go@main\n',
    },
    finds: ['action-unpinned .github/actions/setup/action.yml:5'],
  },
  {
    title: 'a workflow that says nothing of permissions',
    adds: {
      [file('lint')]:
        'on: push\njobs:\n  lint:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: pnpm lint\n',
    },
    finds: [`permissions-missing ${file('lint')}:3`],
  },
  {
    title: 'a workflow that is no YAML',
    adds: { [file('broken')]: 'on: push\njobs:\n  lint: [\n' },
    finds: [`workflow-readable ${file('broken')}:4`],
  },
];
