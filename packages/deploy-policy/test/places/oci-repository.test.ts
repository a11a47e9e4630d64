import { expect, test } from 'vitest';
import { checkManifests, pinManifests } from '../../src/index.ts';
import { POLICY, SDK } from './fields.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const where = { policy: POLICY, environment: 'production' };

const artifact = (more: string, url = `oci://${SDK}`): string =>
  `apiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository\nmetadata: {name: www}\nspec:\n  url: ${url}\n  interval: 5m\n${more}`;

test.each([
  ['  ref: {tag: 0.1.0}\n', []],
  [`  ref: {digest: "${DIGEST}"}\n`, []],
  ['  ref: {semver: 0.1.0}\n', []],
  ['  ref: {tag: dev}\n', ['deploy-tag-not-allowed']],
  [`  ref: {tag: dev, digest: "${DIGEST}"}\n`, ['deploy-tag-not-allowed']],
  ['  ref: {semver: 1.x}\n', ['deploy-tag-not-allowed']],
  ['  ref: {tag: 0.1.0, semver: ">=0.0.0"}\n', ['deploy-not-a-reference']],
  ['  ref: {tag: 0.1}\n', ['deploy-not-text']],
  ['', ['deploy-tag-missing']],
])('the artifact of a Flux OCIRepository: %j', (ref, codes) => {
  const { problems } = checkManifests([{ path: 'a.yaml', text: artifact(ref) }], where);
  expect(problems.map(({ code }) => code)).toEqual(codes);
});

test('other artifacts are counted', () => {
  const text = artifact('  ref: {tag: dev}\n', 'oci://ghcr.io/stefanprodan/podinfo');
  const { images, others, problems } = checkManifests([{ path: 'a.yaml', text }], where);
  expect([images, others, problems]).toEqual([[], 1, []]);
});

test.each([
  ['  ref: {tag: dev}\n', '  ref: {tag: 0.1.0}\n'],
  ['  ref:\n    tag: dev # old\n', '  ref:\n    tag: 0.1.0 # old\n'],
  ['  ref: {semver: 1.x}\n', '  ref: {semver: 0.1.0}\n'],
  [`  ref: {digest: "sha256:${'b'.repeat(64)}"}\n`, `  ref: {digest: "${DIGEST}", tag: 0.1.0}\n`],
  ['', '  ref:\n    tag: 0.1.0\n'],
])('is pinned: %j', (before, after) => {
  const pins = [{ name: SDK, tag: '0.1.0', digest: DIGEST, sha: 'c'.repeat(40) }];
  const { files, problems } = pinManifests([{ path: 'a.yaml', text: artifact(before) }], {
    ...where,
    pins,
  });
  expect(problems).toEqual([]);
  expect(files[0]?.text).toBe(artifact(after));
});

test('a commit is never written into semver, which takes versions alone', () => {
  const sha = 'c'.repeat(40);
  const text = artifact('  ref: {semver: 0.1.0}\n');
  const { files, problems } = pinManifests([{ path: 'a.yaml', text }], {
    policy: POLICY,
    environment: 'staging',
    pins: [{ name: SDK, tag: sha, sha }],
  });
  expect(problems).toMatchObject([{ code: 'deploy-pin-failed' }]);
  expect(files[0]?.text).toBe(text);
});
