import { isAside } from '@ameide/source-files/packages';
import { placeAt } from '@ameide/source-files/text';
import { pathIn } from '@ameide/versioning-core';
import { parseGoModSyntax } from '@ameide/versioning-core/go';
import { type PackageFacts, tableAt } from '../facts.ts';
import type { Finding, Rule } from '../finding.ts';
import { npmRoots } from '../lockfiles/npm-locks.ts';
import { INSTALLED, rangesOf } from '../lockfiles/project.ts';

const NAME = 'lockfile-present';

export const LOCKFILE_PRESENT: Rule<PackageFacts> = {
  name: NAME,
  title: 'What is installed has a lockfile, and git does not ignore it.',
  why: 'Without one, each install takes what is newest on that day: a build cannot be repeated, and nobody can say which versions a service has.',
  async find(facts) {
    const { isIgnored, reader } = facts;
    const findings: Finding[] = [];
    for (const { command, manifest, path } of await missing(facts)) {
      const ignored = await isIgnored(path);
      const ignoring = ignored ? await ignoringLine(path, reader) : undefined;
      findings.push({
        rule: NAME,
        message: ignored ? `git ignores ${path}.` : `There is no ${path}.`,
        hint: ignored
          ? `Remove the line from .gitignore, run ${command}, and commit the file.`
          : `Run ${command}, and commit the file.`,
        ...(ignoring ?? { path: manifest }),
      });
    }
    return findings;
  },
};

interface Missing {
  readonly path: string;
  readonly manifest: string;
  readonly command: string;
}

const NAMES = {
  pnpm: ['pnpm-lock.yaml', 'pnpm install --lockfile-only'],
  npm: ['package-lock.json', 'npm install --package-lock-only'],
  yarn: ['yarn.lock', 'yarn install'],
  bun: ['bun.lock', 'bun install --lockfile-only'],
} as const;

async function missing(facts: PackageFacts): Promise<readonly Missing[]> {
  return [...(await ofNpm(facts)), ...(await ofUv(facts)), ...(await ofGo(facts))];
}

/** A package of its own below the root may be a library that nobody installs there. */
async function ofNpm(facts: PackageFacts): Promise<readonly Missing[]> {
  return (await npmRoots(facts)).flatMap(
    ({ directory, isWorkspace, lockfiles, manager, projects }) => {
      const isInstalled = projects.some(({ json }) =>
        INSTALLED.some((field) => rangesOf(json, field).size > 0),
      );
      if (lockfiles.length > 0 || !isInstalled || !(isWorkspace || directory === '')) return [];
      if (isAside(directory)) return [];
      const [name, command] = NAMES[manager];
      return [
        { path: pathIn(directory, name), manifest: pathIn(directory, 'package.json'), command },
      ];
    },
  );
}

/** A workspace of uv is always locked; of other Python projects many are libraries without a lockfile. */
async function ofUv({ reader }: PackageFacts): Promise<readonly Missing[]> {
  const manifests = reader.paths.filter((path) => /(?:^|\/)pyproject\.toml$/.test(path));
  const all = await Promise.all(
    manifests.map(async (manifest) => {
      const path = manifest.replace(/pyproject\.toml$/, 'uv.lock');
      const { members } = tableAt(await reader.toml(manifest), 'tool', 'uv', 'workspace');
      return members === undefined || reader.has(path)
        ? []
        : [{ path, manifest, command: 'uv lock' }];
    }),
  );
  return all.flat();
}

async function ofGo({ packages, reader }: PackageFacts): Promise<readonly Missing[]> {
  const all = await Promise.all(
    packages.map(async ({ directory, ecosystem, manifest }) => {
      const path = pathIn(directory, 'go.sum');
      if (ecosystem !== 'go' || reader.has(path)) return [];
      const { directives = [] } = parseGoModSyntax((await reader.text(manifest)) ?? '');
      const local = new Set(
        directives.flatMap(({ args, verb }) =>
          verb === 'replace' && args.some((word) => /^\.{0,2}\//.test(word)) ? [args[0]] : [],
        ),
      );
      const needs = directives.some(({ args, verb }) => verb === 'require' && !local.has(args[0]));
      return needs ? [{ path, manifest, command: 'go mod tidy' }] : [];
    }),
  );
  return all.flat();
}

/** The line of the root's .gitignore that names the file. */
async function ignoringLine(
  path: string,
  { text: read }: PackageFacts['reader'],
): Promise<Pick<Finding, 'path' | 'line'> | undefined> {
  const text = (await read('.gitignore')) ?? '';
  const name = path.slice(path.lastIndexOf('/') + 1);
  const line = text.split('\n').findIndex((one) => one.trim().endsWith(name));
  if (line === -1) return undefined;
  const start = text.split('\n').slice(0, line).join('\n').length + (line === 0 ? 0 : 1);
  return { path: '.gitignore', line: placeAt('.gitignore', text, start, start).line };
}
