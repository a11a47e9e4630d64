import { InvalidInputError, isLoopback, type Step } from '@ameide/versioning-core';
import { httpsAddress } from '@ameide/versioning-core/options';
import { type IndexAddress, isPublicPypi } from './index-address.ts';
import type { PypiIndexOptions } from './options.ts';

const EXAMPLES: IndexAddress = {
  uploadUrl: 'https://upload.pypi.org/legacy/',
  simpleUrl: 'https://pypi.org/simple/',
};

export function expectedAddress(field: keyof IndexAddress): string {
  return `an https address without user, password, query and fragment (plain http only to this machine, or to a host of plainHttp), for example ${EXAMPLES[field]}`;
}

/**
 * Checks that each address is https, on loopback, or on a host that `plainHttp` names, and that every
 * host of `plainHttp` is in an address. Throws `InvalidInputError`.
 */
export function checkPlainHttp({ plainHttp = [], ...given }: PypiIndexOptions): void {
  const hosts: string[] = [];
  for (const field of ['uploadUrl', 'simpleUrl'] as const) {
    const url = given[field];
    if (url === undefined || !isPlainHttp(url)) continue;
    const { host } = new URL(url);
    if (!plainHttp.includes(host)) httpsAddress(expectedAddress(field))(url, field);
    if (!isPublicPypi(url)) hosts.push(host);
  }
  const other = plainHttp.find((host) => !hosts.includes(host));
  if (other === undefined) return;
  throw new InvalidInputError({
    field: 'plainHttp',
    received: other,
    expected: `the host, with its port unless that is 80, of an http:// address in uploadUrl or simpleUrl${hosts.length === 0 ? '' : ` (${[...new Set(hosts)].join(', ')})`}`,
    hint: 'A host with https, and this machine, need not be named; pypi.org is never asked over plain http.',
  });
}

/** True for plain http to another machine. */
export function isPlainHttp(url: string): boolean {
  const { hostname, protocol } = new URL(url);
  return protocol === 'http:' && !isLoopback(hostname);
}

/** Notes for `plan` and `publish` what travels unencrypted. */
export function notePlainHttp(
  { simpleUrl, uploadUrl }: IndexAddress,
  publisher: string,
  step: Step,
): void {
  const message = isPlainHttp(uploadUrl)
    ? `the token and the files go to ${uploadUrl} unencrypted, as plainHttp allows: whoever sees or changes this traffic can publish in your name`
    : `${simpleUrl} is read unencrypted, as plainHttp allows: whoever changes this traffic decides what counts as published`;
  if (isPlainHttp(uploadUrl) || isPlainHttp(simpleUrl))
    step.emit({ publisher, message, isNote: true });
}
