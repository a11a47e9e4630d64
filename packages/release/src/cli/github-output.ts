import { randomUUID } from 'node:crypto';
import { appendFile } from 'node:fs/promises';
import { InvalidInputError } from '@ameide/versioning-core';
import type { ReleaseFacts } from '../report/facts.ts';

/** Returns a commit's versions under the north star's names, and a few more under our own. */
export function githubOutputs(facts: ReleaseFacts): Readonly<Record<string, string>> {
  return {
    IS_RELEASE: String(facts.channel === 'release'),
    CHANNEL: facts.channel,
    BASE_VERSION: facts.base,
    GIT_SHA: facts.sha,
    SHORT_SHA: facts.shortSha,
    DATE: facts.date,
    DATETIME: facts.datetime,
    NPM_VERSION: facts.npm.full,
    NPM_PUBLISHED_VERSION: facts.npm.version,
    NPM_DIST_TAG: facts.npm.distTag ?? '',
    PYPI_VERSION: facts.pypi.full,
    PYPI_PUBLIC_VERSION: facts.pypi.version,
    GO_VERSION: facts.go.version,
    GO_RELEASE_TAG: facts.go.tag ?? '',
  };
}

/**
 * Writes outputs as `NAME<<delimiter` with a random delimiter (GitHub Actions, workflow commands,
 * multiline strings), so that no value can add an output. Refuses a value that contains the
 * delimiter.
 */
export function renderOutputs(
  outputs: Readonly<Record<string, string>>,
  delimiter: string = `ameide_${randomUUID()}`,
): string {
  return Object.entries(outputs)
    .map(([name, value]) => {
      if (value.includes(delimiter))
        throw new InvalidInputError({
          field: name,
          expected: 'a value without the output delimiter',
        });
      return `${name}<<${delimiter}\n${value}\n${delimiter}\n`;
    })
    .join('');
}

/** Appends the outputs to the file that GITHUB_OUTPUT names. */
export async function writeGithubOutput(
  facts: ReleaseFacts,
  file: string | undefined,
): Promise<void> {
  if (file === undefined || file === '') {
    throw new InvalidInputError(
      {
        field: 'GITHUB_OUTPUT',
        expected: 'the path of a file, as GitHub Actions sets it',
        hint: 'Outside GitHub Actions use --json.',
      },
      'no-github-output',
    );
  }
  await appendFile(file, renderOutputs(githubOutputs(facts))).catch((cause: unknown) => {
    const expected = `a file that can be written (${cause instanceof Error ? cause.message : String(cause)})`;
    throw new InvalidInputError(
      { field: 'GITHUB_OUTPUT', received: file, expected },
      'no-github-output',
    );
  });
}
