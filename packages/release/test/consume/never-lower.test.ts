import { execFileSync } from 'node:child_process';
import { tagKind } from '@ameide/deploy-policy/policy';
import { needs } from '@ameide/local-registries/components';
import type { Dependency } from '@ameide/source-files/dependencies';
import { compareGoVersions } from '@ameide/versioning-core/go';
import * as fc from 'fast-check';
import semver from 'semver';
import { expect, test } from 'vitest';
import { decide } from '../../src/consume/decide.ts';

// By default, what a place asks for in the end admits nothing below what it admitted at first.

const NUMBERS = [0, 1, 2, 3];
const RELEASES = NUMBERS.flatMap((major) =>
  NUMBERS.flatMap((minor) => NUMBERS.map((patch) => `${major}.${minor}.${patch}`)),
);
const RUNS = { numRuns: 1500 };

const number = fc.constantFrom(...NUMBERS);
const release = fc.constantFrom(...RELEASES);
const version = fc.oneof(
  release,
  fc.tuple(number, number).map((parts) => parts.join('.')),
  number.map(String),
);

/** What a place asks for in the end. */
function consumed(
  ecosystem: Dependency['ecosystem'],
  requirement: string,
  consumed: { readonly version: string; readonly field: string; readonly npmRange?: 'caret' },
): { readonly requirement: string; readonly isNewer: boolean } {
  const { field, npmRange = 'exact', version } = consumed;
  const tags = [{ tag: version }];
  const decision = decide(
    {
      ecosystem,
      name: 'x',
      requirement,
      field,
      place: { path: 'x', line: 1, column: 1, start: 0, end: 0 },
    },
    {
      artifact: { ecosystem, name: 'x', version, tags },
      npmRange,
      inWorkspace: false,
      isNamed: false,
    },
  );
  return {
    requirement: decision.to ?? requirement,
    isNewer: decision.kept?.includes('is newer') === true,
  };
}

test('npm, as semver says', () => {
  const universe = RELEASES.flatMap((one) => [`${one}-rc.1`, one]);
  const comparator = fc
    .tuple(fc.constantFrom('', '^', '~', '>=', '>', '<', '<=', '='), version, fc.boolean())
    .map(
      ([operator, one, isRc]) => `${operator}${isRc && /\..*\./.test(one) ? `${one}-rc.1` : one}`,
    );
  const range = fc.oneof(
    comparator,
    fc.tuple(comparator, comparator).map((both) => both.join(' ')),
    fc.tuple(comparator, comparator).map((both) => both.join(' || ')),
    fc.tuple(version, version).map((both) => both.join(' - ')),
    version.map((one) => `${one.split('.').slice(0, 2).join('.')}.x`),
  );
  const field = fc.constantFrom('dependencies', 'peerDependencies');
  const lowest = (text: string): string | undefined =>
    universe.find((one) => semver.satisfies(one, text));
  fc.assert(
    fc.property(range, release, field, fc.boolean(), (before, to, field, isCaret) => {
      const npmRange = isCaret ? ({ npmRange: 'caret' } as const) : {};
      const after = consumed('npm', before, { version: to, field, ...npmRange });
      const [old, now] = [lowest(before), lowest(after.requirement)];
      if (old !== undefined && now !== undefined) expect(semver.gte(now, old)).toBe(true);
      if (old !== undefined && after.isNewer) expect(semver.gt(old, to)).toBe(true);
    }),
    RUNS,
  );
});

needs('python', 'packaging')('Python', () => {
  test('as packaging says', { timeout: 60_000 }, () => {
    const clause = fc
      .tuple(fc.constantFrom('==', '===', '~=', '>=', '>', '<', '<=', '!=', '==*', '!=*'), version)
      .map(([operator, one]) => {
        if (operator.endsWith('*')) return `${operator.slice(0, -1)}${one}.*`;
        // `~=1` is not valid.
        return operator === '~=' && !one.includes('.') ? `~=${one}.0` : `${operator}${one}`;
      });
    const specifiers = fc
      .array(clause, { minLength: 0, maxLength: 3 })
      .map((all) => all.join(', '));
    const cases = fc.sample(fc.tuple(specifiers, release), { ...RUNS, seed: 83 });
    const asked = cases.map(([before, to]) => {
      const after = consumed('pypi', before, { version: to, field: 'project.dependencies' });
      return { before, to, after: after.requirement, isNewer: after.isNewer };
    });
    const universe = RELEASES.flatMap((one) => [`${one}.dev1`, `${one}rc1`, one, `${one}.post1`]);
    const wrong: unknown = JSON.parse(
      execFileSync('python3', ['-c', LOWERED], {
        encoding: 'utf8',
        input: JSON.stringify({ asked, universe }),
      }),
    );
    expect(wrong).toEqual([]);
    expect(asked.some(({ isNewer }) => isNewer)).toBe(true);
  });
});

const LOWERED = `
import json, sys
from packaging.specifiers import SpecifierSet
from packaging.version import Version
given = json.load(sys.stdin)
universe = sorted(Version(one) for one in given['universe'])
known = {}
def lowest(text):
    if text not in known:
        specifiers = SpecifierSet(text)
        known[text] = next((one for one in universe if specifiers.contains(one, prereleases=True)), None)
    return known[text]
def is_wrong(one):
    before, after = lowest(one['before']), lowest(one['after'])
    if before is None: return False
    if one['isNewer']: return before <= Version(one['to'])
    return after is not None and after < before
print(json.dumps([one for one in given['asked'] if is_wrong(one)]))
`;

test('Go and images', () => {
  const written = fc
    .tuple(release, fc.constantFrom('', '-rc.1', '-rc.2', '-0.20251113153211-71e210beab37'))
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(written, release, (before, to) => {
      const go = consumed('go', `v${before}`, { version: `v${to}`, field: 'require' });
      expect(compareGoVersions(go.requirement, `v${before}`)).toBeGreaterThanOrEqual(0);
      const tag = /-0/.test(before) ? before.replace(/\.\d+-0.*/, '') : before;
      const image = consumed('oci', `:${tag}`, { version: to, field: 'FROM' });
      const first = (text: string): string => (tagKind(text) === 'line' ? `${text}.0` : text);
      expect(semver.gte(first(image.requirement.slice(1)), first(tag))).toBe(true);
    }),
    RUNS,
  );
});
