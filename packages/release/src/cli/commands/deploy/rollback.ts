import { dirname } from 'node:path';
import {
  type Earlier,
  findEarlier,
  type ImageRegistry,
  listImages,
  rollbackTargets,
} from '@ameide/deploy-policy';
import { openRepository, type Repository } from '@ameide/publisher-kit/git';
import { InvalidInputError, type Problem, problem } from '@ameide/versioning-core';
import { manifestHistory } from '../../../deploy/manifest-history.ts';
import type { PinRequest } from '../../../deploy/pin-files.ts';
import { type DeployPinReport, type PinOutcome, pinReport } from '../../../deploy/pin-report.ts';
import { pinTargetsOfFiles } from '../../../deploy/pin-targets-of-files.ts';
import type { CliEnvironment } from '../../environment.ts';
import { askRegistries } from './ask-registries.ts';
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
  const { exitCode, report } = await askRegistries(env, args, release, async (registry) =>
    rollBack(request, registry),
  );
  await printPin(env, args.json, report);
  return exitCode;
}

const SCHEMA = 'ameide-release/deploy-rollback/1';

/** Pins what ran before, as the history of the manifests has it and the registries confirm it. */
async function rollBack(request: PinRequest, registry: ImageRegistry): Promise<DeployPinReport> {
  const { environment, policy, read } = request;
  const [first] = read.files;
  // A file that cannot be read may have an image that ran before.
  const unread = listImages(read.files, policy).problems.filter(({ kind }) => kind === 'input');
  const problems = [...read.problems, ...unread];
  if (first?.file === undefined || problems.length > 0)
    return pinReport({ environment, problems }, SCHEMA);
  await using manifests = await openManifests(dirname(first.file));
  const history = manifestHistory(read.files, manifests);
  const found = await findEarlier(read.files, history, policy);
  if (found.problems.length > 0)
    return pinReport({ environment, problems: found.problems }, SCHEMA);
  const { earlier } = found;
  return pinReport(
    earlier === undefined
      ? { environment, problems: [nothingEarlier()] }
      : { ...(await pinEarlier(earlier, registry, request)), earlier: earlier.commit },
    SCHEMA,
  );
}

async function pinEarlier(
  earlier: Earlier,
  registry: ImageRegistry,
  request: PinRequest,
): Promise<PinOutcome> {
  const { files, problems } = await rollbackTargets(earlier, registry);
  return problems.length > 0
    ? { environment: request.environment, problems }
    : pinTargetsOfFiles(files, registry, request);
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
