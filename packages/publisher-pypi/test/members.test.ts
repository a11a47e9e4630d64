import { execFileSync } from 'node:child_process';
import { component, needs } from '@ameide/local-registries/components';
import { parse } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import { type Members, memberRequirement, requiredMembers } from '../src/project/members.ts';
import { pyprojectRequirements } from '../src/project/requirements.ts';
import { isIn, parseSpecifier } from '../src/project/specifiers.ts';

const DEV = '0.1.1.dev20251113153211';

function members(version: string, base = version.replace(/rc.*|\.dev.*/, '')): Members {
  return { versions: { 'ameide-core': version }, base };
}

/** A project that requires this, with what a release makes of it, or why it refuses. */
function become(requirement: string, version: string, more = '', base?: string): string {
  const text = `[project]\ndependencies = [${JSON.stringify(requirement)}]\n${more}`;
  const [found] = pyprojectRequirements(parse(text));
  if (found === undefined) return 'not read';
  const made = memberRequirement(found, members(version, base));
  if (made === undefined) return 'no member';
  if ('refused' in made) return `refused: ${made.refused}`;
  if (!made.isChanged) return requirement;
  const [change] = found.withSpecifier(made.specifier);
  return change !== undefined && 'value' in change ? change.value : '';
}

function poetry(constraint: string, version: string): string {
  const text = `[build-system]\nbuild-backend = "poetry.core.masonry.api"\n[tool.poetry.dependencies]\nAmeide_Core = ${constraint}\n`;
  const [found] = pyprojectRequirements(parse(text));
  const made = found === undefined ? undefined : memberRequirement(found, members(version));
  if (made === undefined) return 'no member';
  return 'refused' in made ? 'refused' : made.specifier;
}

const WORKSPACE = '[tool.uv.sources]\n"Ameide.Core" = { workspace = true }\n';

describe('a requirement on a member', () => {
  test.each([
    // The placeholder, by its operator.
    ['ameide-core==0.0.0', 'ameide-core==0.1.0'],
    ['ameide-core~=0.0.0', 'ameide-core~=0.1.0'],
    ['ameide-core>=0.0.0', 'ameide-core>=0.1.0'],
    ['ameide-core == 0.0.0', 'ameide-core ==0.1.0'],
    ['ameide-core==0.0.*', 'ameide-core==0.1.*'],
    ['ameide-core>=0.0.0,<1', 'ameide-core>=0.1.0,<1'],
    // In any spelling, with extras and markers.
    [
      'Ameide.Core[fast, safe] (==0.0) ; python_version >= "3.9"',
      'Ameide.Core[fast, safe] (==0.1.0) ; python_version >= "3.9"',
    ],
    // As its author wrote it.
    ['ameide_core', 'ameide_core'],
    ['ameide_core ; extra == "x"', 'ameide_core ; extra == "x"'],
    ['ameide-core>=0.0.9', 'ameide-core>=0.0.9'],
    ['ameide-core ~= 0.1', 'ameide-core ~= 0.1'],
    ['ameide-core==0.1.*,!=0.1.3', 'ameide-core==0.1.*,!=0.1.3'],
    // From a folder.
    ['ameide-core @ file:///${PROJECT_ROOT}/../core', 'ameide-core>=0.1.0'],
    [
      'ameide-core[x]@{root:uri}/../core ; sys_platform == "linux"',
      'ameide-core[x]>=0.1.0 ; sys_platform == "linux"',
    ],
    // Never together with this release.
    ['ameide-core>=2', 'refused: is required as >=2, and this release publishes 0.1.0'],
    ['ameide-core<0.1', 'refused: is required as <0.1, and this release publishes 0.1.0'],
    ['ameide-core==0.0.9', 'refused: is required as ==0.0.9, and this release publishes 0.1.0'],
    ['ameide-core===0.0.0', 'refused: is required as ===0.0.0, and this release publishes 0.1.0'],
    ['ameide-core @ git+https://example.org/core.git', 'refused: is required from an address'],
    ['other==0.0.0', 'no member'],
    ['constructor==0.0.0', 'no member'],
  ])('in a release: %s → %s', (requirement, right) => {
    expect(become(requirement, '0.1.0')).toBe(right);
  });

  test.each([
    ['ameide-core==0.0.0', `ameide-core==${DEV}`],
    ['ameide-core>=0.1.1', `ameide-core==${DEV}`],
    ['ameide-core==0.1.0', `ameide-core==${DEV}`],
    ['ameide-core', `ameide-core==${DEV}`],
    ['ameide-core>=0.1,<0.2 ; extra == "a"', `ameide-core==${DEV} ; extra == "a"`],
    ['ameide-core @ ../core', `ameide-core==${DEV}`],
    ['ameide-core>=2', `refused: is required as >=2, and this release publishes ${DEV}`],
    ['ameide-core===0.0.0', `refused: is required as ===0.0.0, and this release publishes ${DEV}`],
  ])('in a dev build, after 0.1.0: %s → %s', (requirement, right) => {
    expect(become(requirement, DEV, '', '0.1.0')).toBe(right);
  });

  test.each([
    ['ameide-core', 'ameide-core>=0.1.0rc2'],
    ['ameide-core>=0.0.5,<0.2', 'ameide-core>=0.1.0rc2,<0.2'],
    ['ameide-core==0.1.0', 'ameide-core==0.1.0rc2'],
    ['ameide-core~=0.1.0', 'ameide-core~=0.1.0rc2'],
    ['ameide-core==0.1.*', 'ameide-core>=0.1.0rc2,==0.1.*'],
    ['ameide-core>=0.1.0rc1', 'ameide-core>=0.1.0rc2'],
    ['ameide-core>0.1', 'refused: is required as >0.1, and this release publishes 0.1.0rc2'],
  ])('in a candidate: %s → %s', (requirement, right) => {
    expect(become(requirement, '0.1.0rc2')).toBe(right);
  });

  test('by its name alone follows where uv or Poetry takes it from a folder', () => {
    expect(become('ameide-core', '0.1.0', WORKSPACE)).toBe('ameide-core>=0.1.0');
    expect(
      become(
        'ameide-core',
        '0.1.0',
        '[tool.uv.sources]\nameide-core = [{ path = "../core", marker = "x" }]\n',
      ),
    ).toBe('ameide-core>=0.1.0');
    expect(
      become(
        'ameide-core',
        '0.1.0',
        '[tool.poetry.dependencies]\nameide-core = { path = "../core" }\n',
      ),
    ).toBe('ameide-core>=0.1.0');
    expect(
      become('ameide-core', '0.1.0', '[tool.uv.sources]\nameide-core = { index = "x" }\n'),
    ).toBe('ameide-core');
  });

  test.each([
    ['"^0.0.0"', '^0.1.0', `==${DEV}`],
    ['"~0.0.0"', '~0.1.0', `==${DEV}`],
    ['"0.0.0"', '==0.1.0', `==${DEV}`],
    ['"*"', '*', `==${DEV}`],
    ['{ version = "^0.1", extras = ["x"] }', '^0.1', `==${DEV}`],
    ['{ path = "../core", develop = true }', '>=0.1.0', `==${DEV}`],
    ['"^0.0.9 || ^0.1"', '^0.0.9 || ^0.1', `==${DEV}`],
    ['"^2"', 'refused', 'refused'],
    ['{ git = "https://example.org/core.git" }', 'refused', 'refused'],
  ])('of Poetry: %s → %s, and in a dev build %s', (constraint, release, dev) => {
    expect([poetry(constraint, '0.1.0'), poetry(constraint, DEV)]).toEqual([release, dev]);
  });

  test.each([
    ['==0.0.0', true],
    ['>=0.0.0', true],
    ['~=0.0.0', true],
    ['>=0.0.9', false],
    ['', false],
  ])('%s in a release means that no earlier version will do: %s', (specifier, isRequired) => {
    const text = `[project.optional-dependencies]\nx = ["ameide.core${specifier}", "self[y]==0.0.0"]\n`;
    const versions = { 'ameide-core': '0.1.0', self: '0.1.0' };
    expect(
      requiredMembers(pyprojectRequirements(parse(text)), { versions, base: '0.1.0' }, 'self'),
    ).toEqual(isRequired ? [{ ecosystem: 'pypi', name: 'ameide-core', version: '0.1.0' }] : []);
  });
});

const VERSIONS = [
  '0.0.0',
  '0.1.0',
  '0.1.0rc2',
  DEV,
  '0.1.1',
  '0.2.0.dev1',
  '1.0',
  `${DEV}+git.71e210b`,
];
const SPECIFIERS = [
  '',
  '==0.1.0',
  '==0.1',
  '>=0.1.0',
  '~=0.1.0',
  '~=0.1',
  '==0.1.*',
  '!=0.1.0',
  '<0.2',
  '<=0.1.0',
  '>0.0.0',
  '>=0.1.0rc1',
  `==${DEV}`,
  '===0.1.0',
  '>=0.1,<0.2',
  '>=0',
  'nonsense',
  '~=1',
];
const ASK = `import json, sys
from packaging.specifiers import SpecifierSet, InvalidSpecifier
def ask(s, v):
  try: return SpecifierSet(s).contains(v, prereleases=True)
  except InvalidSpecifier: return None
versions, specifiers, followed = json.load(sys.stdin)
print(json.dumps([[[ask(s, v) for v in versions] for s in specifiers], [SpecifierSet(s).contains(v) for s, v in followed]]))`;

needs('packaging')('the Python package "packaging"', () => {
  const followed = [DEV, '0.1.0rc2', '0.1.0'].flatMap((version) =>
    SPECIFIERS.flatMap((specifier): [string, string][] => {
      const made = become(`ameide-core${specifier}`, version);
      // A release's own specifier stays where it has the version.
      if (!made.startsWith('ameide-core')) return [];
      return [[made.slice('ameide-core'.length), version]];
    }),
  );
  const [python = 'python3'] = component('packaging').command ?? [];
  const input = JSON.stringify([VERSIONS, SPECIFIERS, followed]);
  const answer = (): [(boolean | null)[][], boolean[]] =>
    JSON.parse(execFileSync(python, ['-c', ASK], { input, encoding: 'utf8' })) as ReturnType<
      typeof answer
    >;

  test('has the same versions in each specifier', () => {
    const ours = SPECIFIERS.map((specifier) => {
      const [clauses] = parseSpecifier(specifier, 'pep440') ?? [];
      return VERSIONS.map((version) => clauses?.every((clause) => isIn(version, clause)) ?? null);
    });
    expect(ours).toEqual(answer()[0]);
  });

  test('takes the release for what we wrote, a prerelease without --pre', () => {
    expect(followed.length).toBeGreaterThan(25);
    expect(followed.filter((_, at) => answer()[1][at] !== true)).toEqual([]);
  });
});
