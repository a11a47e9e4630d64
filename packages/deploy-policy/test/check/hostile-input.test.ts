import { expect, test } from 'vitest';
import { checkManifests, createPolicy } from '../../src/index.ts';

// What takes more than linear time does not end within the time that a test has.

const POLICY = createPolicy({ images: ['ghcr.io/acme/*'] });
const DEV = 'ghcr.io/acme/sdk:dev';

function check(text: string, path = 'www.yaml') {
  return checkManifests([{ path, text }], { policy: POLICY, environment: 'production' });
}

const rules = (text: string): readonly string[] => [
  ...new Set(check(text).problems.map(({ code }) => code)),
];

const lines = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join('');
const pod = (image: string): string => `kind: Pod\nspec: {containers: [{image: ${image}}]}\n`;

/** Each anchor is a list of nine of the one before it. */
const bomb = (first: string, around: (list: string) => string): string =>
  `a0: &a0 ${first}\n${lines(12, (index) => {
    const list = `*a${index}, `.repeat(9);
    return `a${index + 1}: &a${index + 1} ${around(`[${list}]`)}\n`;
  })}`;

test.each([
  ['lists that nobody reads', `${bomb('[x]', (list) => list)}kind: Pod\n`],
  ['containers', `${bomb('[x]', (list) => list)}kind: Pod\nspec: {containers: *a12}\n`],
  [
    'lists of objects',
    `${bomb('{kind: Pod}', (list) => `{kind: List, items: ${list}}`)}kind: List\nitems: [*a12]\n`,
  ],
  ['merges', bomb('{image: x}', (list) => `{<<: ${list}}`)],
  [
    'a list of containers in many pods',
    `x: &c [${`{image: "${DEV}"},`.repeat(1000)}]\nkind: List\nitems: [${'{kind: Pod, spec: {containers: *c}},'.repeat(1000)}]\n`,
  ],
])('a bomb of aliases is refused: %s', (_, text) => {
  const [problem, ...more] = check(text).problems;
  expect(problem?.code).toBe('deploy-yaml');
  expect(problem?.message).toContain('aliases stand for more than 100,000 values');
  expect(more).toEqual([]);
});

test.each([
  ['a merge of it', '<<: *a19999\n'],
  ['a key before it', 'kind: Pod\n<<: *a19999\n'],
  ['services', 'services: *a19999\n'],
  ['values', 'web: {tag: x, <<: *a19999}\n'],
])('a chain of 20,000 merges is refused: %s', (_, last) => {
  const chain = lines(19_999, (index) => `- &a${index + 1} {<<: *a${index}}\n`);
  const text = `chain:\n- &a0 {image: x}\n${chain}${last}`;
  expect(rules(text)).toEqual(['deploy-yaml']);
});

test('annotations that merge too much are refused', () => {
  const text = `x:
- &m {${lines(100, (index) => `k${index}: v, `)}}
- &n {<<: [${'*m, '.repeat(300)}]}
kind: List
items:
${lines(400, () => '- {kind: Pod, metadata: {annotations: *n}, spec: {containers: [{image: "ghcr.io/acme/sdk:0.1.0"}]}}\n')}`;
  expect(rules(text)).toEqual(['deploy-yaml']);
});

test('a base of 100 keys is merged 1,500 times', () => {
  const base = lines(100, (index) => `  k${index}: v\n`);
  const maps = lines(1500, (index) => `w${index}: {<<: *b, image: ghcr.io/acme/sdk, tag: dev}\n`);
  const { problems } = check(`base: &b\n${base}${maps}`, 'values.yaml');
  expect([problems.length, problems.at(-1)?.field]).toEqual([1500, 'w1499']);
  // The tag, the name or both are merged.
  const tag = check(
    `b: &b {tag: dev}\n${lines(1500, (index) => `w${index}: {<<: *b, image: ghcr.io/acme/sdk}\n`)}`,
  );
  expect(tag.problems.length).toBe(1500);
  const both = check(
    `a: &a {image: ghcr.io/acme/sdk}\nb: &b {tag: dev}\nw: {<<: [*a, *b]}\nx: {<<: [*a, *b], image: nginx}\n`,
  );
  expect(both.problems.map(({ field }) => field)).toEqual(['w']);
});

test('aliases of a common size are followed', () => {
  const text = `x: &c [${`{image: "${DEV}"},`.repeat(20)}]\nkind: List\nitems: [${'{kind: Pod, spec: {containers: *c}},'.repeat(20)}]\n`;
  expect(check(text).images.length).toBe(400);
});

test.each([
  ['lists', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
  ['lists without an end', '['.repeat(100_000)],
  ['maps', `${'{a: '.repeat(50_000)}${'}'.repeat(50_000)}`],
  ['lists in one line', `- ${'- '.repeat(100_000)}a`],
  ['explicit keys', '? '.repeat(100_000)],
  ['lines', lines(2000, (index) => `${' '.repeat(index)}a:\n`)],
  ['more than 200 levels', `${'['.repeat(201)}${']'.repeat(201)}`],
])('deep nesting is refused: %s', (_, text) => {
  const { problems } = check(text);
  expect(problems[0]).toMatchObject({ code: 'deploy-yaml', path: 'www.yaml' });
  expect(problems[0]?.message).toMatch(/nested deeper than 200 levels/);
});

test('200 levels are not deep', () => {
  expect(rules(`${'['.repeat(200)}${']'.repeat(200)}`)).toEqual([]);
});

test('large files are read: 10 MB in one document, 200,000 lines, 5,000 documents', () => {
  const last = pod(`"${DEV}"`);
  const line = `  - ${'x'.repeat(50)}\n`;
  expect(check(`${last}data:\n${line.repeat(200_000)}`).problems.length).toBe(1);
  const many = check(`${last}---\n`.repeat(5000));
  expect([many.documents, many.problems.length]).toEqual([5000, 5000]);
  expect(many.problems.at(-1)).toMatchObject({ line: 14_999, column: 29 });
});

test('maps with 20,000 keys are looked up in no quadratic time', () => {
  const text = `kind: Pod
metadata:
  annotations:
${lines(20_000, (index) => `    k${index}: v\n`)}    ameide.io/image-sha: ${'a'.repeat(40)}
spec:
  containers:
${'    - image: ghcr.io/acme/sdk:0.1.0\n'.repeat(20_000)}`;
  const { images, problems } = check(text);
  expect([images.length, problems]).toEqual([20_000, []]);
  expect(images.at(-1)?.sha).toBe('a'.repeat(40));
  const services = lines(20_000, (index) => `  s${index}: {image: "${DEV}"}\n`);
  expect(check(`services:\n${services}`, 'compose.yaml').problems.length).toBe(20_000);
  const values = lines(20_000, (index) => `s${index}: {repository: ghcr.io/acme/sdk, tag: dev}\n`);
  const found = check(values, 'values.yaml').problems;
  expect([found.length, found.at(-1)?.field]).toEqual([20_000, 's19999']);
});

const SIZE = 1_000_000;
const NO_IMAGE = ['deploy-not-a-reference'];

test.each<readonly [string, string, readonly string[]]>([
  ['letters', 'a'.repeat(5 * SIZE), NO_IMAGE],
  ['labels', 'a.'.repeat(SIZE / 2), NO_IMAGE],
  ['dashes', `a${'-'.repeat(SIZE)}`, NO_IMAGE],
  ['underscores', 'a__'.repeat(SIZE / 3), NO_IMAGE],
  ['components', 'a/'.repeat(SIZE / 2), NO_IMAGE],
  ['colons', `${':'.repeat(SIZE)}/`, NO_IMAGE],
  ['at signs', `${'@'.repeat(SIZE)}/`, NO_IMAGE],
  ['spaces', `${' '.repeat(SIZE)}x`, NO_IMAGE],
  ['variables', '${'.repeat(SIZE / 2), ['deploy-variable']],
  ['digits', '1'.repeat(SIZE), NO_IMAGE],
  ['1 KB of labels', 'a.'.repeat(500), NO_IMAGE],
  ['1 KB of dashes', `a${'-'.repeat(1000)}/`, NO_IMAGE],
  ['1 KB of underscores', 'a__'.repeat(340), NO_IMAGE],
  ['1 KB of letters', `${'aA'.repeat(500)}/`, NO_IMAGE],
])('an image of many %s is refused', (_, image, expected) => {
  expect(rules(pod(`"${image}"`))).toEqual(expected);
});

test.each([
  ['digits', '1'.repeat(SIZE)],
  ['underscores', `1${'_'.repeat(SIZE)}x`],
])('a scalar of many %s is no number', (_, image) => {
  expect(rules(pod(image))).toEqual(NO_IMAGE);
});

test.each([
  ['names', 'ghcr.io/acme/a'.repeat(SIZE / 14)],
  ['names with spaces between', ' ghcr.io/acme/a'.repeat(SIZE / 15)],
  ['parts of a name', `ghcr.io/acme/${'a-'.repeat(SIZE / 2)}`],
  ['names with a scheme', 'oci://ghcr.io/acme/a'.repeat(SIZE / 20)],
  ['parts of a name in a document', `[ghcr.io/acme/${'a-'.repeat(SIZE / 2)}`],
  ['at signs', `ghcr.io/acme/a:1@${'+'.repeat(SIZE)}x`],
  ['paths', `ghcr.io/acme/${'a/'.repeat(SIZE / 2)}`],
])('text with many %s is searched', (_, text) => {
  expect(rules(`a: "${text}"\nb: "see ${DEV}."\n`)).toEqual(['deploy-tag-not-allowed']);
});

test('5,000 faulty documents in one file are found', () => {
  const { problems } = check(`${'x: y\n'.repeat(50)}---\n`.repeat(5000));
  expect(problems.length).toBe(5000);
});
