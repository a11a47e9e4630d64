// The schema as Microsoft, who wrote the standard, ships it for tests.
import SCHEMA from '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json' with { type: 'json' };
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { checkManifests, createPolicy, RULES, toSarif } from '../src/index.ts';

function validator() {
  const { $schema: _draft4, id: _id, ...schema } = SCHEMA;
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
  ajv.addFormat('uri', { validate: (text: string) => URL.canParse(text) });
  // RFC 3986, appendix B, with the characters of its section 2.
  ajv.addFormat('uri-reference', /^(?:[\w.~!$&'()*+,;=:@/?#[\]-]|%[0-9A-F]{2})+$/);
  ajv.addFormat('date-time', true);
  return ajv.compile(schema);
}

interface Log {
  readonly runs: readonly [
    {
      readonly results: readonly {
        readonly ruleId: string;
        readonly ruleIndex: number;
        readonly locations: readonly {
          readonly physicalLocation: {
            readonly artifactLocation: { readonly uri: string };
            readonly region: { readonly startLine: number; readonly startColumn?: number };
          };
        }[];
      }[];
      readonly invocations?: readonly {
        readonly toolExecutionNotifications: readonly {
          readonly message: { readonly text: string };
        }[];
      }[];
      readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
    },
  ];
}

const log = (problems: Parameters<typeof toSarif>[0]): Log => toSarif(problems, '1.2.3') as Log;

function expectValid(value: object): void {
  const validate = validator();
  validate(value);
  expect(validate.errors ?? []).toEqual([]);
}

const problem = (path?: string, line?: number) => ({
  code: 'deploy-tag-not-allowed',
  message: 'The tag "dev" of ghcr.io/acme/sdk is not allowed in production.',
  hint: 'Allowed there: X.Y.Z.',
  ...(path === undefined ? {} : { path }),
  ...(line === undefined ? {} : { line, column: 7 }),
});

test('the validator refuses what is no SARIF', () => {
  const validate = validator();
  expect(validate({ version: '2.1.0', runs: [{ results: [] }] })).toBe(false);
  const right = JSON.stringify(log([problem('a b.yaml', 1)]));
  expect(validate(JSON.parse(right))).toBe(true);
  expect(validate(JSON.parse(right.replace('a%20b', 'a b')))).toBe(false);
  expect(validate(JSON.parse(right.replace('"startLine":1', '"startLine":0')))).toBe(false);
});

test('findings of a check are valid SARIF, with rules that are found by their index', () => {
  const policy = createPolicy({
    images: ['ghcr.io/acme/*'],
    environments: { production: { annotation: 'required', digest: 'required' } },
  });
  const text = `kind: Pod\nspec:\n  containers:\n    - image: ghcr.io/acme/sdk:dev\n    - image: ghcr.io/acme/x:{{ y }}\n---\na: [\n`;
  const { problems } = checkManifests([{ path: 'www.yaml', text }], {
    policy,
    environment: 'production',
  });
  const [{ results, tool }] = log(problems).runs;
  expectValid(log(problems));
  expect(results.length).toBe(problems.length);
  expect(results.map(({ ruleId }) => ruleId)).toContain('deploy-tag-not-allowed');
  for (const { ruleId, ruleIndex } of results)
    expect(tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
  expect(results[0]?.locations[0]?.physicalLocation).toEqual({
    artifactLocation: { uri: 'www.yaml' },
    region: { startLine: 4, startColumn: 14 },
  });
});

test('no finding and every rule are valid SARIF', () => {
  expectValid(log([]));
  expectValid(log(Object.keys(RULES).map((code) => ({ ...problem('a.yaml', 1), code }))));
});

test.each([
  ['deploy/www.yaml', 'deploy/www.yaml'],
  ['a folder/ä #1?.yaml', 'a%20folder/%C3%A4%20%231%3F.yaml'],
  ['100%.yaml', '100%25.yaml'],
  ['a:b.yaml', 'a%3Ab.yaml'],
  ['deploy\\www.yaml', 'deploy/www.yaml'],
  ['../www.yaml', '../www.yaml'],
  ['standard input', 'standard%20input'],
  ['/srv/my manifests/www.yaml', 'file:///srv/my%20manifests/www.yaml'],
  ['C:\\my manifests\\www.yaml', 'file:///C:/my%20manifests/www.yaml'],
  ['\ud800.yaml', '%EF%BF%BD.yaml'],
  ['部署/\u{1f433}.yaml', '%E9%83%A8%E7%BD%B2/%F0%9F%90%B3.yaml'],
])('the path %s is the URI %s', (path, uri) => {
  const sarif = log([problem(path, 3)]);
  expectValid(sarif);
  expect(sarif.runs[0].results[0]?.locations[0]?.physicalLocation.artifactLocation.uri).toBe(uri);
});

test('GitHub refuses a result without a file or a line, so there is none', () => {
  const sarif = log([problem(), problem(''), problem('www.yaml')]);
  expectValid(sarif);
  const [{ invocations, results }] = sarif.runs;
  expect(results.map(({ locations }) => locations[0]?.physicalLocation.region)).toEqual([
    { startLine: 1 },
  ]);
  expect(invocations?.[0]?.toolExecutionNotifications.length).toBe(2);
});

test('GitHub refuses more than 25,000 results, so the rest is counted', () => {
  const [{ invocations, results }] = log(
    Array.from({ length: 25_003 }, (_, index) => problem('www.yaml', index + 1)),
  ).runs;
  expect(results.length).toBe(25_000);
  expect(invocations?.[0]?.toolExecutionNotifications.map(({ message }) => message.text)).toEqual([
    '3 more results are left out: GitHub accepts at most 25,000.',
  ]);
});
