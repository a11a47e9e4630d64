import { InvalidInputError } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { planPypi } from '../src/plan.ts';
import { pypiSettings } from '../src/settings.ts';
import { devRelease, OTHER_SHA, SHA } from './plan.fixture.ts';

const project = { name: 'Ameide_SDK', normalisedName: 'ameide-sdk', isPrivate: false };
const settings = pypiSettings({ directory: 'sdk' });

describe('a plan', () => {
  test('is the public version on pypi.org', () => {
    expect(planPypi(project, settings, devRelease())).toEqual({
      publisher: 'pypi:ameide-sdk',
      registry: 'https://pypi.org/simple/',
      sha: SHA,
      coordinates: [{ ecosystem: 'pypi', name: 'ameide-sdk', version: '0.1.0.dev20251113153211' }],
      pointers: [],
      projectName: 'Ameide_SDK',
      version: '0.1.0.dev20251113153211',
      sdist: 'ameide_sdk-0.1.0.dev20251113153211.tar.gz',
      wheelPrefix: 'ameide_sdk-0.1.0.dev20251113153211-',
      sourceCommit: `https://github.com/ameideio/ameide/commit/${SHA}`,
      sourceDateEpoch: 1763047931,
    });
  });

  test('is the local version where the index takes it', () => {
    const local = pypiSettings({
      directory: 'sdk',
      uploadUrl: 'https://pypi.example.org/',
      simpleUrl: 'https://pypi.example.org/simple',
      localVersions: true,
    });
    const plan = planPypi(project, local, devRelease());
    expect(plan.sdist).toBe('ameide_sdk-0.1.0.dev20251113153211+git.71e210b.tar.gz');
    expect(plan.registry).toBe('https://pypi.example.org/simple/');
  });

  test('survives JSON', () => {
    const plan = planPypi(project, settings, devRelease(OTHER_SHA));
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  test.each([['git@github.com:a/b'], ['https://user:secret@github.com/a/b'], ['https://github.com/a/b?x=1']])(
    'the repository %j cannot name a commit',
    (repository) => {
      let error: unknown;
      try {
        planPypi(project, settings, devRelease(SHA, repository));
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toBeInstanceOf(InvalidInputError);
      expect(error).toMatchObject({ field: 'repository' });
      expect(String(error)).not.toContain('secret');
    },
  );

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
    ['localVersions', { localVersions: true, uploadUrl: 'https://test.pypi.org/legacy/' }],
    ['directory', { directory: '../other' }],
    ['directory', { directory: '/etc' }],
  ])('%s is refused', (field, options) => {
    expect(() => pypiSettings({ directory: 'sdk', ...options })).toThrow(expect.objectContaining({ field }));
  });

  test('the token comes from the option, else from the first variable that is set', () => {
    const token = (env: Record<string, string>, given?: string) =>
      pypiSettings({ directory: '', ports: { env }, ...(given === undefined ? {} : { token: given }) })
        .token()
        ?.reveal();
    expect(token({})).toBeUndefined();
    expect(token({ TWINE_PASSWORD: 't' })).toBe('t');
    expect(token({ TWINE_PASSWORD: 't', UV_PUBLISH_TOKEN: 'u', PYPI_TOKEN: '' })).toBe('u');
    expect(token({ PYPI_TOKEN: 'p' }, 'given')).toBe('given');
  });
});
