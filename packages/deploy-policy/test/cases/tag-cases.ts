import { codesOf, type DeployCase, DIGEST, SHA, SHA_256, TS } from './case.ts';

const ENVIRONMENTS = ['production', 'staging', 'development', 'ephemeral', 'edge'];

/** What follows the name of an image, and one verdict for each environment above. */
const FORMS: readonly (readonly [suffix: string, verdicts: string])[] = [
  [':0.1.0', '....T'],
  [':10.20.30', '....T'],
  [':0.1.0-rc.1', 'T...T'],
  [':0.1.0-rc.0', 'T...T'],
  [`:${SHA}`, 'T...T'],
  [`:${SHA_256}`, 'T...T'],
  [':dev', 'TT...'],
  [':0.1', 'TTTT.'],
  [':latest', 'TTTT.'],
  ['', 'MMMMM'],
  [`@${DIGEST}`, '.....'],
  [`:0.1.0@${DIGEST}`, '....T'],
  [`:dev@${DIGEST}`, 'TT...'],
  [`:${SHA}@${DIGEST}`, 'T...T'],
];

/** Tags that no release of ours makes: refused in every environment. */
const FOREIGN = [
  'v0.1.0',
  'V0.1.0',
  '0.1.0-rc1',
  '0.1.0-rc.01',
  '0.1.0-rc.',
  '0.1.0-RC.1',
  '0.1.0-alpha.1',
  '0.1.0-dev.20251113',
  '01.2.3',
  '1.02.3',
  '1.2.03',
  '1.2.3.4',
  '1',
  '0.1.x',
  '0.1.0-',
  '0.1.0_1',
  SHA.toUpperCase(),
  SHA.slice(0, 39),
  `${SHA}0`,
  SHA_256.slice(0, 63),
  `${SHA_256}0`,
  SHA.slice(0, 7),
  `sha-${SHA}`,
  'DEV',
  'Latest',
  'develop',
  'stable',
  'x'.repeat(128),
];

/** What is no tag at all. Admission does not allow it, but does not know why. */
const NO_TAGS: readonly (readonly [suffix: string, verdict: string])[] = [
  [':', 'R'],
  [':dev:dev', 'R'],
  [':0.1.0+build', 'R'],
  [':-0.1.0', 'R'],
  [`:${'x'.repeat(129)}`, 'R'],
  [':０.１.０', 'R'],
  [':0.1.0\u200b', 'R'],
  [':dev ', 'R'],
  [':dev\n', 'R'],
  [':0.1.0@', 'R'],
  [':0.1.0@sha256:abc', 'R'],
  [`:0.1.0@${DIGEST}@${DIGEST}`, 'R'],
  [':$(TAG)', 'V'],
  [':${TAG}', 'V'],
  [':{{ .Values.tag }}', 'G'],
];

/** In an environment that needs digests, and in one that allows no tag beside them. */
const DIGESTS: readonly (readonly [suffix: string, pinned: string, digests: string])[] = [
  ['', 'MD', 'MD'],
  [':0.1.0', 'D', 'TD'],
  [':dev', 'TD', 'TD'],
  [`@${DIGEST}`, '.', '.'],
  [`:0.1.0@${DIGEST}`, '.', 'T'],
  [`:dev@${DIGEST}`, 'T', 'T'],
];

/** Digests that nothing of ours has: refused in every environment. */
const FOREIGN_DIGESTS = [
  DIGEST.toUpperCase(),
  `sha256:${DIGEST.slice(7).toUpperCase()}`,
  DIGEST.slice(0, -1),
  `${DIGEST}0`,
  `sha512:${'0'.repeat(128)}`,
  `sha384:${'0'.repeat(96)}`,
  `multihash+base58:${'0'.repeat(46)}`,
];

function inContainer(environment: string, suffix: string, verdict: string): DeployCase {
  return { environment, place: 'container', image: `${TS}${suffix}`, codes: codesOf(verdict) };
}

export const TAG_CASES: readonly DeployCase[] = [
  ...FORMS.flatMap(([suffix, verdicts]) =>
    ENVIRONMENTS.map((environment, index) =>
      inContainer(environment, suffix, verdicts[index] ?? ''),
    ),
  ),
  ...FOREIGN.flatMap((tag) =>
    ['production', 'development'].map((environment) => inContainer(environment, `:${tag}`, 'T')),
  ),
  ...NO_TAGS.map(([suffix, verdict]) => inContainer('development', suffix, verdict)),
  ...DIGESTS.flatMap(([suffix, pinned, digests]) => [
    inContainer('pinned', suffix, pinned),
    inContainer('digests', suffix, digests),
  ]),
  ...FOREIGN_DIGESTS.flatMap((digest) => [
    inContainer('production', `:0.1.0@${digest}`, 'S'),
    inContainer('pinned', `@${digest}`, 'S'),
  ]),
];
