import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { onTestFinished } from 'vitest';
import { createGitWorld } from './git-world.ts';

const release = JSON.stringify(pathToFileURL(join(import.meta.dirname, '../../src/index.ts')).href);

/** A release of fakes, each of whose builds and uploads waits until the test opens its gate. */
export interface GatedRelease {
  readonly directory: string;
  /** `build npm:a`, `publish npm:a`. */
  open(gate: string): void;
}

/** `ids` are in the order of the definition; a Go module requires all others. */
export function gatedRelease(ids: readonly string[]): GatedRelease {
  const gates = mkdtempSync(join(tmpdir(), 'ameide-gates-'));
  onTestFinished(() => rmSync(gates, { recursive: true, force: true }));
  const git = createGitWorld();
  git.write('release.config.ts', config(ids, gates));
  git.commit('a release of fakes');
  return {
    directory: git.directory,
    open(gate) {
      const file = join(gates, encodeURIComponent(gate));
      if (!existsSync(file)) writeFileSync(file, '');
    },
  };
}

function config(ids: readonly string[], gates: string): string {
  return `import { existsSync, watch } from 'node:fs';
import { join } from 'node:path';
import { defineRelease } from ${release};
const gate = (name, signal) => new Promise((resolve, reject) => {
  const file = join(${JSON.stringify(gates)}, encodeURIComponent(name));
  const watcher = watch(${JSON.stringify(gates)}, () => look());
  const look = () => existsSync(file) && (watcher.close(), resolve());
  signal.addEventListener('abort', () => (watcher.close(), reject(signal.reason)));
  look();
});
const published = new Set();
const ids = ${JSON.stringify(ids)};
const coordinateOf = (id) => {
  const [ecosystem, name] = [id.slice(0, id.indexOf(':')), id.slice(id.indexOf(':') + 1)];
  return { ecosystem, name, version: ecosystem === 'go' ? 'v0.1.0' : '0.1.0' };
};
const one = (id) => {
  const coordinate = coordinateOf(id);
  const isGo = id.startsWith('go:');
  const requires = isGo ? ids.filter((other) => other !== id).map(coordinateOf) : [];
  return { label: id, open: async (source) => ({
    id,
    visibleOn: isGo ? 'publish' : 'promote',
    members: [],
    plan: () => ({ publisher: id, registry: 'https://registry.example', sha: source.sha, coordinates: [coordinate], pointers: [], requires }),
    check: async () => [],
    inspect: async () => [{ coordinate, state: published.has(id) ? 'identical' : 'absent', sha: source.sha }],
    build: async (_plan, step) => {
      step.emit({ publisher: id, message: 'compiling ' + id });
      await gate('build ' + id, step.signal);
      return { value: { artifacts: [] } };
    },
    publish: async (_plan, _built, step) => {
      await gate('publish ' + id, step.signal);
      published.add(id);
      return [{ coordinate, outcome: 'published' }];
    },
  }) };
};
export default defineRelease({ versionFile: 'packages/sdk/package.json', publishers: ids.map(one) });
`;
}
