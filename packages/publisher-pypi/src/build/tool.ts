import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Processes } from '@ameide/publisher-kit';
import { failed, ok, problem, type Result } from '@ameide/versioning-core';
import type { DistributionFormat } from '../options.ts';

/** A PEP 517 front end: a program that builds an sdist, and a wheel from it. */
export interface BuildTool {
  /** For people: `uv`, `python3 -m build`. */
  readonly name: string;
  /**
   * Returns the command that builds `source` into `output`. For both formats it builds the wheel
   * from the sdist, which proves that the sdist is complete.
   */
  argv(source: string, output: string, formats: Formats): readonly [string, ...string[]];
}

interface Candidate extends BuildTool {
  readonly probe: readonly [string, ...string[]];
}

type Formats = readonly DistributionFormat[];

/** Both front ends have the options `--sdist` and `--wheel`. */
function onlyFormat(formats: Formats): readonly string[] {
  const [only] = new Set(formats);
  return new Set(formats).size === 1 ? [`--${only}`] : [];
}

/** uv searches for its own settings (uv.toml) from its working folder upwards. */
function uvBuild(source: string, output: string, formats: Formats): readonly string[] {
  return [
    'build',
    ...onlyFormat(formats),
    '--no-progress',
    '--color',
    'never',
    '--directory',
    source,
    '--out-dir',
    output,
    source,
  ];
}

// Debian and python.org on Unix install `python3`; python.org on Windows installs `python`.
const CANDIDATES: readonly Candidate[] = [
  {
    name: 'uv',
    probe: ['uv', '--version'],
    argv: (source, output, formats) => ['uv', ...uvBuild(source, output, formats)],
  },
  ...['python3', 'python'].flatMap((python): Candidate[] => [
    {
      name: `${python} -m uv`,
      probe: [python, '-m', 'uv', '--version'],
      argv: (source, output, formats) => [python, '-m', 'uv', ...uvBuild(source, output, formats)],
    },
    {
      name: `${python} -m build`,
      probe: [python, '-m', 'build', '--version'],
      argv: (source, output, formats) => [
        python,
        '-m',
        'build',
        ...onlyFormat(formats),
        '--outdir',
        output,
        source,
      ],
    },
  ]),
];

/**
 * Returns the empty folder to run front ends in: elsewhere `python -m build` could import the
 * project's own build.py, because the working folder comes first.
 */
export async function toolFolder(workspace: string): Promise<string> {
  const folder = join(workspace, 'empty');
  await mkdir(folder, { recursive: true });
  return folder;
}

/**
 * Finds the first front end that runs in the folder `cwd`: uv, or `build`. Returns the problem
 * `pypi-no-build-tool` if there is none.
 */
export async function findBuildTool(
  processes: Processes,
  cwd: string,
  signal: AbortSignal,
): Promise<Result<BuildTool>> {
  for (const candidate of CANDIDATES) {
    // Run it instead of only looking it up: a version manager's shim is on PATH even for tools that
    // are not installed.
    const result = await processes.run({ argv: candidate.probe, cwd, timeoutMs: 30_000, signal });
    if (result.ok) return ok(candidate);
  }
  return failed(
    problem({
      code: 'pypi-no-build-tool',
      kind: 'incomplete',
      message: 'Neither uv nor the Python package "build" works on this machine.',
      rerun: 'after-fix',
      hint: 'Install one of them: https://docs.astral.sh/uv/ or: python3 -m pip install build. In GitHub Actions: astral-sh/setup-uv.',
    }),
  );
}
