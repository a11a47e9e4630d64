import { createToken } from '../../state-folder.ts';
import type { StoredRepository } from './world.ts';

/** What a token may do. */
export interface TokenRights {
  /** The user or app that it belongs to. Default: the first owner. */
  readonly login?: string;
  /** The rights in repositories. Default `admin`. */
  readonly repositories?: 'none' | 'read' | 'push' | 'admin';
  /** The rights on container packages. Default `delete`. */
  readonly packages?: 'none' | 'read' | 'delete';
  /** True (the default) if it may create repositories. */
  readonly createsRepositories?: boolean;
  /**
   * True for a token of a GitHub App, such as the `GITHUB_TOKEN` of a workflow: `ghs_…`. GitHub's
   * answers then report no permissions for any repository, whatever the token may do.
   */
  readonly isInstallation?: boolean;
}

export type Holder = Required<TokenRights>;

/** The tokens that the stand-in knows. */
export interface Tokens {
  create(rights?: TokenRights): string;
  /** `anonymous` without a token, `unknown` for one that it does not know. */
  find(header: string | undefined): Holder | 'anonymous' | 'unknown';
}

const LEVELS = ['none', 'read', 'push', 'admin'] as const;

export function createTokens(login: string): Tokens {
  const known = new Map<string, Holder>();
  return {
    create(rights = {}) {
      const { isInstallation = false } = rights;
      const token = createToken(isInstallation ? 'ghs_local' : 'ghp_local');
      known.set(token, {
        login,
        repositories: 'admin',
        packages: 'delete',
        createsRepositories: true,
        ...rights,
        isInstallation,
      });
      return token;
    },
    find(header) {
      if (header === undefined) return 'anonymous';
      const [, bearer] = /^(?:bearer|token) +(\S+)$/i.exec(header) ?? [];
      const [, basic] = /^basic +(\S+)$/i.exec(header) ?? [];
      const password = Buffer.from(basic ?? '', 'base64')
        .toString()
        .split(':')
        .slice(1)
        .join(':');
      return known.get(bearer ?? password) ?? 'unknown';
    },
  };
}

/** True if the holder of a token has at least this level of rights in a repository. */
export function mayDo(
  holder: Holder | 'anonymous',
  level: 'read' | 'push' | 'admin',
  repository: Pick<StoredRepository, 'private'>,
): boolean {
  if (level === 'read' && !repository.private) return true;
  return holder !== 'anonymous' && LEVELS.indexOf(holder.repositories) >= LEVELS.indexOf(level);
}
