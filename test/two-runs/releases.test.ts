import { startDockerRegistry, startOciRegistry } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { describe, vi } from 'vitest';
import { COUNT, crossings, release, type Scenario } from './repeat.ts';

// Which run wins is decided by how long a run watches a pointer that it has set.
vi.unmock(import('../../packages/publisher-kit/src/sleep.ts'));

// Two releases, of one line and of two.

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'releases of two commits'(commit, repository) {
    const older = commit('0.1.0', 10);
    repository.git('tag', 'v0.1.0');
    const newer = commit('0.2.0', 20);
    repository.git('tag', 'v0.2.0');
    return {
      runs: [release(older, '0.1.0'), release(newer, '0.2.0')],
      expected: {
        npm: { latest: '0.2.0' },
        oci: { '0.1': '0.1.0', '0.2': '0.2.0', latest: '0.2.0', '0.1.0': older, '0.2.0': newer },
        go: { main: 'v0.2.0' },
      },
    };
  },
  'a release and one of an older line'(commit, repository) {
    const first = commit('0.1.0', 10);
    repository.git('tag', 'v0.1.0');
    const newer = commit('0.2.0', 20);
    repository.git('tag', 'v0.2.0');
    repository.git('checkout', '--quiet', '-b', 'release-0.1', 'v0.1.0');
    const hotfix = commit('0.1.1', 30);
    repository.git('tag', 'v0.1.1');
    return {
      before: release(first, '0.1.0'),
      runs: [release(hotfix, '0.1.1'), release(newer, '0.2.0')],
      expected: {
        npm: { latest: '0.2.0' },
        oci: { '0.1': '0.1.1', '0.2': '0.2.0', latest: '0.2.0', '0.1.1': hotfix, '0.2.0': newer },
        go: { main: 'v0.2.0' },
      },
    };
  },
};

describe('two runs at once: all names agree in the end, and name the newest', () => {
  crossings(startOciRegistry, SCENARIOS, COUNT);
  needs('docker-registry')('images at docker-registry', () =>
    crossings(() => startDockerRegistry(), SCENARIOS, Math.ceil(COUNT / 10)),
  );
});
