export type { Environment, EnvironmentOptions } from './environment.ts';
export type { PlaceOption } from './place-option.ts';
export {
  createPolicy,
  type DeployOptions,
  type DeployPolicy,
  deployOptions,
  environmentOf,
} from './policy.ts';
export { type TagKind, tagKind } from './tag-kind.ts';
