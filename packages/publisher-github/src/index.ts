export { type GithubDefinition, github } from './github.ts';
export type { GithubAsset, GithubOptions, GithubPorts } from './options.ts';
export type { BuiltAsset, GithubBuilt, GithubPlan, PlannedAsset } from './plan.ts';
export type { GithubPublisher } from './publisher.ts';
