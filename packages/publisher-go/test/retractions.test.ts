import { needs } from '@ameide/local-registries/components';
import type { RunReport } from '@ameide/publisher-kit/testing';
import { expect, test } from 'vitest';
import { openGo } from './go-command.ts';
import { BRANCH, git, type Lab, type LabOptions, MODULE, openLab, tagRef } from './lab.ts';

const HOME = 'github.com/ameideio/ameide';
const goMod = (module: string, retract = ''): string =>
  `module ${module}\n\ngo 1.21\n\n${retract}\n`;

needs('go', 'git')('a mirror', () => {
  const file = 'packages/sdk/go.mod';
  const release = async (lab: Lab, tag: string, retract?: string): Promise<string> => {
    const sha = lab.commit(retract === undefined ? {} : { [file]: goMod(MODULE, retract) });
    lab.tag(tag);
    await lab.run(sha, tagRef(tag));
    return sha;
  };

  test('reports the version that go gives to a dev build after a retracted release, and to the release’s own commit', async () => {
    await using lab = await openLab();
    const go = openGo(lab.scratch(), { [MODULE]: lab.host.url + '/ameideio/ameide-sdk-go' });
    const check = async (sha: string): Promise<string | undefined> => {
      const { resolved } = await lab.trace(`source-${sha}`);
      expect((await go.list(`${MODULE}@source-${sha}`)).Version).toBe(resolved);
      return resolved;
    };
    await release(lab, 'v0.1.0');
    const retracted = await release(lab, 'v0.2.0');
    const before = lab.commit();
    const { resolved: older = '' } = (await lab.run(before, BRANCH)).findings[0] ?? {};
    expect(older).toMatch(/^v0\.2\.1-0\./);
    expect([await check(retracted), await check(before)]).toEqual([
      'v0.2.0',
      expect.stringMatching(/^v0\.2\.1-0\./),
    ]);
    const last = await release(lab, 'v0.2.1', 'retract [v0.2.0, v0.2.1] // broken');
    const after = lab.commit();
    const run = await lab.run(after, BRANCH);
    expect(run.findings[0]?.resolved).toMatch(/^v0\.1\.1-0\./);
    expect((await go.list(`${MODULE}@dev`)).Version).toBe(run.findings[0]?.resolved);
    for (const sha of [retracted, before, last, after])
      expect(await check(sha)).toMatch(/^v0\.1\.1-0\./);
    // An older name of a commit stays good, and so do the releases themselves.
    for (const name of [older, 'v0.2.0', 'v0.2.1'])
      expect((await go.list(`${MODULE}@${name}`)).Version).toBe(name);
    expect(await lab.trace(older)).toMatchObject({ state: 'same-source', sha: before });
    expect((await lab.run(before, BRANCH)).findings).toMatchObject([{ state: 'identical' }]);
  });

  test('reports v0.0.0 when everything is retracted', async () => {
    await using lab = await openLab();
    const go = openGo(lab.scratch(), { [MODULE]: lab.host.url + '/ameideio/ameide-sdk-go' });
    await release(lab, 'v0.1.0');
    await release(lab, 'v0.2.0', 'retract [v0.0.0, v0.2.0]');
    const { findings } = await lab.run(lab.commit(), BRANCH);
    expect(findings[0]?.resolved).toMatch(/^v0\.0\.0-2025/);
    expect((await go.list(`${MODULE}@dev`)).Version).toBe(findings[0]?.resolved);
  });
});

needs('go', 'git')('a bad release is withdrawn', () => {
  const file = 'packages/sdk/go.mod';
  const notesOf = ({ events }: RunReport): readonly string[] =>
    events.filter(({ isNote }) => isNote).map(({ message }) => message);

  test.each([false, true])('by a higher one that retracts it, in place: %s', async (inPlace) => {
    const module = inPlace ? `${HOME}/packages/sdk` : MODULE;
    const repository = inPlace ? 'ameideio/ameide' : 'ameideio/ameide-sdk-go';
    await using lab = await openLab({ files: { [file]: goMod(module) }, mirror: repository });
    const go = openGo(lab.scratch(), {
      [inPlace ? HOME : MODULE]: `${lab.host.url}/${repository}`,
    });
    const release = async (version: string, retract?: string): Promise<RunReport> => {
      const sha = lab.commit(retract === undefined ? {} : { [file]: goMod(module, retract) });
      lab.tag(inPlace ? `packages/sdk/${version}` : version);
      if (inPlace) lab.tag(version);
      const run = await lab.run(sha, tagRef(version), { inPlace });
      expect(run.problems).toEqual([]);
      return run;
    };
    const retracted = async (version: string): Promise<string> =>
      go.run(['list', '-m', '-retracted', '-f', '{{.Retracted}}', `${module}@${version}`]);
    await release('v0.1.0');
    await release('v0.2.0');
    await release('v0.3.0');
    // go takes both lines, and neither has an effect.
    const without = await release('v0.2.1', 'retract [v0.2.0, v0.1.0]\n\nretract v0.3.0');
    expect(notesOf(without)).toEqual([
      `go:${module}: ${file} retracts [v0.2.0, v0.1.0], which contains no version: the lower one must come first.`,
      `go:${module}: ${file} retracts v0.3.0, but this release is v0.2.1: go reads retractions from the highest release only. To withdraw v0.3.0, release a version above it.`,
    ]);
    for (const version of ['v0.1.0', 'v0.2.0', 'v0.3.0'])
      expect(await retracted(version)).toBe('[]');
    // The comment is what people read.
    const withdrawn = await release(
      'v0.3.1',
      '// Loses data.\nretract v0.3.0\n\nretract [v0.1.0, v0.2.0] // Too old.',
    );
    expect(notesOf(withdrawn)).toEqual([]);
    expect(await retracted('v0.3.0')).toBe('[Loses data.]');
    expect(await retracted('v0.1.0')).toBe('[Too old.]');
    expect((await go.list(`${module}@latest`)).Version).toBe('v0.3.1');
  });
});

needs('go', 'git')('in place', () => {
  const options = (directory: string): LabOptions => ({ directory, inPlace: true });

  test.each([
    { directory: '.', modulePath: HOME, prefix: '' },
    { directory: 'packages/sdk', modulePath: `${HOME}/packages/sdk`, prefix: 'packages/sdk/' },
  ])(
    'a dev build in $directory has the version that go gives it',
    async ({ directory, modulePath, prefix }) => {
      const file = directory === '.' ? 'go.mod' : `${directory}/go.mod`;
      await using lab = await openLab({
        files: { [file]: goMod(modulePath) },
        mirror: 'ameideio/ameide',
      });
      const go = openGo(lab.scratch(), { [HOME]: lab.host.url + '/ameideio/ameide' });
      const commit = (tag?: string, retract?: string): string => {
        const sha = lab.commit(retract === undefined ? {} : { [file]: goMod(modulePath, retract) });
        if (tag !== undefined) lab.tag(`${prefix}${tag}`);
        return sha;
      };
      const push = (): string =>
        git(lab.directory, ['push', '--quiet', '--force', '--tags', lab.bare, 'main']);
      commit('v0.1.0');
      commit('v0.2.0');
      const main = commit();
      push();
      const version = async (): Promise<string | undefined> => {
        const { problems, findings } = await lab.run(main, BRANCH, options(directory));
        expect(problems).toEqual([]);
        expect((await go.list(`${modulePath}@${main}`)).Version).toBe(
          findings[0]?.coordinate.version,
        );
        return findings[0]?.coordinate.version;
      };
      expect(await version()).toMatch(/^v0\.2\.1-0\./);
      git(lab.directory, ['checkout', '--quiet', '-b', 'aside']);
      commit('v0.2.1', 'retract v0.2.0');
      git(lab.directory, ['checkout', '--quiet', 'main']);
      push();
      expect(await version()).toMatch(/^v0\.1\.1-0\./);
      // On the host alone, as in a clone that was made before.
      git(lab.directory, ['tag', '--delete', `${prefix}v0.2.1`]);
      expect((await lab.run(main, BRANCH, options(directory))).problems).toMatchObject([
        {
          code: 'go-tags-missing',
          message: expect.stringContaining(
            `${prefix}v0.2.1, whose go.mod lists the retractions`,
          ) as string,
        },
      ]);
    },
  );
});
