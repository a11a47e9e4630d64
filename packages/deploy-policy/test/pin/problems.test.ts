import { InvalidInputError } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { type Pin, pinManifests } from '../../src/index.ts';
import { digest, full, PINS, POLICY, SDK, WWW } from './styles.ts';

interface Case {
  readonly title: string;
  readonly text: string;
  /** The codes of the problems, with their lines. */
  readonly problems: readonly string[];
  readonly path?: string;
  readonly environment?: string;
  readonly pins?: readonly Pin[];
}

const [WWW_PIN] = PINS;
const WITHOUT_DIGEST: readonly Pin[] = [{ name: 'ghcr.io/acme/www', tag: '1.2.3', sha: WWW }];

function pod(containers: string, annotations = '{}'): string {
  return `kind: Pod\nmetadata:\n  annotations: ${annotations}\nspec:\n  containers:\n${containers}`;
}

/** Lists of ten lists of ten lists. */
function bomb(levels: number): string {
  return Array.from(
    { length: levels },
    (_, index) =>
      `x${index + 1}: &x${index + 1} {kind: List, items: [${`*x${index}, `.repeat(10)}]}\n`,
  ).join('');
}

const CASES: readonly Case[] = [
  {
    title: 'a digest that is there and is not known for the pin',
    text: pod('  - {name: a, image: "ghcr.io/acme/www:1.0.0@$OLDD"}\n'),
    pins: WITHOUT_DIGEST,
    problems: ['deploy-pin-digest-unknown 6'],
  },
  {
    title: 'a digest that the environment requires and that is not known',
    text: pod('  - {name: a, image: ghcr.io/acme/www:1.2.3}\n'),
    pins: WITHOUT_DIGEST,
    environment: 'strict',
    problems: ['deploy-pin-digest-unknown 6'],
  },
  {
    title: 'one tag for images of two versions',
    text: 'a: {repository: ghcr.io/acme/www, tag: &tag 1.0.0}\nb: {repository: ghcr.io/acme/sdk, tag: *tag}\n',
    problems: ['deploy-pin-shared 2'],
  },
  {
    title: "somebody else's image has the tag, too",
    text: 'kind: Kustomization\nimages:\n- {name: ghcr.io/acme/www, newTag: &v "1.0"}\n- name: nginx\n  newTag: *v\n',
    problems: ['deploy-pin-shared 5'],
  },
  {
    title: "somebody else's image comes first",
    text: 'kind: Kustomization\nimages:\n- {name: nginx, newTag: &v "1.0"}\n- {name: ghcr.io/acme/www, newTag: *v}\n',
    problems: ['deploy-pin-shared 4'],
  },
  {
    title: 'an image that is not pinned has the tag, too',
    text: 'kind: Kustomization\nimages:\n- {name: ghcr.io/acme/job, newTag: &v "1.0"}\n- {name: ghcr.io/acme/www, newTag: *v}\n',
    problems: ['deploy-pin-shared 4'],
  },
  {
    title: 'a key that a merge would give to somebody else',
    text: 'kind: Kustomization\nimages:\n- &www {name: ghcr.io/acme/www}\n- {<<: *www, newName: nginx}\n',
    problems: ['deploy-pin-shared 4'],
  },
  {
    title: 'annotations behind an alias',
    text: `x: &a {b: c}\n${pod('  - {name: a, image: ghcr.io/acme/www:1.0.0}\n', '*a')}`,
    problems: ['deploy-pin-shared 4'],
  },
  {
    title: 'annotations that others share',
    text: `${pod('  - {name: a, image: ghcr.io/acme/www:1.0.0}\n', '&a {b: c}')}x: *a\n`,
    problems: ['deploy-pin-shared 3'],
  },
  {
    title: 'an old annotation in a map that others share',
    text: `${pod('  - {name: a, image: ghcr.io/acme/www:1.0.0}\n', '&a {ameide.io/image-sha: $OLD}')}x: *a\n`,
    problems: ['deploy-pin-shared 3'],
  },
  {
    title: 'an annotation that is an alias of something else',
    text: `x: &sha $OLD\n${pod('  - {name: a, image: ghcr.io/acme/www:1.0.0}\n', '{ameide.io/image-sha: *sha}')}`,
    problems: ['deploy-pin-shared 4'],
  },
  {
    title: 'metadata that a merge brings',
    text: 'x: &pod {metadata: {labels: {a: b}}}\nkind: Deployment\nspec:\n  template:\n    <<: *pod\n    spec: {containers: [{name: a, image: ghcr.io/acme/www:1.0.0}]}\n',
    problems: ['deploy-pin-shared 5'],
  },
  {
    title: 'a tag and the annotation of another version in one scalar',
    text: 'kind: Kustomization\nimages:\n- {name: ghcr.io/acme/www, newTag: &sha $OLD}\ncommonAnnotations: {ameide.io/image-sha: *sha}\n',
    problems: ['deploy-pin-shared 4'],
  },
  {
    title: 'one annotation for images of two commits',
    text: pod(
      '  - {name: a, image: ghcr.io/acme/www:1.0.0}\n  - {name: b, image: ghcr.io/acme/sdk:1.0.0}\n',
      '{ameide.io/image-sha: $OLD}',
    ),
    problems: ['deploy-pin-annotation 3'],
  },
  {
    title: 'one kustomization for images of two commits',
    text: 'kind: Kustomization\nimages:\n- {name: ghcr.io/acme/www}\n- {name: ghcr.io/acme/sdk}\n',
    environment: 'strict',
    problems: ['deploy-pin-annotation 1'],
  },
  {
    title: 'a kustomization whose annotation speaks of an image that stays',
    text: 'kind: Kustomization\ncommonAnnotations: {ameide.io/image-sha: $OLD}\nimages:\n- {name: ghcr.io/acme/www}\n- {name: ghcr.io/acme/job, newTag: dev}\n',
    problems: ['deploy-pin-annotation 2'],
  },
  {
    title: 'a container and a volume of one name',
    text: `${pod('  - {name: a, image: ghcr.io/acme/www:1.0.0}\n')}  volumes:\n  - {name: a, image: {reference: ghcr.io/acme/sdk:1.0.0}}\n`,
    problems: ['deploy-pin-annotation 1'],
  },
  {
    title: 'a container with a name that no annotation can have',
    text: pod(
      '  - {name: a b, image: ghcr.io/acme/www:1.0.0}\n  - {name: b, image: ghcr.io/acme/sdk:1.0.0}\n',
    ),
    problems: ['deploy-pin-annotation 1'],
  },
  {
    title: 'a container without a name beside another image of ours',
    text: pod(
      '  - {image: ghcr.io/acme/www:1.0.0}\n  - {name: b, image: ghcr.io/acme/sdk:1.0.0}\n',
    ),
    problems: ['deploy-pin-annotation 1'],
  },
  {
    title: 'annotations that are no map',
    text: pod('  - {name: a, image: ghcr.io/acme/www:1.0.0}\n', '[a]'),
    problems: ['deploy-pin-annotation 3'],
  },
  {
    title: 'another version in an argument and in an annotation',
    text: pod(
      '  - {name: a, image: ghcr.io/acme/www:1.2.3, args: [--as=ghcr.io/acme/www:1.0.0]}\n',
      '{a: "see ghcr.io/acme/www@$OLDD"}',
    ),
    problems: ['deploy-pin-in-text 3', 'deploy-pin-in-text 6'],
  },
  {
    title: 'images that nobody can read',
    text: pod(
      '  - {name: a, image: ghcr.io/acme/www:1.0.0}\n  - {name: b, image: "ghcr.io/acme/www:1.0.0 "}\n  - {name: c, image: "$(WWW)"}\n  - {name: d, image: 1.0}\n  - {name: e, image: "{{ .Values.image }}"}\n',
    ),
    problems: [
      'deploy-not-a-reference 7',
      'deploy-variable 8',
      'deploy-not-text 9',
      'deploy-template 10',
    ],
  },
  {
    title: 'a tag that is a number, of ours alone',
    text: 'a: {repository: ghcr.io/acme/www, tag: 1.0}\nb: {repository: nginx, tag: 1.0}\n',
    problems: ['deploy-not-text 1'],
  },
  {
    title: 'a key before a merge that brings it: kubectl and kustomize do not agree',
    text: `x: &x {image: nginx}\n${pod('  - name: a\n    image: ghcr.io/acme/www:1.0.0\n    <<: *x\n')}`,
    problems: ['deploy-yaml 8'],
  },
  {
    title: 'a key before a list of merges, one of which brings it through another',
    text: `x: &x {image: nginx}\ny: &y {<<: *x}\n${pod('  - name: a\n    image: ghcr.io/acme/www:1.0.0\n    <<: [{b: c}, *y]\n')}`,
    problems: ['deploy-yaml 9'],
  },
  {
    title: 'two merges in one map',
    text: `x: &x {image: nginx}\n${pod('  - <<: *x\n    <<: *x\n')}`,
    problems: ['deploy-yaml 8'],
  },
  {
    title: 'no YAML',
    text: `${pod('  - {name: a, image: ghcr.io/acme/www:1.0.0}\n')}---\na: [\n`,
    problems: ['deploy-yaml 9'],
  },
  {
    title: 'a template',
    text: 'kind: Pod\nspec:\n  containers:\n  {{- range .Values.all }}\n  - image: ghcr.io/acme/www:1.0.0\n',
    problems: ['deploy-template 4'],
  },
  {
    title: 'a template whose braces look like a map',
    text: 'image:\n  repository: ghcr.io/acme/www\n  tag: {{ .Tag }}\n',
    problems: ['deploy-template 3'],
  },
  {
    title: 'a bomb of aliases',
    text: `kind: List\nx0: &x0 {kind: Pod, spec: {containers: [{name: a, image: ghcr.io/acme/www:1.0.0}]}}\n${bomb(7)}items: [*x7]\n`,
    problems: ['deploy-yaml 6'],
  },
  {
    title: 'a key for which there is no place',
    text: '{kind: Pod, metadata: {annotations}, spec: {containers: [{name: a, image: ghcr.io/acme/www:1.0.0}]}}\n',
    problems: ['deploy-pin-annotation 1'],
  },
  {
    title: 'a literal that a line after it would change',
    text: 'spec:\n  containers: [{name: a, image: ghcr.io/acme/www:1.0.0}]\nkind: Pod\nx: |\n  y',
    problems: ['deploy-pin-failed 1'],
  },
];

describe('what cannot be pinned is a problem, and then nothing changes', () => {
  test.each(CASES)('$title', ({ environment = 'production', path = 'a.yaml', ...given }) => {
    const good = { path: 'good.yaml', text: pod('  - {name: a, image: ghcr.io/acme/www:1.0.0}\n') };
    const text = full(given.text);
    const options = { policy: POLICY, environment, pins: given.pins ?? PINS };
    const { files, pinned, problems } = pinManifests([{ path, text }], options);
    expect(problems.map(({ code, line }) => `${code} ${line}`)).toEqual(given.problems);
    expect(problems.every(({ hint = '', path: file }) => hint !== '' && file === path)).toBe(true);
    expect(files).toEqual([{ path, before: text, text, changes: [], edits: [] }]);
    expect(pinned).toBe(0);
    const together = pinManifests([good, { path, text }], options);
    expect(together.files.map((file) => file.text)).toEqual([good.text, text]);
  });
});

describe('a wrong call', () => {
  const wrong: readonly (readonly [string, readonly Partial<Pin>[]])[] = [
    ['pins[0].tag', [{ tag: 'dev' }]],
    ['pins[0].tag', [{ tag: '1.2' }]],
    ['pins[0].tag', [{ tag: 'x y' }]],
    ['pins[0].name', [{ name: 'docker.io/library/nginx' }]],
    ['pins[1].name', [{}, {}]],
    ['pins[0].digest', [{ digest: 'sha256:abc' }]],
    ['pins[1].sha', [{}, { name: 'ghcr.io/acme/sdk', sha: 'abc' }]],
  ];
  test.each(wrong)('%s %j', (field, changes) => {
    const pins = changes.map((change) => ({ ...(WWW_PIN as Pin), ...change }));
    const call = () => pinManifests([], { policy: POLICY, environment: 'production', pins });
    expect(call).toThrow(InvalidInputError);
    expect(call).toThrow(expect.objectContaining({ field }));
  });

  test('an environment that the policy does not have', () => {
    const call = () => pinManifests([], { policy: POLICY, environment: 'prod', pins: [] });
    expect(call).toThrow(expect.objectContaining({ field: 'env' }));
  });
});

test('counts what is pinned, and says what changes', () => {
  const text = pod(
    '  - {name: a, image: ghcr.io/acme/www:1.0.0}\n  - {name: b, image: ghcr.io/acme/www:1.2.3}\n  - {name: c, image: nginx}\n',
    '{}',
  );
  const { files, pinned, problems } = pinManifests([{ path: 'a.yaml', text }], {
    policy: POLICY,
    environment: 'production',
    pins: [
      WWW_PIN as Pin,
      { name: 'ghcr.io/acme/sdk', tag: '2.0.0', sha: SDK, digest: digest('b') },
    ],
  });
  expect(problems).toEqual([]);
  expect(pinned).toBe(2);
  expect(files[0]?.changes).toEqual([
    { line: 3, column: 17, field: 'metadata.annotations["ameide.io/image-sha"]', to: WWW },
    {
      line: 6,
      column: 22,
      field: 'spec.containers[0].image',
      from: 'ghcr.io/acme/www:1.0.0',
      to: 'ghcr.io/acme/www:1.2.3',
    },
  ]);
});
