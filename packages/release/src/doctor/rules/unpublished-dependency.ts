import { locateJson } from '@ameide/source-files/json';
import type { FoundPackage } from '@ameide/source-files/packages';
import { locateToml } from '@ameide/source-files/toml';
import { normalisePypiName, pathIn } from '@ameide/versioning-core';
import { parseGoModSyntax } from '@ameide/versioning-core/go';
import semver from 'semver';
import { whereIs } from '../at-place.ts';
import { type ReleasedFacts, tableAt } from '../facts.ts';
import type { Finding, Rule } from '../finding.ts';

const NAME = 'unpublished-dependency';

export const UNPUBLISHED_DEPENDENCY: Rule<ReleasedFacts> = {
  name: NAME,
  title: 'What is published needs nothing that only this repository has.',
  why: 'Ranges such as workspace:^ become versions when a package is published, but a package that nobody publishes cannot be installed: npm install, pip install and go get fail for everybody.',
  async find(facts) {
    const findings: Finding[] = [];
    for (const { directory, ecosystem } of facts.release.published) {
      if (directory === undefined) continue;
      if (ecosystem === 'npm') findings.push(...(await inPackageJson(directory, facts)));
      if (ecosystem === 'pypi') findings.push(...(await inPyproject(directory, facts)));
      if (ecosystem === 'go') findings.push(...(await inGoMod(directory, facts)));
    }
    return findings;
  },
};

const HINT =
  'Publish it in the same release (add it to the definition), or make it a devDependency and let the build bundle it.';

async function inPackageJson(
  directory: string,
  { packages, reader, release }: ReleasedFacts,
): Promise<readonly Finding[]> {
  const path = pathIn(directory, 'package.json');
  const json = await reader.json(path);
  const text = (await reader.text(path)) ?? '';
  const bundled = new Set(
    [json?.['bundleDependencies'] ?? json?.['bundledDependencies'] ?? []].flat(),
  );
  const names = new Set(
    release.published.flatMap(({ ecosystem, name }) => (ecosystem === 'npm' ? [name] : [])),
  );
  return (['dependencies', 'peerDependencies', 'optionalDependencies'] as const).flatMap((field) =>
    Object.entries(tableAt(json, field)).flatMap(([name, range]): Finding[] => {
      if (typeof range !== 'string' || names.has(name) || bundled.has(name)) return [];
      const sibling = packages.find((one) => one.ecosystem === 'npm' && one.name === name);
      const why = whyNot(range, sibling);
      if (why === undefined) return [];
      const located = locateJson(text, [field, name]);
      return [
        {
          rule: NAME,
          message: `${field} asks for ${name} as ${range}, ${why}.`,
          hint: HINT,
          ...whereIs(path, text, located?.value),
        },
      ];
    }),
  );
}

/** Why nobody outside can install it; undefined if that is not sure. */
function whyNot(range: string, sibling: FoundPackage | undefined): string | undefined {
  if (/^(?:file|link|portal):/.test(range)) return 'a folder of this repository';
  if (/^(?:workspace|catalog):/.test(range) && sibling?.isPrivate === true)
    return 'a package of this repository that is private';
  if (!range.startsWith('workspace:')) {
    const { isPrivate = false, version = '' } = sibling ?? {};
    return isPrivate && semver.valid(version) !== null && semver.satisfies(version, range)
      ? 'a package of this repository that is private'
      : undefined;
  }
  const { version = '0.0.0' } = sibling ?? {};
  return sibling !== undefined && /^0\.0\.0(?:-|$)/.test(version)
    ? 'a package of this repository that the definition does not publish'
    : undefined;
}

/** `[tool.uv.sources]` and Poetry's `path` name folders; what is published keeps only the name. */
async function inPyproject(
  directory: string,
  { reader, release }: ReleasedFacts,
): Promise<readonly Finding[]> {
  const path = pathIn(directory, 'pyproject.toml');
  const root = await reader.toml(path);
  const text = (await reader.text(path)) ?? '';
  const names = new Set(
    release.published.flatMap(({ ecosystem, name }) => (ecosystem === 'pypi' ? [name] : [])),
  );
  return localRequirements(root).flatMap(({ name, place }): Finding[] =>
    names.has(normalisePypiName(name))
      ? []
      : [
          {
            rule: NAME,
            message: `The project needs ${name}, which comes from a folder of this repository that the definition does not publish.`,
            hint: 'Publish it in the same release (add it to the definition), or move the requirement to a dependency group.',
            ...whereIs(path, text, place(text)),
          },
        ],
  );
}

interface LocalRequirement {
  readonly name: string;
  readonly place: (text: string) => { readonly start: number; readonly end: number } | undefined;
}

function localRequirements(root: unknown): readonly LocalRequirement[] {
  const sources = new Set(
    Object.entries(tableAt(root, 'tool', 'uv', 'sources'))
      .filter(([, source]) => isLocal(source))
      .map(([name]) => normalisePypiName(name)),
  );
  const { dependencies } = tableAt(root, 'project');
  const required = (Array.isArray(dependencies) ? dependencies : []).flatMap((one, index) => {
    const [, name = ''] = /^\s*([A-Za-z0-9][\w.-]*)/.exec(String(one)) ?? [];
    return sources.has(normalisePypiName(name)) || /@\s*file:/.test(String(one))
      ? [
          {
            name,
            place: (text: string) =>
              locateToml(text, ['project', 'dependencies', String(index)])?.value,
          },
        ]
      : [];
  });
  const poetry = Object.entries(tableAt(root, 'tool', 'poetry', 'dependencies'))
    .filter(([, source]) => isLocal(source))
    .map(([name]) => ({
      name,
      place: (text: string) => locateToml(text, ['tool', 'poetry', 'dependencies', name])?.pair,
    }));
  return [...required, ...poetry];
}

function isLocal(source: unknown): boolean {
  return [source].flat().some((one) => {
    const { path, workspace } = tableAt({ one }, 'one');
    return workspace === true || typeof path === 'string';
  });
}

/** A `replace` counts only in the module that is built, never in one that others need. */
async function inGoMod(
  directory: string,
  { packages, reader, release }: ReleasedFacts,
): Promise<readonly Finding[]> {
  const path = pathIn(directory, 'go.mod');
  const text = (await reader.text(path)) ?? '';
  const directives = parseGoModSyntax(text).directives ?? [];
  const names = new Set(
    release.published.flatMap(({ ecosystem, name }) => (ecosystem === 'go' ? [name] : [])),
  );
  const folders = new Set(
    directives.flatMap(({ args, verb }) => {
      const [module = '', target = ''] = [args[0], args[args.indexOf('=>') + 1]];
      return verb === 'replace' && /^\.{0,2}\//.test(target) ? [module] : [];
    }),
  );
  const own = new Set(packages.flatMap((one) => (one.ecosystem === 'go' ? [one.name] : [])));
  return directives.flatMap(({ args: [module = '', version = ''], line, verb }): Finding[] => {
    const isLocal = folders.has(module) && (own.has(module) || version.startsWith('v0.0.0'));
    if (verb !== 'require' || names.has(module) || !isLocal || !isPlaceholderOf(version)) return [];
    return [
      {
        rule: NAME,
        message: `The module requires ${module} ${version}, which a replace takes from a folder, and which the definition does not publish.`,
        hint: 'Publish it in the same release (add it to the definition), or require a version that is published.',
        path,
        line,
      },
    ];
  });
}

/** `v0.0.0`, `v0.0.0-00010101000000-000000000000`: what `go mod tidy` writes for a module that is only replaced. */
function isPlaceholderOf(version: string): boolean {
  return /^v0\.0\.0(?:-00010101000000-000000000000)?$/.test(version);
}
