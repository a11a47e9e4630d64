import { cpus, platform, release, totalmem } from 'node:os';
import type { Meter } from './meter.ts';
import type { Peers } from './peers.ts';

/** Returns what a reader needs to compare this run with another one: date, commit, machine, versions. */
export async function machineFacts(
  root: string,
  peers: Peers,
  run: Meter['run'],
): Promise<readonly string[]> {
  const commit = (await run(['git', 'rev-parse', '--short=12', 'HEAD'], { cwd: root })).trim();
  const node = (await run(['node', '--version'], { cwd: root })).trim();
  const versions = Object.entries(peers).flatMap(([name, peer]) =>
    'version' in peer && peer.version !== '' ? [`${name} ${peer.version}`] : [],
  );
  return [
    `${new Date().toISOString().slice(0, 10)}, commit ${commit}`,
    `${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${platform()} ${release().split('-')[0]}`,
    `Node ${node.slice(1)}, ${versions.join(', ')}`,
  ];
}
