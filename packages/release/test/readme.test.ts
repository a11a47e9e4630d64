import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readCommit } from '../src/commit/commit.ts';
import { publishersOf, versionQuestion } from '../src/definition/definition.ts';
import { EXIT_CODES } from '../src/report/status.ts';
import { openRuns } from '../src/run/open-runs.ts';
import release from './readme.example.ts';
import { createGitWorld } from './support/git-world.ts';

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const EXAMPLE = new URL('../../../examples/ameide/', import.meta.url).pathname;

test('the README’s example is the tested one, and plans every artifact of the example monorepo', async () => {
  const example = readFileSync(new URL('readme.example.ts', import.meta.url), 'utf8');
  expect(/```ts\n([\s\S]*?)```/.exec(README)?.[1]).toBe(example);

  const git = createGitWorld();
  const wanted =
    /^(?:pnpm-workspace\.yaml|packages\/\w+\/(?:package\.json|pyproject\.toml|go\.mod|src\/.*|README\.md|.*\.ya?ml))$/;
  for (const path of readdirSync(EXAMPLE, { recursive: true, encoding: 'utf8' })) {
    if (!path.includes('node_modules') && wanted.test(path) && /\.\w+$/.test(path))
      git.write(path, readFileSync(join(EXAMPLE, path), 'utf8'));
  }
  git.commit();
  git.git('tag', 'v0.1.0');
  const commit = await readCommit(await git.open(), { ...versionQuestion(release) });
  const { runs, problems } = await openRuns(publishersOf(release), commit, {
    repositoryUrl: 'https://github.com/ameideio/ameide',
  });
  expect(problems).toEqual([]);
  expect(runs.map(({ plan }) => plan.coordinates.at(-1))).toEqual([
    { ecosystem: 'npm', name: '@ameideio/ameide-sdk-ts', version: '0.1.0' },
    { ecosystem: 'pypi', name: 'ameide-sdk-python', version: '0.1.0' },
    { ecosystem: 'go', name: 'github.com/ameideio/ameide-sdk-go', version: 'v0.1.0' },
    { ecosystem: 'oci', name: 'ghcr.io/ameideio/ameide-sdk-ts', version: '0.1.0' },
    { ecosystem: 'npm', name: '@ameideio/configuration', version: '0.1.0' },
  ]);
});

test('the README lists every output of version --github-output', () => {
  const source = readFileSync(new URL('../src/cli/github-output.ts', import.meta.url), 'utf8');
  const names = [...source.matchAll(/^ {4}([A-Z_]+): /gm)].map((match) => match[1]);
  expect(names.length).toBeGreaterThan(12);
  expect([...README.matchAll(/^\| `([A-Z_]+)` /gm)].map((match) => match[1])).toEqual(names);
});

test('the README lists every code that the sources use, and every exit code', () => {
  const folder = new URL('../src/', import.meta.url).pathname;
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ts'),
  );
  const text = sources.map((path) => readFileSync(join(folder, path), 'utf8')).join('\n');
  const codes = [
    ...[...text.matchAll(/\bcode: (?:\w+ \? )?'([a-z-]+)'(?: : '([a-z-]+)')?/g)].flatMap(
      (match) => [match[1], match[2]],
    ),
    // The second argument of an InvalidInputError.
    ...[...text.matchAll(/\},?\s*'([a-z]+(?:-[a-z]+)+)',?\s*\)/g)].map((match) => match[1]),
  ].filter((code) => code !== undefined && code !== 'prepare');
  expect(codes.length).toBeGreaterThan(25);
  expect([...new Set(codes)].filter((code) => !README.includes(`\`${code}\``))).toEqual([]);
  for (const [status, code] of Object.entries(EXIT_CODES))
    expect(README).toMatch(new RegExp(`\\| ${code} +\\| \`${status}\``));
});
