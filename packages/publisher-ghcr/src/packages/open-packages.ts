import { createPace, type Http, type Pace, type Secret, type Sleep } from '@ameide/publisher-kit';
import { failed, ok, type Problem, problem, type Result } from '@ameide/versioning-core';
import type { ImageName } from '../image-name.ts';
import type { Login } from '../login/login.ts';
import type { RegistryClient } from '../registry/client.ts';
import type { Remover } from '../remove.ts';
import { PackagesClient } from './packages-client.ts';
import { removeFromPackages } from './remove-version.ts';

/** What requests about an image's package need. */
export interface PackagesAccess {
  /** `https://api.github.com` */
  readonly api: string;
  readonly image: ImageName;
  readonly http: Http;
  readonly sleep: Sleep | undefined;
  /** The registry's credentials, which are also used for the API. */
  readonly login: () => Promise<Result<Login | undefined>>;
}

/** Finds the image's package, and checks that the token may delete, as far as that can be known. */
export async function checkPackages(
  access: PackagesAccess,
  signal: AbortSignal,
): Promise<readonly Problem[]> {
  const opened = await openPackages(access, createPace(signal, { sleep: access.sleep }));
  return opened.problems ?? [];
}

/** Returns the remover for the image's package, after listing the package's versions. */
export async function packagesRemover(
  client: RegistryClient,
  access: PackagesAccess,
  signal: AbortSignal,
): Promise<{ readonly remover: Remover } | { readonly problem: Problem }> {
  const pace = createPace(signal, { sleep: access.sleep });
  const opened = await openPackages(access, pace);
  if (opened.value === undefined) return { problem: opened.problems[0] };
  const listed = await opened.value.versions();
  if (listed.value === undefined) return { problem: listed.problems[0] };
  const remove = removeFromPackages(client, opened.value, listed.value, pace);
  return { remover: { remove, first: 'image' } };
}

async function openPackages(access: PackagesAccess, pace: Pace): Promise<Result<PackagesClient>> {
  const { api, http, image, login } = access;
  const found = await login();
  if (found.problems !== undefined) return found;
  const token = found.value?.kind === undefined ? found.value?.password : undefined;
  if (token === undefined) return failed(noToken(access));
  const [owner = '', ...rest] = image.repository.split('/');
  const location = { api, owner, name: rest.join('/') };
  const client = new PackagesClient(location, http, token satisfies Secret, pace);
  const problemFound = await client.find();
  return problemFound === undefined ? ok(client) : failed(problemFound);
}

function noToken({ api, image }: PackagesAccess): Problem {
  return problem({
    code: 'ghcr-unauthorized',
    kind: 'authentication',
    message: `There is no token for ${api}, the API that deletes versions of ${image.name}.`,
    hint: 'Set GHCR_TOKEN or GITHUB_TOKEN in the environment, or the option token, to a classic token with the scopes read:packages and delete:packages.',
  });
}
