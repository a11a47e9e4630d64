import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

// A synchronous check needs a separate process: node has no synchronous sockets, and vitest
// collects tests synchronously.
const PING = `
  const [target] = process.argv.slice(1);
  const options = target.startsWith('/') ? { socketPath: target } : (({ hostname, port }) => ({ host: hostname, port }))(new URL(target));
  require('node:http').get({ ...options, path: '/_ping', timeout: 2000 }, (r) => process.exit(r.statusCode === 200 ? 0 : 1))
    .on('timeout', () => process.exit(1)).on('error', () => process.exit(1));
`;

/**
 * True if a Docker Engine answers `GET /_ping` at `address`, in the form of `DOCKER_HOST`:
 * `unix:///path` or `tcp://host:port`. False for TLS and ssh addresses, which it does not support.
 */
export function dockerEngineAnswers(address: string): boolean {
  const target = pingTarget(address);
  if (target === undefined) return false;
  return (
    spawnSync(process.execPath, ['-e', PING, target], { stdio: 'ignore', timeout: 5000, env: {} })
      .status === 0
  );
}

function pingTarget(address: string): string | undefined {
  if (address.startsWith('unix://')) {
    const path = address.slice('unix://'.length);
    return existsSync(path) ? path : undefined;
  }
  return address.startsWith('tcp://') && URL.canParse(address)
    ? address.replace(/^tcp:/, 'http:')
    : undefined;
}
