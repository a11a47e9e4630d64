import { Secret } from '../secret/secret.ts';
import { isTelling } from '../secret/secret-variables.ts';

/**
 * Returns the variables that cosign needs to read a key: the one that has the key, or those of the KMS's own login.
 * Only cosign gets them.
 */
export function credentialsOf(
  reference: string,
  env: NodeJS.ProcessEnv,
): Readonly<Record<string, string | Secret>> {
  const [scheme = ''] = reference.split('://');
  const variable = /^env:\/\/\[?(\w+)\]?$/.exec(reference)?.[1];
  const wanted = variable === undefined ? LOGINS[scheme] : new RegExp(`^${variable}$`);
  if (wanted === undefined) return {};
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      wanted.test(name) && value !== undefined && value !== ''
        ? [[name, isTelling(value) ? new Secret(value) : value] as const]
        : [],
    ),
  );
}

/** The variables of each KMS's login, after the documentation of its command line. */
const LOGINS: Readonly<Partial<Record<string, RegExp>>> = {
  awskms: /^AWS_/,
  gcpkms: /^(?:GOOGLE_|CLOUDSDK_)/,
  azurekms: /^AZURE_/,
  hashivault: /^(?:VAULT_|TRANSIT_SECRET_ENGINE_PATH$)/,
  k8s: /^KUBECONFIG$/,
};
