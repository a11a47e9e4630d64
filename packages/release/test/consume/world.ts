import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ConsumeOptions } from '../../src/consume/consume.ts';
import { consume } from '../../src/consume/consume.ts';
import type { ConsumeReport } from '../../src/consume/consume-report.ts';
import type { ReleaseDefinition } from '../../src/definition/definition.ts';
import { FOUR_FILES, startFourEcosystems } from '../support/four-ecosystems.ts';
import type { GitWorld } from '../support/git-world.ts';
import { createLastingWorld } from '../support/lasting-world.ts';
import { publish } from '../support/run.ts';
import { type Addresses, consumerFiles } from './consumers.ts';

const exec = promisify(execFile);

/** A repository with services of every kind, and registries that have its releases. */
export interface ConsumeWorld extends AsyncDisposable {
  readonly git: GitWorld;
  readonly definition: ReleaseDefinition;
  readonly image: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs a program in a folder of the repository, with the user's settings. Rejects if it fails. */
  run(folder: string, ...argv: readonly [string, ...string[]]): Promise<string>;
  /** Publishes HEAD as this version. */
  release(version: string): Promise<string>;
  /** Publishes HEAD as a dev build. */
  dev(): Promise<string>;
  consume(options?: Partial<ConsumeOptions>): Promise<ConsumeReport>;
}

export async function startConsumeWorld(
  filesOf: (addresses: Addresses) => Readonly<Record<string, string>> = consumerFiles,
): Promise<ConsumeWorld> {
  const four = await startFourEcosystems();
  const git = createLastingWorld();
  const home = mkdtempSync(join(tmpdir(), 'consume-home-'));
  const image = four.ids.oci.slice('oci:'.length);
  const addresses = { npm: four.addresses.npm, simple: four.addresses.simple, image };
  const files = {
    ...FOUR_FILES,
    'go/answer.go': 'package answer\n\nconst Answer = 42\n',
    'sdk/package.json': manifestOf('0.1.0'),
    ...filesOf(addresses),
    '.gitignore': 'node_modules\n.venv\n',
  };
  for (const [path, text] of Object.entries(files)) git.write(path, text);
  git.commit('The services');
  const env = environmentIn(home, four.addresses.goMirror);
  const definition: ReleaseDefinition = {
    ...four.definition,
    repository: 'https://github.com/example/repository',
    deploy: { environments: { production: { proof: 'optional' } } },
  };
  const run: ConsumeWorld['run'] = async (folder, program, ...args) =>
    (await exec(program, args, { cwd: join(git.directory, folder), env, encoding: 'utf8' })).stdout;
  const publishHead = async (ref: string): Promise<string> => {
    const report = await publish(definition.publishers, {
      git,
      definition: {
        versionFile: 'sdk/package.json',
        repository: 'https://github.com/example/repository',
      },
      ref,
    });
    if (report.status !== 'converged') throw new Error(JSON.stringify(report.problems, null, 2));
    return git.git('rev-parse', 'HEAD').trim();
  };
  return {
    git,
    definition,
    image,
    env,
    run,
    async release(version) {
      git.write('sdk/package.json', manifestOf(version));
      git.commit(
        `Release ${version}`,
        `2025-11-13T16:32:${10 + Number(version.split('.')[1])}+01:00`,
      );
      git.git('tag', `v${version}`);
      return publishHead(`refs/tags/v${version}`);
    },
    dev: async () => publishHead('refs/heads/main'),
    async consume(options = {}) {
      await using repository = await git.open();
      return await consume({
        repository,
        definition,
        target: {},
        only: [],
        paths: [],
        write: true,
        skipLockfiles: false,
        env,
        signal: new AbortController().signal,
        onTool: () => undefined,
        ...options,
      });
    },
    async [Symbol.asyncDispose]() {
      await git.remove();
      rmSync(home, { recursive: true, force: true });
      await four[Symbol.asyncDispose]();
    },
  };
}

function manifestOf(version: string): string {
  return `{ "name": "@example/sdk", "version": "${version}", "license": "MIT", "type": "module", "exports": "./index.js" }\n`;
}

/** What a developer has set on their machine. */
function environmentIn(home: string, goMirror: string): Readonly<Record<string, string>> {
  const telemetry = join(home, '.config/go/telemetry');
  mkdirSync(telemetry, { recursive: true });
  writeFileSync(join(telemetry, 'mode'), 'off');
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `url.${goMirror}.insteadOf`,
    GIT_CONFIG_VALUE_0: 'https://github.com/example/go',
    GOPROXY: 'direct',
    GOSUMDB: 'off',
    GOFLAGS: '-modcacherw',
    GOTOOLCHAIN: 'local',
    GOMODCACHE: join(home, 'modules'),
    GOCACHE: join(home, 'go-build'),
    UV_CACHE_DIR: join(home, 'uv'),
    // A token that no tool needs.
    NPM_TOKEN: 'npm_aSecretThatNobodyNeeds',
  };
}
