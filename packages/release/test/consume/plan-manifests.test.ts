import { createPolicy, type ImageRegistry } from '@ameide/deploy-policy';
import { parseSha, type Relation } from '@ameide/versioning-core';
import { expect, test } from 'vitest';
import { planManifests } from '../../src/consume/plan-manifests.ts';
import { memoryFiles } from './files.ts';

const NAME = 'ghcr.io/acme/app';
const SHA = parseSha('a'.repeat(40));
const DIGEST = `sha256:${'1'.repeat(64)}`;
const [OLDER, NEWER, APART, UNKNOWN] = ['b', 'c', 'd', 'e'].map((one) => one.repeat(40));

const RELATIONS: Readonly<Record<string, Relation>> = {
  [OLDER ?? '']: 'ancestor',
  [NEWER ?? '']: 'descendant',
  [APART ?? '']: 'diverged',
  [DIGEST]: 'descendant',
};

const RELEASE = {
  sha: SHA,
  kind: 'release',
  version: '0.2.0',
  artifacts: [{ ecosystem: 'oci', name: NAME, version: '0.2.0', tags: [{ tag: '0.2.0' }] }],
  problems: [],
  notes: [],
} as const;

const REGISTRY: ImageRegistry = {
  readImage: async () => ({ state: 'absent' }),
  readRelease: async (sha) => ({
    state: 'found',
    release: {
      sha,
      datetime: '2025-11-13T15:32:11Z',
      version: '0.2.0',
      artifacts: ['0.2.0', SHA].map((tag) => ({
        coordinate: `oci:${NAME}:${tag}`,
        state: 'published',
        digest: `sha256:${'2'.repeat(64)}`,
        proofs: [],
      })),
      problems: [],
    },
  }),
};

async function plan(images: Readonly<Record<string, string>>, isNamed = false) {
  const files = Object.fromEntries(
    Object.entries(images).map(([path, image]) => [
      `deploy/production/${path}.yaml`,
      `kind: Pod\napiVersion: v1\nmetadata: { name: web }\nspec:\n  containers:\n    - name: web\n      image: ${image}\n`,
    ]),
  );
  const tags = ['release', 'candidate', 'commit'] as const;
  const planned = await planManifests(
    {
      files: memoryFiles(files),
      release: RELEASE,
      policy: createPolicy({ environments: { production: { tags, proof: 'optional' } } }, [NAME]),
      isIncluded: () => true,
      isNamed,
      imageCommits: async ({ digest, tag }) =>
        digest === undefined && tag?.length !== 40
          ? undefined
          : (RELATIONS[digest ?? tag ?? ''] ?? 'unknown'),
    },
    async (use) => use(REGISTRY),
  );
  return {
    ...planned,
    changed: planned.files.map(({ path, text }) => `${path} ${/app(?:@|:).*/.exec(text)?.[0]}`),
    reasons: planned.kept.map(({ reason }) => reason),
  };
}

const BACK = 'is newer; to go back, use --version or --sha';

test.each([
  [':0.3.0', `0.3.0 ${BACK}`],
  [':0.3', `0.3 ${BACK}`],
  [':0.3.0-rc.1', `0.3.0-rc.1 ${BACK}`],
  [`:${NEWER}`, `${NEWER} ${BACK}`],
  [`@${DIGEST}`, `its digest ${BACK}`],
  [`:${APART}`, `${APART} is of another branch; to change it, use --version or --sha`],
  [
    `:${UNKNOWN}`,
    `${UNKNOWN} may be newer: its commit is not known here; to change it, use --version or --sha`,
  ],
])('%s stays, unless the release is named', async (suffix, reason) => {
  const kept = await plan({ web: `${NAME}${suffix}` });
  expect(kept).toMatchObject({ files: [], problems: [], reasons: [reason] });
  const named = await plan({ web: `${NAME}${suffix}` }, true);
  expect(named).toMatchObject({ kept: [], problems: [] });
  expect(named.changed).toHaveLength(1);
});

test('what is older changes, in every style', async () => {
  const { changed, kept, problems } = await plan({
    line: `${NAME}:0.2`,
    candidate: `${NAME}:0.2.0-rc.1`,
    commit: `${NAME}:${OLDER}`,
    folded: `>-\n        ${NAME}:0.1.0`,
    literal: `|-\n        ${NAME}:0.1.0`,
    'two-lines': `"ghcr.io/acme/\\\n        app:0.1.0"`,
    escaped: `"ghcr.io\\x2facme/app:0.1.0"`,
  });
  expect({ kept, problems }).toEqual({ kept: [], problems: [] });
  expect(changed.map((one) => one.replace(/^.*production\//, '').replace(/"$/, ''))).toEqual([
    'candidate.yaml app:0.2.0',
    'commit.yaml app:0.2.0',
    'escaped.yaml app:0.2.0',
    'folded.yaml app:0.2.0',
    'line.yaml app:0.2.0',
    'literal.yaml app:0.2.0',
    'two-lines.yaml app:0.2.0',
  ]);
});

test('what cannot be read is a problem if it may name the image, and else a note', async () => {
  const { kept, notes, problems } = await plan({
    variable: `${NAME}:\${TAG}`,
    template: `${NAME}:{{ .Values.tag }}`,
    broken: `"ghcr.io\\x2facme/app:0.1.0`,
  });
  expect(kept).toEqual([]);
  expect(problems.map(({ code, path }) => `${code} ${path}`)).toEqual([
    'consume-unread deploy/production/broken.yaml',
  ]);
  expect(notes.map((note) => note.split(' ', 1)[0])).toEqual([
    'deploy/production/template.yaml:7',
    'deploy/production/variable.yaml:7',
  ]);
});
