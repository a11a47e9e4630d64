import { changeset, config, MINOR, member, SDK, type Situation, workspace } from './situation.ts';

const WORKSPACES = { name: 'root', private: true, workspaces: ['packages/*'] };
const withoutPnpm = (files: object) => {
  const { 'pnpm-workspace.yaml': _, ...others } = workspace({ ...MINOR, ...files });
  return others;
};

/** Pre mode, and every layout of packages that changesets find. */
export const MODES: readonly Situation[] = [
  {
    title: 'pre mode',
    files: workspace({ ...MINOR, '.changeset/pre.json': { mode: 'pre', tag: 'next' } }),
    outcome: '0.2.0-next.0',
  },
  {
    title: 'pre mode: what a prerelease has is not pending',
    files: workspace({
      '.changeset/pre.json': { mode: 'pre', tag: 'next' },
      '.changeset/pre/a.md': changeset({ sdk: 'major' }),
      '.changeset/b.md': changeset({ sdk: 'patch' }),
    }),
    outcome: '0.1.1-next.0',
  },
  {
    title: 'pre mode that ends',
    files: workspace({ ...MINOR, '.changeset/pre.json': { mode: 'exit', tag: 'next' } }),
    outcome: '0.2.0',
  },
  {
    title: 'pre mode that ends, and nothing is pending',
    files: workspace({ '.changeset/pre.json': { mode: 'exit', tag: 'next' } }),
    outcome: 'stays',
  },
  {
    title: 'a repository of one package',
    files: {
      'package.json': member('sdk'),
      '.changeset/config.json': config(),
      ...MINOR,
    },
    versionFile: 'package.json',
    outcome: '0.2.0',
  },
  {
    title: 'Yarn',
    files: withoutPnpm({ 'package.json': WORKSPACES, 'yarn.lock': '# yarn lockfile v1\n' }),
    outcome: '0.2.0',
  },
  {
    title: 'Yarn, with the long form of workspaces',
    files: withoutPnpm({
      'package.json': { ...WORKSPACES, workspaces: { packages: ['packages/*'] } },
      'yarn.lock': '',
    }),
    outcome: '0.2.0',
  },
  {
    title: 'npm',
    files: withoutPnpm({ 'package.json': WORKSPACES, 'package-lock.json': '{}' }),
    outcome: '0.2.0',
  },
  {
    title: 'Bun',
    files: withoutPnpm({ 'package.json': WORKSPACES, 'bun.lock': '{}' }),
    outcome: '0.2.0',
  },
  {
    title: 'Lerna',
    files: withoutPnpm({ 'lerna.json': { packages: ['packages/*'] } }),
    outcome: '0.2.0',
  },
  {
    title: 'a workspace in a folder of the repository',
    files: Object.fromEntries(
      Object.entries(workspace(MINOR)).map(([path, content]) => [`js/${path}`, content]),
    ),
    versionFile: `js/${SDK}`,
    folder: 'js',
    outcome: '0.2.0',
  },
  {
    title: 'folders that the workspace leaves out, and package.json files that it does not read',
    files: workspace({
      ...MINOR,
      'pnpm-workspace.yaml': "packages: ['packages/**', '!**/fixtures/**', '!packages/old']\n",
      'packages/old/package.json': member('sdk', { version: '9.0.0' }),
      'packages/sdk/fixtures/broken/package.json': '{',
      'packages/sdk/node_modules/y/package.json': '{',
    }),
    outcome: '0.2.0',
  },
  {
    title: 'a changeset with Windows line ends',
    files: workspace({ '.changeset/a.md': changeset({ sdk: 'minor' }).replaceAll('\n', '\r\n') }),
    outcome: '0.2.0',
  },
  {
    title: 'a changeset that is a link',
    files: workspace({
      'notes/a.md': changeset({ sdk: 'major' }),
      '.changeset/a.md': { link: '../notes/a.md' },
    }),
    outcome: '1.0.0',
  },
  {
    title: 'a high version',
    files: workspace({
      [SDK]: member('sdk', { version: '12.30.45' }),
      '.changeset/a.md': changeset({ sdk: 'minor' }),
    }),
    outcome: '12.31.0',
  },
];
