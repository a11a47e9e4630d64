import {
  type ClaimChanges,
  type RunningIdentityIssuer,
  startIdentityIssuer,
} from '@ameide/local-registries';
import { createHttp } from '@ameide/publisher-kit';
import type { Relate } from '@ameide/publisher-kit/testing';
import type { Problem, ReleaseEvent } from '@ameide/versioning-core';
import { expect, onTestFinished } from 'vitest';
import { type Run, startRun } from './publishing.ts';
import { makeRelease, OTHER_SHA, type ReleaseOptions, releaseChannel, SHA } from './release.ts';
import { type RegistryWorld, testWorld } from './world.ts';

const TRUSTED = { repository: 'ameideio/ameide', workflow: 'publish-packages.yml' };
export const EXCHANGE = '/-/npm/v1/oidc/token/exchange/package/@x%2fa';

/** A registry that gives tokens for the identities of an issuer, behind a recording proxy. */
export interface TrustingWorld extends RegistryWorld {
  readonly issuer: RunningIdentityIssuer;
}

export interface TrustOptions {
  readonly claims?: ClaimChanges;
  readonly publisher?: object;
}

/** The package `@x/a` trusts one workflow, and has the release 0.0.1 under `latest`. */
export async function trustingWorld(options: TrustOptions = {}): Promise<TrustingWorld> {
  const world = await emptyTrustingWorld(options);
  const release = { base: '0.0.1', channel: releaseChannel('0.0.1'), sha: OTHER_SHA };
  const first = await startRun(world, makeRelease(release));
  await first.publish();
  await first.publisher.promote?.(first.plan, first.step);
  world.proxy.clear();
  return world;
}

export async function emptyTrustingWorld({
  claims = {},
  publisher = {},
}: TrustOptions = {}): Promise<TrustingWorld> {
  const issuer = await startIdentityIssuer({ claims });
  onTestFinished(() => issuer.stop());
  const trusted = { package: '@x/a', ...TRUSTED, ...publisher };
  const world = await testWorld({ trust: { issuer, publishers: [trusted] } });
  return Object.assign(world, { issuer });
}

const RELATION: Relate = (a, b) =>
  a === b ? 'same' : a === OTHER_SHA && b === SHA ? 'ancestor' : 'descendant';

export interface TrustedOptions {
  /** Variables of the job, beside GitHub's. */
  readonly env?: NodeJS.ProcessEnv;
  readonly token?: string;
  readonly distTags?: object;
  readonly relation?: Relate;
}

/** A run in a job of GitHub Actions that has an identity and no token. */
export async function trustedRun(
  world: TrustingWorld,
  release: ReleaseOptions,
  { env = {}, relation = RELATION, ...npm }: TrustedOptions = {},
): Promise<Run> {
  const http = createHttp({ sleep: async () => undefined, attempts: 1 });
  const job = { GITHUB_ACTIONS: 'true', ...world.issuer.environment, ...env };
  return startRun(world, makeRelease(release), {
    relation,
    token: null,
    npm: {
      trustedPublishing: true,
      ports: { http, env: job, sleep: async () => undefined },
      ...npm,
    },
  });
}

export async function checked(run: Run): Promise<readonly Problem[]> {
  return run.publisher.check(run.plan, run.step);
}

/** Expects that no secret of the run is in what anybody can see of it. */
export function expectNoSecret(world: TrustingWorld, seen: unknown): void {
  const secrets = [...world.issuer.secrets(), ...world.registry.exchanged(), world.registry.token];
  const text = JSON.stringify([seen, world.proxy.requests]);
  expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
}

export const notesOf = (events: readonly ReleaseEvent[]): readonly string[] =>
  events.filter(({ isNote }) => isNote === true).map(({ message }) => message);
