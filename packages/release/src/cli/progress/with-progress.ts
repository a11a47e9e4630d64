import type { Listener } from '../../run/emitter.ts';
import type { CliEnvironment } from '../environment.ts';
import { inertLine } from '../plain.ts';
import { chooseMode } from './choose-mode.ts';
import { openEventsFile } from './events-file.ts';
import type { ProgressArguments } from './options.ts';
import { plainProgress, type Renderer } from './plain.ts';

/** `incomplete` in the table of exit codes: running the command again is safe. */
const INCOMPLETE = 3;

/** What a command returned, and its exit code. */
export interface Shown<R> {
  readonly report: R;
  /** The report's; 3 in place of 0 if the file of `--events` lacks an event. */
  readonly exitCode: number;
}

/**
 * Shows the progress of a command, and writes its events where the user asked for them. Opens the
 * file first: a file that cannot be written is a wrong input, before anything is read or sent. When it
 * returns, the live lines are gone, so that they do not mix with what is printed next.
 */
export async function withProgress<R extends { readonly exitCode: number }>(
  env: CliEnvironment,
  args: ProgressArguments,
  repository: string,
  command: (onEvent: Listener) => Promise<R>,
): Promise<Shown<R>> {
  const mode = chooseMode(env, args);
  using file =
    args.events === undefined ? undefined : openEventsFile(args.events, repository, env.env);
  const report = await shown(env, mode, args, async (renderer) =>
    command((event) => {
      file?.onEvent(event);
      return renderer?.onEvent(event);
    }),
  );
  const failure = file?.failure();
  if (failure !== undefined)
    void env.stderr(`${inertLine(`Not every event was written to ${args.events}: ${failure}`)}\n`);
  const { exitCode } = report;
  return { report, exitCode: failure !== undefined && exitCode === 0 ? INCOMPLETE : exitCode };
}

async function shown<R>(
  env: CliEnvironment,
  mode: ReturnType<typeof chooseMode>,
  { json = false, verbose = false }: ProgressArguments,
  run: (renderer: Renderer | undefined) => Promise<R>,
): Promise<R> {
  using renderer = await rendererFor(env, mode, { keeps: json, verbose });
  return await run(renderer);
}

async function rendererFor(
  env: CliEnvironment,
  mode: ReturnType<typeof chooseMode>,
  options: { readonly keeps: boolean; readonly verbose: boolean },
): Promise<Renderer | undefined> {
  if (mode === 'none') return undefined;
  if (mode === 'plain' || env.terminal === undefined) return plainProgress(env, options);
  const { liveProgress } = await import('./live.ts');
  return liveProgress(env, env.terminal, options);
}
