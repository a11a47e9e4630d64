import { describe, expect, test } from 'vitest';
import type { PypiOptions } from '../src/index.ts';
import { pypiSettings } from '../src/settings.ts';

describe('the options', () => {
  test.each([
    ['uploadUrl', { uploadUrl: 'http://pypi.example.org/legacy/' }],
    ['uploadUrl', { uploadUrl: 'https://u:p@pypi.example.org/' }],
    ['simpleUrl', { simpleUrl: 'ftp://pypi.example.org/' }],
    [
      'uploadUrl',
      { uploadUrl: 'https://a.example/simple', simpleUrl: 'https://a.example/simple/' },
    ],
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
    ['formats', { formats: [] }],
    ['formats[0]', { formats: ['egg' as 'wheel'] }],
    ['distributions', { distributions: [] }],
    ['distributions[0]', { distributions: ['../dist/*'] }],
    ['distributions[0]', { distributions: [''] }],
    ['distributions', { distributions: '../dist/*' }],
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
      `${TEST_PYPI.simpleUrl} together with uploadUrl ${TEST_PYPI.uploadUrl}`,
      { uploadUrl: TEST_PYPI.uploadUrl },
    ],
    [
      'simpleUrl',
      `${PYPI.simpleUrl} together with uploadUrl ${PYPI.uploadUrl}`,
      { uploadUrl: PYPI.uploadUrl },
    ],
    [
      'simpleUrl',
      `the same index's Simple API together with uploadUrl ${NEXUS.uploadUrl}`,
      { uploadUrl: NEXUS.uploadUrl },
    ],
    [
      'uploadUrl',
      `${TEST_PYPI.uploadUrl} together with simpleUrl ${TEST_PYPI.simpleUrl}`,
      { simpleUrl: TEST_PYPI.simpleUrl },
    ],
    [
      'uploadUrl',
      `the same index's upload address together with simpleUrl ${NEXUS.simpleUrl}`,
      { simpleUrl: NEXUS.simpleUrl },
    ],
    [
      'uploadUrl',
      `the same index's upload address together with simpleUrl ${NEXUS.simpleUrl}`,
      { ...NEXUS, uploadUrl: PYPI.uploadUrl },
    ],
    [
      'uploadUrl',
      `the same index's upload address together with simpleUrl ${NEXUS.simpleUrl}`,
      { ...NEXUS, uploadUrl: TEST_PYPI.uploadUrl },
    ],
    ['uploadUrl', 'the same index', { ...NEXUS, uploadUrl: 'https://UPLOAD.PyPI.org./legacy/' }],
    [
      'simpleUrl',
      `the same index's Simple API together with uploadUrl ${NEXUS.uploadUrl}`,
      { ...NEXUS, simpleUrl: PYPI.simpleUrl },
    ],
    [
      'uploadUrl',
      `${TEST_PYPI.uploadUrl} together with simpleUrl ${TEST_PYPI.simpleUrl}`,
      { ...TEST_PYPI, uploadUrl: PYPI.uploadUrl },
    ],
    [
      'simpleUrl',
      `${TEST_PYPI.simpleUrl} together with uploadUrl ${TEST_PYPI.uploadUrl}`,
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
    const none = { directory: '', token: undefined, ports: { env: { PYPI_TOKEN: 'p' } } };
    expect(pypiSettings(none).token()).toBeUndefined();
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

describe('an option of a wrong shape', () => {
  test.each<[field: string, options: unknown]>([
    ['pypi', undefined],
    ['pypi', 'sdk'],
    ['directory', {}],
    ['directory', { directory: 7 }],
    ['uploadUrl', { directory: '', uploadUrl: 7 }],
    ['token', { directory: '', token: 7 }],
    ['user', { directory: '', user: 'a:b' }],
    ['user', { directory: '', user: '' }],
    ['localVersions', { directory: '', localVersions: 'yes' }],
    ['buildEnvironment', { directory: '', buildEnvironment: [] }],
    ['buildEnvironment.CFLAGS', { directory: '', buildEnvironment: { CFLAGS: 7 } }],
    ['buildEnvironment["A=B"]', { directory: '', buildEnvironment: { 'A=B': '' } }],
    ['allow[0]', { directory: '', allow: ['sdk/*.pem'] }],
    ['ports.http', { directory: '', ports: { http: true } }],
  ])('%s is refused by its name: %o', (field, options) => {
    expect(() => pypiSettings(options as PypiOptions)).toThrow(
      expect.objectContaining({ code: 'invalid-input', field }),
    );
  });

  test.each([
    ['simplUrl', 'Did you mean "simpleUrl"?', { directory: '', simplUrl: '' }],
    ['ports.htpp', 'Did you mean "http"?', { directory: '', ports: { htpp: {} } }],
    [
      'localVersions',
      'Does it come from an environment variable that is not set?',
      { directory: '', localVersions: undefined },
    ],
  ])('%s: %s', (field, hint, options) => {
    expect(() => pypiSettings(options as unknown as PypiOptions)).toThrow(
      expect.objectContaining({ field, hint: expect.stringContaining(hint) }),
    );
  });

  test('a value of the environment is not repeated', () => {
    const buildEnvironment = { UV_INDEX_URL: ['https://u:hunter22@index.example.org/'] };
    let message = '';
    try {
      pypiSettings({ directory: '', buildEnvironment } as unknown as PypiOptions);
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain('buildEnvironment.UV_INDEX_URL');
    expect(message).not.toContain('hunter22');
  });
});
