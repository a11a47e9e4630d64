import { startDockerRegistry, startOciRegistry } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { describe, vi } from 'vitest';
import { COUNT, crossings, dev, release, type Scenario } from './repeat.ts';

// Which run wins is decided by how long a run watches a pointer that it has set.
vi.unmock(import('../../packages/publisher-kit/src/sleep.ts'));

// A branch: two of its commits, and one commit with its tag.

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'the branch and the tag of one commit'(commit, repository) {
    const sha = commit('0.1.0', 10);
    repository.git('tag', 'v0.1.0');
    return {
      runs: [dev(sha), release(sha, '0.1.0')],
      expected: {
        npm: { dev: '0.1.0-dev.20251113151000', latest: '0.1.0' },
        oci: { dev: sha, '0.1.0': sha, '0.1': sha, latest: sha },
        go: { dev: `source-${sha}`, 'v0.1.0': `source-${sha}`, main: 'v0.1.0' },
      },
    };
  },
  'dev builds of two commits'(commit) {
    const [older, newer] = [commit('0.1.0', 10), commit('0.1.0', 20)];
    return {
      runs: [dev(older), dev(newer)],
      expected: {
        npm: { dev: '0.1.0-dev.20251113152000' },
        oci: { dev: newer },
        go: { dev: `source-${newer}` },
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
