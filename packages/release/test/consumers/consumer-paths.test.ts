import type { PublisherDefinition } from '@ameide/versioning-core';
import { expect, test } from 'vitest';
import { consumerPaths, publishedFolders } from '../../src/consumers/consumer-paths.ts';
import type { ConsumersOptions } from '../../src/index.ts';

function definition(consumers?: ConsumersOptions, more: Partial<PublisherDefinition> = {}) {
  const open = async (): Promise<never> => Promise.reject(new Error('not opened'));
  const registry = 'https://registry.npmjs.org/';
  return {
    versionFrom: 'tags',
    ...(consumers === undefined ? {} : { consumers }),
    publishers: [
      { label: 'a', open, package: { ecosystem: 'npm', directory: 'packages/sdk_ts', registry } },
      { label: 'b', open, goModule: { directory: 'packages/sdk_go' } },
      { label: 'c', open, package: { ecosystem: 'npm', name: '@acme/bundle', registry } },
      { label: 'd', open, image: 'ghcr.io/acme/sdk', ...more },
    ],
  } as const;
}

const PATHS = [
  'package.json',
  'deploy/production/web.yaml',
  'packages/sdk_go/go.mod',
  'packages/sdk_ts/example/package.json',
  'packages/sdk_ts_tools/package.json',
  'services/legacy/package.json',
  'services/web/docker/Dockerfile',
  'services/web/package.json',
];

test.each<[string, ConsumersOptions | undefined, readonly string[]]>([
  [
    'by default, all but what is published',
    undefined,
    [0, 1, 4, 5, 6, 7].map((at) => PATHS[at] ?? ''),
  ],
  ['folders', { include: ['services/*'] }, PATHS.slice(5)],
  ['without some', { include: ['services/*'], exclude: ['services/legacy'] }, PATHS.slice(6)],
  [
    'without some files',
    { exclude: ['**/Dockerfile', 'deploy'] },
    [0, 4, 5, 7].map((at) => PATHS[at] ?? ''),
  ],
  ['one file', { include: ['package.json'] }, PATHS.slice(0, 1)],
  [
    'files everywhere',
    { include: ['**/package.json'] },
    [0, 3, 4, 5, 7].map((at) => PATHS[at] ?? ''),
  ],
  ['what is published, too, if it is named', { include: ['packages/**'] }, PATHS.slice(2, 5)],
])('%s', (_, consumers, expected) => {
  expect(PATHS.filter(consumerPaths(definition(consumers)))).toEqual(expected);
});

test('a package in the root has only the files of the root', () => {
  const registry = 'https://registry.npmjs.org/';
  const one = definition(undefined, { package: { ecosystem: 'npm', directory: '', registry } });
  expect(publishedFolders(one)).toEqual(['packages/sdk_ts', 'packages/sdk_go', '']);
  expect(PATHS.filter(consumerPaths(one))).not.toContain('package.json');
  expect(PATHS.filter(consumerPaths(one))).toContain('services/web/package.json');
});
