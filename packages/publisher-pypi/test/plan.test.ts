import { InvalidInputError } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { planPypi } from '../src/plan.ts';
import type { CommittedProject } from '../src/read-project.ts';
import { pypiSettings } from '../src/settings.ts';
import { devRelease, OTHER_SHA, SHA } from './plan.fixture.ts';

const project: CommittedProject = {
  name: 'Ameide_SDK',
  normalisedName: 'ameide-sdk',
  isPrivate: false,
  archivesHead: false,
  extraVariables: { variables: [] },
  requirements: [],
  buildRequirements: [],
  localNames: [],
  stated: { fields: [], isVerified: false },
  requirementFiles: { paths: [], localNames: [] },
  urlTable: ['project', 'urls'],
  versionSource: { kind: 'field', path: ['project', 'version'] },
};
const settings = pypiSettings({ directory: 'sdk' });

describe('a plan', () => {
  test('is the public version on pypi.org', () => {
    expect(planPypi(project, settings, devRelease())).toEqual({
      publisher: 'pypi:ameide-sdk',
      registry: 'https://upload.pypi.org/legacy/',
      sha: SHA,
      coordinates: [{ ecosystem: 'pypi', name: 'ameide-sdk', version: '0.1.0.dev20251113153211' }],
      pointers: [],
      projectName: 'Ameide_SDK',
      version: '0.1.0.dev20251113153211',
      sdist: 'ameide_sdk-0.1.0.dev20251113153211.tar.gz',
      wheelPrefix: 'ameide_sdk-0.1.0.dev20251113153211-',
      sourceCommit: `https://github.com/ameideio/ameide/commit/${SHA}`,
      extraVariables: { variables: [] },
      versionSource: { kind: 'field', path: ['project', 'version'] },
      urlTable: ['project', 'urls'],
      archivesHead: false,
      formats: ['sdist', 'wheel'],
      isPrebuilt: false,
      members: { versions: {}, base: '0.1.0' },
      followed: [],
      localNames: [],
      requirementFiles: { paths: [], localNames: [] },
      sourceDateEpoch: 1763047931,
    });
  });

  test('is the local version where the index takes it', () => {
    const local = pypiSettings({
      directory: 'sdk',
      uploadUrl: 'https://pypi.example.org/legacy',
      simpleUrl: 'https://pypi.example.org/simple',
      localVersions: true,
    });
    const plan = planPypi(project, local, devRelease());
    expect(plan.sdist).toBe('ameide_sdk-0.1.0.dev20251113153211+git.71e210b.tar.gz');
    expect(plan.readFrom).toBe('https://pypi.example.org/simple/');
    // The approval of a plan covers the address that it writes to.
    expect(plan.registry).toBe('https://pypi.example.org/legacy');
  });

  test('survives JSON', () => {
    const plan = planPypi(project, settings, devRelease(OTHER_SHA));
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  test.each([
    ['git@github.com:a/b'],
    ['https://user:secret@github.com/a/b'],
    ['https://github.com/a/b?x=1'],
  ])('the repository %j cannot name a commit', (repository) => {
    let error: unknown;
    try {
      planPypi(project, settings, devRelease(SHA, repository));
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(InvalidInputError);
    expect(error).toMatchObject({ field: 'repository' });
    expect(String(error)).not.toContain('secret');
  });

  test('an unknown repository is an input error with the way out', () => {
    const { repository: _, ...release } = devRelease();
    expect(() => planPypi(project, settings, release)).toThrow(
      expect.objectContaining({ field: 'repository', hint: expect.stringContaining('repository') }),
    );
  });
});
