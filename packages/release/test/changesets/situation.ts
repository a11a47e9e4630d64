import type { FileContent } from '@ameide/publisher-kit/testing';

/** Path → content of a repository. */
export type Files = Readonly<Record<string, FileContent>>;

/** A repository, and what `changeset version` makes of the version of @x/sdk in it. */
export interface Situation {
  readonly title: string;
  readonly files: Files;
  /** The version that it writes; `stays`; or the code of our problem where it fails. */
  readonly outcome: string;
  /** A part of our note, or of our problem. */
  readonly says?: string;
  /** Default: `packages/sdk/package.json`. */
  readonly versionFile?: string;
  /** Where the program is run; default: the root. */
  readonly folder?: string;
}

export const SDK = 'packages/sdk/package.json';

interface PackageFields {
  readonly version?: string | undefined;
  readonly private?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

export const member = (name: string, fields: PackageFields = {}): object => ({
  name: `@x/${name}`,
  version: '0.1.0',
  ...fields,
});

/** A changeset for packages of the scope @x: `{ sdk: 'minor' }`. */
export function changeset(releases: Readonly<Record<string, string>>): string {
  const lines = Object.entries(releases).map(([name, type]) => `"@x/${name}": ${type}`);
  return ['---', ...lines, '---', '', 'What is new.', ''].join('\n');
}

export const config = (settings: object = {}): object => ({
  changelog: false,
  commit: false,
  format: false,
  baseBranch: 'main',
  ...settings,
});

export const MINOR = { '.changeset/big-cats.md': changeset({ sdk: 'minor' }) };

/** A pnpm workspace of @x/sdk and what else is given. */
export function workspace(files: Files, settings: object = {}): Files {
  return {
    'package.json': { name: 'root', private: true },
    'pnpm-workspace.yaml': 'packages: [packages/*]\n',
    [SDK]: member('sdk'),
    '.changeset/config.json': config(settings),
    ...files,
  };
}
