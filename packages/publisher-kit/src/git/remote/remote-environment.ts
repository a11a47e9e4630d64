import { InvalidInputError } from '@ameide/versioning-core';
import { authorization } from '../../http/credential.ts';
import type { Credential } from '../../http/http.ts';
import { Secret } from '../../secret/secret.ts';
import type { GitSetting } from '../git-command.ts';
import type { RemoteAddress } from './remote-address.ts';

/**
 * How git talks to one host. A token is in the environment of that one child, and in no argv, URL
 * or file. Throws `InvalidInputError` for a credential of another origin, and for one that would
 * travel in the clear.
 */
export function remoteSettings(
  address: RemoteAddress,
  credential: Credential | undefined,
): readonly GitSetting[] {
  const settings: readonly GitSetting[] = [
    ['http.followRedirects', 'false'],
    // A host that stalls: below 1000 bytes a second for a minute ends the transfer.
    ['http.lowSpeedLimit', '1000'],
    ['http.lowSpeedTime', '60'],
  ];
  if (credential === undefined) return settings;
  if (address.transport !== 'http') {
    throw new InvalidInputError({
      field: 'credential',
      expected: 'no credential: only https takes one',
      hint: 'ssh uses its own keys.',
    });
  }
  if (address.origin !== credential.origin || !address.isPrivate) {
    throw new InvalidInputError({
      field: 'credential',
      received: credential.origin,
      expected: `a credential for ${address.origin}, which has to be https (http is for loopback alone)`,
    });
  }
  // git sends the header only where the address matches the key: elsewhere (insteadOf, a redirect)
  // it does not go.
  const header = `http.${address.url}.extraHeader`;
  return [
    ...settings,
    ['credential.helper', ''],
    // The empty value clears what other configuration has added: two Authorization headers are an
    // error at GitHub.
    [header, ''],
    [header, new Secret(`Authorization: ${authorization(credential)}`)],
  ];
}

/** Variables beside the settings. `agent` is SSH_AUTH_SOCK, for the children that may use ssh. */
export function remoteVariables(
  credential: Credential | undefined,
  agent: string | undefined,
): Readonly<Record<string, string>> {
  return {
    // Whatever a configured `insteadOf` makes of the address: ext:: and the like run programs.
    GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh',
    // Neither ssh nor Git Credential Manager may wait for a person.
    GIT_SSH_COMMAND: 'ssh -oBatchMode=yes',
    GCM_INTERACTIVE: 'never',
    ...(credential === undefined && agent !== undefined ? { SSH_AUTH_SOCK: agent } : {}),
  };
}
