import type { Problem } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import {
  type Earlier,
  type EarlierImage,
  type EarlierManifests,
  findEarlier,
  formatImageReference,
} from '../../src/index.ts';
import {
  DEV,
  DEV_BYTES,
  POLICY,
  pod,
  RELEASE,
  RELEASE_BYTES,
  SDK,
  WWW,
} from '../online/stand-in-registry.ts';

const PATH = 'deploy/pod.yaml';

/** A state of the manifests: the text of one file, or of each file by its path. */
type State = string | Readonly<Record<string, string>>;

function filesOf(state: State): EarlierManifests['files'] {
  const all = typeof state === 'string' ? { [PATH]: state } : state;
  return Object.entries(all).map(([path, text]) => ({ path, text }));
}

/** Finds what ran before `current`; `states` are the earlier ones, the newest first, of the commits `c0`, `c1`, … */
async function earlier(
  current: State,
  ...states: readonly State[]
): Promise<{
  readonly found: Earlier | undefined;
  readonly problems: readonly Problem[];
  readonly read: number;
  readonly ended: boolean;
}> {
  let read = 0;
  let ended = false;
  async function* history(): AsyncGenerator<EarlierManifests> {
    try {
      for (const [index, state] of states.entries()) {
        read += 1;
        yield { commit: `c${index}`, files: filesOf(state) };
      }
    } finally {
      ended = true;
    }
  }
  const { earlier: found, problems } = await findEarlier(filesOf(current), history(), POLICY);
  return { found, problems, read, ended };
}

const annotated = (image: string, sha: string): string =>
  pod([image], `{ameide.io/image-sha: "${sha}"}`);

interface Case {
  readonly title: string;
  readonly current: State;
  readonly states: readonly State[];
  /** The commit, and the images with their commits; after `=`, what stays as it is beside them. With several files, the path before them. */
  readonly expected: readonly string[];
}

/** A pod with containers of these names and tags. */
function named(...containers: readonly (readonly [string, string])[]): string {
  const items = containers.map(([name, tag]) => `  - {name: ${name}, image: "${SDK}:${tag}"}\n`);
  return `kind: Pod\nspec:\n  containers:\n${items.join('')}`;
}

function withVolume(container: string, volume: string): string {
  return `${named(['app', container])}  volumes:\n  - {name: app, image: {reference: "${SDK}:${volume}"}}\n`;
}

function object(name: string, tag: string): string {
  return `metadata: {name: ${name}}\n${named(['app', tag])}`;
}

function kustomization(...images: readonly (readonly [string, string])[]): string {
  return `images:\n${images.map(([name, tag]) => `- {name: ${name}, newTag: ${tag}}\n`).join('')}`;
}

const NOW = pod([`${SDK}:0.2.0`]);

const CASES: readonly Case[] = [
  {
    title: 'version to version',
    current: NOW,
    states: [NOW, pod([`${SDK}:0.1.0`])],
    expected: ['c1', `${SDK}:0.1.0`],
  },
  {
    title: 'commit to commit',
    current: annotated(`${SDK}:${DEV}`, DEV),
    states: [annotated(`${SDK}:${DEV}`, DEV), annotated(`${SDK}:${RELEASE}`, RELEASE)],
    expected: ['c1', `${SDK}:${RELEASE} ${RELEASE}`],
  },
  {
    title: 'digest to digest under one tag',
    current: pod([`${SDK}:0.1.0@${DEV_BYTES}`]),
    states: [pod([`${SDK}:0.1.0@${RELEASE_BYTES}`])],
    expected: ['c0', `${SDK}:0.1.0@${RELEASE_BYTES}`],
  },
  {
    title: 'a change that is not committed yet: what is committed ran before',
    current: NOW,
    states: [pod([`${SDK}:0.1.0`]), pod([`${SDK}:0.0.9`])],
    expected: ['c0', `${SDK}:0.1.0`],
  },
  {
    title: 'dev with another commit in the annotation',
    current: annotated(`${SDK}:dev`, DEV),
    states: [annotated(`${SDK}:dev`, DEV), annotated(`${SDK}:dev`, RELEASE)],
    expected: ['c1', `${SDK}:dev ${RELEASE}`],
  },
  {
    title: 'dev without annotations is always the same: what ran before that',
    current: pod([`${SDK}:dev`]),
    states: [pod([`${SDK}:dev`], '{a: b}'), pod([`${SDK}:0.1.0`])],
    expected: ['c1', `${SDK}:0.1.0`],
  },
  {
    title: 'a commit after dev without an annotation',
    current: pod([`${SDK}:${DEV}`]),
    states: [pod([`${SDK}:dev`])],
    expected: ['c0', `${SDK}:dev`],
  },
  {
    title: 'another annotation alone, beside a tag that does not move',
    current: annotated(`${SDK}:0.1.0`, RELEASE),
    states: [annotated(`${SDK}:0.1.0`, DEV), pod([`${SDK}:0.1.0`])],
    expected: [],
  },
  {
    title: 'a new image since: it did not run before, so it stays',
    current: pod([`${SDK}:0.2.0`, `${WWW}:0.2.0`]),
    states: [pod([`${SDK}:0.2.0`]), pod([`${SDK}:0.1.0`])],
    expected: ['c1', `${SDK}:0.1.0`],
  },
  {
    title: 'a removed image does not come back',
    current: NOW,
    states: [pod([`${SDK}:0.2.0`, `${WWW}:0.1.0`]), pod([`${SDK}:0.1.0`, `${WWW}:0.1.0`])],
    expected: ['c1', `${SDK}:0.1.0`],
  },
  {
    title: 'of two images the one that changed last',
    current: pod([`${SDK}:0.2.0`, `${WWW}:0.2.0`]),
    states: [pod([`${SDK}:0.2.0`, `${WWW}:0.1.0`]), pod([`${SDK}:0.1.0`, `${WWW}:0.1.0`])],
    expected: ['c0', `${WWW}:0.1.0`],
  },
  {
    title: 'both, if they changed in one commit',
    current: pod([`${SDK}:0.2.0`, `${WWW}:0.2.0`]),
    states: [pod([`${SDK}:0.1.0`, `${WWW}:0.1.0`])],
    expected: ['c0', `${SDK}:0.1.0`, `${WWW}:0.1.0`],
  },
  {
    title: 'of several containers the one that is still there',
    current: NOW,
    states: [pod([`${SDK}:0.1.0`, `${SDK}:0.0.9`, `${SDK}:0.1.0`])],
    expected: ['c0', `${SDK}:0.1.0`],
  },
  {
    title: 'two containers of one image, of which one changed',
    current: pod([`${SDK}:0.1.0`, `${SDK}:0.2.0`, `${WWW}:0.1.0`]),
    states: [pod([`${SDK}:0.1.0`, `${SDK}:0.0.9`, `${WWW}:0.1.0`])],
    expected: ['c0', `${SDK}:0.0.9`, `=${SDK}:0.1.0`],
  },
  {
    title: 'a new container beside one that changed',
    current: pod([`${SDK}:0.2.0`, `${SDK}:0.2.0`]),
    states: [pod([`${SDK}:0.1.0`])],
    expected: ['c0', `${SDK}:0.1.0`, `=${SDK}:0.2.0`],
  },
  {
    title: 'a new container with another version',
    current: pod([`${SDK}:0.1.0`, `${SDK}:0.2.0`]),
    states: [pod([`${SDK}:0.1.0`])],
    expected: [],
  },
  {
    title: 'containers in another order',
    current: named(['b', '0.2.0'], ['a', '0.1.0']),
    states: [named(['a', '0.1.0'], ['b', '0.2.0'])],
    expected: [],
  },
  {
    title: 'a container that moved in the list, and changed',
    current: named(['a', '0.1.0'], ['new', '0.2.0'], ['b', '0.2.0']),
    states: [named(['b', '0.1.0'], ['a', '0.1.0'])],
    expected: ['c0', `${SDK}:0.1.0`, `=${SDK}:0.1.0`, `=${SDK}:0.2.0`],
  },
  {
    title: 'containers that swapped their versions',
    current: named(['a', '0.2.0'], ['b', '0.1.0']),
    states: [named(['a', '0.1.0'], ['b', '0.2.0'])],
    expected: ['c0', `${SDK}:0.1.0`, `${SDK}:0.2.0`],
  },
  {
    title: 'a volume and a container of one name',
    current: withVolume('0.1.0', '0.2.0'),
    states: [withVolume('0.1.0', '0.1.0')],
    expected: ['c0', `${SDK}:0.1.0`, `=${SDK}:0.1.0`],
  },
  {
    title: 'documents in another order, and a new one',
    current: [object('new', '0.3.0'), object('b', '0.2.0'), object('a', '0.1.0')].join('---\n'),
    states: [[object('a', '0.1.0'), object('b', '0.2.0')].join('---\n')],
    expected: [],
  },
  {
    title: 'one of several documents',
    current: [object('a', '0.1.0'), object('b', '0.2.0')].join('---\n'),
    states: [[object('b', '0.1.0'), object('a', '0.1.0')].join('---\n')],
    expected: ['c0', `${SDK}:0.1.0`, `=${SDK}:0.1.0`],
  },
  {
    title: 'an object that was renamed is a new one',
    current: object('job-2', '0.2.0'),
    states: [object('job-1', '0.1.0')],
    expected: [],
  },
  {
    title: 'objects that nothing tells apart: a new one changes nothing',
    current: [object('a', '0.2.0'), object('a', '0.1.0')].join('---\n'),
    states: [object('a', '0.1.0')],
    expected: [],
  },
  {
    title: 'objects that nothing tells apart: by their order',
    current: [object('a', '0.3.0'), object('a', '0.2.0')].join('---\n'),
    states: [[object('a', '0.2.0'), object('a', '0.1.0')].join('---\n')],
    expected: ['c0', `${SDK}:0.2.0`, `${SDK}:0.1.0`],
  },
  {
    title: 'an entry of a kustomization, behind a new one',
    current: { 'kustomization.yaml': kustomization([WWW, '0.1.0'], [SDK, '0.2.0']) },
    states: [{ 'kustomization.yaml': kustomization([SDK, '0.1.0']) }],
    expected: ['c0', `${SDK}:0.1.0`],
  },
  {
    title: "the manifest's own changes, and other people's images",
    current: pod([`${SDK}:0.2.0`, 'nginx:1.29'], '{team: "sdk"}'),
    states: [pod([`${SDK}:0.2.0`, 'nginx:1.28']), NOW, `# a comment\n${NOW}`],
    expected: [],
  },
  {
    title: 'an image that is written otherwise',
    current: NOW,
    states: [pod([`"GHCR.IO:443/acme/sdk:0.2.0"`])],
    expected: [],
  },
  {
    title:
      'a new file with an image of the same name: it did not run before, and the other did not change',
    current: { 'a.yaml': pod([`${SDK}:0.1.0`]), 'c.yaml': pod([`${SDK}:${DEV}`]) },
    states: [
      { 'a.yaml': pod([`${SDK}:0.1.0`]), 'c.yaml': pod([`${SDK}:${DEV}`]) },
      { 'a.yaml': pod([`${SDK}:0.1.0`]) },
    ],
    expected: [],
  },
  {
    title: 'of several files those that changed',
    current: {
      'a.yaml': pod([`${SDK}:0.2.0`, `${WWW}:0.2.0`]),
      'b.yaml': pod([`${SDK}:0.3.0`]),
      'c.yaml': pod([`${SDK}:0.1.0`, `${WWW}:0.2.0`]),
    },
    states: [
      {
        'a.yaml': pod([`${SDK}:0.1.0`, `${WWW}:0.2.0`]),
        'b.yaml': pod([`${SDK}:0.2.0`]),
        'c.yaml': pod([`${SDK}:0.1.0`, `${WWW}:0.2.0`]),
      },
    ],
    expected: ['c0', 'a.yaml', `${SDK}:0.1.0`, 'b.yaml', `${SDK}:0.2.0`],
  },
  {
    title: 'a file that was not there yet',
    current: { 'a.yaml': NOW, 'b.yaml': pod([`${WWW}:0.1.0`]) },
    states: [{ 'a.yaml': NOW }, {}, { 'a.yaml': pod([`${SDK}:0.1.0`]) }],
    expected: ['c2', `${SDK}:0.1.0`],
  },
  {
    title: 'an image that moved from one file to another',
    current: { 'a.yaml': 'a: b\n', 'b.yaml': NOW },
    states: [{ 'a.yaml': NOW, 'b.yaml': '' }],
    expected: [],
  },
  {
    title: 'an image that moved to another file, and changed',
    current: { 'a.yaml': 'a: b\n', 'b.yaml': NOW },
    states: [{ 'a.yaml': pod([`${SDK}:0.1.0`]), 'b.yaml': '' }],
    expected: [],
  },
  {
    title: 'an image in an argument, which is not pinned',
    current: `${NOW}      args: ["--image=${SDK}:0.2.0"]\n`,
    states: [`${NOW}      args: ["--image=${SDK}:0.1.0"]\n`],
    expected: [],
  },
  {
    title: 'another image in the same container: pins do not change names',
    current: NOW,
    states: [pod([`${WWW}:0.1.0`])],
    expected: [],
  },
  {
    title: 'a file without images of ours, that could not be read',
    current: { 'a.yaml': NOW, 'b.yaml': 'kind: Namespace\n' },
    states: [
      { 'a.yaml': NOW, 'b.yaml': 'kind: [' },
      { 'a.yaml': pod([`${SDK}:0.1.0`]), 'b.yaml': 'kind: [' },
    ],
    expected: ['c1', `${SDK}:0.1.0`],
  },
  {
    title: 'a file that is as it was, with an image that cannot be read',
    current: { 'a.yaml': NOW, 'b.yaml': pod([`${SDK}:0.1.0`, `${SDK}:$(TAG)`]) },
    states: [
      {
        'a.yaml': pod([`${SDK}:0.1.0`]),
        'b.yaml': pod([`${SDK}:0.1.0`, `${SDK}:$(TAG)`]),
      },
    ],
    expected: ['c0', `${SDK}:0.1.0`],
  },
  {
    title: 'a field that could not be read, which is gone now',
    current: NOW,
    states: [
      `${NOW}  initContainers: [{name: a, image: "${SDK}:$(TAG)"}]\n`,
      pod([`${SDK}:0.1.0`]),
    ],
    expected: ['c1', `${SDK}:0.1.0`],
  },
  {
    title: 'an annotation that is no commit hides no image',
    current: NOW,
    states: [annotated(`${SDK}:0.2.0`, '71e210b'), pod([`${SDK}:0.1.0`])],
    expected: ['c1', `${SDK}:0.1.0`],
  },
  { title: 'no history', current: NOW, states: [], expected: [] },
  { title: 'no image of ours', current: pod(['nginx:1']), states: [NOW], expected: [] },
];

function shownImage({ reference, sha }: EarlierImage): string {
  return [formatImageReference(reference), ...(sha === undefined ? [] : [sha])].join(' ');
}

describe('what ran before', () => {
  test.each(CASES)('$title', async ({ current, expected, states }) => {
    const { found } = await earlier(current, ...states);
    const files = found?.files ?? [];
    const shown = files.flatMap(({ images, path, unchanged }) => [
      ...(files.length > 1 ? [path] : []),
      ...images.map(shownImage),
      ...unchanged.map((one) => `=${shownImage(one)}`),
    ]);
    expect(found === undefined ? [] : [found.commit, ...shown]).toEqual(expected);
  });

  test.each([
    ['YAML that is broken', 'kind: Pod\n  spec: ['],
    ['a key that is there twice', `${NOW}      image: ${SDK}:0.1.0\n`],
    ['a template', '{{ if .Values.on }}\nkind: Pod\n{{ end }}\n'],
    ['a file that is no YAML', '\u0000\u0001'],
    ['a variable', pod([`${SDK}:$(TAG)`])],
    ['no image reference', pod([`"${SDK}:not a tag"`])],
    ['a variable in another item of the list', pod([`${SDK}:0.2.0`, `${SDK}:$(TAG)`])],
  ])('is not looked for behind a state with %s', async (_, state) => {
    const { found, problems, read } = await earlier(NOW, NOW, state, pod([`${SDK}:0.1.0`]));
    expect(found).toBeUndefined();
    expect(problems).toMatchObject([{ code: 'deploy-rollback-unreadable', kind: 'policy' }]);
    expect(problems[0]?.message).toContain('Commit c1 ');
    expect(read).toBe(2);
  });

  test('is not looked for behind a tag that is a number', async () => {
    const path = 'kustomization.yaml';
    const states = ['1.10', '0.1.0'].map((tag) => ({ [path]: kustomization([SDK, tag]) }));
    const { problems } = await earlier({ [path]: kustomization([SDK, '0.2.0']) }, ...states);
    expect(problems).toMatchObject([{ code: 'deploy-rollback-unreadable', path }]);
  });

  test('of one file is not taken while another one cannot be read', async () => {
    const states = [{ 'a.yaml': pod([`${SDK}:0.1.0`]), 'b.yaml': 'kind: [' }];
    const { found, problems } = await earlier({ 'a.yaml': NOW, 'b.yaml': NOW }, ...states);
    expect(found).toBeUndefined();
    expect(problems).toMatchObject([{ path: 'b.yaml' }]);
  });

  test('is read only as far back as needed, and the history is closed', async () => {
    const old = pod([`${SDK}:0.1.0`]);
    const result = await earlier(NOW, NOW, old, old, old);
    expect(result).toMatchObject({ found: { commit: 'c1' }, read: 2, ended: true });
  });

  test('a history that cannot be read is no empty history', async () => {
    async function* broken(): AsyncGenerator<EarlierManifests> {
      yield { commit: 'c0', files: filesOf(NOW) };
      throw new Error('a damaged object');
    }
    await expect(findEarlier(filesOf(NOW), broken(), POLICY)).rejects.toThrow('a damaged object');
  });
});
