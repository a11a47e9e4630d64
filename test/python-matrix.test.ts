import { type RunningPythonIndex, startDevpi, startPypiserver } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { createTestRepository, type TestRepository } from '@ameide/publisher-kit/testing';
import { pypi } from '@ameide/publisher-pypi';
import { defineRelease, publishRelease, type ReleaseReport } from '@ameide/release';
import { afterAll, beforeAll, expect, test } from 'vitest';

// Runs of one commit on several machines: each adds its platform's wheel to the same version.

const HOOK = `import os
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

class Hook(BuildHookInterface):
    def initialize(self, version, build_data):
        build_data["pure_python"] = False
        build_data["tag"] = os.environ["WHEEL_TAG"]
`;
const FILES = {
  'package.json': { version: '0.1.0' },
  'sdk/pyproject.toml':
    '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "acme-native"\nversion = "0.0.0"\n[tool.hatch.build.targets.wheel.hooks.custom]\n',
  'sdk/hatch_build.py': HOOK,
  'sdk/acme_native/__init__.py': '',
};
const [LINUX, MAC, WINDOWS] = [
  'cp312-cp312-manylinux_2_28_x86_64',
  'cp312-cp312-macosx_11_0_arm64',
  'cp312-cp312-win_amd64',
];

needs('git', 'uv', 'pypiserver')('a matrix publishes to pypiserver', () => matrix(startPypiserver));
needs('git', 'uv', 'devpi')('a matrix publishes to devpi', () => matrix(startDevpi));

function matrix(start: () => Promise<RunningPythonIndex>): void {
  let index: RunningPythonIndex;
  let repository: TestRepository;
  beforeAll(async () => {
    index = await start();
    repository = createTestRepository({ origin: 'https://github.com/acme/mono' });
    repository.commit({ files: FILES });
  }, 60_000);
  afterAll(async () => {
    await index.stop();
    await repository[Symbol.asyncDispose]();
  });

  /** One machine's run. */
  async function publish(tag: string): Promise<ReleaseReport> {
    const { simpleUrl, token, uploadUrl } = index;
    const buildEnvironment = { WHEEL_TAG: tag };
    const definition = defineRelease({
      versionFile: 'package.json',
      publishers: [pypi({ directory: 'sdk', simpleUrl, token, uploadUrl, buildEnvironment })],
    });
    const ref = 'refs/heads/main';
    return publishRelease({ repository: await repository.open(), definition, env: {}, ref });
  }

  async function files(): Promise<readonly string[]> {
    const page = await (await fetch(`${index.simpleUrl}acme-native/`)).text();
    const found = page.matchAll(/acme_native-[^"#<>/]+?(?:\.whl|\.tar\.gz)(?=<)/g);
    return [...new Set(Array.from(found, ([name]) => name.replace(/^.*?dev\d+/, '')))].sort();
  }

  test('each run adds its wheel, and a run again adds nothing', { timeout: 240_000 }, async () => {
    for (const tag of [LINUX, MAC, WINDOWS])
      expect(await publish(tag)).toMatchObject({
        exitCode: 0,
        problems: [],
        artifacts: [{ outcome: 'published', state: 'identical' }],
      });
    const all = [`-${MAC}.whl`, `-${LINUX}.whl`, `-${WINDOWS}.whl`, '.tar.gz'];
    expect(await files()).toEqual(all);
    for (const tag of [LINUX, WINDOWS])
      expect(await publish(tag)).toMatchObject({
        exitCode: 0,
        artifacts: [{ outcome: 'already-there', state: 'identical' }],
      });
    expect(await files()).toEqual(all);
  });

  test('the wheel of another commit of that version is a conflict', {
    timeout: 60_000,
  }, async () => {
    repository.commit({ files: { 'sdk/acme_native/__init__.py': 'OTHER = 1\n' } });
    const before = await files();
    expect(await publish('cp313-cp313-win_amd64')).toMatchObject({
      exitCode: 4,
      problems: [{ code: 'pypi-version-conflict' }],
    });
    expect(await files()).toEqual(before);
  });
}
