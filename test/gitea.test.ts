import { type RunningGitea, startGitea } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { configuration } from '@ameide/publisher-configuration';
import { ghcr } from '@ameide/publisher-ghcr';
import { goModule } from '@ameide/publisher-go';
import { createTestRepository, runGit, type TestRepository } from '@ameide/publisher-kit/testing';
import {
  defineRelease,
  publishRelease,
  type ReleaseDefinition,
  type ReleaseReport,
  traceCommit,
} from '@ameide/release';
import { afterAll, beforeAll, expect, test } from 'vitest';

// A server that others wrote, as git host and OCI registry. Optional: it takes minutes to build.

const MODULE = 'gitea.example/ameide/sdk-go';
const FILES = {
  'version.json': { version: '0.1.0' },
  'go/go.mod': `module ${MODULE}\n\ngo 1.22\n`,
  'go/sdk.go': 'package sdk\n\nconst Answer = 42\n',
  'image/index.html': 'hello\n',
  'conf/a.json': '{}\n',
};

needs('gitea', 'git')('Gitea, as git host and OCI registry', () => {
  let gitea: RunningGitea;
  let repository: TestRepository;
  let mirror = '';
  let sha = '';
  let definition: ReleaseDefinition;

  beforeAll(async () => {
    gitea = await startGitea();
    const { host, token, user } = gitea;
    mirror = await gitea.createRepository('sdk-go');
    repository = createTestRepository({ origin: 'https://github.com/ameide/mono.git' });
    sha = repository.commit({ files: FILES });
    definition = defineRelease({
      versionFile: 'version.json',
      publishers: [
        goModule({ directory: 'go', mirror, token, user }),
        ghcr({ image: `${host}/${user}/page`, files: 'image', token, user }),
        configuration({
          directory: 'conf',
          carriers: [ghcr.bundle(`${host}/${user}/configuration`, { token, user })],
        }),
      ],
    });
  });
  afterAll(async () => {
    await gitea.stop();
    await repository[Symbol.asyncDispose]();
  });

  const publish = async (ref?: string): Promise<ReleaseReport> => {
    const opened = await repository.open();
    const chosen = ref === undefined ? {} : { ref };
    const report = await publishRelease({ repository: opened, definition, env: {}, ...chosen });
    expect(report.problems).toEqual([]);
    return report;
  };
  const outcomes = ({ artifacts }: ReleaseReport): unknown[] =>
    artifacts.map(({ outcome }) => outcome);

  test('a dev build is published once, found again by the second run, and followed by its release', async () => {
    expect(outcomes(await publish())).toEqual(['published', 'published', 'published']);
    // Nothing is left to do: no artifact has an outcome.
    expect(outcomes(await publish())).toEqual([undefined, undefined, undefined]);
    repository.git('tag', 'v0.1.0');
    const release = await publish('refs/tags/v0.1.0');
    expect(release.exitCode).toBe(0);
    const clone = ['clone', '--quiet', '--branch', 'v0.1.0', mirror, 'clone'];
    runGit(repository.directory, clone);
    expect(runGit(`${repository.directory}/clone`, ['log', '-1', '--format=%B'])).toContain(sha);
  });

  test('the commit is traced to everything that was built of it', async () => {
    const options = { repository: await repository.open(), definition };
    const { artifacts, exitCode } = await traceCommit(sha, options);
    expect(exitCode).toBe(0);
    expect(artifacts.map(({ state, pointers }) => [state, ...pointers].join(' '))).toEqual([
      'identical main dev',
      'same-source dev',
      'same-source 0.1 latest',
      'same-source dev',
      'same-source 0.1 latest',
    ]);
  });
});
