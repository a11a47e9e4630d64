import { changeset, MINOR, member, SDK, type Situation, workspace } from './situation.ts';

const other = { 'packages/other/package.json': member('other') };
const pending = (text: string) => workspace({ ...MINOR, '.changeset/bad-dogs.md': text });
const without = (path: string) =>
  Object.fromEntries(Object.entries(workspace(MINOR)).filter(([name]) => !name.startsWith(path)));

/** Where `changeset version` fails. */
export const FAILURES: readonly Situation[] = [
  {
    title: 'a package that does not exist',
    files: pending(changeset({ gone: 'minor' })),
    outcome: 'changeset-invalid',
    says: '.changeset/bad-dogs.md: ',
  },
  {
    title: 'two changesets with a package that does not exist: both are named',
    files: workspace({
      '.changeset/a.md': changeset({ gone: 'minor' }),
      '.changeset/b.md': changeset({ sdk: 'minor' }),
      '.changeset/c.md': changeset({ away: 'minor' }),
    }),
    outcome: 'changeset-invalid',
    says: '; .changeset/c.md: ',
  },
  {
    title: 'no front matter',
    files: pending('What is new.\n'),
    outcome: 'changeset-invalid',
    says: '.changeset/bad-dogs.md: ',
  },
  {
    title: 'front matter that is no YAML',
    files: pending('---\n"@x/sdk: minor\n---\n'),
    outcome: 'changeset-invalid',
    says: '.changeset/bad-dogs.md: ',
  },
  {
    title: 'front matter that is a list',
    files: pending('---\n- "@x/sdk"\n---\n'),
    outcome: 'changeset-invalid',
    says: '.changeset/bad-dogs.md: ',
  },
  {
    title: 'a bump that does not exist',
    files: pending(changeset({ sdk: 'huge' })),
    outcome: 'changeset-invalid',
    says: '.changeset/bad-dogs.md: ',
  },
  {
    title: 'an empty file',
    files: pending(''),
    outcome: 'changeset-invalid',
    says: '.changeset/bad-dogs.md: ',
  },
  {
    title: 'one changeset of an ignored package and another',
    files: workspace(
      { ...other, '.changeset/bad-dogs.md': changeset({ sdk: 'minor', other: 'minor' }) },
      { ignore: ['@x/other'] },
    ),
    outcome: 'changeset-invalid',
    says: '.changeset/bad-dogs.md: ',
  },
  {
    title: 'one changeset of a private package and another',
    files: workspace({
      'packages/other/package.json': member('other', { private: true }),
      '.changeset/bad-dogs.md': changeset({ sdk: 'minor', other: 'minor' }),
    }),
    outcome: 'changeset-invalid',
    says: '.changeset/bad-dogs.md: ',
  },
  {
    title: 'no folder .changeset',
    files: without('.changeset/'),
    outcome: 'changesets-settings',
    says: '.changeset/config.json',
  },
  {
    title: 'no config.json',
    files: without('.changeset/config.json'),
    outcome: 'changesets-settings',
    says: 'no such file',
  },
  {
    title: 'a config.json that is no JSON',
    files: workspace({ ...MINOR, '.changeset/config.json': '{' }),
    outcome: 'changesets-settings',
  },
  {
    title: 'a setting that does not exist in that form',
    files: workspace(MINOR, { fixed: '@x/sdk' }),
    outcome: 'changesets-settings',
    says: 'fixed',
  },
  {
    title: 'fixed and linked',
    files: workspace(
      { ...other, ...MINOR },
      { fixed: [['@x/sdk', '@x/other']], linked: [['@x/sdk', '@x/other']] },
    ),
    outcome: 'changesets-settings',
  },
  {
    title: 'it depends on an ignored package',
    files: workspace(
      {
        ...other,
        ...MINOR,
        [SDK]: member('sdk', { dependencies: { '@x/other': 'workspace:^' } }),
      },
      { ignore: ['@x/other'] },
    ),
    outcome: 'changesets-settings',
  },
  {
    title: 'it depends on a package without a version',
    files: workspace(
      {
        'packages/other/package.json': member('other', { version: undefined }),
        ...MINOR,
        [SDK]: member('sdk', { dependencies: { '@x/other': 'workspace:*' } }),
      },
      { privatePackages: { version: true, tag: false } },
    ),
    outcome: 'changesets-settings',
    says: '@x/sdk depends on @x/other, which is skipped',
  },
  {
    title: 'a pre.json that is no JSON',
    files: workspace({ ...MINOR, '.changeset/pre.json': 'next' }),
    outcome: 'changesets-settings',
    says: '.changeset/pre.json',
  },
  {
    title: 'pre mode, and a version that another tool made',
    files: workspace({
      ...MINOR,
      'packages/other/package.json': member('other', { version: '1.0.0-a.b' }),
      '.changeset/pre.json': { mode: 'pre', tag: 'next' },
    }),
    outcome: 'changesets-plan',
  },
  {
    title: 'a package.json that is no JSON',
    files: workspace({ ...MINOR, 'packages/other/package.json': '{' }),
    outcome: 'changesets-workspace',
  },
  {
    title: 'a package without a name',
    files: workspace({ ...MINOR, 'packages/other/package.json': { version: '1.0.0' } }),
    outcome: 'changesets-workspace',
  },
  {
    title: 'a package that the workspace does not name',
    files: workspace({
      ...MINOR,
      'pnpm-workspace.yaml': 'packages: [packages/other]\n',
      ...other,
    }),
    outcome: 'changesets-workspace',
    says: 'packages/sdk/package.json is not one',
  },
  {
    title: 'npm workspaces without a lockfile, which changesets do not find',
    files: Object.fromEntries(
      Object.entries(
        workspace({
          ...MINOR,
          'package.json': { name: 'root', private: true, workspaces: ['packages/*'] },
        }),
      ).filter(([path]) => path !== 'pnpm-workspace.yaml'),
    ),
    outcome: 'changesets-settings',
  },
];
