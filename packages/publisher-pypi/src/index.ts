export type { PypiBuilt, PypiFile } from './build/build.ts';
export type { PypiPlan } from './plan.ts';
export { pypi } from './publisher.ts';
export type { PypiOptions, PypiPorts } from './settings.ts';
