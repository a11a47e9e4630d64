import { createHash } from 'node:crypto';
import type { Tokens } from './access.ts';
import type { BareRepository } from './bare-repository.ts';
import type { Limits } from './rate-limit.ts';

/** An asset of a release. */
export interface StoredAsset {
  readonly id: number;
  readonly name: string;
  readonly label: string | null;
  readonly contentType: string;
  /** `starter`: the upload was interrupted. */
  readonly state: 'uploaded' | 'starter';
  readonly content: Uint8Array;
  readonly uploader: string;
  readonly createdAt: string;
}

/** A release. Handlers replace its fields. */
export interface StoredRelease {
  readonly id: number;
  tag: string;
  target: string;
  name: string | null;
  body: string | null;
  draft: boolean;
  prerelease: boolean;
  /** True once it is published, if the repository had immutable releases at that time. */
  immutable: boolean;
  readonly author: string;
  /** The commit time of a published release. */
  createdAt: string;
  publishedAt: string | null;
  assets: readonly StoredAsset[];
  /** How many more list requests leave it out. */
  hiddenFor: number;
}

/** A pull request between two branches of one repository. */
export interface StoredPull {
  readonly id: number;
  readonly number: number;
  readonly author: string;
  readonly head: string;
  base: string;
  title: string;
  body: string | null;
  state: 'open' | 'closed';
  readonly createdAt: string;
  updatedAt: string;
}

export interface StoredRepository {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly private: boolean;
  readonly git: BareRepository;
  immutableReleases: boolean;
  archived: boolean;
  disabled: boolean;
  releases: readonly StoredRelease[];
  pulls: readonly StoredPull[];
  /** The release that a request has set as the latest. */
  latest: number | undefined;
  /** Tags of immutable releases, which no other release may use again. */
  readonly usedTags: Set<string>;
}

export interface StoredVersion {
  readonly id: number;
  /** The digest, `sha256:…`. */
  readonly name: string;
  readonly tags: readonly string[];
  readonly createdAt: string;
}

/** The accounts that the stand-in knows: each owner is a user or an organisation. */
export interface Account {
  readonly login: string;
  readonly type: 'User' | 'Organization';
}

/** The state of the stand-in. */
export interface World {
  readonly repositories: Map<string, StoredRepository>;
  readonly accounts: Map<string, Account>;
  /** The versions of container packages, newest first, by `owner/name`. */
  readonly packages: Map<string, readonly StoredVersion[]>;
  readonly tokens: Tokens;
  readonly limits: Limits;
  /** How many list requests leave out a new release. */
  hideNewReleases: number;
  /** Makes a repository's bare repository. */
  createRepository(account: Account, name: string, isPrivate: boolean): Promise<StoredRepository>;
  nextId(): number;
  /** ISO 8601 without milliseconds, as GitHub writes it. */
  now(): string;
}

/** Returns a key that ignores case, as GitHub does for owners and repositories. */
export function keyOf(owner: string, name: string): string {
  return `${owner}/${name}`.toLowerCase();
}

export function digestOf({ content, state }: StoredAsset): string | null {
  if (state !== 'uploaded') return null;
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}
