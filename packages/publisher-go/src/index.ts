export type { RepositorySettings } from './github/place.ts';
export { goModule } from './go-module.ts';
export type { InPlacePlan } from './in-place/plan.ts';
export type { MirrorBuilt, MirrorPlan } from './mirror/plan.ts';
export type { GoModuleOptions, GoModulePorts } from './options.ts';
