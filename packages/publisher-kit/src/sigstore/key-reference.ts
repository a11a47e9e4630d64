import { Secret } from '../secret/secret.ts';
import { isTelling } from '../secret/secret-variables.ts';

/**
 * The variables that cosign needs to reach a key, by what the key is: of a KMS its own login, and
 * nothing else. Only cosign gets them.
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

/** From the documentation of each provider's command-line login. */
const LOGINS: Readonly<Partial<Record<string, RegExp>>> = {
  awskms: /^AWS_/,
  gcpkms: /^(?:GOOGLE_|CLOUDSDK_)/,
  azurekms: /^AZURE_/,
  hashivault: /^(?:VAULT_|TRANSIT_SECRET_ENGINE_PATH$)/,
  k8s: /^KUBECONFIG$/,
};
