export type { PypiBuilt, PypiFile } from './build.ts';
export type { PypiOptions, PypiPorts } from './options.ts';
export type { PypiPlan } from './plan.ts';
export { pypi } from './publisher.ts';
