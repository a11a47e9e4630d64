/** The addresses of one GitHub. */
export interface GithubAddresses {
  /** Without a slash at its end: `https://api.github.com`. */
  readonly apiUrl: string;
  /** Where assets are uploaded: `https://uploads.github.com`. */
  readonly uploadsUrl: string;
  readonly webUrl: string;
}

const PUBLIC: GithubAddresses = {
  apiUrl: 'https://api.github.com',
  uploadsUrl: 'https://uploads.github.com',
  webUrl: 'https://github.com',
};

/**
 * Derives the other addresses from the address of the REST API. Takes none from an answer, because only
 * these get the token. From GitHub's documentation: `HOST/api/v3` and `HOST/api/uploads` of Enterprise
 * Server, `api.NAME.ghe.com` and `uploads.NAME.ghe.com` with data residency.
 */
export function githubAddresses(baseUrl: string = PUBLIC.apiUrl): GithubAddresses {
  const apiUrl = baseUrl.replace(/\/+$/, '');
  const { host, origin, protocol } = new URL(apiUrl);
  if (apiUrl === PUBLIC.apiUrl) return PUBLIC;
  const residency = /^api\.([^.]+\.ghe\.com)$/.exec(host)?.[1];
  if (residency !== undefined)
    return {
      apiUrl,
      uploadsUrl: `${protocol}//uploads.${residency}`,
      webUrl: `${protocol}//${residency}`,
    };
  return { apiUrl, uploadsUrl: `${origin}/api/uploads`, webUrl: origin };
}
