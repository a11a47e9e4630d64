import { createHttp, type Http } from '@ameide/publisher-kit';
import { literalSource } from '@ameide/publisher-kit/testing';
import type { Published, Publisher, Release, Step } from '@ameide/versioning-core';
import { npm } from '../../src/npm.ts';
import type { NpmBuilt, NpmPlan } from '../../src/plan.ts';
import { valueOf } from './result.ts';
import { makeStep, type StepOptions } from './step.ts';
import type { RegistryWorld } from './world.ts';

export const MANIFEST = {
  name: '@x/a',
  version: '0.0.0',
  type: 'module',
  exports: './index.js',
  bin: 'cli.js',
};

const FILES = {
  'package.json': MANIFEST,
  'index.js': 'export const answer = 42;\n',
  'cli.js': '#!/usr/bin/env node\nconsole.log("ran");\n',
  'README.md': '# a\n',
};

export interface Run {
  readonly publisher: Publisher<NpmPlan, NpmBuilt>;
  readonly plan: NpmPlan;
  readonly built: NpmBuilt;
  readonly step: Step;
  /** What was waited between two attempts of one upload, milliseconds. */
  readonly waits: readonly number[];
  publish(): Promise<Published>;
}

export interface RunOptions extends StepOptions {
  readonly token?: string;
  readonly http?: Http;
  readonly npm?: object;
  readonly content?: string;
}

/**
 * Opens, plans and builds one release of the package `@x/a`: two differ in the content and the release
 * alone.
 */
export async function startRun(
  world: RegistryWorld,
  release: Release,
  options: RunOptions = {},
): Promise<Run> {
  const waits: number[] = [];
  const http = options.http ?? createHttp({ sleep: async () => undefined });
  const sleep = async (ms: number): Promise<void> => void waits.push(ms);
  const definition = npm({
    directory: '.',
    registry: world.proxy.url,
    token: options.token ?? world.registry.token,
    ports: { http, sleep },
    ...options.npm,
  });
  const content = options.content === undefined ? {} : { 'index.js': options.content };
  const files = { ...FILES, ...content, ...options.files };
  const publisher = await definition.open(literalSource(files));
  const step = makeStep({ ...options, files });
  const plan = publisher.plan(release);
  const built = valueOf(await publisher.build(plan, step));
  const publish = async (): Promise<Published> => {
    const [published] = await publisher.publish(plan, built, step);
    if (published === undefined) throw new Error('nothing was published');
    return published;
  };
  return { publisher, plan, built, step, waits, publish };
}
