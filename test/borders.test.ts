import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

// Imports run one way: core <- source-files, kit <- publishers <- release, and source-files <- deploy-policy <- release. Publishers do not know each other;
// `configuration` is given its carriers.
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  'versioning-core': [],
  'source-files': ['versioning-core'],
  'publisher-kit': ['versioning-core'],
  'publisher-npm': ['versioning-core', 'source-files', 'publisher-kit'],
  'publisher-pypi': ['versioning-core', 'source-files', 'publisher-kit'],
  'publisher-go': ['versioning-core', 'publisher-kit'],
  'publisher-ghcr': ['versioning-core', 'publisher-kit'],
  'publisher-github': ['versioning-core', 'publisher-kit'],
  'publisher-configuration': ['versioning-core', 'publisher-kit'],
  'deploy-policy': ['versioning-core', 'source-files'],
  release: ['versioning-core', 'source-files', 'publisher-kit', 'deploy-policy'],
  'local-registries': [],
};

const root = resolve(import.meta.dirname, '..');
const packages = globSync('packages/*/package.json', { cwd: root }).map((file) =>
  dirname(file).replace('packages/', ''),
);

/**
 * Every specifier a source file imports or re-exports: types, values, dynamic imports and side
 * effects alike.
 */
function specifiers(file: string): string[] {
  const code = readFileSync(file, 'utf8').replaceAll(/^\s*(?:\/\/|\*|\/\*).*$/gm, '');
  const found = code.matchAll(
    /(?:^|[^\w.])(?:from\s*|import\s*\(\s*|import\s+)(['"])([\w@./:#-]+)\1/g,
  );
  return [...found].map((match) => match[2] ?? '');
}

function sources(name: string): string[] {
  return globSync('src/**/*.ts', { cwd: join(root, 'packages', name) }).map((file) =>
    join(root, 'packages', name, file),
  );
}

test('every package has its borders written down here', () => {
  expect(packages.toSorted()).toEqual(Object.keys(ALLOWED).toSorted());
});

test.each(Object.entries(ALLOWED))(
  '%s imports no room of the house but its own floor',
  (name, allowed) => {
    const files = sources(name);
    expect(files.length).toBeGreaterThan(0);
    const crossings = files.flatMap((file) =>
      specifiers(file)
        .filter((specifier) => {
          if (specifier.startsWith('.'))
            return !resolve(dirname(file), specifier).startsWith(
              join(root, 'packages', name, 'src'),
            );
          const room = /^@ameide\/([^/]+)/.exec(specifier)?.[1];
          return room !== undefined && !allowed.includes(room);
        })
        .map((specifier) => `${relative(root, file)} imports ${specifier}`),
    );
    expect(crossings).toEqual([]);
  },
);

test("the kit's git: what reads a repository and what talks to a host know nothing of each other", () => {
  const crossings = sources('publisher-kit').flatMap((file) => {
    const side = /src\/git\/(repository|remote)\//.exec(file)?.[1];
    const other = side === 'remote' ? '../repository/' : '../remote/';
    return side === undefined ? [] : specifiers(file).filter((one) => one.startsWith(other));
  });
  expect(crossings).toEqual([]);
});

test("octokit is loaded by the kit's part for GitHub alone, and by publisher-go when a mirror is there", () => {
  const loading = (name: string, pattern: RegExp): readonly string[] =>
    sources(name)
      .filter((file) => specifiers(file).some((one) => pattern.test(one)))
      .map((file) => relative(join(root, 'packages', name, 'src'), file));
  const octokit = /^@octokit\//;
  expect(packages.filter((name) => loading(name, octokit).length > 0)).toEqual(['publisher-kit']);
  expect(loading('publisher-kit', octokit).every((file) => file.startsWith('github/'))).toBe(true);
  expect(loading('publisher-kit', /\/github\/(?!addresses)/)).toEqual([]);
  expect(
    loading('publisher-go', /publisher-kit\/github$/).every((file) => file.startsWith('github/')),
  ).toBe(true);
  const opening = sources('publisher-go')
    .filter((file) =>
      /from '[./]*github\/(?:api|mirror-repository)\.ts'/.test(
        readFileSync(file, 'utf8').replaceAll(/^import type .*$/gm, ''),
      ),
    )
    .map((file) => relative(root, file));
  expect(opening).toEqual([]);
});

test('versioning-core is pure: semver and itself, nothing of Node', () => {
  const outside = sources('versioning-core').flatMap((file) =>
    specifiers(file).filter(
      (specifier) => !specifier.startsWith('.') && !/^semver(?:\/|$)/.test(specifier),
    ),
  );
  expect(outside).toEqual([]);
});

/** What a package's bundle contains, so that users need not install it. */
const BUNDLED: Readonly<Record<string, readonly string[]>> = {
  'versioning-core': ['semver'],
  'publisher-kit': ['execa'],
  release: ['@clack/prompts', 'ci-info', 'commander', 'picocolors'],
};

test.each(packages)(
  '%s imports only what its package.json lists, or its bundle contains',
  (name) => {
    const manifest = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'));
    const listed = new Set(
      Object.keys({
        ...manifest.dependencies,
        ...manifest.peerDependencies,
        ...(manifest.private ? manifest.devDependencies : {}),
      }),
    );
    // Installed and bundled: users would have it twice.
    expect(BUNDLED[name]?.filter((dependency) => listed.has(dependency)) ?? []).toEqual([]);
    const missing = sources(name).flatMap((file) =>
      specifiers(file)
        .filter((specifier) => !specifier.startsWith('.') && !specifier.startsWith('node:'))
        .map((specifier) =>
          specifier
            .split('/')
            .slice(0, specifier.startsWith('@') ? 2 : 1)
            .join('/'),
        )
        .filter(
          (dependency) => !listed.has(dependency) && BUNDLED[name]?.includes(dependency) !== true,
        )
        .map((dependency) => `${relative(root, file)} imports ${dependency}`),
    );
    expect(missing).toEqual([]);
  },
);
