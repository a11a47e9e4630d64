/** What writes the lockfile of each tool anew, and installs as little as it can. */
export const LOCK_COMMANDS = {
  pnpm: 'pnpm install --lockfile-only',
  npm: 'npm install --package-lock-only',
  yarn: 'yarn install',
  bun: 'bun install --lockfile-only',
  uv: 'uv lock',
  poetry: 'poetry lock',
  go: 'go mod tidy',
} as const;

export type LockTool = keyof typeof LOCK_COMMANDS;
