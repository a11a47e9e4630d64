import { isAbsolute } from 'node:path/posix';
import type { IgnoreRule } from '@ameide/publisher-kit/git';
import { isAside } from '@ameide/source-files/packages';
import { pathIn } from '@ameide/versioning-core';
import { parseGoModSyntax } from '@ameide/versioning-core/go';
import { type PackageFacts, tableAt } from '../facts.ts';
import type { Finding, Rule } from '../finding.ts';
import { LOCK_COMMANDS } from '../lockfiles/commands.ts';
import { npmRoots } from '../lockfiles/npm-locks.ts';
import { INSTALLED, rangesOf } from '../lockfiles/project.ts';

const NAME = 'lockfile-present';

export const LOCKFILE_PRESENT: Rule<PackageFacts> = {
  name: NAME,
  title: 'What is installed has a lockfile, and git does not ignore it.',
  why: 'Without one, each install takes what is newest on that day: a build cannot be repeated, and nobody can say which versions a service has.',
  async find(facts) {
    const findings: Finding[] = [];
    for (const one of await missing(facts)) {
      const rule = await facts.ignoredBy(one.path);
      findings.push(rule === undefined ? absent(one) : ignored(one, rule));
    }
    return findings;
  },
};

function absent({ command, manifest, path }: Missing): Finding {
  return {
    rule: NAME,
    message: `There is no ${path}.`,
    hint: `Run ${command}, and commit the file.`,
    path: manifest,
  };
}

function ignored({ command, manifest, path }: Missing, { line, source }: IgnoreRule): Finding {
  // Another file is not part of the repository.
  const isOwn = /(?:^|\/)\.gitignore$/.test(source) && !isAbsolute(source);
  return {
    rule: NAME,
    message: `git ignores ${path}.`,
    hint: `Change line ${line} of ${source} so that git does not ignore it, run ${command}, and commit the file.`,
    ...(isOwn ? { path: source, line } : { path: manifest }),
  };
}

interface Missing {
  readonly path: string;
  readonly manifest: string;
  readonly command: string;
}

const NAMES = {
  pnpm: 'pnpm-lock.yaml',
  npm: 'package-lock.json',
  yarn: 'yarn.lock',
  bun: 'bun.lock',
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
      return [
        {
          path: pathIn(directory, NAMES[manager]),
          manifest: pathIn(directory, 'package.json'),
          command: LOCK_COMMANDS[manager],
        },
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
        : [{ path, manifest, command: LOCK_COMMANDS.uv }];
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
      return needs ? [{ path, manifest, command: LOCK_COMMANDS.go }] : [];
    }),
  );
  return all.flat();
}
