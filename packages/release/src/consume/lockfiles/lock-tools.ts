import type { LockKind } from './lock-job.ts';

/** How a tool renews its lockfile, and nothing else. */
export interface LockTool {
  /** Run one after the other in the lockfile's folder. The first word is a program on PATH. */
  readonly commands: readonly (readonly [string, ...string[]])[];
  /** For its environment. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface LockRequest {
  /** The Go modules that changed, with their versions: `example.org/sdk@v0.2.0`. */
  readonly modules: readonly string[];
  /** True if `go mod tidy` would have changed nothing before. */
  readonly wasTidy: boolean;
}

/** Undefined for a tool that consume does not run. */
export function lockTool(kind: LockKind, { modules, wasTidy }: LockRequest): LockTool | undefined {
  if (kind === 'pnpm')
    return {
      commands: [
        ['pnpm', 'install', '--lockfile-only', '--ignore-scripts', '--no-frozen-lockfile'],
      ],
    };
  if (kind === 'npm')
    return {
      commands: [
        ['npm', 'install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund'],
      ],
    };
  if (kind === 'yarn')
    return {
      commands: [['yarn', 'install', '--mode=update-lockfile']],
      // It skips scripts in this mode, and would refuse to write in a CI run.
      settings: { YARN_ENABLE_IMMUTABLE_INSTALLS: 'false', YARN_ENABLE_TELEMETRY: '0' },
    };
  if (kind === 'yarn-classic')
    return {
      commands: [['yarn', 'install', '--ignore-scripts', '--non-interactive', '--no-progress']],
    };
  if (kind === 'bun')
    return { commands: [['bun', 'install', '--lockfile-only', '--ignore-scripts']] };
  if (kind === 'uv') return { commands: [['uv', 'lock']] };
  if (kind === 'poetry') return { commands: [['poetry', 'lock', '--no-interaction']] };
  if (kind === 'go')
    return {
      // In a go.mod that was not tidy, `tidy` would change what has nothing to do with the release.
      commands: wasTidy ? [['go', 'mod', 'tidy']] : [['go', 'get', ...modules]],
      settings: { GOWORK: 'off' },
    };
  return undefined;
}

/** What a person has to do instead. */
export const BY_HAND: Readonly<Partial<Record<LockKind, string>>> = {
  'bun-binary':
    'bun install --save-text-lockfile --lockfile-only, and commit bun.lock in its place',
  pdm: 'pdm lock --update-reuse',
  pipenv: 'pipenv lock',
};
