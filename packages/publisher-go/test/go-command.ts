import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const exec = promisify(execFile);

/** What is compiled once is the same for every test. */
const BUILD_CACHE = mkdtempSync(join(tmpdir(), 'publisher-go-cache-'));
process.once('exit', () => rmSync(BUILD_CACHE, { recursive: true, force: true }));

interface ListedModule {
  readonly Path: string;
  readonly Version: string;
  readonly Time: string;
  readonly Dir?: string;
  readonly Origin?: {
    readonly VCS?: string;
    readonly URL?: string;
    readonly Hash?: string;
    readonly Ref?: string;
    readonly Subdir?: string;
  };
}

/**
 * The real `go` command with a module cache of its own; modules come straight from git, and `addresses`
 * says where the repositories of public names are.
 */
export interface Go {
  /** `more` are environment variables of this call. */
  run(
    args: readonly string[],
    directory?: string,
    more?: Readonly<Record<string, string>>,
  ): Promise<string>;
  list(query: string): Promise<ListedModule>;
  /** `taken` for each query that go resolves, or its reason for refusing it. */
  resolves(queries: readonly string[]): Promise<readonly string[]>;
  /**
   * Makes a package that compiles only if the module's `Answer` is 42, gets the module, verifies
   * its checksums, and compiles. Returns the version.
   */
  consume(modulePath: string, query: string): Promise<string>;
  /**
   * Gets the module in a project that depends on it, and compiles all its packages: `compiles`, or
   * the end of what go says.
   */
  compile(modulePath: string, query: string): Promise<string>;
}

export function openGo(directory: string, addresses: Readonly<Record<string, string>>): Go {
  // Its telemetry is written by a process that goes on when the command has ended.
  const telemetry = join(directory, '.config/go/telemetry');
  mkdirSync(telemetry, { recursive: true });
  writeFileSync(join(telemetry, 'mode'), 'off');
  const rules = Object.entries(addresses).flatMap(([name, address], n) => [
    [`GIT_CONFIG_KEY_${n}`, `url.${address}.insteadOf`],
    [`GIT_CONFIG_VALUE_${n}`, `https://${name}`],
  ]);
  const env: NodeJS.ProcessEnv = {
    PATH: process.env['PATH'],
    HOME: directory,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_COUNT: String(rules.length / 2),
    ...Object.fromEntries(rules),
    GOPROXY: 'direct',
    GOSUMDB: 'off',
    GOFLAGS: '-mod=mod -modcacherw',
    GOWORK: 'off',
    GOTOOLCHAIN: 'local',
    GOENV: 'off',
    GOMODCACHE: join(directory, 'modules'),
    GOCACHE: BUILD_CACHE,
    CGO_ENABLED: '0',
  };
  const run: Go['run'] = async (args, at = directory, more = {}) =>
    (await exec('go', args, { cwd: at, env: { ...env, ...more }, encoding: 'utf8' })).stdout.trim();
  let count = 0;
  const consumer = (): string => {
    const folder = join(directory, `consumer-${++count}`);
    mkdirSync(folder);
    writeFileSync(join(folder, 'go.mod'), 'module example.org/consumer\n\ngo 1.21\n');
    return folder;
  };
  return {
    run,
    list: async (query) => JSON.parse(await run(['list', '-m', '-json', query])) as ListedModule,
    resolves: async (queries) =>
      (
        await run([
          'list',
          '-m',
          '-e',
          '-f',
          '{{if .Error}}{{printf "%q" .Error.Err}}{{else}}taken{{end}}',
          ...queries,
        ])
      ).split('\n'),
    async consume(modulePath, query) {
      const folder = consumer();
      // A library: a program would have to compile Go's runtime first.
      writeFileSync(
        join(folder, 'consumer.go'),
        `package consumer\n\nimport sdk "${modulePath}"\n\nvar _ = [1]int{}[sdk.Answer-42]\n`,
      );
      await run(['get', `${modulePath}@${query}`], folder);
      const verified = await run(['mod', 'verify'], folder);
      if (verified !== 'all modules verified') throw new Error(verified);
      await run(['build', './...'], folder);
      return (JSON.parse(await run(['list', '-m', '-json', modulePath], folder)) as ListedModule)
        .Version;
    },
    async compile(modulePath, query) {
      const folder = consumer();
      try {
        await run(['get', `${modulePath}@${query}`], folder);
        await run(['build', `${modulePath}/...`], folder);
        return 'compiles';
      } catch (error) {
        const { stderr = String(error) } = error as { readonly stderr?: string };
        return stderr.trim().split('\n').slice(-3).join('\n');
      }
    },
  };
}
