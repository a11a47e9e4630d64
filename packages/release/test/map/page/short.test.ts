import { expect, test } from 'vitest';
import {
  shortDate,
  shortDigest,
  shortSha,
  versionParts,
} from '../../../src/map/page/view/short.ts';

const sha = '71e210beab37b68546d56dceccba18f09264ecc3';

test.each([
  ['0.1.0', ['0.1.0', '']],
  ['0.1.1-dev.20251114090500', ['0.1.1', '-dev.20251114090500']],
  ['0.1.1.dev20251114090500', ['0.1.1', '.dev20251114090500']],
  ['0.1.0rc1', ['0.1.0', 'rc1']],
  ['v0.1.1-0.20251113153211-71e210beab37', ['v0.1.1', '-0.20251113153211-71e210beab37']],
  [sha, ['', '71e210beab37…']],
  [`source-${sha}`, ['', 'source-71e210beab37…']],
  [`${sha}1`, ['71', 'e210beab37b68546d56dceccba18f09264ecc31']],
  ['nightly', ['nightly', '']],
  ['', ['', '']],
])('the version %j is shown in two parts', (version, parts) => {
  expect(versionParts(version)).toEqual(parts);
});

test.each([
  [`sha256:${'ab'.repeat(32)}`, 'sha256:ababababab…'],
  ['sha512-KO3o8oFGaLrw2T==', 'sha512-KO3o8oFGaL…'],
  ['h1:01JMmDCNENab=', 'h1:01JMmDCNEN…'],
  ['d0c3b58c27652081b5dea702d76d2497f96db5e0', 'd0c3b58c27…'],
  ['sha256:1', 'sha256:1'],
  ['', ''],
])('the digest %j is shown as its beginning', (digest, short) => {
  expect(shortDigest(digest)).toBe(short);
});

test.each([
  ['2025-11-13T15:32:11Z', { day: '13 Nov 2025', time: '15:32' }],
  ['2025-01-03T00:00:00.000Z', { day: '3 Jan 2025', time: '00:00' }],
  ['2025-13-03T00:00:00Z', { day: '2025-13-03T00:00:00Z', time: '' }],
  ['2025-11-13T15:32:11+01:00', { day: '2025-11-13T15:32:11+01:00', time: '' }],
  ['yesterday', { day: 'yesterday', time: '' }],
])('the time %j is shown in UTC, or as it is', (datetime, shown) => {
  expect(shortDate(datetime)).toEqual(shown);
});

test('a SHA is shown as git shows it', () => {
  expect(shortSha(sha)).toBe('71e210b');
});
