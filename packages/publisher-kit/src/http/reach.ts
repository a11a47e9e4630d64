import { BlockList } from 'node:net';

/**
 * How far from the public internet an address is. `link-local` includes the addresses at which
 * clouds give credentials to their machines.
 */
export type Reach = 'public' | 'private' | 'link-local' | 'loopback';

/** From what everybody reaches to what only this machine does. */
const BY_PRIVACY: readonly Reach[] = ['public', 'private', 'link-local', 'loopback'];

// IANA's registries of special-purpose addresses (RFC 6890), without those that no server has.
const RANGES: Readonly<Record<Exclude<Reach, 'public'>, string>> = {
  // "This host" (0.0.0.0, ::) connects to this machine.
  loopback: '127.0.0.0/8 0.0.0.0/8 ::1/128 ::/128',
  // With the metadata services that are elsewhere: AWS, Alibaba, Azure, Oracle.
  'link-local':
    '169.254.0.0/16 fe80::/10 fd00:ec2::254/128 100.100.100.200/32 168.63.129.16/32 192.0.0.192/32',
  private: '10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 fc00::/7 fec0::/10',
};

const LISTS = (['loopback', 'link-local', 'private'] as const).map((reach) => {
  const list = new BlockList();
  for (const range of RANGES[reach].split(' ')) {
    const [network = '', bits] = range.split('/');
    list.addSubnet(network, Number(bits), familyOf(network));
  }
  return { reach, list };
});

/** Returns the reach of an IP address, as `dns.lookup` gives it or in a URL's brackets. */
export function reachOfAddress(text: string): Reach {
  const address = text.replace(/^\[|\]$|%.*$/g, '');
  const inner = address.includes(':') ? embeddedAddress(address) : undefined;
  if (inner !== undefined) return reachOfAddress(inner);
  const found = LISTS.find(({ list }) => list.check(address, familyOf(address)));
  return found?.reach ?? 'public';
}

/** True for a name that resolvers answer without asking a server (RFC 6761, section 6.3). */
export function isLocalName(hostname: string): boolean {
  return /^(?:.+\.)?localhost\.?$/.test(hostname);
}

/** True for the `hostname` of a URL that is an IP address; URL writes IPv4 in its usual form. */
export function isAddress(hostname: string): boolean {
  return hostname.startsWith('[') || /^\d+(?:\.\d+){3}$/.test(hostname);
}

/** True if fewer machines reach `to` than `from`. */
export function isMorePrivate(to: Reach, from: Reach): boolean {
  return BY_PRIVACY.indexOf(to) > BY_PRIVACY.indexOf(from);
}

/** Returns the most or the least private of several, for a name with several addresses. */
export function extreme(reaches: readonly Reach[], which: 'most' | 'least'): Reach {
  const sorted = BY_PRIVACY.filter((reach) => reaches.includes(reach));
  return (which === 'most' ? sorted.at(-1) : sorted[0]) ?? 'public';
}

/**
 * Returns the IPv4 address in an IPv6 one: mapped (`::ffff:127.0.0.1`), compatible (`::127.0.0.1`),
 * translated (RFC 6052: `64:ff9b::`; RFC 7915: `::ffff:0:0:0`) and 6to4 (RFC 3056).
 */
function embeddedAddress(address: string): string | undefined {
  const groups = groupsOf(address);
  const [first, second, third] = groups;
  if (first === 0x2002) return dotted(second, third);
  const prefix = groups.slice(0, 6).map((group) => group.toString(16));
  const isEmbedded = /^(?:0:0:0:0:0:(?:0|ffff)|0:0:0:0:ffff:0|64:ff9b:0:0:0:0)$/.test(
    prefix.join(':'),
  );
  // `::` and `::1` have the prefix of compatible addresses and are none.
  const isOwn = groups.slice(0, 7).every((group) => group === 0);
  return isEmbedded && !isOwn ? dotted(groups[6], groups[7]) : undefined;
}

/** Returns the eight numbers of an IPv6 address. */
function groupsOf(address: string): readonly number[] {
  // URL writes an IPv4 address at the end as two groups.
  const text = URL.parse(`http://[${address}]`)?.hostname.slice(1, -1) ?? '';
  const [head = '', tail] = text.split('::');
  const numbers = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const [before, after] = [numbers(head), numbers(tail ?? '')];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0);
  return [...before, ...(tail === undefined ? [] : zeros), ...after];
}

function dotted(high = 0, low = 0): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}
