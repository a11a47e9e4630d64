import { dirname } from 'node:path';
import { findEarlier, type ImageRegistry, rollbackTargets } from '@ameide/deploy-policy';
import { openRepository, type Repository } from '@ameide/publisher-kit/git';
import { InvalidInputError, type Problem, problem } from '@ameide/versioning-core';
import { withImageRegistry } from '../../../deploy/image-registry.ts';
import { manifestHistory } from '../../../deploy/manifest-history.ts';
import { type PinRequest, pinTargets } from '../../../deploy/pin-files.ts';
import { type DeployPinReport, pinReport } from '../../../deploy/pin-report.ts';
import type { CliEnvironment } from '../../environment.ts';
import { withProgress } from '../../progress/with-progress.ts';
import { type DeployArguments, openPolicy, requireRelease } from './open-policy.ts';
import { readFiles } from './pin.ts';
import { printPin } from './print-pin.ts';

export interface RollbackArguments extends DeployArguments {
  readonly env: string;
  readonly paths: readonly string[];
  readonly write?: boolean;
}

/** `ameide-release deploy rollback` */
export async function rollback(env: CliEnvironment, args: RollbackArguments): Promise<number> {
  await using opened = await openPolicy(args);
  const release = requireRelease(opened, 'deploy rollback');
  const read = await readFiles(args.paths);
  const request: PinRequest = {
    policy: opened.policy,
    environment: args.env,
    read,
    write: args.write === true,
  };
  const { exitCode, report } = await withProgress(
    env,
    args,
    release.repository.root,
    async (onEvent) =>
      withImageRegistry({ ...release, signal: env.signal, onEvent }, async (registry) =>
        rollBack(request, registry),
      ),
  );
  await printPin(env, args.json, report);
  return exitCode;
}

const SCHEMA = 'ameide-release/deploy-rollback/1';

/** Pins what ran before, as the history of the manifests has it and the registries confirm it. */
async function rollBack(request: PinRequest, registry: ImageRegistry): Promise<DeployPinReport> {
  const { environment, policy, read } = request;
  const [first] = read.files;
  if (first?.file === undefined) return pinReport({ environment, problems: read.problems }, SCHEMA);
  await using manifests = await openManifests(dirname(first.file));
  const earlier = await findEarlier(read.files, manifestHistory(read.files, manifests), policy);
  if (earlier === undefined)
    return pinReport({ environment, problems: [nothingEarlier()] }, SCHEMA);
  const { problems, targets } = await rollbackTargets(earlier, registry);
  const outcome =
    problems.length > 0 ? { environment, problems } : await pinTargets(targets, registry, request);
  return pinReport({ ...outcome, earlier: earlier.commit }, SCHEMA);
}

/** Opens the repository that has the manifests, which may be another one than is released. */
async function openManifests(folder: string): Promise<Repository> {
  try {
    return await openRepository(folder);
  } catch (error) {
    throw error instanceof InvalidInputError && error.field === 'directory'
      ? error.with({ field: 'path' })
      : error;
  }
}

function nothingEarlier(): Problem {
  return problem({
    code: 'deploy-nothing-earlier',
    kind: 'input',
    message: 'The history of these manifests has no other image than the ones that are there now.',
    hint: 'Choose a commit: ameide-release map lists them, and ameide-release deploy pin --sha pins one.',
  });
}
