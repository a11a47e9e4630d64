import type { CommitSha, MissingContent } from '@ameide/versioning-core';
import type { CheckoutCommit, OpenedSubmodule } from '../../checkout/checkout.ts';
import type { CloneFolders } from '../../checkout/submodules.ts';
import { onceForEach } from '../once-for-each.ts';
import { createCommits } from './commits.ts';
import type { CommitHeader } from './object-format.ts';
import { createObjectReader } from './object-reader.ts';
import { originAddress } from './origin.ts';
import { createRefs } from './refs.ts';
import type { CheckoutOptions, Repository } from './repository.ts';
import { createTreeReader } from './tree-reader.ts';

interface CheckoutParts {
  readonly trees: CheckoutCommit['trees'];
  header(sha: string): Promise<CommitHeader>;
}

interface Checkouts {
  readonly checkout: Repository['checkout'];
  /** Reports what a checkout of the whole commit lacked or would lack. Computed once. */
  missingContent(sha: CommitSha, options: CheckoutOptions): Promise<readonly MissingContent[]>;
}

/** Creates the checkouts of a repository. `environment` is for the processes that read objects. */
export function createCheckouts(
  clone: CloneFolders,
  environment: Readonly<Record<string, string>>,
  parts: CheckoutParts,
): Checkouts {
  let origin: Promise<string | undefined> | undefined;
  const commitOf = async (
    sha: string,
    { submodules }: CheckoutOptions,
  ): Promise<CheckoutCommit> => {
    const { trees } = parts;
    const { tree, time } = await parts.header(sha);
    const files = await trees.files(tree, '');
    origin ??= originAddress({ ...clone, directory: clone.root });
    const address = await origin;
    const openAt: CheckoutCommit['openSubmodule'] = async (gitDirectory, at) =>
      openSubmodule({ ...clone, gitDirectory }, environment, at);
    const origins = { address, origin: address, fetchesSubmodules: submodules };
    return { ...clone, ...origins, sha, time, trees, files, openSubmodule: openAt };
  };
  // Computed only when needed: deriving a version needs no checkout.
  const predictMissing = (submodules: boolean) =>
    onceForEach(async (sha: CommitSha) => {
      const { findMissing } = await import('../../checkout/missing.ts');
      return findMissing(await commitOf(sha, { submodules }));
    });
  const foretold = { fetched: predictMissing(true), local: predictMissing(false) };
  const seen = new Map<string, readonly MissingContent[]>();
  return {
    async checkout(sha, target, { signal, submodules } = {}) {
      const { createCheckout } = await import('../../checkout/checkout.ts');
      const commit = await commitOf(sha, { submodules });
      const result = await createCheckout({ ...commit, signal }, target);
      if (result.value !== undefined) seen.set(sha, result.value);
      return result;
    },
    async missingContent(sha, { submodules = false }) {
      return seen.get(sha) ?? foretold[submodules ? 'fetched' : 'local'](sha);
    },
  };
}

/** Opens the repository of a submodule at the given commit. */
async function openSubmodule(
  { gitDirectory, processes }: Pick<CloneFolders, 'gitDirectory' | 'processes'>,
  environment: Readonly<Record<string, string>>,
  sha: string,
): Promise<OpenedSubmodule> {
  const reader = createObjectReader(gitDirectory, environment);
  const call = { processes, directory: gitDirectory, gitDirectory };
  try {
    const trees = createTreeReader(reader);
    const { tree, time } = await createCommits(reader, createRefs(call), false).header(sha);
    const files = await trees.files(tree, '');
    const address = await originAddress(call);
    return { address, time, trees, files, close: async () => reader.close() };
  } catch (error) {
    await reader.close();
    throw error;
  }
}
