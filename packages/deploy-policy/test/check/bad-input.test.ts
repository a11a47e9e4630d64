import { expect, test } from 'vitest';
import { checkManifests, createPolicy } from '../../src/index.ts';

const POLICY = createPolicy({ images: ['ghcr.io/acme/*'] });
const DEV = 'ghcr.io/acme/sdk:dev';

function problemsOf(text: string, path = 'www.yaml') {
  return checkManifests([{ path, text }], { policy: POLICY, environment: 'production' }).problems;
}

/** The rule, line and column of each finding, and its field. */
const shown = (text: string, path?: string): readonly string[] =>
  problemsOf(text, path).map(({ code, column, field = '', line }) =>
    `${code} ${line}:${column} ${field}`.trimEnd(),
  );

const YAML = 'deploy-yaml';
const TAG = 'deploy-tag-not-allowed';

test.each([
  ['a list without an end', 'kind: Pod\nspec: [a,\n', `${YAML} 3:1`, 'end with a ]'],
  ['a quote without an end', 'kind: "Pod\nspec: {}\n', `${YAML} 3:1`, 'missing closing "quote'],
  ['indentation that fits nothing', 'a:\n   b: 1\n  c: 2\n', `${YAML} 3:1`, 'same column'],
  ['two colons', 'kind: Pod: x\n', `${YAML} 1:7`, 'nested mappings'],
  ['a reserved character', 'kind: @Pod\n', `${YAML} 1:7`, 'reserved character'],
  ['an escape that is none', 'kind: "\\q"\n', `${YAML} 1:8`, 'invalid escape sequence'],
  ['tabs as indentation', 'kind: Pod\nspec:\n\tcontainers: []\n', `${YAML} 3:1`, 'tabs are not'],
  ['a key twice', 'kind: Pod\nspec: {}\nkind: Pod\n', `${YAML} 3:1`, 'duplicate key "kind"'],
  ['a key twice in a flow', 'a: {b: 1, "b": 2}\n', `${YAML} 1:11`, 'duplicate key "b"'],
  ['a key twice by an alias', 'a: &b b\nc: {*b : 1, b: 2}\n', `${YAML} 2:13`, 'duplicate key'],
  ['a long key twice', `${'k'.repeat(99)}: 1\n${'k'.repeat(99)}: 1\n`, `${YAML} 2:1`, 'kkk..."'],
  ['an alias of nothing', 'kind: Pod\nspec: *x\n', `${YAML} 2:7`, 'the alias "*x" has no anchor'],
  ['an alias before its anchor', 'a: *x\nb: &x 1\n', `${YAML} 1:4`, 'has no anchor before it'],
  ['an alias in itself', 'spec: &s\n  containers: [*s]\n', `${YAML} 2:16`, 'contains itself'],
  ['an alias in another of its name', 'a: &x 1\nb: &x [*x]\n', `${YAML} 2:8`, 'contains itself'],
  ['a merge of itself', 'spec: &s\n  <<: *s\n', `${YAML} 2:7`, 'contains itself'],
  ['two merges', 'a: &a {b: 1}\nc: {<<: *a, <<: *a}\n', `${YAML} 2:13`, 'duplicate key "<<"'],
  ['a key before its merge', 'a: &a {b: 1}\nc: {b: 2, <<: *a}\n', `${YAML} 2:5`, 'write << first'],
  ['a map as a key', 'a: {? {b: c} : d}\n', `${YAML} 1:7`, 'a key is not a string'],
  ['a key with a tag', 'a: {!!binary Yg==: d}\n', `${YAML} 1:14`, 'has a YAML tag'],
  ['a control character', 'a: b\n# \u0007\n', `${YAML} 2:3`, 'the control character U+0007'],
  ['a carriage return alone', 'a: b # c\rkind: Pod\n', `${YAML} 1:9`, 'carriage return'],
  ['a next line', 'a: b # c\u0085kind: Pod\n', `${YAML} 1:9`, 'U+0085'],
  ['a line separator', '# c\u2028kind: Pod\n', `${YAML} 1:4`, 'U+2028'],
  ['a byte order mark inside', 'a: b\n---\n\uFEFFkind: Pod\n', `${YAML} 3:1`, 'byte order mark'],
  ['a directive without a document', '%YAML 1.1\n', `${YAML} 2:1`, 'directives-end'],
  [
    'a control structure',
    'a:\n  {{- if .x }}\n  b: 1\n  {{- end }}\n',
    'deploy-template 2:5',
    'is a template',
  ],
  ['a value without quotes', 'a: {{ .x }}\n', 'deploy-template 1:5', 'is a template'],
  [
    'text',
    'Get the URL:\n{{ if .x }}\n  http://{{ .y }}\n{{ end }}\n',
    'deploy-template 2:1',
    'is a template',
  ],
])('%s is refused where it is', (_, text, found, message) => {
  expect(shown(text)).toEqual([found]);
  const [problem] = problemsOf(text);
  expect(problem?.message).toContain(message);
  expect(problem?.hint).toBeDefined();
});

test('what is wrong in one document keeps no other from being checked', () => {
  const pod = `kind: Pod\nspec: {containers: [{image: "${DEV}"}]}\n`;
  expect(shown(`${pod}---\na: [\n---\n${pod}---\nb: {\n`)).toEqual([
    `${TAG} 2:29 spec.containers[0].image`,
    `${YAML} 5:1`,
    `${TAG} 7:29 spec.containers[0].image`,
    `${YAML} 10:1`,
  ]);
});

test('lines are counted on after an error in a text of several lines', () => {
  const pod = `kind: Pod\nspec: {containers: [{image: "${DEV}"}]}\n`;
  expect(shown(` a: b\nc:\n - |\n  d\n  e\n---\n${pod}`)).toEqual([
    `${YAML} 2:1`,
    `${TAG} 8:29 spec.containers[0].image`,
  ]);
});

test('after a template, its file is read no further', () => {
  expect(shown(`a: {{ x }}\n---\nb: {{ y }}\n---\nc: [\n`)).toEqual(['deploy-template 1:5']);
});

test('templates in comments do not make a template', () => {
  const text = `# {{ .x }}\nkind: Pod\nspec: {containers: [{image: "${DEV}"}]} # {{ y }}\n`;
  expect(shown(text)).toEqual([`${TAG} 3:29 spec.containers[0].image`]);
  expect(shown('# {{ .x }}\na: [\n')).toEqual([`${YAML} 3:1`]);
});

test.each([
  ['{{ .Values.image }}', 'deploy-template'],
  ['ghcr.io/acme/sdk:{{ .Values.tag }}', 'deploy-template'],
  ['ghcr.io/acme/sdk:$(TAG)', 'deploy-variable'],
  ['ghcr.io/acme/sdk:$TAG', 'deploy-variable'],
  ['ghcr.io/acme/sdk:${TAG:-dev}', 'deploy-variable'],
  ['${REGISTRY}/acme/sdk:0.1.0', 'deploy-variable'],
  ['ghcr.io/acme/${NAME}:0.1.0', 'deploy-variable'],
  ['$IMAGE', 'deploy-variable'],
  ['ghcr.io/acme/sdk:0.1.0 ', 'deploy-not-a-reference'],
  ['ghcr.io/Acme/sdk:0.1.0', 'deploy-not-a-reference'],
  ['https://ghcr.io/acme/sdk:0.1.0', 'deploy-not-a-reference'],
  ['ghcr.io/acme/sdk@sha256:abc', 'deploy-not-a-reference'],
  [`ghcr.io/acme/sdk@sha256:${'A'.repeat(64)}`, 'deploy-digest-not-sha256'],
  [`ghcr.io/acme/sdk@md5:${'a'.repeat(32)}`, 'deploy-digest-not-sha256'],
])('the image %s is found with the rule %s', (image, rule) => {
  const text = `services:\n  www:\n    image: ${JSON.stringify(image)}\n`;
  expect(shown(text, 'compose.yaml')).toEqual([`${rule} 3:12 services.www.image`]);
});

test.each([
  'postgres:${VERSION:-16}',
  'postgres:${VERSION:-a/b}',
  'localhost:5000/www:$(TAG)',
  'nginx:{{ .tag }}',
  `nginx@sha256:${'A'.repeat(64)}`,
  'ghcr.io/other/sdk:$TAG',
])('the image %s is of other people, whatever it becomes', (image) => {
  const text = `services:\n  www:\n    image: ${JSON.stringify(image)}\n`;
  const { others, problems } = checkManifests([{ path: 'compose.yaml', text }], {
    policy: POLICY,
    environment: 'production',
  });
  expect({ others, problems }).toEqual({ others: 1, problems: [] });
});

test.each([
  ['a byte order mark', `\uFEFFkind: Pod\nspec:\n  containers:\n    - image: ${DEV}\n`],
  ['CRLF', `kind: Pod\r\nspec:\r\n  containers:\r\n    - image: ${DEV}\r\n`],
  ['no line break at the end', `kind: Pod\nspec:\n  containers:\n    - image: ${DEV}`],
])('%s changes no position', (_, text) => {
  expect(shown(text)).toEqual([`${TAG} 4:14 spec.containers[0].image`]);
});
