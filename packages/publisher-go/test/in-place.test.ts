import { needs } from '@ameide/local-registries/components';
import { expect, test } from 'vitest';
import { goModule } from '../src/index.ts';
import { openGo } from './go-command.ts';
import { BRANCH, git, type Lab, type LabOptions, openLab, tagRef } from './lab.ts';

const options = (token?: string): LabOptions => ({
  inPlace: true,
  ...(token === undefined ? {} : { token }),
});
const push = (lab: Lab, ...what: string[]): string =>
  git(lab.directory, ['push', '--quiet', '--force', lab.bare, ...what]);

needs('git')('in place', () => {
  test('refuses a dev build whose commit no branch or tag of the host reaches', async () => {
    await using lab = await openLab();
    const [pushed, mine] = [lab.commit(), lab.commit()];
    push(lab, `${pushed}:refs/heads/main`, `${mine}:refs/pull/7/head`);
    expect(await lab.run(mine, BRANCH, options())).toMatchObject({
      problems: [{ code: 'go-commit-not-pushed' }],
      findings: [{ state: 'absent' }],
    });
    expect((await lab.run(pushed, BRANCH, options())).problems).toEqual([]);
    push(lab, `${mine}:refs/tags/anything`);
    expect((await lab.run(mine, BRANCH, options())).problems).toEqual([]);
  });

  test('refuses a module that requires a sibling in a version without a tag, unless this release makes it', async () => {
    await using lab = await openLab();
    const core = 'github.com/ameideio/core';
    const sha = lab.commit({
      'packages/core/go.mod': `module ${core}\n\ngo 1.22\n`,
      'packages/sdk/go.mod': `module github.com/ameideio/ameide-sdk-go\n\ngo 1.22\n\nrequire ${core} v0.2.0\n\nreplace ${core} => ../core\n`,
    });
    push(lab, 'main');
    const members = [{ ecosystem: 'go', name: core }] as const;
    const run = (ref: string) => lab.run(sha, ref, { ...options(lab.host.token), members });
    const missing = {
      code: 'go-required-tag-missing',
      message: expect.stringContaining('no tag packages/core/v0.2.0,') as string,
    };
    expect((await run(BRANCH)).problems).toMatchObject([missing]);
    // A release of another version does not make it either.
    expect((await run(tagRef('v0.1.0'))).problems).toMatchObject([missing]);
    const { plan } = await lab.open(sha, tagRef('v0.2.0'), { ...options(), members });
    expect(plan.requires).toEqual([{ ecosystem: 'go', name: core, version: 'v0.2.0' }]);
    expect((await run(tagRef('v0.2.0'))).problems).toEqual([]);
    push(lab, `${sha}:refs/tags/packages/core/v0.2.0`);
    expect((await run(BRANCH)).problems).not.toContainEqual(expect.objectContaining(missing));
  });

  test('refuses it, too, if another release of the repository makes the sibling', async () => {
    await using lab = await openLab();
    const root = 'github.com/ameideio/ameide-sdk-go/packages';
    const sha = lab.commit({
      'packages/core/go.mod': `module ${root}/core\n\ngo 1.22\n`,
      'packages/elsewhere/go.mod': 'module github.com/ameideio/elsewhere\n\ngo 1.22\n',
      'packages/sdk/go.mod': `module ${root}/sdk\n\ngo 1.22\n\nrequire (\n\t${root}/core v0.3.0\n\tgithub.com/ameideio/elsewhere v1.0.0\n)\n`,
    });
    push(lab, 'main');
    expect((await lab.run(sha, tagRef('v0.1.0'), options(lab.host.token))).problems).toMatchObject([
      {
        code: 'go-required-tag-missing',
        message: expect.stringContaining('no tag packages/core/v0.3.0,') as string,
      },
    ]);
    push(lab, `${sha}:refs/tags/packages/core/v0.3.0`);
    expect((await lab.run(sha, tagRef('v0.1.0'), options(lab.host.token))).problems).toEqual([]);
  });

  test('is not stopped by a module beside it that nobody can require', async () => {
    await using lab = await openLab();
    const sha = lab.commit({
      'go.mod': 'module acme/tools\n\ngo 1.22\n',
      'packages/sdk/go.mod':
        'module github.com/ameideio/ameide-sdk-go/packages/sdk\n\ngo 1.22\n\nrequire github.com/ameideio/elsewhere v1.0.0\n',
    });
    push(lab, 'main');
    expect((await lab.run(sha, BRANCH, options())).problems).toEqual([]);
  });

  test('publishes a dev build that a branch of the host reaches, also when the branch has moved on since the clone was made', async () => {
    await using lab = await openLab();
    const mine = lab.commit();
    lab.commit();
    push(lab, 'main', 'HEAD:refs/tags/later');
    git(lab.directory, ['reset', '--quiet', '--hard', mine]);
    git(lab.directory, ['reflog', 'expire', '--expire=now', '--all']);
    git(lab.directory, ['gc', '--quiet', '--prune=now']);
    expect(await lab.run(mine, BRANCH, options())).toMatchObject({
      problems: [],
      findings: [{ state: 'identical', sha: mine }],
    });
    const stray = lab.commit();
    expect(await lab.run(stray, BRANCH, options())).toMatchObject({
      problems: [{ code: 'go-commit-not-pushed' }],
    });
  });

  test('refuses a dev build while the host has an earlier tag of the module that this clone lacks', async () => {
    await using lab = await openLab();
    const [released, next] = [lab.commit(), lab.commit()];
    // What a release from this clone does: the tag with the module's prefix exists on the host
    // alone.
    push(
      lab,
      'main',
      `${released}:refs/tags/packages/sdk/v0.1.0`,
      `${next}:refs/tags/packages/other/v0.1.0`,
    );
    expect(await lab.run(next, BRANCH, options())).toMatchObject({
      problems: [
        { code: 'go-tags-missing', hint: `Run: git fetch --tags ${lab.url}`, rerun: 'after-fix' },
      ],
    });
    git(lab.directory, ['fetch', '--quiet', '--tags', lab.bare]);
    expect((await lab.run(next, BRANCH, options())).problems).toEqual([]);
  });

  test('needs no token for a dev build, and reports the missing one for a release', async () => {
    await using lab = await openLab();
    const sha = lab.commit();
    push(lab, 'main');
    expect((await lab.run(sha, BRANCH, options(''))).problems).toEqual([]);
    const refused = await lab.run(sha, tagRef('v0.1.0'), options(''));
    expect(refused.problems).toMatchObject([
      {
        code: 'go-no-token',
        kind: 'authentication',
        hint: expect.stringMatching(/^The option token of this entry is empty: /),
      },
    ]);
  });

  test('finds an annotated tag on the commit identical, and one on another commit a conflict that stays', async () => {
    await using lab = await openLab();
    const [first, second] = [lab.commit(), lab.commit()];
    git(lab.directory, ['tag', '--annotate', '--message=release', 'packages/sdk/v0.1.0', first]);
    push(lab, 'main', 'packages/sdk/v0.1.0');
    expect(await lab.run(first, tagRef('v0.1.0'), options())).toMatchObject({
      problems: [],
      published: [{ outcome: 'already-there' }],
    });
    const { publisher, plan, step, build } = await lab.open(second, tagRef('v0.1.0'), options());
    const [finding] = await publisher.inspect({ plan }, step);
    expect(finding).toMatchObject({
      state: 'conflict',
      sha: first,
      problem: { code: 'go-tag-exists', rerun: 'never' },
    });
    const built = await build();
    const published = await publisher.publish(plan, built, step);
    expect(published).toMatchObject([{ outcome: 'conflict', problem: { code: 'go-tag-exists' } }]);
    expect(lab.proxy.mutating()).toEqual([]);
  });

  test('traces a pseudo-version whose commit this clone lacks: unknown, and the problem says why', async () => {
    await using lab = await openLab();
    lab.commit();
    push(lab, 'main');
    const finding = await lab.trace('v0.0.0-20251113153211-0123456789ab', options());
    expect(finding).toMatchObject({ state: 'unknown', problem: { code: 'go-commit-unknown' } });
  });

  test('takes the source repository as the remote, and says where the module’s path leads elsewhere', async () => {
    await using lab = await openLab();
    const sha = lab.commit();
    const named = await lab.open(sha, BRANCH, options());
    expect(named.plan.registry).toBe(lab.url);
    const definition = goModule({ directory: 'packages/sdk' });
    const publisher = await definition.open(named.step.source);
    const plan = publisher.plan(named.release);
    expect(plan.registry).toBe('https://github.com/ameideio/ameide.git');
    expect(await publisher.validate?.(plan, named.step)).toMatchObject([
      {
        code: 'go-path-mismatch',
        kind: 'input',
        path: 'packages/sdk/go.mod',
        message: expect.stringContaining('github.com/ameideio/ameide/packages/sdk') as string,
      },
    ]);
    const { repository: _, ...nowhere } = named.release;
    expect(() => publisher.plan(nowhere)).not.toThrow();
    const other = await definition.open(named.step.source);
    expect(() => other.plan(nowhere)).toThrow(
      expect.objectContaining({ name: 'InvalidInputError', field: 'remote' }) as Error,
    );
  });
});

needs('go', 'git')('in place, next to the go command', () => {
  test('a tag that this clone lacks is a problem only when it changes the version that go derives', async () => {
    const home = 'github.com/ameideio/ameide';
    const file = 'packages/sdk/go.mod';
    const goMod = (retract = ''): string =>
      `module ${home}/packages/sdk\n\ngo 1.21\n\n${retract}\n`;
    await using lab = await openLab({ files: { [file]: goMod() }, mirror: 'ameideio/ameide' });
    const go = openGo(lab.scratch(), { [home]: `${lab.host.url}/ameideio/ameide` });
    const [first, retracted] = [lab.commit(), lab.commit()];
    const latest = lab.commit({ [file]: goMod('retract v0.2.0') });
    const sha = lab.commit();
    lab.tag('packages/sdk/v0.1.0', first);
    lab.tag('packages/sdk/v0.2.1', latest);
    push(lab, 'main', '--tags');
    const tag = (commit: string, names: readonly string[]): string =>
      push(lab, ...names.map((name) => `${commit}:refs/tags/packages/sdk/${name}`));
    tag(first, ['v0.0.2', 'v-next', 'vendor-drop', 'v9']);
    tag(retracted, ['v0.2.0', 'v2.0.0']);
    tag(sha, ['v10', 'v3.0.0', 'vendor']);
    const run = await lab.run(sha, BRANCH, options());
    expect(run.problems).toEqual([]);
    expect((await go.list(`${home}/packages/sdk@${sha}`)).Version).toBe(
      run.findings[0]?.coordinate.version,
    );
    // On the commit itself it is the version, however low.
    tag(sha, ['v0.0.1']);
    expect(await lab.run(sha, BRANCH, options())).toMatchObject({
      problems: [
        {
          code: 'go-tags-missing',
          message: expect.stringContaining('packages/sdk/v0.0.1 on this commit') as string,
        },
      ],
    });
    expect((await go.list(`${home}/packages/sdk@${sha}`)).Version).toBe('v0.0.1');
  });
});
