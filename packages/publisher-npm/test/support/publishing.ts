import { createHttp, type Http } from '@ameide/publisher-kit';
import {
  type FileContent,
  type RunOptions as KitRunOptions,
  type LiteralCommitOptions,
  literalCommit,
  type OpenedRun,
  openRun,
  type Relate,
} from '@ameide/publisher-kit/testing';
import type { Published, PublisherDefinition, Release } from '@ameide/versioning-core';
import { onTestFinished } from 'vitest';
import { npm } from '../../src/npm.ts';
import type { NpmBuilt, NpmPlan } from '../../src/plan.ts';
import type { NpmPublisher } from '../../src/publisher.ts';
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

export interface Run extends OpenedRun<NpmPublisher> {
  readonly built: NpmBuilt;
  /** What was waited between two attempts of one upload, milliseconds. */
  readonly waits: readonly number[];
  publish(): Promise<Published>;
}

export interface RunOptions {
  readonly files?: Readonly<Record<string, FileContent>>;
  readonly signal?: AbortSignal;
  readonly relation?: Relate;
  /** null: the option is left out. */
  readonly token?: string | null;
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
    ...(options.token === null ? {} : { token: options.token ?? world.registry.token }),
    ports: { http, sleep },
    ...options.npm,
  });
  const content = options.content === undefined ? {} : { 'index.js': options.content };
  const files = { ...FILES, ...content, ...options.files };
  const run = await testRun(definition, files, { ...options, release });
  const { publisher, plan, step } = run;
  const built = await run.build();
  const publish = async (): Promise<Published> => {
    const [published] = await publisher.publish(plan, built, step);
    if (published === undefined) throw new Error('nothing was published');
    return published;
  };
  return { ...run, built, waits, publish };
}

/** Opens and plans a release of a commit with these files. Its folders are gone after the test. */
export async function testRun(
  definition: PublisherDefinition<NpmPlan, NpmBuilt>,
  files: Readonly<Record<string, FileContent>>,
  options: LiteralCommitOptions & KitRunOptions = {},
): Promise<OpenedRun<NpmPublisher>> {
  const run = await openRun(definition, literalCommit(files, options), options);
  onTestFinished(async () => run[Symbol.asyncDispose]());
  return run;
}
