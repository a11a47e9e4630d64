import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalRegistries, startLocalRegistries } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registryEnvironment } from '../../scripts/demo/environment.ts';
import { run } from '../shapes/program.ts';
import { install, type Sources } from './clients.ts';
import { LAYOUTS, type Layout, type Use } from './layout.ts';
import { createLayout } from './repository.ts';
import { startVanityHost, type VanityHost } from './vanity-host.ts';

const BIN = join(import.meta.dirname, '../../packages/release/src/bin.ts');
const REPOSITORIES = ['otel', 'api', 'client', 'engine-go-sdk'];
const VANITY = {
  'go.acme.dev/otel': 'otel',
  'k8s.acme.dev/api': 'api',
  'k8s.acme.dev/client': 'client',
  'acme.dev/engine': 'engine-go-sdk',
};

let registries: LocalRegistries;
let vanity: VanityHost;

beforeAll(async () => {
  registries = await startLocalRegistries({
    goRepositories: REPOSITORIES.map((name) => `acme/${name}`),
  });
  const urls = Object.entries(VANITY).map(
    ([path, name]) => [path, `${registries.git.url}/acme/${name}`] as const,
  );
  vanity = await startVanityHost(Object.fromEntries(urls));
});

afterAll(async () => {
  await vanity[Symbol.asyncDispose]();
  await registries.stop();
});

interface Report {
  readonly release: { readonly channel: string; readonly sha: string };
  readonly artifacts: readonly {
    readonly coordinate: string;
    readonly resolved?: string;
  }[];
}

function definitionOf({ name }: Layout): string {
  return join(import.meta.dirname, 'definitions', `${name}.ts`);
}

async function publish(layout: Layout, directory: string): Promise<Report> {
  const command = ['publish', '-C', directory, '--config', definitionOf(layout), '--json'];
  const output = await run(['node', BIN, ...command], directory, {
    ...registryEnvironment(registries, 'acme/unused'),
    GIT_HOST: registries.git.url,
    GITHUB_TOKEN: registries.git.token,
    GO_MIRROR_TOKEN: registries.git.token,
    OCI_HOST: registries.oci.host,
  });
  return JSON.parse(output) as Report;
}

/** The version that a client asks for: of an image its commit, else what was published. */
function versionOf({ client, name }: Use, { artifacts, release }: Report): string {
  if (client === 'crane') return release.sha;
  const project = name.replace(/\[.*/, '');
  const separator = client === 'pip' || client === 'uv' ? '==' : '@';
  const found = artifacts
    .map(({ coordinate, resolved }) => ({
      named: coordinate.split(`:${project}${separator}`),
      resolved,
    }))
    .find(({ named }) => named.length === 2);
  return found?.resolved ?? found?.named[1] ?? '';
}

for (const layout of LAYOUTS) {
  const { after, name, uses } = layout;
  needs(...layout.needs, 'git')(`a repository laid out as ${after}`, () => {
    test('publishes a dev build and a release that users can install', {
      timeout: 300_000,
    }, async () => {
      const home = await mkdtemp(join(tmpdir(), `ameide-layout-${name}-`));
      try {
        const origin = registries.git.path(
          name === 'go-in-place' ? 'acme/otel' : await createOrigin(name),
        );
        const sources: Sources = { registries, vanityUrl: vanity.url, home };
        const repository = await createLayout(layout, home, origin);
        const reports: Report[] = [];
        for (const tags of [[], [`v${layout.version}`]]) {
          if (tags.length > 0) await repository.edit(layout.releaseEdits ?? []);
          await repository.commit(...tags);
          const report = await publish(layout, repository.directory);
          reports.push(report);
          for (const use of uses) {
            const version = versionOf(use, report);
            expect(await install(use, version, sources)).toBe(
              use.prints.replace('VERSION', version),
            );
          }
        }
        expect(reports.map(({ release }) => release.channel)).toEqual(['dev', 'release']);
      } finally {
        await rm(home, { recursive: true, force: true });
      }
    });
  });
}

describe('the definitions', () => {
  test.each(LAYOUTS)('of $after has at most 15 lines, without blank ones', async (layout) => {
    const text = await readFile(definitionOf(layout), 'utf8');
    expect(text.match(/^.+$/gm)?.length).toBeLessThanOrEqual(15);
  });
});

async function createOrigin(name: string): Promise<string> {
  await registries.git.createRepository(`origin/${name}`);
  return `origin/${name}`;
}
