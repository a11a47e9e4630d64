import { githubAddresses } from '@ameide/publisher-kit';
import { InvalidInputError } from '@ameide/versioning-core';

/** The options that say whether a mirror is on GitHub. */
export interface PlaceOptions {
  readonly mirror?: string;
  readonly github?: { readonly baseUrl: string };
  readonly createRepository?: boolean | RepositorySettings;
}

/** How to create a repository. */
export interface RepositorySettings {
  /** Default true, because a public repository may have been copied before it is made private. */
  readonly private?: boolean;
  readonly description?: string;
}

/** A repository on GitHub, and the settings with which to create it if it is missing. */
export interface GithubPlace {
  readonly owner: string;
  readonly repo: string;
  readonly apiUrl: string;
  readonly uploadsUrl: string;
  /** Absent if it must exist. */
  readonly create?: Required<Pick<RepositorySettings, 'private'>> & RepositorySettings;
}

const GITHUB = 'https://github.com';

/**
 * Returns the place of a mirror at github.com, or at the GitHub whose API the options name; undefined for
 * any other host, for ssh, and without a mirror. Throws `InvalidInputError` if the options contradict
 * the mirror's address.
 */
export function githubPlace(options: PlaceOptions): GithubPlace | undefined {
  const { createRepository = false, github, mirror = '' } = options;
  const url = /^https?:\/\//.test(mirror) ? new URL(mirror) : undefined;
  const [, owner, repo] = /^\/([\w.-]+)\/([\w.-]+?)(?:\.git)?\/?$/.exec(url?.pathname ?? '') ?? [];
  const isGithub = url !== undefined && (github !== undefined || url.origin === GITHUB);
  if (!isGithub || owner === undefined || repo === undefined) {
    if (github !== undefined) throw wrong('github', 'mirror to be https://HOST/OWNER/REPO.git');
    if (createRepository !== false)
      throw wrong(
        'createRepository',
        'mirror to be https://github.com/OWNER/REPO.git, or github: { baseUrl } with the API of the mirror’s host',
      );
    return undefined;
  }
  const { apiUrl, uploadsUrl, webUrl } = githubAddresses(github?.baseUrl);
  if (webUrl !== url.origin)
    throw wrong('github.baseUrl', `the API of ${url.origin}, as the token is for that host`);
  const settings = createRepository === true ? {} : createRepository;
  return {
    owner,
    repo,
    apiUrl,
    uploadsUrl,
    ...(settings === false ? {} : { create: { private: true, ...settings } }),
  };
}

function wrong(field: string, expected: string): InvalidInputError {
  return new InvalidInputError({ field, expected });
}
