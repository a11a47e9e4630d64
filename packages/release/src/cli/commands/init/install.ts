import { createProcesses } from '@ameide/publisher-kit';
import { type Problem, problem } from '@ameide/versioning-core';
import { shellWords } from '../../../report/shell-word.ts';
import type { CliEnvironment } from '../../environment.ts';

type Argv = readonly [string, ...string[]];

/** Runs the commands, and returns those that are still to be run. */
export async function install(
  commands: readonly Argv[],
  cwd: string,
  env: CliEnvironment,
): Promise<{ readonly problems: readonly Problem[]; readonly left: readonly Argv[] }> {
  const processes = createProcesses();
  for (const [at, argv] of commands.entries()) {
    void env.stderr(`${shellWords(argv)}\n`);
    const { lastLines, ok, summary } = await processes.run({ argv, cwd, signal: env.signal });
    if (ok) continue;
    const failed = problem({
      code: 'init-not-installed',
      kind: 'incomplete',
      message: `${shellWords(argv)} failed: ${summary}`,
      hint: `The files are written. Run the command yourself to see why.\n${lastLines.join('\n')}`,
    });
    return { problems: [failed], left: commands.slice(at) };
  }
  return { problems: [], left: [] };
}
