import { isHostAddress, isSameRepository, type Repository } from '@ameide/publisher-kit/git';
import { InvalidInputError } from '@ameide/versioning-core';
import type { RunEnvironment } from '../commit/ci-run.ts';
import { runRepository } from '../commit/run-repository.ts';

/** What is known about the repository that may be published. */
export interface ExpectedOrigin {
  /** The definition's `repository`. */
  readonly definition?: string | undefined;
  /** The repository of the CI run: see `runRepository`. */
  readonly run?: string | undefined;
  /**
   * The repository that this is a clone of, as the caller says (`--origin`). It replaces what the
   * remote and the CI run say.
   */
  readonly given?: string | undefined;
}

/**
 * Refuses a clone of another repository, on every channel: a fork has branches and tags of the same
 * names. Refuses a clone that cannot be identified, too. If neither the definition nor the CI run
 * names a repository, every clone is accepted.
 */
export async function refuseOrigin(
  repository: Pick<Repository, 'origin'>,
  { definition, given, run }: ExpectedOrigin,
): Promise<InvalidInputError | undefined> {
  if (given !== undefined && !isHostAddress(given)) return notAnAddress(given);
  const ofDefinition = definition === undefined ? [] : [{ ...DEFINITION, url: definition }];
  const ofRun = run === undefined ? [] : [{ ...RUN, url: run }];
  if (given !== undefined)
    return differing({ remote: '--origin', addresses: [given] }, ofDefinition);
  const expected = [...ofRun, ...ofDefinition];
  const [first] = expected;
  if (first === undefined) return undefined;
  const origin = await repository.origin();
  return origin === undefined ? unknownOrigin(first) : differing(origin, expected);
}

/**
 * Throws `InvalidInputError` if the CI run is of another repository than this clone. Call it before
 * the definition is loaded: the definition is a program that would run with our tokens, and in a clone
 * of a fork the fork's author wrote it. `given` is `--origin`.
 */
export async function requireOwnClone(
  repository: Pick<Repository, 'origin'>,
  env: RunEnvironment,
  given: string | undefined,
): Promise<void> {
  const refused = await refuseOrigin(repository, { given, run: runRepository(env) });
  if (refused !== undefined) throw refused;
}

/**
 * Throws `InvalidInputError` if this is no clone of the definition's repository, for commands that write
 * and publish no commit. `given` is `--origin`.
 */
export async function requireOrigin(
  repository: Pick<Repository, 'origin'>,
  { repository: definition }: { readonly repository?: string },
  given: string | undefined,
): Promise<void> {
  const refused = await refuseOrigin(repository, { definition, given });
  if (refused !== undefined) throw refused;
}

interface Expected {
  readonly url: string;
  readonly name: string;
  /** What else may be wrong, for the hint. */
  readonly correct: string;
}

const DEFINITION = {
  name: "the release definition's repository",
  correct: 'the option repository',
} as const;

const RUN = {
  name: "this CI run's repository",
  correct: 'what the workflow checks out',
} as const;

type Origin = NonNullable<Awaited<ReturnType<Repository['origin']>>>;

function differing(
  { addresses, remote }: Origin,
  expected: readonly Expected[],
): InvalidInputError | undefined {
  const other = expected.find(({ url }) => !addresses.some((one) => isSameRepository(one, url)));
  if (other === undefined) return undefined;
  const isKnown = addresses.some(isHostAddress);
  return (isKnown ? otherOrigin : unknownAddress)(remote, addresses[0], other);
}

function otherOrigin(
  remote: string,
  address: string,
  { correct, name, url }: Expected,
): InvalidInputError {
  return new InvalidInputError(
    {
      field: remote,
      received: address,
      expected: `a clone of ${url}, ${name}`,
      hint: `Publish from a clone of that repository, or correct ${correct}. If this is its clone under another address: --origin ${url}`,
    },
    'other-origin',
  );
}

function unknownAddress(
  remote: string,
  address: string,
  { name, url }: Expected,
): InvalidInputError {
  return new InvalidInputError(
    {
      field: remote,
      received: address,
      expected: `a clone of ${url}, ${name}; this address names no host, so it does not say which repository this is`,
      hint: `If it is one: git remote set-url ${remote} ${url}, or --origin ${url}`,
    },
    'unknown-origin',
  );
}

function unknownOrigin({ name, url }: Expected): InvalidInputError {
  return new InvalidInputError(
    {
      field: 'origin',
      expected: `a clone of ${url}, ${name}: this one has no remote that says where it comes from`,
      hint: `If it is one: git remote add origin ${url}, or --origin ${url}`,
    },
    'unknown-origin',
  );
}

function notAnAddress(given: string): InvalidInputError {
  return new InvalidInputError({
    field: 'origin',
    received: given,
    expected: "the source repository's address, for example https://github.com/acme/sdk",
  });
}
