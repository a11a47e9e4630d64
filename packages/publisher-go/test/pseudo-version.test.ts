import { needs } from '@ameide/local-registries/components';
import { expect, test } from 'vitest';
import { type Go, openGo } from './go-command.ts';
import { BRANCH, git, type Lab, type LabOptions, MODULE, openLab, tagRef } from './lab.ts';

const HOME = 'github.com/ameideio/ameide';

/** A pseudo-version, and what is said of it when go refuses it. */
type Named = readonly [version: string, refusal?: RegExp];

/**
 * Pseudo-versions of one commit: `at` is the time and `id` the twelve digits that go gives it,
 * `base` the release before it, v0.1.0.
 */
function names(at: string, id: string): readonly Named[] {
  return [
    [`v0.1.1-0.${at}-${id}`],
    // As it was named before the tag was there.
    [`v0.0.0-${at}-${id}`],
    [`v0.0.0-19990101000000-${id}`, /the time of commit [0-9a-f]{40} is \d{14}\./],
    [`v0.1.1-0.19990101000000-${id}`, /the time of commit/],
    [`v0.7.1-0.${at}-${id}`, /no commit before [0-9a-f]{40} has the tag \S*v0\.7\.0\./],
    // Tagged, but on a later commit and on this one.
    [`v0.3.1-0.${at}-${id}`, /no commit before/],
    [`v0.2.1-0.${at}-${id}`, /no commit before/],
    [`v0.2.0-rc.1.0.${at}-${id}`, /no commit before/],
    [`v1.0.0-${at}-${id}`, /makes no version of that form/],
    [`v2.0.0-${at}-${id}`, /makes no version of that form/],
    [`v0.0.0-${at}-${id.slice(0, 11)}`, /makes no version of that form/],
    [`v0.0.0-${at}-${id}0`, /makes no version of that form/],
    [`v0.0.0-${at}-${id}+incompatible`, /makes no version of that form/],
  ];
}

needs('go', 'git')('trace takes a pseudo-version that go takes, and no other', () => {
  test('of a mirror', async () => {
    await using lab = await openLab();
    const go = openGo(lab.scratch(), { [MODULE]: `${lab.host.url}/ameideio/ameide-sdk-go` });
    const [, , sha] = await releases(
      lab,
      async (commit, tag) => void (await lab.run(commit, tagRef(tag))),
    );
    const { digest = '' } = await lab.trace(`source-${sha}`);
    const at = git(lab.bare, [
      'show',
      '--no-patch',
      '--date=format:%Y%m%d%H%M%S',
      '--format=%cd',
      digest,
    ]);
    await agree(lab, go, { sha: sha ?? '', versions: names(at, digest.slice(0, 12)) });
  });

  test('of a mirror where somebody has set tags by hand', async () => {
    await using lab = await openLab();
    const go = openGo(lab.scratch(), { [MODULE]: `${lab.host.url}/ameideio/ameide-sdk-go` });
    await releases(lab, async (commit, tag) => void (await lab.run(commit, tagRef(tag))));
    const released = lab.refs()['refs/tags/v0.1.0'] ?? '';
    for (const tag of ['v0.4.0-beta', 'v0.4.1+linux', 'v-next'])
      git(lab.bare, ['tag', tag, released]);
    const sha = lab.commit();
    const { findings } = await lab.run(sha, BRANCH);
    const { resolved = '' } = findings[0] ?? {};
    expect(resolved).toMatch(/^v0\.4\.2-0\./);
    expect((await go.list(`${MODULE}@dev`)).Version).toBe(resolved);
    await agree(lab, go, {
      sha,
      versions: [[resolved], [resolved.replace('v0.4.2-0.', 'v0.4.0-beta.0.')]],
    });
  });

  test.each([
    { directory: '.', module: HOME, prefix: '' },
    { directory: 'packages/sdk', module: `${HOME}/packages/sdk`, prefix: 'packages/sdk/' },
  ])('in place, in $directory', async ({ directory, module, prefix }) => {
    const file = directory === '.' ? 'go.mod' : `${directory}/go.mod`;
    await using lab = await openLab({
      files: { [file]: `module ${module}\n\ngo 1.21\n` },
      mirror: 'ameideio/ameide',
    });
    const go = openGo(lab.scratch(), { [HOME]: `${lab.host.url}/ameideio/ameide` });
    const [, , sha = ''] = await releases(lab, async (commit, tag) => {
      git(lab.directory, [
        'push',
        '--quiet',
        lab.bare,
        'main',
        `${commit}:refs/tags/${prefix}${tag}`,
      ]);
    });
    const at = git(lab.directory, [
      'show',
      '--no-patch',
      '--date=format:%Y%m%d%H%M%S',
      '--format=%cd',
      sha,
    ]);
    await agree(
      lab,
      go,
      { sha, versions: names(at, sha.slice(0, 12)) },
      {
        directory,
        inPlace: true,
      },
    );
  });
});

/** Releases v0.1.0, a candidate of v0.2.0 aside of it, v0.2.0, and v0.3.0: the commits on main. */
async function releases(
  lab: Lab,
  release: (commit: string, tag: string) => Promise<void>,
): Promise<readonly string[]> {
  const first = lab.commit();
  lab.tag('v0.1.0');
  await release(first, 'v0.1.0');
  git(lab.directory, ['checkout', '--quiet', '-b', 'aside']);
  const aside = lab.commit();
  await release(aside, 'v0.2.0-rc.1');
  git(lab.directory, ['checkout', '--quiet', 'main']);
  const between = lab.commit();
  const [second, third] = [lab.commit(), lab.commit()];
  await release(second, 'v0.2.0');
  await release(third, 'v0.3.0');
  return [first, between, second, third];
}

/** Holds what `trace` says of versions of the commit `sha` against what go says of them. */
async function agree(
  lab: Lab,
  go: Go,
  { sha, versions }: { readonly sha: string; readonly versions: readonly Named[] },
  options: LabOptions = {},
): Promise<void> {
  const { publisher, plan, step } = await lab.open(
    git(lab.directory, ['rev-parse', 'HEAD']),
    BRANCH,
    options,
  );
  const name = plan.coordinates[0]?.name ?? '';
  const said = await go.resolves(versions.map(([version]) => `${name}@${version}`));
  for (const [n, [version, refusal]] of versions.entries()) {
    const coordinate = { ecosystem: 'go', name, version } as const;
    const [finding] = await publisher.inspect({ coordinate }, step);
    if (refusal === undefined) {
      expect([said[n], finding]).toEqual([
        'taken',
        { coordinate, state: 'same-source', sha, digest: expect.any(String) },
      ]);
      continue;
    }
    expect(said[n]).toMatch(/invalid|unknown revision/);
    expect(finding).toMatchObject({
      state: 'absent',
      problem: { code: 'go-invalid-version', kind: 'input', rerun: 'never' },
    });
    expect(finding?.problem?.message).toMatch(refusal);
    expect(finding).not.toHaveProperty('sha');
  }
}
