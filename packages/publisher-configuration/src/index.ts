export type { BundleIndex } from './bundle-index.ts';
export type { ConfigurationOptions } from './configuration.ts';
export { configuration } from './configuration.ts';
