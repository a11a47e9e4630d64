import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

// A synchronous question needs a process of its own: node has no synchronous sockets, and tests ask
// while they are being collected.
const PING = `
  const [target] = process.argv.slice(1);
  const options = target.startsWith('/') ? { socketPath: target } : (({ hostname, port }) => ({ host: hostname, port }))(new URL(target));
  require('node:http').get({ ...options, path: '/_ping', timeout: 2000 }, (r) => process.exit(r.statusCode === 200 ? 0 : 1))
    .on('timeout', () => process.exit(1)).on('error', () => process.exit(1));
`;

/**
 * Whether a Docker Engine answers `GET /_ping` at `address`, as `DOCKER_HOST` spells it:
 * `unix:///path` or `tcp://host:port`. TLS and ssh addresses are not supported: false.
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
