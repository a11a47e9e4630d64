import { expect, test } from 'vitest';
import { ask, CHECKOUT, type Files, WORKFLOW, workflow } from './ask.ts';

const run = (script: string): string => `- run: |\n${script.replaceAll(/^/gm, '    ')}`;
const of = (steps: string): Files => ({ [WORKFLOW]: workflow(steps) });
const FULL = `- uses: ${CHECKOUT}\n  with:\n    fetch-depth: 0\n    persist-credentials: false`;

/** What looks like a problem and is none. */
const CLEAN: readonly (readonly [title: string, files: Files])[] = [
  ['an install from the lockfile', of('- run: pnpm install --frozen-lockfile')],
  ['a filter of a build', of("- run: pnpm --filter './packages/**' run build")],
  ['a filter that a comment names', of(run('# pnpm install --filter ./packages/**\npnpm install'))],
  ['an install that echo prints', of('- run: echo "pnpm install --no-frozen-lockfile"')],
  [
    'an install in a heredoc',
    of(run("cat > README.md <<'EOF'\nnpm publish\npnpm install --filter x\nEOF")),
  ],
  [
    'npm install of a tool',
    of('- run: npm install --global corepack\n- run: npm install left-pad --no-save'),
  ],
  ['npm install without a lockfile', of('- run: npm install')],
  [
    'a job that makes a new lockfile, and commits it',
    of(run('pnpm install --no-frozen-lockfile\ngit commit -am "lockfile"')),
  ],
  [
    'a script that nobody calls',
    {
      ...of('- run: make test'),
      Makefile: 'test:\n\tgo test ./...\nrelease:\n\tnpm publish\n\tnpm version patch\n',
      'scripts/old.sh': 'npm publish\n',
    },
  ],
  ['go get for everybody', of(run('if [ -n "$DEBUG" ]; then set -x; fi\ngo get ./...'))],
  [
    'a Python version of setup-python',
    of(run('sed -i "s/python3.12/python3.13/" tox.ini\necho "$PYTHON" | tr -d \'.\'')),
  ],
  ['a sed for another field', of('- run: sed -i \'s/^name = .*/name = "x"/\' pyproject.toml')],
  ['a date in a cache key', of(run('echo "month=$(date +%Y-%m)" >> "$GITHUB_OUTPUT"'))],
  ['a short commit in a message', of(run('git log -1 "$(git rev-parse --short HEAD)"'))],
  ['the last tag', of(`${FULL}\n${run('LAST_TAG=$(git describe --tags --abbrev=0)')}`)],
  [
    'a version that is only read',
    of(run('VERSION=$(jq -r .version package.json)\nnpm version\npoetry version --short')),
  ],
  [
    'the version of a tool',
    of(
      run('NODE_VERSION=$(date +%Y)\nNPM_CLI_VERSION="$(git describe)"').replace(
        'git describe',
        'npm --version',
      ),
    ),
  ],
  ['a rehearsal', of('- run: npm publish --dry-run')],
  ['a package for one job', of('- run: npm pack')],
  ['a push of a branch', of('- run: git push origin HEAD:gh-pages')],
  ['a list of tags', of("- run: git tag --list 'v*'")],
  ['a signature of a digest', of('- run: cosign sign --yes "ghcr.io/acme/sdk@${DIGEST}"')],
  [
    'a test that may fail',
    of('- run: npm test\n  continue-on-error: true\n- run: npm run lint || true'),
  ],
  [
    'a publish that fails with words',
    of(`${FULL}\n${run('ameide-release publish || { echo failed; exit 1; }')}`),
  ],
  [
    'a publish for a tag',
    of(`${FULL}\n- if: startsWith(github.ref, 'refs/tags/')\n  run: ameide-release publish`),
  ],
  [
    'a question to GitHub that skips no publish',
    of(
      run(
        'if gh api "repos/$REPO/pulls/1/files" | grep -q docs; then exit 0; fi\necho "::error::no docs"',
      ),
    ),
  ],
  ['a token that a test needs', of(run('if [ -z "$TEST_TOKEN" ]; then exit 0; fi\nnpm test'))],
  ['a shallow checkout of a job that tests', of(`- uses: ${CHECKOUT}\n- run: npm test`)],
  [
    'a checkout that fetches the rest',
    of(
      `- uses: ${CHECKOUT}\n  with:\n    persist-credentials: false\n${run('git fetch --unshallow --tags\nameide-release version')}`,
    ),
  ],
  [
    'a checkout of another repository',
    of(
      `${FULL}\n- uses: ${CHECKOUT}\n  with:\n    repository: acme/docs\n- run: ameide-release plan`,
    ),
  ],
  [
    'credentials that a push needs',
    {
      [WORKFLOW]: workflow(`- uses: ${CHECKOUT}\n- run: git push`).replace(
        'contents: read',
        'contents: write',
      ),
    },
  ],
  [
    'credentials that somebody wants',
    of(
      `- uses: ${CHECKOUT}\n  with:\n    persist-credentials: true\n- run: ./x.sh\n  env:\n    KEY: \${{ secrets.KEY }}`,
    ),
  ],
  [
    'actions of the same repository, by both names',
    {
      [WORKFLOW]: workflow('- uses: ./.github/actions/a\n- uses: $/.github/actions/a'),
      '.github/actions/a/action.yml':
        'runs:\n  using: composite\n  steps:\n    - shell: bash\n      run: "true"\n',
    },
  ],
  ['an image by its digest', of(`- uses: docker://alpine@sha256:${'a'.repeat(64)}`)],
  [
    'what zizmor was told to ignore',
    of('- uses: actions/setup-node@v6 # zizmor: ignore[unpinned-uses] ours'),
  ],
  [
    'an identity for a job that signs',
    {
      [WORKFLOW]: workflow('- run: cosign sign-blob file').replace(
        'contents: read',
        'id-token: write',
      ),
    },
  ],
  [
    'an identity for a program that nobody knows',
    {
      [WORKFLOW]: workflow('- run: node scripts/release.js').replace(
        'contents: read',
        'id-token: write',
      ),
    },
  ],
  ['a secret for a step', of('- run: ./x.sh\n  env:\n    KEY: ${{ secrets.KEY }}')],
  [
    'whether a secret is there',
    {
      [WORKFLOW]: workflow('- run: a\n- run: b', {
        job: "env:\n  HAS_KEY: ${{ secrets.KEY != '' }}",
      }),
    },
  ],
  [
    'a number and a hash in a script',
    of(
      '- run: echo ${{ github.event.pull_request.number }} ${{ github.event.pull_request.head.sha }}',
    ),
  ],
  [
    'a title that is only compared',
    of("- run: echo ${{ contains(github.event.pull_request.title, 'wip') && 'draft' || 'ready' }}"),
  ],
  [
    'a title in the environment',
    of('- run: echo "$TITLE"\n  env:\n    TITLE: ${{ github.event.pull_request.title }}'),
  ],
  [
    'an input of some choices',
    {
      [WORKFLOW]: workflow('- run: make ${{ inputs.target }} ${{ inputs.debug }}', {
        on: '{ workflow_dispatch: { inputs: { target: { type: choice, options: [a, b] }, debug: { type: boolean } } } }',
      }),
    },
  ],
  [
    'an image that is not pushed',
    of(
      '- uses: docker/build-push-action@53b7df96c91f9c12dcc8a07bcb9ccacbed38856a\n  with:\n    push: false\n- run: docker build -t test .',
    ),
  ],
  [
    'a workflow that others call',
    {
      [WORKFLOW]: workflow(`${FULL}\n- run: ameide-release publish`, {
        on: 'workflow_call',
        top: '',
      }),
    },
  ],
  [
    'the tag that is there',
    of(
      `${FULL}\n${run('NEW_TAG=$(git describe --tags --exact-match HEAD)\nNEW_VERSION="${NEW_TAG#v}"')}`,
    ),
  ],
  ['a sed in a text', of(run('sed -i \'s/version: "next"/version: "1"/\' docs/rules.md'))],
  ['a sed of names', of("- run: sed 's/-dev/.dev/' hosts.txt")],
  ['a branch that is only asked for', of("- run: echo ${{ github.head_ref && 'a' || 'b' }}")],
  [
    'a publish that those events do not start',
    {
      [WORKFLOW]: workflow(`${FULL}\n- run: ameide-release publish`, {
        on: '[push, pull_request_target]',
        job: "if: github.event_name == 'push' && github.ref == 'refs/heads/main'",
      }),
    },
  ],
  [
    'a requirement that a script writes',
    of(
      run(
        'sed -i "s/\\($NAME>=\\)[0-9.]*/\\1$ESCAPED_VERSION/" pyproject.toml\nsed -i "s/acme==.*/acme==$VERSION/" setup.py',
      ),
    ),
  ],
  [
    'a dependency that a script writes',
    of(run('sed -i \'s/"react": ".*"/"react": "$VERSION"/\' package.json')),
  ],
  [
    'the tag of an image for a test',
    of(
      run(
        'image_tag=sha-$(git rev-parse --short HEAD)\ndocker build -t "app:$image_tag" .\nkind load docker-image "app:$image_tag"',
      ),
    ),
  ],
  ['a workflow that is commented out', { [WORKFLOW]: '# name: ci\n#on: push\n\n# jobs:\n' }],
  [
    'what a program writes',
    {
      [WORKFLOW]: `# This file was automatically generated by gh-aw. DO NOT EDIT.\n${workflow('- uses: actions/setup-node@v6\n- run: echo "${{ github.head_ref }}"')}`,
      '.github/workflows/agent.lock.yml': workflow('- uses: actions/setup-node@v6'),
    },
  ],
  ['a trial of GoReleaser', of('- run: goreleaser release --clean --snapshot')],
  ['GoReleaser without a publish', of('- run: goreleaser release --skip=announce,publish')],
  ['GoReleaser without a publish, in two words', of('- run: goreleaser release --skip publish')],
  [
    'a trial of GoReleaser by its action',
    of(
      '- uses: goreleaser/goreleaser-action@9c156ee8a17a598857849441385a2041ef570552\n  with:\n    args: release --snapshot',
    ),
  ],
  ['an upload to TestPyPI', of('- run: twine upload -r testpypi dist/*')],
  [
    'an upload to TestPyPI by the action of PyPI',
    of(
      '- uses: pypa/gh-action-pypi-publish@cef221092ed1bacb1cc03d23a2d87d1d172e277b\n  with:\n    repository-url: https://test.pypi.org/legacy/',
    ),
  ],
  ['a publish to a registry of the job', of('- run: npm publish --registry http://localhost:4873')],
  ['a push to a registry of the job', of('- run: docker push localhost:5000/app:test')],
  ['a script in Python', of("- shell: python\n  run: |\n    npm = 'npm publish'\n    print(npm)")],
];

test.each(CLEAN)('nothing is found in %s', async (_, files) => {
  expect(await ask(files)).toEqual([]);
});
