import { InvalidInputError, isLoopback } from '@ameide/versioning-core';
import { authorization } from '../../http/credential.ts';
import type { Credential } from '../../http/http.ts';
import { Secret } from '../../secret/secret.ts';
import type { GitSetting } from '../git-command.ts';
import type { RemoteAddress } from './remote-address.ts';

/**
 * Returns the settings by which git talks to one host. A token is only in the environment of that
 * child, never in argv, a URL or a file. Throws `InvalidInputError` for a credential of another
 * origin, or one that would travel unencrypted.
 */
export function remoteSettings(
  address: RemoteAddress,
  credential: Credential | undefined,
): readonly GitSetting[] {
  const settings: readonly GitSetting[] = [
    ['http.followRedirects', 'false'],
    // If a host stalls, end the transfer: below 1000 bytes a second for a minute.
    ['http.lowSpeedLimit', '1000'],
    ['http.lowSpeedTime', '60'],
  ];
  if (credential === undefined) return settings;
  if (address.transport !== 'http') {
    throw new InvalidInputError({
      field: 'credential',
      expected: 'no credential: only https uses one',
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
  // git sends the header only to addresses that match this key, so not after insteadOf or a
  // redirect.
  const header = `http.${address.url}.extraHeader`;
  return [
    ...settings,
    ['credential.helper', ''],
    // The empty value clears headers from other configuration: GitHub rejects two Authorization
    // headers.
    [header, ''],
    [header, new Secret(`Authorization: ${authorization(credential)}`)],
  ];
}

/**
 * Returns the variables besides the settings. `agent` is SSH_AUTH_SOCK, for children that may use
 * ssh.
 */
export function remoteVariables(
  address: RemoteAddress,
  credential: Credential | undefined,
  agent: string | undefined,
): Readonly<Record<string, string>> {
  return {
    // The allowed transports, whatever a configured `insteadOf` makes of the address: ext:: and the
    // like run programs.
    GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh',
    // ssh and Git Credential Manager must not wait for a person.
    GIT_SSH_COMMAND: 'ssh -oBatchMode=yes',
    GCM_INTERACTIVE: 'never',
    // Loopback is never proxied, so a token for a server on this machine stays on it.
    ...(isLocal(address) ? { NO_PROXY: '*', no_proxy: '*' } : {}),
    ...(credential === undefined && agent !== undefined ? { SSH_AUTH_SOCK: agent } : {}),
  };
}

function isLocal(address: RemoteAddress): boolean {
  return address.transport === 'http' && isLoopback(new URL(address.origin).hostname);
}
