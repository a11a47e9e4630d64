import { InvalidInputError } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { planPypi } from '../src/plan.ts';
import type { PythonProject } from '../src/project/pyproject.ts';
import { pypiSettings } from '../src/settings.ts';
import { devRelease, OTHER_SHA, SHA } from './plan.fixture.ts';

const project: PythonProject = {
  name: 'Ameide_SDK',
  normalisedName: 'ameide-sdk',
  isPrivate: false,
  archivesHead: false,
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
      versionSource: { kind: 'field', path: ['project', 'version'] },
      archivesHead: false,
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

describe('options', () => {
  test.each([
    ['uploadUrl', { uploadUrl: 'http://pypi.example.org/legacy/' }],
    ['uploadUrl', { uploadUrl: 'https://u:p@pypi.example.org/' }],
    ['simpleUrl', { simpleUrl: 'ftp://pypi.example.org/' }],
    ['localVersions', { localVersions: true }],
    [
      'localVersions',
      {
        localVersions: true,
        uploadUrl: 'https://test.pypi.org/legacy/',
        simpleUrl: 'https://test.pypi.org/simple/',
      },
    ],
    ['directory', { directory: '../other' }],
    ['directory', { directory: '/etc' }],
  ])('%s is refused', (field, options) => {
    expect(() => pypiSettings({ directory: 'sdk', ...options })).toThrow(
      expect.objectContaining({ field }),
    );
  });

  const NEXUS = {
    uploadUrl: 'https://nexus.example/pypi-hosted/',
    simpleUrl: 'https://nexus.example/pypi-all/simple/',
  };
  const PYPI = {
    uploadUrl: 'https://upload.pypi.org/legacy/',
    simpleUrl: 'https://pypi.org/simple/',
  };
  const TEST_PYPI = {
    uploadUrl: 'https://test.pypi.org/legacy/',
    simpleUrl: 'https://test.pypi.org/simple/',
  };

  test.each([[undefined], [PYPI], [TEST_PYPI], [NEXUS]])(
    'an index has both of its addresses, or is pypi.org: %o',
    (pair) => {
      expect(pypiSettings({ directory: 'sdk', ...pair })).toMatchObject(pair ?? PYPI);
    },
  );

  test.each([
    [
      'simpleUrl',
      `${TEST_PYPI.simpleUrl} beside uploadUrl ${TEST_PYPI.uploadUrl}`,
      { uploadUrl: TEST_PYPI.uploadUrl },
    ],
    [
      'simpleUrl',
      `${PYPI.simpleUrl} beside uploadUrl ${PYPI.uploadUrl}`,
      { uploadUrl: PYPI.uploadUrl },
    ],
    [
      'simpleUrl',
      `the same index's Simple API beside uploadUrl ${NEXUS.uploadUrl}`,
      { uploadUrl: NEXUS.uploadUrl },
    ],
    [
      'uploadUrl',
      `${TEST_PYPI.uploadUrl} beside simpleUrl ${TEST_PYPI.simpleUrl}`,
      { simpleUrl: TEST_PYPI.simpleUrl },
    ],
    [
      'uploadUrl',
      `the same index's upload address beside simpleUrl ${NEXUS.simpleUrl}`,
      { simpleUrl: NEXUS.simpleUrl },
    ],
    [
      'uploadUrl',
      `the same index's upload address beside simpleUrl ${NEXUS.simpleUrl}`,
      { ...NEXUS, uploadUrl: PYPI.uploadUrl },
    ],
    [
      'uploadUrl',
      `the same index's upload address beside simpleUrl ${NEXUS.simpleUrl}`,
      { ...NEXUS, uploadUrl: TEST_PYPI.uploadUrl },
    ],
    ['uploadUrl', 'the same index', { ...NEXUS, uploadUrl: 'https://UPLOAD.PyPI.org./legacy/' }],
    [
      'simpleUrl',
      `the same index's Simple API beside uploadUrl ${NEXUS.uploadUrl}`,
      { ...NEXUS, simpleUrl: PYPI.simpleUrl },
    ],
    [
      'uploadUrl',
      `${TEST_PYPI.uploadUrl} beside simpleUrl ${TEST_PYPI.simpleUrl}`,
      { ...TEST_PYPI, uploadUrl: PYPI.uploadUrl },
    ],
    [
      'simpleUrl',
      `${TEST_PYPI.simpleUrl} beside uploadUrl ${TEST_PYPI.uploadUrl}`,
      { ...TEST_PYPI, simpleUrl: PYPI.simpleUrl },
    ],
  ])('half of a pair names %s: expected %s', (field, expected, options) => {
    expect(() => pypiSettings({ directory: 'sdk', ...options })).toThrow(
      expect.objectContaining({
        field,
        expected: expect.stringContaining(expected),
        hint: expect.stringContaining('of one index'),
      }),
    );
  });

  test('the token comes from the option, else from the first variable that is set', () => {
    const token = (env: Record<string, string>, given?: string) =>
      pypiSettings({
        directory: '',
        ports: { env },
        ...(given === undefined ? {} : { token: given }),
      })
        .token()
        ?.reveal();
    expect(token({})).toBeUndefined();
    expect(token({ TWINE_PASSWORD: 't' })).toBe('t');
    expect(token({ TWINE_PASSWORD: 't', UV_PUBLISH_TOKEN: 'u', PYPI_TOKEN: '' })).toBe('u');
    expect(token({ PYPI_TOKEN: ' ', TWINE_PASSWORD: 't' })).toBe('t');
    expect(token({ PYPI_TOKEN: 'p' }, 'given')).toBe('given');
    expect(token({ PYPI_TOKEN: 'p' }, '')).toBeUndefined();
  });

  test.each(['given', undefined])(
    'a function that gives %j is asked once, and nothing else is',
    (given) => {
      let asked = 0;
      const token = (): string | undefined => {
        asked += 1;
        return given;
      };
      const settings = pypiSettings({ directory: '', token, ports: { env: { PYPI_TOKEN: 'p' } } });
      expect(asked).toBe(0);
      expect([settings.token()?.reveal(), settings.token()?.reveal()]).toEqual([given, given]);
      expect(asked).toBe(1);
    },
  );
});
