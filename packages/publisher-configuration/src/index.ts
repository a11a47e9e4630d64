export type { BundleIndex } from './bundle-index.ts';
export { configuration } from './configuration.ts';
export type { ConfigurationOptions } from './options.ts';
