export type { PypiBuilt, PypiFile } from './build.ts';
export type { PypiBundleOptions, PypiIndexOptions, PypiOptions, PypiPorts } from './options.ts';
export type { PypiPlan } from './plan.ts';
export { type Pypi, pypi } from './pypi.ts';
