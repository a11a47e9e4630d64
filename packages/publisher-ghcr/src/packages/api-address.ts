/**
 * Returns the address of GitHub's REST API for a registry of GitHub, which deletes no manifest itself
 * (it answers 405): `https://api.github.com` for ghcr.io. Undefined for every other registry.
 */
export function packagesApiOf(origin: string): string | undefined {
  const { host } = new URL(origin);
  if (host === 'ghcr.io') return 'https://api.github.com';
  const [, enterprise] = /^containers\.(.+)$/.exec(host) ?? [];
  if (enterprise === undefined) return undefined;
  // GitHub Enterprise Cloud with data residency; else Enterprise Server with subdomain isolation.
  return enterprise.endsWith('.ghe.com')
    ? `https://api.${enterprise}`
    : `https://${enterprise}/api/v3`;
}
