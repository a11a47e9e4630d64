import { expect, test } from 'vitest';
import { buildEnvironment, pathInCheckout } from '../src/index.ts';
import { testRelease } from '../src/testing/index.ts';

test('a build sees the tuple, its versions and the commit’s time', () => {
  expect(buildEnvironment(testRelease({ tags: ['v0.0.9'] }))).toEqual({
    AMEIDE_SHA: '71e210beab37b68546d56dceccba18f09264ecc3',
    AMEIDE_SHORT_SHA: '71e210b',
    AMEIDE_BASE_VERSION: '0.1.0',
    AMEIDE_DATETIME: '20251113153211',
    AMEIDE_CHANNEL: 'dev',
    AMEIDE_NPM_VERSION: '0.1.0-dev.20251113153211',
    AMEIDE_PYPI_VERSION: '0.1.0.dev20251113153211',
    AMEIDE_GO_VERSION: 'v0.0.10-0.20251113153211-71e210beab37',
    SOURCE_DATE_EPOCH: '1763047931',
  });
});

test.each([
  ['19700101000000', '315532800'],
  ['19800101000000', '315532800'],
  ['20251113153211', '1763047931'],
  ['99991231235959', '4354819198'],
])('a commit of %s gives times that a zip file can hold: %s', (datetime, expected) => {
  expect(buildEnvironment(testRelease({ datetime }))['SOURCE_DATE_EPOCH']).toBe(expected);
});

test('PATH leads into the checkout where it led into the working tree’s node_modules', () => {
  const path = ['/w/node_modules/.bin', '/w/packages/a/node_modules/.bin/', '/w/.venv/bin', '/bin'];
  expect(pathInCheckout('/w', '/tmp/c', path.join(':'))).toEqual({
    PATH: '/tmp/c/node_modules/.bin:/tmp/c/packages/a/node_modules/.bin:/w/.venv/bin:/bin',
  });
  expect(pathInCheckout('/w', '/tmp/c', '/www/node_modules/.bin:/bin')).toEqual({});
});
