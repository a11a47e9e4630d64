export type { Npm } from './npm.ts';
export { npm } from './npm.ts';
export type {
  Access,
  NpmBundleOptions,
  NpmOptions,
  NpmPorts,
  NpmTargetOptions,
} from './options.ts';
export type { NpmBuilt, NpmPlan } from './plan.ts';
