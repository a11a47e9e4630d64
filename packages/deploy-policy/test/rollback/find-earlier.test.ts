import { describe, expect, test } from 'vitest';
import { type Earlier, type EarlierManifests, findEarlier } from '../../src/index.ts';
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
  const found = await findEarlier(filesOf(current), history(), POLICY);
  return { found, read, ended };
}

const annotated = (image: string, sha: string): string =>
  pod([image], `{ameide.io/image-sha: "${sha}"}`);

interface Case {
  readonly title: string;
  readonly current: State;
  readonly states: readonly State[];
  /** The commit, and the images with their commits. */
  readonly expected: readonly string[];
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
    title: 'several images of one name',
    current: NOW,
    states: [pod([`${SDK}:0.1.0`, `${SDK}:0.0.9`, `${SDK}:0.1.0`])],
    expected: ['c0', `${SDK}:0.1.0`, `${SDK}:0.0.9`],
  },
  {
    title: 'a second version of one name since',
    current: pod([`${SDK}:0.1.0`, `${SDK}:0.2.0`]),
    states: [pod([`${SDK}:0.1.0`])],
    expected: ['c0', `${SDK}:0.1.0`],
  },
  {
    title: 'the same images in another order, or more often',
    current: pod([`${SDK}:0.1.0`, `${SDK}:0.2.0`]),
    states: [pod([`${SDK}:0.2.0`, `${SDK}:0.1.0`, `${SDK}:0.2.0`])],
    expected: [],
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
    title: 'YAML that is broken, a template, and a file that is no YAML, in the history',
    current: NOW,
    states: [
      'kind: Pod\n  spec: [',
      '{{ if .Values.on }}\nkind: Pod\n{{ end }}\n',
      '\u0000\u0001',
      pod(['"not a reference"']),
      pod([`${SDK}:0.1.0`]),
    ],
    expected: ['c4', `${SDK}:0.1.0`],
  },
  { title: 'no history', current: NOW, states: [], expected: [] },
  { title: 'no image of ours', current: pod(['nginx:1']), states: [NOW], expected: [] },
];

describe('what ran before', () => {
  test.each(CASES)('$title', async ({ current, expected, states }) => {
    const { found } = await earlier(current, ...states);
    const images = found?.images.map(({ reference: { digest, name, tag }, sha }) =>
      [
        `${name}:${tag}${digest === undefined ? '' : `@${digest}`}`,
        ...((sha ?? '') ? [sha] : []),
      ].join(' '),
    );
    expect(found === undefined ? [] : [found.commit, ...(images ?? [])]).toEqual(expected);
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
