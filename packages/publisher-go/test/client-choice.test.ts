import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { clientChoice } from '@ameide/versioning-core/clients';
import { isRetractedVersion, parseGoMod } from '@ameide/versioning-core/go';
import { expect, onTestFinished, test } from 'vitest';
import { run } from '../../../test/shapes/program.ts';

/** A module's versions, what the highest retracts, and what go installs; the expectation is written by hand. */
const CASES: readonly (readonly [versions: string, retract: string, chosen: string | undefined])[] =
  [
    ['v0.1.0', '', 'v0.1.0'],
    ['v0.1.0 v1.5.0', '', 'v1.5.0'],
    ['v0.1.0 v1.5.0 v1.5.1', '[v1.0.0, v1.5.1]', 'v0.1.0'],
    ['v0.1.0 v1.5.0 v1.5.1', 'v1.5.1', 'v1.5.0'],
    ['v0.1.0 v0.2.0-rc.1', '', 'v0.1.0'],
    ['v0.2.0-rc.1 v0.2.0-rc.2', '', 'v0.2.0-rc.2'],
    ['v0.1.0 v0.2.0-rc.1', 'v0.1.0', 'v0.2.0-rc.1'],
    ['v0.1.9 v0.1.10', '', 'v0.1.10'],
    ['v0.1.0 v1.0.0', '[v0.1.0, v1.0.0]', undefined],
  ];

needs('go')('what go chooses', () => {
  test('go chooses what clientChoice says', async () => {
    const proxy = await mkdtemp(join(tmpdir(), 'ameide-choice-'));
    onTestFinished(() => rm(proxy, { recursive: true, force: true }));
    for (const [index, [versions, retract, expected]] of CASES.entries()) {
      const module = `example.com/m${index}`;
      const folder = join(proxy, module, '@v');
      await mkdir(folder, { recursive: true });
      const names = versions.split(' ');
      await writeFile(join(folder, 'list'), names.join('\n'));
      for (const name of names) {
        const line = retract === '' ? '' : `\nretract ${retract}\n`;
        await writeFile(join(folder, `${name}.mod`), `module ${module}\n\ngo 1.21\n${line}`);
        await writeFile(
          join(folder, `${name}.info`),
          JSON.stringify({ Version: name, Time: '2025-11-13T15:32:11Z' }),
        );
      }
      const argv = ['go', 'list', '-m', '-f', '{{.Version}}', `${module}@latest`] as const;
      const chosen = await run(argv, proxy, {
        GOPROXY: `file://${proxy}`,
        GOSUMDB: 'off',
        GOFLAGS: '-modcacherw',
        GOTOOLCHAIN: 'local',
        GOMODCACHE: join(proxy, 'cache'),
      }).catch(() => undefined);
      expect([versions, retract, chosen?.trim()]).toEqual([versions, retract, expected]);
    }
  });
});

test.each(CASES)('of %s, which retracts %j, the choice is %s', (text, retract, expected) => {
  const { retractions } = parseGoMod(`module example.com/m\n\nretract ${retract}\n`);
  const versions = text.split(' ').map((version) => ({
    coordinate: { ecosystem: 'go', name: 'example.com/m', version } as const,
    ...(retract !== '' && isRetractedVersion(version, retractions)
      ? { isWithdrawn: true as const }
      : {}),
  }));
  const named = { ecosystem: 'go', name: 'example.com/m' } as const;
  expect(clientChoice(named, { versions, pointers: [] }).version).toBe(expected);
});
