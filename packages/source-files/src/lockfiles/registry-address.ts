/**
 * True for the address from which an npm registry gives a package: `…/-/sdk-1.0.0.tgz` everywhere but at
 * GitHub Packages, which has `…/download/@acme/sdk/1.0.0/…`.
 */
export function isRegistryAddress(address: string): boolean {
  return /^https?:\/\/[^?#]+\/(?:-|download)\/(?!.*\.git(?:#|$))/.test(address);
}
