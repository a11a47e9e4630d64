import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import {
  type Arbitrary,
  assert,
  constant,
  constantFrom,
  dictionary,
  option,
  property,
  tuple,
} from 'fast-check';
import { expect, test } from 'vitest';
import { run } from '../../../test/shapes/program.ts';
import { clientChoice } from '../src/clients/index.ts';

const NAME = '@example/sdk';
const VERSIONS = [
  '0.0.9',
  '0.1.0',
  '0.1.1-rc.1',
  '0.1.10',
  '0.2.0-dev.20251113153211',
  '1.0.0',
  '2.3.1',
  '2.4.0-beta.1',
  '2.4.0+build.1',
] as const;

type Marks = Readonly<Record<string, string | undefined>>;

/** Versions, each with its message or none, and what `latest` names. */
const packages: Arbitrary<readonly [marks: Marks, latest: string | undefined]> = tuple(
  dictionary(constantFrom(...VERSIONS), option(constant('old'), { nil: undefined }), {
    noNullPrototype: true,
  }),
  option(constantFrom(...VERSIONS, '9.9.9'), { nil: undefined }),
);

function choice(marks: Marks, latest: string | undefined): string | undefined {
  const named = { ecosystem: 'npm', name: NAME } as const;
  const versions = Object.entries(marks).map(([version, deprecated]) => ({
    coordinate: { ...named, version },
    ...(deprecated === undefined ? {} : { deprecated }),
  }));
  const pointer = { ...named, pointer: 'latest', version: latest ?? '' };
  const pointers = latest === undefined ? [] : [{ pointer, version: latest }];
  return clientChoice(named, { versions, pointers }).version;
}

test.each<readonly [Marks, string | undefined, string | undefined]>([
  [{ '0.1.0': undefined, '2.3.1': undefined }, '0.1.0', '0.1.0'],
  [{ '0.1.0': undefined, '2.3.1': 'old' }, '2.3.1', '0.1.0'],
  [{ '0.1.0': 'old', '2.3.1': 'old' }, '0.1.0', '2.3.1'],
  [{ '0.1.0': undefined, '2.4.0-beta.1': undefined }, '2.4.0-beta.1', '2.4.0-beta.1'],
  [{ '0.1.0': 'old', '2.4.0-beta.1': undefined }, undefined, '0.1.0'],
  [{ '2.4.0-beta.1': undefined }, undefined, undefined],
  [{ '0.1.0': undefined }, '9.9.9', '0.1.0'],
])('of %j with latest %s the choice is %s', (marks, latest, expected) => {
  expect(choice(marks, latest)).toBe(expected);
});

needs('npm')('what npm chooses', () => {
  test('the rule of npm chooses what clientChoice says', async () => {
    const modules = (await run(['npm', 'root', '--global'], tmpdir())).trim();
    const load = createRequire(join(modules, 'npm', 'package.json'));
    const pick = load('npm-pick-manifest') as (
      packument: unknown,
      wanted: string,
    ) => { readonly version: string };
    const real = (marks: Marks, latest: string | undefined): string | undefined => {
      const versions = Object.entries(marks).map(
        ([version, deprecated]) => [version, { name: NAME, version, deprecated }] as const,
      );
      const tags = latest === undefined ? {} : { latest };
      const packument = { name: NAME, 'dist-tags': tags, versions: Object.fromEntries(versions) };
      try {
        return pick(packument, '*').version;
      } catch {
        return undefined;
      }
    };
    assert(
      property(packages, ([marks, latest]) => {
        expect(choice(marks, latest)).toBe(real(marks, latest));
      }),
      { numRuns: 500 },
    );
  });
});
