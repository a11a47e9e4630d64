import type { Http, Secret, SecretInput, Sleep } from '@ameide/publisher-kit';

/** The options of `github`. */
export interface GithubOptions {
  /** The source repository: `ameideio/ameide`. */
  readonly repository: string;
  /**
   * The address of the REST API. Default `https://api.github.com`; of GitHub Enterprise Server
   * `https://HOST/api/v3`, of GitHub Enterprise Cloud with data residency `https://api.NAME.ghe.com`.
   */
  readonly baseUrl?: string;
  /**
   * A token that may write the repository's contents. Default: GITHUB_TOKEN, else GH_TOKEN. For a host
   * other than github.com, GH_ENTERPRISE_TOKEN and GITHUB_ENTERPRISE_TOKEN come before these. `undefined` and `''` mean no token.
   */
  readonly token?: SecretInput | undefined;
  /**
   * The text of the release. `generated` (the default): GitHub's own list of changes.
   * `changelog`: the section about this version in `CHANGELOG.md`, or in the file that `{ changelog }`
   * names. `none`: no text.
   */
  readonly notes?: 'generated' | 'changelog' | 'none' | { readonly changelog: string };
  /** Files to download beside the release. Default: none. */
  readonly assets?: readonly GithubAsset[];
  /**
   * False: no release of this definition becomes the one that GitHub marks as "latest", because another
   * release train of the repository has that mark. Default true: the highest stable version has it.
   */
  readonly latest?: boolean;
  /** Exact repository paths of files to publish although they would be refused. */
  readonly allow?: readonly string[];
  /** For tests. */
  readonly ports?: GithubPorts;
}

/**
 * One file of the release. In a name `{version}` is the version without a prefix:
 * `configuration-{version}.tar.gz`.
 */
export type GithubAsset =
  | {
      /** The path of a file in the repository. */
      readonly file: string;
      /** Default: the file's own name. */
      readonly name?: string;
    }
  | {
      /** The path of a folder in the repository. It is packed, under a top folder of the archive's name. */
      readonly folder: string;
      /** Ends with `.tar.gz` or `.tgz`. */
      readonly name: string;
    }
  | {
      /**
       * The path of a Go module that this release publishes to a mirror,
       * `github.com/ameideio/ameide-sdk-go`. Its zip is packed as `go mod download` makes it.
       */
      readonly goModule: string;
      /** Ends with `.zip`. Default: the last part of the path, `ameide-sdk-go-{version}.zip`. */
      readonly name?: string;
    };

export interface GithubPorts {
  readonly http?: Http;
  /** Where the default token is looked up. Default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Waits `ms` milliseconds between two attempts. Rejects when the signal aborts. */
  readonly sleep?: Sleep;
}

/** The checked options with their defaults. */
export interface Target {
  /** `ameideio/ameide`. */
  readonly repository: string;
  readonly owner: string;
  readonly repo: string;
  readonly apiUrl: string;
  readonly uploadsUrl: string;
  /** The address of the web pages: `https://github.com`. */
  readonly webUrl: string;
  readonly notes: Notes;
  readonly assets: readonly GithubAsset[];
  readonly isLatestWanted: boolean;
  readonly allow: readonly string[];
  readonly http: Http;
  readonly sleep: Sleep;
  /** True if the options have no token. */
  readonly takesCommonToken: boolean;
  /** The names of the variables that the token may come from, for hints. */
  readonly tokenVariables: readonly string[];
  /** Called when the token is first needed; then the result is kept. */
  token(): Secret | undefined;
}

/** Where the notes come from. */
export type Notes = 'generated' | 'none' | { readonly changelog: string };
