import { InvalidInputError, received } from '../errors.ts';

const OWNER = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,38}(?<!-))?';
const REPOSITORY = new RegExp(
  `^(?:${OWNER}|[A-Za-z0-9-]+_[A-Za-z0-9]+)/(?!\\.{1,2}$)[\\w.-]{1,100}$`,
);

/**
 * Checks the name of a GitHub repository, `ameideio/ameide`, and returns it as it is written; GitHub
 * ignores case. A name with an underscore in the owner is a managed user's
 * (`jo_acme`). Throws `InvalidInputError` with `code`.
 */
export function parseGithubName(
  value: unknown,
  field = 'repository',
  code = 'invalid-input',
): string {
  if (typeof value === 'string' && value.length <= 140 && REPOSITORY.test(value)) {
    if (!/\.git$/i.test(value)) return value;
  }
  throw new InvalidInputError(
    {
      field,
      received: received(value),
      expected: 'the owner and the name of a GitHub repository, for example ameideio/ameide',
    },
    code,
  );
}

/** git-check-ref-format(1), and a leading "-", which git takes for an option. */
const NO_TAG = /^[-/.]|[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|\/\.|\.lock(?:\/|$)|[./]$|^@$/;

/** True for the name of a git tag, without `refs/tags/`. */
export function isGitTag(value: string): boolean {
  return value !== '' && value.length <= 250 && !NO_TAG.test(value);
}
