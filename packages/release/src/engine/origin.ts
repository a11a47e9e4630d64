import { isHostAddress, isSameRepository, type Repository } from '@ameide/publisher-kit/git';
import { InvalidInputError } from '@ameide/versioning-core';
import type { RunEnvironment } from '../commit/ci-run.ts';
import { runRepository } from '../commit/run-repository.ts';

/** What is known about the repository that may be published. */
export interface ExpectedOrigin {
  /** The definition's `repository`. */
  readonly definition?: string | undefined;
  /** That of the CI run: see `runRepository`. */
  readonly run?: string | undefined;
  /**
   * What the caller says that this clone is one of (`--origin`), instead of its remote and the CI
   * run.
   */
  readonly given?: string | undefined;
}

/**
 * Refuses a clone of another repository, on every channel: a fork has branches and tags of the same
 * names. A clone that cannot be told apart from one is refused, too. Without any expectation every
 * clone is accepted.
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
 * Throws `InvalidInputError` if the CI run is of another repository than this clone. To be called
 * before the definition is loaded: in a clone of a fork its author wrote it, it is a program, and it
 * would run with our tokens. `given` is `--origin`.
 */
export async function requireOwnClone(
  repository: Pick<Repository, 'origin'>,
  env: RunEnvironment,
  given: string | undefined,
): Promise<void> {
  const refused = await refuseOrigin(repository, { given, run: runRepository(env) });
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
      expected: `a clone of ${url}, ${name}; this address names no host, so nobody can tell`,
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
