import { describe, expect, test } from 'vitest';
import {
  inAddresses,
  inNetrc,
  inNpmrc,
  inPipConf,
  inPypirc,
  inYarnrc,
  type SecretFinder,
} from '../../src/doctor/rules/written-logins.ts';
import { smallRepository } from './small-repository.ts';

const TOKEN = 'npm_abcdefghijklmnopqrstuvwxyz0123456789';

function linesWith(find: SecretFinder, text: string): readonly number[] {
  return find(text).map((start) => text.slice(0, start).split('\n').length);
}

/** `#` at the end of a title: no token. */
const CASES: readonly (readonly [
  find: SecretFinder,
  name: string,
  written: readonly string[],
  variables: readonly string[],
])[] = [
  [
    inNpmrc,
    '.npmrc',
    [
      `//r/:_authToken=${TOKEN}`,
      `//r/:_authToken = "${TOKEN}"`,
      `//r/:_authToken[]=${TOKEN}`,
      `"//r/:_authToken"=${TOKEN}`,
      `//r/:_authToken=\${NPM_TOKEN:-${TOKEN}}`,
      `//r/:_authToken=\${NPM_TOKEN-${TOKEN}}`,
      '//r/:_authToken=$abcdefghijklm',
      `  _auth=${TOKEN}`,
      `//r/:_password='${TOKEN}'`,
      `registry=https://user:${TOKEN}@npm.acme.com/`,
      `@acme:registry=https://${TOKEN}@npm.acme.com/`,
      `//r/:_authToken=${TOKEN}\r\nengine-strict=true`,
      `[section]\n_authToken=${TOKEN}`,
    ],
    [
      '//r/:_authToken=${NPM_TOKEN}',
      '//r/:_authToken="${NPM_TOKEN?}"',
      '//r/:_authToken=${NPM_TOKEN-}',
      '//r/:_authToken=${NPM_TOKEN:-}',
      '//r/:_authToken=<your token>',
      '//r/:_authToken={{ npm_token }}',
      '//r/:_authToken=xxxxxxxxxx',
      '//r/:_authToken=',
      `; //r/:_authToken=${TOKEN}`,
      `# //r/:_authToken=${TOKEN}`,
      '//r/:_authToken=${NPM_TOKEN} ; a comment of some length',
      'registry=https://npm.acme.com/',
      'registry=https://user:${NPM_TOKEN}@npm.acme.com/',
      'registry=https://${NPM_TOKEN}@npm.acme.com/',
      `//r/:always-auth=${TOKEN}`,
    ],
  ],
  [
    inYarnrc,
    '.yarnrc.yml',
    [
      `npmAuthToken: ${TOKEN}`,
      `npmAuthToken: "\${NO_SUCH-${TOKEN}}"`,
      `npmAuthToken: "\${NPM_TOKEN:-${TOKEN}}"`,
      `npmScopes: { acme: { npmAuthToken: ${TOKEN} } }`,
      `npmRegistries:\n  "//x":\n    "npmAuthToken": ${TOKEN}`,
      `npmRegistries:\n  "//x": { 'npmAuthIdent': 'user:${TOKEN}' }`,
      `npmAuthToken: |-\n  ${TOKEN}`,
      `other: &token ${TOKEN}\nnpmAuthToken: *token`,
      `npmAuthIdent: "\${NPM_USER}:${TOKEN}"`,
      `npmRegistryServer: https://user:${TOKEN}@npm.acme.com/`,
      `: broken\n- [\nnpmAuthToken: ${TOKEN}`,
    ],
    [
      'npmAuthToken: "${NPM_TOKEN-}"',
      'npmAuthToken: "${NPM_TOKEN:-}"',
      'npmAuthToken: ${NPM_TOKEN}',
      'npmAuthToken: "${NPM_TOKEN:-${GITHUB_TOKEN}}"',
      'npmAuthIdent: "${NPM_USER}:${NPM_PASSWORD}"',
      'npmAuthIdent: "bob:${NPM_PASSWORD-}"',
      `# npmAuthToken: ${TOKEN}`,
      'npmAuthToken:',
      'npmRegistryServer: https://npm.acme.com/',
    ],
  ],
  [
    inPypirc,
    '.pypirc',
    [
      '[pypi]\nusername = __token__\nPassword = pypi-AgEIcHlwaS5vcmc',
      '[pypi]\npassword: $ecret-pw-1234',
      '[pypi]\n  PASSWORD=pypi-AgEIcHlwaS5vcmc',
      '[pypi]\npassword =\n    pypi-AgEIcHlwaS5vcmc',
      'password = pypi-AgEIcHlwaS5vcmc',
      '[a]\nrepository = https://me:sup3rs3cret@pypi.acme.com/',
    ],
    [
      '[pypi]\nusername = __token__',
      '[pypi]\npassword = ${PYPI_TOKEN}',
      '[pypi]\npassword = <your token>',
      '[pypi]\npassword =\nrepository = https://pypi.acme.com',
      '[pypi]\n# password = pypi-AgEIcHlwaS5vcmc',
    ],
  ],
  [
    inPipConf,
    'pip.conf',
    [
      '[global]\nextra-index-url =\n  https://pypi.org/simple\n  https://me:sup3rs3cret@pypi.acme.com/simple',
    ],
    ['[global]\nindex-url = https://me:${PIP_PASSWORD}@pypi.acme.com/simple'],
  ],
  [
    inAddresses,
    'uv.toml',
    [
      '[[index]]\nurl = "https://me:sup3rs3cret@pypi.acme.com/simple"',
      'extra-index-url = [\n  "https://me:sup3rs3cret@pypi.acme.com/simple",\n]',
    ],
    [
      '[[index]]\nurl = "https://pypi.acme.com/simple"',
      '# url = "https://me:sup3rs3cret@pypi.acme.com/simple"',
      'url = "https://me@pypi.acme.com/simple"',
      'url = "git+ssh://git@github.com/acme/sdk"',
      'email = "https://pypi.acme.com:8443/a/someone@acme.com"',
    ],
  ],
  [
    inNetrc,
    '.netrc',
    [
      'machine pypi.acme.com login me password sup3rs3cret',
      'machine pypi.acme.com\n  login me\n  password\n  sup3rs3cret',
    ],
    ['# password sup3rs3cret\nmachine pypi.acme.com login password'],
  ],
];

describe.each(CASES)('%o', (find, name, written, variables) => {
  test.each(written)(`in ${name}: %j`, (text) => {
    expect(find(`\n${text}\n`).length).toBe(1);
    const [line = 0] = linesWith(find, `\n${text}\n`);
    expect(`\n${text}\n`.split('\n')[line - 1]).toMatch(/abcdefghijkl|pypi-A|[s$]\w*3?cret|\|-$/);
  });
  test.each(variables)(`none in ${name}: %j`, (text) => {
    expect(find(`\n${text}\n`)).toEqual([]);
  });
});

test('a finding names file and line, and never the token', async () => {
  const repository = smallRepository({
    '.npmrc': `a=b\n//r/:_authToken=${TOKEN}\nregistry=https://me:${TOKEN}@r/\n`,
    'deploy/.yarnrc.yml': `npmAuthToken: "\${X-${TOKEN}}"\n`,
    'requirements-dev.txt': `--index-url https://me:${TOKEN}@pypi.acme.com/simple\n`,
    'tool/.netrc': `machine a login b password ${TOKEN}\n`,
  });
  const report = await repository.report();
  const places = report.problems
    .filter(({ code }) => code === 'token-in-file')
    .map(({ line, path }) => `${path}:${line}`);
  expect(places).toEqual([
    '.npmrc:2',
    '.npmrc:3',
    'deploy/.yarnrc.yml:1',
    'requirements-dev.txt:1',
    'tool/.netrc:1',
  ]);
  expect(JSON.stringify(report)).not.toContain(TOKEN);
});

describe('the time grows with the length alone', () => {
  const MANY = 100_000;
  const PIECES = [
    '\n',
    ' ',
    '\r',
    '=',
    ':',
    '#',
    '"',
    '\\',
    '$',
    '${',
    '${a',
    'https://',
    '@',
    ':@',
    'a',
  ];
  test.each(CASES)('%o', (find) => {
    for (const piece of PIECES)
      for (const [before, after] of [
        ['', ''],
        ['_auth =', ''],
        ['npmAuthToken: "', '"'],
        ['password =', '!'],
        ['password', 'x = y'],
      ])
        find(`${before}${piece.repeat(MANY)}${after}`);
  });
});
