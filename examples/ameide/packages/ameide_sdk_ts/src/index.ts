export type { Health } from './client.ts';
export { AmeideClient } from './client.ts';
export type { ResourceName } from './resource-name.ts';
export { formatResourceName, parseResourceName } from './resource-name.ts';
