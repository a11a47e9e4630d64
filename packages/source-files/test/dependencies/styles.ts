/**
 * How people write dependencies. `[[old=>new]]` is what changes, written by hand: the file before has `old`, the file
 * after it `new`. Everything else stays.
 */
export interface Style {
  readonly style: string;
  readonly path: string;
  readonly text: string;
  /** The dependencies that change to a requirement. */
  readonly to: Readonly<Record<string, string>>;
}

const SDK = '@acme/sdk';

function json(style: string, text: string, to: Style['to'] = { [SDK]: '0.2.0' }): Style {
  return { style, path: 'services/web/package.json', text, to };
}

const JSON_STYLES = [
  json('two spaces', '{\n  "dependencies": {\n    "@acme/sdk": "[[^0.1.0=>0.2.0]]"\n  }\n}\n'),
  json(
    'tabs and CRLF',
    '{\r\n\t"devDependencies": {\r\n\t\t"@acme/sdk": "[[0.1.0=>0.2.0]]"\r\n\t}\r\n}\r\n',
  ),
  json('one line, no line end', '{"peerDependencies":{"@acme/sdk":"[[>=0.1.0 <1=>0.2.0]]"}}'),
  json('an escape', '{"optionalDependencies":{"@acme/sdk":"[[\\u003e=0.1.0=>0.2.0]]"}}'),
  json('an escaped key', '{"dependencies":{"\\u0040acme/sdk":"[[0.1.0=>0.2.0]]"}}'),
  json(
    'the same text elsewhere',
    '{"version":"0.1.0","description":"uses @acme/sdk 0.1.0","dependencies":{"other":"0.1.0","@acme/sdk":"[[0.1.0=>0.2.0]]"}}',
  ),
  json(
    'four spaces and blank lines',
    '{\n\n    "dependencies" : {\n\n        "@acme/sdk" : "[[~0.1.0=>0.2.0]]" ,\n        "z": "1"\n    }\n\n}\n\n',
  ),
  json('an empty range', '{"dependencies":{"@acme/sdk":"[[=>0.2.0]]"}}'),
  json(
    'an alias of npm',
    '{"dependencies":{"sdk":"[[npm:@acme/sdk@^0.1.0=>npm:@acme/sdk@0.2.0]]"}}',
    { [SDK]: 'npm:@acme/sdk@0.2.0' },
  ),
  json('workspace range', '{"dependencies":{"@acme/sdk":"[[workspace:*=>workspace:^0.2.0]]"}}', {
    [SDK]: 'workspace:^0.2.0',
  }),
  json('npm overrides', '{"overrides":{"left":{"@acme/sdk":"[[0.1.0=>0.2.0]]"}}}'),
  json('npm overrides of a range', '{"overrides":{"@acme/sdk@^0.1":"[[0.1.0=>0.2.0]]"}}'),
  json(
    'npm overrides, the package itself',
    '{"overrides":{"@acme/sdk":{".":"[[0.1.0=>0.2.0]]","left":"1"}}}',
  ),
  json('Yarn resolutions', '{"resolutions":{"**/@acme/sdk":"[[0.1.0=>0.2.0]]"}}'),
  json('Yarn resolutions below a package', '{"resolutions":{"left/@acme/sdk":"[[0.1.0=>0.2.0]]"}}'),
  json('pnpm overrides', '{"pnpm":{"overrides":{"left@1>@acme/sdk":"[[0.1.0=>0.2.0]]"}}}'),
  json(
    'a catalog of Bun',
    '{"workspaces":{"packages":["a"],"catalog":{"@acme/sdk":"[[^0.1.0=>0.2.0]]"}}}',
  ),
  json('a named catalog of Bun', '{"catalogs":{"old":{"@acme/sdk":"[[^0.1.0=>0.2.0]]"}}}'),
  json('no ASCII before it', '{"author":"Zoë 🦊","dependencies":{"@acme/sdk":"[[0.1.0=>0.2.0]]"}}'),
] as const;

function yaml(
  style: string,
  text: string,
  to: Style['to'] = { [SDK]: '0.2.0' },
  path = 'pnpm-workspace.yaml',
): Style {
  return { style, path, text, to };
}

const YAML_STYLES = [
  yaml(
    'a catalog',
    "packages:\n  - services/*\ncatalog:\n  '@acme/sdk': [[^0.1.0=>0.2.0]] # ours\n",
  ),
  yaml('single quotes', "catalog:\n  '@acme/sdk': '[[^0.1.0=>0.2.0]]'\n"),
  yaml('double quotes', 'catalog:\n  "@acme/sdk": "[[^0.1.0=>0.2.0]]"\n'),
  yaml('CRLF', 'catalog:\r\n  "@acme/sdk": [[^0.1.0=>0.2.0]]\r\n  react: 19\r\n'),
  yaml('flow mapping', "catalog: { react: ^19.0.0, '@acme/sdk': [[^0.1.0=>0.2.0]] }\n"),
  yaml(
    'a named catalog',
    "catalogs:\n  old:\n    '@acme/sdk': [[^0.1.0=>0.2.0]]\n  new:\n    react: ^0.1.0\n",
  ),
  yaml(
    'an anchor for two',
    "catalog:\n  '@acme/sdk': &v [[^0.1.0=>0.2.0]]\n  '@acme/configuration': *v\n",
    { [SDK]: '0.2.0', '@acme/configuration': '0.2.0' },
  ),
  yaml(
    'an anchor elsewhere, for ours alone',
    "catalogs:\n  a: &base\n    '@acme/sdk': [[^0.1.0=>0.2.0]]\n  b:\n    <<: *base\n    react: '19'\n",
  ),
  yaml('an explicit tag', "catalog:\n  '@acme/sdk': !!str [[0.1.0=>0.2.0]]\n"),
  yaml('a number', "catalog:\n  '@acme/sdk': [[1=>0.2.0]]\n"),
  yaml('what YAML would take for another kind', 'catalog:\n  \'@acme/sdk\': [[0.1.0=>"*"]]\n', {
    [SDK]: '*',
  }),
  yaml('a range that needs quotes', 'catalog:\n  \'@acme/sdk\': [[0.1.0=>">=0.2.0"]]\n', {
    [SDK]: '>=0.2.0',
  }),
  yaml('a block', "catalog:\n  '@acme/sdk': >-\n    [[^0.1.0=>0.2.0]]\n  react: 19\n"),
  yaml('overrides', "overrides:\n  'left>@acme/sdk': [[0.1.0=>0.2.0]]\n"),
  yaml(
    'Yarn',
    'nodeLinker: node-modules\n\ncatalog:\n    "@acme/sdk": [[^0.1.0=>0.2.0]]\n',
    undefined,
    '.yarnrc.yml',
  ),
  yaml(
    'a comment with the version',
    "# 0.1.0 is the first\ncatalog:\n  # @acme/sdk: 0.1.0\n  '@acme/sdk': [[0.1.0=>0.2.0]]   # 0.1.0\n",
  ),
] as const;

function toml(
  style: string,
  text: string,
  to: Style['to'] = { 'acme-sdk': '==0.2.0' },
  path = 'services/api/pyproject.toml',
): Style {
  return { style, path, text, to };
}

const PYTHON_STYLES = [
  toml(
    'PEP 621',
    '[project]\nname = "api"\ndependencies = [\n  "httpx>=0.27",\n  "acme-sdk[[==0.1.0=>==0.2.0]]",  # ours\n]\n',
  ),
  toml('single quotes', "[project]\ndependencies = ['acme-sdk[[>=0.1,<1=>==0.2.0]]']\n"),
  toml(
    'extras and a marker',
    '[project]\ndependencies = ["Acme_SDK[fast, safe] [[>= 0.1=>==0.2.0]] ; python_version >= \'3.9\'"]\n',
  ),
  toml('no specifier', '[project]\ndependencies = ["acme.sdk[[=>==0.2.0]]"]\n'),
  toml(
    'no specifier, with a marker',
    '[project]\ndependencies = ["acme-sdk[[=>==0.2.0]] ; sys_platform == \'linux\'"]\n',
  ),
  toml('brackets', '[project]\ndependencies = ["acme-sdk ([[>=0.1=>==0.2.0]])"]\n'),
  toml('escapes', '[project]\ndependencies = ["[[acme\\u002Dsdk==0.1.0=>acme-sdk==0.2.0]]"]\n'),
  toml('multi-line string', '[project]\ndependencies = ["""acme-sdk[[==0.1.0=>==0.2.0]]"""]\n'),
  toml('CRLF', '[project]\r\ndependencies = [\r\n\t"acme-sdk[[~=0.1=>==0.2.0]]",\r\n]\r\n'),
  toml(
    'optional dependencies',
    '[project.optional-dependencies]\n"with.dot" = ["acme-sdk[[==0.1.0=>==0.2.0]]"]\n',
  ),
  toml(
    'dependency groups',
    '[dependency-groups]\ndev = [{include-group = "lint"}, "acme-sdk[[==0.1.0=>==0.2.0]]"]\nlint = []\n',
  ),
  toml(
    'build requirements',
    '[build-system]\nrequires = ["hatchling", "acme-sdk[[==0.1.0=>==0.2.0]]"]\n',
  ),
  toml(
    'dotted keys',
    'project.name = "api"\nproject.dependencies = ["acme-sdk[[==0.1.0=>==0.2.0]]"]\n',
  ),
  toml('constraints of uv', '[tool.uv]\nconstraint-dependencies = ["acme-sdk[[<1=>==0.2.0]]"]\n'),
  toml('Poetry', '[tool.poetry.dependencies]\npython = "^3.11"\nacme-sdk = "[[^0.1.0=>0.2.0]]"\n', {
    'acme-sdk': '0.2.0',
  }),
  toml(
    'a table of Poetry',
    '[tool.poetry.group.dev.dependencies]\nAcme_SDK = { version = "[[^0.1.0=>0.2.0]]", extras = ["fast"] }\n',
    { 'acme-sdk': '0.2.0' },
  ),
  toml(
    'a table of its own',
    "[tool.poetry.dependencies.acme-sdk]\nversion = '[[^0.1.0=>0.2.0]]'\nextras = ['fast']\n",
    { 'acme-sdk': '0.2.0' },
  ),
  toml(
    'Pipfile',
    '[packages]\nacme-sdk = "[[==0.1.0=>==0.2.0]]"\nhttpx = "*"\n',
    undefined,
    'Pipfile',
  ),
] as const;

function requirements(style: string, text: string, path = 'services/jobs/requirements.txt'): Style {
  return { style, path, text, to: { 'acme-sdk': '==0.2.0' } };
}

const REQUIREMENTS_STYLES = [
  requirements('pinned', 'httpx==0.27.0\nacme-sdk[[==0.1.0=>==0.2.0]]\n'),
  requirements('a comment', '# acme-sdk==0.1.0\nacme-sdk[[==0.1.0=>==0.2.0]]  # via api\n'),
  requirements('no line end', 'acme-sdk[[==0.1.0=>==0.2.0]]'),
  requirements('CRLF', 'httpx\r\nacme-sdk [[== 0.1.0=>==0.2.0]]\r\n'),
  requirements(
    'extras, marker, options',
    '-r base.txt\n--index-url https://pypi.example/simple\nAcme_Sdk[fast][[>=0.1,<1=>==0.2.0]] ; python_version < "4" --config-settings="x=y"\n',
  ),
  requirements(
    'continued',
    'acme-sdk \\\n    [[>=0.1=>==0.2.0]] \\\n    ; python_version > "3"\nother\n',
  ),
  requirements('an include', '-c constraints.txt\nacme-sdk[[=>==0.2.0]]\n'),
  requirements(
    'a folder of requirements',
    'acme-sdk[[==0.1.0=>==0.2.0]]\n',
    'requirements/prod.txt',
  ),
  requirements('constraints', 'acme-sdk[[==0.1.0=>==0.2.0]]\n', 'constraints.txt'),
  requirements(
    'beside addresses',
    './local\nhttps://example.org/other-0.1.0.whl\nacme-sdk[[===0.1.0=>==0.2.0]]\n-e git+https://example.org/x.git#egg=other\n',
  ),
] as const;

function go(style: string, text: string): Style {
  return { style, path: 'services/worker/go.mod', text, to: { 'example.org/acme/sdk': 'v0.2.0' } };
}

const GO_STYLES = [
  go(
    'one line',
    'module example.org/worker\n\ngo 1.24\n\nrequire example.org/acme/sdk [[v0.1.0=>v0.2.0]]\n',
  ),
  go(
    'a block with comments',
    'module example.org/worker\n\nrequire (\n\texample.org/a v0.1.0\n\texample.org/acme/sdk [[v0.1.0=>v0.2.0]] // indirect\n\t// example.org/acme/sdk v0.1.0\n)\n',
  ),
  go(
    'a pseudo-version',
    'module m\nrequire example.org/acme/sdk   [[v0.1.1-0.20251113153211-71e210beab37=>v0.2.0]]\n',
  ),
  go('quotes', 'module m\nrequire "example.org/acme/sdk" [[v0.1.0=>v0.2.0]]\n'),
  go('CRLF', 'module m\r\n\r\nrequire (\r\n\texample.org/acme/sdk [[v0.1.0=>v0.2.0]]\r\n)\r\n'),
  go(
    'an exclusion stays',
    'module m\nrequire example.org/acme/sdk [[v0.1.0=>v0.2.0]]\nexclude example.org/acme/sdk v0.1.1\n',
  ),
] as const;

const IMAGE = 'ghcr.io/acme/sdk';
const DIGEST = `sha256:${'a'.repeat(64)}`;
const OTHER = `sha256:${'b'.repeat(64)}`;

function docker(
  style: string,
  text: string,
  to = ':0.2.0',
  path = 'services/web/Dockerfile',
): Style {
  return { style, path, text, to: { [IMAGE]: to } };
}

const DOCKER_STYLES = [
  docker('a base', 'FROM ghcr.io/acme/sdk[[:0.1.0=>:0.2.0]]\nRUN true\n'),
  docker(
    'platform, stage, comment',
    '# FROM ghcr.io/acme/sdk:0.1.0\nfrom --platform=$BUILDPLATFORM ghcr.io/acme/sdk[[:0.1.0=>:0.2.0]] as build\nFROM build\n',
  ),
  docker(
    'several stages',
    'FROM node:22 AS build\nCOPY --from=ghcr.io/acme/sdk[[:0.1.0=>:0.2.0]] --chown=1 /a /b\nFROM node:22\nCOPY --from=build /a /b\nCOPY --from=0 /a /b\n',
  ),
  docker(
    'a mount',
    'FROM alpine\nRUN --mount=type=bind,from=ghcr.io/acme/sdk[[:0.1.0=>:0.2.0]],target=/sdk \\\n    ls /sdk\n',
  ),
  docker(
    'an argument with the tag',
    'ARG SDK=[[0.1.0=>0.2.0]]\nARG OTHER=0.1.0\nFROM ghcr.io/acme/sdk:${SDK}\n',
  ),
  docker(
    'an argument with the image',
    'ARG BASE="ghcr.io/acme/sdk[[:0.1.0=>:0.2.0]]"\nFROM $BASE AS base\n',
  ),
  docker(
    'an argument of an argument',
    'ARG V=[[0.1.0=>0.2.0]]\nARG BASE=ghcr.io/acme/sdk:$V\nFROM ${BASE}\n',
  ),
  docker('a default in place', 'ARG V\nFROM ghcr.io/acme/sdk:${V:-[[0.1.0=>0.2.0]]}\n'),
  docker(
    'a registry in an argument',
    'ARG REGISTRY=ghcr.io\nFROM ${REGISTRY}/acme/sdk[[:0.1.0=>:0.2.0]]\n',
  ),
  docker(
    'a digest',
    `FROM ghcr.io/acme/sdk[[:0.1.0@${DIGEST}=>:0.2.0@${OTHER}]]\n`,
    `:0.2.0@${OTHER}`,
  ),
  docker('no tag', 'FROM ghcr.io/acme/sdk[[=>:0.2.0]]\n'),
  docker(
    'CRLF and continuation',
    'FROM \\\r\n  ghcr.io/acme/sdk[[:0.1.0=>:0.2.0]] \\\r\n  AS x\r\n',
  ),
  docker(
    'another escape',
    '# escape=`\nFROM `\n ghcr.io/acme/sdk[[:0.1.0=>:0.2.0]]\nCOPY a `\n b\n',
  ),
  docker(
    'a heredoc is no instruction',
    'FROM ghcr.io/acme/sdk[[:0.1.0=>:0.2.0]]\nRUN <<EOF\nFROM ghcr.io/acme/sdk:0.1.0\nEOF\n',
  ),
  docker('ONBUILD', 'FROM alpine\nONBUILD COPY --from=ghcr.io/acme/sdk[[:0.1.0=>:0.2.0]] /a /b\n'),
  docker(
    'a name with an end',
    'FROM ghcr.io/acme/sdk[[:0.1.0=>:0.2.0]]',
    undefined,
    'docker/web.Dockerfile',
  ),
  docker('Containerfile', 'FROM ghcr.io/acme/sdk[[:0.1.0=>:0.2.0]]\n', undefined, 'Containerfile'),
  docker(
    'Compose',
    'services:\n  web:\n    image: ghcr.io/acme/sdk[[:0.1.0=>:0.2.0]] # ours\n  db: {image: "postgres:17"}\n',
    undefined,
    'compose.yaml',
  ),
  docker(
    'Compose with a default',
    'services:\n  web:\n    image: "ghcr.io/acme/sdk:${TAG:-[[0.1.0=>0.2.0]]}"\n',
    undefined,
    'docker-compose.prod.yml',
  ),
  ...['>-', '|-', '>', '|', '>- # ours', '|2-'].map((header) =>
    docker(
      `Compose with a block, ${header}`,
      `services:\n  web:\n    image: ${header}\n      ghcr.io/acme/sdk[[:0.1.0=>:0.2.0]]\n  db:\n    image: postgres\n`,
      undefined,
      'compose.yaml',
    ),
  ),
  docker(
    'Compose with a block and CRLF',
    'services:\r\n  web:\r\n    image: >-\r\n\r\n      ghcr.io/acme/sdk[[:0.1.0=>:0.2.0]]\r\n\r\n',
    undefined,
    'compose.yaml',
  ),
  docker(
    'Compose with an escape',
    'services:\n  web:\n    image: "[[ghcr.io\\x2facme/sdk:0.1.0=>ghcr.io/acme/sdk:0.2.0]]"\n',
    undefined,
    'compose.yaml',
  ),
  docker(
    'Compose with a string on two lines',
    'services:\n  web:\n    image: "[[ghcr.io/acme/\\\n      sdk:0.1.0=>ghcr.io/acme/sdk:0.2.0]]"\n',
    undefined,
    'compose.yaml',
  ),
] as const;

export const STYLES: readonly Style[] = [
  ...JSON_STYLES,
  ...YAML_STYLES,
  ...PYTHON_STYLES,
  ...REQUIREMENTS_STYLES,
  ...GO_STYLES,
  ...DOCKER_STYLES,
];

const CHANGE = /\[\[(.*?)=>(.*?)\]\]/gs;

export function before(text: string): string {
  return text.replaceAll(CHANGE, '$1');
}

export function after(text: string): string {
  return text.replaceAll(CHANGE, '$2');
}
