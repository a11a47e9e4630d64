export type { Ghcr } from './ghcr.ts';
export { ghcr } from './ghcr.ts';
export type {
  DockerfileOptions,
  GhcrOptions,
  GhcrPorts,
  ImageOptions,
  RunOptions,
} from './options.ts';
export type { GhcrBuilt, GhcrPlan } from './plan.ts';
export type { GhcrDefinition, GhcrPublisher } from './publisher.ts';
