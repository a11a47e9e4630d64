import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Processes } from '@ameide/publisher-kit';
import { failed, ok, problem, type Result } from '@ameide/versioning-core';

/** A PEP 517 front end: something that builds an sdist, and from it a wheel. */
export interface BuildTool {
  /** For people: `uv`, `python3 -m build`. */
  readonly name: string;
  /**
   * argv that builds `source` into `output`. The wheel is built from the sdist, which shows that
   * the sdist is whole.
   */
  argv(source: string, output: string): readonly [string, ...string[]];
}

interface Candidate extends BuildTool {
  readonly probe: readonly [string, ...string[]];
}

/** uv looks for its own settings (uv.toml) from the folder it runs in. */
function uvBuild(source: string, output: string): readonly string[] {
  return [
    'build',
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
    argv: (source, output) => ['uv', ...uvBuild(source, output)],
  },
  ...['python3', 'python'].flatMap((python): Candidate[] => [
    {
      name: `${python} -m uv`,
      probe: [python, '-m', 'uv', '--version'],
      argv: (source, output) => [python, '-m', 'uv', ...uvBuild(source, output)],
    },
    {
      name: `${python} -m build`,
      probe: [python, '-m', 'build', '--version'],
      argv: (source, output) => [python, '-m', 'build', '--outdir', output, source],
    },
  ]),
];

/**
 * The empty folder that front ends run in: `python -m build` would take a project's own build.py
 * for the module (`cwd` comes first).
 */
export async function toolFolder(workspace: string): Promise<string> {
  const folder = join(workspace, 'empty');
  await mkdir(folder, { recursive: true });
  return folder;
}

/**
 * The first front end that runs in the folder `cwd`: uv, or `build`. A Problem `pypi-no-build-tool`
 * when there is none.
 */
export async function findBuildTool(
  processes: Processes,
  cwd: string,
  signal: AbortSignal,
): Promise<Result<BuildTool>> {
  for (const candidate of CANDIDATES) {
    // Asked to run, not only looked up: a version manager's shim is on PATH for tools that it does
    // not have.
    const result = await processes.run({ argv: candidate.probe, cwd, timeoutMs: 30_000, signal });
    if (result.ok) return ok(candidate);
  }
  return failed(
    problem({
      code: 'pypi-no-build-tool',
      kind: 'incomplete',
      message: 'Neither uv nor the Python package "build" runs here.',
      rerun: 'after-fix',
      hint: 'Install one of them: https://docs.astral.sh/uv/ or: python3 -m pip install build. In GitHub Actions: astral-sh/setup-uv.',
    }),
  );
}
