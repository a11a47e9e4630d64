import type { NpmPlan } from '../plan.ts';

/**
 * What npm's provenance is about: a package URL, as npm-package-arg's `toPurl` writes it. The version has no
 * build metadata, since the registry has none.
 */
export function packageUrl({ name, version }: Pick<NpmPlan, 'name' | 'version'>): string {
  return `pkg:npm/${name.replace(/^@/, '%40')}@${version}`;
}

/** Returns `sha512:<hex>` for `sha512-<base64>`, the form of `dist.integrity` (W3C Subresource Integrity). */
export function statementDigest(integrity: string): string {
  const [, base64 = ''] = /^sha512-([A-Za-z0-9+/]+={0,2})$/.exec(integrity) ?? [];
  return `sha512:${Buffer.from(base64, 'base64').toString('hex')}`;
}
