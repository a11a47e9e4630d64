import { changeset, MINOR, member, SDK, type Situation, workspace } from './situation.ts';

const OTHER = 'packages/other/package.json';
const other = { [OTHER]: member('other') };
const only = (type: string) => ({ '.changeset/a.md': changeset({ other: type }) });

/** What changesets release: kinds of bumps, groups, dependencies, packages that are left out. */
export const BUMPS: readonly Situation[] = [
  { title: 'minor', files: workspace(MINOR), outcome: '0.2.0' },
  {
    title: 'patch',
    files: workspace({ '.changeset/a.md': changeset({ sdk: 'patch' }) }),
    outcome: '0.1.1',
  },
  {
    title: 'major at 0.x',
    files: workspace({ '.changeset/a.md': changeset({ sdk: 'major' }) }),
    outcome: '1.0.0',
  },
  {
    title: 'patch and minor',
    files: workspace({ ...MINOR, '.changeset/a.md': changeset({ sdk: 'patch' }) }),
    outcome: '0.2.0',
  },
  {
    title: 'none',
    files: workspace({ '.changeset/a.md': changeset({ sdk: 'none' }) }),
    outcome: 'stays',
    says: 'do not raise @x/sdk. So this is the next patch',
  },
  {
    title: 'none beside minor',
    files: workspace({ ...MINOR, '.changeset/a.md': changeset({ sdk: 'none' }) }),
    outcome: '0.2.0',
  },
  {
    title: 'an empty changeset',
    files: workspace({ '.changeset/a.md': '---\n---\n\nOnly the CI.\n' }),
    outcome: 'stays',
    says: 'do not raise @x/sdk',
  },
  {
    title: 'an empty changeset beside minor',
    files: workspace({ ...MINOR, '.changeset/a.md': '---\n---\n' }),
    outcome: '0.2.0',
  },
  { title: 'another package', files: workspace({ ...other, ...only('major') }), outcome: 'stays' },
  {
    title: 'no changesets',
    files: workspace({}),
    outcome: 'stays',
    says: 'No changeset is pending',
  },
  {
    title: 'notes in .changeset that are no changesets',
    files: workspace({
      '.changeset/README.md': '# Changesets\n',
      '.changeset/AGENTS.md': 'Write changesets.\n',
      '.changeset/.draft.md': 'not yet\n',
      '.changeset/notes.txt': 'no Markdown\n',
    }),
    outcome: 'stays',
    says: 'No changeset is pending',
  },
  {
    title: 'a dependency that leaves the range',
    files: workspace({
      ...other,
      ...only('minor'),
      [SDK]: member('sdk', { dependencies: { '@x/other': 'workspace:^' } }),
    }),
    outcome: '0.1.1',
  },
  {
    title: 'a dependency within the range',
    files: workspace({
      ...other,
      ...only('patch'),
      [SDK]: member('sdk', { dependencies: { '@x/other': 'workspace:^' } }),
    }),
    outcome: 'stays',
  },
  {
    title: 'a dependency within the range, where dependents are always updated',
    files: workspace(
      {
        ...other,
        ...only('patch'),
        [SDK]: member('sdk', { dependencies: { '@x/other': 'workspace:^' } }),
      },
      { ___experimentalUnsafeOptions_WILL_CHANGE_IN_PATCH: { updateInternalDependents: 'always' } },
    ),
    outcome: '0.1.1',
  },
  {
    title: 'a dependency by a plain range, where only workspace: counts',
    files: workspace(
      {
        ...other,
        ...only('minor'),
        [SDK]: member('sdk', { dependencies: { '@x/other': '^0.1.0' } }),
      },
      { bumpVersionsWithWorkspaceProtocolOnly: true },
    ),
    outcome: 'stays',
  },
  {
    title: 'a dependency by a range that leaves the version of now out',
    files: workspace({
      ...other,
      ...only('minor'),
      [SDK]: member('sdk', { dependencies: { '@x/other': '^3.0.0' } }),
    }),
    outcome: 'stays',
  },
  {
    title: 'a peer dependency that leaves the range',
    files: workspace({
      ...other,
      ...only('minor'),
      [SDK]: member('sdk', { peerDependencies: { '@x/other': 'workspace:^' } }),
    }),
    outcome: '0.1.1',
  },
  {
    title: 'a development dependency',
    files: workspace({
      ...other,
      ...only('major'),
      [SDK]: member('sdk', { devDependencies: { '@x/other': 'workspace:*' } }),
    }),
    outcome: 'stays',
  },
  {
    title: 'fixed: the other package',
    files: workspace({ ...other, ...only('minor') }, { fixed: [['@x/sdk', '@x/other']] }),
    outcome: '0.2.0',
  },
  {
    title: 'fixed: the other has a higher version',
    files: workspace(
      {
        [OTHER]: member('other', { version: '0.5.0' }),
        '.changeset/a.md': changeset({ sdk: 'patch' }),
      },
      { fixed: [['@x/*']] },
    ),
    outcome: '0.5.1',
  },
  {
    title: 'fixed: a name that matches nothing',
    files: workspace(MINOR, { fixed: [['@x/sdk', '@x/gone']] }),
    outcome: '0.2.0',
  },
  {
    title: 'linked: only the other package',
    files: workspace({ ...other, ...only('minor') }, { linked: [['@x/sdk', '@x/other']] }),
    outcome: 'stays',
  },
  {
    title: 'linked: both',
    files: workspace(
      { ...other, '.changeset/a.md': changeset({ sdk: 'patch', other: 'minor' }) },
      { linked: [['@x/*']] },
    ),
    outcome: '0.2.0',
  },
  {
    title: 'linked: the other has a higher version',
    files: workspace(
      {
        [OTHER]: member('other', { version: '0.7.3' }),
        '.changeset/a.md': changeset({ sdk: 'minor' }),
      },
      { linked: [['@x/*']] },
    ),
    outcome: '0.8.0',
  },
  {
    title: 'ignored',
    files: workspace(MINOR, { ignore: ['@x/sdk'] }),
    outcome: 'stays',
    says: '"ignore" of .changeset/config.json names it',
  },
  {
    title: 'another package is ignored, by a pattern',
    files: workspace({ ...other, ...MINOR, ...only('major') }, { ignore: ['@x/o*'] }),
    outcome: '0.2.0',
  },
  {
    title: 'private',
    files: workspace({ ...MINOR, [SDK]: member('sdk', { private: true }) }),
    outcome: 'stays',
    says: '"privatePackages" of .changeset/config.json leaves such packages out',
  },
  {
    title: 'private, and versioned all the same',
    files: workspace(
      { ...MINOR, [SDK]: member('sdk', { private: true }) },
      { privatePackages: { version: true, tag: false } },
    ),
    outcome: '0.2.0',
  },
  {
    title: 'settings for snapshots, which this does not use',
    files: workspace(MINOR, {
      snapshot: { useCalculatedVersion: false, prereleaseTemplate: '{tag}-{commit}' },
    }),
    outcome: '0.2.0',
  },
];
