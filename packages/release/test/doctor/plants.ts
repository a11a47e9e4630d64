import type { Change } from './example-copy.ts';
import { workflow } from './workflows/ask.ts';
import { WORKFLOW_PLANTS } from './workflows/plants.ts';

/** One problem that is planted into the example, and what `doctor` must find. */
export interface Plant extends Change {
  readonly title: string;
  /** `rule path:line`, or `rule path`. */
  readonly finds: readonly string[];
  /** False: it hides others, or they hide it, so that it is planted alone. Default true. */
  readonly joins?: false;
  /** `restores`: `--fix` makes of it what the example has; otherwise the files that then differ from the example. */
  readonly fixes?: 'restores' | readonly string[];
}

const SDK = 'packages/ameide_sdk_ts/package.json';
const SERVICE = 'services/www_ameide/package.json';
const PYPROJECT = 'packages/ameide_sdk_python/pyproject.toml';
const GO_MOD = 'packages/ameide_sdk_go/go.mod';
const LOCK = 'pnpm-lock.yaml';
const DEFINITION = 'release.config.json';
const RANGE = '"workspace:^"';
const IMAGE = 'ghcr.io/ameideio/ameide-sdk-ts';

/** In the definition: consumers name the version that they are linked to. */
const WITH_VERSIONS: readonly (readonly [string, string])[] = [
  ['"prepare"', '"consumers": { "npmRange": "workspace" },\n  "prepare"'],
];

/** Another range of the service on the SDK, in package.json and in the lockfile. */
function serviceAsks(range: string, locked: string = range): Change {
  return {
    edits: {
      [SERVICE]: [[RANGE, JSON.stringify(range)]],
      [LOCK]: [['specifier: workspace:^', `specifier: ${locked}`]],
    },
  };
}

/** A further dependency of the SDK, in package.json and in the lockfile. */
function sdkNeeds(name: string, range: string, locked: string): Change {
  return {
    edits: {
      [SDK]: [
        [
          '  "devDependencies": {',
          `  "dependencies": {\n    "${name}": "${range}"\n  },\n  "devDependencies": {`,
        ],
      ],
      [LOCK]: [
        [
          '  packages/ameide_sdk_ts:\n',
          `  packages/ameide_sdk_ts:\n    dependencies:\n      ${name}:\n        specifier: ${range}\n        version: ${locked}\n`,
        ],
      ],
    },
  };
}

const VERSIONS: readonly Plant[] = [
  {
    title: 'a version file with a v',
    edits: { [SDK]: [['"0.1.0"', '"v0.1.0"']] },
    finds: [`version-file ${SDK}:3`],
    joins: false,
  },
  {
    title: 'a version file with a prerelease',
    edits: { [SDK]: [['"0.1.0"', '"0.1.0-beta.1"']] },
    finds: [`version-file ${SDK}:3`],
    joins: false,
  },
  {
    title: 'a version file that is not there',
    edits: {
      [DEFINITION]: [
        ['"versionFile": "packages/ameide_sdk_ts/package.json"', '"versionFile": "VERSION"'],
      ],
    },
    finds: [`version-file ${DEFINITION}`],
    joins: false,
  },
  {
    title: 'a second version in a file VERSION',
    adds: { VERSION: '2.3.1\n' },
    finds: ['version-files-differ VERSION:1'],
  },
  {
    title: 'a second version for lerna',
    adds: { 'lerna.json': '{\n  "version": "0.2.0"\n}\n' },
    finds: ['version-files-differ lerna.json:2'],
  },
  {
    title: 'a Python project that states its version',
    edits: { [PYPROJECT]: [['version = "0.0.0"', 'version = "0.1.0"']] },
    finds: [`python-placeholder ${PYPROJECT}:8`],
    fixes: 'restores',
  },
  {
    title: 'a Python package that repeats its version',
    adds: {
      'packages/ameide_sdk_python/src/ameide_sdk/_version.py':
        '# The version.\n__version__ = "0.1.0"\n',
    },
    finds: ['python-version-repeated packages/ameide_sdk_python/src/ameide_sdk/_version.py:2'],
  },
  {
    title: 'a Go module path with the major of old releases',
    edits: { [GO_MOD]: [['ameide-sdk-go\n', 'ameide-sdk-go/v2\n']] },
    finds: [`go-module-major ${GO_MOD}:1`],
    fixes: 'restores',
    joins: false,
  },
  {
    title: 'a Go module without the major of its base version',
    edits: { [SDK]: [['"0.1.0"', '"2.0.0"']] },
    adds: {
      'packages/ameide_sdk_go/names/names.go': 'package names\n',
      'packages/ameide_sdk_go/example.go':
        'package ameide\n\nimport (\n\t_ "github.com/ameideio/ameide-sdk-go/names"\n)\n',
    },
    finds: [`go-module-major ${GO_MOD}:1`],
    fixes: [
      GO_MOD,
      SDK,
      'packages/ameide_sdk_go/example.go',
      'packages/ameide_sdk_go/names/names.go',
    ],
    joins: false,
  },
  {
    title: 'an import of another major of the same Go module',
    adds: {
      'packages/ameide_sdk_go/names/names.go': 'package names\n',
      'packages/ameide_sdk_go/example.go':
        'package ameide\n\nimport (\n\t_ "github.com/ameideio/ameide-sdk-go/v2/names"\n)\n',
    },
    finds: ['go-own-imports packages/ameide_sdk_go/example.go:4'],
    fixes: ['packages/ameide_sdk_go/example.go', 'packages/ameide_sdk_go/names/names.go'],
  },
];

const PUBLISHED: readonly Plant[] = [
  {
    title: 'a definition that is not JSON',
    edits: { [DEFINITION]: [['"versionFile":', '"versionFile"']] },
    finds: [`definition-loads ${DEFINITION}`],
    joins: false,
  },
  {
    title: 'a definition with an unknown option',
    edits: { [DEFINITION]: [['"versionFile":', '"canonicalFile":']] },
    finds: [`definition-loads ${DEFINITION}`],
    joins: false,
  },
  {
    title: 'a folder of the definition that is not there',
    edits: {
      [DEFINITION]: [
        ['"directory": "packages/ameide_sdk_python"', '"directory": "packages/sdk_python"'],
      ],
    },
    finds: [`published-directory ${DEFINITION}`],
    joins: false,
  },
  {
    title: 'a public package that the definition does not publish',
    adds: { 'packages/tools/package.json': '{ "name": "@ameideio/tools", "version": "0.1.0" }\n' },
    finds: ['not-published packages/tools/package.json'],
  },
  {
    title: 'a published package that is private',
    edits: { [SDK]: [['  "license":', '  "private": true,\n  "license":']] },
    finds: [`private-published ${SDK}:5`],
    fixes: 'restores',
    joins: false,
  },
  {
    title: 'another registry in publishConfig',
    edits: {
      [SDK]: [
        [
          '  "license":',
          '  "publishConfig": { "registry": "https://npm.pkg.github.com" },\n  "license":',
        ],
      ],
    },
    finds: [`publish-registry ${SDK}:5`],
    joins: false,
  },
  {
    title: 'a dist-tag in publishConfig',
    edits: { [SDK]: [['  "license":', '  "publishConfig": { "tag": "next" },\n  "license":']] },
    finds: [`publish-registry ${SDK}:5`],
  },
  {
    title: 'a dependency of the SDK on a private package',
    ...sdkNeeds('www-ameide', 'workspace:^', 'link:../../services/www_ameide'),
    finds: [`unpublished-dependency ${SDK}:21`],
    joins: false,
  },
  {
    title: 'a dependency of the SDK on a folder',
    ...sdkNeeds('names', 'file:../names', 'file:packages/names'),
    finds: [`unpublished-dependency ${SDK}:21`],
    joins: false,
  },
  {
    title: 'a requirement of the Python SDK on a folder',
    edits: {
      [PYPROJECT]: [
        [
          'license = "Apache-2.0"\n',
          'license = "Apache-2.0"\ndependencies = ["ameide-names>=1"]\n',
        ],
        [
          '[project.urls]',
          '[tool.uv.sources]\nameide-names = { path = "../names" }\n\n[project.urls]',
        ],
      ],
    },
    finds: [`unpublished-dependency ${PYPROJECT}:13`],
  },
  {
    title: 'a Go SDK that requires a module which is only replaced',
    adds: {
      [GO_MOD]:
        '\nrequire github.com/ameideio/names v0.0.0\n\nreplace github.com/ameideio/names => ../names\n',
    },
    finds: [`unpublished-dependency ${GO_MOD}:5`],
  },
  {
    title: 'semantic-release',
    adds: { '.releaserc.json': '{ "branches": ["main"] }\n' },
    finds: ['other-publisher .releaserc.json'],
  },
  {
    title: 'release-please, which has two files',
    adds: {
      'release-please-config.json': '{ "packages": {} }\n',
      '.release-please-manifest.json': '{}\n',
    },
    finds: ['other-publisher release-please-config.json'],
  },
  {
    title: 'nx release, in a file with comments',
    adds: { 'nx.json': '{\n  // Ours.\n  "release": { "projects": ["packages/*"] }\n}\n' },
    finds: ['other-publisher nx.json:3'],
  },
  {
    title: 'lerna publish',
    adds: {
      'lerna.json':
        '{\n  "version": "0.1.0",\n  "command": {\n    "run": {},\n    "publish": { "conventionalCommits": true },\n    "version": { "message": "v%s" }\n  }\n}\n',
    },
    finds: ['other-publisher lerna.json:5'],
    joins: false,
  },
  {
    title: 'python-semantic-release',
    adds: {
      'services/report/pyproject.toml':
        '[project]\nname = "report"\nversion = "0.0.0"\n\n[tool.semantic_release.branches.main]\nmatch = "main"\n',
    },
    finds: ['other-publisher services/report/pyproject.toml:5'],
  },
  {
    title: 'a script that publishes',
    edits: {
      [SERVICE]: [
        [
          '"build": "tsc --noEmit"',
          '"build": "tsc --noEmit",\n    "release": "pnpm build && pnpm publish --no-git-checks"',
        ],
      ],
    },
    finds: [`other-publisher ${SERVICE}:7`],
  },
  {
    title: 'a token for npm',
    adds: {
      '.npmrc': 'engine-strict=true\n//registry.npmjs.org/:_authToken=npm_0123456789abcdefghij\n',
    },
    finds: ['token-in-file .npmrc:2'],
  },
  {
    title: 'a password for PyPI',
    adds: { '.pypirc': '[pypi]\nusername = __token__\npassword = pypi-AgEIcHlwaS5vcmcCJDA\n' },
    finds: ['token-in-file .pypirc:3'],
  },
  {
    title: 'a Dockerfile that labels the image by hand',
    edits: {
      [DEFINITION]: [
        [
          '        "image": "${OCI_PREFIX:-ghcr.io/ameideio}/ameide-sdk-go",\n        "files": "packages/ameide_sdk_go",',
          '        "image": "${OCI_PREFIX:-ghcr.io/ameideio}/ameide-sdk-go",\n        "dockerfile": { "directory": "packages/ameide_sdk_go" },',
        ],
      ],
    },
    adds: {
      'packages/ameide_sdk_go/Dockerfile':
        'FROM docker.io/library/golang:1.24\nLABEL org.opencontainers.image.version="0.0.9"\nCOPY . /src\n',
    },
    finds: ['image-label-literal packages/ameide_sdk_go/Dockerfile:2'],
  },
];

const CONSUMERS: readonly Plant[] = [
  {
    title: 'a service without a version, where the definition asks for one',
    edits: { [DEFINITION]: WITH_VERSIONS },
    finds: [`consumer-pins ${SERVICE}:9`],
    fixes: [DEFINITION, LOCK, SERVICE],
    joins: false,
  },
  {
    title:
      'a service that takes exactly what the workspace has, where the definition asks for a version',
    edits: { ...serviceAsks('workspace:*').edits, [DEFINITION]: WITH_VERSIONS },
    finds: [`consumer-pins ${SERVICE}:9`],
    fixes: [DEFINITION, LOCK, SERVICE],
    joins: false,
  },
  ...[
    '*',
    'latest',
    '>=0.1.0',
    'github:ameideio/ameide#main',
    'link:../../packages/ameide_sdk_ts',
  ].map(
    (range): Plant => ({
      title: `a service that asks for ${range}`,
      ...serviceAsks(range, `'${range}'`),
      finds: [`consumer-pins ${SERVICE}:9`],
      joins: false,
    }),
  ),
  ...[
    'ameide-sdk-python',
    'ameide_sdk_python>=0.1',
    'ameide-sdk-python==0.0.0',
    'ameide-sdk-python @ git+https://github.com/ameideio/ameide-sdk-python',
  ].map(
    (line, index): Plant => ({
      title: `a service that requires ${line}`,
      adds: { [`services/report_${index}/requirements.txt`]: `requests==2.32.5\n${line}\n` },
      finds: [`consumer-pins services/report_${index}/requirements.txt:2`],
    }),
  ),
  {
    title: 'a Go service that builds with the folder of the SDK',
    adds: {
      'services/gateway/go.mod':
        'module github.com/ameideio/ameide/services/gateway\n\ngo 1.22\n\nrequire github.com/ameideio/ameide-sdk-go v0.1.0\n\nreplace github.com/ameideio/ameide-sdk-go => ../../packages/ameide_sdk_go\n',
    },
    finds: ['consumer-pins services/gateway/go.mod:7'],
  },
  ...['', ':latest', ':dev'].map(
    (tag, index): Plant => ({
      title: `an image built on the SDK${tag}`,
      adds: {
        [`services/image_${index}/Dockerfile`]: `# The service.\nFROM ghcr.io/ameideio/ameide-sdk-ts${tag}\n`,
      },
      finds: [`consumer-pins services/image_${index}/Dockerfile:2`],
    }),
  ),
  {
    title: 'dev in production',
    edits: { 'deploy/production/www-ameide.yaml': [['ameide-sdk-ts:0.1.0', 'ameide-sdk-ts:dev']] },
    finds: ['production-images deploy/production/www-ameide.yaml:41'],
  },
  {
    title: 'no tag in production',
    edits: { 'deploy/production/www-ameide.yaml': [['configuration:0.1.0', 'configuration']] },
    finds: ['production-images deploy/production/www-ameide.yaml:45'],
  },
  {
    title: 'latest in staging',
    edits: {
      'deploy/staging/www-ameide.yaml': [
        ['configuration:71e210beab37b68546d56dceccba18f09264ecc3', 'configuration:latest'],
      ],
    },
    finds: ['production-images deploy/staging/www-ameide.yaml:45'],
  },
  {
    title: 'dev in a file that is named after production',
    adds: { 'deploy/kustomize/values-prod.yaml': `image:\n  repository: ${IMAGE}\n  tag: dev\n` },
    finds: ['production-images deploy/kustomize/values-prod.yaml:3'],
  },
  {
    title: 'a manifest of two environments',
    adds: { 'deploy/production/staging/pod.yaml': `image: ${IMAGE}:0.1.0\n` },
    finds: ['production-images deploy/production/staging/pod.yaml'],
  },
  {
    title: 'dev in a folder that the definition calls production',
    adds: { 'clusters/eu/values.yaml': `image:\n  repository: ${IMAGE}\n  tag: dev\n` },
    edits: {
      [DEFINITION]: [
        [
          '"prepare"',
          '"consumers": { "environments": { "production": ["deploy/production", "clusters/*"], "staging": ["deploy/staging"] } },\n  "prepare"',
        ],
      ],
    },
    finds: ['production-images clusters/eu/values.yaml:3'],
    joins: false,
  },
];

const LOCKFILES: readonly Plant[] = [
  {
    title: 'no lockfile',
    removes: [LOCK],
    finds: ['lockfile-present package.json'],
    joins: false,
  },
  {
    title: 'a lockfile that git ignores',
    removes: [LOCK],
    adds: { '.gitignore': 'pnpm-lock.yaml\n' },
    finds: ['lockfile-present .gitignore:4'],
    joins: false,
  },
  {
    title: 'a lockfile of npm beside that of pnpm',
    adds: { 'package-lock.json': '{}\n' },
    finds: ['lockfile-of-one-tool package-lock.json'],
  },
  {
    title: 'a lockfile in a package of the workspace',
    adds: { 'services/www_ameide/yarn.lock': '# yarn lockfile v1\n' },
    finds: ['lockfile-of-one-tool services/www_ameide/yarn.lock'],
  },
  {
    title: 'a range that the lockfile does not have',
    edits: { [SDK]: [['"typescript": "catalog:"', '"typescript": "^7.0.0"']] },
    finds: [`lockfile-in-step ${SDK}:21`],
    joins: false,
  },
  {
    title: 'an install that may change a lockfile which is out of step: a frozen one would fail',
    edits: { [SDK]: [['"typescript": "catalog:"', '"typescript": "^7.0.0"']] },
    adds: {
      '.github/workflows/loose.yml': workflow('- run: pnpm install --no-frozen-lockfile'),
    },
    finds: [`lockfile-in-step ${SDK}:21`, 'install-lockfile .github/workflows/loose.yml:12'],
    joins: false,
  },
  {
    title: 'a dependency that the lockfile does not have',
    edits: {
      [SERVICE]: [['  "devDependencies": {\n', '  "devDependencies": {\n    "semver": "7.8.6",\n']],
    },
    finds: [`lockfile-in-step ${SERVICE}:12`],
    joins: false,
  },
  {
    title: 'a dependency that only the lockfile has',
    edits: { [SERVICE]: [[',\n  "devDependencies": {\n    "typescript": "catalog:"\n  }', '']] },
    finds: [`lockfile-in-step ${LOCK}:29`],
    joins: false,
  },
  {
    title: 'a catalog that changed',
    edits: { 'pnpm-workspace.yaml': [['typescript: 7.0.2', 'typescript: 7.0.3']] },
    finds: [`lockfile-in-step ${LOCK}:9`],
    joins: false,
  },
  {
    title: 'a package that the lockfile does not know',
    adds: {
      'services/worker/package.json':
        '{\n  "name": "worker",\n  "private": true,\n  "dependencies": { "semver": "7.8.6" }\n}\n',
    },
    finds: ['lockfile-in-step services/worker/package.json'],
    joins: false,
  },
  {
    title: 'a Go service without the checksums of what it requires',
    adds: {
      'services/proxy/go.mod':
        'module github.com/ameideio/ameide/services/proxy\n\ngo 1.22\n\nrequire golang.org/x/text v0.41.0\n',
      'services/proxy/go.sum':
        'golang.org/x/text v0.40.0/go.mod h1:jvf1O8ajNzZqhSrQBPbutR/EB83Cc0CFrezNQIwbb5M=\n',
    },
    finds: ['lockfile-in-step services/proxy/go.mod:5'],
  },
  {
    title: 'a uv.lock of other requirements',
    adds: {
      'services/jobs/pyproject.toml':
        '[project]\nname = "jobs"\nversion = "0.0.0"\nrequires-python = ">=3.11"\ndependencies = ["httpx>=0.28,<1"]\n',
      'services/jobs/uv.lock':
        'version = 1\nrequires-python = ">=3.11"\n\n[[package]]\nname = "jobs"\nversion = "0.0.0"\nsource = { virtual = "." }\n\n[package.metadata]\nrequires-dist = [{ name = "httpx", specifier = ">=0.27,<1" }]\n',
    },
    finds: ['lockfile-in-step services/jobs/pyproject.toml:5'],
  },
];

const PUBLISH = '.github/workflows/publish-packages.yml';

/** What `test/doctor/workflows` looks at more closely: here it is in the workflow that the example has. */
const WORKFLOWS: readonly Plant[] = [
  {
    title: 'the filters on install',
    edits: {
      [PUBLISH]: [
        [
          'run: pnpm install --frozen-lockfile\n      - name: TypeScript',
          'run: pnpm install --frozen-lockfile --filter ./packages/** --filter ./tools/**\n      - name: TypeScript',
        ],
      ],
    },
    finds: [`install-filter ${PUBLISH}:101`],
    fixes: 'restores',
  },
  {
    title: 'a Python version that a step sanitizes',
    adds: {
      '.github/workflows/sanitize.yml': workflow(
        '- run: sed -i "s/^version = .*/version = \\"$VERSION\\"/" packages/ameide_sdk_python/pyproject.toml',
      ),
    },
    finds: ['python-version-rewritten .github/workflows/sanitize.yml:12'],
  },
  {
    title: 'go get that is skipped by the major',
    adds: {
      '.github/workflows/go-get.yml': workflow(
        '- run: |\n    MAJOR=$(echo "$VERSION" | cut -d. -f1)\n    if [ "$MAJOR" -gt 1 ]; then\n      echo "skip go get"\n    else\n      go get github.com/ameideio/ameide-sdk-go@v$VERSION\n    fi',
      ),
    },
    finds: ['go-get-by-major .github/workflows/go-get.yml:17'],
  },
  {
    title: 'an action by its tag',
    edits: {
      [PUBLISH]: [
        [
          'actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f # v7.0.0',
          'actions/upload-artifact@v7',
        ],
      ],
    },
    finds: [`action-unpinned ${PUBLISH}:153`],
  },
  {
    title: 'a token wider than needed',
    edits: {
      [PUBLISH]: [
        [
          'name: Lint and test\n    runs-on: ubuntu-24.04\n    timeout-minutes: 30\n    permissions:\n      contents: read',
          'name: Lint and test\n    runs-on: ubuntu-24.04\n    timeout-minutes: 30\n    permissions: write-all',
        ],
      ],
    },
    finds: [`permissions-wide ${PUBLISH}:74`],
  },
  {
    title: 'a publish step beside ours',
    adds: {
      '.github/workflows/by-hand.yml': workflow(
        '- run: npm publish --access public\n  working-directory: packages/ameide_sdk_ts',
      ),
    },
    finds: ['publish-beside .github/workflows/by-hand.yml:12'],
  },
  {
    title: 'a version that a script computes',
    adds: {
      '.github/workflows/version.yml': workflow(
        '- run: echo "NPM_VERSION=$(node -p "require(\'./package.json\').version")-dev.$(date -u +%Y%m%d)" >> "$GITHUB_ENV"',
      ),
    },
    finds: ['version-by-hand .github/workflows/version.yml:12'],
  },
];

export const PLANTS: readonly Plant[] = [
  ...WORKFLOWS,
  ...WORKFLOW_PLANTS,
  ...VERSIONS,
  ...PUBLISHED,
  ...CONSUMERS,
  ...LOCKFILES,
];
