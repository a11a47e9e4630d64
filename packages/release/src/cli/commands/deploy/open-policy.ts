import type { DeployPolicy } from '@ameide/deploy-policy';
import { InvalidInputError } from '@ameide/versioning-core';
import type { ReleaseDefinition } from '../../../definition/definition.ts';
import { loadDefinition, locateDefinition } from '../../../definition/load.ts';
import { loadPolicy, policyOf } from '../../../deploy/load-policy.ts';
import type { TraceOptions } from '../../../trace/trace.ts';
import { openDirectory } from '../../open-directory.ts';
import type { ProgressArguments } from '../../progress/options.ts';

/** What all commands of `deploy` take. */
export interface DeployArguments extends ProgressArguments {
  readonly directory: string;
  readonly config?: string;
  /** A file with the policy alone, in place of a release definition. */
  readonly policy?: string;
}

export interface OpenedPolicy extends AsyncDisposable {
  readonly policy: DeployPolicy;
  /** Absent if the policy is a file of its own: then nobody knows the registries. */
  readonly release?: OpenedRelease;
}

/** The release definition, and the repository whose commits are released. */
export type OpenedRelease = Required<Pick<TraceOptions, 'repository' | 'definitionFile'>> & {
  readonly definition: ReleaseDefinition;
};

/** Opens the policy of the release definition, or the one in a file. Throws `InvalidInputError`. */
export async function openPolicy(args: DeployArguments): Promise<OpenedPolicy> {
  if (args.policy !== undefined) {
    if (args.config !== undefined) throw bothFiles(args.policy);
    return { policy: await loadPolicy(args.policy), [Symbol.asyncDispose]: async () => {} };
  }
  const repository = await openDirectory(args.directory);
  try {
    const definition = await loadDefinition(repository.root, args.config).catch(withPolicyHint);
    const definitionFile = locateDefinition(repository.root, args.config);
    return {
      policy: policyOf(definition),
      release: { repository, definition, definitionFile },
      [Symbol.asyncDispose]: () => repository.close(),
    };
  } catch (error) {
    await repository.close();
    throw error;
  }
}

/** A repository of manifests has no definition. */
function withPolicyHint(error: unknown): never {
  throw error instanceof InvalidInputError && error.code === 'no-config'
    ? error.with({
        hint: `${error.hint ?? ''} If this repository has only manifests: -C DIR names the one that is released, or --policy FILE the policy alone.`.trimStart(),
      })
    : error;
}

/** Returns the release. Throws `InvalidInputError` if there is only a policy; `option` needs more. */
export function requireRelease({ release }: OpenedPolicy, option: string): OpenedRelease {
  if (release !== undefined) return release;
  throw new InvalidInputError({
    field: 'policy',
    expected: `a release definition in place of --policy, because ${option} asks the registries, which only a definition names`,
    hint: 'Name the repository that is released with -C DIR; paths of manifests stay relative to the working directory.',
  });
}

function bothFiles(received: string): InvalidInputError {
  return new InvalidInputError({
    field: 'policy',
    received,
    expected: 'either --policy or --config, not both',
  });
}
