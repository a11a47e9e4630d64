import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createProcesses,
  type FoundSecret,
  findSecrets,
  isTelling,
  type NamedSecret,
  type Processes,
  secretVariables,
  shownPath,
} from '@ameide/publisher-kit';
import { type Problem, problem } from '@ameide/versioning-core';
import type { RunContext } from '../run/context.ts';
import { isSent, type PublisherRun, withProblems } from '../run/publisher-run.ts';
import { runStep } from '../run/run-step.ts';

export interface SearchInput {
  /** The environment of this process. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly processes?: Processes | undefined;
}

/**
 * Searches everything that was built, in the form in which it would be sent, for the secrets of this
 * process's environment and the tokens that the publishers were given: a build may read them from a
 * file, a cache or the machine, and pack them.
 */
export async function searchBuilt(
  runs: readonly PublisherRun[],
  context: RunContext,
  { env, processes = createProcesses() }: SearchInput,
): Promise<readonly PublisherRun[]> {
  const secrets = secretsOf(runs, env);
  if (secrets.length === 0) return runs;
  const searched: PublisherRun[] = [];
  // One after the other: a search keeps one processor busy.
  for (const run of runs) searched.push(await searchOne(run, secrets, context, processes));
  return searched;
}

/** Variables come first: people know a value by its variable's name. */
function secretsOf(runs: readonly PublisherRun[], env: SearchInput['env']): readonly NamedSecret[] {
  const variables = [...secretVariables(env)].flatMap(([name, values]) =>
    values.map((value) => [value, name] as const),
  );
  const given = runs.flatMap((run) =>
    (run.publisher.secrets?.() ?? []).map(
      (secret) => [secret.reveal(), `the token of ${run.id}`] as const,
    ),
  );
  const names = new Map([...given, ...variables.toReversed()]);
  return [...names].filter(([value]) => isTelling(value)).map(([value, name]) => ({ name, value }));
}

async function searchOne(
  run: PublisherRun,
  secrets: readonly NamedSecret[],
  context: RunContext,
  processes: Processes,
): Promise<PublisherRun> {
  const { built, loadedFrom, publisher } = run;
  // What the registry has already is not sent.
  if (built === undefined || isSent(run)) return run;
  const { value = [], problems } = await runStep(
    {
      run,
      phase: 'search',
      name: 'search what it built for secrets',
      effect: 'none',
      call: async (step) => {
        const scope = { processes, signal: step.signal };
        if (loadedFrom !== undefined) return findSecrets(loadedFrom, secrets, scope);
        // Not in the folder of `build --out`: no secret may ever be there.
        const folder = join(step.workspace, 'searched');
        await mkdir(folder);
        try {
          await publisher.save(built, folder, step);
          return await findSecrets(folder, secrets, scope);
        } finally {
          await rm(folder, { recursive: true, force: true });
        }
      },
      problemsIn: (found) => found,
    },
    context,
  );
  return withProblems(run, [...problems, ...value.map((found) => secretProblem(run, found))]);
}

function secretProblem({ id }: PublisherRun, { artifact, name, path }: FoundSecret): Problem {
  const where = path === undefined ? '' : `${shownPath(path)} in `;
  return problem({
    code: 'secret-in-artifact',
    kind: 'incomplete',
    message: `What was built for ${id} contains the value of ${name}: ${where}${shownPath(artifact)}.`,
    hint: `Find what packs it (a build script, or a file such as .npmrc) and keep it out. If it was ever published, revoke it. If the value is no secret, run without the variable: env -u NAME.`,
    rerun: 'after-fix',
  });
}
