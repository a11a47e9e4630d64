import * as fc from 'fast-check';

// Tags as repositories have them, and as they should not have them.
const number = fc.oneof(
  { weight: 8, arbitrary: fc.nat(3).map(String) },
  fc.constantFrom('9', '10', '99', '01', '9007199254740993', '18446744073709551616'),
);
export const core: fc.Arbitrary<string> = fc
  .tuple(number, number, number)
  .map((parts) => `v${parts.join('.')}`);
export const suffix: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constant('') },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      '-rc.1',
      '-rc.10',
      '-rc.2',
      '-beta.1',
      '-beta',
      '-0',
      '-0.0',
      '-rc.01',
      '-a..b',
      '-',
      '-x-y',
      '-RC.1',
      '-rc.99999999999999999999',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '+meta',
      '-rc.1+meta',
      '+incompatible',
      '+',
      '-0.20200101000000-abcdef123456',
      '-rc.1.0.20200101000000-abcdef123456',
      '-20200101000000-abcdef123456',
    ),
  },
);
export const version: fc.Arbitrary<string> = fc.tuple(core, suffix).map((parts) => parts.join(''));
export const MAJORS = ['', '/v2', '/v3', '.v0', '.v1', '.v2', '.v2-unstable'] as const;
export const pathWith = (major: string): string =>
  major.startsWith('.') ? `gopkg.in/sdk${major}` : `github.com/o/repo/sdk${major}`;

/** What stands in a `retract` directive: right, odd and wrong. */
export const retraction: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '[v0, v0.9.9]',
      '[v1.0.0, v2.1.0]',
      '[v0.1.0-rc.1, v3.0.0] // nearly all',
    ),
  },
  {
    weight: 4,
    arbitrary: fc.oneof(
      version,
      fc.constantFrom(
        'v0',
        'v1',
        'v0.1',
        'v1.2',
        'latest',
        '"v0.1.0"',
        "'v1.0.0'",
        '`v1.0.0`',
        '(',
        ']',
      ),
    ),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.constantFrom('[', '[ ', '[[', ''),
        fc.oneof(version, fc.constantFrom('v0', 'x', '(', ',', '"v0.0.0"')),
        fc.constantFrom(',', ', ', ' , ', ' ', ',,'),
        fc.oneof(version, fc.constantFrom('v9', 'v1.9', 'x', '")"')),
        fc.constantFrom(']', ' ]', ')', '', '] // why', '] more', ']// [v0.0.0, v9.9.9]'),
      )
      .map((parts) => parts.join('')),
  },
);
