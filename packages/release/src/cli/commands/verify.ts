import { readFile } from 'node:fs/promises';
import { InvalidInputError, parseCoordinate } from '@ameide/versioning-core';
import type { ReleaseDefinition } from '../../definition/definition.ts';
import { loadDefinition, locateDefinition } from '../../definition/load.ts';
import { signingOf, sigstoreOption } from '../../definition/signing.ts';
import { verifyCommit, verifyCoordinate } from '../../verify/verify.ts';
import type { CliEnvironment } from '../environment.ts';
import { openDirectory } from '../open-directory.ts';
import { printReport, reportToActions } from '../print.ts';
import type { ProgressArguments } from '../progress/options.ts';
import { withProgress } from '../progress/with-progress.ts';
import { verifyTable } from '../verify-table.ts';

export interface VerifyArguments extends ProgressArguments {
  readonly directory: string;
  /** A revision or a coordinate, as for `trace`. */
  readonly subject: string;
  readonly config?: string;
  /** A file with the trusted root of Sigstore, in place of the definition's. */
  readonly trustedRoot?: string;
}

/** `ameide-release verify` */
export async function verify(env: CliEnvironment, args: VerifyArguments): Promise<number> {
  await using repository = await openDirectory(args.directory);
  const { exitCode, report } = await withProgress(env, args, repository.root, async (onEvent) => {
    const loaded = await loadDefinition(repository.root, args.config);
    const options = {
      repository,
      definition: await withTrustedRoot(loaded, args.trustedRoot),
      definitionFile: locateDefinition(repository.root, args.config),
      signal: env.signal,
      onEvent,
    };
    return args.subject.includes(':')
      ? verifyCoordinate(parseCoordinate(args.subject), options)
      : verifyCommit(args.subject, options);
  });
  printReport(env, args.json, report, verifyTable);
  await reportToActions(env, report, repository.root);
  return exitCode;
}

async function withTrustedRoot(
  definition: ReleaseDefinition,
  file: string | undefined,
): Promise<ReleaseDefinition> {
  if (file === undefined) return definition;
  const sigstore = { ...signingOf(definition).sigstore, trustedRoot: await readRoot(file) };
  return { ...definition, sigstore: sigstoreOption(sigstore, 'trusted-root') };
}

async function readRoot(file: string): Promise<object> {
  try {
    const root: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof root === 'object' && root !== null) return root;
  } catch {
    // The error below says it.
  }
  const expected = 'a file that can be read and has the JSON of a trusted root';
  throw new InvalidInputError({ field: 'trusted-root', received: file, expected });
}
